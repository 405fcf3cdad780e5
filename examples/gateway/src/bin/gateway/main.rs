//! The device on Linux: the application that boards run, over what a computer has.
//!
//! `gateway --config FILE`, or `gateway --print-config` for the defaults. It exits with 2 when the settings are wrong, and with 1 when what they name cannot be
//! used; else it runs until it is ended, by whatever: its files are as after a power cut, which they survive.

mod boot;
mod bus;
mod certificates;
mod clock;
mod console;
mod device;
mod gen1;
mod key;
mod line;
mod network;
mod post;
mod power;
mod receiver;
mod settings;
mod storage;
mod tls;
mod watchdog;

use std::convert::Infallible;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use application::{Ended, Memory, NoPhones};
use device::Checked;
use embassy_executor::{Executor, Spawner, task};
use gateway::Failed;
use settings::Settings;

/// The settings are wrong.
const WRONG_SETTINGS: u8 = 2;
/// What they name cannot be used.
const UNUSABLE: i32 = 1;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let started = match words.as_slice() {
        ["--print-config"] => {
            println!("{}", Settings::print_defaults());
            return ExitCode::SUCCESS;
        }
        ["--config", file] => start(Path::new(file)),
        _ => Err(Failed("gateway --config FILE | --print-config".to_owned())),
    };
    let Err(reason) = started;
    eprintln!("gateway: {reason}");
    ExitCode::from(WRONG_SETTINGS)
}

/// Reads the settings, and runs from then on.
fn start(file: &Path) -> Result<Infallible, Failed> {
    let settings = Settings::read(file)?;
    let checked = Checked::of(&settings)?;
    make_folder(&settings.folder)?;
    key::warn(&settings.folder);
    let executor = Box::leak(Box::new(Executor::new()));
    executor.run(|spawner: Spawner| match run(settings, checked) {
        Ok(task) => spawner.spawn(task),
        // There is one task, and it is begun once.
        Err(_) => exit(&Failed("the device is not begun".to_owned())),
    })
}

fn make_folder(folder: &PathBuf) -> Result<(), Failed> {
    std::fs::create_dir_all(folder).map_err(|error| Failed::at(&folder.display().to_string(), error))
}

#[task]
async fn run(settings: Settings, checked: Checked) {
    let ended = match device::parts(&settings, &checked).await {
        Ok(parts) => match device::config(&settings, &checked) {
            Ok(config) => {
                let memory = Box::leak(Box::new(Memory::new()));
                application::run(parts, &config, memory, NoPhones).await
            }
            Err(reason) => exit(&reason),
        },
        Err(reason) => exit(&reason),
    };
    match ended {
        Ended::Restart => start_anew(),
        Ended::Unusable(what) => exit(&Failed::at("what is stored cannot be used", what)),
        _ => exit(&Failed("it ended".to_owned())),
    }
}

/// The same program in place of this one: its files are closed, as by a reset.
fn start_anew() -> ! {
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
    let error = Command::new(program).args(std::env::args().skip(1)).exec();
    exit(&Failed::at("it cannot start anew", error))
}

fn exit(reason: &Failed) -> ! {
    eprintln!("gateway: {reason}");
    std::process::exit(UNUSABLE)
}
