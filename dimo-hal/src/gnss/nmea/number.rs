//! Decimal numbers as whole ones.

/// An empty field is nothing; any other one has to be a number.
pub(super) fn optional<T>(field: &[u8], read: impl FnOnce(&[u8]) -> Option<T>) -> Option<Option<T>> {
    if field.is_empty() { Some(None) } else { read(field).map(Some) }
}

/// Digits only.
pub(super) fn digits(field: &[u8]) -> Option<u64> {
    if field.is_empty() || field.len() > 18 {
        return None;
    }
    field
        .iter()
        .try_fold(0_u64, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0')))
}

/// A decimal without a sign, times ten to the power of `places`; further digits are cut off.
pub(super) fn fixed(field: &[u8], places: usize) -> Option<u64> {
    let point = field.iter().position(|byte| *byte == b'.').unwrap_or(field.len());
    let (whole, fraction) = field.split_at_checked(point)?;
    let fraction = fraction.get(1..).unwrap_or_default();
    if whole.is_empty() && fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut value = if whole.is_empty() { 0 } else { digits(whole)? };
    for place in 0..places {
        let digit = fraction.get(place).map_or(0, |byte| u64::from(byte - b'0'));
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    Some(value)
}

/// A decimal that may be negative.
pub(super) fn signed(field: &[u8], places: usize) -> Option<i64> {
    let (sign, field) = match field {
        [b'-', rest @ ..] => (-1, rest),
        _ => (1, field),
    };
    Some(sign * i64::try_from(fixed(field, places)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{digits, fixed, signed};

    #[test]
    fn decimals_become_whole_numbers() {
        assert_eq!(fixed(b"12.5", 3), Some(12_500));
        assert_eq!(fixed(b"12", 1), Some(120));
        assert_eq!(fixed(b".25", 2), Some(25));
        assert_eq!(fixed(b"7.", 1), Some(70));
        assert_eq!(fixed(b"0.123456789", 4), Some(1_234));
        assert_eq!(signed(b"-3.5", 1), Some(-35));
        for no_number in [&b""[..], b".", b"1,5", b"--1", b"1.2.3", b"+1", b"1e3", b"99999999999999999999"] {
            assert_eq!(signed(no_number, 2), None, "{no_number:?}");
        }
        assert_eq!(digits(b"12a"), None);
    }
}
