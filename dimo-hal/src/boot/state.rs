//! [`BootState`]: which slot is confirmed, which is on trial, and why the last decision was as it was.

/// One of two places for an image. Manifests name them `0` and `1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum BootSlot {
    /// The first.
    A,
    /// The second.
    B,
}

impl BootSlot {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// The one that it is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// 0 or 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::A),
            1 => Some(Self::B),
            _ => None,
        }
    }
}

/// Why what runs was started. The number is for storing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum BootReason {
    /// It is confirmed, and nothing else was to be tried.
    #[default]
    Confirmed = 0,
    /// It is on trial.
    Trial = 1,
    /// The trial of the other image was used up without being confirmed.
    TrialExhausted = 2,
    /// The other image was not sound when it was to be tried.
    TrialRefused = 3,
    /// The application took the other image back.
    TakenBack = 4,
    /// The confirmed image is not sound, this one is.
    ConfirmedRefused = 5,
    /// Nothing was ever confirmed: the first start after the factory.
    First = 6,
}

impl BootReason {
    const ALL: [Self; 7] = [
        Self::Confirmed,
        Self::Trial,
        Self::TrialExhausted,
        Self::TrialRefused,
        Self::TakenBack,
        Self::ConfirmedRefused,
        Self::First,
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
}

/// What the boot loader keeps, 14 bytes: format, confirmed slot, slot on trial, starts left, why the last trial ended, zero, and the number (8, little-endian) that
/// the counter is to be raised to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BootState {
    /// The slot whose image is confirmed; none before the first start.
    pub confirmed: Option<BootSlot>,
    /// The slot whose image is to be tried, and for how many starts more.
    pub trial: Option<(BootSlot, u8)>,
    /// Why the last trial ended without being confirmed; [`BootReason::Confirmed`] when it was not so.
    pub reverted: BootReason,
    /// What the counter is to be at least.
    pub raise_to: u64,
}

const FORMAT: u8 = 1;
const NONE: u8 = 0xFF;

impl BootState {
    /// The length of its bytes.
    pub const LEN: usize = 14;

    /// What is stored.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let slot = |slot: Option<BootSlot>| slot.map_or(NONE, BootSlot::number);
        let [n0, n1, n2, n3, n4, n5, n6, n7] = self.raise_to.to_le_bytes();
        let (trial, left) = (slot(self.trial.map(|(slot, _)| slot)), self.trial.map_or(0, |(_, left)| left));
        let reverted = self.reverted.code();
        [FORMAT, slot(self.confirmed), trial, left, reverted, 0, n0, n1, n2, n3, n4, n5, n6, n7]
    }

    /// What was stored; `None` for bytes of another format or without meaning.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let [FORMAT, confirmed, trial, left, reverted, 0, n0, n1, n2, n3, n4, n5, n6, n7] = *bytes else {
            return None;
        };
        let slot = |number| match number {
            NONE => Some(None),
            number => BootSlot::from_number(number).map(Some),
        };
        Some(Self {
            confirmed: slot(confirmed)?,
            trial: slot(trial)?.map(|slot| (slot, left)),
            reverted: BootReason::from_code(reverted)?,
            raise_to: u64::from_le_bytes([n0, n1, n2, n3, n4, n5, n6, n7]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BootReason, BootSlot, BootState};

    #[test]
    fn a_state_comes_back_from_its_bytes_and_others_do_not() {
        let state = BootState {
            confirmed: Some(BootSlot::A),
            trial: Some((BootSlot::B, 3)),
            reverted: BootReason::TrialRefused,
            raise_to: 77,
        };
        assert_eq!(BootState::from_bytes(&state.to_bytes()), Some(state));
        assert_eq!(BootState::from_bytes(&BootState::default().to_bytes()), Some(BootState::default()));
        for (place, value) in [(0, 2), (1, 2), (2, 7), (4, 7), (5, 1)] {
            let mut bytes = state.to_bytes();
            bytes[place] = value;
            assert_eq!(BootState::from_bytes(&bytes), None, "byte {place}");
        }
        assert_eq!(BootState::from_bytes(&[]), None);
    }
}
