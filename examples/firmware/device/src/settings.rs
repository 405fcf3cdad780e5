//! What this deployment sets.

use application::{Backend, Config};
use blueprint::{Handover, trust};
use dimo_crypto::session::ServerPublicKey;
use dimo_hal::modem::AtTimeouts;
use dimo_hal::power::PowerConfig;
use dimo_hal::slcan::SlcanBitRate;
use dimo_hal::update::UpdatePolicy;
use dimo_types::{Address, ApprovedGeography, Timestamp};

/// As ISO 15765-4 has it for most vehicles.
pub(crate) const BUS: SlcanBitRate = SlcanBitRate::Kilo500;

/// A vehicle that is parked, and a battery that is nearly empty, is left alone after seconds, so that a demonstration need not wait for half an hour.
const POWER: PowerConfig = PowerConfig {
    listen_after_ms: 1_000,
    sleep_after_ms: 3_000,
    sleep_after_wake_ms: 3_000,
    quiet_ms: 1_500,
    dwell_ms: 1_000,
    cut_out_ms: 1_000,
    ..PowerConfig::TWELVE_VOLT
};

/// `None` when a constant is wrong, which a test of the tool would show.
pub(crate) fn config(told: Handover) -> Option<Config<'static, trust::Ed25519>> {
    Some(Config {
        backend: Backend {
            server: ServerPublicKey::new(*trust::SERVER),
            recipient: Address::new(trust::RECIPIENT),
        },
        bit_rate: BUS.bits_per_second(),
        apn: "dimo".parse().ok()?,
        modem: AtTimeouts::default(),
        geography: ApprovedGeography::DIP4,
        power: POWER,
        update: UpdatePolicy::TWELVE_VOLT,
        root: trust::root()?,
        scheme: trust::Ed25519,
        class: trust::CLASS,
        boot_seq: told.boot_seq,
        slot: told.slot,
        stack_used: board::stack_used,
        built: Timestamp::from_secs(trust::BUILT).ok()?,
    })
}
