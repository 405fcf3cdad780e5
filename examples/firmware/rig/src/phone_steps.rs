//! The steps that a phone takes. What the device signs the phone checks with eth-account.

use crate::consent;
use crate::steps::in_session;
use crate::vehicle::Motion;
use crate::world::{PATIENCE, World};

const PAIRED: &str = "app\tphone\tpaired\tOwner";
const RESUMED: &str = "app\tphone\tresumed\tOwner";
const CLEARED: &str = "app\tphone\tcleared\tcodes";
const CLAIMED: &str = "app\tphone\tclaimed\t0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const DIRECTIVE: &str = "app\tphone\tuploaded\tFirmwareDirective";
const MANIFEST: &str = "app\tphone\tuploaded\tFirmwareManifest";

/// With the secret of the label and the owner's word, then the VIN, trouble codes of a vehicle that moves, strangers, repeated packets, and a plan over a link that drops;
/// and after a power cut, with nothing but what phone and flash have kept, trouble codes of a vehicle that stands.
pub(crate) fn pairing(world: &mut World) -> Result<String, String> {
    world.release(0, 5, "first", None)?;
    world.tool(&["flash", "device.bin", "a=first"])?;
    world.keep_own_plan()?;
    meet(
        world,
        "the first time",
        &[
            "discover",
            "mtu",
            "handshake",
            "device-proof",
            "owner-grant",
            "identify",
            "vin",
            "codes-kept",
            "wrong-secret-refused",
            "replay-refused",
            "keep",
            "drop-and-resume",
        ],
        &[PAIRED, RESUMED, "app\tplan\tstored", "app\tphone\tuploaded\tPlan"],
    )?;
    // With the next start it is in force.
    world.running()?.board.wait_for("app\tplan\tN", PATIENCE, |line| {
        line.strip_prefix("app\tplan\t").is_some_and(|count| count.parse::<u32>().is_ok())
    })?;
    world.motion = Motion::Standing;
    let steps = ["come-back", "identify", "codes-cleared", "status"];
    let met = meet(world, "after a power cut", &steps, &[RESUMED, CLEARED]);
    world.motion = Motion::Moving;
    met?;
    // It was the flash that knew the phone.
    let known = world.flash.with_file_name("known.bin");
    std::fs::rename(&world.flash, &known).map_err(|error| error.to_string())?;
    world.tool(&["flash", "device.bin", "a=first"])?;
    let forgotten = meet(world, "with another flash", &["forgotten"], &[]);
    world.cut_power();
    std::fs::rename(&known, &world.flash).map_err(|error| error.to_string())?;
    forgotten.map(|()| String::new())
}

/// The signature of the device, before a power cut and after it, is one of its address over what the phone asked for. Once the registry knows the owner, the
/// owner says what is shared, and nobody else does.
pub(crate) fn claim(world: &mut World) -> Result<String, String> {
    meet(world, "the first time", &["come-back", "claim"], &[RESUMED, CLAIMED])?;
    world.switch_on()?;
    in_session(world)?;
    consent::tell_owner(world)?;
    meet(
        world,
        "after a power cut",
        &["come-back", "claim", "consent-refused", "consent"],
        &[RESUMED, CLAIMED, "app\tsharing\trefused", "app\tsharing\tin force"],
    )?;
    Ok(String::new())
}

/// A phone brings a firmware: what nobody ordered and what was forged is refused, and after a power cut the phone brings it anew. The boot loader tries it,
/// and it is confirmed once it has reached the backend.
pub(crate) fn update(world: &mut World) -> Result<String, String> {
    world.release(0, 7, "by-phone", None)?;
    let device = world.device.to_string();
    world.tool(&["order", &device, "2", "by-phone.order", "by-phone"])?;
    world.tool(&["payload", "by-phone"])?;
    world.upload = Some(world.args.folder.join("by-phone"));
    let steps = ["come-back", "order-needed", "order", "forged-image-refused"];
    meet(world, "the first time", &steps, &[RESUMED, DIRECTIVE, MANIFEST])?;
    let steps = ["come-back", "order", "image"];
    meet(
        world,
        "after a power cut",
        &steps,
        &[RESUMED, DIRECTIVE, MANIFEST, "app\tphone\tuploaded\tFirmwareImage"],
    )?;
    let board = &mut world.running()?.board;
    board.expect("boot-loader\tstarts\tA\ttrial\t0x7", PATIENCE)?;
    world.phone = None;
    in_session(world)?;
    world.running()?.board.expect("app\tconfirmed", PATIENCE)?;
    Ok(String::new())
}

/// Cuts the device's power, switches it on beside a phone that takes these steps, and reads what the device prints.
fn meet(world: &mut World, when: &str, steps: &[&str], printed: &[&str]) -> Result<(), String> {
    let mut meet = || {
        world.switch_on_beside_phone(steps)?;
        world.phone.as_mut().ok_or("the phone is off")?.expect(steps)?;
        let board = &mut world.running()?.board;
        printed.iter().try_for_each(|line| board.expect(line, PATIENCE).map(drop))
    };
    meet().map_err(|reason| format!("{when}: {reason}"))
}
