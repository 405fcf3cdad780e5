//! [`Network`]: what leads to the broker. The line of an AT modem is one; a board whose system has networks of its own implements another.

use core::fmt::Debug;

use dimo_hal::modem::{Apn, AtModem, AtTimeouts, Modem as _, RadioPower, Uplink, UplinkState};
use dimo_types::{ApprovedGeography, Country, Timestamp};
use embassy_time::{Delay, Duration, with_timeout};
use embedded_io_async::{Read, Write};

use crate::line;

/// No step of a modem takes longer.
const STEP: Duration = Duration::from_secs(30);

/// What a network may be used for, as the deployment sets it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "settings of a deployment")]
pub struct Terms<'c> {
    /// The network's access point, for a modem.
    pub apn: Apn,
    /// How long a modem may take.
    pub modem: AtTimeouts,
    /// Where the device may operate.
    pub geography: ApprovedGeography<'c>,
    /// The country that was known last.
    pub country: Option<Country>,
}

/// Where things stand after a step.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "an answer of the board's network")]
pub struct Standing {
    /// Whether there may be a connection, and whether there can be one.
    pub state: UplinkState,
    /// The country that is known now: the last one when the network says nothing.
    pub country: Option<Country>,
    /// The time of day, from a network that tells it.
    pub time: Option<Timestamp>,
}

/// What leads to the broker: it says whether there may be a connection, and makes one.
///
/// # Contract for makers
///
/// - `step` says [`UplinkState::Up`] only where `terms.geography` has the country.
/// - Every wait ends by itself, within 30 s: what is longer counts as a part that is stuck.
/// - A dropped future leaves something that `close` and `step` go on from.
///
/// Every line of bytes is a network: that of an AT modem, which is dialled (3GPP TS 27.007, 10.2.1.1) and then carries the bytes of the broker.
#[expect(async_fn_in_trait, reason = "one executor, one thread: no future is sent anywhere")]
pub trait Network {
    /// The bytes of a connection.
    type Stream: Read<Error: Debug> + Write;

    /// Goes one step towards a connection. `None` when nobody answers.
    async fn step(&mut self, terms: &Terms<'_>) -> Option<Standing>;

    /// Opens a connection to the broker. `None` when it does not come about; the next step says why.
    async fn open(&mut self) -> Option<&mut Self::Stream>;

    /// Ends the connection, in whatever state it is.
    async fn close(&mut self);
}

impl<L: Read + Write> Network for L {
    type Stream = Self;

    async fn step(&mut self, terms: &Terms<'_>) -> Option<Standing> {
        let mut modem = AtModem::new(self, Delay, terms.modem);
        let _ = modem.set_power(RadioPower::On).await;
        let mut uplink = Uplink::new(modem, terms.apn, terms.geography, terms.country);
        let state = with_timeout(STEP, uplink.step()).await.ok()?.ok()?;
        let country = uplink.country();
        let time = with_timeout(STEP, uplink.modem_mut().network_time()).await;
        Some(Standing { state, country, time: time.ok().and_then(Result::ok).flatten() })
    }

    async fn open(&mut self) -> Option<&mut Self> {
        line::dial(self).await.then_some(self)
    }

    async fn close(&mut self) {
        line::hang_up(self).await;
    }
}
