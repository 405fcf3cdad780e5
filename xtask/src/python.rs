//! A Python of our own under `target`, with the packages that scripts need.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::exec::{pass, works};
use crate::{debian, toolchain};

/// The peers, as their registry has them.
pub(crate) const CANTOOLS: &str = "cantools==45.1.0";
pub(crate) const PEERS: [&str; 15] = [
    "bumble==0.0.236",
    CANTOOLS,
    "can-isotp==2.0.7",
    "can-j1939==2.0.12",
    // The newest that pycose can read with.
    "cbor2==5.9.0",
    "cryptography==50.0.2",
    "eth-account==0.14.0",
    "fastavro==1.13.1",
    "protobuf==7.36.2",
    "pynmea2==1.19.0",
    "pyarrow==26.0.1",
    "pycose==1.1.0",
    "python-can==4.6.1",
    "pyserial==3.5",
    "udsoncan==1.26.1",
];

/// The program of the environment `directory/python`.
pub(crate) fn program(directory: &Path) -> PathBuf {
    directory.join("python/bin/python")
}

/// The program of the environment `directory/python`, which is made when it is not there or has other packages.
pub(crate) fn environment(directory: &Path, packages: &[&str]) -> Result<PathBuf, String> {
    let environment = directory.join("python");
    let python = program(directory);
    // Written last, so that half an environment is none.
    let list = environment.join("packages.txt");
    let wanted = packages.join("\n");
    if std::fs::read_to_string(&list).is_ok_and(|had| had == wanted) && works(Command::new(&python).arg("-V"))
    {
        return Ok(python);
    }
    need_venv()?;
    pass(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    let mut pip = Command::new(&python);
    toolchain::install(&packages.join(", "), pip.args(["-m", "pip", "install", "--quiet"]).args(packages))?;
    std::fs::write(&list, wanted).map_err(|error| format!("{}: {error}", list.display()))?;
    Ok(python)
}

/// Debian has what makes environments in a package of its own.
fn need_venv() -> Result<(), String> {
    if works(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
        return Ok(());
    }
    debian::install("python3-venv")
}
