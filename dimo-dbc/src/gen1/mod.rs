//! The configuration that the live network serves today: formulas, DBC text, requests and settings.
//!
//! A device asks the network for three things: which requests to send and how to read the answers (PIDs), when to sleep
//! and wake (settings), and which broadcast messages to read (DBC text). Answers and broadcasts are read by the same
//! [`Formula`]. With feature `gen1` the documents themselves are read, in JSON and in protobuf; formulas and DBC text
//! need neither a heap nor `std`.
//!
//! # Example: the answer to a request
//!
//! ```
//! use dimo_dbc::gen1::Formula;
//! let rpm = Formula::parse(r#"dbc: 31|16@0+ (0.25,0) [0|16383.75] "rpm""#)?;
//! let answer = [0x04, 0x41, 0x0C, 0x0F, 0xFE, 0x00, 0x00, 0x00]; // the whole frame, length byte included
//! assert_eq!(rpm.evaluate(&answer).unwrap().as_f64(), Some(1023.5));
//! # Ok::<(), dimo_dbc::gen1::FormulaError>(())
//! ```

#[cfg(feature = "gen1")]
mod config;
mod dbc_text;
mod formula;
#[cfg(feature = "gen1")]
mod pids;
mod response_id;
mod scan;
#[cfg(feature = "gen1")]
mod settings;
#[cfg(feature = "gen1")]
mod urls;
#[cfg(feature = "gen1")]
pub mod wire;

#[cfg(feature = "gen1")]
pub use config::ConfigError;
pub use dbc_text::{DbcSignal, DbcText, DbcTextError, DbcTextReason, Switching};
pub use formula::{Dialect, EvaluateError, Formula, FormulaError, FormulaPart, two_decimals};
#[cfg(feature = "gen1")]
pub use pids::{FlowControl, Interval, PidRequest, PidTable, RejectedRequest, RequestError};
pub use response_id::{ResponseIdError, network_id, response_id};
#[cfg(feature = "gen1")]
pub use settings::DeviceSettings;
#[cfg(feature = "gen1")]
pub use urls::ConfigUrls;
