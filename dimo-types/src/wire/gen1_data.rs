//! [`Gen1Data`]: the part of a Gen 1 message that is signed, known to be written here.

/// The JSON object `data` of a Gen 1 message or of a CloudEvent, as the encoder of this program wrote it.
///
/// The live network signs it without a prefix, so a signature over bytes of somebody else's choice would be a forgery made by
/// the device itself. This type has no constructor: it comes from an envelope of this crate (feature `json`), and is what a
/// wallet asks for.
///
/// # Example: received bytes are something else
///
/// ```compile_fail
/// # let received = "{}";
/// let data = dimo_types::wire::Gen1Data(received);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gen1Data<'a>(&'a str);

impl<'a> Gen1Data<'a> {
    /// For the encoder alone.
    #[cfg(feature = "json")]
    pub(super) const fn new(json: &'a str) -> Self {
        Self(json)
    }

    /// The text, a JSON object.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Its bytes, which are hashed and travel.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0.as_bytes()
    }
}
