// The README's example needs `dev`, so without it there is nothing to run; it is shown in any case.
#![cfg_attr(any(not(doctest), feature = "dev"), doc = include_str!("../README.md"))]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "std")]
extern crate std;

mod action;
mod bytes;
mod channel;
mod checksum;
mod codec;
mod device;
mod envelope;
mod framing;
pub mod gatt;
pub mod gen1;
mod limits;
#[cfg(feature = "dev")]
mod link;
mod message;
mod mtu;
mod noise;
mod phone;
mod presence;
mod refusal;
mod text;

pub use action::{Action, Expiry, JobId, SigningFailed, StaleJob};
pub use channel::ReceiveError;
pub use codec::{Header, MessageBuffer, MessageError};
pub use device::Device;
pub use envelope::{Envelope, EnvelopeError};
pub use framing::{FRAGMENT_MAX, FragmentBuffer, FragmentError, Fragmenter, PacketTooLong, Reassembler};
pub use limits::Limits;
#[cfg(feature = "dev")]
pub use link::{Fault, Faultless, Link};
pub use message::{
    Answer, Identity, MESSAGE_MAX, PACKET_MAX, Request, RequestId, SignRequest, VERSION, Versions,
    VinUnavailable,
};
pub use mtu::Mtu;
pub use noise::{Channel, Handshake, HandshakeError, NoiseKey, PreSharedKey, PublicKey, SEAL_LEN, Side};
pub use phone::{CommandError, Event, Failure, Phone};
pub use presence::Presence;
pub use refusal::{Refusal, RefusalCode};
pub use text::{Text, TextError};
