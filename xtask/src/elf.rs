//! What can be read from a program for a board: how much flash it takes, and what is linked into it.

/// The bytes of an ELF file that lie in flash: sections that are loaded and have contents. `None` for any other file.
pub(crate) fn loaded_bytes(elf: &[u8]) -> Option<u64> {
    let loaded = sections(elf)?.into_iter().filter(|section| section.is_loaded && section.has_contents);
    Some(loaded.map(|section| section.bytes).sum())
}

/// The bytes of static RAM of a program for a board: sections that can be written, whether they begin as something or as zeros. `None` for what is no
/// ELF file of 32 bits.
pub(crate) fn static_ram(elf: &[u8]) -> Option<u64> {
    let written = sections(elf)?.into_iter().filter(|section| section.is_loaded && section.is_written);
    Some(written.map(|section| section.bytes).sum())
}

struct Section {
    bytes: u64,
    is_loaded: bool,
    is_written: bool,
    has_contents: bool,
}

/// All of the table of sections.
fn sections(elf: &[u8]) -> Option<Vec<Section>> {
    const WITHOUT_CONTENTS: u32 = 8;
    const WRITTEN: u32 = 1;
    const LOADED: u32 = 2;
    if !elf.starts_with(b"\x7FELF\x01\x01") {
        return None;
    }
    let (first, size, count) = (
        usize::try_from(number(elf, 0x20)?).ok()?,
        usize::from(half(elf, 0x2E)?),
        usize::from(half(elf, 0x30)?),
    );
    let section = |at: usize| {
        let (kind, flags) = (number(elf, at + 4)?, number(elf, at + 8)?);
        Some(Section {
            bytes: number(elf, at + 20)?.into(),
            is_loaded: flags & LOADED != 0,
            is_written: flags & WRITTEN != 0,
            has_contents: kind != WITHOUT_CONTENTS,
        })
    };
    (0..count).map(|at| section(first + at * size)).collect()
}

/// Whether a program for a core without FPU has one of the functions in it that stand in for one.
pub(crate) fn computes_with_floats(program: &[u8]) -> bool {
    let names: [&[u8]; 4] =
        [b"__aeabi_d", b"__aeabi_f", b"compiler_builtins5float", b"compiler_builtins::float"];
    names.iter().any(|name| program.windows(name.len()).any(|bytes| bytes == *name))
}

/// Where a program for an ARMv7-M core can panic: each function that calls one of `core`'s which do, and that one. `None` when it is no ELF file of 32 bits.
///
/// Found by their branches, `bl` and `b.w`.
pub(crate) fn panics(elf: &[u8]) -> Option<Vec<String>> {
    const WORDS: [&str; 5] =
        ["panicking", "unwrap_failed", "expect_failed", "slice_index_fail", "len_mismatch_fail"];
    let functions = functions(elf)?;
    let (panics, others): (Vec<_>, Vec<_>) =
        functions.iter().partition(|function| WORDS.iter().any(|word| function.name.contains(word)));
    let mut found = Vec::new();
    for caller in others {
        for target in branches(elf, caller) {
            let panic = panics.iter().filter(|panic| panic.start == target);
            found.extend(panic.map(|panic| format!("{}: {}", readable(&caller.name), readable(&panic.name))));
        }
    }
    found.sort();
    found.dedup();
    Some(found)
}

struct Function {
    name: String,
    /// Its address, without the bit that says Thumb.
    start: u32,
    /// Where its bytes are in the file.
    bytes: core::ops::Range<usize>,
}

fn number(elf: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*elf.get(at..)?.first_chunk()?))
}

fn half(elf: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*elf.get(at..)?.first_chunk()?))
}

/// All of the table of symbols.
fn functions(elf: &[u8]) -> Option<Vec<Function>> {
    const SYMBOLS: u32 = 2;
    const FUNCTION: u8 = 2;
    if !elf.starts_with(b"\x7FELF\x01\x01") {
        return None;
    }
    let place = |at: usize| usize::try_from(number(elf, at)?).ok();
    let (first, size, count) = (place(0x20)?, usize::from(half(elf, 0x2E)?), usize::from(half(elf, 0x30)?));
    let section = |index: usize| first + index * size;
    let table = (0..count).map(section).find(|at| number(elf, at + 4) == Some(SYMBOLS))?;
    let (symbols, length, names) =
        (place(table + 16)?, place(table + 20)?, place(section(place(table + 24)?) + 16)?);
    let mut functions = Vec::new();
    for symbol in (symbols..symbols + length).step_by(16) {
        let home = usize::from(half(elf, symbol + 14)?);
        if elf.get(symbol + 12)? & 0xF != FUNCTION || home == 0 || home >= count {
            continue;
        }
        let (start, len) = (number(elf, symbol + 4)? & !1, place(symbol + 8)?);
        let offset =
            place(section(home) + 16)? + usize::try_from(start - number(elf, section(home) + 12)?).ok()?;
        let name = elf.get(names + place(symbol)?..)?.split(|byte| *byte == 0).next()?;
        functions.push(Function {
            name: String::from_utf8_lossy(name).into_owned(),
            start,
            bytes: offset..offset + len,
        });
    }
    Some(functions)
}

/// Where `bl` and `b.w` of a function go (ARMv7-M Architecture Reference Manual, A7.7.12 and A7.7.18). Constants between the instructions may look like one; such
/// a target is hardly the start of a function.
fn branches<'e>(elf: &'e [u8], function: &Function) -> impl Iterator<Item = u32> + 'e {
    let start = function.start;
    let bytes = elf.get(function.bytes.clone()).unwrap_or_default();
    let halves = (start..).step_by(2).zip(bytes.windows(4).step_by(2));
    halves.filter_map(|(address, bytes)| {
        let [first, second] = [half(bytes, 0)?, half(bytes, 2)?].map(u32::from);
        if first >> 11 != 0b11110 || second & 0x9000 != 0x9000 {
            return None;
        }
        let sign = first >> 10 & 1;
        let (high, low) = ((second >> 13 & 1 ^ sign ^ 1), (second >> 11 & 1 ^ sign ^ 1));
        let offset = sign << 24 | high << 23 | low << 22 | (first & 0x3FF) << 12 | (second & 0x7FF) << 1;
        // The sign of 25 bits, and the address two instructions on.
        let offset = (offset << 7).cast_signed() >> 7;
        Some(address.wrapping_add(4).wrapping_add_signed(offset))
    })
}

/// What stands for signs in mangled names.
const SIGNS: [(&str, &str); 10] = [
    ("_$", "$"),
    ("$LT$", "<"),
    ("$GT$", ">"),
    ("$RF$", "&"),
    ("$C$", ","),
    ("$u20$", " "),
    ("$u5b$", "["),
    ("$u5d$", "]"),
    ("$u7b$$u7b$closure$u7d$$u7d$", "{closure}"),
    ("..", "::"),
];

/// A mangled name as a path without its hash, where it is of that form; other names as they are.
fn readable(name: &str) -> String {
    let parts = || {
        let mut rest = name.strip_prefix("_ZN")?;
        let mut parts = Vec::new();
        while !rest.starts_with('E') {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let (len, behind) = rest.split_at_checked(digits)?;
            let (part, behind) = behind.split_at_checked(len.parse().ok()?)?;
            parts.push(part);
            rest = behind;
        }
        parts.pop();
        let path = parts.join("::");
        Some(SIGNS.iter().fold(path, |path, (written, sign)| path.replace(written, sign)))
    };
    parts().unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Function, branches, readable};

    #[test]
    fn a_branch_goes_where_a_disassembler_says() {
        // From llvm-objdump, of our boot loader: `bl` forwards and backwards, `b.w` forwards and backwards.
        for (start, code, target) in [
            (0x1094, [0x08, 0xF0, 0x6C, 0xF8], 0x9170),
            (0x5A4E, [0xFF, 0xF7, 0xEC, 0xFF], 0x5A2A),
            (0x14C8, [0x04, 0xF0, 0x70, 0xB9], 0x57AC),
            (0x1524, [0xFF, 0xF7, 0xD4, 0xBF], 0x14D0),
        ] {
            let function = Function { name: String::new(), start, bytes: 0..code.len() };
            assert_eq!(branches(&code, &function).collect::<Vec<_>>(), [target], "{start:#x}");
        }
    }

    #[test]
    fn a_mangled_name_is_read() {
        assert_eq!(
            readable("_ZN4core9panicking9panic_fmt17h0123456789abcdefE"),
            "core::panicking::panic_fmt"
        );
        assert_eq!(readable("__rustc"), "__rustc");
    }
}
