//! [`PowerConfig`]: thresholds in mV, times in ms, currents in microampere.

use thiserror::Error;

/// How often a sleeping device wakes for a sign of life, while the vehicle has stood for less than `until_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a row of a table")]
pub struct Heartbeat {
    /// Up to this time since the vehicle was parked, in ms.
    pub until_ms: u64,
    /// From one sign of life to the next, in ms.
    pub every_ms: u64,
}

/// What a device draws in each state, in microampere at the battery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "one number for each state")]
pub struct Currents {
    /// With everything on.
    pub active: u32,
    /// With the bus received and the modem registered.
    pub listen: u32,
    /// With wake sources and a timer.
    pub sleep: u32,
    /// With the voltage watched.
    pub hibernate: u32,
}

/// Every number the machine goes by. Start from a profile, change what differs, and [`validate`](Self::validate).
///
/// The numbers of the network's first devices fit: 13.2 V for 3 s and +0.5 V within 1 s wake, 12.2 V for 240 s cuts out.
///
/// # Example: a device that shall sleep sooner
///
/// ```
/// use dimo_hal::power::{PowerConfig, PowerConfigError};
/// let config = PowerConfig { sleep_after_ms: 300_000, ..PowerConfig::TWELVE_VOLT };
/// assert_eq!(config.validate(), Ok(()));
/// let flapping = PowerConfig { wake_mv: 12_800, ..config };
/// assert_eq!(flapping.validate(), Err(PowerConfigError::Hysteresis { wake_mv: 12_800, sleep_mv: 12_800, least_mv: 300 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "made from a profile with some fields changed")]
pub struct PowerConfig {
    /// The nominal voltage of the battery: 12,000 or 24,000 mV. Hysteresis is asked for in proportion.
    pub nominal_mv: u32,
    /// Below this voltage for [`cut_out_ms`](Self::cut_out_ms), the device hibernates whatever it does.
    pub cut_out_mv: u32,
    /// How long the voltage stays below the cut-out until it counts.
    pub cut_out_ms: u64,
    /// After a cut-out nothing wakes below this voltage.
    pub recover_mv: u32,
    /// Below this voltage nothing charges.
    pub sleep_mv: u32,
    /// From this voltage on something charges.
    pub wake_mv: u32,
    /// How long the voltage stays above [`wake_mv`](Self::wake_mv), or below [`sleep_mv`](Self::sleep_mv), until it counts.
    pub wake_ms: u64,
    /// A rise by so much within [`rise_ms`](Self::rise_ms) wakes.
    pub rise_mv: u32,
    /// The time for a rise.
    pub rise_ms: u64,
    /// What is shorter than this is no voltage but a disturbance: cranking, a load switched.
    pub dip_ms: u64,
    /// Flash is written from this voltage on.
    pub write_mv: u32,
    /// From the ignition going off, or charging ending, to listening.
    pub listen_after_ms: u64,
    /// From there to sleep.
    pub sleep_after_ms: u64,
    /// From waking by motion, the bus or a rise to sleep.
    pub sleep_after_wake_ms: u64,
    /// How long a sign of life takes at most.
    pub heartbeat_ms: u64,
    /// When signs of life are due, by how long the vehicle has stood; none after the last row.
    pub heartbeats: [Heartbeat; 3],
    /// How long the vehicle stands until the device hibernates.
    pub hibernate_after_ms: u64,
    /// How long motion or the bus are quiet until they may wake again.
    pub quiet_ms: u64,
    /// The least time in sleep, but for the ignition.
    pub dwell_ms: u64,
    /// How long a voltage alone, without ignition, motion and bus, keeps the device active.
    pub voltage_only_ms: u64,
    /// How long the device may be awake in one parked period, signs of life apart.
    pub awake_max_ms: u64,
    /// What the states draw.
    pub currents: Currents,
}

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl PowerConfig {
    /// A car with a lead-acid battery of 12 V.
    pub const TWELVE_VOLT: Self = Self {
        nominal_mv: 12_000,
        cut_out_mv: 12_200,
        cut_out_ms: 240 * SECOND,
        recover_mv: 12_500,
        sleep_mv: 12_800,
        wake_mv: 13_200,
        wake_ms: 3 * SECOND,
        rise_mv: 500,
        rise_ms: SECOND,
        dip_ms: 100,
        write_mv: 9_000,
        listen_after_ms: MINUTE,
        sleep_after_ms: 30 * MINUTE,
        sleep_after_wake_ms: 10 * MINUTE,
        heartbeat_ms: MINUTE,
        heartbeats: [
            Heartbeat { until_ms: DAY, every_ms: HOUR },
            Heartbeat { until_ms: 7 * DAY, every_ms: 6 * HOUR },
            Heartbeat { until_ms: 14 * DAY, every_ms: DAY },
        ],
        hibernate_after_ms: 14 * DAY,
        quiet_ms: MINUTE,
        dwell_ms: 10 * SECOND,
        voltage_only_ms: 2 * HOUR,
        awake_max_ms: 4 * HOUR,
        currents: Currents { active: 120_000, listen: 30_000, sleep: 1_500, hibernate: 300 },
    };

    /// A truck with two such batteries in a row: every voltage twice as high.
    pub const TWENTY_FOUR_VOLT: Self = Self {
        nominal_mv: 24_000,
        cut_out_mv: 24_400,
        recover_mv: 25_000,
        sleep_mv: 25_600,
        wake_mv: 26_400,
        rise_mv: 1_000,
        write_mv: 18_000,
        ..Self::TWELVE_VOLT
    };

    /// A vehicle whose 12 V battery is charged from a traction battery now and then: the converter lifts the voltage while it stands, so a voltage
    /// says little and keeps the device up for ten minutes only.
    pub const ELECTRIC: Self = Self {
        sleep_mv: 13_000,
        wake_mv: 13_600,
        voltage_only_ms: 10 * MINUTE,
        awake_max_ms: 2 * HOUR,
        ..Self::TWELVE_VOLT
    };

    /// The least distance between a threshold that wakes and one that lets sleep: 300 mV at 12 V.
    #[must_use]
    pub const fn hysteresis_mv(&self) -> u32 {
        self.nominal_mv / 40
    }

    /// Checks that the numbers make a machine that keeps what it promises.
    ///
    /// # Errors
    ///
    /// The first [`PowerConfigError`].
    pub fn validate(&self) -> Result<(), PowerConfigError> {
        let least_mv = self.hysteresis_mv();
        if !(6_000..=60_000).contains(&self.nominal_mv) {
            return Err(PowerConfigError::Nominal { nominal_mv: self.nominal_mv });
        }
        let (wake_mv, sleep_mv) = (self.wake_mv, self.sleep_mv);
        if wake_mv < sleep_mv.saturating_add(least_mv) {
            return Err(PowerConfigError::Hysteresis { wake_mv, sleep_mv, least_mv });
        }
        let (wake_mv, sleep_mv) = (self.recover_mv, self.cut_out_mv);
        if wake_mv < sleep_mv.saturating_add(least_mv) {
            return Err(PowerConfigError::Hysteresis { wake_mv, sleep_mv, least_mv });
        }
        if self.sleep_mv < self.cut_out_mv || self.cut_out_mv < self.write_mv || self.write_mv == 0 {
            return Err(PowerConfigError::Order);
        }
        if self.rise_mv < least_mv {
            return Err(PowerConfigError::Rise { rise_mv: self.rise_mv, least_mv });
        }
        self.validate_times()
    }

    fn validate_times(&self) -> Result<(), PowerConfigError> {
        let positive = [
            self.cut_out_ms,
            self.wake_ms,
            self.rise_ms,
            self.sleep_after_ms,
            self.sleep_after_wake_ms,
            self.heartbeat_ms,
            self.quiet_ms,
            self.dwell_ms,
            self.voltage_only_ms,
            self.awake_max_ms,
            self.hibernate_after_ms,
        ];
        if positive.contains(&0) {
            return Err(PowerConfigError::ZeroTime);
        }
        let every_time = positive.iter().chain([&self.dip_ms, &self.listen_after_ms]);
        if every_time.copied().any(|time| time > Self::LONGEST_MS) {
            return Err(PowerConfigError::TooLong);
        }
        if self.cut_out_ms > HOUR {
            return Err(PowerConfigError::LateCutOut { cut_out_ms: self.cut_out_ms });
        }
        let rises = self.heartbeats.windows(2).all(|pair| match pair {
            [before, after] => before.until_ms <= after.until_ms,
            _ => true,
        });
        let rare = self.heartbeats.iter().all(|row| row.every_ms >= self.heartbeat_ms.saturating_mul(10));
        if rises && rare { Ok(()) } else { Err(PowerConfigError::Heartbeats) }
    }

    /// The longest time that makes sense: ten years.
    pub const LONGEST_MS: u64 = 3_650 * DAY;
}

/// Why numbers make no machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PowerConfigError {
    /// No vehicle has such a battery.
    #[error("a battery of {nominal_mv} mV: 6000 to 60000 are known")]
    Nominal {
        /// The voltage.
        nominal_mv: u32,
    },
    /// What wakes is too close to what lets sleep: the device would flap.
    #[error("{wake_mv} mV wakes and {sleep_mv} mV lets sleep: they are to be {least_mv} mV apart")]
    Hysteresis {
        /// The upper threshold.
        wake_mv: u32,
        /// The lower threshold.
        sleep_mv: u32,
        /// The least distance.
        least_mv: u32,
    },
    /// The thresholds are in the wrong order.
    #[error("writing, cut-out and sleep are to be at rising voltages above 0 mV")]
    Order,
    /// Noise would wake the device.
    #[error("a rise of {rise_mv} mV is to be {least_mv} mV at least")]
    Rise {
        /// The rise.
        rise_mv: u32,
        /// The least rise.
        least_mv: u32,
    },
    /// A time is zero that may not be.
    #[error("a time is 0 ms")]
    ZeroTime,
    /// A time is above ten years.
    #[error("a time is above ten years")]
    TooLong,
    /// The cut-out is too late to save a battery.
    #[error("the cut-out comes after {cut_out_ms} ms: an hour at most")]
    LateCutOut {
        /// The time.
        cut_out_ms: u64,
    },
    /// Signs of life are not in order, or follow each other in less than ten times what one takes.
    #[error("the heartbeats are not in order, or too close")]
    Heartbeats,
}
