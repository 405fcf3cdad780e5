//! [`LowPower`]: the ways to save power that a network grants.

use core::time::Duration;

/// A way to save power. Timers are what the network grants, rarely exactly what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LowPower {
    /// None: the modem listens to the network all the time.
    None,
    /// Power saving mode (3GPP TS 23.682, 4.5.4): unreachable but for a while after each update.
    Psm(PsmTimers),
    /// Extended discontinuous reception: it listens once a cycle.
    Edrx(EdrxCycle),
}

/// The two timers of the power saving mode, in the steps that the network knows (3GPP TS 24.008, 10.5.7.4 and 10.5.7.4a).
///
/// # Example: every six hours, reachable for a minute
///
/// ```
/// use core::time::Duration;
/// use dimo_hal::modem::PsmTimers;
/// let timers = PsmTimers::new(Duration::from_secs(6 * 3600), Duration::from_secs(60)).unwrap();
/// assert_eq!(timers.update(), Duration::from_secs(6 * 3600));
/// assert_eq!(timers.bits(), (0b001_00110, 0b000_11110));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PsmTimers {
    update: u8,
    active: u8,
}

/// Seconds of a step of T3412 extended, the finest first, and its code in the top three bits.
const UPDATE_STEPS: [(u64, u8); 7] =
    [(2, 3), (30, 4), (60, 5), (600, 0), (3600, 1), (36_000, 2), (1_152_000, 6)];
/// The same of T3324.
const ACTIVE_STEPS: [(u64, u8); 3] = [(2, 0), (60, 1), (360, 2)];

impl PsmTimers {
    /// Timers of at least these lengths, in the finest step that has them: an update every `update` (to 413 days), reachable for
    /// `active` (to 186 minutes) after it. `None` beyond that, or when `active` is no shorter than `update`.
    #[must_use]
    pub fn new(update: Duration, active: Duration) -> Option<Self> {
        let timers = Self { update: encode(update, &UPDATE_STEPS)?, active: encode(active, &ACTIVE_STEPS)? };
        (timers.active() < timers.update()).then_some(timers)
    }

    /// From the two octets that a network sends; `None` where one is switched off or unknown.
    #[must_use]
    pub fn from_bits(update: u8, active: u8) -> Option<Self> {
        decode(update, &UPDATE_STEPS).and(decode(active, &ACTIVE_STEPS)).map(|_| Self { update, active })
    }

    /// The octets of T3412 extended and T3324.
    #[must_use]
    pub const fn bits(self) -> (u8, u8) {
        (self.update, self.active)
    }

    /// How often the modem tells the network that it is there.
    #[must_use]
    pub fn update(self) -> Duration {
        decode(self.update, &UPDATE_STEPS).unwrap_or_default()
    }

    /// How long it can be reached after that.
    #[must_use]
    pub fn active(self) -> Duration {
        decode(self.active, &ACTIVE_STEPS).unwrap_or_default()
    }
}

fn encode(length: Duration, steps: &[(u64, u8)]) -> Option<u8> {
    let seconds = length.as_secs().saturating_add(u64::from(length.subsec_nanos() > 0));
    steps.iter().find_map(|(step, code)| {
        let count = u8::try_from(seconds.div_ceil(*step)).ok().filter(|count| *count < 32)?;
        Some(code << 5 | count)
    })
}

fn decode(bits: u8, steps: &[(u64, u8)]) -> Option<Duration> {
    let (step, _) = steps.iter().find(|(_, code)| *code == bits >> 5)?;
    Some(Duration::from_secs(step * u64::from(bits & 31)))
}

/// The length of a cycle of extended discontinuous reception over LTE (3GPP TS 24.008, 10.5.5.32).
///
/// # Example: the next longer cycle there is
///
/// ```
/// use core::time::Duration;
/// use dimo_hal::modem::EdrxCycle;
/// let cycle = EdrxCycle::at_least(Duration::from_secs(3 * 60)).unwrap();
/// assert_eq!((cycle.bits(), cycle.length()), (0b1010, Duration::from_millis(327_680)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EdrxCycle(u8);

/// In units of 1.024 s, by code.
const CYCLES: [u32; 16] = [5, 10, 20, 40, 60, 80, 100, 120, 140, 160, 320, 640, 1280, 2560, 5120, 10_240];

impl EdrxCycle {
    /// The shortest cycle of at least this length; `None` beyond 2 h 54 min.
    #[must_use]
    pub fn at_least(length: Duration) -> Option<Self> {
        (0..16).map(Self).find(|cycle| cycle.length() >= length)
    }

    /// From the four bits that a network sends.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits < 16 { Some(Self(bits)) } else { None }
    }

    /// The four bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The length.
    #[must_use]
    pub fn length(self) -> Duration {
        let units = CYCLES.get(usize::from(self.0)).copied().unwrap_or_default();
        Duration::from_millis(1024) * units
    }
}
