//! Batches: what columns pay is what schedules pay one by one, and what is refused writes nothing.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests say what they expect")]

use core::num::NonZeroU16;

use dimo_rewards::{
    Amount, BasisPoints, Batch, BatchError, BatchTotals, Bitmap, BitmapError, Bonded, Connection,
    Instalments, Name, Policy, Refusal, SaleNumber, Schedule, Settlement, Standing, paid_after,
};
use dimo_types::{DeviceType, Month, Wei};
use proptest::prelude::*;

fn months(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

/// Devices that own their columns.
#[derive(Clone, Debug)]
struct Fleet<A> {
    months: NonZeroU16,
    rebates: Vec<A>,
    teams: Vec<A>,
    counted: Vec<u16>,
    connected: Vec<bool>,
    providers: Vec<u32>,
    standing: Vec<bool>,
}

/// What settling a fleet writes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Settled<A> {
    rebates: Vec<A>,
    teams: Vec<A>,
    counted: Vec<u16>,
    sums: Vec<Wei>,
}

/// Bits that begin at bit 3 of the first byte, as in a slice of an Arrow column. What is around them is set.
fn bits(values: &[bool]) -> Vec<u8> {
    let mut bytes = vec![0xFF; (3 + values.len()).div_ceil(8)];
    for (row, value) in values.iter().enumerate() {
        if !value {
            bytes[(row + 3) / 8] &= !(1 << ((row + 3) % 8));
        }
    }
    bytes
}

impl<A: Amount + Copy + Default> Fleet<A> {
    /// As many devices of one provider, connected and in good standing.
    fn of(rows: usize, rebate: A, team: A, counted: u16) -> Self {
        Self {
            months: months(24),
            rebates: vec![rebate; rows],
            teams: vec![team; rows],
            counted: vec![counted; rows],
            connected: vec![true; rows],
            providers: vec![0; rows],
            standing: vec![true],
        }
    }

    fn with<T>(&self, use_it: impl FnOnce(Batch<'_, A>) -> T) -> T {
        let (connected, standing) = (bits(&self.connected), bits(&self.standing));
        use_it(Batch {
            months: self.months,
            rebates: &self.rebates,
            teams: &self.teams,
            counted: &self.counted,
            connected: Bitmap::new(&connected, 3, self.connected.len()).unwrap(),
            providers: &self.providers,
            standing: Bitmap::new(&standing, 3, self.standing.len()).unwrap(),
        })
    }

    /// Columns for the results, with something in them that every row must replace.
    fn untouched(&self) -> Settled<A> {
        let rows = self.rebates.len();
        Settled {
            rebates: vec![A::default(); rows],
            teams: vec![A::default(); rows],
            counted: vec![777; rows],
            sums: vec![Wei::ZERO; self.standing.len()],
        }
    }

    fn settle(&self) -> (Result<BatchTotals, BatchError>, Settled<A>) {
        let mut to = self.untouched();
        let Settled { rebates, teams, counted, sums } = &mut to;
        let result = self.with(|batch| batch.settle(Instalments { rebates, teams, counted }, sums));
        (result, to)
    }

    #[cfg(feature = "std")]
    fn settle_parallel(&self, threads: usize) -> (Result<BatchTotals, BatchError>, Settled<A>) {
        let threads = core::num::NonZeroUsize::new(threads).unwrap();
        let mut to = self.untouched();
        let Settled { rebates, teams, counted, sums } = &mut to;
        let to_write = Instalments { rebates, teams, counted };
        let result = self.with(|batch| batch.settle_parallel(threads, to_write, sums));
        (result, to)
    }
}

impl<A: Amount + Copy + Default + core::fmt::Debug + PartialEq> Fleet<A> {
    fn is_refused(&self, error: BatchError) {
        let refused = (Err(error), self.untouched());
        assert_eq!(self.settle(), refused);
        #[cfg(feature = "std")]
        for threads in [1, 2, 3, 100] {
            assert_eq!(self.settle_parallel(threads), refused, "{threads} threads");
        }
    }
}

impl Fleet<Wei> {
    /// The same, one device after the other, by what is paid up to a month.
    fn one_by_one(&self) -> (BatchTotals, Settled<Wei>) {
        let (mut to, mut totals) = (self.untouched(), BatchTotals::default());
        for row in 0..self.rebates.len() {
            let (counted, provider) = (self.counted[row], self.providers[row] as usize);
            let counts = counted < self.months.get() && self.connected[row] && self.standing[provider];
            let grows = |total: Wei| {
                let paid = |counted| paid_after(total, counted, self.months).get();
                Wei::new(if counts { paid(counted + 1) - paid(counted) } else { 0 })
            };
            to.rebates[row] = grows(self.rebates[row]);
            to.teams[row] = grows(self.teams[row]);
            to.counted[row] = counted + u16::from(counts);
            to.sums[provider] = to.sums[provider].checked_add(to.rebates[row]).unwrap();
            totals.team = totals.team.checked_add(to.teams[row]).unwrap();
            totals.counted += u64::from(counts);
            totals.paused += u64::from(!counts && counted < self.months.get());
        }
        (totals, to)
    }
}

#[test]
fn no_devices_and_no_providers_are_a_batch() {
    let mut fleet = Fleet::of(0, Wei::ZERO, Wei::ZERO, 0);
    assert_eq!(fleet.settle().0, Ok(BatchTotals::default()));
    fleet.standing.clear();
    assert_eq!(fleet.settle().0, Ok(BatchTotals::default()));
    #[cfg(feature = "std")]
    assert_eq!(fleet.settle_parallel(4).0, Ok(BatchTotals::default()));
}

#[test]
fn every_row_is_settled_whatever_their_number() {
    for rows in [1, 2, 63, 64, 65, 127, 128, 129, 1_000] {
        let mut fleet = Fleet::of(rows, Wei::new(2_400), Wei::new(480), 0);
        fleet.connected[rows - 1] = rows == 1;
        let (totals, settled) = fleet.settle();
        assert_eq!((totals.unwrap(), settled.clone()), fleet.one_by_one(), "{rows} rows");
        assert_eq!(settled.counted[0], 1);
        #[cfg(feature = "std")]
        for threads in [1, 2, 3, 64, usize::MAX] {
            assert_eq!(
                fleet.settle_parallel(threads),
                (totals, settled.clone()),
                "{rows} rows, {threads} threads"
            );
        }
    }
}

#[test]
fn the_last_month_is_paid_once_and_what_is_paid_up_is_not_paused() {
    let mut fleet = Fleet::of(3, Wei::new(50), Wei::new(5), 24);
    (fleet.counted[0], fleet.counted[1]) = (23, 23);
    fleet.connected[1] = false;
    let (totals, settled) = fleet.settle();
    let totals = totals.unwrap();
    assert_eq!((totals.counted, totals.paused, totals.team), (1, 1, Wei::new(1)));
    assert_eq!(settled.rebates, [Wei::new(3), Wei::ZERO, Wei::ZERO]);
    assert_eq!(settled.counted, [24, 23, 24]);
}

#[test]
fn the_largest_totals_there_are_are_paid_to_the_wei() {
    for counted in 0..24 {
        let fleet = Fleet::of(1, Wei::new(u128::MAX), Wei::ZERO, counted);
        let (totals, settled) = fleet.settle();
        assert_eq!((totals.unwrap(), settled), fleet.one_by_one());
        let fleet = Fleet::of(1, i128::MAX, 0, counted);
        let (totals, settled) = fleet.settle();
        totals.unwrap();
        assert_eq!(settled.sums, [Wei::new(settled.rebates[0].cast_unsigned())]);
    }
}

#[test]
fn sums_and_totals_go_on_from_one_piece_to_the_next() {
    let fleet = Fleet::of(2, 2_400u128, 480, 0);
    let Settled { mut rebates, mut teams, mut counted, mut sums } = fleet.untouched();
    let mut totals = BatchTotals::default();
    for _ in 0..3 {
        let to = Instalments { rebates: &mut rebates, teams: &mut teams, counted: &mut counted };
        let piece = fleet.with(|batch| batch.settle(to, &mut sums)).unwrap();
        totals = totals.checked_add(piece).unwrap();
    }
    assert_eq!(sums, [Wei::new(600)]);
    assert_eq!((totals.team, totals.counted, totals.paused), (Wei::new(120), 6, 0));
}

#[test]
fn a_column_of_another_length_is_named() {
    let whole = Fleet::of(3, Wei::new(24), Wei::ZERO, 0);
    let refused = |column, spoil: fn(&mut Fleet<Wei>)| {
        let mut fleet = whole.clone();
        spoil(&mut fleet);
        fleet.is_refused(BatchError::Length { column, len: 2, expected: 3 });
    };
    refused("teams", |fleet| fleet.teams.truncate(2));
    refused("counted", |fleet| fleet.counted.truncate(2));
    refused("connected", |fleet| fleet.connected.truncate(2));
    refused("providers", |fleet| fleet.providers.truncate(2));
    for (column, lengths) in [
        ("instalments.rebates", [2, 3, 3, 1]),
        ("instalments.teams", [3, 2, 3, 1]),
        ("instalments.counted", [3, 3, 2, 1]),
        ("sums", [3, 3, 3, 0]),
    ] {
        let mut rebates = vec![Wei::ZERO; lengths[0]];
        let (mut teams, mut counted) = (vec![Wei::ZERO; lengths[1]], vec![0; lengths[2]]);
        let to = Instalments { rebates: &mut rebates, teams: &mut teams, counted: &mut counted };
        let error = whole.with(|batch| batch.settle(to, &mut vec![Wei::ZERO; lengths[3]])).unwrap_err();
        let BatchError::Length { column: named, .. } = error else { panic!("{error}") };
        assert_eq!(named, column);
    }
}

#[test]
fn the_first_bad_row_is_named_and_nothing_is_written() {
    let mut fleet = Fleet::of(200, 24i128, 24, 0);
    (fleet.teams[150], fleet.teams[170]) = (-1, i128::MIN);
    fleet.is_refused(BatchError::Negative { column: "teams", row: 150 });
    fleet.rebates[199] = -24;
    fleet.is_refused(BatchError::Negative { column: "rebates", row: 199 });
    (fleet.providers[66], fleet.providers[67]) = (1, u32::MAX);
    fleet.is_refused(BatchError::Provider { row: 66, provider: 1, providers: 1 });
    (fleet.counted[65], fleet.counted[199]) = (25, u16::MAX);
    fleet.is_refused(BatchError::Counted { row: 65, counted: 25, months: months(24) });
}

#[test]
fn totals_beyond_2_to_the_128_are_refused_and_one_wei_less_is_not() {
    let half = Wei::new(1 << 127);
    Fleet::of(1, half, half, 0).is_refused(BatchError::TooMuch);
    let mut fleet = Fleet::of(3, Wei::ZERO, Wei::ZERO, 0);
    (fleet.rebates[0], fleet.teams[2]) = (half, Wei::new((1 << 127) - 1));
    let (totals, settled) = fleet.settle();
    assert_eq!((totals.unwrap(), settled), fleet.one_by_one());

    let (mut to, mut sums) = (fleet.untouched(), [Wei::new(1)]);
    let Settled { rebates, teams, counted, .. } = &mut to;
    let to_write = Instalments { rebates, teams, counted };
    assert_eq!(fleet.with(|batch| batch.settle(to_write, &mut sums)), Err(BatchError::TooMuch));
    assert_eq!((to, sums), (fleet.untouched(), [Wei::new(1)]));
}

#[test]
fn a_bitmap_lies_within_its_bytes() {
    assert_eq!(Bitmap::new(&[0, 0], 1, 15).unwrap().len(), 15);
    assert!(Bitmap::new(&[], 0, 0).unwrap().is_empty());
    let refused = |bytes: &'static [u8], offset, len| Bitmap::new(bytes, offset, len).unwrap_err();
    assert_eq!(refused(&[0, 0], 1, 16).to_string(), "16 bits from bit 1 on do not lie in 2 bytes");
    let _: BitmapError = refused(&[0, 0], usize::MAX, 2);
    let part = Bitmap::new(&[0, 0], 1, 15).unwrap().part(10, 10);
    assert_eq!((part.len(), part.part(7, 1).len()), (5, 0));
}

/// Amounts of every size, small ones as often as large ones, together no more than there can be.
fn amount() -> impl Strategy<Value = Wei> {
    (any::<u128>(), 12u32..128).prop_map(|(bits, shift)| Wei::new(bits >> shift))
}

fn fleet() -> impl Strategy<Value = Fleet<Wei>> {
    let shape = (0usize..300, prop_oneof![Just(24u16), 1u16..=60, Just(u16::MAX)], 1usize..20);
    shape.prop_flat_map(|(rows, count, providers)| {
        (
            prop::collection::vec(amount(), rows),
            prop::collection::vec(amount(), rows),
            prop::collection::vec(0..=count, rows),
            prop::collection::vec(any::<bool>(), rows),
            prop::collection::vec(0..providers as u32, rows),
            prop::collection::vec(any::<bool>(), providers),
        )
            .prop_map(move |(rebates, teams, counted, connected, providers, standing)| Fleet {
                months: months(count),
                rebates,
                teams,
                counted,
                connected,
                providers,
                standing,
            })
    })
}

proptest! {
    #[test]
    fn columns_pay_what_is_paid_one_by_one(fleet in fleet()) {
        let (totals, settled) = fleet.settle();
        prop_assert_eq!((totals.unwrap(), settled), fleet.one_by_one());
    }

    #[cfg(feature = "std")]
    #[test]
    fn any_number_of_threads_pays_the_same(fleet in fleet(), threads in 1usize..9) {
        prop_assert_eq!(fleet.settle_parallel(threads), fleet.settle());
    }

    #[test]
    fn twenty_four_months_pay_the_total(rebate in amount(), team in amount()) {
        let mut fleet = Fleet::of(1, rebate, team, 0);
        let mut paid = [Wei::ZERO; 2];
        for _ in 0..24 {
            let settled = fleet.settle().1;
            paid = [(paid[0], settled.rebates[0]), (paid[1], settled.teams[0])]
                .map(|(sum, part)| sum.checked_add(part).unwrap());
            fleet.counted = settled.counted;
        }
        prop_assert_eq!(paid, [rebate, team]);
        prop_assert_eq!(fleet.counted[0], 24);
    }

    /// The months of `Settlement`, which pays schedules one by one, again and again.
    #[test]
    fn a_year_of_columns_is_a_year_of_settlements(
        sold in prop::collection::vec((1u64..6_000_000, 0u128..1 << 90, 0u32..3), 1..20),
        lot in prop::collection::vec(any::<u32>(), 30),
    ) {
        let policy = Policy::dip4(BasisPoints::ZERO);
        let names = ["a", "b", "c"].map(|name| Name::new(name).unwrap());
        let splits: Vec<_> = sold
            .iter()
            .map(|(n, price, _)| policy.split(SaleNumber::new(*n).unwrap(), Wei::new(*price)).unwrap())
            .collect();
        let mut schedules: Vec<_> = splits.iter().map(|split| Schedule::new(split, policy.months)).collect();
        let mut fleet = Fleet {
            months: policy.months,
            rebates: splits.iter().map(|split| split.rebate()).collect(),
            teams: splits.iter().map(|split| split.team()).collect(),
            counted: vec![0; sold.len()],
            connected: Vec::new(),
            providers: sold.iter().map(|sale| sale.2).collect(),
            standing: Vec::new(),
        };
        for lot in lot {
            fleet.connected = (0..sold.len()).map(|row| lot >> row & 1 == 1).collect();
            fleet.standing = (20..23).map(|bit| lot >> bit & 3 != 0).collect();
            let bonded = schedules.iter().enumerate().map(|(row, schedule)| Bonded {
                provider: &names[fleet.providers[row] as usize],
                device_type: DeviceType::Hub,
                schedule,
                connection: if fleet.connected[row] { Connection::Connected } else { Connection::Disconnected },
            });
            let standing = |name: &Name| {
                let at = names.iter().position(|known| known == name).unwrap();
                if fleet.standing[at] { Standing::Good } else { Standing::Refused(Refusal::NoLicence) }
            };
            let month = Settlement::of(Month::new(2023, 1).unwrap(), bonded, standing).unwrap();
            let (totals, settled) = fleet.settle();
            let totals = totals.unwrap();
            prop_assert_eq!(
                (totals.team, totals.counted, totals.paused),
                (month.team_share(), month.counted, month.paused)
            );
            for (name, sum) in names.iter().zip(&settled.sums) {
                prop_assert_eq!(month.rebate_of(name), *sum);
            }
            prop_assert!(month.schedules.iter().map(Schedule::counted).eq(settled.counted.iter().copied()));
            schedules = month.schedules;
            fleet.counted = settled.counted;
        }
    }
}
