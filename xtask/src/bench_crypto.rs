//! `cargo xtask bench crypto`: what `dimo-crypto` takes on a Cortex-M4 and on this machine, beside the packages that a user would
//! take otherwise, in one run.

use std::process::Command;

use crate::bench_m4::{self, Lines, Measured};
use crate::bench_m4_crypto::instructions;
use crate::exec::{pass, read};
use crate::workspace::Workspace;

/// How ours is compared with the other side.
#[derive(Clone, Copy)]
enum Aim {
    /// The other side takes this many times as long as ours, at least.
    Faster(f64),
    /// Ours takes this many times as long as the other side, at most.
    Within(f64),
    /// Told, without an aim.
    None,
}

/// A line of a table: what it is, ours, the other side, and what was aimed at.
type Row = (&'static str, &'static str, &'static str, Aim);

/// On the board. The names are those of the measurements.
const BOARD: [Row; 4] = [
    ("digest of a claim: alloy-sol-types", "claim", "alloy-claim", Aim::Faster(5.0)),
    ("finishing: one verification of the k256 in use", "finish", "k256-verify", Aim::Within(1.05)),
    ("finishing: trial recovery of k256 0.13", "finish", "k256-013-trial-recovery", Aim::Faster(4.0)),
    ("verification: k256 0.13", "k256-verify", "k256-013-verify", Aim::None),
];

/// On this machine. What a backend verifies from bytes to the account stands first.
const HOST: [Row; 10] = [
    (
        "verify, to the account, by libsecp256k1: itself",
        "verify-libsecp256k1",
        "recover-libsecp256k1",
        Aim::Within(1.1),
    ),
    ("verify, to the account, by k256: itself", "verify", "recover-k256", Aim::Within(1.1)),
    ("verify 64 messages under one root: each signed", "batch-of-64", "messages-64", Aim::Faster(15.0)),
    ("sign: libsecp256k1", "sign", "sign-libsecp256k1", Aim::None),
    ("finish a chip's signature: k256's recover", "finish", "recover-k256", Aim::None),
    ("digest of a claim: alloy-sol-types", "claim", "claim-alloy", Aim::Faster(2.0)),
    ("Keccak-256 of 32 bytes: sha3", "keccak-32", "keccak-32-sha3", Aim::Within(1.05)),
    ("Keccak-256 of 136 bytes: sha3", "keccak-136", "keccak-136-sha3", Aim::Within(1.05)),
    ("Keccak-256 of 1 KiB: sha3", "keccak-1024", "keccak-1024-sha3", Aim::Within(1.05)),
    ("Keccak-256 of 1 MiB: sha3", "keccak-1048576", "keccak-1048576-sha3", Aim::Within(1.05)),
];

/// Prints the tables. Whether the other side of a digest had the same digest.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, String> {
    let (ours, anchors) = (Measured::take(workspace)?, Measured::take_anchors(workspace)?);
    let digest = |measured: &Measured, name| measured.text(name, "x-result").map(str::to_owned);
    let agreed = digest(&ours, "crypto claim").is_some()
        && digest(&ours, "crypto claim") == digest(&anchors, "crypto alloy-claim");
    if !agreed {
        println!("FAILED: alloy-sol-types has another digest of the same claim");
    }
    let host = host(workspace)?;

    println!("\ninstructions on a Cortex-M4 in QEMU, optimised for size; anchor / ours");
    let of_board = |name: &str| instructions(&ours, name).or_else(|_| instructions(&anchors, name));
    BOARD.into_iter().try_for_each(|row| print(row, of_board))?;
    println!("\nnanoseconds on this machine, one core, best of many turns; anchor / ours");
    let of_host = |name: &str| {
        let line = format!("speed {name}");
        let value =
            host.iter().find(|(found, _)| *found == line).and_then(|(_, values)| values.get("nanoseconds"));
        value.and_then(|text| text.parse().ok()).ok_or(format!("nothing measured {name}"))
    };
    HOST.into_iter().try_for_each(|row| print(row, of_host))?;
    let added = host.iter().find(|(found, _)| found == "speed added").map(|(_, values)| values);
    let bytes = |what| added.and_then(|values| values.get(what)).map_or("?", String::as_str);
    println!(
        "\nbytes that a sealed record adds: {}; a Gen 1 signature: {}",
        bytes("record"),
        bytes("signature")
    );
    Ok(agreed)
}

fn print((what, ours, anchor, aim): Row, of: impl Fn(&str) -> Result<f64, String>) -> Result<(), String> {
    let (ours, anchor) = (of(ours)?, of(anchor)?);
    let aim = match aim {
        Aim::Faster(times) => reached(anchor / ours >= times, &format!(">= {times} x")),
        Aim::Within(times) => reached(ours / anchor <= times, &format!("<= {times} of it")),
        Aim::None => String::new(),
    };
    println!("{what:<60}{ours:>12.0}{anchor:>12.0}{:>8.2} x  {aim}", anchor / ours);
    Ok(())
}

fn reached(reached: bool, aim: &str) -> String {
    format!("{aim}{}", if reached { "" } else { ": MISSED" })
}

/// Measures on this machine, as backends are built.
fn host(workspace: &Workspace) -> Result<Lines, String> {
    let directory = workspace.target.join("bench-m4");
    let mut build = bench_m4::cargo(workspace, &directory, "speed")?;
    pass(build.args(["--features", "speed", "--bin", "speed"]))?;
    Ok(bench_m4::lines(&read(&mut Command::new(directory.join("speed/speed")))?))
}
