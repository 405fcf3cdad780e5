//! Signed images in two slots: the same lives as for the other boot loader, and none of them may start what is not signed, or older.

use dimo_crypto::manifest::{Ed25519, ImageHash, Manifest, PayloadKey, chunk_root};
use dimo_hal::boot::{BootError, BootFlash, BootSlot, ConfirmToken, FlashBootControl};
use dimo_hal::clock::{InSleep, Uptime};
use dimo_hal::delta::encode;
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::{FlashKeyValue, KeyValueError};
use dimo_hal::mock::{MockFlash, MockFlashError, MockMonotonic, Run, Scenario, Supply};
use dimo_hal::record::FlashCounter;
use dimo_hal::update::{
    Begun, FetchError, Order, OrderRefusal, UpdateError, UpdatePolicy, Updater, fetch, payload_with_proofs,
};
use dimo_hal::wait;

use crate::payload::Payload;
use crate::release::{CHUNK, Orders, PAGES, Plan, Release, layout, root, target, verifier};

type Flash = MockFlash<4, 512>;

/// What runs at first, and what is offered.
const OLD: u64 = 5;
const NEW: u64 = 6;
/// A trial is started twice, and how far an update has come is noted at every second chunk.
const POLICY: UpdatePolicy =
    UpdatePolicy { least_mv: 0, note_every: 2, starts: 2, ..UpdatePolicy::TWELVE_VOLT };

/// What happens to the device, and what it must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// The new image is fetched, tried and confirmed.
    Confirmed,
    /// So is one that comes as a sealed delta.
    Sealed,
    /// It is tried, never confirmed, and the old one comes back.
    Reverted,
    /// A bit of it is flipped once it was staged: it must not start.
    Tampered,
    /// The new image runs and is confirmed; the old one is offered again: it must not start.
    Older,
}

/// The lives, with images that are signed once.
pub(crate) struct Update {
    life: Life,
    old: Release,
    new: Release,
    /// The chunks of the new one.
    payload: Vec<u8>,
    /// With which they are opened, if they are sealed.
    key: Option<PayloadKey>,
    root: Vec<u8>,
}

/// The device, and what its bench has seen of it.
pub(crate) struct World {
    flash: Flash,
    counter: Flash,
    /// Where the updater keeps what it has to.
    store: Flash,
    supply: Supply,
    /// The number of the newest directive for the new image.
    orders: u64,
    /// A bit of the new image is flipped.
    tampered: bool,
    confirmed: bool,
    started_new: bool,
}

/// What a step of the application came to; `None` when the power went.
type Step<T> = Result<Option<T>, String>;

/// Why an order came to nothing.
type Failed = FetchError<&'static str, BootError<MockFlashError>, KeyValueError<MockFlashError>>;

impl Update {
    pub(crate) fn all() -> [Self; 5] {
        [Life::Confirmed, Life::Sealed, Life::Reverted, Life::Tampered, Life::Older].map(|life| {
            let (old, plan) = (Plan::new(BootSlot::A, OLD).build(), Plan::new(BootSlot::B, NEW));
            let (new, payload, key) = match life {
                Life::Sealed => sealed(plan, &old.image),
                _ => (plan.build(), plan.image(), None),
            };
            let payload = payload_with_proofs(&payload, CHUNK).unwrap_or_default();
            Self { life, old, new, payload, key, root: root(0, 0) }
        })
    }

    /// From the factory: the old image confirmed in slot A.
    fn factory(&self, world: &mut World) -> Step<()> {
        let verifier = verifier(&self.root, None);
        let mut boot = BootFlash::new(BlockingFlash(&mut world.flash), layout()).map_err(text)?;
        let mut counter = wait(FlashCounter::open(BlockingFlash(&mut world.counter))).map_err(text)?;
        wait(async {
            boot.prepare(BootSlot::A, BootSlot::B, &self.old.signed).await?;
            boot.write(BootSlot::A, 0, &self.old.image).await?;
            boot.stage(BootSlot::A, 1, &verifier, &mut counter).await?;
            boot.start(&verifier, &mut counter).await.map(drop)
        })
        .map_err(text)?;
        self.confirm(world, BootSlot::A)
    }

    /// Takes the order of a release and fetches it into the free slot; whether it was staged. What cuts have kept from confirming itself is ordered anew.
    fn update(&self, world: &mut World, release: &Release, running: BootSlot) -> Step<bool> {
        loop {
            match self.follow(world, release, running) {
                Err(FetchError::Update(UpdateError::TakenBack { .. })) => world.orders += 1,
                Ok(()) => return Ok(Some(true)),
                Err(_) if world.supply.is_off() => return Ok(None),
                Err(FetchError::Update(UpdateError::Refused(OrderRefusal::Release(_)))) => {
                    return Ok(Some(false));
                }
                Err(error) => return Err(format!("updating: {error}")),
            }
        }
    }

    fn follow(&self, world: &mut World, release: &Release, running: BootSlot) -> Result<(), Failed> {
        let trusted = verifier(&self.root, None);
        let boot = BootFlash::new(BlockingFlash(&mut world.flash), layout()).map_err(UpdateError::Boot)?;
        let counter = wait(FlashCounter::open(BlockingFlash(&mut world.counter)));
        let mut counter = counter.map_err(|error| UpdateError::Store(error.into()))?;
        let mut control = FlashBootControl::new(boot, trusted, &mut counter, running);
        // The old image is ordered last of all.
        let number = world.orders + u64::from(running == BootSlot::B);
        let directive = Orders::new(number).of(&[release]);
        let order = Order { directive: &directive, releases: &[&release.signed] };
        let clock = MockMonotonic::new(InSleep::Counts);
        wait(async {
            let store = FlashKeyValue::<_, 128>::open(BlockingFlash(&mut world.store)).await;
            let updater = Updater::open(store.map_err(UpdateError::Store)?, POLICY).await;
            let mut updater = updater.map_err(UpdateError::Store)?;
            if let Some(key) = &self.key {
                updater.handle_payload_key(key.clone());
            }
            let now = Uptime::START;
            let begun = updater.begin(now, &order, &target(), &trusted.root, &Ed25519, &mut control).await?;
            if begun == Begun::AlreadyStaged {
                return Ok(());
            }
            let mut source = Payload(&self.payload);
            fetch(&mut updater, &mut source, &mut control, &clock, &mut [0; 512]).await?;
            Ok(updater.stage(&mut control).await?)
        })
    }

    fn confirm(&self, world: &mut World, slot: BootSlot) -> Step<()> {
        let verifier = verifier(&self.root, None);
        let mut boot = BootFlash::new(BlockingFlash(&mut world.flash), layout()).map_err(text)?;
        let Ok(mut counter) = wait(FlashCounter::open(BlockingFlash(&mut world.counter))) else {
            return Ok(None);
        };
        match wait(boot.confirm(ConfirmToken::after_self_test(slot), &verifier, &mut counter)) {
            Ok(()) => Ok(Some(())),
            Err(_) if world.supply.is_off() => Ok(None),
            Err(error) => Err(format!("confirming: {error}")),
        }
    }

    /// The slot and the number of what the boot loader starts, and that it is what was signed.
    fn start(&self, world: &mut World) -> Step<(BootSlot, u64)> {
        let verifier = verifier(&self.root, None);
        let mut boot = BootFlash::new(BlockingFlash(&mut world.flash), layout()).map_err(text)?;
        let Ok(mut counter) = wait(FlashCounter::open(BlockingFlash(&mut world.counter))) else {
            return Ok(None);
        };
        let started = match wait(boot.start(&verifier, &mut counter)) {
            Ok(started) => started,
            Err(_) if world.supply.is_off() => return Ok(None),
            Err(error) => return Err(format!("it does not start: {error}")),
        };
        let (release, start) = if started.slot == BootSlot::A { (&self.old, 0) } else { (&self.new, 1024) };
        let cells = world.flash.cells().get(start..start + release.image.len());
        let signed =
            cells == Some(release.image.as_slice()) && !(world.tampered && started.slot == BootSlot::B);
        if !signed {
            return Err("what starts is not what was signed".to_owned());
        }
        if world.confirmed && started.slot == BootSlot::A {
            return Err("an older image was started".to_owned());
        }
        Ok(Some((started.slot, started.image.seq())))
    }

    /// What the old image does; whether that was all.
    fn run_old(&self, world: &mut World) -> Step<bool> {
        let had_its_chance = match self.life {
            Life::Reverted => world.started_new,
            Life::Tampered => world.tampered,
            Life::Confirmed | Life::Sealed | Life::Older => false,
        };
        if had_its_chance {
            return Ok(Some(true));
        }
        let Some(staged) = self.update(world, &self.new, BootSlot::A)? else { return Ok(None) };
        if !staged {
            return Err("the new image was refused".to_owned());
        }
        if self.life == Life::Tampered {
            world.tamper();
        }
        Ok(Some(false))
    }

    fn run_new(&self, world: &mut World) -> Step<bool> {
        world.started_new = true;
        match self.life {
            Life::Reverted => return Ok(Some(false)),
            Life::Tampered => {
                world.tamper();
                return Ok(Some(false));
            }
            Life::Confirmed | Life::Sealed | Life::Older => {}
        }
        if self.confirm(world, BootSlot::B)?.is_none() {
            return Ok(None);
        }
        world.confirmed = true;
        if self.life == Life::Older {
            return match self.update(world, &self.old, BootSlot::B)? {
                None => Ok(None),
                Some(false) => Ok(Some(true)),
                Some(true) => Err("an older image was staged".to_owned()),
            };
        }
        Ok(Some(true))
    }
}

/// The release, its payload as it is sent, and the key of that.
fn sealed(plan: Plan, base: &[u8]) -> (Release, Vec<u8>, Option<PayloadKey>) {
    let image = plan.image();
    let mut payload = encode(base, &image);
    let key = PayloadKey::seal(&[0x5C; 32], &mut payload);
    let manifest = Manifest {
        payload_len: u32::try_from(payload.len()).unwrap_or(u32::MAX),
        chunk_root: chunk_root(&payload, CHUNK).unwrap_or_default(),
        delta_base: Some(ImageHash::of(base)),
        payload_key: Some(key.id()),
        ..plan.manifest(&image)
    };
    (Release { signed: plan.sign(&manifest), image }, payload, Some(key))
}

impl World {
    fn tamper(&mut self) {
        if !self.tampered
            && let Some(cell) = self.flash.cells_mut().get_mut(1024 + 100)
        {
            *cell ^= 1;
            self.tampered = true;
        }
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

impl Scenario for Update {
    type World = World;

    fn name(&self) -> &'static str {
        match self.life {
            Life::Confirmed => "update",
            Life::Sealed => "sealed-delta",
            Life::Reverted => "revert",
            Life::Tampered => "tampered-image",
            Life::Older => "older-image",
        }
    }

    fn world(&self, supply: &Supply) -> World {
        let steady = Supply::new(0);
        let mut world = World {
            flash: Flash::new(PAGES, &steady),
            counter: Flash::new(3, &steady),
            store: Flash::new(4, &steady),
            supply: steady.clone(),
            orders: 1,
            tampered: false,
            confirmed: false,
            started_new: false,
        };
        // Whatever is wrong here shows at the first start.
        let _ = self.factory(&mut world);
        (world.flash, world.counter) = (world.flash.on(supply), world.counter.on(supply));
        world.store = world.store.on(supply);
        world.supply = supply.clone();
        world
    }

    fn run(&self, world: &mut World) -> Result<Run, String> {
        // Each turn is a start; a trial has two, and a life a few more.
        for _ in 0..6 {
            let Some((slot, _)) = self.start(world)? else { return Ok(Run::Interrupted) };
            let done = if slot == BootSlot::A { self.run_old(world)? } else { self.run_new(world)? };
            match done {
                None => return Ok(Run::Interrupted),
                Some(true) => return Ok(Run::Finished),
                Some(false) => {}
            }
        }
        Ok(Run::Interrupted)
    }

    fn check(&self, world: &mut World) -> Result<(), String> {
        if world.flash.misuses() + world.counter.misuses() + world.store.misuses() != 0 {
            return Err("a word was written twice".to_owned());
        }
        let expected = if matches!(self.life, Life::Reverted | Life::Tampered) { OLD } else { NEW };
        match self.start(world)? {
            Some((_, seq)) if seq == expected => Ok(()),
            started => Err(format!("in the end {started:?} starts, not {expected}")),
        }
    }
}
