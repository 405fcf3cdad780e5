//! Commands and answers of the applet: ISO 7816-4 commands around tag-length-value fields (NXP AN12413).

use zeroize::Zeroizing;

use super::error::{Se05xError, StatusWord};

/// The longest command: the generator of a curve, with its tags and its header.
const MAX_COMMAND: usize = 112;
/// The longest answer: [`MAX_RANDOM`](super::applet::MAX_RANDOM) bytes with their tag and the status; attributes with several policies.
const MAX_ANSWER: usize = 256;
const HEADER: usize = 4;

pub(crate) mod tag {
    pub(crate) const POLICY: u8 = 0x11;
    pub(crate) const FIRST: u8 = 0x41;
    pub(crate) const SECOND: u8 = 0x42;
    pub(crate) const THIRD: u8 = 0x43;
}

/// What a command expects back. The forms of the lengths are those that NXP's own host library sends for each command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expects {
    /// The status alone.
    Status,
    /// Up to 256 bytes; lengths of one byte.
    Data,
    /// Any number of bytes; lengths of three bytes and two.
    LongData,
}

/// A command under construction: header and fields; the lengths come with [`encode`](Self::encode).
pub(crate) struct Command {
    header: [u8; HEADER],
    fields: Bytes,
    expects: Expects,
}

impl Command {
    /// A command to the applet.
    pub(crate) const fn new(instruction: u8, p1: u8, p2: u8, expects: Expects) -> Self {
        Self { header: [0x80, instruction, p1, p2], fields: Bytes::EMPTY, expects }
    }

    /// Makes an applet the one that the commands after it go to.
    pub(crate) fn select(applet: &[u8; 16]) -> Self {
        let mut fields = Bytes::EMPTY;
        fields.append(applet);
        Self { header: [0x00, 0xA4, 0x04, 0x00], fields, expects: Expects::Data }
    }

    /// With a field of at most 127 bytes; all of ours are.
    pub(crate) fn with(mut self, tag: u8, value: &[u8]) -> Self {
        self.fields.append(&[tag, value.len() as u8]);
        self.fields.append(value);
        self
    }

    /// The bytes to send.
    pub(crate) fn encode(&self) -> Bytes {
        let fields = self.fields.as_slice();
        // At most MAX_COMMAND.
        let len = fields.len() as u8;
        let mut bytes = Bytes::EMPTY;
        bytes.append(&self.header);
        match self.expects {
            Expects::LongData => bytes.append(&[0, 0, len]),
            _ if fields.is_empty() => {}
            _ => bytes.append(&[len]),
        }
        bytes.append(fields);
        match self.expects {
            Expects::Status => {}
            Expects::Data => bytes.append(&[0]),
            Expects::LongData => bytes.append(&[0, 0]),
        }
        bytes
    }
}

/// Bytes of a command. All commands are of this crate's making and fit; what would not is left out, and the applet refuses the rest.
#[derive(Clone, Copy)]
pub(crate) struct Bytes {
    bytes: [u8; MAX_COMMAND],
    len: usize,
}

impl Bytes {
    const EMPTY: Self = Self { bytes: [0; MAX_COMMAND], len: 0 };

    fn append(&mut self, bytes: &[u8]) {
        let end = self.len.saturating_add(bytes.len());
        if let Some(place) = self.bytes.get_mut(self.len..end) {
            place.copy_from_slice(bytes);
            self.len = end;
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// An answer of the applet. Wiped when dropped.
pub(crate) struct Answer {
    bytes: Zeroizing<[u8; MAX_ANSWER]>,
    len: usize,
}

impl Answer {
    pub(crate) fn empty() -> Self {
        Self { bytes: Zeroizing::new([0; MAX_ANSWER]), len: 0 }
    }

    pub(crate) fn buffer(&mut self) -> &mut [u8] {
        &mut *self.bytes
    }

    /// Checks the status behind the first `len` bytes of the buffer, and keeps what stands before it.
    pub(crate) fn checked(mut self, len: usize) -> Result<Self, Se05xError> {
        let bytes = self.bytes.get(..len).ok_or(Se05xError::Answer)?;
        let (data, status) = bytes.split_last_chunk::<2>().ok_or(Se05xError::Answer)?;
        self.len = data.len();
        match StatusWord(u16::from_be_bytes(*status)) {
            StatusWord::OK => Ok(self),
            status => Err(Se05xError::Status(status)),
        }
    }

    pub(crate) fn data(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The value of the only field.
    pub(crate) fn field(&self, tag: u8) -> Result<&[u8], Se05xError> {
        let (found, rest) = self.data().split_first().ok_or(Se05xError::Answer)?;
        let (len, value) = match *rest {
            [len @ 0..=0x7F, ref value @ ..] | [0x81, len, ref value @ ..] => (usize::from(len), value),
            [0x82, high, low, ref value @ ..] => (usize::from(u16::from_be_bytes([high, low])), value),
            _ => return Err(Se05xError::Answer),
        };
        if *found == tag && value.len() == len { Ok(value) } else { Err(Se05xError::Answer) }
    }

    /// The value of the only field, of a known length.
    pub(crate) fn array<const N: usize>(&self) -> Result<[u8; N], Se05xError> {
        self.field(tag::FIRST)?.try_into().map_err(|_| Se05xError::Answer)
    }
}
