//! [`Se05xError`] and [`StatusWord`].

use core::fmt;

use embedded_hal::i2c;
use thiserror::Error;

use crate::secure_element::{CounterId, Curve, Error, ErrorKind, KeySlot};

/// The status an applet ends each answer with (ISO 7816-4, section 5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a number with a meaning, nothing to add")]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// All is well.
    pub const OK: Self = Self(0x9000);
    /// The limit of commands of the element is reached for now.
    pub const THROUGHPUT: Self = Self(0x66A6);
    /// The command has the wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// A secure channel or a session is asked for, which this driver does not open.
    pub const SECURITY_STATUS: Self = Self(0x6982);
    /// Something the command needs is not there, or forbidden: an object, a curve, a mode.
    pub const CONDITIONS: Self = Self(0x6985);
    /// The policy does not fit the object.
    pub const INVALID_DATA: Self = Self(0x6984);
    /// The policy of the object forbids it.
    pub const NOT_ALLOWED: Self = Self(0x6986);
    /// A value in the command is wrong.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// There is no such applet or object.
    pub const NOT_FOUND: Self = Self(0x6A82);
    /// The element has no memory left.
    pub const FULL: Self = Self(0x6A84);
    /// The applet does not know these parameters.
    pub const WRONG_PARAMETERS: Self = Self(0x6A86);
    /// The applet does not know this command.
    pub const UNKNOWN_COMMAND: Self = Self(0x6D00);
    /// The applet does not know this class of commands.
    pub const UNKNOWN_CLASS: Self = Self(0x6E00);

    /// Whether the element says that it may not, rather than that it cannot.
    pub(crate) const fn refuses(self) -> bool {
        matches!(self, Self::SECURITY_STATUS | Self::CONDITIONS | Self::NOT_ALLOWED)
    }

    const fn kind(self) -> ErrorKind {
        match self {
            Self::THROUGHPUT => ErrorKind::Busy,
            Self::NOT_FOUND | Self::WRONG_PARAMETERS | Self::UNKNOWN_COMMAND | Self::UNKNOWN_CLASS => {
                ErrorKind::Unsupported
            }
            status if status.refuses() => ErrorKind::PolicyDenied,
            _ => ErrorKind::Other,
        }
    }
}

/// Four hexadecimal digits, as in the manuals.
impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// Why the element did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Se05xError {
    /// The I2C bus failed in another way than "not acknowledged", which a busy element does. Look at the wiring.
    #[error("the bus failed: {0}")]
    Bus(i2c::ErrorKind),
    /// The element was silent or not ready for too long. Try again; then cycle its power.
    #[error("the element did not answer in time")]
    Timeout,
    /// Blocks stayed damaged through every repetition. Try again; then look at the bus speed and its pull-ups.
    #[error("blocks stay damaged")]
    Damaged,
    /// The element asked for more time more often than the driver grants. Try again; then cycle its power.
    #[error("the element asks for ever more time")]
    Stalled,
    /// The element broke the protocol or gave up a transfer. Try again.
    #[error("the element broke the protocol")]
    Protocol,
    /// The answer has another form than the command has. The applet is another than the one this driver knows.
    #[error("the answer has an unknown form")]
    Answer,
    /// The applet refused the command.
    #[error("the applet answered {0}")]
    Status(StatusWord),
    /// There is no key under this object id. In the factory: generate one.
    #[error("object {:#010X} is empty", slot.0)]
    SlotEmpty {
        /// The object.
        slot: KeySlot,
    },
    /// The object exists and may not be replaced, or is no key pair.
    #[error("object {:#010X} is taken", slot.0)]
    SlotTaken {
        /// The object.
        slot: KeySlot,
    },
    /// The object id is reserved: by the maker of the element, for its applet, or for the counters of this driver.
    #[error("object {:#010X} is reserved", slot.0)]
    NoSuchSlot {
        /// The object.
        slot: KeySlot,
    },
    /// The private key was written from outside, so that others may have it. It is no wallet: generate one in the element.
    #[error("the key in object {:#010X} was not generated in the element", slot.0)]
    KeyImported {
        /// The object.
        slot: KeySlot,
    },
    /// The driver signs on secp256k1 only, and not every variant of the element has it.
    #[error("no keys on {curve:?}")]
    CurveUnsupported {
        /// The curve asked for.
        curve: Curve,
    },
    /// The driver was made with fewer counters.
    #[error("there is no counter {}", counter.0)]
    NoSuchCounter {
        /// The counter asked for.
        counter: CounterId,
    },
    /// The counter read back is below what was just written. Do not trust the part until it is known why.
    #[error("counter {} stays at {value}", counter.0)]
    CounterStuck {
        /// The counter.
        counter: CounterId,
        /// Its value.
        value: u64,
    },
}

impl Error for Se05xError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Bus(_) => ErrorKind::Bus,
            Self::Timeout | Self::Stalled => ErrorKind::Timeout,
            Self::Damaged | Self::Protocol => ErrorKind::Integrity,
            Self::Answer | Self::CounterStuck { .. } => ErrorKind::Other,
            Self::Status(status) => status.kind(),
            Self::SlotEmpty { .. } => ErrorKind::SlotEmpty,
            Self::SlotTaken { .. } => ErrorKind::SlotTaken,
            Self::NoSuchSlot { .. } => ErrorKind::NoSuchSlot,
            Self::KeyImported { .. } => ErrorKind::PolicyDenied,
            Self::CurveUnsupported { .. } => ErrorKind::CurveUnsupported,
            Self::NoSuchCounter { .. } => ErrorKind::NoSuchCounter,
        }
    }
}
