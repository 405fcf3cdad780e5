//! The contract of [`Gnss`].

use core::fmt::Debug;

use dimo_types::Timestamp;
use thiserror::Error;

use crate::gnss::{Fix, Gnss, GnssPower, GnssReport};

/// Checks a receiver under the open sky, or a simulator of one: within `reports` reports it finds itself within `within_e7` (1e-7 degrees, each way) of a known place,
/// and goes on with times that ascend.
///
/// # Errors
///
/// The first [`GnssViolation`] found.
pub async fn check_gnss<G: Gnss>(
    gnss: &mut G,
    place_e7: (i32, i32),
    within_e7: u32,
    reports: u32,
) -> Result<(), GnssViolation<G::Error>> {
    gnss.set_power(GnssPower::Tracking).await?;
    // Of the last fix that had one.
    let mut last: Option<Timestamp> = None;
    let mut fixes = 0_u32;
    for _ in 0..reports {
        let GnssReport::Fix(fix) = gnss.next_report().await? else { continue };
        check_fix(&fix, place_e7, within_e7)?;
        if let Some((before, time)) = last.zip(fix.time)
            && time <= before
        {
            return Err(GnssViolation::WentBack);
        }
        last = fix.time.or(last);
        fixes += 1;
    }
    if fixes < 2 { Err(GnssViolation::NoFix) } else { Ok(()) }
}

fn check_fix<E: Debug>(fix: &Fix, place_e7: (i32, i32), within_e7: u32) -> Result<(), GnssViolation<E>> {
    if fix.latitude_e7.unsigned_abs() > 900_000_000 || fix.longitude_e7.unsigned_abs() > 1_800_000_000 {
        return Err(GnssViolation::OffTheGlobe);
    }
    if fix.course_cdeg.is_some_and(|course| course >= 36_000) {
        return Err(GnssViolation::Course);
    }
    let (latitude, longitude) = place_e7;
    let off = fix.latitude_e7.abs_diff(latitude).max(fix.longitude_e7.abs_diff(longitude));
    if off > within_e7 { Err(GnssViolation::Elsewhere { off_e7: off }) } else { Ok(()) }
}

/// How a receiver breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GnssViolation<E: Debug> {
    /// A call failed that must not.
    #[error("a call failed: {0:?}")]
    Failed(E),
    /// It never finds itself, or only once.
    #[error("it never finds itself")]
    NoFix,
    /// It reports a place that is not on the globe.
    #[error("the place is not on the globe")]
    OffTheGlobe,
    /// It reports a course that is none.
    #[error("the course is not from 0 to 359.99 degrees")]
    Course,
    /// It reports another place.
    #[error("it is {off_e7} e-7 degrees away from where it is")]
    Elsewhere {
        /// How far away, in 1e-7 degrees.
        off_e7: u32,
    },
    /// Its time stands still or goes back.
    #[error("its time does not go on")]
    WentBack,
}

impl<E: crate::gnss::Error> From<E> for GnssViolation<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
