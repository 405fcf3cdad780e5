//! [`Formula`]: the `dbc:` dialect of the network, one signal's bits, scale and range.

use dimo_types::{Raw, Scale, SignalValue};
use thiserror::Error;

use super::scan::{Scan, digits};
use crate::ByteOrder;
use crate::field::Field;

/// How a signal is read from a frame: the tail of a DBC `SG_` line, `start|size@order± (factor,offset) [min|max] "unit"`.
///
/// The network's formulas count the bits of the whole frame, so an answer to a request is given with its length byte,
/// service and PID: `31|8@0+` is the byte behind them. The prefix `dbc:` may be there or not, white space may be anywhere
/// between the parts, the unit may be empty or missing, and text behind it is ignored.
///
/// The network's devices read `@1` (Intel) from highest byte to lowest too, and their formulas count on it: see [`Dialect`].
///
/// # Example: a value, and one that the range forbids
///
/// ```
/// use dimo_dbc::gen1::{EvaluateError, Formula};
/// let (odometer, unit) = Formula::parse_with_unit(r#"dbc:31|32@0+ (0.1,0) [1|4294967295] "km""#)?;
/// assert_eq!(unit, "km");
/// let value = odometer.evaluate(&[0x06, 0x41, 0xA6, 0x00, 0x08, 0xB2, 0x42, 0x00]).unwrap();
/// assert_eq!(value.as_f64(), Some(56992.200000000004));
/// let zero = odometer.evaluate(&[0x06, 0x41, 0xA6, 0, 0, 0, 0, 0]);
/// assert_eq!(zero, Err(EvaluateError::OutOfRange { value: 0.0, minimum: 1.0, maximum: 4294967295.0 }));
/// # Ok::<(), dimo_dbc::gen1::FormulaError>(())
/// ```
///
/// # Example: a formula for another machine
///
/// ```
/// use dimo_dbc::gen1::{Formula, FormulaError};
/// assert_eq!(Formula::parse("python:(message.data[3]*256)/4"), Err(FormulaError::Python));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Formula {
    field: Field,
    scale: Scale,
    minimum: f64,
    maximum: f64,
}

/// What `@1` means where the network's devices and DBC files differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// As the network's devices read it: whole bytes whose `start` is the highest bit of one, like `23|8@1+`, are read from
    /// there on, highest byte first. Everything else is read as [`Dialect::Dbc`].
    #[default]
    Network,
    /// As DBC files mean it: `start` is the lowest bit, whatever it is.
    Dbc,
}

impl Formula {
    /// The formula that `text` states, in the network's dialect.
    ///
    /// # Errors
    ///
    /// [`FormulaError`] for text that is no `dbc:` formula.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        Ok(Self::parse_with_unit(text)?.0)
    }

    /// The formula that `text` states, in the network's dialect, and its unit, which may be empty.
    ///
    /// # Errors
    ///
    /// [`FormulaError`] for text that is no `dbc:` formula.
    pub fn parse_with_unit(text: &str) -> Result<(Self, &str), FormulaError> {
        Self::parse_as(text, Dialect::Network)
    }

    /// The formula that `text` states in `dialect`, and its unit, which may be empty.
    ///
    /// # Errors
    ///
    /// [`FormulaError`] for text that is no `dbc:` formula.
    pub fn parse_as(text: &str, dialect: Dialect) -> Result<(Self, &str), FormulaError> {
        let mut scan = Scan::of(without_prefix(text)?);
        let formula = Self::read(&mut scan, dialect)?;
        Ok((formula, Self::read_unit(&mut scan).ok_or(FormulaError::Malformed { part: FormulaPart::Unit })?))
    }

    /// Reads everything up to the unit.
    pub(super) fn read(scan: &mut Scan<'_>, dialect: Dialect) -> Result<Self, FormulaError> {
        let bad = |part| move || FormulaError::Malformed { part };
        let start = scan.up_to('|').and_then(digits).ok_or_else(bad(FormulaPart::Start))?;
        let size = scan.up_to('@').and_then(digits).ok_or_else(bad(FormulaPart::Size))?;
        let order = read_order(scan).ok_or_else(bad(FormulaPart::Order))?;
        let signed = read_sign(scan).ok_or_else(bad(FormulaPart::Sign))?;
        let (factor, offset) = read_pair(scan, '(', ',', ')').ok_or_else(bad(FormulaPart::Scale))?;
        let (minimum, maximum) = read_pair(scan, '[', '|', ']').ok_or_else(bad(FormulaPart::Range))?;
        if minimum > maximum {
            return Err(FormulaError::EmptyRange { minimum, maximum });
        }
        // Whole bytes that begin with a highest bit: what the network's devices make of Intel is Motorola.
        let is_bytewise = start % 8 == 7 && size % 8 == 0;
        let order = if is_bytewise && dialect == Dialect::Network { ByteOrder::Motorola } else { order };
        let mut field = Field::place(start, size, order).ok_or(FormulaError::Place { start, size })?;
        field.flags |= signed;
        Ok(Self { field, scale: Scale { factor, offset }, minimum, maximum })
    }

    /// Reads the unit behind it; empty where there is none, `None` when its closing quote is missing.
    pub(super) fn read_unit<'a>(scan: &mut Scan<'a>) -> Option<&'a str> {
        if scan.takes('"') { scan.up_to('"') } else { Some("") }
    }

    /// The value in `data`, the bytes of a frame from its first on, with its raw integer and scale.
    ///
    /// # Errors
    ///
    /// [`EvaluateError`] when the frame is too short, or the value is out of the formula's range.
    pub fn evaluate(&self, data: &[u8]) -> Result<SignalValue<'static>, EvaluateError> {
        let needed = self.needed_bytes();
        if data.len() < usize::from(needed) {
            return Err(EvaluateError::TooShort { needed, got: data.len() });
        }
        let bits = self.field.bits(data);
        let raw =
            if self.field.is_unsigned64() { Raw::Unsigned(bits) } else { Raw::Signed(bits.cast_signed()) };
        let value = self.scale.apply(raw.to_f64());
        if let Some((minimum, maximum)) = self.range()
            && !(minimum..=maximum).contains(&value)
        {
            return Err(EvaluateError::OutOfRange { value, minimum, maximum });
        }
        Ok(SignalValue::Scaled { raw, scale: self.scale })
    }

    /// The length a frame must have, in bytes.
    #[must_use]
    pub const fn needed_bytes(&self) -> u8 {
        self.field.needed_bytes()
    }

    /// How the raw integer becomes physical.
    #[must_use]
    pub const fn scale(&self) -> Scale {
        self.scale
    }

    /// The lowest and the highest physical value allowed; `None` for `[0|0]`, by which DBC files state no range.
    #[must_use]
    pub const fn range(&self) -> Option<(f64, f64)> {
        if self.minimum == 0.0 && self.maximum == 0.0 { None } else { Some((self.minimum, self.maximum)) }
    }
}

/// The formula without its prefix. A prefix is a word and a colon; a unit may hold a colon too, but stands later.
fn without_prefix(text: &str) -> Result<&str, FormulaError> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(FormulaError::Empty);
    }
    match text.split_once(':') {
        Some(("dbc", formula)) => Ok(formula),
        Some(("python", _)) => Err(FormulaError::Python),
        Some((word, _)) if word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
            Err(FormulaError::UnknownPrefix)
        }
        _ => Ok(text),
    }
}

fn read_order(scan: &mut Scan<'_>) -> Option<ByteOrder> {
    if scan.takes('0') {
        Some(ByteOrder::Motorola)
    } else if scan.takes('1') {
        Some(ByteOrder::Intel)
    } else {
        None
    }
}

/// The flag of the field for `+` or `-`.
fn read_sign(scan: &mut Scan<'_>) -> Option<u8> {
    if scan.takes('+') {
        Some(0)
    } else if scan.takes('-') {
        Some(Field::SIGNED)
    } else {
        None
    }
}

/// Two finite numbers between marks, as in `(0.25,0)`.
fn read_pair(scan: &mut Scan<'_>, open: char, between: char, close: char) -> Option<(f64, f64)> {
    if !scan.takes(open) {
        return None;
    }
    Some((finite(scan.up_to(between)?)?, finite(scan.up_to(close)?)?))
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `value` with two decimals, halves away from zero, as the network's devices send values that they read from broadcasts.
///
/// ```
/// assert_eq!(dimo_dbc::gen1::two_decimals(330_480.140_625), 330_480.14);
/// assert_eq!(dimo_dbc::gen1::two_decimals(-0.125), -0.13);
/// ```
#[must_use]
pub fn two_decimals(value: f64) -> f64 {
    /// From here on a double has no halves.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let hundredths = value * 100.0;
    // Too large for decimals, or not a number: the value is what it is.
    if hundredths.is_nan() || hundredths.abs() >= WHOLE {
        return value;
    }
    let whole = hundredths as i64;
    let step = match hundredths - whole as f64 {
        rest if rest >= 0.5 => 1,
        rest if rest <= -0.5 => -1,
        _ => 0,
    };
    (whole + step) as f64 / 100.0
}

/// Why text is no formula that this crate evaluates.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum FormulaError {
    /// There is no text.
    #[error("the formula is empty")]
    Empty,
    /// A `python:` formula is a program for the interpreter of one maker's device. State the signal as a `dbc:` formula.
    #[error("python: formulas are programs and are not run; a dbc: formula is needed")]
    Python,
    /// A prefix other than `dbc:`. State the signal as a `dbc:` formula.
    #[error("the prefix of the formula is not dbc:")]
    UnknownPrefix,
    /// A part is missing or not written as it should be.
    #[error("the {part} cannot be read")]
    Malformed {
        /// The first such part.
        part: FormulaPart,
    },
    /// The bits are none, more than 64, or lie behind the 64th byte.
    #[error("there are no {size} bits at {start}: a signal has 1 to 64 bits in 64 bytes")]
    Place {
        /// Where it starts.
        start: u16,
        /// Its size, in bits.
        size: u16,
    },
    /// No value is in the range. Its limits may have been exchanged.
    #[error("the minimum {minimum} is above the maximum {maximum}")]
    EmptyRange {
        /// The lower limit given.
        minimum: f64,
        /// The upper limit given.
        maximum: f64,
    },
}

/// A part of a formula, as [`FormulaError`] names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormulaPart {
    /// The bit it starts with.
    Start,
    /// The size in bits.
    Size,
    /// `0` or `1` behind the `@`.
    Order,
    /// `+` or `-`.
    Sign,
    /// `(factor,offset)`.
    Scale,
    /// `[min|max]`.
    Range,
    /// The unit in quotes.
    Unit,
}

/// As it reads in the sentence of a [`FormulaError`].
impl core::fmt::Display for FormulaPart {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Start => "start bit",
            Self::Size => "size",
            Self::Order => "byte order",
            Self::Sign => "sign",
            Self::Scale => "(factor,offset)",
            Self::Range => "[min|max]",
            Self::Unit => "unit",
        })
    }
}

/// Why a frame has no value.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The frame ends before the signal does.
    #[error("the frame has {got} bytes, the signal needs {needed}")]
    TooShort {
        /// The length needed, in bytes.
        needed: u8,
        /// The length of the frame, in bytes.
        got: usize,
    },
    /// The value is out of `[min|max]`. The network takes that for an error of the vehicle or of the formula, and sends nothing.
    #[error("{value} is not in [{minimum}|{maximum}]")]
    OutOfRange {
        /// The physical value.
        value: f64,
        /// The lowest value allowed.
        minimum: f64,
        /// The highest value allowed.
        maximum: f64,
    },
}
