//! Tells the linker where memory is: for each slot its own program.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use blueprint::memory;
use dimo_hal::boot::BootSlot;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    for (program, slot) in [("device-a", BootSlot::A), ("device-b", BootSlot::B)] {
        let out = PathBuf::from(env::var("OUT_DIR")?).join(program);
        let regions = memory::linked(&memory::image(slot))
            .map(|(name, start, len)| format!("  {name} : ORIGIN = {start:#010x}, LENGTH = {len:#x}\n"));
        fs::create_dir_all(&out)?;
        fs::write(out.join("memory.x"), format!("MEMORY\n{{\n{}}}\n", regions.concat()))?;
        println!("cargo:rustc-link-arg-bin={program}=-L{}", out.display());
        println!("cargo:rustc-link-arg-bin={program}=-Tlink.x");
    }
    Ok(())
}
