//! Where a block had better end, since its parts want codes of their own.

use super::alphabet::Codes;
use super::estimate::Estimate;
use super::symbols::{DISTANCES, LITERALS, of_distance, of_length};
use super::tokens::Tokens;

/// Of so many places of a block one is tried.
const STRIDE: u32 = 8;
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
    front.fill(0);
    let mut literals = Cut::new(codes.literals.counts(), front);
    let mut front = [0; DISTANCES];
    let mut distances = Cut::new(codes.distances.counts(), &mut front);
    let mut best = (literals.bits() + distances.bits()).saturating_sub(BLOCK_BITS);
    let (mut place, mut until_next) = (None, STRIDE);
    for_each(tokens, bytes, |at, literal, distance| {
        until_next -= 1;
        if until_next == 0 {
            until_next = STRIDE;
            let bits = literals.bits() + distances.bits();
            if bits < best {
                (best, place) = (bits, Some(at));
            }
        }
        literals.pass(literal);
        if let Some(distance) = distance {
            distances.pass(distance);
        }
    });
    place
}

/// An alphabet in two parts: what was passed is in front.
struct Cut<'a> {
    all: &'a [u16],
    passed: &'a mut [u16],
    front: Estimate,
    behind: Estimate,
}

impl<'a> Cut<'a> {
    fn new(all: &'a [u16], passed: &'a mut [u16]) -> Self {
        Self { front: Estimate::default(), behind: Estimate::of(all), all, passed }
    }

    fn pass(&mut self, symbol: usize) {
        let (Some(all), Some(passed)) = (self.all.get(symbol), self.passed.get_mut(symbol)) else { return };
        // It was counted from the same tokens.
        if let Some(behind) = all.checked_sub(*passed).filter(|behind| *behind > 0) {
            self.front.add(*passed);
            self.behind.remove(behind);
            *passed += 1;
        }
    }

    fn bits(&self) -> u32 {
        self.front.bits() + self.behind.bits()
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
