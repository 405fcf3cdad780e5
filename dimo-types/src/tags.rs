//! [`Tags`]: words to find an event by.

use core::fmt;

#[cfg(feature = "alloc")]
use alloc::string::String;

/// Words, borrowed from wherever they stand: the firmware's constants or a received message.
///
/// # Example: tags of a constant list
///
/// ```
/// use dimo_types::Tags;
/// let tags = Tags::from(&["city", "rain"]);
/// assert!(tags.iter().eq(["city", "rain"]));
/// assert!(Tags::default().is_empty());
/// ```
#[derive(Clone, Copy, Default)]
pub struct Tags<'a>(Words<'a>);

#[derive(Clone, Copy)]
enum Words<'a> {
    Borrowed(&'a [&'a str]),
    #[cfg(feature = "alloc")]
    Owned(&'a [String]),
}

impl Default for Words<'_> {
    fn default() -> Self {
        Self::Borrowed(&[])
    }
}

impl<'a> Tags<'a> {
    /// No tag.
    pub const NONE: Self = Self(Words::Borrowed(&[]));

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self.0 {
            Words::Borrowed(words) => words.len(),
            #[cfg(feature = "alloc")]
            Words::Owned(words) => words.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The words, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + Clone {
        let words = self.0;
        (0..self.len()).filter_map(move |place| match words {
            Words::Borrowed(words) => words.get(place).copied(),
            #[cfg(feature = "alloc")]
            Words::Owned(words) => words.get(place).map(String::as_str),
        })
    }
}

impl<'a> From<&'a [&'a str]> for Tags<'a> {
    fn from(words: &'a [&'a str]) -> Self {
        Self(Words::Borrowed(words))
    }
}

impl<'a, const N: usize> From<&'a [&'a str; N]> for Tags<'a> {
    fn from(words: &'a [&'a str; N]) -> Self {
        Self(Words::Borrowed(words))
    }
}

#[cfg(feature = "alloc")]
impl<'a> From<&'a [String]> for Tags<'a> {
    fn from(words: &'a [String]) -> Self {
        Self(Words::Owned(words))
    }
}

/// The same words in the same order, wherever they stand.
impl PartialEq for Tags<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Tags<'_> {}

impl fmt::Debug for Tags<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Tags<'_> {
    /// A list of texts.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
