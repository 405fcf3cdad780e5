//! OBD-II requests and their answers (SAE J1979, ISO 15031-5): modes 01, 02, 03, 04, 07, 09 and 0A.
//!
//! # Example: is the vehicle ready for its emission test?
//!
//! ```
//! use dimo_dbc::request::obd::{Lamp, Monitor, MonitorState, ReadMonitors};
//! use dimo_dbc::request::{AnswerError, Request};
//! assert_eq!(ReadMonitors.bytes().as_slice(), [0x01, 0x01]);
//! let monitors = ReadMonitors.answer(&[0x41, 0x01, 0x81, 0x07, 0x65, 0x04])?;
//! assert_eq!((monitors.lamp(), monitors.code_count()), (Lamp::On, 1));
//! assert_eq!(monitors.state(Monitor::Catalyst), MonitorState::Complete);
//! assert_eq!(monitors.state(Monitor::EvaporativeSystem), MonitorState::Incomplete);
//! # Ok::<(), AnswerError>(())
//! ```
//!
//! # Example: the VIN
//!
//! ```
//! use dimo_dbc::request::{AnswerError, Request, obd};
//! let vin = obd::ReadVin.answer(b"\x49\x02\x011HGBH41JXMN109186")?;
//! assert_eq!(vin.as_str(), "1HGBH41JXMN109186");
//! let cut_off = obd::ReadVin.answer(b"\x49\x02");
//! assert_eq!(cut_off, Err(AnswerError::TooShort { len: 2, needed: 3 }));
//! # Ok::<(), AnswerError>(())
//! ```

mod codes;
mod data;
mod info;
mod monitors;
mod supported;

pub use codes::{ClearCodes, ReadCodes, TroubleCodes};
pub use data::{CurrentData, FreezeFrameCode, FreezeFrameData};
pub use info::{ReadVin, VehicleInfo, VehicleInfoData};
pub use monitors::{Ignition, Lamp, Monitor, MonitorState, Monitors, ReadMonitors};
pub use supported::{ReadSupported, SupportedIn, SupportedPids};
