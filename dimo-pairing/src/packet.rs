//! [`Packet`]: what a packet is, by its first byte (SPEC.md, GATT and packets).

use thiserror::Error;

use crate::{Refusal, Versions};

/// The first byte of a refusal outside a session.
pub(crate) const REFUSAL: u8 = 0x00;
const SEALED: u8 = 0x02;
const PIN: u8 = 0x04;

/// What a handshake rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Basis {
    /// The secret of the device's label.
    Label,
    /// What an earlier session left in a slot.
    Slot,
    /// A secret that both made of the PIN.
    Pin,
}

impl Basis {
    /// The first byte of its packets.
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Label => 0x01,
            Self::Slot => 0x03,
            Self::Pin => 0x05,
        }
    }
}

/// A packet, taken apart as far as it is readable without keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    /// A device's refusal outside a session.
    Refusal(Refusal, Option<Versions>),
    /// A message of a handshake, without the first byte.
    Handshake(Basis, &'a [u8]),
    /// A sealed message and its number.
    Sealed { number: u32, sealed: &'a [u8] },
    /// A message of the PIN exchange, without the first byte.
    Pin(&'a [u8]),
}

impl<'a> Packet<'a> {
    pub(crate) fn parse(packet: &'a [u8]) -> Result<Self, PacketError> {
        let (first, rest) = packet.split_first().ok_or(PacketError::Empty)?;
        match *first {
            REFUSAL => match Refusal::parse_open(rest) {
                Ok((refusal, versions)) => Ok(Self::Refusal(refusal, versions)),
                Err(_) => Err(PacketError::Malformed),
            },
            0x01 => Ok(Self::Handshake(Basis::Label, rest)),
            0x03 => Ok(Self::Handshake(Basis::Slot, rest)),
            0x05 => Ok(Self::Handshake(Basis::Pin, rest)),
            PIN => Ok(Self::Pin(rest)),
            SEALED => {
                let (number, sealed) = rest.split_first_chunk().ok_or(PacketError::Malformed)?;
                Ok(Self::Sealed { number: u32::from_be_bytes(*number), sealed })
            }
            byte => Err(PacketError::Unknown { byte }),
        }
    }
}

/// The header of a sealed packet.
pub(crate) const SEALED_HEADER_LEN: usize = 5;

pub(crate) const fn sealed_header(number: u32) -> [u8; SEALED_HEADER_LEN] {
    let [n0, n1, n2, n3] = number.to_be_bytes();
    [SEALED, n0, n1, n2, n3]
}

/// Why a packet is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PacketError {
    /// It has no bytes.
    #[error("an empty packet")]
    Empty,
    /// Its first byte is not known. Its sender is newer than this side.
    #[error("a packet of the unknown kind {byte:#04x}")]
    Unknown {
        /// The first byte.
        byte: u8,
    },
    /// It has not the form that its first byte announces.
    #[error("a packet that is not formed as its kind asks")]
    Malformed,
}
