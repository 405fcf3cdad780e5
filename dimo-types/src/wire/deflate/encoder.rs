//! [`ZlibEncoder`].

use core::fmt;

use super::adler::adler32;
use super::alphabet::{Codes, Scratch};
use super::bits::BitWriter;
use super::block::{self, Place};
use super::matches::{Effort, Finder, HEADS};
use super::optimal::{STEPS, Ways};
use super::options::{LARGEST_WINDOW, Strategy};
use super::tokens::Tokens;
use super::{ZlibEncodeError, ZlibOptions, lazy, optimal, split, stored};

/// Words that links and tokens share: what a smaller window leaves, longer blocks use.
const WORDS: usize = LARGEST_WINDOW + 1656;
/// Of the first look of [`Strategy::Cheapest`], which only finds prices.
const FIRST_LOOK: Effort = Effort { chain: 16, enough: 64 };
const FIRST_LAZY: usize = 32;

/// Writes zlib streams (RFC 1950) without a heap; any decoder of zlib reads them.
///
/// The value is all the memory that encoding takes, less than 16 KB, beside 1 KB of stack: a microcontroller keeps one in a
/// `static`. The input lies whole in memory, so the window needs no copy of it.
///
/// # Example: a batch on its way from a microcontroller
///
/// ```
/// use dimo_types::wire::{ZlibEncodeError, ZlibEncoder, ZlibOptions};
/// # let batch = [[8, 1, 16, 2, 0, 0, 0, 29], [8, 1, 16, 2, 0, 0, 0, 31]].concat().repeat(40);
///
/// // Firmware has it in a `static`, behind its mutex.
/// let mut encoder = ZlibEncoder::new();
///
/// // The sealed batch, and a buffer that is never too small for 1 KB of it.
/// let mut buffer = [0; ZlibEncoder::bound(1024)];
/// let len = encoder.encode(&batch, ZlibOptions::DEFAULT, &mut buffer)?;
/// let stream = &buffer[..len];
/// assert!(stream.len() < batch.len() / 10);
///
/// // The backend inflates it.
/// assert_eq!(miniz_oxide::inflate::decompress_to_vec_zlib(stream).unwrap(), batch);
///
/// // A buffer that is too small holds nothing of use; the batch is still there, to be sent another way.
/// assert_eq!(
///     encoder.encode(&batch, ZlibOptions::DEFAULT, &mut [0; 16]),
///     Err(ZlibEncodeError::OutputTooSmall { given: 16, enough: 651 }),
/// );
/// # Ok::<(), ZlibEncodeError>(())
/// ```
pub struct ZlibEncoder {
    heads: [u16; HEADS],
    words: [u16; WORDS],
    steps: [[u16; STEPS]; 3],
    codes: Codes,
}

impl ZlibEncoder {
    /// Ready for any number of streams.
    #[must_use]
    pub const fn new() -> Self {
        Self { heads: [0; HEADS], words: [0; WORDS], steps: [[0; STEPS]; 3], codes: Codes::new() }
    }

    /// The longest stream of an input of `len` bytes, whatever it holds: 11 bytes more, and 5 for every further 65535.
    #[must_use]
    pub const fn bound(len: usize) -> usize {
        stored::len(len).saturating_add(2 + 4)
    }

    /// Writes `input` as one zlib stream to the front of `out`; how many bytes. The same bytes for the same input and options,
    /// whatever was encoded before, however long `out` is.
    ///
    /// # Errors
    ///
    /// If the stream is longer than `out`, which can only be where that is shorter than [`Self::bound`].
    pub fn encode(
        &mut self,
        input: &[u8],
        options: ZlibOptions,
        out: &mut [u8],
    ) -> Result<usize, ZlibEncodeError> {
        let (given, enough) = (out.len(), Self::bound(input.len()));
        // Where the bytes as they are would be shorter, a stream that is not is given up.
        let room = out.get_mut(..given.min(enough)).unwrap_or_default();
        self.compress(input, options, room)
            .or_else(|| store(input, options, out))
            .ok_or(ZlibEncodeError::OutputTooSmall { given, enough })
    }

    fn compress(&mut self, input: &[u8], options: ZlibOptions, out: &mut [u8]) -> Option<usize> {
        let mut out = BitWriter::new(out);
        out.bytes(&options.header());
        let (links, words) = self.words.split_at_mut_checked(options.window())?;
        let [costs, lengths, distances] = &mut self.steps;
        let mut finder = Finder::new(input, &mut self.heads, links);
        let mut tokens = Tokens::new(words);
        let mut start = 0;
        loop {
            let ways = Ways { costs, lengths, distances };
            let end = parse(options.strategy(), &mut finder, &mut tokens, &mut self.codes, ways, start)?;
            let place = if end < input.len() { Place::Inner } else { Place::Last };
            let scratch = Scratch { order: costs, keys: lengths };
            block::write(input.get(start..end)?, &tokens, &mut self.codes, scratch, place, &mut out);
            if out.has_overflowed() {
                return None;
            }
            if place == Place::Last {
                break;
            }
            start = end;
        }
        finish(input, out)
    }
}

impl Default for ZlibEncoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ZlibEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZlibEncoder").finish_non_exhaustive()
    }
}

/// The tokens of the next block; where it ends.
fn parse(
    strategy: Strategy,
    finder: &mut Finder<'_>,
    tokens: &mut Tokens<'_>,
    codes: &mut Codes,
    mut ways: Ways<'_>,
    start: usize,
) -> Option<usize> {
    tokens.clear(codes);
    match strategy {
        Strategy::Stored => None,
        Strategy::Longest { effort, lazy } => Some(lazy::parse(finder, tokens, codes, start, effort, lazy)),
        Strategy::Cheapest { effort, looks } => {
            finder.end_at(usize::MAX);
            let mut end = lazy::parse(finder, tokens, codes, start, FIRST_LOOK, FIRST_LAZY);
            end = split::end(tokens, codes, ways.costs, finder.input(), start, end);
            finder.end_at(end);
            for _ in 0..looks {
                codes.estimate();
                tokens.clear(codes);
                finder.rewind(start);
                end = optimal::parse(finder, tokens, codes, &mut ways, start, effort);
            }
            Some(end)
        }
    }
}

fn store(input: &[u8], options: ZlibOptions, out: &mut [u8]) -> Option<usize> {
    let mut out = BitWriter::new(out);
    out.bytes(&options.header());
    stored::write_all(input, &mut out);
    finish(input, out)
}

fn finish(input: &[u8], mut out: BitWriter<'_>) -> Option<usize> {
    out.align();
    out.bytes(&adler32(input).to_be_bytes());
    out.finish()
}
