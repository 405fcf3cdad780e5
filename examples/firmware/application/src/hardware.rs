//! [`Hardware`]: what a board has for the application, and [`Parts`], all of it.

use core::fmt::Debug;

use dimo_hal::key_value::KeyValue;
use dimo_hal::{BootControl, CanReceiver, CanTransmitter, PowerManager, SecureElement, Wallet, Watchdog};
use embedded_io_async::Read;
use embedded_storage_async::nor_flash::NorFlash;

use crate::event::Observer;
use crate::gen1::Gen1;
use crate::network::Network;
use crate::plans::PlanFlash;

/// The kinds of parts of a board.
pub trait Hardware {
    /// The CAN controller.
    type Can: CanReceiver + CanTransmitter;
    /// The line to the modem, or what else leads to the broker.
    type Modem: Network;
    /// The line from the receiver of satellites.
    type Receiver: Read;
    /// Small values.
    type Store: KeyValue<Error: Debug>;
    /// Where batches wait.
    type Queue: NorFlash<Error: Debug>;
    /// Where a plan lies, twice.
    type Plans: PlanFlash;
    /// The slots of the firmware.
    type Boot: BootControl;
    /// What holds the key of the device.
    type Element: SecureElement;
    /// Voltage, ignition, sleep.
    type Power: PowerManager;
    /// What starts a stuck device anew.
    type Watchdog: Watchdog;
    /// Who watches; `()` is nobody.
    type Observer: Observer;
    /// The network's present form, beside the sealed one; `()` is without.
    type Gen1: Gen1;
}

/// All parts of a board.
#[expect(missing_debug_implementations, reason = "nothing of a board's parts is for printing")]
pub struct Parts<H: Hardware> {
    /// The CAN controller, listening.
    pub can: H::Can,
    /// The line to the modem, or what else leads to the broker.
    pub modem: H::Modem,
    /// The line from the receiver of satellites.
    pub receiver: H::Receiver,
    /// Small values.
    pub store: H::Store,
    /// Where batches wait.
    pub queue: H::Queue,
    /// Where a plan lies, twice.
    pub plans: [H::Plans; 2],
    /// The slots of the firmware.
    pub boot: H::Boot,
    /// The device's key.
    pub wallet: Wallet<H::Element>,
    /// Voltage, ignition, sleep.
    pub power: H::Power,
    /// Fed while everything lives.
    pub watchdog: H::Watchdog,
    /// Told of what happens.
    pub observer: H::Observer,
    /// The network's present form, beside the sealed one.
    pub gen1: H::Gen1,
}
