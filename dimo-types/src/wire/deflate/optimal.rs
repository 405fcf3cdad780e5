//! A block by the cheapest way through it, for prices from an earlier look at it.

use super::alphabet::{Codes, PRICE};
use super::matches::{Effort, Finder, Match};
use super::symbols::{LITERALS, SHORTEST, of_distance, of_length};
use super::tokens::Tokens;

/// Steps that are looked at together. Nothing is lost where every way passes one point, which is most often sooner.
pub(super) const STEPS: usize = LITERALS;
/// The most matches of so many steps, and one behind them.
const MOST_MATCHES: usize = STEPS / SHORTEST + 1;

/// For each step from where it is looked at: what the cheapest way there costs, and its last token.
pub(super) struct Ways<'a> {
    pub(super) costs: &'a mut [u16; STEPS],
    pub(super) lengths: &'a mut [u16; STEPS],
    pub(super) distances: &'a mut [u16; STEPS],
}

/// Where the block ends. `prices` are those of [`Codes::estimate`]; `codes` has them too and counts on.
pub(super) fn parse(
    finder: &mut Finder<'_>,
    tokens: &mut Tokens<'_>,
    codes: &mut Codes,
    ways: &mut Ways<'_>,
    start: usize,
    effort: Effort,
) -> usize {
    let mut at = start;
    while at < finder.input().len() && !tokens.is_full(MOST_MATCHES) {
        let (steps, long) = ways.explore(finder, codes, at, effort);
        ways.turn(steps);
        at = ways.write(steps, finder.input(), at, tokens, codes);
        if let Some(long) = long {
            tokens.matched(long.length, long.distance, codes);
            at += long.length;
        }
    }
    at
}

impl Ways<'_> {
    /// Goes on until all ways meet, or a match is long enough to be taken as it is, or there is no room for more. How far, and
    /// that match.
    fn explore(
        &mut self,
        finder: &mut Finder<'_>,
        codes: &Codes,
        start: usize,
        effort: Effort,
    ) -> (usize, Option<Match>) {
        let (mut step, mut reached, mut cost) = (0, 0, 0);
        loop {
            let Some(byte) = finder.input().get(start + step) else { return (step, None) };
            if step + 1 >= STEPS {
                return (step, None);
            }
            let literal = cost + codes.literals.price(usize::from(*byte));
            self.reach(&mut reached, step + 1);
            self.offer(step + 1, literal, 1, 0);
            let (mut length, mut long) = (SHORTEST - 1, None);
            finder.search(start + step, effort, |found| {
                if found.length >= effort.enough || step + found.length >= STEPS {
                    long = Some(found);
                    return;
                }
                self.reach(&mut reached, step + found.length);
                let symbol = of_distance(found.distance);
                let cost = cost + codes.distances.price(symbol.symbol) + symbol.extra_bits as u16 * PRICE;
                for length in length + 1..=found.length {
                    let symbol = of_length(length);
                    let price = codes.literals.price(symbol.symbol) + symbol.extra_bits as u16 * PRICE;
                    self.offer(step + length, cost + price, length, found.distance);
                }
                length = found.length;
            });
            if long.is_some() {
                return (step, long);
            }
            step += 1;
            if reached == step {
                return (step, None);
            }
            cost = self.costs.get(step).copied().unwrap_or_default();
        }
    }

    /// No way is known to the steps that become reached.
    fn reach(&mut self, reached: &mut usize, step: usize) {
        if step > *reached {
            self.costs.get_mut(*reached + 1..=step).unwrap_or_default().fill(u16::MAX);
            *reached = step;
        }
    }

    #[inline]
    fn offer(&mut self, step: usize, cost: u16, length: usize, distance: usize) {
        let (Some(known), Some(its_length), Some(its_distance)) =
            (self.costs.get_mut(step), self.lengths.get_mut(step), self.distances.get_mut(step))
        else {
            return;
        };
        if cost < *known {
            (*known, *its_length, *its_distance) = (cost, length as u16, distance as u16);
        }
    }

    /// From where each step came to where it goes: `costs` has the length of the token that leads on.
    fn turn(&mut self, steps: usize) {
        let mut step = steps;
        while let Some(length) = self.lengths.get(step).copied().filter(|_| step > 0) {
            step = step.saturating_sub(usize::from(length).max(1));
            if let Some(next) = self.costs.get_mut(step) {
                *next = length;
            }
        }
    }

    fn write(
        &self,
        steps: usize,
        input: &[u8],
        start: usize,
        tokens: &mut Tokens<'_>,
        codes: &mut Codes,
    ) -> usize {
        let mut step = 0;
        while step < steps {
            let length = usize::from(self.costs.get(step).copied().unwrap_or_default()).max(1);
            let distance = self.distances.get(step + length).copied().unwrap_or_default();
            match input.get(start + step) {
                Some(byte) if length < SHORTEST => tokens.literal(*byte, codes),
                _ => tokens.matched(length, distance.into(), codes),
            }
            step += length;
        }
        start + steps
    }
}
