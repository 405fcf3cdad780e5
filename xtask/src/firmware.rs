//! `cargo xtask firmware`: the reference firmware of `examples/firmware` in QEMU, from its boot loader on.
//!
//! Standard output has one line per step, `ok<TAB>step` or `FAIL<TAB>step<TAB>reason`, and nothing else.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::exec::{pass, read};
use crate::step::Step;
use crate::workspace::Workspace;
use crate::{bench_m4, debian, elf, firmware_boot, firmware_check, python, toolchain};

/// A Cortex-M4 with its FPU.
const TARGET: &str = "thumbv7em-none-eabihf";
/// The boot loader takes no more of flash.
const BOOT_LOADER_MOST: u64 = 40_000;

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
        Step::new("firmware in QEMU", || {
            let firmware = Firmware::of(workspace);
            firmware.prepare_all()?;
            if firmware.show_all(&[]) { Ok(()) } else { Err("see above".to_owned()) }
        }),
        Step::new("size and panics of the boot loader", || {
            let firmware = Firmware::of(workspace);
            firmware.prepare()?;
            let bytes = firmware.print_boot_loader()?;
            let fits = bytes <= BOOT_LOADER_MOST;
            if fits { Ok(()) } else { Err(format!("{bytes} bytes, more than {BOOT_LOADER_MOST}")) }
        }),
    ]
}

/// The table of `cargo xtask sizes`.
pub(crate) fn print_sizes(workspace: &Workspace) -> Result<(), String> {
    let firmware = Firmware::of(workspace);
    firmware.prepare()?;
    firmware.print_boot_loader().map(drop)
}

/// Prints how a step went.
fn tell(name: &str, outcome: Result<(), String>) -> bool {
    match &outcome {
        Ok(()) => println!("ok\t{name}"),
        Err(reason) => println!("FAIL\t{name}\t{}", reason.trim().replace('\n', "; ")),
    }
    outcome.is_ok()
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
    fn of(workspace: &Workspace) -> Self {
        Self {
            folder: workspace.root.join("examples/firmware"),
            target: workspace.target.join("firmware"),
            phone: workspace.root.join("examples/trouble-peripheral/phone/board_phone.py"),
            peers: workspace.target.join("peers"),
        }
    }

    fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.folder).args([subcommand, "--quiet", "--target-dir"]).arg(&self.target);
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
    fn prepare_all(&self) -> Result<(), String> {
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
        std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(directory)
    }

    /// Prints what the boot loader takes and where it could panic, and returns the former.
    fn print_boot_loader(&self) -> Result<u64, String> {
        let path = self.program("boot-loader");
        let program = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let bytes = elf::loaded_bytes(&program).ok_or("the boot loader is no 32-bit ELF file")?;
        println!("boot loader of examples/firmware, Ed25519 by salty");
        println!("{:<44}{bytes:>10}", "bytes of flash");
        let panics = elf::panics(&program).ok_or("the boot loader is no 32-bit ELF file")?;
        println!("{:<44}{:>10}", "places that could panic", panics.len());
        panics.iter().for_each(|place| println!("    {place}"));
        Ok(bytes)
    }
}
