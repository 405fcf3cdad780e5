//! [`Text`]: a short text on the stack, as the messages carry it.

use core::fmt;

use thiserror::Error;

/// Up to `N` characters of printable ASCII (space to `~`), without a heap.
///
/// # Example: a serial number, and one that is too long
///
/// ```
/// use dimo_pairing::{Text, TextError};
/// let serial = Text::<36>::new("60d4af69-86e8-b790-02d3-c0a9dc4d6c8a")?;
/// assert_eq!(serial.as_str().len(), 36);
/// assert_eq!(Text::<4>::new("v1.10"), Err(TextError::TooLong { len: 5, limit: 4 }));
/// # Ok::<(), TextError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const N: usize> {
    // Behind `len` the bytes are zero, so that equal texts are equal values.
    bytes: [u8; N],
    len: u8,
}

impl<const N: usize> Text<N> {
    /// A text from a string.
    ///
    /// # Errors
    ///
    /// [`TextError`] for more than `N` (or 255) characters, or one that is not printable ASCII.
    pub fn new(text: &str) -> Result<Self, TextError> {
        Self::from_bytes(text.as_bytes())
    }

    /// A text from its ASCII bytes.
    ///
    /// # Errors
    ///
    /// As [`Text::new`].
    pub fn from_bytes(text: &[u8]) -> Result<Self, TextError> {
        let too_long = TextError::TooLong { len: text.len(), limit: N.min(usize::from(u8::MAX)) };
        let len = u8::try_from(text.len()).map_err(|_| too_long)?;
        if let Some(at) = text.iter().position(|byte| !matches!(byte, b' '..=b'~')) {
            return Err(TextError::NotPrintable { at });
        }
        let mut bytes = [0; N];
        bytes.get_mut(..text.len()).ok_or(too_long)?.copy_from_slice(text);
        Ok(Self { bytes, len })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Its ASCII bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Why a string is no [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TextError {
    /// More characters than the message has room for.
    #[error("{len} characters where at most {limit} fit")]
    TooLong {
        /// How many it has, in bytes.
        len: usize,
        /// How many fit.
        limit: usize,
    },
    /// A character outside printable ASCII: a control character, an umlaut, an emoji.
    #[error("the character at byte {at} is no printable ASCII")]
    NotPrintable {
        /// Where it stands, in bytes from 0.
        at: usize,
    },
}
