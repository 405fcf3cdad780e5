//! What the reference firmware takes of a board: flash, static RAM, stack, and where it could panic.

use std::path::{Path, PathBuf};

use crate::elf;
use crate::exec::pass;
use crate::firmware::{Firmware, TARGET};

/// Of the whole device, in bytes.
const FLASH_MOST: u64 = 400 * 1024;
const RAM_MOST: u64 = 96 * 1024;
const STACK_MOST: u64 = 32 * 1024;
/// The device without a radio has no limit that it must hold yet: it is to come below this one.
const FLASH_WITHOUT_RADIO: u64 = 192 * 1024;
/// The boot loader takes no more of flash.
const BOOT_LOADER_MOST: u64 = 40 * 1024;

/// Prints the table; the limits that do not hold.
pub(crate) fn print(firmware: &Firmware) -> Result<Vec<String>, String> {
    let device = Image::read(&firmware.program("device-a"))?;
    let without_radio = Image::read(&without_radio(firmware)?)?;
    let boot_loader = Image::read(&firmware.program("boot-loader"))?;
    let stack = stack(firmware);
    println!(
        "examples/firmware, release, in bytes; the stack is the deepest over all steps of `cargo xtask firmware`"
    );
    println!("{:<44}{:>10}{:>12}{:>10}", "", "flash", "static RAM", "stack");
    let depth = stack.map_or("not run".to_owned(), |stack| stack.to_string());
    println!("{:<44}{:>10}{:>12}{depth:>10}", "device", device.flash, device.ram);
    println!("{:<44}{FLASH_MOST:>10}{RAM_MOST:>12}{STACK_MOST:>10}", "    at most");
    println!(
        "{:<44}{:>10}{:>12}{:>10}",
        "device without radio and console", without_radio.flash, without_radio.ram, ""
    );
    println!("{:<44}{FLASH_WITHOUT_RADIO:>10}{:>12}{:>10}", "    wanted", "", "");
    println!("{:<44}{:>10}{:>12}{:>10}", "boot loader", boot_loader.flash, boot_loader.ram, "");
    println!("{:<44}{BOOT_LOADER_MOST:>10}{:>12}{:>10}", "    at most", "", "");
    if stack.is_none() {
        println!("not run: needs a run of `cargo xtask firmware` for the stack of the device");
    }
    for (name, image) in [("device", &device), ("boot loader", &boot_loader)] {
        println!(
            "places in the {name} that could panic, each explained in examples/firmware/README.md: {}",
            image.panics.len()
        );
        image.panics.iter().for_each(|place| println!("    {place}"));
    }
    let limits = [
        ("flash of the device", Some(device.flash), FLASH_MOST),
        ("static RAM of the device", Some(device.ram), RAM_MOST),
        ("stack of the device", stack, STACK_MOST),
        ("flash of the boot loader", Some(boot_loader.flash), BOOT_LOADER_MOST),
    ];
    let broken = limits.into_iter().filter_map(|(what, bytes, most)| {
        bytes.filter(|bytes| *bytes > most).map(|bytes| format!("{what}: {bytes} bytes, more than {most}"))
    });
    Ok(broken.collect())
}

/// A program for the board.
struct Image {
    flash: u64,
    ram: u64,
    panics: Vec<String>,
}

impl Image {
    fn read(path: &Path) -> Result<Self, String> {
        let program = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let read = || {
            let (flash, ram) = (elf::loaded_bytes(&program)?, elf::static_ram(&program)?);
            Some(Self { flash, ram, panics: elf::panics(&program)? })
        };
        read().ok_or_else(|| format!("{} is no 32-bit ELF file", path.display()))
    }
}

/// The device as who has no Bluetooth builds it. In a place of its own: it has the same name.
fn without_radio(firmware: &Firmware) -> Result<PathBuf, String> {
    let target = firmware.target().with_file_name("firmware-without-radio");
    let mut build = firmware.cargo_in("build", &target);
    build.args(["--release", "--target", TARGET, "--package", "device", "--no-default-features"]);
    pass(build.args(["--bin", "device-a"]))?;
    Ok(target.join(TARGET).join("release/device-a"))
}

/// The deepest stack that the last run of all steps has seen.
fn stack(firmware: &Firmware) -> Option<u64> {
    let written = std::fs::read_to_string(firmware.scratch().ok()?.join("stack")).ok()?;
    written.trim().parse().ok().filter(|bytes| *bytes > 0)
}
