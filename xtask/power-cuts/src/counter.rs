//! A monotonic counter that loses its power: it never goes down, and what was answered holds.

use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::{MockFlash, Run, Scenario, Supply};
use dimo_hal::record::FlashCounter;
use dimo_hal::wait;

const END: u64 = 60;

/// The counter is raised step by step, each step asked for twice.
pub(crate) struct Counter;

pub(crate) struct World {
    flash: MockFlash<4, 128>,
    /// The greatest value that was answered or found.
    known: u64,
    asked: u64,
}

impl Scenario for Counter {
    type World = World;

    fn name(&self) -> &'static str {
        "counter"
    }

    fn world(&self, supply: &Supply) -> World {
        World { flash: MockFlash::new(3, supply), known: 0, asked: 0 }
    }

    fn run(&self, world: &mut World) -> Result<Run, String> {
        let Ok(mut counter) = wait(FlashCounter::open(BlockingFlash(&mut world.flash))) else {
            return Ok(Run::Interrupted);
        };
        let found = counter.get();
        if found != world.known && found != world.asked {
            return Err(format!(
                "{found} is found, where {} was known and {} asked for",
                world.known, world.asked
            ));
        }
        world.known = found;
        while world.known < END {
            world.asked = world.known + 1 + world.known % 3;
            for _ in 0..2 {
                match wait(counter.advance_to(world.asked)) {
                    Ok(value) if value == world.asked => world.known = value,
                    Ok(value) => return Err(format!("{value} is answered, {} was asked for", world.asked)),
                    Err(_) => return Ok(Run::Interrupted),
                }
            }
        }
        Ok(Run::Finished)
    }

    fn check(&self, world: &mut World) -> Result<(), String> {
        if world.flash.misuses() == 0 { Ok(()) } else { Err("a word was written twice".to_owned()) }
    }
}
