//! The reference firmware: what was measured on the board in QEMU, step by step, is its evidence.

use std::collections::BTreeMap;
use std::path::Path;

use dimo_hal::report::{Evidence, Requirement};

/// Which steps show what, and what the report says of them where they find nothing to say themselves.
const SHOWN: [(Requirement, &[&str], &str); 19] = [
    (Requirement::ParkedAverage, &["parked-average"], ""),
    (Requirement::CutOut, &["cut-out"], ""),
    (Requirement::PowerManager, &["sleep-and-wake"], "asleep without ignition, woken by the bus"),
    (Requirement::VehiclePort, &["silent-in-sleep"], ""),
    (
        Requirement::SecureBoot,
        &["secure-boot"],
        "nothing starts that is not signed, intact, of this class, and no older",
    ),
    (Requirement::UnsignedImage, &["secure-boot"], "unsigned images do not start"),
    (
        Requirement::TransmitGuard,
        &["flashing-request-refused", "polling"],
        "service 0x34 did not reach the bus, and what polls ask did",
    ),
    (Requirement::Watchdog, &["secure-boot"], "an image that hangs is reset and taken back"),
    (Requirement::FactoryInfo, &["pairing"], "serial number and hardware told to a phone"),
    (Requirement::SealedSession, &["telemetry-verified"], "the backend opened and decoded all that was sent"),
    (
        Requirement::OfflineQueue,
        &["offline-then-delivered", "power-cut-resumed"],
        "delivered after a tunnel and after a power cut",
    ),
    (Requirement::OwnersConsent, &["sharing"], ""),
    (Requirement::Country, &["outside-geography-queued"], "JP: nothing was sent from there"),
    (Requirement::Position, &["position"], ""),
    (
        Requirement::ElementContract,
        &["claim"],
        "eth-account recovered the device's address before and after a power cut",
    ),
    (
        Requirement::RuntimePlan,
        &["plan-loaded", "frames-decoded"],
        "a plan came from the backend and decodes",
    ),
    (
        Requirement::UpdateRun,
        &["update-over-uplink", "update-over-ble"],
        "two releases, fetched, tried and confirmed",
    ),
    (
        Requirement::UpdateRefusals,
        &["bad-update-refused", "rollback-refused"],
        "a changed chunk, another signer, an older release",
    ),
    (Requirement::UpdateCuts, &["update-over-ble"], "the power went in the middle of an upload"),
];

/// Reads `ok<TAB>STEP[<TAB>FINDING]` and `FAIL<TAB>STEP<TAB>REASON`.
///
/// # Errors
///
/// When the file cannot be read.
pub(crate) fn evidence(measured: &Path) -> Result<Evidence, String> {
    let text =
        std::fs::read_to_string(measured).map_err(|error| format!("{}: {error}", measured.display()))?;
    let outcomes: BTreeMap<&str, Result<&str, &str>> = text.lines().filter_map(outcome).collect();
    let mut evidence = Evidence::new();
    for (requirement, steps, otherwise) in SHOWN {
        // What did not run shows nothing: the row stays without a verdict.
        if steps.iter().all(|step| outcomes.contains_key(step)) {
            evidence.find(requirement, || found(&outcomes, steps, otherwise));
        }
    }
    // The board's secure element is a page of flash that stands for a chip.
    evidence.run(Requirement::KeyProtected, || Err::<(), _>("software key"));
    Ok(evidence)
}

fn outcome(line: &str) -> Option<(&str, Result<&str, &str>)> {
    let mut words = line.splitn(3, '\t');
    let (verdict, step, more) = (words.next()?, words.next()?, words.next().unwrap_or_default());
    match verdict {
        "ok" => Some((step, Ok(more))),
        "FAIL" => Some((step, Err(more))),
        _ => None,
    }
}

fn found(
    outcomes: &BTreeMap<&str, Result<&str, &str>>,
    steps: &[&str],
    otherwise: &str,
) -> Result<String, String> {
    let mut finding = otherwise;
    for step in steps {
        match outcomes.get(step) {
            Some(Ok(more)) if otherwise.is_empty() => finding = more,
            Some(Ok(_)) => {}
            Some(Err(reason)) => return Err(format!("{step}: {reason}")),
            None => return Err(format!("{step}: not run")),
        }
    }
    Ok(format!("in QEMU: {finding}"))
}
