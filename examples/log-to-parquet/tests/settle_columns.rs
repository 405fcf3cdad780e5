//! Arrays of the `arrow-array` package go into a batch of `dimo-rewards` as they are, slices of them too.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]

use arrow_array::{BooleanArray, Decimal128Array, UInt16Array, UInt32Array};
use dimo_rewards::{BasisPoints, Batch, Bitmap, Instalments, Policy};
use dimo_types::Wei;

fn bitmap(bits: &BooleanArray) -> Bitmap<'_> {
    let bits = bits.values();
    Bitmap::new(bits.values(), bits.offset(), bits.len()).unwrap()
}

#[test]
fn arrow_arrays_are_settled_where_they_lie() {
    let decimals =
        |amounts: Vec<i128>| Decimal128Array::from(amounts).with_precision_and_scale(38, 0).unwrap();
    // A row before those that are settled, as in a slice of a larger table.
    let rebates = decimals(vec![-1, 2_400, 2_400, 50]).slice(1, 3);
    let teams = decimals(vec![-1, 480, 480, 5]).slice(1, 3);
    let counted = UInt16Array::from(vec![99, 0, 7, 23]).slice(1, 3);
    let connected = BooleanArray::from(vec![false, true, false, true]).slice(1, 3);
    let providers = UInt32Array::from(vec![99, 0, 0, 1]).slice(1, 3);
    let standing = BooleanArray::from(vec![true, true]);
    let batch = Batch {
        months: Policy::dip4(BasisPoints::ZERO).months,
        rebates: rebates.values(),
        teams: teams.values(),
        counted: counted.values(),
        connected: bitmap(&connected),
        providers: providers.values(),
        standing: bitmap(&standing),
    };
    let (mut paid, mut shares, mut after, mut sums) = ([0i128; 3], [0i128; 3], [0; 3], [Wei::ZERO; 2]);
    let to = Instalments { rebates: &mut paid, teams: &mut shares, counted: &mut after };
    let month = batch.settle(to, &mut sums).unwrap();
    assert_eq!((month.team, month.counted, month.paused), (Wei::new(21), 2, 1));
    assert_eq!((after, sums), ([1, 7, 24], [Wei::new(100), Wei::new(3)]));

    let paid = decimals(paid.to_vec());
    assert_eq!(paid.values(), &[100, 0, 3]);
}
