//! [`Radio`]: the device as phones see it.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::pin::pin;

use dimo_hal::key_value::KeyValue;
use dimo_hal::{SecureElement, Wallet};
use dimo_pairing::{Device, HintKey, Ignition, JobId, Limits, Memory, Percent, Presence, Setup};
use dimo_types::Timestamp;
use embassy_futures::select::{Either3, select3};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_sync::signal::Signal;
use place::{begin, live};
use thiserror::Error;
use trouble_host::prelude::*;

use crate::handler::{Event, Handler};
use crate::jobs::Jobs;
use crate::link::Peripheral;
use crate::now;
use crate::table::Table;

/// One phone at a time; signalling and ATT.
const CONNECTIONS: usize = 1;
const CHANNELS: usize = 2;

/// The device as phones see it: one value, shared by [`run`](Self::run) and by whoever tells it what happens at the vehicle.
///
/// All of it runs in one executor; nothing here is for interrupts.
pub struct Radio {
    device: RefCell<Device>,
    pub(crate) hint: HintKey,
    /// What the application is at work on.
    pub(crate) performing: Cell<Option<JobId>>,
    /// There may be something to do for the wallet, the storage or the application.
    pub(crate) work: Signal<NoopRawMutex, ()>,
    /// There may be something to send, or another time to wake at.
    pub(crate) stir: Signal<NoopRawMutex, ()>,
    /// What the application is at work on has taken too long.
    pub(crate) called_off: Signal<NoopRawMutex, ()>,
}

/// What the radio works with.
#[derive(Debug)]
pub struct Parts<SE, K, H, E> {
    /// Signs, and gives random numbers.
    pub wallet: Wallet<SE>,
    /// Keeps the phones that are remembered: see [`THINGS`](crate::THINGS).
    pub storage: K,
    /// Does what phones ask for.
    pub handler: H,
    /// Hears what has happened: a `Fn(Event)` that does not wait for anything.
    pub events: E,
}

/// Why no phone is served any more. Reset the controller, and run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Stopped {
    /// The controller is gone, or said what is no HCI.
    #[error("the Bluetooth controller is gone")]
    Controller,
    /// The controller does not do what a peripheral needs.
    #[error("the Bluetooth controller does not advertise")]
    Advertising,
    /// The secure element gives no random numbers, so nothing would be secret.
    #[error("no random numbers")]
    Random,
    /// The stack has no room for the table of the protocol.
    #[error("no room for the GATT table")]
    Table,
}

impl Radio {
    /// A device from the factory with what it has stored since, see [`load`](crate::load). `hint` is of the label: with it a phone that knows
    /// the label finds the device among others.
    #[must_use]
    pub const fn new(setup: Setup, memory: Memory, hint: HintKey) -> Self {
        let device = RefCell::new(Device::new(setup, memory, Limits::SPEC));
        let performing = Cell::new(None);
        Self { device, hint, performing, work: Signal::new(), stir: Signal::new(), called_off: Signal::new() }
    }

    /// Serves phones, until it cannot any more.
    pub async fn run<C, SE, K, H, E>(&self, controller: C, parts: Parts<SE, K, H, E>) -> Stopped
    where
        C: Controller,
        SE: SecureElement,
        K: KeyValue,
        H: Handler,
        E: Fn(Event),
    {
        let Some(table) = Table::new() else { return Stopped::Table };
        let mut resources: HostResources<DefaultPacketPool, CONNECTIONS, CHANNELS> = HostResources::new();
        // That its address is a random one; each advertising begins with another.
        let address = Address::random([0xFF; 6]);
        let stack = trouble_host::new(controller, &mut resources).set_random_address(address).build();
        let mut runner = stack.runner();
        let Parts { wallet, mut storage, mut handler, events } = parts;
        let wallet = Mutex::new(wallet);
        let peripheral =
            Peripheral { radio: self, stack: &stack, table: &table, wallet: &wallet, events: &events };
        let jobs = Jobs {
            radio: self,
            wallet: &wallet,
            storage: &mut storage,
            handler: &mut handler,
            events: &events,
        };
        let (mut running, mut phones, mut working) = (pin!(None), pin!(None), pin!(None));
        begin(running.as_mut(), || runner.run());
        begin(phones.as_mut(), || peripheral.serve());
        begin(working.as_mut(), || jobs.work());
        match select3(live(running), live(phones), live(working)).await {
            Either3::First(_) => Stopped::Controller,
            Either3::Second(stopped) => stopped,
            Either3::Third(never) => match never {},
        }
    }

    /// Asks the device, or takes something out of it.
    pub(crate) fn ask<T>(&self, what: impl FnOnce(&mut Device) -> T) -> T {
        // Nobody keeps it, since nothing waits inside.
        what(&mut self.device.borrow_mut())
    }

    /// Tells the device something. Whoever works for it looks what has come of that.
    pub(crate) fn tell<T>(&self, what: impl FnOnce(&mut Device) -> T) -> T {
        let told = self.ask(what);
        self.work.signal(());
        self.stir.signal(());
        told
    }
}

impl fmt::Debug for Radio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Radio").field("device", &self.device).finish_non_exhaustive()
    }
}

// ---- what is known
impl Radio {
    /// The owner of the device, as far as it knows.
    #[must_use]
    pub fn owner(&self) -> Option<dimo_types::Address> {
        self.device.borrow().owner()
    }

    /// What opened the presence window, or `None` while it is closed.
    #[must_use]
    pub fn presence(&self) -> Option<Presence> {
        self.device.borrow().presence(now())
    }
}

// ---- what happens at the vehicle
impl Radio {
    /// Somebody has shown to be at the vehicle, and for nothing else: see [`Device::open_window`].
    pub fn open_window(&self, presence: Presence) {
        self.tell(|device| device.open_window(now(), presence));
    }

    /// Nobody is there any more.
    pub fn close_window(&self) {
        self.tell(Device::close_window);
    }

    /// The time of day is known. Without it no expiry can be checked, and only who is present gets in.
    pub fn clock(&self, unix: Timestamp) {
        self.tell(|device| device.handle_clock(now(), unix));
    }

    /// The vehicle does this now. Trouble codes are cleared only while its ignition is on.
    pub fn ignition(&self, ignition: Ignition) {
        self.tell(|device| device.handle_ignition(ignition));
    }

    /// The registry says whose the device is. What anybody else granted is void.
    pub fn set_owner(&self, owner: Option<dimo_types::Address>) {
        self.tell(|device| device.set_owner(owner));
    }

    /// As it left the factory, but for the count of signatures: for what a person does at the device.
    pub fn factory_reset(&self) {
        self.tell(Device::factory_reset);
    }

    /// What the application is at work on for a phone goes on, and may take `seconds` more: the phone is told so, and it is not given up.
    pub fn still_at_work(&self, percent: Option<Percent>, seconds: u16) {
        if let Some(job) = self.performing.get() {
            // What has been given up meanwhile needs no more time.
            let _ = self.tell(|device| device.handle_progress(now(), job, percent, seconds));
        }
    }
}
