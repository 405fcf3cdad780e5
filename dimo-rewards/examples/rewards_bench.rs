//! What `cargo xtask bench rewards` runs: `rewards_bench [DEVICES]`
//!
//! One month of ten million devices, settled by [`Batch`], by the loop over `rust_decimal` that one would write first, and
//! beside a loop that only reads and writes the same columns; then values of the curve. All ways take turns, in pieces as a
//! backend reads them from its files, and of each piece the best turn counts: so what else runs on the machine does not,
//! and no piece is in a cache, because all others come before it again. Ends with 1 where a floor is missed or two ways
//! differ.

use core::error::Error;
use core::hint::black_box;
use core::num::{NonZeroU16, NonZeroUsize};
use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Instant;

use dimo_rewards::{BasisPoints, Batch, BatchTotals, Bitmap, Curve, Instalments, Policy, SaleNumber};
use dimo_types::Wei;
use rust_decimal::Decimal;

const DEVICES: usize = 10_000_000;
const PROVIDERS: u32 = 1_000;
const MONTHS: NonZeroU16 = NonZeroU16::new(24).unwrap();
const ROUNDS: usize = 5;
/// Rows that are settled at a time on one core.
const PIECE: usize = 1 << 14;
const SALES: u64 = 5_200_000;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let devices = std::env::args().nth(1).map_or(Ok(DEVICES), |count| count.parse())?;
    let settled = settlement(devices)?;
    let curved = curve()?;
    Ok(if settled && curved { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The best turn of each piece, in seconds.
#[derive(Default)]
struct Best(Vec<f64>);

impl Best {
    fn time<T>(&mut self, piece: usize, work: impl FnOnce() -> T) -> T {
        if self.0.len() <= piece {
            self.0.resize(piece + 1, f64::INFINITY);
        }
        let started = Instant::now();
        let result = black_box(work());
        let took = started.elapsed().as_secs_f64();
        self.0.iter_mut().skip(piece).take(1).for_each(|best| *best = best.min(took));
        result
    }

    fn seconds(&self) -> f64 {
        self.0.iter().sum()
    }
}

/// What all ways must agree on: the sums of the providers, and the rest.
struct Found {
    sums: Vec<Wei>,
    totals: BatchTotals,
}

impl Found {
    fn new(providers: usize) -> Self {
        Self { sums: vec![Wei::ZERO; providers], totals: BatchTotals::default() }
    }
}

fn settlement(devices: usize) -> Result<bool, Box<dyn Error>> {
    let world = World::of(devices);
    let batch = world.batch()?;
    let mut rows = world.rows()?;
    let (mut rebates, mut teams) = (vec![0; devices], vec![0; devices]);
    let mut counted = vec![0; devices];
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let [mut one, mut all, mut decimal, mut bandwidth] = [(); 4].map(|()| Best::default());
    let mut agreed = true;
    for _ in 0..ROUNDS {
        let mut expected = DecimalFound::default();
        for (piece, rows) in rows.chunks_mut(PIECE).enumerate() {
            decimal.time(piece, || decimals(rows, &world.good, &mut expected))?;
        }
        for (piece, (part, to)) in pieces(&batch, &mut rebates, &mut teams, &mut counted).enumerate() {
            bandwidth.time(piece, || copied(&part, to));
        }
        let mut found = Found::new(world.good.len());
        for (piece, (part, to)) in pieces(&batch, &mut rebates, &mut teams, &mut counted).enumerate() {
            let totals = one.time(piece, || part.settle(to, &mut found.sums))?;
            found.totals = found.totals.checked_add(totals).ok_or("too much")?;
        }
        agreed &= expected.is(&found) && same_rows(&rows, &rebates, &teams);
        let mut found = Found::new(world.good.len());
        let to = Instalments { rebates: &mut rebates, teams: &mut teams, counted: &mut counted };
        found.totals = all.time(0, || batch.settle_parallel(threads, to, &mut found.sums))?;
        agreed &= expected.is(&found) && same_rows(&rows, &rebates, &teams);
    }
    println!("one month of {devices} devices of {PROVIDERS} providers, the best of {ROUNDS} turns");
    println!("on one core in pieces of {PIECE} rows, with several threads all at once");
    println!("{:<52}{:>10}{:>16}", "", "ms", "million rows/s");
    let line = |name: &str, best: &Best| {
        println!("{name:<52}{:>10.1}{:>16.1}", best.seconds() * 1e3, devices as f64 / best.seconds() / 1e6);
    };
    line("Batch::settle, one core", &one);
    line(&format!("Batch::settle_parallel, {threads} threads"), &all);
    line("(a) a loop over rust_decimal, one core", &decimal);
    line("(b) reading and writing the same columns, one core", &bandwidth);
    let floor = told("(a) / settle", decimal.seconds() / one.seconds(), 15.0, Aim::AtLeast);
    told("settle / (b)", one.seconds() / bandwidth.seconds(), 3.0, Aim::AtMost);
    if !agreed {
        println!("FAILED: the ways give different amounts");
    }
    Ok(agreed && floor)
}

/// Some rows of a batch, and where their results go.
type Piece<'a> = (Batch<'a, i128>, Instalments<'a, i128>);

fn pieces<'a>(
    batch: &Batch<'a, i128>,
    rebates: &'a mut [i128],
    teams: &'a mut [i128],
    counted: &'a mut [u16],
) -> impl Iterator<Item = Piece<'a>> {
    let batch = *batch;
    let totals = batch.rebates.chunks(PIECE).zip(batch.teams.chunks(PIECE));
    let devices = batch.counted.chunks(PIECE).zip(batch.providers.chunks(PIECE));
    let to = rebates.chunks_mut(PIECE).zip(teams.chunks_mut(PIECE)).zip(counted.chunks_mut(PIECE));
    let rows = totals.zip(devices).zip(to).enumerate();
    rows.map(move |(piece, (((rebates, teams), (before, providers)), to))| {
        let connected = batch.connected.part(piece * PIECE, rebates.len());
        let part = Batch { rebates, teams, counted: before, providers, connected, ..batch };
        let ((rebates, teams), counted) = to;
        (part, Instalments { rebates, teams, counted })
    })
}

/// Which side of a limit is right.
#[derive(Clone, Copy)]
enum Aim {
    AtLeast,
    AtMost,
}

/// Prints a figure beside its limit. Whether it holds.
fn told(name: &str, value: f64, limit: f64, aim: Aim) -> bool {
    let (sign, holds) = match aim {
        Aim::AtLeast => (">=", value >= limit),
        Aim::AtMost => ("<=", value <= limit),
    };
    println!(
        "{name:<52}{value:>10.2}{:>16}{}",
        format!("{sign} {limit}"),
        if holds { "" } else { "  MISSED" }
    );
    holds
}

/// Devices in columns, as drawn by lot.
struct World {
    rebates: Vec<i128>,
    teams: Vec<i128>,
    counted: Vec<u16>,
    connected: Vec<u8>,
    providers: Vec<u32>,
    good: Vec<bool>,
    standing: Vec<u8>,
}

impl World {
    /// All are owed something. Of 100 devices 99 are connected; of 100 providers 99 are in good standing.
    fn of(devices: usize) -> Self {
        let mut lot = Lot(0x9E37_79B9_7F4A_7C15);
        let mut drawn = || lot.draw();
        let policy = Policy::dip4(BasisPoints::ZERO);
        // The six device types, as often as each other.
        let prices: Vec<_> = policy.nfts.values().map(|terms| terms.price).collect();
        let rebate = |at: u64| {
            let price = prices.get(at as usize % prices.len().max(1)).copied().unwrap_or_default();
            policy.rebate.of(price).get().cast_signed()
        };
        let dimo = Wei::PER_DIMO.cast_signed();
        let rebates = (0..devices).map(|_| rebate(drawn())).collect();
        let teams =
            (0..devices).map(|_| i128::from(50_000_000_000_000_000 + drawn() % (dimo as u64 * 7))).collect();
        let counted = (0..devices).map(|_| (drawn() % 24) as u16).collect();
        let connected = bits((0..devices).map(|_| drawn() % 100 < 99));
        let providers = (0..devices).map(|_| (drawn() % u64::from(PROVIDERS)) as u32).collect();
        let good: Vec<_> = (0..PROVIDERS).map(|_| drawn() % 100 < 99).collect();
        let standing = bits(good.iter().copied());
        Self { rebates, teams, counted, connected, providers, good, standing }
    }

    fn batch(&self) -> Result<Batch<'_, i128>, Box<dyn Error>> {
        Ok(Batch {
            months: MONTHS,
            rebates: &self.rebates,
            teams: &self.teams,
            counted: &self.counted,
            connected: Bitmap::new(&self.connected, 0, self.rebates.len())?,
            providers: &self.providers,
            standing: Bitmap::new(&self.standing, 0, self.good.len())?,
        })
    }

    /// The same for the other way.
    fn rows(&self) -> Result<Vec<Row>, Box<dyn Error>> {
        let totals = self.rebates.iter().zip(&self.teams);
        let devices = totals.zip(self.counted.iter().zip(&self.providers));
        let rows = devices.enumerate().map(|(row, ((rebate, team), (counted, provider)))| {
            Ok(Row {
                rebate: Decimal::try_from_i128_with_scale(*rebate, 0).map_err(|error| error.to_string())?,
                team: Decimal::try_from_i128_with_scale(*team, 0).map_err(|error| error.to_string())?,
                counted: *counted,
                connected: self.connected.get(row / 8).is_some_and(|bits| bits >> (row % 8) & 1 == 1),
                provider: *provider,
                paid: (Decimal::ZERO, Decimal::ZERO),
            })
        });
        rows.collect()
    }
}

fn bits(drawn: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (row, bit) in drawn.enumerate() {
        if row % 8 == 0 {
            bytes.push(0);
        }
        if let Some(last) = bytes.last_mut() {
            *last |= u8::from(bit) << (row % 8);
        }
    }
    bytes
}

/// Numbers by lot, the same in every run (xorshift64*).
struct Lot(u64);

impl Lot {
    fn draw(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 8
    }
}

/// A device in the loop over `rust_decimal`.
struct Row {
    rebate: Decimal,
    team: Decimal,
    counted: u16,
    connected: bool,
    provider: u32,
    paid: (Decimal, Decimal),
}

/// What the loop over `rust_decimal` found.
#[derive(Default)]
struct DecimalFound {
    sums: HashMap<u32, Decimal>,
    team: Decimal,
    counted: u64,
    paused: u64,
}

impl DecimalFound {
    fn is(&self, found: &Found) -> bool {
        let totals = found.totals;
        let sums = (0..)
            .zip(&found.sums)
            .all(|(provider, sum)| wei(self.sums.get(&provider).copied().unwrap_or_default()) == Some(*sum));
        let rest = (wei(self.team), self.counted, self.paused);
        sums && rest == (Some(totals.team), totals.counted, totals.paused)
    }
}

fn wei(amount: Decimal) -> Option<Wei> {
    let amount = amount.normalize();
    (amount.scale() == 0).then(|| Wei::new(amount.mantissa().cast_unsigned()))
}

/// (a): what one would write first.
fn decimals(rows: &mut [Row], good: &[bool], found: &mut DecimalFound) -> Result<(), &'static str> {
    let months = Decimal::from(MONTHS.get());
    let part = |total: Decimal, counted: u16| {
        let paid = |counted: u16| (total * Decimal::from(counted) / months).floor();
        paid(counted + 1) - paid(counted)
    };
    for row in rows {
        row.paid = (Decimal::ZERO, Decimal::ZERO);
        if row.counted == MONTHS.get() {
            continue;
        }
        if row.connected && *good.get(row.provider as usize).ok_or("no such provider")? {
            row.paid = (part(row.rebate, row.counted), part(row.team, row.counted));
            *found.sums.entry(row.provider).or_default() += row.paid.0;
            found.team += row.paid.1;
            found.counted += 1;
        } else {
            found.paused += 1;
        }
    }
    Ok(())
}

/// Whether each device got the same.
fn same_rows(rows: &[Row], rebates: &[i128], teams: &[i128]) -> bool {
    let paid = rebates.iter().zip(teams);
    rows.iter()
        .zip(paid)
        .all(|(row, (rebate, team))| row.paid.0.mantissa() == *rebate && row.paid.1.mantissa() == *team)
}

/// (b): each column read once and each result written once, with next to no work between.
fn copied(batch: &Batch<'_, i128>, to: Instalments<'_, i128>) -> u32 {
    // Not foreseen, so that the loop remains one.
    let mix = black_box(1u16);
    let read = batch.rebates.iter().zip(batch.teams).zip(batch.counted).zip(batch.providers);
    let write = to.rebates.iter_mut().zip(to.teams).zip(to.counted);
    let mut seen = 0u32;
    for ((((rebate, team), before), provider), ((rebate_now, team_now), after)) in read.zip(write) {
        *rebate_now = rebate ^ i128::from(mix);
        *team_now = team ^ i128::from(mix);
        *after = before ^ mix;
        seen ^= provider;
    }
    seen
}

fn curve() -> Result<bool, Box<dyn Error>> {
    const VALUES: usize = 500_000;
    let (curve, price) = (Curve::dip4(), Wei::from_dimo(50).ok_or("too much")?);
    let mut lot = Lot(1);
    let numbers: Option<Vec<_>> = (0..VALUES).map(|_| SaleNumber::new(1 + lot.draw() % SALES)).collect();
    let numbers = numbers.ok_or("sales are numbered from 1")?;
    let (mut value, mut all) = (Best::default(), Best::default());
    for _ in 0..ROUNDS {
        value.time(0, || numbers.iter().fold(0, |sum, n| sum ^ curve.reward(*n, price).get()));
        all.time(0, || all_rewards(&curve, price));
    }
    println!("\nthe curve at a price of 50 $DIMO");
    let one = told(
        "one value, of sales drawn by lot: ns",
        value.seconds() / VALUES as f64 * 1e9,
        1_000.0,
        Aim::AtMost,
    );
    let all =
        told(&format!("every reward of n = 1 to {SALES}: ms"), all.seconds() * 1e3, 2_000.0, Aim::AtMost);
    Ok(one && all)
}

/// Every reward of the first sales, each carried on from the one before.
fn all_rewards(curve: &Curve, price: Wei) -> u128 {
    let rewards = curve.rewards(SaleNumber::FIRST, price).take(SALES as usize);
    rewards.fold(0, |sum, reward| sum ^ reward.get())
}
