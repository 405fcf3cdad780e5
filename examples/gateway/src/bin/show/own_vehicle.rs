//! The vehicle of the main job, for who has no log of another one.

#![allow(dead_code, reason = "a mapping and more, which the main job uses")]

use std::fs;
use std::path::{Path, PathBuf};

use gateway::Failed;

#[path = "../../../../virtual-dongle/src/vehicle/mod.rs"]
mod vehicle;

/// Writes its DBC file and a drive; where they are.
pub(crate) fn write(folder: &Path) -> Result<[PathBuf; 2], Failed> {
    let failed = |reason: &dyn std::fmt::Display| Failed::at("our own vehicle", reason);
    let drive = vehicle::drive(4).map_err(|error| failed(&error))?;
    let (dbc, log) = (folder.join("vehicle.dbc"), folder.join("drive.log"));
    fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    fs::write(&dbc, vehicle::DBC).map_err(|error| failed(&error))?;
    fs::write(&log, drive).map_err(|error| failed(&error))?;
    Ok([dbc, log])
}
