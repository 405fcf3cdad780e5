//! Sealed sessions of a device that loses its power: no opening counter and no sequence number is used twice.

use std::collections::BTreeSet;

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, OVERHEAD, OpeningCounter, Reservation, ServerKey, SessionAction, SessionRequest,
};
use dimo_crypto::{Address, SoftwareKey};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::{FlashKeyValue, Key, KeyValue as _};
use dimo_hal::mock::{MockFlash, Run, Scenario, Supply};
use dimo_hal::record::FlashCounter;
use dimo_hal::wait;
use dimo_types::Timestamp;

type Flash = MockFlash<8, 256>;

/// Where the reservation is kept.
const RESERVATION: Key = Key::new(1, 1);
/// How many sessions a life has, and records each of them.
const SESSIONS: u64 = 5;
const RECORDS: usize = 3;

/// Every start opens a session and seals some records.
pub(crate) struct Sessions;

/// A device with a counter and a store, in two parts on one supply.
pub(crate) struct World {
    counter: Flash,
    store: Flash,
    opened: BTreeSet<u64>,
    sealed: BTreeSet<u64>,
}

impl Scenario for Sessions {
    type World = World;

    fn name(&self) -> &'static str {
        "session-numbers"
    }

    fn world(&self, supply: &Supply) -> World {
        World {
            counter: Flash::new(3, supply),
            store: Flash::new(3, supply),
            opened: BTreeSet::new(),
            sealed: BTreeSet::new(),
        }
    }

    fn run(&self, world: &mut World) -> Result<Run, String> {
        while u64::try_from(world.opened.len()).unwrap_or(u64::MAX) < SESSIONS {
            if world.start()?.is_none() {
                return Ok(Run::Interrupted);
            }
        }
        Ok(Run::Finished)
    }

    fn check(&self, world: &mut World) -> Result<(), String> {
        match world.counter.misuses() + world.store.misuses() {
            0 => Ok(()),
            misuses => Err(format!("{misuses} words were written twice")),
        }
    }
}

impl World {
    /// One start of the device; `None` when the power went.
    fn start(&mut self) -> Result<Option<()>, String> {
        let Ok(mut counter) = wait(FlashCounter::open(BlockingFlash(&mut self.counter))) else {
            return Ok(None);
        };
        let Ok(mut store) = wait(FlashKeyValue::<_, 32>::open(BlockingFlash(&mut self.store))) else {
            return Ok(None);
        };
        let Ok(first) = wait(counter.reserve(1)) else { return Ok(None) };
        let number = first + 1;
        if !self.opened.insert(number) {
            return Err(format!("two sessions are opened with counter {number}"));
        }
        let mut bytes = [0; 8];
        let stored = match wait(store.get(RESERVATION, &mut bytes)) {
            Ok(Some(8)) => Reservation::from_bytes(bytes).map_err(|error| error.to_string())?,
            Ok(_) => Reservation::NONE,
            Err(_) => return Ok(None),
        };
        let mut wallet = SoftwareKey::from_bytes([7; 32]).map_err(|error| error.to_string())?;
        let mut session = DeviceSession::new(request(&wallet, number)?, ephemeral(number)?, stored)
            .map_err(|error| error.to_string())?;
        for _ in 0..RECORDS {
            while let Some(action) = session.poll_action() {
                match action {
                    SessionAction::Persist(reservation) => {
                        if wait(store.put(RESERVATION, &reservation.to_bytes())).is_err() {
                            return Ok(None);
                        }
                        session.handle_persisted(reservation).map_err(|error| error.to_string())?;
                    }
                    SessionAction::Sign(opening) => {
                        let signature = wallet.sign(&opening).map_err(|error| error.to_string())?;
                        session.handle_signature(&signature).map_err(|error| error.to_string())?;
                    }
                    _ => return Err("an action of another kind".to_owned()),
                }
            }
            let mut record = [0; 5 + OVERHEAD];
            let sequence = session.seal(b"batch", &mut record).map_err(|error| error.to_string())?;
            if !self.sealed.insert(sequence.get()) {
                return Err(format!("sequence number {} is used twice", sequence.get()));
            }
        }
        Ok(Some(()))
    }
}

fn request(wallet: &SoftwareKey, number: u64) -> Result<SessionRequest, String> {
    Ok(SessionRequest {
        device: wallet.address(),
        server: ServerKey::from_bytes([1; 32]).public_key(),
        recipient: Address::ZERO,
        counter: OpeningCounter::new(number).ok_or("a counter of 0")?,
        not_after: Timestamp::MAX,
    })
}

fn ephemeral(number: u64) -> Result<Ephemeral, String> {
    let [low, high, ..] = number.to_le_bytes();
    let random = core::array::from_fn(|place| (place as u8).wrapping_mul(31) ^ low ^ high.rotate_left(3));
    Ephemeral::from_bytes(random).map_err(|error| error.to_string())
}
