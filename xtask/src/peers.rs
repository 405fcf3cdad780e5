//! Programs of others in the same run: their frames, messages, values and signatures must be ours. The scripts of a crate stand in
//! its `tests/peers`, or where a real Bluetooth stack runs them too; what they drive, in its `examples`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian;
use crate::exec::pass;
use crate::main_job::data_folder;
use crate::python;
use crate::step::{Outcome, Step, StepResult};
use crate::workspace::Workspace;

pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    PEERS
        .iter()
        .map(|peer| Step::conditional(format!("peer {}", peer.name), || run(workspace, peer)))
        .collect()
}

const PEERS: [Peer; 20] = [
    Peer::of_dbc("can-isotp", "check_isotp.py", Program::Example("dbc_peer"), Data::No),
    Peer::of_dbc("udsoncan", "check_uds.py", Program::Example("dbc_peer"), Data::No),
    Peer::of_dbc("can-j1939", "check_j1939.py", Program::Example("j1939_peer"), Data::No),
    Peer::of_dbc("pyarrow", "check_parquet.py", Program::Package("log-to-parquet"), Data::No),
    Peer::of_dbc("python-can", "check_python_can.py", Program::Example("dbc_peer"), Data::Some),
    Peer::of_dbc("cantools", "check_cantools.py", Program::Example("dbc_decode"), Data::All),
    Peer::of_crypto("eth-account", "check_eth_account.py", "eth_peer"),
    Peer::of_crypto("eth-abi", "check_calldata.py", "calldata_peer"),
    Peer::of_crypto("pycose", "check_manifest.py", "manifest_peer"),
    Peer::of_crypto("cryptography, sealed payloads", "check_payload.py", "payload_peer"),
    Peer::of_crypto("cryptography, sealed sessions", "check_session.py", "session_peer"),
    Peer::of_types("zlib", "check_deflate.py", "deflate_peer"),
    Peer::of_types("fastavro and protobuf", "check_telemetry.py", "telemetry_peer"),
    Peer::of_rewards("Python's integers, curve", "check_curve.py", "curve"),
    Peer::of_rewards("a second economy, in Python", "check_economy.py", "economy"),
    Peer::of_hal("a reader of deltas, in Python", "check_delta.py", "delta"),
    Peer::of_hal("pynmea2", "check_nmea.py", "nmea_peer"),
    Peer::of_hal("python-can over SLCAN", "check_slcan.py", "slcan_peer"),
    Peer::of_backend("mosquitto, pyarrow, a backend that is killed", "check_backend.py", "backend"),
    Peer::of_pairing("a phone in Python", "check_pairing.py", "pipe_device"),
];

/// Where the phone in Python is.
const PHONE: &str = "examples/trouble-peripheral/phone";

/// A script and what it drives.
struct Peer {
    /// The package of others.
    name: &'static str,
    /// The crate of ours that is held against it.
    package: &'static str,
    script: &'static str,
    program: Program,
    data: Data,
}

impl Peer {
    const fn of_dbc(name: &'static str, script: &'static str, program: Program, data: Data) -> Self {
        Self { name, package: "dimo-dbc", script, program, data }
    }

    const fn of_hal(name: &'static str, script: &'static str, example: &'static str) -> Self {
        Self { name, package: "dimo-hal", script, program: Program::Example(example), data: Data::No }
    }

    const fn of_crypto(name: &'static str, script: &'static str, example: &'static str) -> Self {
        Self { name, package: "dimo-crypto", script, program: Program::Example(example), data: Data::No }
    }

    /// A program and its examples, with a broker of Debian's.
    const fn of_backend(name: &'static str, script: &'static str, program: &'static str) -> Self {
        let program = Program::WithExamples(program);
        Self { name, package: "backend", script, program, data: Data::No }
    }

    /// Here the other side was written from `dimo-pairing/SPEC.md` alone. It stands where a real Bluetooth stack carries it too.
    const fn of_pairing(name: &'static str, script: &'static str, example: &'static str) -> Self {
        Self { name, package: "dimo-pairing", script, program: Program::Example(example), data: Data::No }
    }

    /// Here the other side is a model of DIP-4 that was written from its text alone.
    const fn of_rewards(name: &'static str, script: &'static str, example: &'static str) -> Self {
        Self { name, package: "dimo-rewards", script, program: Program::Example(example), data: Data::No }
    }

    const fn of_types(name: &'static str, script: &'static str, example: &'static str) -> Self {
        Self { name, package: "dimo-types", script, program: Program::Example(example), data: Data::No }
    }
}

impl Peer {
    /// Where its script stands.
    fn folder(&self) -> PathBuf {
        match self.package {
            "dimo-pairing" => PathBuf::from(PHONE),
            "backend" => PathBuf::from("examples/backend/tests/peers"),
            package => Path::new(package).join("tests/peers"),
        }
    }
}

/// What a script runs.
#[derive(Clone, Copy)]
enum Program {
    /// An example of the crate.
    Example(&'static str),
    /// A package of its own.
    Package(&'static str),
    /// The same, with what lies in the folder `examples` beside the program.
    WithExamples(&'static str),
}

/// What a script does with the folder of other people's data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Data {
    No,
    /// A part of it needs it, and says so where it is not there.
    Some,
    All,
}

fn run(workspace: &Workspace, peer: &Peer) -> StepResult {
    let data = peer.data;
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
    let program = build(workspace, peer)?;
    let mut command = Command::new(python);
    // -B: nothing is to be left beside the scripts.
    let script = workspace.root.join(peer.folder()).join(peer.script);
    command.arg("-B").arg(script).arg(program);
    if data != Data::No {
        command.arg(folder).arg(directory.join("logs"));
    }
    pass(&mut command).map(|()| Outcome::Passed)
}

/// An example has the features and the profile of the tests, which have built most of it already.
fn build(workspace: &Workspace, peer: &Peer) -> Result<PathBuf, String> {
    let mut command = workspace.cargo("build");
    command.args(["--quiet", "--package"]);
    let built = match peer.program {
        Program::Example(name) => {
            command.args([peer.package, "--all-features", "--example", name]);
            Path::new("examples").join(name)
        }
        Program::Package(name) => {
            command.arg(name);
            PathBuf::from(name)
        }
        Program::WithExamples(name) => {
            debian::need("mosquitto", "mosquitto")?;
            command.args([name, "--bins", "--examples"]);
            PathBuf::from(name)
        }
    };
    pass(&mut command)?;
    Ok(workspace.target.join("debug").join(built))
}
