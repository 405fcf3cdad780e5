//! A device with two slots and an updater, for the tests of whoever updates it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test helpers; each user takes its part"
)]

use dimo_crypto::manifest::{Ed25519, Nonce};
use dimo_crypto::merkle::Proof;
use dimo_hal::BootControl as _;
use dimo_hal::boot::{
    BootError, BootFlash, BootReason, BootSlot, ConfirmToken, FlashBootControl, SecurityCounter, Started,
};
use dimo_hal::clock::Uptime;
use dimo_hal::flash::BlockingFlash;
use dimo_hal::key_value::{FlashKeyValue, KeyValueError};
use dimo_hal::mock::{MockFlash, MockFlashError, Supply};
use dimo_hal::update::{
    Begun, Order, Progress, UpdateError, UpdatePolicy, Updater, Wanted, payload_with_proofs,
};
use dimo_hal::wait;

use crate::release::{CHUNK, Orders, PAGES, Plan, Release, layout, root, target, verifier};

pub(crate) type Flash = MockFlash<4, 512>;
pub(crate) type Store<'f> = FlashKeyValue<BlockingFlash<&'f mut Flash>, 128>;
pub(crate) type Control<'f> = FlashBootControl<'f, BlockingFlash<&'f mut Flash>, Ed25519, &'f mut Counter>;
pub(crate) type Error = UpdateError<BootError<MockFlashError>, KeyValueError<MockFlashError>>;

/// A counter that is always there.
#[derive(Debug, Default)]
pub(crate) struct Counter(pub(crate) u64);

impl SecurityCounter for Counter {
    type Error = core::convert::Infallible;

    async fn get(&mut self) -> Result<u64, Self::Error> {
        Ok(self.0)
    }

    async fn raise_to(&mut self, at_least: u64) -> Result<(), Self::Error> {
        self.0 = self.0.max(at_least);
        Ok(())
    }
}

pub(crate) const POLICY: UpdatePolicy = UpdatePolicy { note_every: 2, ..UpdatePolicy::TWELVE_VOLT };

pub(crate) struct Device {
    pub(crate) flash: Flash,
    pub(crate) store: Flash,
    pub(crate) counter: Counter,
    pub(crate) roots: (Vec<u8>, Option<Vec<u8>>),
    pub(crate) policy: UpdatePolicy,
    pub(crate) running: BootSlot,
    pub(crate) mv: Option<u32>,
}

pub(crate) const NOW: Uptime = Uptime::from_micros(1_000_000);

/// The release that runs at first, and the one that is offered.
pub(crate) const OLD: Plan = Plan::new(BootSlot::A, 5);
pub(crate) const NEW: Plan = Plan::new(BootSlot::B, 6);

impl Device {
    /// From the factory: release 5 in slot A, confirmed.
    pub(crate) fn new() -> Self {
        Self::on(&Supply::new(0))
    }

    pub(crate) fn on(supply: &Supply) -> Self {
        let mut device = Self {
            flash: Flash::new(PAGES, supply),
            store: Flash::new(4, supply),
            counter: Counter(0),
            roots: (root(0, 0), None),
            policy: POLICY,
            running: BootSlot::B,
            mv: Some(12_800),
        };
        let old = OLD.build();
        let verifier = verifier(&device.roots.0, None);
        let mut boot = BootFlash::new(BlockingFlash(&mut device.flash), layout()).unwrap();
        wait(async {
            boot.prepare(BootSlot::A, BootSlot::B, &old.signed).await?;
            boot.write(BootSlot::A, 0, &old.image).await?;
            boot.stage(BootSlot::A, 1, &verifier, &mut device.counter).await?;
            boot.start(&verifier, &mut device.counter).await?;
            let token = ConfirmToken::after_self_test(BootSlot::A);
            boot.confirm(token, &verifier, &mut device.counter).await
        })
        .unwrap();
        device.running = BootSlot::A;
        device
    }

    /// The application starts, and does something with its updater.
    pub(crate) fn with<R>(&mut self, act: impl FnOnce(&mut Updater<Store<'_>>, &mut Control<'_>) -> R) -> R {
        let verifier = verifier(&self.roots.0, self.roots.1.as_deref());
        let boot = BootFlash::new(BlockingFlash(&mut self.flash), layout()).unwrap();
        let mut control = FlashBootControl::new(boot, verifier, &mut self.counter, self.running);
        let store = wait(FlashKeyValue::open(BlockingFlash(&mut self.store))).unwrap();
        let mut updater = wait(Updater::open(store, self.policy)).unwrap();
        if let Some(mv) = self.mv {
            updater.handle_battery(mv);
        }
        act(&mut updater, &mut control)
    }

    /// The device starts anew.
    pub(crate) fn restart(&mut self) -> Started {
        let verifier = verifier(&self.roots.0, self.roots.1.as_deref());
        let mut boot = BootFlash::new(BlockingFlash(&mut self.flash), layout()).unwrap();
        let started = wait(boot.start(&verifier, &mut self.counter)).unwrap();
        self.running = started.slot;
        started
    }

    /// What runs after a restart: its number, and why.
    pub(crate) fn runs(&mut self) -> (u64, BootReason) {
        let started = self.restart();
        (started.image.seq(), started.reason)
    }

    /// Takes an order and fetches all of it, or says why not.
    pub(crate) fn install(&mut self, directive: &[u8], releases: &[&Release]) -> Result<(), Error> {
        let root = self.roots.0.clone();
        self.with(|updater, control| {
            begin(updater, control, &root, directive, releases)?;
            fetch(updater, control, releases.first().unwrap(), u32::MAX)?;
            wait(updater.stage(control))
        })
    }

    /// Whether the image of the free slot and its manifest are as they were.
    pub(crate) fn cells(&self) -> Vec<u8> {
        self.flash.cells().to_vec()
    }

    pub(crate) fn confirm(&mut self) -> Result<(), BootError<MockFlashError>> {
        let slot = self.running;
        self.with(|_, control| wait(control.confirm(ConfirmToken::after_self_test(slot))))
    }
}

pub(crate) fn begin(
    updater: &mut Updater<Store<'_>>,
    control: &mut Control<'_>,
    root: &[u8],
    directive: &[u8],
    releases: &[&Release],
) -> Result<Begun, Error> {
    let signed: Vec<&[u8]> = releases.iter().map(|release| release.signed.as_slice()).collect();
    let order = Order { directive, releases: &signed };
    let trusted = verifier(root, None).root;
    wait(updater.begin(NOW, &order, &target(), &trusted, &Ed25519, control))
}

/// Hands over at most so many chunks of what is wanted.
pub(crate) fn fetch(
    updater: &mut Updater<Store<'_>>,
    control: &mut Control<'_>,
    release: &Release,
    chunks: u32,
) -> Result<(), Error> {
    for _ in 0..chunks {
        let Some(wanted) = updater.wanted() else { break };
        let _ = chunk(updater, control, &release.image, &wanted)?;
    }
    Ok(())
}

/// Hands over a chunk of these bytes.
pub(crate) fn chunk(
    updater: &mut Updater<Store<'_>>,
    control: &mut Control<'_>,
    payload: &[u8],
    wanted: &Wanted,
) -> Result<Progress, Error> {
    let all = payload_with_proofs(payload, CHUNK).unwrap();
    let count = u32::try_from(payload.len()).unwrap().div_ceil(CHUNK.bytes());
    let place = all.len() / usize::try_from(count).unwrap();
    let bytes = &all[place * usize::try_from(wanted.index).unwrap()..][..place];
    let (proof, rest) = bytes.split_at(wanted.proof_len * 32);
    let bytes = &rest[..usize::try_from(wanted.len).unwrap()];
    wait(updater.handle_chunk(NOW, wanted.index, bytes, Proof::from_bytes(proof).unwrap(), control))
}

/// A directive that orders these.
pub(crate) fn orders(seq: u64, releases: &[&Release]) -> Vec<u8> {
    Orders::new(seq).of(releases)
}

pub(crate) const NONCE: Nonce = Nonce([0x4E; 16]);
