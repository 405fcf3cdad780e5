//! What a board installs when somebody sends it an update.

use dimo_crypto::manifest::ClassId;
use dimo_hal::boot::{BootReason, BootSlot};

use crate::device::{Device, NEW, orders};
use crate::images::Loader;
use crate::parts::Found;
use crate::release::{Orders, Plan, Release};

/// What runs before, in slot A, where slot B begins, and how much of it there is.
const OLD_SEQ: u64 = 5;
const FREE: core::ops::Range<usize> = 1024..2048;

/// A release that was signed and ordered is fetched by the updater, tried, confirmed, and counted then and not earlier.
pub(crate) fn ordered(loader: Loader) -> Found {
    let mut device = Device::new();
    let release = NEW.build();
    take(&mut device, loader, &orders(1, &[&release]), &release)?;
    if loader == Loader::Anything {
        return Ok("what came was started".to_owned());
    }
    let (tried, reason) = device.runs();
    if (tried, reason) != (NEW.seq, BootReason::Trial) {
        return Err(format!("release {tried} runs, {reason:?}, where {} was ordered", NEW.seq));
    }
    if device.counter.0 != OLD_SEQ {
        return Err("an image was counted before it was confirmed".to_owned());
    }
    device.confirm().map_err(|error| error.to_string())?;
    match (device.runs(), device.counter.0) {
        ((runs, BootReason::Confirmed), counted) if runs == counted && runs == NEW.seq => {
            Ok(format!("release {runs} after {OLD_SEQ}, tried, confirmed and counted"))
        }
        (runs, counted) => Err(format!("{runs:?} runs in the end, {counted} was counted")),
    }
}

/// Updates that must be refused before a byte of them is written, each by the reason that the updater gives.
pub(crate) fn refusals(loader: Loader) -> Found {
    let new = NEW.build();
    let ordered = |release: Release| (orders(1, &[&release]), release);
    let elsewhere = ClassId([9; 16]);
    let cases = [
        ("an unsigned update", ordered(Plan { role: 3, ..NEW }.build())),
        ("an update that nobody ordered", (Orders { role: 2, ..Orders::new(1) }.of(&[&new]), new)),
        ("an older update", ordered(Plan::new(BootSlot::B, OLD_SEQ - 1).build())),
        ("an update for other hardware", ordered(Plan { class: elsewhere, ..NEW }.build())),
    ];
    let mut reasons = Vec::new();
    for (what, (directive, release)) in &cases {
        let mut device = Device::new();
        let before = device.cells();
        let Err(reason) = take(&mut device, loader, directive, release) else {
            return Err(format!("{what} was taken"));
        };
        if device.cells() != before || device.runs().0 != OLD_SEQ {
            return Err(format!("{what} was refused, and changed something"));
        }
        reasons.push(reason);
    }
    Ok(reasons.join(", "))
}

/// The updater of the board takes it, and writes the free slot; or the board has none, and writes whatever comes.
fn take(device: &mut Device, loader: Loader, directive: &[u8], release: &Release) -> Result<(), String> {
    match loader {
        Loader::Verifying => device.install(directive, &[release]).map_err(|error| error.to_string()),
        Loader::Anything => {
            let free = device.flash.cells_mut().get_mut(FREE).into_iter().flatten();
            free.zip(&release.image).for_each(|(cell, byte)| *cell = *byte);
            Ok(())
        }
    }
}
