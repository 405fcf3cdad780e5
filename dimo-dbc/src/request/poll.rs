//! [`Poll`]: one entry of the network's list of requests.

use core::str::FromStr;
use core::time::Duration;

use dimo_types::{CanId, CanProtocol};
use thiserror::Error;

use super::RequestBytes;
use super::isotp::Link;
use crate::gen1::network_id;

/// The functional address with 11 bits.
const FUNCTIONAL_11: u32 = 0x7DF;
/// The functional address with 29 bits.
const FUNCTIONAL_29: u32 = 0x18DB_33F1;

/// The identifiers that an entry names for itself: `can_flow_control_id_pair`, such as `7e0,7e8`.
///
/// # Example: a unit that answers elsewhere
///
/// ```
/// use dimo_dbc::request::{FlowControlPair, response_id};
/// use dimo_types::CanId;
/// let asked = CanId::standard(0x7E0).unwrap();
/// assert_eq!(response_id(asked, None), CanId::standard(0x7E8));
/// let pair: FlowControlPair = "7e0,7e1".parse()?;
/// assert_eq!(response_id(asked, Some(pair)), CanId::standard(0x7E1));
/// # Ok::<(), dimo_dbc::request::PollError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FlowControlPair {
    /// Where flow control is sent.
    pub transmit: CanId,
    /// Where the answer comes from.
    pub receive: CanId,
}

impl FlowControlPair {
    /// From the numbers of both, which are read as [`network_id`] reads them.
    ///
    /// # Errors
    ///
    /// [`PollError::Header`] for what is no identifier.
    pub fn from_headers(transmit: u32, receive: u32) -> Result<Self, PollError> {
        let id = |header| network_id(header).ok_or(PollError::Header { header });
        Ok(Self { transmit: id(transmit)?, receive: id(receive)? })
    }
}

impl FromStr for FlowControlPair {
    type Err = PollError;

    fn from_str(text: &str) -> Result<Self, PollError> {
        let (transmit, receive) = text.split_once(',').ok_or(PollError::Pair)?;
        let number = |digits: &str| u32::from_str_radix(digits.trim(), 16).map_err(|_| PollError::Pair);
        Self::from_headers(number(transmit)?, number(receive)?)
    }
}

/// The identifier that the answer to `request` comes from, as the live network's devices decide: that of the pair; 7E8
/// for 7DF; 8 more for any other of 11 bits; `18DAF133` for `18DB33F1`; for any other of 29 bits `18DA` with the last
/// two bytes swapped. `None` when 8 more is no identifier.
#[must_use]
pub fn response_id(request: CanId, pair: Option<FlowControlPair>) -> Option<CanId> {
    if let Some(pair) = pair {
        return Some(pair.receive);
    }
    match (request.is_extended(), request.number()) {
        (false, FUNCTIONAL_11) => CanId::standard(0x7E8),
        (false, number) => CanId::standard(u16::try_from(number + 8).ok()?),
        (true, number) => {
            let [_, _, target, source] = number.to_be_bytes();
            CanId::extended(u32::from_be_bytes([0x18, 0xDA, source, target]))
        }
    }
}

/// One entry of the network's list: what to ask, whom, how often.
///
/// Only services that read are taken, whatever a configuration says: no list from the network can clear codes, write,
/// unlock or reset.
///
/// # Example: an odometer every minute
///
/// ```
/// use core::time::Duration;
/// use dimo_dbc::request::{Poll, PollError};
/// use dimo_types::CanProtocol;
/// let odometer = Poll::new(CanProtocol::Can11Bit500, 0x7E0, None, 0x22, 0xDD01, Duration::from_secs(60))?;
/// assert_eq!(odometer.request().as_slice(), [0x22, 0xDD, 0x01]);
/// assert_eq!(odometer.response_id().to_string(), "7E8");
///
/// let clears = Poll::new(CanProtocol::Can11Bit500, 0x7DF, None, 0x04, 0, Duration::ZERO);
/// assert_eq!(clears, Err(PollError::Service { service: 0x04 }));
/// # Ok::<(), PollError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poll {
    protocol: CanProtocol,
    request_id: CanId,
    response_id: CanId,
    flow_control_id: CanId,
    request: RequestBytes,
    interval: Duration,
}

/// Why an entry is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PollError {
    /// No CAN identifier: more than 29 bits, by the rule of [`network_id`].
    #[error("{header:X} is no CAN identifier")]
    Header {
        /// The number given.
        header: u32,
    },
    /// The rule for the answer's identifier leads beyond 7FF. Give a pair.
    #[error("no identifier 8 above {header:X} for the answer")]
    Response {
        /// The identifier of the request.
        header: u32,
    },
    /// Not one of the services that read: 01, 02, 03, 05, 06, 07, 09, 0A, 19, 1A, 21 and 22 (hexadecimal).
    #[error("service {service:X} is none that only reads")]
    Service {
        /// The number given.
        service: u32,
    },
    /// More than the service's parameter can be: two bytes for 19 and 22, one for others.
    #[error("service {service:02X} has no parameter {parameter:X}")]
    Parameter {
        /// The service.
        service: u8,
        /// The number given.
        parameter: u32,
    },
    /// A pair of identifiers is written like `7e0,7e8`.
    #[error("a pair of identifiers is written like 7e0,7e8")]
    Pair,
}

impl Poll {
    /// An entry as the network states it. `protocol` is the entry's own or else the vehicle's; a `header` of 0 means
    /// its functional address; `pair` is for entries that name identifiers for themselves. An `interval` of zero means once
    /// per boot. Whether the header has 11 or 29 bits is said by its number as [`network_id`] reads it, whatever the
    /// protocol.
    ///
    /// A parameter is sent as two bytes for the services 19 and 22, as none for services that have none (03, 07, 0A),
    /// else as one; service 02 asks for the first freeze frame.
    ///
    /// # Errors
    ///
    /// [`PollError`], which says what no vehicle could be asked.
    pub fn new(
        protocol: CanProtocol,
        header: u32,
        pair: Option<FlowControlPair>,
        service: u32,
        parameter: u32,
        interval: Duration,
    ) -> Result<Self, PollError> {
        let header = if header == 0 { functional(protocol) } else { header };
        let request_id = network_id(header).ok_or(PollError::Header { header })?;
        let request = request(service, parameter)?;
        let response_id = response_id(request_id, pair).ok_or(PollError::Response { header })?;
        let flow_control_id =
            pair.map_or_else(|| flow_control_id(request_id, response_id), |pair| pair.transmit);
        Ok(Self { protocol, request_id, response_id, flow_control_id, request, interval })
    }

    /// The bus that the vehicle speaks this on.
    #[must_use]
    pub const fn protocol(&self) -> CanProtocol {
        self.protocol
    }

    /// Whom it asks.
    #[must_use]
    pub const fn request_id(&self) -> CanId {
        self.request_id
    }

    /// Where the answer comes from.
    #[must_use]
    pub const fn response_id(&self) -> CanId {
        self.response_id
    }

    /// The message to send.
    #[must_use]
    pub const fn request(&self) -> RequestBytes {
        self.request
    }

    /// The least time between two requests; zero for once per boot.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        self.interval
    }

    /// The link for the request, which fits a single frame.
    #[must_use]
    pub const fn request_link(&self) -> Link {
        Link::functional(self.request_id)
    }

    /// The link for the answer: flow control to the unit that answers.
    #[must_use]
    pub const fn answer_link(&self) -> Link {
        Link::normal(self.flow_control_id, self.response_id)
    }
}

const fn functional(protocol: CanProtocol) -> u32 {
    match protocol {
        CanProtocol::Can29Bit500 | CanProtocol::Can29Bit250 => FUNCTIONAL_29,
        _ => FUNCTIONAL_11,
    }
}

/// Where the unit that answers is addressed itself.
fn flow_control_id(request: CanId, response: CanId) -> CanId {
    let itself = match (request.is_extended(), request.number()) {
        (false, FUNCTIONAL_11) => CanId::standard(0x7E0),
        (true, 0x18DB_0000..=0x18DB_FFFF) => response_id(response, None),
        _ => None,
    };
    itself.unwrap_or(request)
}

fn request(service: u32, parameter: u32) -> Result<RequestBytes, PollError> {
    let refused = PollError::Service { service };
    let service = u8::try_from(service).map_err(|_| refused)?;
    let too_large = PollError::Parameter { service, parameter };
    let byte = || u8::try_from(parameter).map_err(|_| too_large);
    Ok(match service {
        // The first freeze frame.
        0x02 => RequestBytes::new(&[service, byte()?, 0]),
        0x03 | 0x07 | 0x0A => RequestBytes::new(&[service]),
        0x01 | 0x05 | 0x06 | 0x09 | 0x1A | 0x21 => RequestBytes::new(&[service, byte()?]),
        0x19 | 0x22 => {
            let [high, low] = u16::try_from(parameter).map_err(|_| too_large)?.to_be_bytes();
            RequestBytes::new(&[service, high, low])
        }
        _ => return Err(refused),
    })
}
