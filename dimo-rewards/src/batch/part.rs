//! [`Months`]: the part of a total that one month pays.

use core::num::NonZeroU16;

/// Into how many parts a total is paid.
///
/// With `total = q x months + r`, the cumulative floor after `k` months is `q x k + floor(r x k / months)`, so the next
/// month pays `q`, and one wei more where `r x k mod months + r` reaches `months`. Nothing here is larger than the total
/// or than 2^32.
pub(super) trait Months: Copy {
    /// At least 1, at most 65,535.
    fn months(self) -> u32;

    /// Quotient and remainder.
    fn divide(self, total: u128) -> (u128, u32);

    /// What is paid after `counted` months, with `counted` no more than there are: `floor(total x (counted + 1) / months)
    /// - floor(total x counted / months)`.
    fn instalment(self, total: u128, counted: u16) -> u128 {
        let (quotient, remainder) = self.divide(total);
        let before = remainder * u32::from(counted) % self.months();
        quotient + u128::from(before + remainder >= self.months())
    }
}

/// The 24 of DIP-4, divided by with two multiplications.
#[derive(Clone, Copy)]
pub(super) struct TwentyFour;

impl TwentyFour {
    /// For each number of counted months the remainders, as bits, whose next month pays one wei more. Nothing behind 23:
    /// then all is paid.
    #[expect(clippy::indexing_slicing, reason = "computed by the compiler, which would refuse a bad index")]
    const ONE_MORE: [u32; 32] = {
        let mut table = [0; 32];
        let (mut counted, mut remainder) = (0, 0);
        while counted < 24 {
            if remainder * counted % 24 + remainder >= 24 {
                table[counted as usize] |= 1 << remainder;
            }
            remainder += 1;
            if remainder == 24 {
                (counted, remainder) = (counted + 1, 0);
            }
        }
        table
    };

    fn one_more(counted: u16, remainder: u32) -> u32 {
        let remainders = Self::ONE_MORE.get(usize::from(counted % 32)).copied().unwrap_or_default();
        remainders >> (remainder % 32) & 1
    }
}

impl Months for TwentyFour {
    fn months(self) -> u32 {
        24
    }

    /// 24 is 8 x 3, and `2^64 = 3 x THIRD + 1`, so that an eighth `high x 2^64 + low` is
    /// `3 x THIRD x high + (high + low)`. Where `high + low` carries, the same once more.
    fn divide(self, total: u128) -> (u128, u32) {
        const THIRD: u64 = u64::MAX / 3;
        let eighth = total >> 3;
        let high = (eighth >> 64) as u64;
        let (low, carries) = (eighth as u64).overflowing_add(high);
        // No overflow: `high` is below 2^61, and so is a sum that carried.
        let (high, low) = (high + u64::from(carries), low + u64::from(carries));
        let third = low / 3;
        let quotient = u128::from(THIRD) * u128::from(high) + u128::from(third);
        (quotient, (low - 3 * third) as u32 * 8 + (total as u32 & 7))
    }

    fn instalment(self, total: u128, counted: u16) -> u128 {
        let (quotient, remainder) = self.divide(total);
        quotient + u128::from(Self::one_more(counted, remainder))
    }
}

/// The same for totals below 2^67, 147 $DIMO, whose eighth fits in 64 bits: one multiplication. Rebates at the prices of
/// DIP-4 are such totals.
#[derive(Clone, Copy)]
pub(super) struct TwentyFourOfSmall;

impl TwentyFourOfSmall {
    /// Whether the amounts that have no other bits than these are small.
    pub(super) const fn suits(bits: u128) -> bool {
        bits >> 67 == 0
    }
}

impl Months for TwentyFourOfSmall {
    fn months(self) -> u32 {
        24
    }

    fn divide(self, total: u128) -> (u128, u32) {
        let eighth = (total >> 3) as u64;
        (u128::from(eighth / 3), (eighth % 3) as u32 * 8 + (total as u32 & 7))
    }

    fn instalment(self, total: u128, counted: u16) -> u128 {
        let (quotient, remainder) = self.divide(total);
        // In 64 bits: the sum is below 2^62.
        u128::from(quotient as u64 + u64::from(TwentyFour::one_more(counted, remainder)))
    }
}

/// Any number, by long division in digits of 32 bits, which takes a third of what dividing by an unknown `u128` does.
#[derive(Clone, Copy)]
pub(super) struct Any(pub(super) NonZeroU16);

impl Months for Any {
    fn months(self) -> u32 {
        u32::from(self.0.get())
    }

    fn divide(self, total: u128) -> (u128, u32) {
        let months = u64::from(self.0.get());
        let high = (total >> 64) as u64;
        let middle = (high % months) << 32 | u64::from((total >> 32) as u32);
        let low = (middle % months) << 32 | u64::from(total as u32);
        let quotient = u128::from(high / months) << 64 | u128::from(middle / months) << 32;
        (quotient | u128::from(low / months), (low % months) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn exact(total: u128, counted: u16, months: u16) -> u128 {
        let paid = |counted: u32| BigUint::from(total) * counted / months;
        let part = paid(u32::from(counted) + 1) - paid(u32::from(counted));
        u128::try_from(part).unwrap()
    }

    fn any(months: u16) -> Any {
        Any(NonZeroU16::new(months).unwrap())
    }

    /// Amounts around every place where a digit or a multiple ends.
    fn adversarial(months: u16) -> Vec<u128> {
        let edges = (0..128).map(|bit| 1u128 << bit).chain([0, u128::MAX]);
        let multiples = |edge: u128| [edge, edge / u128::from(months) * u128::from(months), edge - edge % 3];
        edges
            .flat_map(multiples)
            .flat_map(|edge| (0..50).map(move |by| edge.wrapping_add(by).wrapping_sub(25)))
            .collect()
    }

    #[test]
    fn each_month_of_24_pays_what_big_integers_say() {
        for total in adversarial(24) {
            for counted in 0..24 {
                let expected = exact(total, counted, 24);
                assert_eq!(TwentyFour.instalment(total, counted), expected, "{total} after {counted}");
                assert_eq!(any(24).instalment(total, counted), expected, "{total} after {counted}");
                if TwentyFourOfSmall::suits(total) {
                    let small = TwentyFourOfSmall.instalment(total, counted);
                    assert_eq!(small, expected, "{total} after {counted}");
                }
            }
        }
    }

    #[test]
    fn the_shortest_and_the_longest_schedule_pay_what_big_integers_say() {
        for months in [1, 2, 3, 12, 255, 256, 257, 32_768, 65_535] {
            for total in adversarial(months).into_iter().step_by(7) {
                for counted in [0, months / 2, months - 1] {
                    let paid = any(months).instalment(total, counted);
                    assert_eq!(paid, exact(total, counted, months), "{total} after {counted} of {months}");
                }
            }
        }
    }

    #[test]
    fn the_largest_small_total_has_67_bits() {
        let largest = (1u128 << 67) - 1;
        assert!(TwentyFourOfSmall::suits(largest) && !TwentyFourOfSmall::suits(largest + 1));
        for total in largest - 100..=largest {
            assert_eq!(TwentyFourOfSmall.divide(total), (total / 24, (total % 24) as u32));
        }
    }

    proptest! {
        #[test]
        fn quotient_and_remainder_are_those_of_division(total: u128, shift in 0u32..128, months in 1u16..) {
            let total = total >> shift;
            let divided = (total / u128::from(months), (total % u128::from(months)) as u32);
            prop_assert_eq!(any(months).divide(total), divided);
            prop_assert_eq!(TwentyFour.divide(total), any(24).divide(total));
        }

        #[test]
        fn an_instalment_is_the_growth_of_the_cumulative_floor(total: u128, months in 1u16.., counted: u16) {
            let counted = counted % months;
            prop_assert_eq!(any(months).instalment(total, counted), exact(total, counted, months));
        }
    }
}
