//! One vehicle and one device on Polygon, and a message made a second after the first reading.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test binary uses its part; helpers say what they expect"
)]

use dimo_types::wire::{CloudEventContent, CloudEventHeader, CloudEventLimits};
use dimo_types::{Batch, Reading, Scale, SignalInfo, TokenId, Unit};

use crate::util::{ID, at, device};

pub(crate) const PRODUCER: &str = "did:erc721:137:0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA:42";
pub(crate) const SUBJECT: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:1337";

pub(crate) fn header() -> CloudEventHeader {
    CloudEventHeader {
        id: ID,
        time: at(1_000_000),
        source: device(),
        producer: PRODUCER.parse().unwrap(),
        subject: SUBJECT.parse().unwrap(),
    }
}

pub(crate) fn limits() -> CloudEventLimits {
    CloudEventLimits::default()
}

pub(crate) fn info(name: &'static str, unit: Unit<'static>) -> SignalInfo<'static> {
    SignalInfo { name, unit, scale: Scale::IDENTITY }
}

pub(crate) fn batch_of<'a>(dictionary: Vec<SignalInfo<'a>>, readings: Vec<Reading<'a>>) -> Batch<'a> {
    Batch::new(ID, device(), Some(TokenId::from(1337)), dictionary, readings).unwrap()
}

pub(crate) fn content<'a>(batch: &'a Batch<'a>) -> CloudEventContent<'a> {
    CloudEventContent { batch: Some(batch), ..CloudEventContent::default() }
}
