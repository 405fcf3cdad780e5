//! [`WakeSource`] and sets of them.

use core::fmt;
use core::ops::BitOr;

/// What wakes a sleeping device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum WakeSource {
    /// The time is up.
    Timer = 0,
    /// The ignition line.
    Ignition = 1,
    /// The accelerometer.
    Motion = 2,
    /// A voltage level, or a rise.
    Voltage = 3,
    /// Traffic on the vehicle's bus.
    Can = 4,
    /// The modem: a text message, data.
    Modem = 5,
    /// A button on the device.
    Button = 6,
    /// The device was plugged in, or a cable was.
    Plug = 7,
}

impl WakeSource {
    /// Every source.
    pub const ALL: [Self; 8] = [
        Self::Timer,
        Self::Ignition,
        Self::Motion,
        Self::Voltage,
        Self::Can,
        Self::Modem,
        Self::Button,
        Self::Plug,
    ];
}

/// Any number of sources.
///
/// # Example: what was asked for and is not armed
///
/// ```
/// use dimo_hal::power_manager::{WakeSource, WakeSources};
/// let wanted = WakeSource::Timer | WakeSource::Motion;
/// let armed = WakeSources::from(WakeSource::Timer);
/// assert!(wanted.without(armed).contains(WakeSource::Motion));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct WakeSources(u8);

impl WakeSources {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(0xFF);

    /// Whether it is among them.
    #[must_use]
    pub const fn contains(self, source: WakeSource) -> bool {
        self.0 & (1 << source as u8) != 0
    }

    /// Those that are not in `others`.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = WakeSource> {
        WakeSource::ALL.into_iter().filter(move |source| self.contains(*source))
    }
}

impl From<WakeSource> for WakeSources {
    fn from(source: WakeSource) -> Self {
        Self(1 << source as u8)
    }
}

impl BitOr<WakeSource> for WakeSources {
    type Output = Self;

    fn bitor(self, source: WakeSource) -> Self {
        self | Self::from(source)
    }
}

impl BitOr for WakeSources {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

impl BitOr for WakeSource {
    type Output = WakeSources;

    fn bitor(self, other: Self) -> WakeSources {
        WakeSources::from(self) | other
    }
}

impl fmt::Debug for WakeSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
