//! [`Slots`]: the two images of the board, as if this program ran from the first.

use blueprint::{memory, trust};
use board::{Flash, Fuses};
use dimo_hal::boot::{BootFlash, BootSlot, FlashBootControl};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::update::{UpdatePolicy, UpdateTarget, Updater};
use dimo_hal::wait;
use dimo_types::Address;
use radio::{Firmware, SharedStore};
use static_cell::StaticCell;
use trust::Ed25519;

use crate::Store;

type Control = FlashBootControl<'static, BlockingFlash<Flash>, Ed25519, Fuses>;
/// What a phone may upload to the second.
pub(crate) type Slots = Firmware<'static, SharedStore<'static, Store>, Control, Ed25519>;

static SLOTS: StaticCell<Slots> = StaticCell::new();

/// A machine lives off no battery.
const POLICY: UpdatePolicy = UpdatePolicy { least_mv: 0, ..UpdatePolicy::TWELVE_VOLT };

#[inline(never)]
pub(crate) fn open(
    boot: Flash,
    fuses: Fuses,
    storage: SharedStore<'static, Store>,
    device: Address,
) -> Option<&'static mut Slots> {
    let flash = BootFlash::new(BlockingFlash(boot), memory::boot_layout()).ok()?;
    let control = FlashBootControl::new(flash, trust::verifier()?, fuses, BootSlot::A);
    let updater = wait(Updater::open(storage, POLICY)).ok()?;
    let boot_seq = trust::BOOT_SEQ;
    let target = UpdateTarget { device, groups: &[], class: trust::CLASS, boot_seq, others: &[] };
    let root = trust::verifier()?.root;
    Some(SLOTS.init_with(|| Firmware::new(updater, control, root, Ed25519, target)))
}
