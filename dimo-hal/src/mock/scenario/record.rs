//! [`RecordOnce`]: a record that is stored again and again.

use alloc::format;
use alloc::string::String;

use crate::flash::BlockingFlash;
use crate::mock::{MockFlash, Run, Scenario, Supply};
use crate::record::RecordStore;
use crate::wait;

/// How often the record is stored in one life: several pages full.
const STORES: u8 = 60;

/// A record is the old or the new one, never neither, and what was seen once stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing to choose")]
pub struct RecordOnce;

/// One device with one record.
#[derive(Debug)]
pub struct RecordWorld {
    flash: MockFlash<8, 256>,
    /// What the store has said yes to, or has shown.
    known: u8,
    /// What it was asked to store last.
    asked: u8,
}

/// Records of different lengths, so that pages end at different places.
fn bytes_of(value: u8) -> [u8; 24] {
    [value; 24]
}

fn len_of(value: u8) -> usize {
    usize::from(value % 24) + 1
}

impl Scenario for RecordOnce {
    type World = RecordWorld;

    fn name(&self) -> &'static str {
        "record"
    }

    fn world(&self, supply: &Supply) -> RecordWorld {
        RecordWorld { flash: MockFlash::new(3, supply), known: 0, asked: 0 }
    }

    fn run(&self, world: &mut RecordWorld) -> Result<Run, String> {
        let opened = wait(RecordStore::<_, 32>::open(BlockingFlash(&mut world.flash)));
        let Ok(mut store) = opened else { return Ok(Run::Interrupted) };
        let found = store.get().map_or(0, |record| record.first().copied().unwrap_or(0));
        let whole = store.get().is_none_or(|record| bytes_of(found).get(..len_of(found)) == Some(record));
        if !whole || (found != world.known && found != world.asked) {
            return Err(format!(
                "{found} is found, where {} was known and {} asked for",
                world.known, world.asked
            ));
        }
        world.known = found;
        while world.known < STORES {
            world.asked = world.known + 1;
            let bytes = bytes_of(world.asked);
            if wait(store.store(bytes.get(..len_of(world.asked)).unwrap_or_default())).is_err() {
                return Ok(Run::Interrupted);
            }
            world.known = world.asked;
        }
        Ok(Run::Finished)
    }

    fn check(&self, world: &mut RecordWorld) -> Result<(), String> {
        match (world.known, world.flash.misuses()) {
            (STORES, 0) => Ok(()),
            (known, misuses) => Err(format!("{known} of {STORES} records, {misuses} words written twice")),
        }
    }
}
