//! The four kinds of frames, as read from their first bytes (ISO 15765-2, 9.6).

use dimo_types::Frame;

/// The longest message whose length fits the two header bytes of a first frame.
pub(super) const MAX_SHORT_LENGTH: u32 = 0xFFF;
/// Header of a single frame, in the high four bits.
pub(super) const SINGLE: u8 = 0x00;
/// Header of a first frame.
pub(super) const FIRST: u8 = 0x10;
/// Header of a consecutive frame.
pub(super) const CONSECUTIVE: u8 = 0x20;
/// Header of a flow control frame.
pub(super) const FLOW_CONTROL: u8 = 0x30;

/// The receiver is ready for more.
pub(super) const CONTINUE: u8 = 0;
/// The receiver needs more time.
pub(super) const WAIT: u8 = 1;
/// The receiver has no room.
pub(super) const OVERFLOW: u8 = 2;

/// What a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pdu<'f> {
    Single(&'f [u8]),
    First { length: u32, data: &'f [u8] },
    Consecutive { number: u8, data: &'f [u8] },
    FlowControl { status: u8, block_size: u8, separation: u8 },
}

impl<'f> Pdu<'f> {
    /// `bytes` are those behind the address, `frame_len` the length of the whole frame. `None` for what ISO 15765-2
    /// tells to ignore: lengths that contradict the frame, and reserved kinds.
    pub(super) fn parse(bytes: &'f [u8], frame_len: usize) -> Option<Self> {
        let (&header, rest) = bytes.split_first()?;
        let low = header & 0x0F;
        match header & 0xF0 {
            SINGLE => Self::parse_single(low, rest, frame_len),
            FIRST => Self::parse_first(low, rest, frame_len),
            CONSECUTIVE => Some(Self::Consecutive { number: low, data: rest }),
            FLOW_CONTROL => match *rest {
                [block_size, separation, ..] => {
                    Some(Self::FlowControl { status: low, block_size, separation })
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn parse_single(low: u8, rest: &'f [u8], frame_len: usize) -> Option<Self> {
        let (length, data) = if frame_len <= Frame::MAX_CLASSIC_LEN {
            (low, rest)
        } else {
            let (&length, data) = rest.split_first()?;
            // The four bits are zero where a whole byte follows.
            (if low == 0 { length } else { 0 }, data)
        };
        data.get(..usize::from(length)).filter(|data| !data.is_empty()).map(Self::Single)
    }

    fn parse_first(low: u8, rest: &'f [u8], frame_len: usize) -> Option<Self> {
        if frame_len < Frame::MAX_CLASSIC_LEN {
            return None;
        }
        let (&second, data) = rest.split_first()?;
        let short = u32::from(low) << 8 | u32::from(second);
        let (length, data) = match (short, data) {
            (0, &[a, b, c, d, ref data @ ..]) => (u32::from_be_bytes([a, b, c, d]), data),
            (length, data) => (length, data),
        };
        let escaped = short == 0;
        // What a single frame could have carried, or a length stated in the longer form without need, is no first frame.
        let address_len = frame_len - 1 - rest.len();
        let header = if frame_len > Frame::MAX_CLASSIC_LEN { 2 } else { 1 };
        let fits_single =
            usize::try_from(length).is_ok_and(|length| length <= frame_len - header - address_len);
        if fits_single || (escaped && length <= MAX_SHORT_LENGTH) {
            return None;
        }
        Some(Self::First { length, data })
    }
}
