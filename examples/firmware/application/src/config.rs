//! [`Config`]: what a deployment sets.

use dimo_crypto::manifest::{ClassId, TrustedRoot};
use dimo_crypto::session::ServerPublicKey;
use dimo_hal::boot::BootSlot;
use dimo_hal::modem::{Apn, AtTimeouts};
use dimo_hal::power::PowerConfig;
use dimo_hal::update::UpdatePolicy;
use dimo_types::{Address, ApprovedGeography, Timestamp};

/// Who receives.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "settings of a deployment")]
pub struct Backend {
    /// The key that sessions are opened to.
    pub server: ServerPublicKey,
    /// Who may read them.
    pub recipient: Address,
}

/// What a deployment sets.
#[expect(missing_debug_implementations, clippy::exhaustive_structs, reason = "settings of a deployment")]
pub struct Config<'c, S> {
    /// The bit rate of the vehicle's bus, in bit/s: what the guard measures its own share by. 500,000 as ISO 15765-4 has it for most vehicles.
    pub bit_rate: u32,
    /// Who receives.
    pub backend: Backend,
    /// The network's access point.
    pub apn: Apn,
    /// How long a modem may take.
    pub modem: AtTimeouts,
    /// Where the device may operate.
    pub geography: ApprovedGeography<'c>,
    /// When it sleeps.
    pub power: PowerConfig,
    /// What an update may take.
    pub update: UpdatePolicy,
    /// Whose firmware it takes.
    pub root: TrustedRoot<'c>,
    /// How signatures of firmware are verified.
    pub scheme: S,
    /// The hardware.
    pub class: ClassId,
    /// The number of the boot loader.
    pub boot_seq: u64,
    /// The slot that this image runs in.
    pub slot: BootSlot,
    /// The most bytes of the stack that were ever used, for the console; 0 where nobody knows.
    pub stack_used: fn() -> u32,
    /// When this firmware was built: no clock is earlier.
    pub built: Timestamp,
}
