//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// One vehicle and one DIMO device on a laptop, from factory to settlement.
///
/// Without --dbc and --log it drives a vehicle of its own.
#[derive(Debug, Parser)]
#[command(name = "virtual-dongle", version)]
pub(crate) struct Args {
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
