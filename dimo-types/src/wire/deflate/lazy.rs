//! A block by the longest matches.

use super::alphabet::Codes;
use super::matches::{Effort, Finder, Match};
use super::tokens::Tokens;

/// Matches of three bytes from farther than this cost more than three literals, as a rule.
const FAR_FOR_THREE: usize = 512;

/// Takes the longest match at each position; one shorter than `lazy` only if the next position has no better one. Where the block
/// ends.
pub(super) fn parse(
    finder: &mut Finder<'_>,
    tokens: &mut Tokens<'_>,
    codes: &mut Codes,
    start: usize,
    effort: Effort,
    lazy: usize,
) -> usize {
    let input = finder.input();
    let mut at = start;
    while !tokens.is_full(1) {
        let Some(byte) = input.get(at) else { break };
        let Some(mut best) = longest(finder, at, effort) else {
            tokens.literal(*byte, codes);
            at += 1;
            continue;
        };
        while best.length < lazy && !tokens.is_full(2) {
            let Some(next) = longest(finder, at + 1, effort).filter(|next| is_better(*next, best)) else {
                break;
            };
            let Some(byte) = input.get(at) else { break };
            tokens.literal(*byte, codes);
            (at, best) = (at + 1, next);
        }
        tokens.matched(best.length, best.distance, codes);
        at += best.length;
    }
    at
}

fn longest(finder: &mut Finder<'_>, at: usize, effort: Effort) -> Option<Match> {
    finder.longest(at, effort).filter(|found| found.length > 3 || found.distance <= FAR_FOR_THREE)
}

/// Whether a match is worth a literal before it: it saves so many bytes more, and the bits of its distance count.
fn is_better(next: Match, best: Match) -> bool {
    let (next_bits, best_bits) = (next.distance.ilog2() as usize, best.distance.ilog2() as usize);
    4 * next.length + best_bits > 4 * best.length + next_bits + 2
}
