//! What can be read from a program for a board: how much flash it takes, and what is linked into it.

/// The bytes of an ELF file that lie in flash: sections that are loaded and have contents. `None` for any other file.
pub(crate) fn loaded_bytes(elf: &[u8]) -> Option<u64> {
    const WITHOUT_CONTENTS: u32 = 8;
    const LOADED: u32 = 2;
    let number = |at: usize| Some(u32::from_le_bytes(*elf.get(at..)?.first_chunk()?));
    let half = |at: usize| Some(usize::from(u16::from_le_bytes(*elf.get(at..)?.first_chunk()?)));
    if !elf.starts_with(b"\x7FELF\x01\x01") {
        return None;
    }
    let (first, size, count) = (usize::try_from(number(0x20)?).ok()?, half(0x2E)?, half(0x30)?);
    let mut bytes = 0;
    for section in (0..count).map(|at| first + at * size) {
        let (kind, flags, length) = (number(section + 4)?, number(section + 8)?, number(section + 20)?);
        if flags & LOADED != 0 && kind != WITHOUT_CONTENTS {
            bytes += u64::from(length);
        }
    }
    Some(bytes)
}

/// Whether a program for a core without FPU has one of the functions in it that stand in for one.
pub(crate) fn computes_with_floats(program: &[u8]) -> bool {
    let names: [&[u8]; 4] =
        [b"__aeabi_d", b"__aeabi_f", b"compiler_builtins5float", b"compiler_builtins::float"];
    names.iter().any(|name| program.windows(name.len()).any(|bytes| bytes == *name))
}
