//! Frames of the kernel and frames of ours.

use dimo_types::{CanId, Frame, FrameKind, Timestamp};
use socketcan::{
    CanAnyFrame, CanDataFrame, CanErrorFrame, CanFdFrame, CanRemoteFrame, EmbeddedFrame as _, ExtendedId, Id,
    StandardId,
};

/// A frame as the kernel takes it; `None` for an error frame, which nobody sends.
pub(super) fn to_kernel(frame: &Frame) -> Option<CanAnyFrame> {
    let id = match frame.id() {
        id if id.is_extended() => Id::Extended(ExtendedId::new(id.number())?),
        id => Id::Standard(StandardId::new(u16::try_from(id.number()).ok()?)?),
    };
    match frame.kind() {
        FrameKind::Classic => CanDataFrame::new(id, frame.data()).map(CanAnyFrame::Normal),
        FrameKind::Remote => CanRemoteFrame::new_remote(id, frame.length().into()).map(CanAnyFrame::Remote),
        FrameKind::Fd => CanFdFrame::new(id, frame.data()).map(CanAnyFrame::Fd),
        _ => None,
    }
}

/// What came from the kernel.
pub(super) enum Came {
    /// A frame of somebody's.
    Frame(Frame),
    /// The controller tells of itself.
    Error(CanErrorFrame),
}

/// A frame of the kernel's; `None` for one that CAN does not have.
pub(super) fn from_kernel(frame: CanAnyFrame, time: Timestamp) -> Option<Came> {
    let id = |id: Id| match id {
        Id::Standard(id) => CanId::standard(id.as_raw()),
        Id::Extended(id) => CanId::extended(id.as_raw()),
    };
    let frame = match frame {
        CanAnyFrame::Normal(frame) => Frame::classic(time, id(frame.id())?, frame.data()).ok()?,
        CanAnyFrame::Remote(frame) => {
            Frame::remote(time, id(frame.id())?, u8::try_from(frame.dlc()).ok()?).ok()?
        }
        CanAnyFrame::Fd(frame) => Frame::fd(time, id(frame.id())?, frame.data()).ok()?,
        CanAnyFrame::Error(frame) => return Some(Came::Error(frame)),
    };
    Some(Came::Frame(frame))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test helpers over constants")]

    use alloc::vec::Vec;

    use super::{Came, from_kernel, to_kernel};
    use dimo_types::{CanId, Frame, Timestamp};
    use socketcan::{CanAnyFrame, EmbeddedFrame as _};

    fn frames() -> Vec<Frame> {
        let time = Timestamp::from_secs(1_700_000_000).unwrap();
        let ids = [CanId::standard(0x7DF).unwrap(), CanId::extended(0x18DA_F110).unwrap()];
        let mut frames = Vec::new();
        for id in ids {
            frames.push(Frame::classic(time, id, &[]).unwrap());
            frames.push(Frame::classic(time, id, &[1, 2, 3, 4, 5, 6, 7, 8]).unwrap());
            frames.push(Frame::remote(time, id, 5).unwrap());
            frames.push(Frame::fd(time, id, &[7; 48]).unwrap());
        }
        frames
    }

    #[test]
    fn a_frame_of_any_kind_comes_back_from_the_kernels_form_as_it_was() {
        for frame in frames() {
            let Some(Came::Frame(back)) = from_kernel(to_kernel(&frame).unwrap(), frame.time()) else {
                unreachable!("{frame:?} is no error frame")
            };
            assert_eq!(back, frame);
        }
    }

    #[test]
    fn the_kernels_frame_has_the_identifier_and_bytes_that_its_crate_reads() {
        for frame in frames() {
            let kernel = to_kernel(&frame).unwrap();
            assert_eq!(kernel.is_extended(), frame.id().is_extended());
            assert_eq!(kernel.is_remote_frame(), matches!(kernel, CanAnyFrame::Remote(_)));
            if !kernel.is_remote_frame() {
                assert_eq!(kernel.data(), frame.data());
            }
        }
    }

    #[test]
    fn an_error_frame_is_nothing_to_send() {
        let id = CanId::standard(0x40).unwrap();
        assert!(to_kernel(&Frame::error(Timestamp::EPOCH, id, &[0; 8]).unwrap()).is_none());
    }
}
