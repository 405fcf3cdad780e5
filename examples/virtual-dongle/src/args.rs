//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use dimo_types::Address;

use crate::verify;

/// One vehicle and one DIMO device on a laptop, from factory to settlement.
///
/// Without --dbc and --log it drives a vehicle of its own.
#[derive(Debug, Parser)]
#[command(name = "virtual-dongle", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// The DBC file that describes the messages in the log.
    #[arg(long, value_name = "FILE", requires = "log")]
    pub(crate) dbc: Option<PathBuf>,

    /// The CAN log: `candump -L` text, Vector .asc or SavvyCAN .csv.
    #[arg(long, value_name = "FILE", requires = "dbc")]
    pub(crate) log: Option<PathBuf>,

    /// A mapping file that gives signals their VSS names (format: dimo-dbc, MAPPING.md).
    #[arg(long, value_name = "FILE", requires = "dbc")]
    pub(crate) mapping: Option<PathBuf>,

    /// Keep at most one reading per signal in so many milliseconds; 0 keeps every reading.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) interval_ms: u64,

    /// Where to write summary.json, signals.csv, batches/ and report.html.
    #[arg(long, value_name = "DIR", default_value = "target/trip")]
    pub(crate) out: PathBuf,
}

/// What there is to do besides a trip.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check who signed a message, and print the verdict as one line of JSON.
    ///
    /// Exit code 0: verified; 1: readable, but not verified; 2: unreadable.
    Verify(VerifyArgs),
}

/// The message, and who should have signed it.
#[derive(Debug, Parser)]
pub(crate) struct VerifyArgs {
    /// A Gen 1 MQTT payload, compressed or not, or an attestation CloudEvent.
    pub(crate) file: PathBuf,

    /// Who has to have signed it, in any letter case [default: `subject`, or `source` of an attestation].
    #[arg(long, value_name = "0x..", value_parser = verify::address)]
    pub(crate) address: Option<Address>,
}
