//! [`Handover`]: what the boot loader tells the image that it starts.

use dimo_hal::boot::{BootReason, BootSlot};

/// What ended the program before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The power was away.
    PowerOn,
    /// The program asked for it.
    Software,
    /// It hung or panicked, and the watchdog ended it.
    Watchdog,
}

impl Reset {
    const ALL: [Self; 3] = [Self::PowerOn, Self::Software, Self::Watchdog];
}

/// Left in RAM for the image: which one it is, and why it was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The slot that the image runs in.
    pub slot: BootSlot,
    /// Why it was started and not the other one.
    pub reason: BootReason,
    /// What ended the program before.
    pub reset: Reset,
    /// Its security number.
    pub seq: u64,
    /// The security number of the boot loader.
    pub boot_seq: u64,
}

/// Two letters and the version of the form.
const MAGIC: [u8; 4] = *b"DBH\x01";

impl Handover {
    /// The length of its bytes.
    pub const LEN: usize = 24;

    /// What is left in RAM: magic (4), slot, reason, reset, zero, and both numbers, little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [m0, m1, m2, m3] = MAGIC;
        let [s0, s1, s2, s3, s4, s5, s6, s7] = self.seq.to_le_bytes();
        let [b0, b1, b2, b3, b4, b5, b6, b7] = self.boot_seq.to_le_bytes();
        let (slot, reason, reset) = (self.slot.number(), self.reason.code(), self.reset as u8);
        [
            m0, m1, m2, m3, slot, reason, reset, 0, s0, s1, s2, s3, s4, s5, s6, s7, b0, b1, b2, b3, b4, b5,
            b6, b7,
        ]
    }

    /// What was left; `None` when no boot loader ran.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Option<Self> {
        let (head, numbers) = bytes.split_first_chunk::<8>()?;
        let (seq, boot_seq) = numbers.split_first_chunk()?;
        let [m0, m1, m2, m3, slot, reason, reset, 0] = *head else { return None };
        Some(Self {
            slot: BootSlot::ALL.into_iter().find(|it| it.number() == slot && [m0, m1, m2, m3] == MAGIC)?,
            reason: BootReason::from_code(reason)?,
            reset: Reset::ALL.into_iter().find(|it| *it as u8 == reset)?,
            seq: u64::from_le_bytes(*seq),
            boot_seq: u64::from_le_bytes(*boot_seq.first_chunk()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BootReason, BootSlot, Handover, Reset};

    #[test]
    fn what_is_handed_over_comes_back_and_what_stood_in_ram_by_chance_does_not() {
        let (slot, reason, reset) = (BootSlot::B, BootReason::TrialRefused, Reset::Watchdog);
        let told = Handover { slot, reason, reset, seq: 7, boot_seq: 1 };
        assert_eq!(Handover::from_bytes(&told.to_bytes()), Some(told));
        for (place, value) in [(0, 0), (3, 2), (4, 2), (5, 99), (6, 3), (7, 1)] {
            let mut bytes = told.to_bytes();
            bytes[place] = value;
            assert_eq!(Handover::from_bytes(&bytes), None, "byte {place}");
        }
    }
}
