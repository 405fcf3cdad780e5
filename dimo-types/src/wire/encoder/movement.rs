//! Movement evidence as a message.

use super::field::{Full, Message};
use super::part::location;
use crate::{BusSpeed, GnssFix, MotionSummary, MovementEvidence, ServingCell, Timestamp};

/// The distance from the time of the entry before, which for the first is the epoch.
type Step = i64;

pub(super) fn write(message: &mut Message<'_>, evidence: &MovementEvidence<'_>) -> Result<(), Full> {
    each(message, 1, evidence.fixes, |fix| fix.time, fix)?;
    each(message, 2, evidence.bus_speeds, |speed| speed.time, bus_speed)?;
    each(message, 3, evidence.motion, |motion| motion.from, motion)?;
    each(message, 4, evidence.cells, |cell| cell.time, cell)
}

fn each<T>(
    message: &mut Message<'_>,
    number: u32,
    entries: &[T],
    time: impl Fn(&T) -> Timestamp,
    write: impl Fn(&mut Message<'_>, Step, &T) -> Result<(), Full>,
) -> Result<(), Full> {
    let mut before = Timestamp::EPOCH;
    entries.iter().try_for_each(|entry| {
        let step = time(entry).micros_since(before);
        before = time(entry);
        message.message(number, |inner| write(inner, step, entry))
    })
}

fn fix(message: &mut Message<'_>, step: Step, fix: &GnssFix) -> Result<(), Full> {
    message.signed(1, step)?;
    message.message(2, |inner| location(inner, &fix.location))?;
    message.optional_double(3, fix.speed_m_s)?;
    message.optional_unsigned(4, fix.satellites.map(u64::from))
}

fn bus_speed(message: &mut Message<'_>, step: Step, speed: &BusSpeed) -> Result<(), Full> {
    message.signed(1, step)?;
    message.optional_double(2, Some(speed.speed_km_h))
}

fn motion(message: &mut Message<'_>, step: Step, motion: &MotionSummary) -> Result<(), Full> {
    message.signed(1, step)?;
    message.signed(2, motion.until.micros_since(motion.from))?;
    message.optional_double(3, Some(motion.mean_m_s2))?;
    message.optional_double(4, Some(motion.peak_m_s2))?;
    message.unsigned(5, motion.samples.into())
}

fn cell(message: &mut Message<'_>, step: Step, cell: &ServingCell) -> Result<(), Full> {
    message.signed(1, step)?;
    message.unsigned(2, cell.mcc.into())?;
    message.unsigned(3, cell.mnc.into())?;
    message.unsigned(4, cell.area.into())?;
    message.unsigned(5, cell.cell)
}
