//! [`Scenario`]: what must hold whenever the power goes, and the sweeps that let it go at every operation.

use alloc::format;
use alloc::string::String;
use core::fmt;

use super::supply::{CutModel, Supply};

/// How many starts with steady power a device may need until everything is in order again.
const BOOTS: u32 = 3;

/// How often a device may start anew by itself, as an update does, before the next cut.
const STARTS: u32 = 16;

/// What a device does in one life: from what it has stored to an end that a clean run reaches.
///
/// A cut is a start from whatever the memories hold. So [`run`](Self::run) begins like a device that was switched on, reads what is there,
/// goes on from it, and is called again after each cut.
pub trait Scenario {
    /// The memories of one device and what the world outside knows of it: what was acknowledged to whom.
    type World;

    /// How a table names it.
    fn name(&self) -> &'static str;

    /// A device before its first start, on this supply. The same each time.
    fn world(&self, supply: &Supply) -> Self::World;

    /// Switches the device on and lets it do its work. It returns at the end or when the power is gone.
    ///
    /// # Errors
    ///
    /// What happened that never may, power or not: an unsigned image started, a record lost, a number used twice.
    fn run(&self, world: &mut Self::World) -> Result<Run, String>;

    /// Checks the end of a life: nothing is lost, nothing is half done.
    ///
    /// # Errors
    ///
    /// What is not as it must be.
    fn check(&self, world: &mut Self::World) -> Result<(), String>;
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a run has one of two ends")]
pub enum Run {
    /// All is done.
    Finished,
    /// The power is gone, or the device wants to start again.
    Interrupted,
}

/// What came of a sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// How many cuts there were.
    pub cuts: u64,
    /// How many lives had a violation.
    pub violations: u64,
    /// What the first violation was, and after which cuts.
    pub first: Option<String>,
}

impl Tally {
    fn add(&mut self, cuts: u64, life: impl fmt::Display, result: Result<(), String>) {
        self.cuts += cuts;
        if let Err(reason) = result {
            self.violations += 1;
            self.first.get_or_insert_with(|| format!("{reason}; {life}"));
        }
    }
}

/// A life without a cut: how many operations it takes, and how it ends.
///
/// # Errors
///
/// What was violated.
pub fn undisturbed<S: Scenario>(scenario: &S) -> (u64, Result<(), String>) {
    let supply = Supply::new(0);
    let mut world = scenario.world(&supply);
    let before = supply.operations();
    let result = settle(scenario, &mut world, STARTS).and_then(|()| scenario.check(&mut world));
    (supply.operations() - before, result)
}

/// Cuts the power once in each life, at every `stride`th operation, so `stride` 1 is each of them.
pub fn sweep_single<S: Scenario>(scenario: &S, model: CutModel, stride: u64) -> Tally {
    let (end, result) = undisturbed(scenario);
    let mut tally = Tally::default();
    tally.add(0, "no cut", result);
    let mut at = 0;
    while at < end {
        let result = live(scenario, at, [(at, model)]);
        tally.add(1, format_args!("{} at operation {at}", model.name()), result);
        at += stride.max(1);
    }
    tally
}

/// Cuts the power up to six times in each of so many lives, at random operations.
pub fn sweep_chains<S: Scenario>(scenario: &S, model: CutModel, lives: u64) -> Tally {
    let (end, result) = undisturbed(scenario);
    let mut tally = Tally::default();
    tally.add(0, "no cut", result);
    for seed in 0..lives {
        let random = Supply::new(seed);
        let count = 1 + random.noise() % 6;
        let cuts: [_; 6] = core::array::from_fn(|_| random.noise() % end.max(1));
        let chain = cuts.into_iter().take(usize::try_from(count).unwrap_or(6)).map(|at| (at, model));
        let result = live(scenario, seed, chain);
        tally.add(count, format_args!("{} chain {seed}", model.name()), result);
    }
    tally
}

/// One life with these cuts, each so many operations after a start.
fn live<S: Scenario>(
    scenario: &S,
    seed: u64,
    cuts: impl IntoIterator<Item = (u64, CutModel)>,
) -> Result<(), String> {
    let supply = Supply::new(seed);
    let mut world = scenario.world(&supply);
    for (after, model) in cuts {
        supply.cut_after(after, model);
        for _ in 0..STARTS {
            if supply.is_off() || scenario.run(&mut world)? == Run::Finished {
                break;
            }
        }
        supply.restore();
    }
    settle(scenario, &mut world, BOOTS)?;
    scenario.check(&mut world)
}

/// Starts with steady power until all is done.
fn settle<S: Scenario>(scenario: &S, world: &mut S::World, boots: u32) -> Result<(), String> {
    for _ in 0..boots {
        if scenario.run(world)? == Run::Finished {
            return Ok(());
        }
    }
    Err(format!("not in order after {boots} starts"))
}
