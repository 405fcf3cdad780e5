//! A block in the cheapest of its three forms (RFC 1951, section 3.2.3).

use super::alphabet::{Codes, FIXED_DISTANCE, Scratch, fixed_length};
use super::bits::BitWriter;
use super::header::Header;
use super::stored;
use super::symbols::{END_OF_BLOCK, extra_bits_of_distance, extra_bits_of_literal, of_distance, of_length};
use super::tokens::Tokens;

/// Whether another block follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Inner,
    Last,
}

impl Place {
    pub(super) fn bit(self) -> u32 {
        u32::from(self == Self::Last)
    }
}

const FIXED: u32 = 1;
const DYNAMIC: u32 = 2;

/// Writes the tokens of `bytes`, which `codes` has counted.
pub(super) fn write(
    bytes: &[u8],
    tokens: &Tokens<'_>,
    codes: &mut Codes,
    mut scratch: Scratch<'_>,
    place: Place,
    out: &mut BitWriter<'_>,
) {
    // Counted before a code is built, which may add symbols.
    let fixed = fixed_bits(codes);
    codes.build(&mut scratch);
    let header = Header::of(codes, &mut scratch);
    let dynamic = header.bits() + own_bits(codes);
    let cheapest = fixed.min(dynamic);
    if stored::bits(bytes.len(), out).is_some_and(|stored| stored < cheapest) {
        stored::write(bytes, place, out);
        return;
    }
    out.put(place.bit(), 1);
    if fixed <= dynamic {
        out.put(FIXED, 2);
        codes.fix();
    } else {
        out.put(DYNAMIC, 2);
        header.write(codes, out);
    }
    codes.assign();
    body(bytes, tokens, codes, out);
}

fn fixed_bits(codes: &Codes) -> u32 {
    let literals = codes.literals.counts().iter().enumerate();
    let distances = codes.distances.counts().iter().enumerate();
    let literal = |symbol| u32::from(fixed_length(symbol)) + extra_bits_of_literal(symbol);
    let distance = |symbol| u32::from(FIXED_DISTANCE) + extra_bits_of_distance(symbol);
    literals.map(|(symbol, count)| u32::from(*count) * literal(symbol)).sum::<u32>()
        + distances.map(|(symbol, count)| u32::from(*count) * distance(symbol)).sum::<u32>()
}

/// With the code that is built.
fn own_bits(codes: &Codes) -> u32 {
    let literals = codes.literals.counts().iter().zip(codes.literals.lengths()).enumerate();
    let distances = codes.distances.counts().iter().zip(codes.distances.lengths()).enumerate();
    let literals = literals.map(|(symbol, (count, bits))| {
        u32::from(*count) * (u32::from(*bits) + extra_bits_of_literal(symbol))
    });
    let distances = distances.map(|(symbol, (count, bits))| {
        u32::from(*count) * (u32::from(*bits) + extra_bits_of_distance(symbol))
    });
    literals.sum::<u32>() + distances.sum::<u32>()
}

fn body(bytes: &[u8], tokens: &Tokens<'_>, codes: &Codes, out: &mut BitWriter<'_>) {
    let mut rest = bytes;
    for (run, matched) in tokens.iter() {
        let (literals, behind) = rest.split_at_checked(run).unwrap_or_default();
        write_literals(literals, codes, out);
        rest = behind;
        if let Some((length, distance)) = matched {
            write_match(length, distance, codes, out);
            rest = rest.get(length..).unwrap_or_default();
        }
    }
    write_literals(rest, codes, out);
    let (code, bits) = codes.literals.code(END_OF_BLOCK);
    out.put(code, bits);
}

#[inline]
fn write_literals(literals: &[u8], codes: &Codes, out: &mut BitWriter<'_>) {
    for literal in literals {
        let (code, bits) = codes.literals.code(usize::from(*literal));
        out.put(code, bits);
    }
}

fn write_match(length: usize, distance: usize, codes: &Codes, out: &mut BitWriter<'_>) {
    let symbol = of_length(length);
    let (code, bits) = codes.literals.code(symbol.symbol);
    out.put(code, bits);
    out.put(symbol.extra, symbol.extra_bits);
    let symbol = of_distance(distance);
    let (code, bits) = codes.distances.code(symbol.symbol);
    out.put(code, bits);
    out.put(symbol.extra, symbol.extra_bits);
}
