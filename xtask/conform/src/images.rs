//! What a board starts.

use core::convert::Infallible;

use dimo_hal::boot::{BootFlash, BootSlot, ConfirmToken, SecurityCounter};
use dimo_hal::flash::BlockingFlash;
use dimo_hal::mock::{CutModel, MockFlash, Supply};
use dimo_hal::wait;

use crate::parts::Found;
use crate::release::{PAGES, Plan, Release, layout, root, verifier};

type Flash = MockFlash<4, 512>;

/// How a board comes to start an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loader {
    /// Ours.
    Verifying,
    /// Whatever was written last.
    Anything,
}

struct Counter(u64);

impl SecurityCounter for Counter {
    type Error = Infallible;

    async fn get(&mut self) -> Result<u64, Infallible> {
        Ok(self.0)
    }

    async fn raise_to(&mut self, at_least: u64) -> Result<(), Infallible> {
        self.0 = self.0.max(at_least);
        Ok(())
    }
}

struct Board {
    loader: Loader,
    flash: Flash,
    counter: Counter,
    root: Vec<u8>,
    written: BootSlot,
}

impl Board {
    /// Release 5 is confirmed in slot A.
    fn new(loader: Loader, supply: &Supply) -> Result<Self, String> {
        let flash = Flash::new(PAGES, &Supply::new(0));
        let mut board = Self { loader, flash, counter: Counter(0), root: root(0, 0), written: BootSlot::A };
        board.stage(BootSlot::A, &Plan::new(BootSlot::A, 5).build())?;
        board.start()?;
        let verifier = verifier(&board.root, None);
        let mut boot = BootFlash::new(BlockingFlash(&mut board.flash), layout()).map_err(text)?;
        wait(boot.confirm(ConfirmToken::after_self_test(BootSlot::A), &verifier, &mut board.counter))
            .map_err(text)?;
        board.flash = board.flash.on(supply);
        Ok(board)
    }

    fn stage(&mut self, slot: BootSlot, release: &Release) -> Result<(), String> {
        let verifier = verifier(&self.root, None);
        let mut boot = BootFlash::new(BlockingFlash(&mut self.flash), layout()).map_err(text)?;
        wait(boot.prepare(slot, slot.other(), &release.signed)).map_err(text)?;
        wait(boot.write(slot, 0, &release.image)).map_err(text)?;
        self.written = slot;
        wait(boot.stage(slot, 1, &verifier, &mut self.counter)).map(drop).map_err(text)
    }

    fn start(&mut self) -> Result<BootSlot, String> {
        if self.loader == Loader::Anything {
            return Ok(self.written);
        }
        let verifier = verifier(&self.root, None);
        let mut boot = BootFlash::new(BlockingFlash(&mut self.flash), layout()).map_err(text)?;
        wait(boot.start(&verifier, &mut self.counter)).map(|started| started.slot).map_err(text)
    }
}

/// A signed image whose bytes were changed after it was staged does not start.
pub(crate) fn secure_boot(loader: Loader) -> Result<(), String> {
    let mut board = Board::new(loader, &Supply::new(0))?;
    board.stage(BootSlot::B, &Plan::new(BootSlot::B, 6).build())?;
    if let Some(cell) = board.flash.cells_mut().get_mut(1024 + 300) {
        *cell ^= 1;
    }
    match board.start()? {
        BootSlot::A => Ok(()),
        BootSlot::B => Err("a tampered image was started".to_owned()),
    }
}

/// An image that nobody signed, one signed by another key, and an older one are refused.
pub(crate) fn unsigned_image(loader: Loader) -> Result<(), String> {
    let signed = Plan::new(BootSlot::B, 6);
    let mut other = signed.build();
    other.image.iter_mut().for_each(|byte| *byte = !*byte);
    let refused = [
        ("an unsigned image", other),
        ("an image signed by another key", Plan { role: 3, ..signed }.build()),
        ("an older image", Plan::new(BootSlot::B, 4).build()),
    ];
    for (what, release) in refused {
        let mut board = Board::new(loader, &Supply::new(0))?;
        // Whether it is staged is the board's matter; whether it starts is ours.
        let _ = board.stage(BootSlot::B, &release);
        if board.start()? == BootSlot::B {
            return Err(format!("{what} was started"));
        }
    }
    Ok(())
}

/// The power goes at each operation of an update: afterwards the one image starts or the other.
pub(crate) fn update_through_cuts(loader: Loader) -> Found {
    let release = Plan::new(BootSlot::B, 6).build();
    let steady = Supply::new(0);
    Board::new(loader, &steady)?.stage(BootSlot::B, &release)?;
    let mut cuts = 0;
    for operation in 0..steady.operations() {
        let supply = Supply::new(operation);
        let mut board = Board::new(loader, &supply)?;
        supply.cut_after(operation, CutModel::RandomBits);
        if board.stage(BootSlot::B, &release).is_ok() {
            return Err(format!("no cut at operation {operation}"));
        }
        cuts += 1;
        supply.restore();
        board.start().map_err(|reason| format!("{reason}, after a cut at operation {operation}"))?;
        board.stage(BootSlot::B, &release)?;
        if board.start()? != BootSlot::B {
            return Err(format!("the update is not started after a cut at operation {operation}"));
        }
    }
    if cuts > 100 { Ok(format!("{cuts} cuts")) } else { Err(format!("{cuts} cuts only")) }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
