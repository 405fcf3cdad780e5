//! [`DecimalScale`]: a scale in whole numbers, as most DBC files write it.

use dimo_types::Scale;

/// `value = (raw * factor + offset) / 10^places`: 16 bytes of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DecimalScale {
    pub(crate) factor: i64,
    pub(crate) offset: i64,
    pub(crate) places: u8,
}

impl DecimalScale {
    /// Beyond it a power of ten is no double, and a quotient would be rounded twice.
    pub(crate) const MOST_PLACES: u8 = 22;
    /// The greatest whole number up to which all of them are doubles.
    const MOST: u64 = 1 << 53;

    /// Two numbers of 7 bytes, each followed by one: the places, and nothing.
    #[inline]
    pub(crate) const fn read((factor, offset): ([u8; 8], [u8; 8])) -> Self {
        let (factor, offset) = (i64::from_le_bytes(factor), i64::from_le_bytes(offset));
        Self { factor: factor << 8 >> 8, offset: offset << 8 >> 8, places: (factor >> 56) as u8 }
    }

    /// Whether a plan may hold it.
    pub(crate) const fn is_valid_entry(entry: ([u8; 8], [u8; 8])) -> bool {
        let [.., reserved] = entry.1;
        reserved == 0 && Self::read(entry).is_valid()
    }

    /// Whether the doubles that it stands for are those of its decimal text.
    const fn is_valid(self) -> bool {
        self.places <= Self::MOST_PLACES
            && self.factor.unsigned_abs() <= Self::MOST
            && self.offset.unsigned_abs() <= Self::MOST
    }

    /// As doubles: a quotient of two numbers that are exact is rounded once, so it is the double nearest to the decimal.
    #[inline]
    pub(crate) fn to_scale(self) -> Scale {
        if self.places == 0 {
            return Scale { factor: self.factor as f64, offset: self.offset as f64 };
        }
        let divisor = POWERS.get(usize::from(self.places)).copied().unwrap_or(1.0);
        Scale { factor: self.factor as f64 / divisor, offset: self.offset as f64 / divisor }
    }
}

/// The powers of ten that are doubles.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

#[cfg(feature = "import")]
impl DecimalScale {
    /// The scale that stands for exactly the doubles of `scale`; `None` when there is none.
    pub(crate) fn of(scale: Scale) -> Option<Self> {
        let ((factor, factor_places), (offset, offset_places)) =
            (decimal(scale.factor)?, decimal(scale.offset)?);
        let places = factor_places.max(offset_places);
        let shift = |number: i64, by: u8| match number {
            0 => Some(0),
            _ => number.checked_mul(10i64.checked_pow(by.into())?),
        };
        let decimal = Self {
            factor: shift(factor, places - factor_places)?,
            offset: shift(offset, places - offset_places)?,
            places,
        };
        let back = decimal.is_valid().then(|| decimal.to_scale())?;
        let bits = |scale: Scale| (scale.factor.to_bits(), scale.offset.to_bits());
        (bits(back) == bits(scale)).then_some(decimal)
    }

    pub(crate) fn write(self, to: &mut alloc::vec::Vec<u8>) {
        let [f0, f1, f2, f3, f4, f5, f6, _] = self.factor.to_le_bytes();
        let [o0, o1, o2, o3, o4, o5, o6, _] = self.offset.to_le_bytes();
        to.extend([f0, f1, f2, f3, f4, f5, f6, self.places, o0, o1, o2, o3, o4, o5, o6, 0]);
    }
}

/// The digits that a double keeps of every decimal.
#[cfg(feature = "import")]
const DIGITS: u32 = 15;

/// The shortest decimal that reads as `number`: a whole number, and how many of its digits stand behind the point. With more
/// digits than a double keeps it need not be the one that was written.
#[cfg(feature = "import")]
fn decimal(number: f64) -> Option<(i64, u8)> {
    let text = alloc::format!("{number:e}");
    let (digits, exponent) = text.split_once('e')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa: i64 = alloc::format!("{whole}{fraction}").parse().ok()?;
    if mantissa.unsigned_abs() >= 10u64.pow(DIGITS) {
        return None;
    }
    let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
    match u8::try_from(-exponent) {
        Ok(places) => Some((mantissa, places)),
        Err(_) => {
            let power = 10i64.checked_pow(exponent.unsigned_abs())?;
            Some((mantissa.checked_mul(power)?, 0)).filter(|_| exponent > 0)
        }
    }
}

#[cfg(all(test, feature = "import"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal_of(factor: f64, offset: f64) -> Option<(i64, i64, u8)> {
        let scale = DecimalScale::of(Scale { factor, offset })?;
        Some((scale.factor, scale.offset, scale.places))
    }

    #[test]
    fn what_is_written_is_what_is_kept() {
        assert_eq!(decimal_of(0.01, -40.0), Some((1, -4000, 2)));
        assert_eq!(decimal_of(1.0, 0.5), Some((10, 5, 1)));
        assert_eq!(decimal_of(1.64e-5, 0.0), Some((164, 0, 7)));
        assert_eq!(decimal_of(500.0, 1e6), Some((500, 1_000_000, 0)));
        assert_eq!(decimal_of(2.0f64.powi(-20), 0.0), Some((95_367_431_640_625, 0, 20)));
    }

    #[test]
    fn what_is_no_short_decimal_is_not_kept() {
        for number in
            [1.0 / 3.0, 0.1 + 0.2, -0.0, f64::NAN, f64::INFINITY, 1e300, 1e-300, 9_007_199_254_740_993.0]
        {
            assert_eq!(decimal_of(number, 0.0), None, "{number}");
            assert_eq!(decimal_of(1.0, number), None, "{number}");
        }
    }

    proptest! {
        #[test]
        fn every_decimal_of_15_digits_is_kept_and_read_back(number in -999_999_999_999_999i64..1_000_000_000_000_000, places in 0u8..=22) {
            // A number of the same value with fewer places is as good.
            let value: f64 = alloc::format!("{number}e-{places}").parse().unwrap();
            let (kept, _, kept_places) = decimal_of(value, 0.0).unwrap();
            prop_assert_eq!(kept * 10i64.pow((places - kept_places).into()), number);
            let mut bytes = alloc::vec::Vec::new();
            let scale = DecimalScale { factor: number, offset: -number, places };
            scale.write(&mut bytes);
            let entry = crate::plan::layout::read_pair(&bytes.try_into().unwrap());
            prop_assert!(DecimalScale::is_valid_entry(entry));
            prop_assert_eq!(DecimalScale::read(entry), scale);
        }
    }
}
