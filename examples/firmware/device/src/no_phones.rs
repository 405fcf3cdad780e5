//! [`BoardPhones`]: nobody, on a device that is built without its radio.

use blueprint::Handover;
use board::Port;
use dimo_hal::Wallet;

use crate::board_parts::{SharedParts, Store};

pub(crate) use application::NoPhones as BoardPhones;

/// What a radio would take is given up.
pub(crate) async fn open(_: Port, _: Wallet<SharedParts>, _: Store, _: Handover) -> Option<BoardPhones> {
    Some(BoardPhones)
}
