//! Where a block had better end, since its parts want codes of their own.

use super::alphabet::{Codes, cost};
use super::symbols::{DISTANCES, LITERALS, of_distance, of_length};
use super::tokens::Tokens;

/// So many places of a block are tried.
const PLACES: u32 = 32;
/// About the bits of another block beside those of its symbols and of their code.
const BLOCK_BITS: u32 = 80;
/// How often a block is cut.
const MOST_CUTS: u32 = 5;

/// Where the block from `start` to `end` should end. `codes` counts what is before that then.
pub(super) fn end(
    tokens: &Tokens<'_>,
    codes: &mut Codes,
    front: &mut [u16; LITERALS],
    input: &[u8],
    start: usize,
    mut end: usize,
) -> usize {
    for _ in 0..MOST_CUTS {
        let Some(bytes) = input.get(start..end) else { break };
        let Some(cut) = best_cut(tokens, codes, front, bytes) else { break };
        end = start + cut;
        codes.clear();
        let Some(bytes) = input.get(start..end) else { break };
        for_each(tokens, bytes, |_, literal, distance| {
            codes.literals.count(literal);
            if let Some(distance) = distance {
                codes.distances.count(distance);
            }
        });
    }
    end
}

/// After how many bytes it pays most, if anywhere.
fn best_cut(tokens: &Tokens<'_>, codes: &Codes, front: &mut [u16; LITERALS], bytes: &[u8]) -> Option<usize> {
    let (literals, distances) = (codes.literals.counts(), codes.distances.counts());
    let symbols: u32 = literals.iter().map(|count| u32::from(*count)).sum();
    let whole = cost(literals.iter().copied()) + cost(distances.iter().copied());
    let stride = (symbols / PLACES).max(1);
    front.fill(0);
    let mut front_distances = [0; DISTANCES];
    let (mut count, mut next, mut best) = (0, stride, (whole.saturating_sub(BLOCK_BITS), None));
    for_each(tokens, bytes, |at, literal, distance| {
        if count >= next {
            next += stride;
            let split = both(front, literals) + both(&front_distances, distances);
            if split < best.0 {
                best = (split, Some(at));
            }
        }
        count += 1;
        increase(front, literal);
        if let Some(distance) = distance {
            increase(&mut front_distances, distance);
        }
    });
    best.1
}

/// What is in front, and what is behind it.
fn both(front: &[u16], all: &[u16]) -> u32 {
    let behind = all.iter().zip(front).map(|(all, front)| all.wrapping_sub(*front));
    cost(front.iter().copied()) + cost(behind)
}

fn increase(counts: &mut [u16], symbol: usize) {
    if let Some(count) = counts.get_mut(symbol) {
        *count = count.wrapping_add(1);
    }
}

/// Where each token that lies in `bytes` begins, its symbol, and that of its distance.
fn for_each(tokens: &Tokens<'_>, bytes: &[u8], mut each: impl FnMut(usize, usize, Option<usize>)) {
    let mut at = 0;
    let literals = |at: &mut usize, run: usize, each: &mut dyn FnMut(usize, usize, Option<usize>)| {
        for byte in bytes.iter().skip(*at).take(run) {
            each(*at, usize::from(*byte), None);
            *at += 1;
        }
    };
    for (run, matched) in tokens.iter() {
        literals(&mut at, run, &mut each);
        if at >= bytes.len() {
            return;
        }
        if let Some((length, distance)) = matched {
            each(at, of_length(length).symbol, Some(of_distance(distance).symbol));
            at += length;
        }
    }
    literals(&mut at, bytes.len(), &mut each);
}
