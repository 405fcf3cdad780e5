//! [`Link`]: the addresses and the frames of an exchange.

use dimo_types::{CanId, Frame, FrameKind, Timestamp};

/// What fills the bytes of a frame that carry nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Padding {
    /// Frames are as long as what they carry; CAN FD fills up to its next length with zeros.
    None,
    /// Every frame has at least 8 bytes, filled with this one. Legislated diagnostics need it (ISO 15765-4); 0x00 is
    /// what the live network's devices send.
    Byte(u8),
}

/// The length of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Format {
    Classic,
    /// CAN FD with the longest payload it may use.
    Fd(u8),
}

/// The first data byte of each frame under extended or mixed addressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Extension {
    transmit: u8,
    receive: u8,
}

/// How one end of an exchange is addressed, and what its frames look like.
///
/// # Example: ways to reach a control unit
///
/// ```
/// use dimo_dbc::request::isotp::{Link, Padding};
/// use dimo_types::CanId;
///
/// // Legislated diagnostics: the engine, 11 bits.
/// let engine = Link::normal(CanId::standard(0x7E0).unwrap(), CanId::standard(0x7E8).unwrap());
/// assert_eq!(engine.receive(), CanId::standard(0x7E8));
/// // The same with 29 bits: unit 0x10, asked by the tester 0xF1.
/// assert_eq!(Link::normal_fixed(0x10, 0xF1).transmit(), CanId::extended(0x18DA_10F1).unwrap());
/// // A BMW's instrument cluster: all units answer a tester with 600 + their address, in the data the target's address.
/// let cluster =
///     Link::extended(CanId::standard(0x6F1).unwrap(), 0x60, CanId::standard(0x660).unwrap(), 0xF1);
/// assert_eq!(cluster.single_capacity(), 6);
/// // CAN FD, filled as AUTOSAR does.
/// let fd = engine.with_fd(64).unwrap().with_padding(Padding::Byte(0xCC));
/// assert_eq!(fd.single_capacity(), 62);
/// assert_eq!(engine.with_fd(13), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    transmit: CanId,
    /// `None` for a functional address, which nobody in particular answers.
    receive: Option<CanId>,
    extension: Option<Extension>,
    format: Format,
    padding: Padding,
}

impl Link {
    /// Normal addressing: the identifiers say it all. Classic frames, padded with 0x00.
    #[must_use]
    pub const fn normal(transmit: CanId, receive: CanId) -> Self {
        Self::build(transmit, Some(receive), None)
    }

    /// Normal fixed addressing (ISO 15765-2, 10.3.5): 29 bits, `18DA` with the target's and the source's address.
    #[must_use]
    pub const fn normal_fixed(target: u8, source: u8) -> Self {
        Self::build(fixed_id(target, source), Some(fixed_id(source, target)), None)
    }

    /// Extended addressing: the first data byte is the address of whom the frame is for. For mixed addressing give the
    /// address extension twice.
    #[must_use]
    pub const fn extended(transmit: CanId, target: u8, receive: CanId, own: u8) -> Self {
        Self::build(transmit, Some(receive), Some(Extension { transmit: target, receive: own }))
    }

    /// A functional address such as 7DF: whoever listens is asked, in a single frame.
    #[must_use]
    pub const fn functional(transmit: CanId) -> Self {
        Self::build(transmit, None, None)
    }

    /// The same with CAN FD frames of up to `max_len` bytes: 8, 12, 16, 20, 24, 32, 48 or 64, or `None`.
    #[must_use]
    pub const fn with_fd(self, max_len: u8) -> Option<Self> {
        match max_len {
            8 | 12 | 16 | 20 | 24 | 32 | 48 | 64 => Some(Self { format: Format::Fd(max_len), ..self }),
            _ => None,
        }
    }

    /// The same with other padding.
    #[must_use]
    pub const fn with_padding(self, padding: Padding) -> Self {
        Self { padding, ..self }
    }

    /// What the other end would use; `None` for a functional address. For simulators and tests.
    #[must_use]
    pub fn mirrored(self) -> Option<Self> {
        let extension =
            self.extension.map(|byte| Extension { transmit: byte.receive, receive: byte.transmit });
        Some(Self { transmit: self.receive?, receive: Some(self.transmit), extension, ..self })
    }

    /// The identifier of frames to the other end.
    #[must_use]
    pub const fn transmit(&self) -> CanId {
        self.transmit
    }

    /// The identifier of frames from the other end; `None` for a functional address.
    #[must_use]
    pub const fn receive(&self) -> Option<CanId> {
        self.receive
    }

    /// The longest message that one frame carries, in bytes.
    #[must_use]
    pub const fn single_capacity(&self) -> usize {
        // Beyond 8 bytes the length takes a byte of its own.
        let header = if self.max_len() > Frame::MAX_CLASSIC_LEN { 2 } else { 1 };
        self.max_len() - header - self.extension_len()
    }

    /// The longest message whose single frame has a header of one byte.
    pub(super) const fn short_single_capacity(&self) -> usize {
        Frame::MAX_CLASSIC_LEN - 1 - self.extension_len()
    }

    /// What a full frame carries behind a header.
    pub(super) const fn capacity_behind(&self, header: &[u8]) -> usize {
        self.max_len().saturating_sub(header.len() + self.extension_len())
    }

    /// The frame to the other end. `header` and `payload` fit it.
    pub(super) fn frame(&self, now: Timestamp, header: &[u8], payload: &[u8]) -> Option<Frame> {
        let filler = if let Padding::Byte(filler) = self.padding { filler } else { 0 };
        let mut data = [filler; Frame::MAX_LEN];
        let extension = self.extension.map(|byte| byte.transmit);
        let bytes = extension.iter().chain(header).chain(payload);
        let len = data.iter_mut().zip(bytes).map(|(slot, byte)| *slot = *byte).count();
        let data = data.get(..self.padded_len(len))?;
        match self.format {
            Format::Classic => Frame::classic(now, self.transmit, data),
            Format::Fd(_) => Frame::fd(now, self.transmit, data),
        }
        .ok()
    }

    /// What a frame from the other end holds behind the address; `None` for any other frame.
    pub(super) fn payload<'f>(&self, frame: &'f Frame) -> Option<&'f [u8]> {
        let readable = match frame.kind() {
            FrameKind::Classic => true,
            FrameKind::Fd => matches!(self.format, Format::Fd(_)),
            _ => false,
        };
        if !readable || Some(frame.id()) != self.receive {
            return None;
        }
        match (self.extension, frame.data()) {
            (None, data) => Some(data),
            (Some(byte), [address, data @ ..]) if *address == byte.receive => Some(data),
            _ => None,
        }
    }

    const fn build(transmit: CanId, receive: Option<CanId>, extension: Option<Extension>) -> Self {
        Self { transmit, receive, extension, format: Format::Classic, padding: Padding::Byte(0) }
    }

    const fn max_len(&self) -> usize {
        match self.format {
            Format::Classic => Frame::MAX_CLASSIC_LEN,
            Format::Fd(len) => len as usize,
        }
    }

    const fn extension_len(&self) -> usize {
        if self.extension.is_some() { 1 } else { 0 }
    }

    /// The length on the bus of a frame that carries `len` bytes.
    fn padded_len(&self, len: usize) -> usize {
        let least = if let Padding::Byte(_) = self.padding { Frame::MAX_CLASSIC_LEN } else { 0 };
        match len.max(least) {
            len @ 0..=8 => len,
            len => [12, 16, 20, 24, 32, 48].into_iter().find(|next| len <= *next).unwrap_or(Frame::MAX_LEN),
        }
    }
}

/// `18DA`, the target's and the source's address.
const fn fixed_id(target: u8, source: u8) -> CanId {
    match CanId::extended(0x18DA_0000 | (target as u32) << 8 | source as u32) {
        Some(id) => id,
        // 29 bits hold every such number; this only satisfies the type.
        None => LOWEST_FIXED,
    }
}

/// Unit 0 asked by unit 0.
const LOWEST_FIXED: CanId = match CanId::extended(0x18DA_0000) {
    Some(id) => id,
    None => unreachable!(),
};
