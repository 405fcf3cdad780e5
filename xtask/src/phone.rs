//! `cargo xtask phone`: a phone in Python against the device of `examples/trouble-peripheral`, over virtual Bluetooth controllers.
//!
//! Standard output has one line per step, `ok<TAB>step` or `FAIL<TAB>step<TAB>reason`, and nothing else.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::exec::{output, pass};
use crate::python;
use crate::step::{Outcome, Step};
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
    // What builds and installs prints as it likes.
    let myself = std::env::current_exe().map_err(|error| format!("needs its own path: {error}"))?;
    let mut prepare = Command::new(myself);
    prepare.args(["phone", "--prepare"]).stdin(Stdio::null()).stdout(std::io::stderr());
    if !prepare.status().is_ok_and(|status| status.success()) {
        eprintln!("not run: needs the device and its phone, see above");
        return Ok(false);
    }
    let mut phone = rig.phone(&call);
    let status = phone.status().map_err(|error| format!("needs {}: {error}", rig.python.display()))?;
    Ok(status.success())
}

/// What the phone prints when all is well.
const SECURE: [&str; 12] = [
    "discover",
    "mtu",
    "handshake",
    "device-proof",
    "owner-grant",
    "identify",
    "claim",
    "vin",
    "plan-upload",
    "drop-and-resume",
    "wrong-secret-refused",
    "replay-refused",
];
const GEN1: [&str; 6] =
    ["discover", "identify", "bond", "vin", "claim-digest-signed", "foreign-digest-refused"];

/// Both phones as a newcomer runs them, at the narrowest link and a wide one; and the parts of the phone by themselves.
pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    let phone = |name: &str, gen1, mtu| {
        Step::conditional(format!("phone, {name}"), move || {
            let rig = Rig::of(workspace);
            if let Err(reason) = python::environment(&rig.peers, &python::PEERS) {
                // A build server has to have it.
                return if std::env::var_os("CI").is_none() {
                    Ok(Outcome::NotRun(reason))
                } else {
                    Err(reason)
                };
            }
            rig.prepare()?;
            let printed = output(&mut rig.phone(&Call { gen1, mtu, prepare: false }))?;
            let lines = String::from_utf8_lossy(&printed.stdout).into_owned();
            print!("{lines}");
            let expected: &[&str] = if gen1 { &GEN1 } else { &SECURE };
            if lines.lines().eq(expected.iter().map(|step| format!("ok\t{step}"))) && printed.status.success()
            {
                return Ok(Outcome::Passed);
            }
            Err(format!("ended with {}: {}", printed.status, String::from_utf8_lossy(&printed.stderr)))
        })
    };
    let parts = Step::conditional("phone, its parts", || {
        let rig = Rig::of(workspace);
        match python::environment(&rig.peers, &python::PEERS) {
            Err(reason) if std::env::var_os("CI").is_none() => return Ok(Outcome::NotRun(reason)),
            environment => environment?,
        };
        let mut tests = Command::new(&rig.python);
        tests
            .current_dir(rig.folder.join("phone"))
            .args(["-B", "-m", "unittest", "discover", "--quiet", "-s", "tests"]);
        pass(&mut tests).map(|()| Outcome::Passed)
    });
    vec![
        parts,
        phone("secure, MTU 23", false, 23),
        phone("secure, MTU 247", false, 247),
        phone("Gen 1", true, 247),
    ]
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
            python: python::program(&peers),
            peers,
        }
    }

    /// The phone that `call` asks for, with the device to run.
    fn phone(&self, call: &Call) -> Command {
        let script = if call.gen1 { "gen1_phone.py" } else { "secure_phone.py" };
        // -B: nothing is to be left beside the scripts.
        let mut phone = Command::new(&self.python);
        phone.arg("-B").arg(self.folder.join("phone").join(script)).arg(&self.program).stdin(Stdio::null());
        if !call.gen1 {
            phone.arg("--mtu").arg(call.mtu.to_string());
        }
        phone
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
