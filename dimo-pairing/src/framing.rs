//! Packets over ATT: [`Fragmenter`] cuts one into fragments of any MTU, [`Reassembler`] puts it together again.
//!
//! A fragment is the value of one write or one notification:
//!
//! ```text
//! every fragment   flags and sequence  1 byte   bit 7 FIRST, bit 6 LAST, bits 5..0 sequence modulo 64, 0 in the first
//! first only       length              2 bytes  of the whole packet, big-endian
//! first only       checksum            4 bytes  CRC-32 of the whole packet, big-endian
//! every fragment   body                the next bytes of the packet
//! ```

use thiserror::Error;

use crate::Mtu;
use crate::checksum::crc32;

/// Set in the first fragment of a packet.
const FIRST: u8 = 0x80;
/// Set in the last fragment of a packet; a short packet has both in one.
const LAST: u8 = 0x40;
/// The bits that count fragments.
const SEQUENCE: u8 = 0x3F;
/// Flags, length and checksum.
const FIRST_HEADER_LEN: usize = 7;
/// Flags alone.
const HEADER_LEN: usize = 1;
/// The longest fragment at any MTU, in bytes.
pub const FRAGMENT_MAX: usize = Mtu::MAX.payload();

/// Room for one fragment at any MTU.
pub type FragmentBuffer = [u8; FRAGMENT_MAX];

/// One packet of up to `N` bytes on its way out, cut into fragments as the link takes them.
///
/// The MTU is asked for at every fragment, so it may change between two of them.
///
/// # Example: ten bytes fit one fragment even at the smallest MTU
///
/// ```
/// use dimo_pairing::{FRAGMENT_MAX, Fragmenter, Mtu, Reassembler};
/// let mut sender = Fragmenter::<64>::new();
/// sender.load(b"0123456789")?;
/// let mut buffer = [0; FRAGMENT_MAX];
/// let fragment = sender.next_fragment(Mtu::MIN, &mut buffer).unwrap();
/// assert_eq!(fragment[..3], [0b1100_0000, 0, 10]);
///
/// let mut receiver = Reassembler::<64>::new();
/// assert_eq!(receiver.push(fragment), Ok(Some(&b"0123456789"[..])));
/// assert!(sender.is_done());
/// # Ok::<(), dimo_pairing::PacketTooLong>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fragmenter<const N: usize> {
    packet: [u8; N],
    len: u16,
    checksum: u32,
    next: Option<Position>,
    /// Whether there is a packet that could be sent once more.
    is_loaded: bool,
}

/// Where the next fragment begins.
#[derive(Clone, Copy, Debug)]
struct Position {
    offset: usize,
    sequence: u8,
}

impl Position {
    const START: Self = Self { offset: 0, sequence: 0 };
}

impl<const N: usize> Fragmenter<N> {
    /// A fragmenter with nothing to send.
    #[must_use]
    pub const fn new() -> Self {
        Self { packet: [0; N], len: 0, checksum: 0, next: None, is_loaded: false }
    }

    /// Takes `packet` to send; what is left of an earlier one is abandoned.
    ///
    /// # Errors
    ///
    /// [`PacketTooLong`] for more than `N` or 65,535 bytes; the earlier packet then goes on.
    pub fn load(&mut self, packet: &[u8]) -> Result<(), PacketTooLong> {
        self.load_pieces(&[packet])
    }

    /// Takes the pieces, one behind the other, as one packet to send.
    pub(crate) fn load_pieces(&mut self, pieces: &[&[u8]]) -> Result<(), PacketTooLong> {
        let total = pieces.iter().map(|piece| piece.len()).sum();
        let refused = PacketTooLong { len: total, limit: N };
        let len = u16::try_from(total).map_err(|_| refused)?;
        let mut room = self.packet.get_mut(..total).ok_or(refused)?;
        for piece in pieces {
            let (front, back) = room.split_at_mut_checked(piece.len()).ok_or(refused)?;
            front.copy_from_slice(piece);
            room = back;
        }
        self.len = len;
        self.checksum = crc32(self.packet.get(..total).unwrap_or_default());
        self.is_loaded = true;
        self.rewind();
        Ok(())
    }

    /// Sends the packet loaded last once more, from its first fragment; nothing when it was dropped, or none was ever loaded.
    pub fn rewind(&mut self) {
        self.next = self.is_loaded.then_some(Position::START);
    }

    /// Drops the packet.
    pub fn clear(&mut self) {
        self.next = None;
        self.is_loaded = false;
    }

    /// Whether the packet is sent, to its last fragment.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.next.is_none()
    }

    /// Writes the next fragment, as long as `mtu` allows, or gives `None` when the packet is sent.
    pub fn next_fragment<'b>(&mut self, mtu: Mtu, buffer: &'b mut FragmentBuffer) -> Option<&'b [u8]> {
        let Position { offset, sequence } = self.next?;
        let first = offset == 0;
        let (header, room) = buffer.get_mut(..mtu.payload())?.split_at_mut_checked(if first {
            FIRST_HEADER_LEN
        } else {
            HEADER_LEN
        })?;
        let left = self.packet.get(offset..usize::from(self.len))?;
        let body = left.get(..room.len()).unwrap_or(left);
        let last = body.len() == left.len();
        room.get_mut(..body.len())?.copy_from_slice(body);
        self.write_header(header, sequence, first, last);
        let (header_len, body_len) = (header.len(), body.len());
        self.next = (!last)
            .then_some(Position { offset: offset + body_len, sequence: sequence.wrapping_add(1) & SEQUENCE });
        buffer.get(..header_len + body_len)
    }

    fn write_header(&self, header: &mut [u8], sequence: u8, first: bool, last: bool) {
        let flags = if first { FIRST } else { 0 } | if last { LAST } else { 0 } | sequence;
        let [l0, l1] = self.len.to_be_bytes();
        let [c0, c1, c2, c3] = self.checksum.to_be_bytes();
        let full: [u8; FIRST_HEADER_LEN] = [flags, l0, l1, c0, c1, c2, c3];
        // A later fragment has room for the flags alone.
        for (place, byte) in header.iter_mut().zip(full) {
            *place = byte;
        }
    }
}

impl<const N: usize> Default for Fragmenter<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a packet was not taken for sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a packet of {len} bytes; at most {limit} can be sent")]
pub struct PacketTooLong {
    /// Its length in bytes.
    pub len: usize,
    /// The longest that can be sent, in bytes.
    pub limit: usize,
}

/// Puts packets of up to `N` bytes together from their fragments, in order.
///
/// An error drops what came so far; the next first fragment starts anew. So does a first fragment in the middle of a packet,
/// without an error: the sender gave the old one up.
///
/// # Example: a lost fragment is noticed
///
/// ```
/// use dimo_pairing::{FRAGMENT_MAX, FragmentError, Fragmenter, Mtu, Reassembler};
/// let mut sender = Fragmenter::<64>::new();
/// sender.load(&[7; 60])?;
/// let (mut buffer, mut lost) = ([0; FRAGMENT_MAX], [0; FRAGMENT_MAX]);
/// let mut receiver = Reassembler::<64>::new();
/// let first = sender.next_fragment(Mtu::MIN, &mut buffer).unwrap();
/// assert_eq!(receiver.push(first), Ok(None));
/// let _ = sender.next_fragment(Mtu::MIN, &mut lost);
/// let third = sender.next_fragment(Mtu::MIN, &mut buffer).unwrap();
/// assert_eq!(receiver.push(third), Err(FragmentError::OutOfSequence { expected: 1, got: 2 }));
/// # Ok::<(), dimo_pairing::PacketTooLong>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reassembler<const N: usize> {
    packet: [u8; N],
    partial: Option<Partial>,
}

/// What is known of a packet that has begun.
#[derive(Clone, Copy, Debug)]
struct Partial {
    announced: u16,
    checksum: u32,
    received: usize,
    /// That of the fragment due next.
    sequence: u8,
}

impl<const N: usize> Reassembler<N> {
    /// A reassembler that waits for a first fragment.
    #[must_use]
    pub const fn new() -> Self {
        Self { packet: [0; N], partial: None }
    }

    /// Whether a packet has begun and not ended. Whoever drives this bounds the time it may last.
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        self.partial.is_some()
    }

    /// Drops what came so far.
    pub fn clear(&mut self) {
        self.partial = None;
    }

    /// Takes one fragment. `Some(packet)` when it was the last one and the packet is whole.
    ///
    /// # Errors
    ///
    /// [`FragmentError`] says what is wrong with it; what came so far is dropped.
    pub fn push(&mut self, fragment: &[u8]) -> Result<Option<&[u8]>, FragmentError> {
        // Taken out first: whatever fails below leaves nothing half-received.
        let begun = self.partial.take();
        let (flags, rest) = fragment.split_first().ok_or(FragmentError::Empty)?;
        let (mut partial, body) =
            if flags & FIRST == 0 { (continued(begun, *flags)?, rest) } else { Self::begin(*flags, rest)? };
        let last = flags & LAST != 0;
        let end = partial.received + body.len();
        let announced = usize::from(partial.announced);
        let length = FragmentError::LengthMismatch { announced, got: end };
        if end > announced || last != (end == announced) {
            return Err(length);
        }
        if body.is_empty() && !last {
            return Err(FragmentError::Empty);
        }
        self.packet.get_mut(partial.received..end).ok_or(length)?.copy_from_slice(body);
        if !last {
            partial.received = end;
            partial.sequence = partial.sequence.wrapping_add(1) & SEQUENCE;
            self.partial = Some(partial);
            return Ok(None);
        }
        let packet = self.packet.get(..end).ok_or(length)?;
        if crc32(packet) == partial.checksum { Ok(Some(packet)) } else { Err(FragmentError::Damaged) }
    }

    /// Reads what a first fragment announces.
    fn begin(flags: u8, rest: &[u8]) -> Result<(Partial, &[u8]), FragmentError> {
        let got = flags & SEQUENCE;
        if got != 0 {
            return Err(FragmentError::OutOfSequence { expected: 0, got });
        }
        let ([l0, l1, c0, c1, c2, c3], body) =
            rest.split_first_chunk::<{ FIRST_HEADER_LEN - 1 }>().ok_or(FragmentError::ShortHeader)?;
        let announced = u16::from_be_bytes([*l0, *l1]);
        if usize::from(announced) > N {
            return Err(FragmentError::TooLong { announced: usize::from(announced), limit: N });
        }
        let checksum = u32::from_be_bytes([*c0, *c1, *c2, *c3]);
        Ok((Partial { announced, checksum, received: 0, sequence: 0 }, body))
    }
}

/// The packet that a later fragment continues.
fn continued(begun: Option<Partial>, flags: u8) -> Result<Partial, FragmentError> {
    let partial = begun.ok_or(FragmentError::NotStarted)?;
    let expected = partial.sequence;
    let got = flags & SEQUENCE;
    if got == expected { Ok(partial) } else { Err(FragmentError::OutOfSequence { expected, got }) }
}

impl<const N: usize> Default for Reassembler<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// What is wrong with a fragment. Remedy in every case: the sender sends the whole packet again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FragmentError {
    /// It has no bytes, or no body though more is to come.
    #[error("an empty fragment")]
    Empty,
    /// A first fragment too short for its length and checksum.
    #[error("a first fragment with less than its header")]
    ShortHeader,
    /// It continues a packet that has not begun: its first fragment was lost, or came before the link dropped.
    #[error("a fragment of a packet that has not begun")]
    NotStarted,
    /// A fragment was lost, repeated or overtaken.
    #[error("fragment {got} where {expected} was due")]
    OutOfSequence {
        /// The sequence number that was due, 0 to 63.
        expected: u8,
        /// The one that came.
        got: u8,
    },
    /// The packet is longer than this side takes.
    #[error("a packet of {announced} bytes; at most {limit} are taken")]
    TooLong {
        /// Its announced length in bytes.
        announced: usize,
        /// The longest taken, in bytes.
        limit: usize,
    },
    /// The fragments hold more or less than the first one announced.
    #[error("{got} bytes of a packet announced with {announced}")]
    LengthMismatch {
        /// The announced length in bytes.
        announced: usize,
        /// The bytes that came, this fragment included.
        got: usize,
    },
    /// All came, and the checksum says that some of it was changed on the way.
    #[error("a packet with a wrong checksum")]
    Damaged,
}

impl FragmentError {
    /// The ATT application error with which a device rejects the write, 0x80 to 0x84 (SPEC.md, Errors).
    #[must_use]
    pub const fn att_error(&self) -> u8 {
        match self {
            Self::Empty | Self::ShortHeader => 0x80,
            Self::NotStarted | Self::OutOfSequence { .. } => 0x81,
            Self::TooLong { .. } => 0x82,
            Self::LengthMismatch { .. } => 0x83,
            Self::Damaged => 0x84,
        }
    }
}
