//! [`ZlibOptions`].

use super::ZlibOptionsError;
use super::matches::Effort;

const SMALLEST_WINDOW: usize = 256;
pub(super) const LARGEST_WINDOW: usize = 4096;

/// How hard a [`ZlibEncoder`](super::ZlibEncoder) tries, and how far back it looks.
///
/// | level | tokens are chosen by | bytes, every reading | one a second | our own drive | instructions a byte |
/// |---|---|--:|--:|--:|--:|
/// | 0 | none: bytes as they are | 28.03 | 3.78 | 2.25 | 10 |
/// | 1 | the longest match of 4 | 1.14 | 1.05 | 1.02 | 128 |
/// | 3 | the longest of 8, and whether the next position has a better one | 1.08 | 1.01 | 1.00 | 156 |
/// | 6 | the same of 128 | 1.01 | 0.99 | 1.00 | 235 |
/// | 7 | the cheapest way at estimated prices, of 16; blocks are cut where it pays | 0.98 | 0.98 | 0.91 | 736 |
/// | 8 | the same of 64, in two looks | 0.95 | 0.97 | 0.91 | 5,800 |
/// | 9 | the same of all, in four looks | 0.94 | 0.97 | 0.90 | 16,050 |
///
/// Bytes are parts of what miniz_oxide writes at level 9 with its whole window of 32 KB, for batches of 20 s from a recorded drive
/// of an electric car and from our own, each with a window of 2048 bytes; the example `deflate_sizes` repeats it with yours.
/// Instructions are those of a Cortex-M4 for 4096 bytes of columns, `cargo xtask bench m4`. Levels 2, 4 and 5 lie between their
/// neighbours.
///
/// Batches gain little beyond 1024 bytes of window: one of 256 costs up to 6 of a hundred bytes, one of 4096 saves less than one. A
/// window takes no memory of its own: what a small one leaves makes room for longer blocks.
///
/// Level 7 is for whoever pays by the byte; 3 for a slow core or a battery; 9 where nobody waits. Text that repeats much is not
/// what these are made for: level 6 may be the smallest there.
///
/// # Example: less work for a slow core
///
/// ```
/// use dimo_types::wire::{ZlibOptions, ZlibOptionsError};
///
/// let options = ZlibOptions::new(3, 1024)?;
/// assert_eq!((options.level(), options.window()), (3, 1024));
/// assert_eq!(ZlibOptions::new(3, 1000), Err(ZlibOptionsError::Window { window: 1000 }));
/// # Ok::<(), ZlibOptionsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ZlibOptions {
    level: u8,
    window: u16,
}

impl ZlibOptions {
    /// Level 7 and a window of 2048 bytes.
    pub const DEFAULT: Self = Self { level: 7, window: 2048 };

    /// Level 8 and a window of 4096 bytes: what a machine with time to spare takes, and `encode_batch` (feature `proto`) uses.
    pub const HOST: Self = Self { level: 8, window: 4096 };

    /// A level from 0 (bytes as they are) to 9 (smallest), and a window of 256, 512, 1024, 2048 or 4096 bytes: how far apart equal
    /// bytes may be to be noticed.
    ///
    /// # Errors
    ///
    /// What is none of these.
    pub const fn new(level: u8, window: usize) -> Result<Self, ZlibOptionsError> {
        if level > 9 {
            return Err(ZlibOptionsError::Level { level });
        }
        if !window.is_power_of_two() || window < SMALLEST_WINDOW || window > LARGEST_WINDOW {
            return Err(ZlibOptionsError::Window { window });
        }
        Ok(Self { level, window: window as u16 })
    }

    /// 0 to 9.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.level
    }

    /// In bytes.
    #[must_use]
    pub const fn window(self) -> usize {
        self.window as usize
    }

    /// The first two bytes of a stream (RFC 1950, section 2.2).
    pub(super) fn header(self) -> [u8; 2] {
        let method = 8 | (self.window.ilog2() as u8 - 8) << 4;
        let effort = match self.level {
            0 | 1 => 0,
            2..=5 => 1,
            6 => 2,
            _ => 3,
        };
        let flags = effort << 6;
        let check = 31 - (u16::from(method) << 8 | flags) % 31;
        [method, (flags | check) as u8]
    }

    pub(super) fn strategy(self) -> Strategy {
        let longest = |chain, enough, lazy| Strategy::Longest { effort: Effort { chain, enough }, lazy };
        let cheapest = |chain, enough, looks| Strategy::Cheapest { effort: Effort { chain, enough }, looks };
        match self.level {
            0 => Strategy::Stored,
            1 => longest(4, 16, 0),
            2 => longest(16, 32, 0),
            3 => longest(8, 32, 16),
            4 => longest(16, 64, 32),
            5 => longest(48, 128, 64),
            6 => longest(128, 258, 258),
            7 => cheapest(16, 64, 1),
            8 => cheapest(64, 258, 2),
            _ => cheapest(4096, 258, 4),
        }
    }
}

impl Default for ZlibOptions {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How tokens are chosen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Strategy {
    /// There are none.
    Stored,
    /// The longest match; one shorter than `lazy` only if the next position has no better one.
    Longest { effort: Effort, lazy: usize },
    /// The cheapest way, in so many looks, each at the prices of the one before.
    Cheapest { effort: Effort, looks: u8 },
}
