//! Points in time: [`Timestamp`] for readings, [`Month`] for settlement.

use core::fmt;
use core::str::FromStr;

use chrono::{DateTime, Datelike, Months, NaiveDateTime};
use thiserror::Error;

/// Microseconds since the Unix epoch, UTC; the only clock type of the workspace, always passed in.
///
/// Range: `0 ..= Timestamp::MAX`, the last microsecond of the year 9999, so that every value has an RFC 3339 form
/// and the difference of two fits an `i64`. Gen 1 forms floor to milliseconds.
///
/// # Example: a device's clock to the form the network expects
///
/// ```
/// use dimo_types::Timestamp;
/// let at = Timestamp::from_micros(1_700_000_000_123_456)?;
/// assert_eq!(at.to_string(), "2023-11-14T22:13:20.123456Z");
/// assert_eq!(at.as_millis(), 1_700_000_000_123);
/// # Ok::<(), dimo_types::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "u64", into = "u64")
)]
pub struct Timestamp(u64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// 9999-12-31T23:59:59.999999Z, the last moment RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// A time from microseconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`TimestampError::OutOfRange`] beyond [`Timestamp::MAX`]; the usual cause is nanoseconds taken for microseconds.
    pub const fn from_micros(micros: u64) -> Result<Self, TimestampError> {
        if micros > Self::MAX.0 { Err(TimestampError::OutOfRange { micros }) } else { Ok(Self(micros)) }
    }

    /// A time from milliseconds since the Unix epoch, as Gen 1 payloads carry it.
    ///
    /// # Errors
    ///
    /// As [`Timestamp::from_micros`].
    pub const fn from_millis(millis: u64) -> Result<Self, TimestampError> {
        Self::from_micros(millis.saturating_mul(1000))
    }

    /// A time from whole seconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// As [`Timestamp::from_micros`].
    pub const fn from_secs(secs: u64) -> Result<Self, TimestampError> {
        Self::from_micros(secs.saturating_mul(1_000_000))
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since the Unix epoch, floored.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0 / 1000
    }

    /// Whole seconds since the Unix epoch, floored.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// `self - earlier` in microseconds, negative when `earlier` is the later one. Never overflows.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.wrapping_sub(earlier.0).cast_signed()
    }

    /// This time moved by `micros`, or `None` outside the range of a timestamp.
    #[must_use]
    pub const fn checked_add_micros(self, micros: i64) -> Option<Self> {
        match self.0.checked_add_signed(micros) {
            Some(sum) if sum <= Self::MAX.0 => Some(Self(sum)),
            _ => None,
        }
    }

    /// The same time of day `count` calendar months later in UTC, on the last day of that month where it has no such day,
    /// or `None` beyond the range of a timestamp.
    ///
    /// # Example: six months from the last of August
    ///
    /// ```
    /// use dimo_types::Timestamp;
    /// let renounced: Timestamp = "2023-08-31T12:00:00Z".parse()?;
    /// assert_eq!(renounced.checked_add_months(6).unwrap().to_string(), "2024-02-29T12:00:00Z");
    /// # Ok::<(), dimo_types::TimestampError>(())
    /// ```
    #[must_use]
    pub fn checked_add_months(self, count: u32) -> Option<Self> {
        let later = civil(self).checked_add_months(Months::new(count))?;
        let micros = u64::try_from(later.and_utc().timestamp_micros()).ok()?;
        Self::from_micros(micros).ok()
    }
}

/// RFC 3339 in UTC with as many fractional digits as the value has.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", civil(Self(self.0 / 1_000_000 * 1_000_000)))?;
        let (mut digits, mut width) = (self.0 % 1_000_000, 6);
        if digits != 0 {
            while digits % 10 == 0 {
                digits /= 10;
                width -= 1;
            }
            write!(f, ".{digits:0width$}")?;
        }
        f.write_str("Z")
    }
}

/// The calendar form of `at` in UTC. Every timestamp has one; the fallback only satisfies the type.
fn civil(at: Timestamp) -> NaiveDateTime {
    DateTime::from_timestamp_micros(at.0.cast_signed()).unwrap_or(DateTime::UNIX_EPOCH).naive_utc()
}

/// RFC 3339 with any offset; digits beyond the microsecond are dropped.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|_| TimestampError::NotRfc3339)?;
        let micros = u64::try_from(parsed.timestamp_micros()).map_err(|_| TimestampError::BeforeEpoch)?;
        Self::from_micros(micros)
    }
}

impl TryFrom<u64> for Timestamp {
    type Error = TimestampError;

    fn try_from(micros: u64) -> Result<Self, Self::Error> {
        Self::from_micros(micros)
    }
}

impl From<Timestamp> for u64 {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

/// Why a value is no [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// Beyond [`Timestamp::MAX`]. Check the unit: this type counts microseconds.
    #[error("{micros} µs is beyond the year 9999")]
    OutOfRange {
        /// The value refused, in microseconds.
        micros: u64,
    },
    /// Earlier than 1970. A vehicle has no readings from then; the sender's clock is not set.
    #[error("a time before 1970")]
    BeforeEpoch,
    /// The text is no RFC 3339 date and time with an offset.
    #[error("not an RFC 3339 date and time")]
    NotRfc3339,
}

/// A calendar month in UTC, the unit in which DIP-4 pays (DIP-4, Device Minting NFTs: "each month that the connection persists").
///
/// # Example: the 24 months of a rebate
///
/// ```
/// use dimo_types::Month;
/// let sold: Month = "2023-01".parse()?;
/// assert_eq!(sold.plus(24).to_string(), "2025-01");
/// assert_eq!(sold.plus(24).months_since(sold), 24);
/// # Ok::<(), dimo_types::MonthError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u32);

impl Month {
    /// The month `month` (1 to 12) of `year` (1970 to 9999).
    ///
    /// # Errors
    ///
    /// [`MonthError::OutOfRange`] otherwise.
    pub const fn new(year: u16, month: u8) -> Result<Self, MonthError> {
        if year < 1970 || year > 9999 || month < 1 || month > 12 {
            return Err(MonthError::OutOfRange { year, month });
        }
        Ok(Self(year as u32 * 12 + month as u32 - 1))
    }

    /// The month in which `at` falls, UTC.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let date = civil(at);
        // Years 1970 to 9999, so both conversions hold.
        Self(date.year().unsigned_abs() * 12 + date.month0())
    }

    /// The year, 1970 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        (self.0 / 12) as u16
    }

    /// The month of the year, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        (self.0 % 12) as u8 + 1
    }

    /// The month `count` months later; stops at December 9999.
    #[must_use]
    pub const fn plus(self, count: u32) -> Self {
        let last = 9999 * 12 + 11;
        let sum = self.0.saturating_add(count);
        Self(if sum > last { last } else { sum })
    }

    /// Whole months from `earlier` to `self`, negative when `earlier` is later.
    #[must_use]
    pub const fn months_since(self, earlier: Self) -> i32 {
        self.0.cast_signed() - earlier.0.cast_signed()
    }
}

/// `2023-01`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

/// `2023-01`: four digits, a hyphen, two digits.
impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, month) = text.split_once('-').ok_or(MonthError::Form)?;
        let digits = |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(MonthError::Form);
        }
        let year = year.parse().map_err(|_| MonthError::Form)?;
        Self::new(year, month.parse().map_err(|_| MonthError::Form)?)
    }
}

/// Why a value is no [`Month`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MonthError {
    /// The year or the month is outside the calendar this type covers.
    #[error("no month {month} in year {year}: years 1970 to 9999, months 1 to 12")]
    OutOfRange {
        /// The year given.
        year: u16,
        /// The month given.
        month: u8,
    },
    /// The text is not of the form `2023-01`.
    #[error("a month is written like 2023-01")]
    Form,
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(Month, "a month like 2023-01");
