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
    for header in (0..u32::from(count)).map(|at| first.saturating_add(at * u32::from(size))) {
        let header = usize::try_from(header)?;
        let (kind, offset) = (word(elf, header)?, usize::try_from(word(elf, header + 4)?)?);
        let (address, len) = (word(elf, header + 12)?, word(elf, header + 16)?);
        if kind != LOADED || len == 0 {
            continue;
        }
        let bytes =
            elf.get(offset..offset.saturating_add(usize::try_from(len)?)).ok_or("the ELF file is cut off")?;
        let start = address.checked_sub(place.start).filter(|_| address.saturating_add(len) <= place.end);
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

#[cfg(test)]
mod tests {
    use super::image;

    /// An ELF file with these segments: where they are loaded, and their bytes.
    fn elf(segments: &[(u32, &[u8])]) -> Vec<u8> {
        let mut elf = vec![0; 0x34];
        elf[..6].copy_from_slice(b"\x7FELF\x01\x01");
        elf[0x1C] = 0x34;
        elf[0x2A] = 32;
        elf[0x2C] = u8::try_from(segments.len()).unwrap();
        let mut offset = elf.len() + segments.len() * 32;
        for (address, bytes) in segments {
            // Kind, offset, address in RAM, address in flash, length in the file, length in RAM, flags, alignment.
            let len = bytes.len() as u32;
            for word in [1, offset as u32, 0x2000_0000, *address, len, len, 0, 4] {
                elf.extend(word.to_le_bytes());
            }
            offset += bytes.len();
        }
        segments.iter().for_each(|(_, bytes)| elf.extend(*bytes));
        elf
    }

    #[test]
    fn an_image_is_what_is_loaded_with_erased_flash_between_and_behind() {
        let program = elf(&[(0x100, &[1, 2]), (0x104, &[3])]);
        assert_eq!(image(&program, &(0x100..0x200)).unwrap(), [1, 2, 0xFF, 0xFF, 3, 0xFF, 0xFF, 0xFF]);
    }

    #[test]
    fn a_program_for_another_place_is_refused() {
        let program = elf(&[(0x100, &[1, 2])]);
        assert!(image(&program, &(0x200..0x300)).is_err());
        assert!(image(&program, &(0x100..0x101)).is_err());
    }

    #[test]
    fn what_is_cut_off_or_no_program_is_refused() {
        let program = elf(&[(0x100, &[1, 2])]);
        for len in 0..program.len() {
            assert!(image(&program[..len], &(0x100..0x200)).is_err(), "{len} bytes");
        }
        assert!(image(b"text", &(0x100..0x200)).is_err());
    }
}
