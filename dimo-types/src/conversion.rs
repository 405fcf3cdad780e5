//! [`Conversion`]: from one unit to another by whole numbers, so that a decimal stays the decimal it is.

use crate::Scale;

/// `to = (from * multiply + add) / divide`, in whole numbers.
///
/// A factor such as 3.6 is no double, so multiplying by it rounds twice. Whole numbers are exact, and a quotient of exact
/// numbers is rounded once: a decimal becomes the very double that its converted decimal means.
///
/// # Example: a speed in metres a second
///
/// ```
/// use dimo_types::Unit;
/// let conversion = Unit::MetrePerSecond.exact_conversion_to(Unit::KilometrePerHour).unwrap();
/// assert_eq!(conversion.apply(0.1), 0.36);
/// assert_ne!(0.1 * 3.6, 0.36);
/// assert_eq!(conversion.scale().factor, 3.6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Conversion {
    multiply: i64,
    add: i64,
    divide: i64,
}

/// Whole numbers below it are exact in a double: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What is tried to make a decimal whole. Six places are a micro-anything; beyond, twice rounding does not show.
const POWERS: [f64; 7] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];

impl Conversion {
    /// The conversion that changes nothing.
    pub const IDENTITY: Self = Self { multiply: 1, add: 0, divide: 1 };

    /// `(value * multiply + add) / divide`, with `divide` above zero.
    pub(crate) const fn new(multiply: i64, add: i64, divide: i64) -> Self {
        Self { multiply, add, divide }
    }

    /// The conversion from `self` to `other`, where both lead to the same unit. `None` when its numbers are too large.
    pub(crate) fn against(self, other: Self) -> Option<Self> {
        let [multiply, add, divide] = [self.multiply, self.add, self.divide].map(i128::from);
        let [others, further, by] = [other.multiply, other.add, other.divide].map(i128::from);
        let whole = [multiply * by, add * by - further * divide, divide * others];
        let common = whole.into_iter().fold(0, common_divisor);
        let part = |whole: i128| i64::try_from(whole.checked_div(common)?).ok();
        let [multiply, add, divide] = whole;
        Some(Self { multiply: part(multiply)?, add: part(add)?, divide: part(divide)? })
    }

    /// The converted value. Of a decimal of up to six places whose digits times the ratio's are below 2^53 it is the nearest
    /// double; of anything else it may be the next one.
    #[must_use]
    pub fn apply(self, value: f64) -> f64 {
        if self == Self::IDENTITY {
            return value;
        }
        let exact = POWERS.into_iter().find_map(|power| self.apply_to_decimal(value, power));
        exact.unwrap_or_else(|| self.apply_rounding(value))
    }

    /// The nearest factor and the nearest offset: for where one multiplication and one addition is all that there is.
    #[must_use]
    pub const fn scale(self) -> Scale {
        let divide = self.divide as f64;
        Scale { factor: self.multiply as f64 / divide, offset: self.add as f64 / divide }
    }

    /// The converted value when `value` is the double nearest to a whole number of `1 / power`.
    fn apply_to_decimal(self, value: f64, power: f64) -> Option<f64> {
        let half = if value < 0.0 { -0.5 } else { 0.5 };
        let digits = (value * power + half) as i64 as f64;
        if digits / power != value {
            return None;
        }
        let (product, added) = (digits * self.multiply as f64, self.add as f64 * power);
        let (above, below) = (product + added, self.divide as f64 * power);
        [digits, product, added, above, below].iter().all(|part| part.abs() < EXACT).then(|| above / below)
    }

    fn apply_rounding(self, value: f64) -> f64 {
        let above = value * self.multiply as f64 + self.add as f64;
        if above.is_finite() { above / self.divide as f64 } else { self.scale().apply(value) }
    }
}

const fn common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
