//! [`Reason`]: why a device went up or down.

/// Why the state changed. The number is for storing, the name for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Reason {
    /// The device got power.
    PowerOn = 1,
    /// The ignition went on.
    IgnitionOn = 2,
    /// The voltage has stayed where an alternator or a converter holds it.
    Charging = 3,
    /// The voltage rose at once: something has begun to charge.
    VoltageRise = 4,
    /// The vehicle was moved.
    Motion = 5,
    /// The vehicle's bus woke up.
    CanActivity = 6,
    /// It was time for a sign of life.
    Heartbeat = 7,
    /// Somebody in the device asked for time, with a wake lock.
    WakeLock = 8,
    /// The ignition went off, a while ago.
    IgnitionOff = 16,
    /// Nothing charges any more, since a while.
    ChargingEnded = 17,
    /// The voltage was the only sign of life for too long.
    VoltageOnly = 18,
    /// There is nothing to do.
    Idle = 19,
    /// The time that a parked vehicle's battery gives is used up.
    BudgetSpent = 20,
    /// The vehicle has stood for long.
    LongParked = 21,
    /// The battery was below the cut-out for too long.
    CutOut = 22,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 15] = [
        Self::PowerOn,
        Self::IgnitionOn,
        Self::Charging,
        Self::VoltageRise,
        Self::Motion,
        Self::CanActivity,
        Self::Heartbeat,
        Self::WakeLock,
        Self::IgnitionOff,
        Self::ChargingEnded,
        Self::VoltageOnly,
        Self::Idle,
        Self::BudgetSpent,
        Self::LongParked,
        Self::CutOut,
    ];

    /// The number that is stored; it never changes its meaning.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The reason of a stored number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// In words, for logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PowerOn => "power-on",
            Self::IgnitionOn => "ignition-on",
            Self::Charging => "charging",
            Self::VoltageRise => "voltage-rise",
            Self::Motion => "motion",
            Self::CanActivity => "can-activity",
            Self::Heartbeat => "heartbeat",
            Self::WakeLock => "wake-lock",
            Self::IgnitionOff => "ignition-off",
            Self::ChargingEnded => "charging-ended",
            Self::VoltageOnly => "voltage-only",
            Self::Idle => "idle",
            Self::BudgetSpent => "budget-spent",
            Self::LongParked => "long-parked",
            Self::CutOut => "cut-out",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn each_number_stands_for_one_reason() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(Reason::from_code(0), None);
    }
}
