//! [`GuardPolicy`]: what a deployment may choose.

use dimo_types::CanId;

/// Whether the vehicle moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "it does, it does not, or nobody knows")]
pub enum Driving {
    /// It stands.
    Standing,
    /// It moves.
    Moving,
    /// Nobody has said. Taken for moving.
    Unknown,
}

/// Whether a moving vehicle may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "yes or no, in words")]
pub enum WhileDriving {
    /// Reads pass.
    Ask,
    /// Nothing is sent.
    BeSilent,
}

/// What a deployment may choose. The list of services is not among it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GuardPolicy {
    /// Bits a second on the bus, arbitration phase.
    pub bit_rate: u32,
    /// What share of the bus the device may take, in thousandths, over a second.
    pub load_permille: u16,
    /// Whether a moving vehicle may be asked.
    pub while_driving: WhileDriving,
    /// Identifiers of control units beside those of OBD-II: a manufacturer's own.
    pub identifiers: &'static [CanId],
}

impl GuardPolicy {
    /// Two per cent of the bus, reads while driving, and the identifiers of OBD-II.
    #[must_use]
    pub const fn new(bit_rate: u32) -> Self {
        Self { bit_rate, load_permille: 20, while_driving: WhileDriving::Ask, identifiers: &[] }
    }

    /// With another share of the bus, in thousandths; at most 100.
    #[must_use]
    pub const fn with_load_permille(self, load_permille: u16) -> Self {
        Self { load_permille: if load_permille > 100 { 100 } else { load_permille }, ..self }
    }

    /// Silent while the vehicle moves.
    #[must_use]
    pub const fn silent_while_driving(self) -> Self {
        Self { while_driving: WhileDriving::BeSilent, ..self }
    }

    /// With these identifiers of control units too.
    #[must_use]
    pub const fn with_identifiers(self, identifiers: &'static [CanId]) -> Self {
        Self { identifiers, ..self }
    }
}

/// Whom a request goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressed {
    /// Every control unit: single frames only.
    Everybody,
    One,
}

impl GuardPolicy {
    /// `None` for an identifier that no request has (ISO 15765-4).
    pub(super) fn addressed(&self, id: CanId) -> Option<Addressed> {
        let number = id.number();
        match (id.is_extended(), number) {
            (false, 0x7DF) | (true, 0x18DB_33F1) => Some(Addressed::Everybody),
            (false, 0x7E0..=0x7E7) => Some(Addressed::One),
            // From the tester, 0xF1, to any control unit but itself.
            (true, 0x18DA_00F1..=0x18DA_FFF1) if number & 0xFF == 0xF1 && number != 0x18DA_F1F1 => {
                Some(Addressed::One)
            }
            _ => self.identifiers.contains(&id).then_some(Addressed::One),
        }
    }
}
