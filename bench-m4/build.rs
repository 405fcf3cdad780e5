//! Compiles the plans that are measured, and tells the linker where memory is.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use dimo_dbc::{Plan, Selection, compile, import};

/// Plans by name, and where their DBC files are: our own, and those of `shared/data`, which are not part of the project.
const OWN: [(&str, &str); 2] = [
    ("world", "../dimo-dbc/tests/data/world.dbc"),
    ("car", "../examples/virtual-dongle/src/vehicle/vehicle.dbc"),
];
const SHARED: [(&str, &str); 2] =
    [("toyota", "dbc/037_toyota_tnga_k_pt_generated.dbc"), ("vw", "dbc/267_vw_mlb.dbc")];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rustc-link-search={}", root.display());
    println!("cargo:rerun-if-changed=memory.x");
    println!("cargo:rerun-if-env-changed=DIMO_DATA");
    if env::var("CARGO_CFG_TARGET_OS")? == "none" {
        println!("cargo:rustc-link-arg-bins=-Tlink.x");
    }
    let data = env::var_os("DIMO_DATA").map_or(root.join("../../shared/data"), PathBuf::from);
    for (name, dbc) in OWN {
        fs::write(out.join(name), device_section(&root.join(dbc))?)?;
    }
    for (name, dbc) in SHARED {
        let dbc = data.join(dbc);
        // No bytes stand for a file that is not there.
        fs::write(out.join(name), if dbc.is_file() { device_section(&dbc)? } else { Vec::new() })?;
    }
    Ok(())
}

/// What a microcontroller stores of the plan with every signal of the file.
fn device_section(dbc: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    println!("cargo:rerun-if-changed={}", dbc.display());
    let mut blob = compile(&import(&fs::read(dbc)?)?, &Selection::all(), None)?;
    blob.truncate(Plan::from_bytes(&blob)?.device_bytes());
    Ok(blob)
}
