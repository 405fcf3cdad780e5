//! Movement evidence as it was received.

use alloc::vec::Vec;

use super::column::location;
use super::{DecodeError, v1};
use crate::{BusSpeed, GnssFix, MotionSummary, MovementEvidence, ServingCell, Timestamp};

/// The parts of evidence that [`MovementEvidence`] borrows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Movement {
    fixes: Vec<GnssFix>,
    bus_speeds: Vec<BusSpeed>,
    motion: Vec<MotionSummary>,
    cells: Vec<ServingCell>,
}

impl Movement {
    pub(super) fn check(message: &v1::Movement) -> Result<Self, DecodeError> {
        Ok(Self {
            fixes: each(&message.fixes, "fixes", |fix| fix.step_us, fix)?,
            bus_speeds: each(&message.bus_speeds, "bus_speeds", |speed| speed.step_us, bus_speed)?,
            motion: each(&message.motion, "motion", |motion| motion.step_us, motion)?,
            cells: each(&message.cells, "cells", |cell| cell.step_us, cell)?,
        })
    }

    pub(super) fn evidence(&self) -> MovementEvidence<'_> {
        MovementEvidence {
            fixes: &self.fixes,
            bus_speeds: &self.bus_speeds,
            motion: &self.motion,
            cells: &self.cells,
        }
    }
}

fn each<M, T>(
    messages: &[M],
    list: &'static str,
    step: impl Fn(&M) -> i64,
    read: impl Fn(&M, Timestamp) -> Option<T>,
) -> Result<Vec<T>, DecodeError> {
    let mut before = Timestamp::EPOCH;
    let entries = messages.iter().enumerate().map(|(position, message)| {
        let time = before.checked_add_micros(step(message));
        let entry = time.and_then(|time| {
            before = time;
            read(message, time)
        });
        entry.ok_or(DecodeError::Movement { list, position })
    });
    entries.collect()
}

fn fix(fix: &v1::Fix, time: Timestamp) -> Option<GnssFix> {
    let satellites = fix.satellites.map(u8::try_from).transpose().ok()?;
    Some(GnssFix { time, location: location(fix.location.as_ref()?)?, speed_m_s: fix.speed_m_s, satellites })
}

fn bus_speed(speed: &v1::BusSpeed, time: Timestamp) -> Option<BusSpeed> {
    Some(BusSpeed { time, speed_km_h: speed.speed_km_h? })
}

fn motion(motion: &v1::Motion, from: Timestamp) -> Option<MotionSummary> {
    Some(MotionSummary {
        from,
        until: from.checked_add_micros(motion.span_us)?,
        mean_m_s2: motion.mean_m_s2?,
        peak_m_s2: motion.peak_m_s2?,
        samples: motion.samples,
    })
}

fn cell(cell: &v1::Cell, time: Timestamp) -> Option<ServingCell> {
    Some(ServingCell {
        time,
        mcc: u16::try_from(cell.mcc).ok()?,
        mnc: u16::try_from(cell.mnc).ok()?,
        area: cell.area,
        cell: cell.cell,
    })
}
