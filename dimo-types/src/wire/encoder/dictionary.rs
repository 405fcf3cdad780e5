//! The dictionary, without a heap.

use super::error::SealError;
use super::field::{Full, Message};
use super::fill;
use crate::{Scale, SignalInfo};

/// Writes the `dimo.v1.Dictionary` of `entries`, in the order of their indexes, into `out` and gives the part of it that is
/// written. Its keccak256 is the hash by which batches name it; what travels is a zlib stream of it.
///
/// # Errors
///
/// [`SealError::BufferTooSmall`] with the length that it has.
///
/// # Example: a dictionary on a microcontroller
///
/// ```
/// use dimo_types::wire::{SealError, write_dictionary};
/// use dimo_types::{Scale, SignalInfo, Unit};
/// let speed = SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY };
/// let mut out = [0; 64];
/// assert_eq!(write_dictionary([speed].into_iter(), &mut out)?, b"\x0a\x0d\x0a\x05speed\x12\x04km/h");
/// assert_eq!(write_dictionary([speed].into_iter(), &mut out[..9]), Err(SealError::BufferTooSmall { bytes: 15 }));
/// # Ok::<(), SealError>(())
/// ```
pub fn write_dictionary<'a>(
    entries: impl Iterator<Item = SignalInfo<'a>> + Clone,
    out: &mut [u8],
) -> Result<&[u8], SealError> {
    let len = fill(out, |message| {
        entries.clone().try_for_each(|entry| message.message(1, |inner| signal(inner, &entry)))
    })?;
    Ok(out.get(..len).unwrap_or_default())
}

fn signal(message: &mut Message<'_>, entry: &SignalInfo<'_>) -> Result<(), Full> {
    let unless = |value: f64, default: f64| (value.to_bits() != default.to_bits()).then_some(value);
    message.text(1, entry.name)?;
    message.text(2, entry.unit.symbol())?;
    message.optional_double(3, unless(entry.scale.factor, Scale::IDENTITY.factor))?;
    message.optional_double(4, unless(entry.scale.offset, Scale::IDENTITY.offset))
}
