//! [`Text`] and [`NonEmptyText`]: short texts on the stack, as the messages carry them; [`SecretText`], one that does not show itself.

use core::fmt;

use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroize;

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
        check_printable(text)?;
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

    /// Whether it has no character.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

fn check_printable(text: &[u8]) -> Result<(), TextError> {
    match text.iter().position(|byte| !matches!(byte, b' '..=b'~')) {
        Some(at) => Err(TextError::NotPrintable { at }),
        None => Ok(()),
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

/// A [`Text`] of at least one character: a name, a version.
///
/// # Example: a version that was left out
///
/// ```
/// use dimo_pairing::{NonEmptyText, TextError};
/// assert_eq!(NonEmptyText::<32>::new("1.22.8")?.as_str(), "1.22.8");
/// assert_eq!(NonEmptyText::<32>::new(""), Err(TextError::TooShort { len: 0, limit: 1 }));
/// # Ok::<(), TextError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NonEmptyText<const N: usize>(Text<N>);

impl<const N: usize> NonEmptyText<N> {
    /// A text from a string.
    ///
    /// # Errors
    ///
    /// As [`Text::new`], and for no character.
    pub fn new(text: &str) -> Result<Self, TextError> {
        Self::from_bytes(text.as_bytes())
    }

    /// A text from its ASCII bytes.
    ///
    /// # Errors
    ///
    /// As [`NonEmptyText::new`].
    pub fn from_bytes(text: &[u8]) -> Result<Self, TextError> {
        at_least(text, 1)?;
        Text::from_bytes(text).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its ASCII bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl<const N: usize> fmt::Display for NonEmptyText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const N: usize> fmt::Debug for NonEmptyText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Refuses a text of fewer than `limit` bytes.
pub(crate) const fn at_least(text: &[u8], limit: usize) -> Result<(), TextError> {
    if text.len() < limit { Err(TextError::TooShort { len: text.len(), limit }) } else { Ok(()) }
}

/// A text that wipes itself on drop, does not show itself, and is compared in a time that does not tell where it differs.
#[derive(Clone)]
pub(crate) struct SecretText<const N: usize>(Text<N>);

impl<const N: usize> SecretText<N> {
    pub(crate) fn from_bytes(text: &[u8]) -> Result<Self, TextError> {
        Text::from_bytes(text).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl<const N: usize> PartialEq for SecretText<N> {
    fn eq(&self, other: &Self) -> bool {
        (self.0.bytes.ct_eq(&other.0.bytes) & self.0.len.ct_eq(&other.0.len)).into()
    }
}

impl<const N: usize> Eq for SecretText<N> {}

impl<const N: usize> Drop for SecretText<N> {
    fn drop(&mut self) {
        self.0.bytes.zeroize();
        self.0.len.zeroize();
    }
}

impl<const N: usize> fmt::Debug for SecretText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// Why a string is no text of a message.
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
    /// Fewer characters than it must have.
    #[error("{len} characters where at least {limit} are needed")]
    TooShort {
        /// How many it has, in bytes.
        len: usize,
        /// How many it must have.
        limit: usize,
    },
    /// A character outside printable ASCII: a control character, an umlaut, an emoji.
    #[error("the character at byte {at} is no printable ASCII")]
    NotPrintable {
        /// Where it stands, in bytes from 0.
        at: usize,
    },
}
