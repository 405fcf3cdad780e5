//! The memory of a pairing device that loses its power: each record is the old or the new one, and a device reads them all.

use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::{FlashKeyValue, Key, KeyValue as _};
use dimo_hal::mock::{MockFlash, Run, Scenario, Supply};
use dimo_hal::wait;
use dimo_pairing::{Memory, RECORD_MAX, RecordKey};

type Flash = MockFlash<8, 2048>;
/// Five records under their keys.
const ALL: usize = 640;
const STORES: u8 = 20;

/// Phones come and go: one slot after the other is stored, and the state with it.
pub(crate) struct Slots;

pub(crate) struct World {
    flash: Flash,
    /// The generation of each record that was answered or found, and the one asked for last.
    known: [u8; RecordKey::ALL.len()],
    asked: (usize, u8),
    done: u8,
}

/// A record in the form of `dimo_pairing`: the state, or a slot.
fn record(place: usize, generation: u8) -> Vec<u8> {
    let mut bytes = vec![generation; if place == 0 { 32 } else { RECORD_MAX }];
    let format = [(0, 1)];
    // Whether it is owned, how many signatures are left; the role of a phone, and the upper half of an expiry.
    let fields: &[(usize, u8)] =
        if place == 0 { &[(1, 1), (26, 8), (31, 0)] } else { &[(93, 1), (94, 0), (95, 0), (96, 0)] };
    for (at, value) in format.iter().chain(fields) {
        if let Some(byte) = bytes.get_mut(*at) {
            *byte = *value;
        }
    }
    bytes
}

impl Scenario for Slots {
    type World = World;

    fn name(&self) -> &'static str {
        "resumption-slots"
    }

    fn world(&self, supply: &Supply) -> World {
        World { flash: Flash::new(3, supply), known: [0; 5], asked: (0, 0), done: 0 }
    }

    fn run(&self, world: &mut World) -> Result<Run, String> {
        let Ok(mut store) = wait(FlashKeyValue::<_, ALL>::open(BlockingFlash(&mut world.flash))) else {
            return Ok(Run::Interrupted);
        };
        let mut memory = Memory::new();
        for (place, (key, known)) in RecordKey::ALL.into_iter().zip(&mut world.known).enumerate() {
            let mut buffer = [0; RECORD_MAX];
            let Ok(len) = wait(store.get(Key::new(key.number(), 1), &mut buffer)) else {
                return Ok(Run::Interrupted);
            };
            let found = len.and_then(|len| buffer.get(..len)).unwrap_or_default();
            let asked = (world.asked.0 == place).then_some(world.asked.1);
            let generation =
                [Some(*known), asked].into_iter().flatten().find(|generation| match generation {
                    0 => found.is_empty(),
                    generation => found == record(place, *generation),
                });
            *known = generation.ok_or_else(|| format!("record {place} is neither {known} nor {asked:?}"))?;
            if !found.is_empty() {
                memory.load(key, found).map_err(|error| error.to_string())?;
            }
        }
        while world.done < STORES {
            let place = usize::from(world.done) % world.known.len();
            let generation = world.done / 5 + 1;
            world.asked = (place, generation);
            let key = Key::new(u8::try_from(place).unwrap_or_default(), 1);
            if wait(store.put(key, &record(place, generation))).is_err() {
                return Ok(Run::Interrupted);
            }
            if let Some(known) = world.known.get_mut(place) {
                *known = generation;
            }
            world.done += 1;
        }
        Ok(Run::Finished)
    }

    fn check(&self, world: &mut World) -> Result<(), String> {
        if world.flash.misuses() == 0 { Ok(()) } else { Err("a word was written twice".to_owned()) }
    }
}
