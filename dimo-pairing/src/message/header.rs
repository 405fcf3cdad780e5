//! [`Header`] and [`RequestId`]: how a message begins.

use crate::bytes::{Reader, Writer};
use crate::message::{MESSAGE_MAX, MessageBuffer, MessageError};

/// The first three bytes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The kind of what follows; 0x80 and above are answers.
    pub kind: u8,
    /// The request, or the request answered.
    pub id: RequestId,
}

impl Header {
    const LEN: usize = 3;
    /// What is left of a message behind its header, at most.
    pub(super) const BODY_MAX: usize = MESSAGE_MAX - Self::LEN;

    /// Reads the header of `message`, whatever its kind.
    ///
    /// # Errors
    ///
    /// [`MessageError::Truncated`] below three bytes, [`MessageError::TooLong`] above [`MESSAGE_MAX`].
    ///
    /// # Example: the id of a request that cannot be read, so that it can be refused
    ///
    /// ```
    /// use dimo_pairing::{Header, Request};
    /// let cut = [0x0F, 0, 7, 1];
    /// assert!(Request::parse(&cut).is_err());
    /// assert_eq!(Header::parse(&cut)?.id.get(), 7);
    /// # Ok::<(), dimo_pairing::MessageError>(())
    /// ```
    pub fn parse(message: &[u8]) -> Result<Self, MessageError> {
        Self::split(message).map(|(header, _)| header)
    }

    /// Whether it begins a grant.
    pub(crate) const fn is_grant(&self) -> bool {
        self.kind == super::kind::GRANT
    }

    /// The header, and what follows it.
    pub(super) fn split(message: &[u8]) -> Result<(Self, Reader<'_>), MessageError> {
        if message.len() > MESSAGE_MAX {
            return Err(MessageError::TooLong { len: message.len() });
        }
        let mut reader = Reader::new(message);
        let (kind, id) = (reader.byte()?, reader.u16()?);
        Ok((Self { kind, id: RequestId::new(id) }, reader))
    }

    pub(super) fn emit(kind: u8, id: RequestId, buffer: &mut MessageBuffer) -> Writer<'_> {
        let mut writer = Writer::new(buffer);
        writer.put(&[kind]);
        writer.put_u16(id.get());
        writer
    }
}

/// Names a request; its answer carries the same. A phone gives each new request one above all before, from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u16);

impl RequestId {
    /// Where a phone begins to count in a session: somewhere else than in the one before, whose answer a device may still keep.
    pub(crate) fn drawn(seed: &mut crate::Seed) -> Self {
        let [high, low, ..] = *seed.draw();
        Self(u16::from_be_bytes([high, low]).max(1))
    }

    /// Answers no request: the id of *device proof*, and of the refusal in its place.
    pub const NONE: Self = Self(0);

    /// A request id from its number.
    #[must_use]
    pub const fn new(id: u16) -> Self {
        Self(id)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The one after it; 1 follows 65,535, since 0 is the device's.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(if self.0 == u16::MAX { 1 } else { self.0 + 1 })
    }
}
