//! `cargo xtask firmware`: the reference firmware of `examples/firmware` in QEMU, from its boot loader on.
//!
//! Standard output has one line per step, `ok<TAB>step` or `FAIL<TAB>step<TAB>reason`, and nothing else.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::exec::{pass, read};
use crate::step::Step;
use crate::workspace::Workspace;
use crate::{
    bench_m4, conform, debian, firmware_boot, firmware_check, firmware_sizes, python, toolchain, turn,
};

/// A Cortex-M4 with its FPU.
pub(crate) const TARGET: &str = "thumbv7em-none-eabihf";

/// What runs on the board, and what runs on the host.
const PROGRAMS: [&str; 3] = ["boot-loader", "device", "board-check"];
const HOST: [&str; 4] = ["application", "blueprint", "rig", "tool"];

/// Whether all steps are ok.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<bool, String> {
    let firmware = Firmware::of(workspace);
    // The command calls itself so, with its standard output out of the way.
    if arguments == ["--prepare"] {
        return firmware.prepare_all().map(|()| true);
    }
    // What builds and installs prints as it likes.
    let myself = std::env::current_exe().map_err(|error| format!("needs its own path: {error}"))?;
    let mut prepare = Command::new(myself);
    prepare.args(["firmware", "--prepare"]).stdin(Stdio::null()).stdout(std::io::stderr());
    if !prepare.status().is_ok_and(|status| status.success()) {
        eprintln!("not run: needs the firmware, see above");
        return Ok(false);
    }
    Ok(firmware.show_all(arguments))
}

/// The firmware as a newcomer runs it, its rules on the host, and what the boot loader takes.
pub(crate) fn steps(workspace: &Workspace) -> Vec<Step<'_>> {
    vec![
        Step::new("firmware, fmt and clippy", || Firmware::of(workspace).lint()),
        Step::new("firmware, its tests on the host", || {
            let firmware = Firmware::of(workspace);
            HOST.iter().try_for_each(|package| pass(firmware.cargo("test").args(["--package", package])))
        }),
        Step::new("firmware, its board support", || {
            let firmware = Firmware::of(workspace);
            firmware.prepare()?;
            firmware_check::run(&firmware)
        }),
        Step::new("firmware in QEMU, and the report on it", || {
            let firmware = Firmware::of(workspace);
            firmware.prepare_all()?;
            conform::judge_firmware(workspace, &firmware.measure()?)
        }),
        Step::new("size, stack and panics of the firmware", || {
            let firmware = Firmware::of(workspace);
            firmware.prepare()?;
            let broken = firmware_sizes::print(&firmware)?;
            if broken.is_empty() { Ok(()) } else { Err(broken.join("; ")) }
        }),
    ]
}

/// The table of `cargo xtask sizes`; the device runs all its steps for its stack.
pub(crate) fn print_sizes(workspace: &Workspace) -> Result<(), String> {
    let firmware = Firmware::of(workspace);
    firmware.prepare_all()?;
    let mut rig = firmware.rig(&[])?;
    rig.stdout(std::io::stderr());
    pass(&mut rig)?;
    firmware_sizes::print(&firmware).map(drop)
}

/// Prints how a step went.
fn tell(name: &str, outcome: Result<(), String>) -> bool {
    let is_well = outcome.is_ok();
    print!("{}", line(name, outcome));
    is_well
}

fn line(name: &str, outcome: Result<(), String>) -> String {
    match outcome {
        Ok(()) => format!("ok\t{name}\n"),
        Err(reason) => format!("FAIL\t{name}\t{}\n", reason.trim().replace('\n', "; ")),
    }
}

/// Where the parts are.
pub(crate) struct Firmware {
    folder: PathBuf,
    /// A target directory of its own, since it is a workspace of its own.
    target: PathBuf,
    /// The script of a phone, and the packages that it needs.
    phone: PathBuf,
    peers: PathBuf,
}

impl Firmware {
    pub(crate) fn of(workspace: &Workspace) -> Self {
        Self {
            folder: workspace.root.join("examples/firmware"),
            target: workspace.target.join("firmware"),
            phone: workspace.root.join("examples/trouble-peripheral/phone/board_phone.py"),
            peers: workspace.target.join("peers"),
        }
    }

    fn cargo(&self, subcommand: &str) -> Command {
        self.cargo_in(subcommand, &self.target)
    }

    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// With another target directory.
    pub(crate) fn cargo_in(&self, subcommand: &str, target: &Path) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.folder).args([subcommand, "--quiet", "--target-dir"]).arg(target);
        // Options for the host's processor are none for the board's.
        command.env_remove("RUSTFLAGS");
        command
    }

    /// One build for each program: built together, each would get the features of the other.
    fn prepare(&self) -> Result<(), String> {
        bench_m4::need_board()?;
        toolchain::need_target(TARGET)?;
        for package in PROGRAMS {
            pass(self.cargo("build").args(["--release", "--target", TARGET, "--package", package]))?;
        }
        pass(self.cargo("build").args(["--package", "tool"]))
    }

    /// With the phone, the vehicle, and the broker.
    pub(crate) fn prepare_all(&self) -> Result<(), String> {
        python::environment(&self.peers, &python::PEERS)?;
        debian::need("mosquitto", "mosquitto")?;
        pass(self.cargo("build").args(["--package", "rig"]))?;
        self.prepare()
    }

    fn lint(&self) -> Result<(), String> {
        toolchain::need_component("fmt", "rustfmt")?;
        toolchain::need_component("clippy", "clippy")?;
        toolchain::need_target(TARGET)?;
        pass(Command::new("cargo").current_dir(&self.folder).args(["fmt", "--all", "--check"]))?;
        for package in HOST {
            let mut clippy = self.cargo("clippy");
            pass(clippy.args(["--all-targets", "--package", package, "--", "--deny", "warnings"]))?;
        }
        for package in PROGRAMS {
            let mut clippy = self.cargo("clippy");
            clippy.args(["--release", "--target", TARGET, "--package", package, "--", "--deny", "warnings"]);
            pass(&mut clippy)?;
        }
        Ok(())
    }

    /// `options` are for the rig: another vehicle than our own.
    fn show_all(&self, options: &[String]) -> bool {
        let good = tell("secure-boot", firmware_boot::run(self));
        let rig =
            self.rig(options).and_then(|mut rig| rig.status().map_err(|error| format!("the rig: {error}")));
        match rig {
            Ok(status) => good && status.success(),
            Err(reason) => {
                eprintln!("{reason}");
                false
            }
        }
    }

    /// All steps on our own vehicle, told on standard error, and what was looked at beyond them: a line for each, for the DIP-4 report.
    pub(crate) fn measure(&self) -> Result<PathBuf, String> {
        let folder = self.scratch()?;
        let (probes, measured) = (folder.join("probes"), folder.join("measured"));
        let mut lines = line("secure-boot", firmware_boot::run(self));
        eprint!("{lines}");
        let mut rig = self.rig(&["--probes".to_owned(), probes.display().to_string()])?;
        let output = rig.stderr(Stdio::inherit()).output().map_err(|error| format!("the rig: {error}"))?;
        let steps = String::from_utf8_lossy(&output.stdout);
        eprint!("{steps}");
        lines += &steps;
        lines +=
            &std::fs::read_to_string(&probes).map_err(|error| format!("{}: {error}", probes.display()))?;
        std::fs::write(&measured, lines).map_err(|error| format!("{}: {error}", measured.display()))?;
        Ok(measured)
    }

    /// Everything around the device, and the steps that show what the device does. It prints as this command does.
    fn rig(&self, options: &[String]) -> Result<Command, String> {
        let mut rig = Command::new(self.target.join("debug/rig"));
        rig.arg("--boot-loader").arg(self.program("boot-loader"));
        rig.arg("--device-a").arg(self.program("device-a")).arg("--device-b").arg(self.program("device-b"));
        rig.arg("--tool").arg(self.target.join("debug/tool"));
        rig.arg("--python").arg(python::program(&self.peers));
        rig.arg("--unit").arg(self.folder.join("rig/python/ecu.py"));
        rig.arg("--phone").arg(&self.phone);
        rig.arg("--folder").arg(self.scratch()?).args(options);
        Ok(rig)
    }

    /// A program for the board.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target.join(TARGET).join("release").join(name)
    }

    /// What the maker does on the host.
    pub(crate) fn tool(&self, arguments: &[&str]) -> Result<(), String> {
        let directory = self.scratch()?;
        let program = self.target.join("debug/tool");
        read(Command::new(program).current_dir(directory).args(arguments)).map(drop)
    }

    /// Where releases and flashes are put.
    pub(crate) fn scratch(&self) -> Result<PathBuf, String> {
        let directory = self.target.join("run");
        turn::take(&directory)?;
        Ok(directory)
    }
}
