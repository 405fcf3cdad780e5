//! Tells the linker where memory is.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use blueprint::memory;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // From where the machine begins, with the room of an image: there is more memory than a boot loader has.
    let [image, _] = memory::IMAGES;
    let place = memory::BOOT_LOADER.start..image.end - image.start;
    let regions = memory::linked(&place)
        .map(|(name, start, len)| format!("  {name} : ORIGIN = {start:#010x}, LENGTH = {len:#x}\n"));
    fs::write(out.join("memory.x"), format!("MEMORY\n{{\n{}}}\n", regions.concat()))?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    Ok(())
}
