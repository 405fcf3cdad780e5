//! `cargo xtask phone`: a phone in Python against the device of `examples/trouble-peripheral`, over virtual Bluetooth controllers.
//!
//! Standard output has one line per step, `ok<TAB>step` or `FAIL<TAB>step<TAB>reason`, and nothing else.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::exec::pass;
use crate::python;
use crate::workspace::Workspace;

/// What the command line asks for.
struct Call {
    gen1: bool,
    mtu: u16,
    /// Builds everything and runs nothing. The command calls itself so, with its standard output out of the way.
    prepare: bool,
}

/// The MTUs that phones of today ask for.
const MTUS: [u16; 3] = [23, 185, 247];

impl Call {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut call = Self { gen1: false, mtu: 247, prepare: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--gen1" => call.gen1 = true,
                "--prepare" => call.prepare = true,
                "--mtu" => {
                    let mtu = arguments.next().and_then(|mtu| mtu.parse().ok());
                    call.mtu = mtu.filter(|mtu| MTUS.contains(mtu)).ok_or("--mtu needs 23, 185 or 247")?;
                }
                unknown => return Err(format!("no option {unknown} of phone")),
            }
        }
        Ok(call)
    }
}

/// Whether all steps are ok.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<bool, String> {
    let call = Call::parse(arguments)?;
    let rig = Rig::of(workspace);
    if call.prepare {
        return rig.prepare().map(|()| true);
    }
    let script = rig.folder.join("phone").join(if call.gen1 { "gen1_phone.py" } else { "secure_phone.py" });
    if !script.is_file() {
        eprintln!("not run: needs {}", script.display());
        return Ok(false);
    }
    // What builds and installs prints as it likes.
    let myself = std::env::current_exe().map_err(|error| format!("needs its own path: {error}"))?;
    let mut prepare = Command::new(myself);
    prepare.args(["phone", "--prepare"]).stdin(Stdio::null()).stdout(std::io::stderr());
    if !prepare.status().is_ok_and(|status| status.success()) {
        eprintln!("not run: needs the device and its phone, see above");
        return Ok(false);
    }
    // -B: nothing is to be left beside the scripts.
    let mut phone = Command::new(&rig.python);
    phone.arg("-B").arg(script).arg(&rig.program).stdin(Stdio::null());
    if !call.gen1 {
        phone.arg("--mtu").arg(call.mtu.to_string());
    }
    let status = phone.status().map_err(|error| format!("needs {}: {error}", rig.python.display()))?;
    Ok(status.success())
}

/// Where the parts are.
struct Rig {
    folder: PathBuf,
    /// A target directory of its own, since it is a workspace of its own.
    target: PathBuf,
    program: PathBuf,
    peers: PathBuf,
    python: PathBuf,
}

impl Rig {
    fn of(workspace: &Workspace) -> Self {
        let target = workspace.target.join("trouble-peripheral");
        let peers = workspace.target.join("peers");
        Self {
            folder: workspace.root.join("examples/trouble-peripheral"),
            program: target.join("debug/trouble-peripheral"),
            target,
            python: peers.join("python/bin/python"),
            peers,
        }
    }

    /// The profile of development builds in half the time of the other, and the steps wait for the link and not for the device.
    fn prepare(&self) -> Result<(), String> {
        python::environment(&self.peers, &python::PEERS)?;
        // Its lock file follows the dependencies of the crates beside it.
        let mut build = Command::new("cargo");
        build.current_dir(&self.folder).args(["build", "--quiet", "--bin", "trouble-peripheral"]);
        build.arg("--target-dir").arg(&self.target);
        pass(&mut build)
    }
}
