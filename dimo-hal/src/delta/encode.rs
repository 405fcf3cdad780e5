//! [`encode`]: the delta from one image to another.

use alloc::vec::Vec;

use super::HEAD;

/// What has to be equal before a copy is thought of.
const KEY: usize = 8;
/// How many places with the same key are looked at.
const TRIES: usize = 32;
/// A copy that is shorter costs more than it saves.
const LEAST: usize = 12;
/// A copy goes on over bytes that differ while it gains; so much it may have lost since it was best.
const PATIENCE: i64 = 48;

/// The delta that makes `image` of `base`. It takes time and memory of a few times the base: for those who make releases, not for devices.
///
/// # Panics
///
/// Never: images of 4 GiB and more, which no manifest names, are cut off.
#[must_use]
pub fn encode(base: &[u8], image: &[u8]) -> Vec<u8> {
    let image = image.get(..u32::MAX as usize).unwrap_or(image);
    let base = base.get(..(u32::MAX / 2) as usize).unwrap_or(base);
    let index = Index::new(base);
    let mut out = Vec::from(HEAD);
    number(&mut out, image.len());
    let (mut done, mut at, mut base_at) = (0, 0, 0);
    while done < image.len() {
        let copy = find(&index, image, &mut at, done, base_at);
        let insert = image.get(done..copy.at).unwrap_or_default();
        number(&mut out, insert.len());
        out.extend_from_slice(insert);
        done = copy.at + copy.len;
        if copy.at == image.len() {
            break;
        }
        number(&mut out, copy.len);
        if copy.len > 0 {
            zigzag(&mut out, copy.from, base_at);
            let old = base.get(copy.from..copy.from + copy.len).unwrap_or_default();
            differences(&mut out, old, image.get(copy.at..done).unwrap_or_default());
            base_at = copy.from + copy.len;
        }
        at = done;
    }
    out
}

/// A piece of the new image, and where the old one has something like it.
#[derive(Clone, Copy)]
struct Copy {
    at: usize,
    from: usize,
    len: usize,
}

/// Every place of the base, by the bytes that stand there.
struct Index<'b> {
    base: &'b [u8],
    places: Vec<(u64, u32)>,
}

impl<'b> Index<'b> {
    fn new(base: &'b [u8]) -> Self {
        let mut places: Vec<(u64, u32)> =
            (0..).zip(base.windows(KEY)).map(|(place, key)| (value(key), place)).collect();
        places.sort_unstable();
        Self { base, places }
    }

    /// Places that begin with these bytes.
    fn places(&self, key: u64) -> impl Iterator<Item = usize> + '_ {
        let start = self.places.partition_point(|(other, _)| *other < key);
        let found = self.places.get(start..).unwrap_or_default().iter();
        found.take_while(move |(other, _)| *other == key).take(TRIES).map(|(_, place)| *place as usize)
    }
}

fn value(key: &[u8]) -> u64 {
    key.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The next copy that is worth it, not before `done`; at the end of the image when there is none.
fn find(index: &Index<'_>, image: &[u8], at: &mut usize, done: usize, base_at: usize) -> Copy {
    while let Some(key) = image.get(*at..*at + KEY) {
        // Where the last copy ended is the first guess: what follows it in the old image often follows it in the new one.
        let guesses = core::iter::once(base_at + (*at - done)).chain(index.places(value(key)));
        let best = guesses.map(|from| grow(index.base, image, *at, from, done)).max_by_key(|copy| copy.len);
        if let Some(copy) = best.filter(|copy| copy.len >= LEAST) {
            return copy;
        }
        *at += 1;
    }
    Copy { at: image.len(), from: 0, len: 0 }
}

/// The longest piece around `at` that gains: two for each byte that is the same, less one for each byte.
fn grow(base: &[u8], image: &[u8], at: usize, from: usize, done: usize) -> Copy {
    let same = |step: usize| base.get(from + step).zip(image.get(at + step)).map(|(old, new)| old == new);
    let exact = (0..KEY).all(|step| same(step) == Some(true));
    if !exact {
        return Copy { at, from, len: 0 };
    }
    let (mut score, mut best, mut len, mut step) = (0_i64, 0_i64, 0, 0);
    while let Some(is_same) = same(step) {
        step += 1;
        score += if is_same { 1 } else { -1 };
        if score > best {
            (best, len) = (score, step);
        }
        if score < best - PATIENCE {
            break;
        }
    }
    let room = (at - done).min(from);
    let back = (1..=room).take_while(|back| base.get(from - back) == image.get(at - back)).count();
    Copy { at: at - back, from: from - back, len: len + back }
}

/// Runs of what is the same and what is not.
fn differences(out: &mut Vec<u8>, old: &[u8], new: &[u8]) {
    let mut at = 0;
    while at < new.len() {
        let rest = || old.iter().zip(new).skip(at);
        let same = rest().take_while(|(old, new)| old == new).count();
        number(out, same);
        at += same;
        if at == new.len() {
            return;
        }
        // A single byte that is the same is cheaper among the others than as a run of its own.
        let rest = |from: usize| old.iter().zip(new).skip(from);
        let mut changed = 0;
        while at + changed < new.len() && rest(at + changed).take(3).any(|(old, new)| old != new) {
            changed += 1;
        }
        number(out, changed);
        out.extend(rest(at).take(changed).map(|(old, new)| new.wrapping_sub(*old)));
        at += changed;
    }
}

fn number(out: &mut Vec<u8>, value: usize) {
    let mut value = u32::try_from(value).unwrap_or(u32::MAX);
    while value >= 0x80 {
        let [low, ..] = value.to_le_bytes();
        out.push(low | 0x80);
        value >>= 7;
    }
    let [low, ..] = value.to_le_bytes();
    out.push(low);
}

/// How far `to` is from `from`.
fn zigzag(out: &mut Vec<u8>, to: usize, from: usize) {
    let forward = to.checked_sub(from).map(|by| by * 2);
    number(out, forward.unwrap_or_else(|| (from - to) * 2 - 1));
}
