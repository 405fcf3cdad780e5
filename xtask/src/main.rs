//! Every check and tool of the workspace: `cargo xtask help`.

mod bench;
mod bench_crypto;
mod bench_m4;
mod bench_m4_crypto;
mod bench_m4_dbc;
mod bench_m4_deflate;
mod bench_m4_drive;
mod bench_m4_pairing;
mod bench_m4_telemetry;
mod bench_rewards;
mod bench_telemetry;
mod conform;
mod connection;
mod dag;
mod debian;
mod deny;
mod docs;
mod elf;
mod exec;
mod features;
mod firmware;
mod firmware_board;
mod firmware_boot;
mod firmware_check;
mod firmware_sizes;
mod fuzz;
mod gateway;
mod hygiene;
mod lint;
mod main_job;
mod miri;
mod msrv;
mod mutants;
mod no_std;
mod package;
mod peers;
mod phone;
mod power_cuts;
mod probe;
mod python;
mod se05x;
mod sizes;
mod soak;
mod step;
mod testing;
mod toolchain;
mod turn;
mod vcan;
mod workspace;

use std::process::ExitCode;

use step::Step;
use workspace::Workspace;

const HELP: &str = "\
cargo xtask test   every check that fits: what CI runs
cargo xtask soak   what takes hours: miri, fuzzing, long property tests, mutation tests
cargo xtask bench dbc   how fast frames are decoded, beside the C code that cantools generates
cargo xtask bench crypto   what hashing, signing and verifying take, beside the packages one would take otherwise
cargo xtask bench telemetry   what readings take on the wire, how fast they are written and read, beside other forms
cargo xtask bench rewards   how fast a month of ten million devices is settled, beside a loop over decimals
cargo xtask bench m4    how many instructions and bytes a Cortex-M4 needs, in QEMU
cargo xtask phone  a phone in Python against the device over trouble-host (--gen1, --mtu 23|185|247)
cargo xtask firmware   the reference firmware on a Cortex-M4 in QEMU, from its boot loader on
cargo xtask gateway    the device on Linux, with certificates, a broker and a backend
cargo xtask conform   a board judged by both specification tables of DIP-4 (--board host|bad|firmware)
cargo xtask power-cuts   cuts the power at every flash operation and counts what breaks (--quick: in a minute)
cargo xtask sizes  flash, RAM, stack and instructions on a Cortex-M4, of each part and of the whole device
cargo xtask help   this text

  --list           name the steps and run none
  --only TEXT      run the steps whose name contains TEXT (may be given several times)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, options @ ..] = arguments.as_slice()
        && command == "conform"
    {
        // It says by its number how it judged.
        return Workspace::read()
            .and_then(|workspace| conform::run(&workspace, options))
            .map_or_else(told, ExitCode::from);
    }
    match run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => told(reason),
    }
}

fn told(reason: String) -> ExitCode {
    eprintln!("xtask: {reason}");
    ExitCode::from(2)
}

/// Whether every step that ran has passed.
fn run(arguments: Vec<String>) -> Result<bool, String> {
    if let [command, what] = arguments.as_slice()
        && command == "bench"
    {
        let workspace = Workspace::read()?;
        return match what.as_str() {
            "crypto" => bench_crypto::run(&workspace),
            "m4" => bench_m4::run(&workspace),
            "rewards" => bench_rewards::run(&workspace),
            "telemetry" => bench_telemetry::run(&workspace),
            what => bench::run(&workspace, what),
        };
    }
    if let [command, options @ ..] = arguments.as_slice()
        && command == "phone"
    {
        return phone::run(&Workspace::read()?, options);
    }
    if let [command, options @ ..] = arguments.as_slice()
        && command == "firmware"
    {
        return firmware::run(&Workspace::read()?, options);
    }
    if let [command, options @ ..] = arguments.as_slice()
        && command == "gateway"
    {
        return gateway::run(&Workspace::read()?, options);
    }
    if let [command, options @ ..] = arguments.as_slice()
        && command == "power-cuts"
    {
        return power_cuts::run(&Workspace::read()?, options);
    }
    if arguments == ["sizes"] {
        return sizes::run(&Workspace::read()?);
    }
    let Call { command, list, only } = Call::parse(arguments.into_iter())?;
    if command == "help" {
        print!("{HELP}");
        return Ok(true);
    }
    let workspace = Workspace::read()?;
    let steps = match command.as_str() {
        "test" => test_steps(&workspace)?,
        "soak" => soak::steps(&workspace),
        unknown => return Err(format!("no command {unknown}\n\n{HELP}")),
    };
    let chosen = step::choose(steps, &only)?;
    if list {
        chosen.iter().for_each(|step| println!("{}", step.name));
        return Ok(true);
    }
    Ok(step::run_all(chosen))
}

/// Cheap checks first, so that a slip is told in seconds.
fn test_steps(workspace: &Workspace) -> Result<Vec<Step<'_>>, String> {
    let mut steps = Vec::new();
    steps.extend(hygiene::steps(workspace));
    steps.extend(dag::steps(workspace));
    steps.extend(deny::steps(workspace));
    steps.extend(lint::steps(workspace));
    steps.extend(testing::steps(workspace));
    steps.extend(peers::steps(workspace));
    steps.extend(phone::steps(workspace));
    steps.push(se05x::step(workspace));
    steps.push(power_cuts::quick(workspace));
    steps.extend(conform::steps(workspace));
    steps.push(miri::short(workspace));
    steps.extend(docs::steps(workspace));
    steps.extend(no_std::steps(workspace)?);
    steps.extend(probe::steps(workspace));
    steps.extend(bench_m4::steps(workspace));
    steps.extend(firmware::steps(workspace));
    steps.extend(gateway::steps(workspace));
    steps.extend(msrv::steps(workspace));
    steps.extend(package::steps(workspace));
    steps.extend(main_job::steps(workspace));
    steps.extend(connection::steps(workspace));
    steps.extend(hygiene::last_steps(workspace));
    Ok(steps)
}

/// What the command line asks for.
struct Call {
    command: String,
    list: bool,
    only: Vec<String>,
}

impl Call {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut call = Self { command: "help".to_owned(), list: false, only: Vec::new() };
        if let Some(command) = arguments.next() {
            call.command = if command == "--help" { "help".to_owned() } else { command };
        }
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--list" => call.list = true,
                "--only" => call.only.push(arguments.next().ok_or("--only needs a text")?),
                unknown => return Err(format!("no option {unknown}\n\n{HELP}")),
            }
        }
        Ok(call)
    }
}
