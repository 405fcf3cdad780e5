//! CAN frames as a device receives them: [`CanId`], [`Frame`], [`CanProtocol`].

use core::fmt;

use thiserror::Error;

use crate::Timestamp;

/// A CAN identifier: 11 bits (`0..=0x7FF`) or 29 bits (`0..=0x1FFF_FFFF`); the two kinds never compare equal.
///
/// # Example: the same number as standard and as extended identifier
///
/// ```
/// use dimo_types::CanId;
/// let standard = CanId::standard(0x123).unwrap();
/// let extended = CanId::extended(0x123).unwrap();
/// assert_ne!(standard, extended);
/// assert_eq!((standard.to_string(), extended.to_string()), ("123".into(), "00000123".into()));
/// assert_eq!(CanId::standard(0x800), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CanId(u32);

impl CanId {
    /// Set in the packed form of an extended identifier, as in DBC files and in Linux's `can_id`.
    pub const EXTENDED_FLAG: u32 = 0x8000_0000;

    /// An 11-bit identifier; `None` above `0x7FF`.
    #[must_use]
    pub const fn standard(id: u16) -> Option<Self> {
        if id <= 0x7FF { Some(Self(id as u32)) } else { None }
    }

    /// A 29-bit identifier; `None` above `0x1FFF_FFFF`.
    #[must_use]
    pub const fn extended(id: u32) -> Option<Self> {
        if id <= 0x1FFF_FFFF { Some(Self(id | Self::EXTENDED_FLAG)) } else { None }
    }

    /// From the packed form: bit 31 set for an extended identifier. `None` when the rest does not fit its kind.
    #[must_use]
    pub const fn from_packed(packed: u32) -> Option<Self> {
        if packed & Self::EXTENDED_FLAG != 0 {
            Self::extended(packed & !Self::EXTENDED_FLAG)
        } else if packed <= 0x7FF {
            Some(Self(packed))
        } else {
            None
        }
    }

    /// The packed form: the number, with bit 31 set for an extended identifier.
    #[must_use]
    pub const fn packed(self) -> u32 {
        self.0
    }

    /// The identifier's number without its kind.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0 & !Self::EXTENDED_FLAG
    }

    /// Whether it has 29 bits.
    #[must_use]
    pub const fn is_extended(self) -> bool {
        self.0 & Self::EXTENDED_FLAG != 0
    }
}

/// Upper-case hexadecimal, 3 digits standard, 8 digits extended, as `candump` prints it.
impl fmt::Display for CanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_extended() {
            write!(f, "{:08X}", self.number())
        } else {
            write!(f, "{:03X}", self.number())
        }
    }
}

/// What a [`Frame`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameKind {
    /// A classic data frame, 0 to 8 bytes.
    Classic,
    /// A CAN FD data frame, 0 to 64 bytes.
    Fd,
    /// A remote request: a length and no data.
    Remote,
    /// An error frame of the controller: its bytes describe the error, never signals.
    Error,
}

/// One frame with the time of its reception.
///
/// # Example: a frame the bus cannot carry is refused
///
/// ```
/// use dimo_types::{CanId, Frame, FrameError, Timestamp};
/// let id = CanId::standard(0x1DB).unwrap();
/// let frame = Frame::classic(Timestamp::EPOCH, id, &[0xEE, 0xC0])?;
/// assert_eq!(frame.data(), [0xEE, 0xC0]);
/// let refused = Frame::fd(Timestamp::EPOCH, id, &[0; 13]);
/// assert_eq!(refused, Err(FrameError::Length { len: 13 }));
/// # Ok::<(), FrameError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    time: Timestamp,
    id: CanId,
    kind: FrameKind,
    len: u8,
    data: [u8; Frame::MAX_LEN],
}

impl Frame {
    /// The longest payload, that of CAN FD, in bytes.
    pub const MAX_LEN: usize = 64;
    /// The longest classic payload, in bytes.
    pub const MAX_CLASSIC_LEN: usize = 8;

    /// A classic data frame.
    ///
    /// # Errors
    ///
    /// [`FrameError::Length`] for more than 8 bytes.
    pub fn classic(time: Timestamp, id: CanId, data: &[u8]) -> Result<Self, FrameError> {
        if data.len() > Self::MAX_CLASSIC_LEN {
            return Err(FrameError::Length { len: data.len() });
        }
        Self::build(time, id, FrameKind::Classic, data)
    }

    /// A CAN FD data frame.
    ///
    /// # Errors
    ///
    /// [`FrameError::Length`] for a length the FD data length code cannot say: it says 0 to 8, 12, 16, 20, 24, 32, 48 and 64.
    pub fn fd(time: Timestamp, id: CanId, data: &[u8]) -> Result<Self, FrameError> {
        if !matches!(data.len(), 0..=8 | 12 | 16 | 20 | 24 | 32 | 48 | 64) {
            return Err(FrameError::Length { len: data.len() });
        }
        Self::build(time, id, FrameKind::Fd, data)
    }

    /// A remote request for `len` bytes.
    ///
    /// # Errors
    ///
    /// [`FrameError::Length`] for more than 8 bytes.
    pub fn remote(time: Timestamp, id: CanId, len: u8) -> Result<Self, FrameError> {
        if usize::from(len) > Self::MAX_CLASSIC_LEN {
            return Err(FrameError::Length { len: usize::from(len) });
        }
        Ok(Self { time, id, kind: FrameKind::Remote, len, data: [0; Self::MAX_LEN] })
    }

    /// An error frame of the controller, with the up to 8 bytes that describe the error.
    ///
    /// # Errors
    ///
    /// [`FrameError::Length`] for more than 8 bytes.
    pub fn error(time: Timestamp, id: CanId, data: &[u8]) -> Result<Self, FrameError> {
        if data.len() > Self::MAX_CLASSIC_LEN {
            return Err(FrameError::Length { len: data.len() });
        }
        Self::build(time, id, FrameKind::Error, data)
    }

    fn build(time: Timestamp, id: CanId, kind: FrameKind, data: &[u8]) -> Result<Self, FrameError> {
        let refused = FrameError::Length { len: data.len() };
        let mut frame = Self {
            time,
            id,
            kind,
            len: u8::try_from(data.len()).map_err(|_| refused)?,
            data: [0; Self::MAX_LEN],
        };
        frame.data.get_mut(..data.len()).ok_or(refused)?.copy_from_slice(data);
        Ok(frame)
    }

    /// When it was received.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.time
    }

    /// Its identifier.
    #[must_use]
    pub const fn id(&self) -> CanId {
        self.id
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> FrameKind {
        self.kind
    }

    /// Whether it carries data: classic or FD, neither remote nor error.
    #[must_use]
    pub const fn is_data(&self) -> bool {
        matches!(self.kind, FrameKind::Classic | FrameKind::Fd)
    }

    /// The payload; empty for a remote request, whatever length it asks for.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        let len = if matches!(self.kind, FrameKind::Remote) { 0 } else { usize::from(self.len) };
        self.data.get(..len).unwrap_or_default()
    }

    /// The length on the bus in bytes; for a remote request the length it asks for.
    #[must_use]
    pub const fn length(&self) -> u8 {
        self.len
    }

    /// The whole 64-byte buffer; bytes behind [`Frame::length`] are zero. For decoders that read fixed windows.
    #[must_use]
    pub const fn padded(&self) -> &[u8; Frame::MAX_LEN] {
        &self.data
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("time", &self.time)
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("length", &self.len)
            .field("data", &self.data())
            .finish()
    }
}

/// Why bytes make no [`Frame`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// No frame of that kind has this length.
    #[error("no such CAN frame has {len} bytes")]
    Length {
        /// The length given, in bytes.
        len: usize,
    },
}

/// How a vehicle's diagnostic bus speaks: identifier width and bit rate.
///
/// The numbers are those of the live network's configuration (`protocol` 6 to 9, `CAN11_500` and so on).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum CanProtocol {
    /// 11-bit identifiers at 500 kbit/s, protocol 6.
    Can11Bit500,
    /// 29-bit identifiers at 500 kbit/s, protocol 7.
    Can29Bit500,
    /// 11-bit identifiers at 250 kbit/s, protocol 8.
    Can11Bit250,
    /// 29-bit identifiers at 250 kbit/s, protocol 9.
    Can29Bit250,
}

impl CanProtocol {
    /// The protocol for the network's number or name: `6`, `06`, `66` and `CAN11_500` mean the same.
    #[must_use]
    pub fn from_network(text: &str) -> Option<Self> {
        match text {
            "6" | "06" | "66" | "CAN11_500" => Some(Self::Can11Bit500),
            "7" | "07" | "77" | "CAN29_500" => Some(Self::Can29Bit500),
            "8" | "08" | "88" | "CAN11_250" => Some(Self::Can11Bit250),
            "9" | "09" | "99" | "CAN29_250" => Some(Self::Can29Bit250),
            _ => None,
        }
    }

    /// The protocol of the network's number; `None` outside 6 to 9.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            6 => Some(Self::Can11Bit500),
            7 => Some(Self::Can29Bit500),
            8 => Some(Self::Can11Bit250),
            9 => Some(Self::Can29Bit250),
            _ => None,
        }
    }

    /// The network's number, 6 to 9.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Can11Bit500 => 6,
            Self::Can29Bit500 => 7,
            Self::Can11Bit250 => 8,
            Self::Can29Bit250 => 9,
        }
    }

    /// The bit rate in bit/s.
    #[must_use]
    pub const fn bit_rate(self) -> u32 {
        match self {
            Self::Can11Bit500 | Self::Can29Bit500 => 500_000,
            Self::Can11Bit250 | Self::Can29Bit250 => 250_000,
        }
    }
}
