//! `cargo xtask sizes`: what the crates take of a Cortex-M4, each part alone and all of them as a device, beside what a user would take otherwise.

use std::path::Path;

use crate::bench_m4::{self, Measured, TARGET};
use crate::bench_m4_crypto::{self, IDENTITY, PARTS};
use crate::bench_m4_dbc;
use crate::bench_m4_drive;
use crate::bench_m4_pairing;
use crate::bench_m4_telemetry;
use crate::exec::pass;
use crate::firmware;
use crate::workspace::Workspace;

/// Prints the tables.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, String> {
    let measured = Measured::take(workspace)?;
    let anchors = Measured::take_anchors(workspace)?;
    let plain = build_without_options(workspace)?;
    let plain = plain.join(TARGET).join("release");

    println!("bytes of flash on a Cortex-M4, optimised for size, beyond a program that does nothing");
    println!(
        "\ndimo-crypto; plain: without bench-m4/.cargo/config.toml, from a compiler that tells packages about ARMv7"
    );
    println!("{:<44}{:>10}{:>10}", "each alone", "bytes", "plain");
    for (name, what) in PARTS {
        let (bytes, plain) =
            (measured.flash(name, "flash-empty")?, bench_m4::flash(&plain, name, "flash-empty")?);
        println!("{what:<44}{bytes:>10}{plain:>10}");
    }
    let (ours, anchor) =
        (measured.flash(IDENTITY, "flash-empty")?, anchors.flash("flash-anchor", "flash-empty")?);
    println!(
        "{:<44}{anchor:>10}{:>9.2} x",
        "all of it with k256 0.13 and its generation",
        ratio(anchor, ours)
    );

    println!("\ndimo-dbc; each adds to the one before");
    for (what, bytes) in bench_m4_dbc::flash(&measured)? {
        println!("{what:<44}{bytes:>10}");
    }

    println!("\ndimo-pairing; no program has a heap, or it would not link");
    bench_m4_pairing::print_sizes(&measured, &measured.with_pin(workspace)?)?;

    println!("\ndimo-types");
    println!("{:<44}{:>10}", "the batch encoder", bench_m4_telemetry::flash(&measured)?);

    println!();
    bench_m4_crypto::print_anchors(&measured)?;
    println!();
    bench_m4_drive::print(&measured)?;
    println!();
    firmware::print_sizes(workspace)?;
    Ok(true)
}

#[expect(clippy::cast_precision_loss, reason = "sizes of programs are far below what a double counts")]
fn ratio(anchor: u64, ours: u64) -> f64 {
    anchor as f64 / ours as f64
}

/// What somebody gets who tells the compiler nothing, once compilers tell packages that a core is an ARMv7: k256 takes it for one
/// that counts in 64 bits.
fn build_without_options(workspace: &Workspace) -> Result<std::path::PathBuf, String> {
    let directory: &Path = &workspace.target.join("bench-m4-plain");
    let mut command = bench_m4::cargo(workspace, directory, "release")?;
    // The variable takes the place of the file.
    command.env("RUSTFLAGS", "--cfg cpubits=\"64\"").args(["--target", TARGET, "--bin", "flash-empty"]);
    pass(command.args(PARTS.iter().flat_map(|(name, _)| ["--bin", name])))?;
    Ok(directory.to_owned())
}
