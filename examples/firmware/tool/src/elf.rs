//! The image in a program: what is loaded of its ELF file, in one piece.

use std::error::Error;
use std::ops::Range;

use blueprint::memory::WORD;

const LOADED: u32 = 1;

/// The bytes of a program as they lie in flash, from the start of its slot to its end in whole words.
///
/// # Errors
///
/// When it is no ELF file of 32 bits, or is not linked for this place.
pub(crate) fn image(elf: &[u8], place: &Range<u32>) -> Result<Vec<u8>, Box<dyn Error>> {
    if !elf.starts_with(b"\x7FELF\x01\x01") {
        return Err("no ELF file of 32 bits".into());
    }
    let (first, size, count) = (word(elf, 0x1C)?, half(elf, 0x2A)?, half(elf, 0x2C)?);
    let mut image = Vec::new();
    for header in (0..u32::from(count)).map(|at| first + at * u32::from(size)) {
        let header = usize::try_from(header)?;
        let (kind, offset) = (word(elf, header)?, usize::try_from(word(elf, header + 4)?)?);
        let (address, len) = (word(elf, header + 12)?, word(elf, header + 16)?);
        if kind != LOADED || len == 0 {
            continue;
        }
        let bytes = elf.get(offset..offset + usize::try_from(len)?).ok_or("the ELF file is cut off")?;
        let start = address.checked_sub(place.start).filter(|_| address + len <= place.end);
        let start = usize::try_from(start.ok_or(format!("{address:#x} is not in the slot"))?)?;
        image.resize(image.len().max(start + bytes.len()), 0xFF);
        image.get_mut(start..start + bytes.len()).ok_or("beyond the image")?.copy_from_slice(bytes);
    }
    image.resize(image.len().next_multiple_of(usize::try_from(WORD)?), 0xFF);
    Ok(image)
}

fn word(elf: &[u8], at: usize) -> Result<u32, &'static str> {
    let bytes = elf.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map(|bytes| u32::from_le_bytes(*bytes)).ok_or("the ELF file is cut off")
}

fn half(elf: &[u8], at: usize) -> Result<u16, &'static str> {
    let bytes = elf.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map(|bytes| u16::from_le_bytes(*bytes)).ok_or("the ELF file is cut off")
}
