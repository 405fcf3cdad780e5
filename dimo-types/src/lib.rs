#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod address;
mod amount;
mod can;
mod id;
mod location;
mod signal;
mod text;
mod time;
mod unit;

pub use address::{Address, AddressError, AddressText};
pub use amount::{Wei, WeiError};
pub use can::{CanId, CanProtocol, Frame, FrameError, FrameKind};
pub use id::{RecordId, RecordIdError, TokenId, TokenIdError};
pub use location::{Location, LocationError};
pub use signal::{Raw, Reading, Scale, SignalDictionary, SignalIndex, SignalInfo, SignalValue};
pub use time::{Month, MonthError, Timestamp, TimestampError};
pub use unit::Unit;
