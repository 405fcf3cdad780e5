//! The software connection as a user runs it: the binary, its lines, its exit code.

use std::process::Command;

/// What has to be among the steps.
const STEPS: &[&str] = &[
    "licence and stake",
    "consent of the owner",
    "one minting NFT sent to the vehicle, and paired",
    "vehicle and synthetic device minted, owner and connection signed",
    "token refreshed before it ended",
    "rate limit obeyed",
    "asleep car left asleep",
    "car never kept awake",
    "readings of the day equal at the backend: protobuf",
    "readings of the day equal at the backend: gen1",
    "readings of the day equal at the backend: CloudEvent",
    "revoked account stops the polling",
    "another connection needs another NFT",
    "unlinked: owner signs the burn, the schedule ends",
];

#[test]
fn every_line_of_the_day_is_ok_and_so_is_the_exit_code() {
    let day = Command::new(env!("CARGO_BIN_EXE_software-connection")).output().expect("the binary starts");
    let lines = String::from_utf8(day.stdout).expect("it prints text");
    assert_eq!(day.status.code(), Some(0), "{lines}");
    let steps: Vec<&str> = lines.lines().map(|line| line.strip_prefix("ok\t").unwrap_or(line)).collect();
    assert!(lines.lines().all(|line| line.starts_with("ok\t")), "{lines}");
    for step in STEPS {
        assert!(steps.contains(step), "no step {step}: {lines}");
    }
}
