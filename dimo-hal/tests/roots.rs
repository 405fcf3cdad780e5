//! The roots of a device, from that of its factory on.
#![cfg(all(feature = "boot", feature = "dev", feature = "alloc"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

#[path = "util/release.rs"]
mod release;

use dimo_crypto::manifest::{Ed25519, RotationRefusal};
use dimo_hal::boot::{BootSlot, BootState, RootError, RootStore};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::{CutModel, MockFlash, Supply};
use dimo_hal::wait;
use release::{handed_over, root, verifier};

type Flash = MockFlash<4, 4096>;
type Store<'f> = RootStore<BlockingFlash<&'f mut Flash>, 1024>;

fn epochs(flash: &mut Flash) -> (u32, Option<u32>) {
    let factory = root(0, 0);
    let store: Store<'_> = wait(RootStore::open(BlockingFlash(flash))).unwrap();
    let roots = store.roots(verifier(&factory, None).root, &Ed25519).unwrap();
    (roots.current.get().epoch, roots.before.map(|before| before.get().epoch))
}

fn take(
    flash: &mut Flash,
    signed: &[u8],
    state: &BootState,
) -> Result<(), RootError<dimo_hal::mock::MockFlashError>> {
    let factory = root(0, 0);
    let mut store: Store<'_> = wait(RootStore::open(BlockingFlash(flash)))?;
    wait(store.take(signed, verifier(&factory, None).root, &Ed25519, state))
}

#[test]
fn each_root_hands_over_to_the_next_and_both_hold() {
    let mut flash = Flash::new(3, &Supply::new(0));
    let idle = BootState::default();
    assert_eq!(epochs(&mut flash), (0, None));
    take(&mut flash, &handed_over(1, 0), &idle).unwrap();
    assert_eq!(epochs(&mut flash), (1, Some(0)));
    take(&mut flash, &handed_over(2, 4), &idle).unwrap();
    assert_eq!(epochs(&mut flash), (2, Some(1)));
}

#[test]
fn a_root_that_is_skipped_replayed_or_tampered_with_is_refused_and_nothing_changes() {
    let mut flash = Flash::new(3, &Supply::new(0));
    let idle = BootState::default();
    take(&mut flash, &handed_over(1, 0), &idle).unwrap();
    let before = flash.cells().to_vec();
    for epoch in [1, 3] {
        let refused = take(&mut flash, &handed_over(epoch, 0), &idle);
        assert!(matches!(refused, Err(RootError::Refused(RotationRefusal::Epoch { root: 1, .. }))));
    }
    let mut tampered = handed_over(2, 0);
    let last = tampered.len() - 1;
    tampered[last] ^= 1;
    assert!(matches!(take(&mut flash, &tampered, &idle), Err(RootError::Refused(_))));
    assert!(matches!(take(&mut flash, &tampered[..last], &idle), Err(RootError::Parse(_))));
    assert_eq!(flash.cells(), before);
}

#[test]
fn no_root_is_taken_while_an_image_is_on_trial() {
    let mut flash = Flash::new(3, &Supply::new(0));
    let mut trial = BootState::default();
    trial.trial = Some((BootSlot::B, 2));
    assert_eq!(take(&mut flash, &handed_over(1, 0), &trial), Err(RootError::OnTrial));
}

#[test]
fn a_chain_that_is_full_takes_no_more_and_stays() {
    let mut flash = Flash::new(3, &Supply::new(0));
    let idle = BootState::default();
    let mut taken = 0;
    let refused = loop {
        match take(&mut flash, &handed_over(taken + 1, 0), &idle) {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, RootError::Full);
    assert_eq!(epochs(&mut flash).0, taken);
    assert!(taken >= 2);
}

#[test]
fn a_chain_that_an_application_wrote_itself_is_not_believed() {
    let mut flash = Flash::new(3, &Supply::new(0));
    let factory = root(0, 0);
    let mut record: dimo_hal::record::RecordStore<_, 1024> =
        wait(dimo_hal::record::RecordStore::open(BlockingFlash(&mut flash))).unwrap();
    let second = handed_over(2, 0);
    let len = u16::try_from(second.len()).unwrap().to_le_bytes();
    wait(record.store(&[&len[..], &second].concat())).unwrap();
    let store: Store<'_> = wait(RootStore::open(BlockingFlash(&mut flash))).unwrap();
    let roots = store.roots(verifier(&factory, None).root, &Ed25519);
    assert!(matches!(roots, Err(RootError::Refused(RotationRefusal::Epoch { root: 0, next: 2 }))));
}

#[test]
fn wherever_the_power_goes_the_root_is_the_one_before_or_the_next() {
    for model in CutModel::ALL {
        for after in 0.. {
            let supply = Supply::new(after);
            let mut flash = Flash::new(3, &supply);
            supply.cut_after(after, model);
            let taken = take(&mut flash, &handed_over(1, 0), &BootState::default());
            let was_cut = supply.is_off();
            supply.restore();
            let (epoch, _) = epochs(&mut flash);
            assert!(epoch == 1 || taken.is_err(), "{model:?} after {after}");
            assert_eq!(epochs(&mut flash).0, epoch, "what was seen once stays");
            if !was_cut {
                break;
            }
        }
    }
}
