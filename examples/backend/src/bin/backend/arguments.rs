//! [`Arguments`]: what the program is told.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Parser;
use dimo_types::Address;

use crate::store::Rotation;

/// A backend at a broker: prints what devices send, and stores it before it is acknowledged.
///
/// Standard output has a line per reading, `time<TAB>device<TAB>signal<TAB>value<TAB>unit`, and at the end `count<TAB>name<TAB>n` for everything that it counted.
/// Standard error has a line for whatever else happened.
#[derive(Debug, Parser)]
#[command(name = "backend")]
pub(crate) struct Arguments {
    /// The broker, without TLS: keep it on this machine or behind something that speaks TLS.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) broker: Broker,
    /// The secret that devices open their sessions to, 64 hexadecimal digits; made when there is none. Its public half is printed: devices are set to it.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The account that receives.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) recipient: Address,
    /// Which devices there are, whose they are, and whether they may: JSON, read again whenever it changes.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: PathBuf,
    /// Where readings are stored as Parquet. Without it they are printed only.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Where consents of owners lie, ADDRESS.consent for a device: each goes to its device when that opens a session.
    #[arg(long, value_name = "DIR")]
    pub(crate) consents: Option<PathBuf>,
    /// A Parquet file is made of at least so many readings.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    rotate_rows: usize,
    /// Or when the first of them was stored so long ago.
    #[arg(long, value_name = "S", default_value_t = 3_600)]
    rotate_seconds: u64,
    /// Its name at the broker, which keeps messages for it while it is away.
    #[arg(long, value_name = "NAME", default_value = "dimo-backend")]
    pub(crate) client: String,
    /// Ends after so many seconds.
    #[arg(long = "for", value_name = "SECONDS")]
    pub(crate) seconds: Option<u64>,
    /// Ends when so many batches are stored.
    #[arg(long, value_name = "N")]
    pub(crate) until_batches: Option<u64>,
}

impl Arguments {
    pub(crate) const fn rotation(&self) -> Rotation {
        Rotation { rows: self.rotate_rows, age: Duration::from_secs(self.rotate_seconds) }
    }
}

/// Where a broker listens.
#[derive(Clone, Debug)]
pub(crate) struct Broker {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl FromStr for Broker {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, port) = text.rsplit_once(':').ok_or("no HOST:PORT")?;
        let port = port.parse().map_err(|error| format!("the port: {error}"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() { Err("no host".to_owned()) } else { Ok(Self { host: host.to_owned(), port }) }
    }
}
