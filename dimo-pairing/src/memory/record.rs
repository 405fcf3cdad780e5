//! [`Record`]: one piece of a device's memory as bytes.
//!
//! ```text
//! state  format 1 byte, 0x01 | owned 1 | owner 20 | epoch 4 | signatures left 1 | signatures begun 4 | PIN failures 1
//! slot   format 1 byte, 0x01, or 0x00 and nothing else when empty | epoch 4 | serial 4 | phone key 32 | secret 32 | owner 20 | role 1 | expires 8
//! ```

use dimo_crypto::pairing::Role;
use dimo_types::Address;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Granted, Remembered, SLOTS, State};
use crate::{PublicKey, Slot, SlotSecret, UnixSeconds};

/// The longest record, in bytes.
pub const RECORD_MAX: usize = 102;

const FORMAT: u8 = 1;
const EMPTY: u8 = 0;

/// Under which name a record is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordKey {
    /// Owner and counters.
    State,
    /// One phone.
    Slot(Slot),
}

impl RecordKey {
    /// All there are.
    pub const ALL: [Self; 1 + SLOTS] = [
        Self::State,
        Self::Slot(Slot::new(0)),
        Self::Slot(Slot::new(1)),
        Self::Slot(Slot::new(2)),
        Self::Slot(Slot::new(3)),
    ];

    /// Its number, 0 to 4, for storages that name things by numbers.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::State => 0,
            Self::Slot(slot) => slot.number().saturating_add(1),
        }
    }
}

/// One record to store: at most [`RECORD_MAX`] bytes, some of them secret. Wiped on drop, and not shown.
pub struct Record {
    key: RecordKey,
    bytes: Zeroizing<[u8; RECORD_MAX]>,
    len: usize,
}

impl Record {
    /// Under which name it is to be stored, in the place of an earlier one.
    #[must_use]
    pub const fn key(&self) -> RecordKey {
        self.key
    }

    /// Its bytes. They hold the secret of a phone: store them where nothing else reads them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn of(key: RecordKey, fields: &[&[u8]]) -> Self {
        let mut bytes = Zeroizing::new([0; RECORD_MAX]);
        let mut len = 0;
        for field in fields {
            if let Some(room) = bytes.get_mut(len..len + field.len()) {
                room.copy_from_slice(field);
                len += field.len();
            }
        }
        Self { key, bytes, len }
    }
}

impl core::fmt::Debug for Record {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Record").field("key", &self.key).finish_non_exhaustive()
    }
}

pub(super) fn write_state(state: &State) -> Record {
    let owned = [u8::from(state.owner.is_some())];
    let owner = state.owner.unwrap_or(Address::new([0; 20]));
    Record::of(
        RecordKey::State,
        &[
            &[FORMAT],
            &owned,
            owner.as_bytes(),
            &state.epoch.to_be_bytes(),
            &[state.signatures_left],
            &state.signatures_begun.to_be_bytes(),
            &[state.pin_failures],
        ],
    )
}

pub(super) fn write_slot(key: RecordKey, remembered: Option<&Remembered>) -> Record {
    let Some(remembered) = remembered else { return Record::of(key, &[&[EMPTY]]) };
    Record::of(
        key,
        &[
            &[FORMAT],
            &remembered.epoch.to_be_bytes(),
            &remembered.serial.to_be_bytes(),
            remembered.phone.as_bytes(),
            remembered.secret.as_bytes(),
            remembered.granted.owner.as_bytes(),
            &[remembered.granted.role.number()],
            &remembered.granted.expires.get().to_be_bytes(),
        ],
    )
}

pub(super) fn read_state(bytes: &[u8]) -> Result<State, RecordError> {
    let mut fields = Fields(bytes);
    fields.format()?;
    let [owned] = fields.take()?;
    let owner = Address::new(fields.take()?);
    let state = State {
        owner: match owned {
            0 => None,
            1 => Some(owner),
            _ => return Err(RecordError::Form),
        },
        epoch: u32::from_be_bytes(fields.take()?),
        signatures_left: fields.byte()?.min(State::SIGNATURES),
        signatures_begun: u32::from_be_bytes(fields.take()?),
        pin_failures: fields.byte()?,
    };
    fields.end()?;
    Ok(state)
}

pub(super) fn read_slot(bytes: &[u8]) -> Result<Option<Remembered>, RecordError> {
    if bytes == [EMPTY] {
        return Ok(None);
    }
    let mut fields = Fields(bytes);
    fields.format()?;
    let remembered = Remembered {
        epoch: u32::from_be_bytes(fields.take()?),
        serial: u32::from_be_bytes(fields.take()?),
        phone: PublicKey::new(fields.take()?),
        secret: SlotSecret::from_bytes(fields.take()?),
        granted: Granted {
            owner: Address::new(fields.take()?),
            role: Role::try_from(fields.byte()?).map_err(|_| RecordError::Form)?,
            expires: UnixSeconds::new(u64::from_be_bytes(fields.take()?)),
        },
    };
    fields.end()?;
    Ok(Some(remembered))
}

/// Fields from the front of a record.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn format(&mut self) -> Result<(), RecordError> {
        match self.byte()? {
            FORMAT => Ok(()),
            format => Err(RecordError::Format { format }),
        }
    }

    fn byte(&mut self) -> Result<u8, RecordError> {
        self.take().map(|[byte]| byte)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], RecordError> {
        let (field, left) = self.0.split_first_chunk::<N>().ok_or(RecordError::Form)?;
        self.0 = left;
        Ok(*field)
    }

    const fn end(self) -> Result<(), RecordError> {
        if self.0.is_empty() { Ok(()) } else { Err(RecordError::Form) }
    }
}

/// Why stored bytes were not loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// They are of a format that this version does not know: the firmware is older than the one that stored them.
    #[error("a record of the unknown format {format}")]
    Format {
        /// The first byte.
        format: u8,
    },
    /// They have another length than such a record, or a value that it cannot have.
    #[error("the bytes are no record of this kind")]
    Form,
}
