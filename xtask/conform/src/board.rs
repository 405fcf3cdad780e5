//! [`Board`]: what is judged.

use dimo_hal::SoftwareSecureElement;
use dimo_hal::power::PowerConfig;
use dimo_types::{ApprovedGeography, Country};

use crate::images::Loader;
use crate::vehicle::Transmitter;

/// The parts a board is composed of.
pub(crate) struct Board {
    pub(crate) power: PowerConfig,
    pub(crate) geography: ApprovedGeography<'static>,
    pub(crate) element: fn() -> SoftwareSecureElement,
    pub(crate) transmitter: fn() -> Transmitter,
    pub(crate) loader: Loader,
}

/// A country outside the approved regions, which the bad board approves.
pub(crate) const OUTSIDE: [u8; 2] = *b"JP";

impl Board {
    /// A board of firmware gets its name here.
    pub(crate) const NAMES: [&'static str; 2] = ["host", "bad"];

    pub(crate) fn named(name: &str) -> Option<Self> {
        let host = Self {
            power: PowerConfig::TWELVE_VOLT,
            geography: ApprovedGeography::DIP4,
            element: || SoftwareSecureElement::new([0x5A; 32]),
            transmitter: Transmitter::guarded,
            loader: Loader::Verifying,
        };
        match name {
            "host" => Some(host),
            "bad" => Some(Self {
                power: drains(),
                geography: approves_outside(),
                transmitter: Transmitter::bare,
                loader: Loader::Anything,
                ..host
            }),
            _ => None,
        }
    }
}

/// No cut-out, and half a year awake before it sleeps.
fn drains() -> PowerConfig {
    let half_a_year = 180 * 86_400_000;
    PowerConfig {
        cut_out_mv: 0,
        sleep_after_ms: half_a_year,
        awake_max_ms: half_a_year,
        ..PowerConfig::TWELVE_VOLT
    }
}

fn approves_outside() -> ApprovedGeography<'static> {
    let outside: Vec<Country> = Country::new(OUTSIDE).into_iter().collect();
    ApprovedGeography::DIP4.with(outside.leak())
}
