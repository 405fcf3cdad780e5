//! [`Memory`]: what a device keeps over a restart, as records that its maker stores.

use dimo_crypto::pairing::Role;
use dimo_types::Address;
use thiserror::Error;

use crate::{PublicKey, Slot, SlotSecret, UnixSeconds};

mod record;

pub use record::{RECORD_MAX, Record, RecordError, RecordKey};

/// How many phones a device remembers.
pub const SLOTS: usize = 4;

/// What a device keeps over a restart: its owner, the phones it knows, and how often it signed.
///
/// A maker stores each [`Record`] that [`Action::Store`](crate::Action::Store) brings under its [`RecordKey`], and at the next start
/// hands every stored one to [`load`](Self::load) before it makes the [`Device`](crate::Device). Each record stands for
/// itself: a power cut between two of them leaves nothing half-done.
///
/// # Example: a device that was never paired, and one that was
///
/// ```
/// use dimo_pairing::{Memory, RecordKey};
/// let mut memory = Memory::new();
/// assert_eq!(memory.owner(), None);
/// # let stored = |_| None::<[u8; 8]>;
/// for key in RecordKey::ALL {
///     if let Some(bytes) = stored(key) {
///         memory.load(key, &bytes)?;
///     }
/// }
/// # Ok::<(), dimo_pairing::RecordError>(())
/// ```
#[derive(Debug, Default)]
pub struct Memory {
    pub(crate) state: State,
    slots: [Option<Remembered>; SLOTS],
}

/// What there is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) owner: Option<Address>,
    /// Goes up when everything that was granted before is void.
    epoch: u32,
    pub(crate) signatures_left: u8,
    pub(crate) signatures_begun: u32,
    pub(crate) pin_failures: u8,
}

impl State {
    /// The signatures that a device may make at once.
    pub(crate) const SIGNATURES: u8 = 8;
}

impl Default for State {
    fn default() -> Self {
        Self {
            owner: None,
            epoch: 0,
            signatures_left: Self::SIGNATURES,
            signatures_begun: 0,
            pin_failures: 0,
        }
    }
}

/// What a session may do, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) owner: Address,
    pub(crate) role: Role,
    pub(crate) expires: UnixSeconds,
}

/// One phone.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    epoch: u32,
    /// Goes up from phone to phone: the lowest was given longest ago.
    serial: u32,
    pub(crate) phone: PublicKey,
    pub(crate) secret: SlotSecret,
    pub(crate) granted: Granted,
}

impl Memory {
    /// The memory of a device that nobody has paired with.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The owner of the device, as far as it knows.
    #[must_use]
    pub const fn owner(&self) -> Option<Address> {
        self.state.owner
    }

    /// The phone in `slot`, if what it was granted still holds.
    pub(crate) fn slot(&self, slot: Slot) -> Option<&Remembered> {
        let remembered = self.slots.get(usize::from(slot.number()))?.as_ref()?;
        let of_owner = self.state.owner.is_none_or(|owner| owner == remembered.granted.owner);
        (remembered.epoch == self.state.epoch && of_owner).then_some(remembered)
    }

    /// Every phone that is remembered, with its slot.
    pub(crate) fn phones(&self) -> impl Iterator<Item = (Slot, &Remembered)> {
        (0..).map(Slot::new).take(SLOTS).filter_map(|slot| Some((slot, self.slot(slot)?)))
    }

    /// Remembers a phone: in its own slot, an empty one, or that of the phone remembered longest.
    pub(crate) fn remember(&mut self, phone: PublicKey, secret: SlotSecret, granted: Granted) -> Slot {
        let serial = self
            .phones()
            .map(|(_, remembered)| remembered.serial)
            .max()
            .map_or(0, |last| last.wrapping_add(1));
        let slot = self.slot_for(&phone);
        if let Some(place) = self.slots.get_mut(usize::from(slot.number())) {
            *place = Some(Remembered { epoch: self.state.epoch, serial, phone, secret, granted });
        }
        slot
    }

    fn slot_for(&self, phone: &PublicKey) -> Slot {
        let known = self.phones().find(|(_, remembered)| remembered.phone == *phone);
        let empty = || (0..).map(Slot::new).take(SLOTS).find(|slot| self.slot(*slot).is_none());
        let oldest = || self.phones().min_by_key(|(_, remembered)| remembered.serial);
        known
            .map(|(slot, _)| slot)
            .or_else(empty)
            .or_else(|| oldest().map(|(slot, _)| slot))
            .unwrap_or(Slot::new(0))
    }

    /// Forgets the phone in `slot`; false when there is none.
    pub(crate) fn forget(&mut self, slot: Slot) -> bool {
        let known = self.slot(slot).is_some();
        if let Some(place) = self.slots.get_mut(usize::from(slot.number())) {
            *place = None;
        }
        known
    }

    /// The device belongs to `owner` now. What others granted is void; what the first owner granted while nobody owned the
    /// device stays. True when anything changed.
    pub(crate) fn set_owner(&mut self, owner: Option<Address>) -> bool {
        if self.state.owner == owner {
            return false;
        }
        if self.state.owner.is_some() {
            self.state.epoch = self.state.epoch.wrapping_add(1);
        }
        self.state.owner = owner;
        true
    }

    /// As it left the factory, but for the count of signatures.
    pub(crate) fn reset(&mut self) {
        self.state.owner = None;
        self.state.pin_failures = 0;
        self.state.epoch = self.state.epoch.wrapping_add(1);
        self.slots = Default::default();
    }

    /// Takes a stored record.
    ///
    /// # Errors
    ///
    /// [`RecordError`] for bytes that no [`Record`] had. Nothing is loaded then; go on without it, as if it had never been stored:
    /// a lost slot costs a new pairing. A lost state is that of a device nobody owns, so report it.
    pub fn load(&mut self, key: RecordKey, bytes: &[u8]) -> Result<(), RecordError> {
        match key {
            RecordKey::State => self.state = record::read_state(bytes)?,
            RecordKey::Slot(slot) => {
                let remembered = record::read_slot(bytes)?;
                *self.slots.get_mut(usize::from(slot.number())).ok_or(RecordError::Form)? = remembered;
            }
        }
        Ok(())
    }

    /// The record under `key`, as it is to be stored.
    pub(crate) fn record(&self, key: RecordKey) -> Record {
        match key {
            RecordKey::State => record::write_state(&self.state),
            RecordKey::Slot(slot) => {
                record::write_slot(key, self.slots.get(usize::from(slot.number())).and_then(Option::as_ref))
            }
        }
    }
}

/// The storage did not take a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the storage did not take it")]
pub struct StorageFailed;
