//! Programs of others in the same run: their frames, messages and values must be ours. The scripts stand in
//! `dimo-dbc/tests/peers`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::exec::pass;
use crate::main_job::data_folder;
use crate::python;
use crate::step::{Outcome, Step, StepResult};
use crate::workspace::Workspace;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    use Program::{Example, Package};
    vec![
        Step::conditional("peer can-isotp", || {
            run(workspace, "check_isotp.py", Example("dbc_peer"), Data::No)
        }),
        Step::conditional("peer udsoncan", || run(workspace, "check_uds.py", Example("dbc_peer"), Data::No)),
        Step::conditional("peer can-j1939", || {
            run(workspace, "check_j1939.py", Example("j1939_peer"), Data::No)
        }),
        Step::conditional("peer pyarrow", || {
            run(workspace, "check_parquet.py", Package("log-to-parquet"), Data::No)
        }),
        Step::conditional("peer python-can", || {
            run(workspace, "check_python_can.py", Example("dbc_peer"), Data::Some)
        }),
        Step::conditional("peer cantools", || {
            run(workspace, "check_cantools.py", Example("dbc_decode"), Data::All)
        }),
    ]
}

/// What a script runs.
#[derive(Clone, Copy)]
enum Program {
    /// An example of `dimo-dbc`.
    Example(&'static str),
    /// A package of its own.
    Package(&'static str),
}

/// What a script does with the folder of other people's data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Data {
    No,
    /// A part of it needs it, and says so where it is not there.
    Some,
    All,
}

fn run(workspace: &Workspace, script: &str, program: Program, data: Data) -> StepResult {
    let (directory, folder) = (workspace.target.join("peers"), data_folder(workspace));
    if data == Data::All && !folder.is_dir() {
        return Ok(Outcome::NotRun("needs ../shared/data (or $DIMO_DATA)".to_owned()));
    }
    let python = match python::environment(&directory, &python::PEERS) {
        Ok(python) => python,
        // A build server has to have it.
        Err(reason) if std::env::var_os("CI").is_none() => return Ok(Outcome::NotRun(reason)),
        Err(reason) => return Err(reason),
    };
    let program = build(workspace, program)?;
    let mut command = Command::new(python);
    // -B: nothing is to be left beside the scripts.
    command.arg("-B").arg(workspace.root.join("dimo-dbc/tests/peers").join(script)).arg(program);
    if data != Data::No {
        command.arg(folder).arg(directory.join("logs"));
    }
    pass(&mut command).map(|()| Outcome::Passed)
}

/// An example has the features and the profile of the tests, which have built most of it already.
fn build(workspace: &Workspace, program: Program) -> Result<PathBuf, String> {
    let mut command = workspace.cargo("build");
    command.args(["--quiet", "--package"]);
    let built = match program {
        Program::Example(name) => {
            command.args(["dimo-dbc", "--all-features", "--example", name]);
            Path::new("examples").join(name)
        }
        Program::Package(name) => {
            command.arg(name);
            PathBuf::from(name)
        }
    };
    pass(&mut command)?;
    Ok(workspace.target.join("debug").join(built))
}
