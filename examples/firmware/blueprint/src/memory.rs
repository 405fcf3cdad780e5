//! Where everything lies: an nRF52840's memory, 1 MiB of flash in pages of 4 KiB and 256 KiB of RAM.
//!
//! The machine has no flash. 16 MiB of its RAM are a file of the host ([`FILE_LEN`]), and the first mebibyte of them is the flash: it outlives a reset, and the end of
//! QEMU at any moment, as flash outlives a power cut. Images run where they lie.
//!
//! The boot loader's own pages are kept free there. Its code lies at address 0, where the machine loads it at every reset: memory that nothing on the device can
//! change, as locked pages are on a chip.

use core::ops::Range;

use dimo_hal::boot::{BootLayout, BootSlot};

/// What is erased at once, in bytes.
pub const PAGE: u32 = 0x1000;
/// What is written at once, in bytes.
pub const WORD: u32 = 4;

/// Where flash begins, as the core sees it.
pub const FLASH: u32 = 0x2100_0000;
/// The bytes of flash.
pub const FLASH_LEN: u32 = 0x10_0000;
/// The bytes of the host's file.
pub const FILE_LEN: u64 = 0x100_0000;

/// Where the boot loader runs.
pub const BOOT_LOADER: Range<u32> = 0..0xA000;

/// Pages of flash, in bytes from its start: two images of 396 KiB,
pub const IMAGES: [Range<u32>; 2] = [0xA000..0x6_D000, 0x6_D000..0xD_0000];
/// their manifests,
pub const MANIFESTS: [Range<u32>; 2] = [0xD_0000..0xD_1000, 0xD_1000..0xD_2000];
/// the record of the boot loader,
pub const RECORD: Range<u32> = 0xD_2000..0xD_5000;
/// the fuses of the security counter, which a chip has beside its flash,
pub const FUSES: Range<u32> = 0xD_5000..0xD_8000;
/// small values of the application,
pub const STORAGE: Range<u32> = 0xD_8000..0xD_C000;
/// a plan, twice,
pub const PLANS: [Range<u32>; 2] = [0xD_C000..0xE_2000, 0xE_2000..0xE_8000];
/// what waits to be sent,
pub const QUEUE: Range<u32> = 0xE_8000..0xF_F000;
/// and what stands for a secure element: its secret, and how often the device was started.
pub const ELEMENT: Range<u32> = 0xF_F000..FLASH_LEN;

/// Behind the flash in the host's file, what the vehicle does to the board's pins: words that the host writes.
pub const PINS: u32 = FLASH + FLASH_LEN;

/// The RAM that a program has.
pub const RAM: Range<u32> = 0x2000_0000..0x2003_FFC0;
/// The RAM above it: what the boot loader tells the image.
pub const HANDOVER: Range<u32> = RAM.end..0x2004_0000;

/// What the boot loader works with.
#[must_use]
pub const fn boot_layout() -> BootLayout {
    BootLayout { images: IMAGES, manifests: MANIFESTS, record: RECORD }
}

/// Where the image of a slot lies and runs, as the core sees it.
#[must_use]
pub fn image(slot: BootSlot) -> Range<u32> {
    let [a, b] = IMAGES;
    let range = if slot == BootSlot::A { a } else { b };
    FLASH + range.start..FLASH + range.end
}

/// For `memory.x`: a program in this place, and the RAM. Start and length of both.
#[must_use]
pub const fn linked(place: &Range<u32>) -> [(&'static str, u32, u32); 2] {
    [("FLASH", place.start, place.end - place.start), ("RAM", RAM.start, RAM.end - RAM.start)]
}
