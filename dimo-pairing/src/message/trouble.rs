//! [`TroubleCodes`]: the faults that a vehicle knows of itself, page by page.

use core::fmt;

use dimo_types::TroubleCode;

use super::PageBuffer;
use super::number::numbered;
use crate::bytes::{Reader, Writer};
use crate::{Field, MessageError};

numbered! {
    /// How a trouble code stands.
    TroubleStatus {
        /// The fault is confirmed.
        Stored = 0,
        /// The fault was seen, and not yet confirmed.
        Pending = 1,
        /// The fault was confirmed, and only the vehicle can clear it.
        Permanent = 2,
    }
}

/// A trouble code, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TroubleEntry {
    /// How it stands.
    pub status: TroubleStatus,
    /// The code.
    pub code: TroubleCode,
}

impl TroubleEntry {
    fn read(body: &mut Reader<'_>) -> Result<Self, MessageError> {
        let status = TroubleStatus::read(body)?;
        let code = TroubleCode::from_bytes(body.array()?);
        Ok(Self { status, code: code.ok_or(MessageError::Value { field: Field::TroubleCode, value: 0 })? })
    }
}

/// As many of a vehicle's trouble codes as one answer takes.
///
/// # Example: from the vehicle to the phone
///
/// ```
/// use dimo_pairing::{PageBuffer, TroubleCodes, TroubleEntry, TroubleStatus};
/// let codes = [TroubleEntry { status: TroubleStatus::Stored, code: "P0456".parse()? }; 100];
/// let mut buffer: PageBuffer = [0; _];
/// let page = TroubleCodes::page(&codes, 0, &mut buffer);
/// assert_eq!((page.total(), page.iter().count()), (100, 70));
/// let page = TroubleCodes::page(&codes, 70, &mut buffer);
/// assert_eq!(page.iter().count(), 30);
/// # Ok::<(), dimo_types::TroubleCodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TroubleCodes<'a> {
    total: u16,
    bytes: &'a [u8],
}

impl<'a> TroubleCodes<'a> {
    /// Bytes of the answer before the list.
    const HEAD: usize = 2;
    /// Bytes of one entry.
    const ENTRY: usize = 3;

    /// The codes from index `first` on, as many as fit. Of more than 65,535, the rest is left out.
    pub fn page(codes: &[TroubleEntry], first: u16, buffer: &'a mut PageBuffer) -> Self {
        let total = u16::try_from(codes.len()).unwrap_or(u16::MAX);
        let mut writer = Writer::new(buffer.get_mut(Self::HEAD..).unwrap_or_default());
        for entry in codes.iter().take(usize::from(total)).skip(usize::from(first)) {
            if writer.room() < Self::ENTRY {
                break;
            }
            writer.put(&[entry.status.number()]);
            writer.put(&entry.code.to_bytes());
        }
        Self { total, bytes: writer.finish() }
    }

    /// How many there are in all.
    #[must_use]
    pub const fn total(&self) -> u16 {
        self.total
    }

    /// Those of this answer.
    pub fn iter(&self) -> impl Iterator<Item = TroubleEntry> + 'a {
        let mut left = Reader::new(self.bytes);
        // All of them were read once already, so the first that cannot be read is the end.
        core::iter::from_fn(move || TroubleEntry::read(&mut left).ok())
    }

    pub(super) fn read(body: &mut Reader<'a>) -> Result<Self, MessageError> {
        let total = body.u16()?;
        let mut list = body.clone();
        let mut count = 0_usize;
        while !list.is_empty() {
            TroubleEntry::read(&mut list)?;
            count += 1;
        }
        if count > usize::from(total) {
            return Err(MessageError::Value { field: Field::Total, value: total });
        }
        Ok(Self { total, bytes: body.rest() })
    }

    pub(super) fn put(&self, writer: &mut Writer<'_>) {
        writer.put_u16(self.total);
        writer.put(self.bytes);
    }
}

impl fmt::Debug for TroubleCodes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in all: ", self.total)?;
        f.debug_list().entries(self.iter()).finish()
    }
}
