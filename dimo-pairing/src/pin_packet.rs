//! [`PinPacket`]: the messages of the PIN exchange (SPEC.md, The PIN).

use crate::pin::PIN_PARAMETERS_LEN;
use crate::spake2plus::{Confirmation, SHARE_LEN, Share};

const FIRST: u8 = 0x04;
const ASK_STEP: u8 = 0x01;
const PARAMETERS_STEP: u8 = 0x02;
const SHARE_STEP: u8 = 0x03;
const ANSWER_STEP: u8 = 0x04;
const CONFIRM_STEP: u8 = 0x05;
const DONE_STEP: u8 = 0x06;

/// A message of the exchange, without the packet's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PinPacket<'a> {
    Ask,
    Parameters(&'a [u8; PIN_PARAMETERS_LEN]),
    Share(&'a Share),
    Answer { share: &'a Share, confirmation: &'a Confirmation },
    Confirm(&'a Confirmation),
    Done,
}

impl<'a> PinPacket<'a> {
    pub(crate) fn parse(message: &'a [u8]) -> Option<Self> {
        let (step, body) = message.split_first()?;
        Some(match (*step, body) {
            (ASK_STEP, []) => Self::Ask,
            (PARAMETERS_STEP, _) => Self::Parameters(body.try_into().ok()?),
            (SHARE_STEP, _) => Self::Share(body.try_into().ok()?),
            (ANSWER_STEP, _) => {
                let (share, confirmation) = body.split_first_chunk::<SHARE_LEN>()?;
                Self::Answer { share, confirmation: confirmation.try_into().ok()? }
            }
            (CONFIRM_STEP, _) => Self::Confirm(body.try_into().ok()?),
            (DONE_STEP, []) => Self::Done,
            _ => return None,
        })
    }

    /// The first bytes of the packet, and the fields behind them.
    pub(crate) fn pieces(&self) -> ([u8; 2], &'a [u8], &'a [u8]) {
        let none: &[u8] = &[];
        match *self {
            Self::Ask => ([FIRST, ASK_STEP], none, none),
            Self::Parameters(parameters) => ([FIRST, PARAMETERS_STEP], parameters, none),
            Self::Share(share) => ([FIRST, SHARE_STEP], share, none),
            Self::Answer { share, confirmation } => ([FIRST, ANSWER_STEP], share, confirmation),
            Self::Confirm(confirmation) => ([FIRST, CONFIRM_STEP], confirmation, none),
            Self::Done => ([FIRST, DONE_STEP], none, none),
        }
    }
}
