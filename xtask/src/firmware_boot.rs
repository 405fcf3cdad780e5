//! The step `secure-boot`: the boot loader starts what is signed for this board, and nothing else.

use crate::firmware::Firmware;
use crate::firmware_board::Board;

/// A release in slot B that must not start, and the name that the boot loader has for it.
struct Bad {
    name: &'static str,
    seq: &'static str,
    fault: Option<&'static str>,
    refused_for: &'static str,
}

/// The application has opened what is stored; nobody gave it a plan.
const RUNS: &str = "app\tplan\tnone";

/// The counter stands at 5, the number of the good image.
const BAD: [Bad; 7] = [
    Bad { name: "tampered", seq: "6", fault: Some("tampered"), refused_for: "hash" },
    Bad { name: "older", seq: "4", fault: None, refused_for: "rollback" },
    Bad { name: "other-class", seq: "6", fault: Some("other-class"), refused_for: "class" },
    Bad { name: "unsigned", seq: "6", fault: Some("unsigned"), refused_for: "no-manifest" },
    Bad { name: "stranger", seq: "6", fault: Some("stranger"), refused_for: "signatures" },
    Bad { name: "other-slot", seq: "6", fault: Some("other-slot"), refused_for: "slot" },
    Bad { name: "far-ahead", seq: "1030", fault: None, refused_for: "fast-forward" },
];

pub(crate) fn run(firmware: &Firmware) -> Result<(), String> {
    release(firmware, "a", "5", "good-a", None)?;
    good(firmware).map_err(|reason| format!("a good image: {reason}"))?;
    update(firmware).map_err(|reason| format!("a good update: {reason}"))?;
    dead(firmware).map_err(|reason| format!("an update that does nothing: {reason}"))?;
    for bad in &BAD {
        release(firmware, "b", bad.seq, bad.name, bad.fault)?;
        alone(firmware, bad).map_err(|reason| format!("{} alone: {reason}", bad.name))?;
        on_trial(firmware, bad).map_err(|reason| format!("{} on trial: {reason}", bad.name))?;
    }
    Ok(())
}

/// A new board starts what the factory put there, and after a power cut starts it again.
fn good(firmware: &Firmware) -> Result<(), String> {
    firmware.tool(&["flash", "flash.bin", "a=good-a"])?;
    const FIRST: [&str; 3] =
        ["boot-loader\tstarts\tA\tfirst\t0x5", "device\thello\tA\tFirst\t5\tPowerOn", RUNS];
    boot(firmware, &FIRST)?;
    boot(firmware, &FIRST)
}

/// The other slot's image is tried. Until it has reached somebody who could bring another one it is not confirmed, and here is nobody: after its starts the
/// image before it is back.
fn update(firmware: &Firmware) -> Result<(), String> {
    release(firmware, "b", "6", "good-b", None)?;
    firmware.tool(&[
        "flash",
        "flash.bin",
        "a=good-a",
        "b=good-b",
        "confirmed=a",
        "trial=b:2",
        "counter=5",
    ])?;
    const TRIAL: [&str; 3] =
        ["boot-loader\tstarts\tB\ttrial\t0x6", "device\thello\tB\tTrial\t6\tPowerOn", RUNS];
    boot(firmware, &TRIAL)?;
    boot(firmware, &TRIAL)?;
    boot(
        firmware,
        &[
            "boot-loader\tstarts\tA\ttrial-exhausted\t0x5",
            "device\thello\tA\tTrialExhausted\t5\tPowerOn",
            RUNS,
        ],
    )
}

/// An update that never confirms itself has its starts, whether power cuts end them or the watchdog; then the image before it is back, and knows.
fn dead(firmware: &Firmware) -> Result<(), String> {
    release(firmware, "b", "6", "dead", Some("dead"))?;
    firmware.tool(&["flash", "flash.bin", "a=good-a", "b=dead", "confirmed=a", "trial=b:3", "counter=5"])?;
    const TRIAL: &str = "boot-loader\tstarts\tB\ttrial\t0x6";
    boot(firmware, &[TRIAL])?;
    boot(firmware, &[TRIAL])?;
    boot(
        firmware,
        &[
            TRIAL,
            "boot-loader\tstarts\tA\ttrial-exhausted\t0x5",
            "device\thello\tA\tTrialExhausted\t5\tWatchdog",
            RUNS,
        ],
    )
}

/// With nothing else there, the boot loader says why, and nothing starts.
fn alone(firmware: &Firmware, bad: &Bad) -> Result<(), String> {
    firmware.tool(&["flash", "flash.bin", &format!("b={}", bad.name), "counter=5"])?;
    boot(firmware, &[&format!("boot-loader\trefuses\t{}", bad.refused_for)])
}

/// On trial beside a confirmed image, that one starts and reads that the other was refused; it reads so until it has reached somebody who can be told.
fn on_trial(firmware: &Firmware, bad: &Bad) -> Result<(), String> {
    const REFUSED: [&str; 3] =
        ["boot-loader\tstarts\tA\ttrial-refused\t0x5", "device\thello\tA\tTrialRefused\t5\tPowerOn", RUNS];
    let update = format!("b={}", bad.name);
    firmware.tool(&["flash", "flash.bin", "a=good-a", &update, "confirmed=a", "trial=b:3", "counter=5"])?;
    boot(firmware, &REFUSED)?;
    boot(firmware, &REFUSED)
}

pub(crate) fn release(
    firmware: &Firmware,
    slot: &str,
    seq: &str,
    name: &str,
    fault: Option<&str>,
) -> Result<(), String> {
    let program = firmware.program(&format!("device-{slot}"));
    let program = program.to_str().ok_or("a path that is no text")?;
    let mut arguments = vec!["release", program, slot, seq, name];
    arguments.extend(fault);
    firmware.tool(&arguments)
}

/// Switches the board on, reads what it prints until it halts, and cuts its power.
fn boot(firmware: &Firmware, lines: &[&str]) -> Result<(), String> {
    let flash = firmware.scratch()?.join("flash.bin");
    let board = Board::switch_on(&firmware.program("boot-loader"), &flash, None)?;
    board.expect(lines)?;
    board.expect_silence()
}
