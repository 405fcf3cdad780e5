//! [`PidTable`]: which requests a device sends, and how it reads the answers.

use alloc::string::String;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use dimo_types::{CanId, CanProtocol};
use prost::Message;
use thiserror::Error;

use super::config::read_json;
use super::formula::{Formula, FormulaError};
use super::response_id::{ResponseIdError, network_id, response_id};
use super::{ConfigError, wire};

/// The requests when the configuration names none: to all control units, with 11 and with 29 bits (ISO 15765-4).
const FUNCTIONAL_11: u32 = 0x7DF;
const FUNCTIONAL_29: u32 = 0x18DB_33F1;

/// The requests of one device, checked one by one. What cannot be done is kept apart with the reason, so that one bad entry
/// does not silence the vehicle.
///
/// # Example: a request, and one that this device cannot do
///
/// ```
/// use dimo_dbc::gen1::{FormulaError, PidTable, RequestError};
/// let json = br#"{"template_name":"default-ice-can11","version":"v1.0.2","requests":[
///     {"name":"engineSpeed","header":2015,"mode":1,"pid":12,"interval_seconds":15,"protocol":"CAN11_500",
///      "formula":"dbc: 31|16@0+ (0.25,0) [0|16383.75] \"rpm\""},
///     {"name":"vin","header":2015,"mode":9,"pid":2,"formula":"python:ba2hex(messages[0].data)"}]}"#;
/// let table = PidTable::from_json(json)?;
/// let speed = &table.requests[0];
/// assert_eq!((speed.request.number(), speed.response.number()), (0x7DF, 0x7E8));
/// assert_eq!((speed.mode, speed.pid, speed.unit.as_str()), (0x01, 0x0C, "rpm"));
/// assert_eq!(table.rejected[0].reason, RequestError::Formula(FormulaError::Python));
/// # Ok::<(), dimo_dbc::gen1::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PidTable {
    /// Which template it comes from.
    pub template: String,
    /// The version of the template. It informs, nothing more.
    pub version: String,
    /// What the device can do, in the order of the document.
    pub requests: Vec<PidRequest>,
    /// What it cannot, in the order of the document.
    pub rejected: Vec<RejectedRequest>,
}

/// One request, and how its answer is read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PidRequest {
    /// The name of the signal.
    pub name: String,
    /// The identifier of the request: that of the document, else the functional one of the protocol.
    pub request: CanId,
    /// The identifier of the answer.
    pub response: CanId,
    /// The service, such as `0x01` or `0x22`.
    pub mode: u8,
    /// The parameter (`0x0C`) or data identifier (`0xF190`).
    pub pid: u16,
    /// How often it is sent.
    pub interval: Interval,
    /// The bus; `None`: that of the device.
    pub protocol: Option<CanProtocol>,
    /// What happens to flow control before it.
    pub flow_control: FlowControl,
    /// How the answer is read.
    pub formula: Formula,
    /// The unit of the value; may be empty.
    pub unit: String,
}

/// How often a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interval {
    /// Until it was answered once after each start of the device.
    OncePerBoot,
    /// With at least so many seconds between.
    Seconds(NonZeroU32),
}

/// What happens to the bus adapter's flow control before a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FlowControl {
    /// It stays as it is.
    Keep,
    /// It is cleared.
    Clear,
}

/// An entry of the document that the device cannot do.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("request {index} ({}): {reason}", config.name)]
#[non_exhaustive]
pub struct RejectedRequest {
    /// Which entry, from 0.
    pub index: usize,
    /// The entry.
    pub config: wire::PidConfig,
    /// What is wrong with it.
    pub reason: RequestError,
}

impl PidTable {
    /// Reads the JSON form. Fields that are not known are skipped.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Json`] for bytes that are no such document. Entries that cannot be done are no error.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ConfigError> {
        Ok(Self::from_wire(read_json(bytes)?))
    }

    /// Reads the protobuf form. Fields that are not known are skipped.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Protobuf`] for bytes that are no such message. Entries that cannot be done are no error.
    pub fn from_protobuf(bytes: &[u8]) -> Result<Self, ConfigError> {
        let table = wire::PidRequests::decode(bytes).map_err(|error| ConfigError::protobuf(&error))?;
        Ok(Self::from_wire(table))
    }

    /// Checks the wire form, entry by entry.
    #[must_use]
    pub fn from_wire(table: wire::PidRequests) -> Self {
        let mut checked = Self { template: table.template_name, version: table.version, ..Self::default() };
        for (index, config) in table.requests.into_iter().enumerate() {
            match PidRequest::from_wire(&config) {
                Ok(request) => checked.requests.push(request),
                Err(reason) => checked.rejected.push(RejectedRequest { index, config, reason }),
            }
        }
        checked
    }
}

impl PidRequest {
    /// Checks one entry.
    ///
    /// # Errors
    ///
    /// [`RequestError`] for an entry that the device cannot do.
    pub fn from_wire(config: &wire::PidConfig) -> Result<Self, RequestError> {
        let protocol = match config.protocol.trim() {
            "" => None,
            text => Some(CanProtocol::from_network(text).ok_or(RequestError::Protocol)?),
        };
        let header = match config.header {
            0 => functional(protocol),
            header => header,
        };
        let request = network_id(header).ok_or(RequestError::Header { header })?;
        let mode = config.mode;
        let mode = u8::try_from(mode).ok().filter(|m| *m != 0).ok_or(RequestError::Mode { mode })?;
        let pid = u16::try_from(config.pid).map_err(|_| RequestError::Pid { pid: config.pid })?;
        let (formula, unit) = Formula::parse_with_unit(&config.formula)?;
        Ok(Self {
            name: config.name.clone(),
            request,
            response: response_id(request, Some(&config.can_flow_control_id_pair))?,
            mode,
            pid,
            interval: NonZeroU32::new(config.interval_seconds)
                .map_or(Interval::OncePerBoot, Interval::Seconds),
            protocol,
            flow_control: if config.can_flow_control_clear { FlowControl::Clear } else { FlowControl::Keep },
            formula,
            unit: unit.into(),
        })
    }
}

/// The identifier of a request that names none.
const fn functional(protocol: Option<CanProtocol>) -> u32 {
    match protocol {
        Some(CanProtocol::Can29Bit500 | CanProtocol::Can29Bit250) => FUNCTIONAL_29,
        _ => FUNCTIONAL_11,
    }
}

/// Why a device cannot do a request.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The protocol is none of `CAN11_500`, `CAN29_500`, `CAN11_250`, `CAN29_250` or their numbers.
    #[error("the protocol is not known")]
    Protocol,
    /// The header has more than 29 bits.
    #[error("header {header} is no CAN identifier")]
    Header {
        /// The header given.
        header: u32,
    },
    /// The mode is no service: 1 to 255.
    #[error("mode {mode} is no service")]
    Mode {
        /// The mode given.
        mode: u32,
    },
    /// The PID has more than two bytes.
    #[error("pid {pid} has more than two bytes")]
    Pid {
        /// The PID given.
        pid: u32,
    },
    /// The formula is none that this crate evaluates.
    #[error(transparent)]
    Formula(#[from] FormulaError),
    /// There is no identifier of the answer.
    #[error(transparent)]
    Response(#[from] ResponseIdError),
}
