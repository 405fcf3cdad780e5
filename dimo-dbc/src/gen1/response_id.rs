//! Identifiers as the network's configuration states them: [`network_id`], [`response_id`].

use dimo_types::CanId;
use thiserror::Error;

/// The identifier that a number of the configuration means: bit 31 marks an extended one and is stripped, and a number
/// above `0x7FF` is extended without the mark too, because no other frame can be meant. `None` above 29 bits.
///
/// ```
/// use dimo_dbc::gen1::network_id;
/// assert_eq!(network_id(0x7DF).unwrap().to_string(), "7DF");
/// assert_eq!(network_id(0x18DB33F1), network_id(0x98DB33F1));
/// assert_eq!(network_id(0x2000_0000), None);
/// ```
#[must_use]
pub const fn network_id(number: u32) -> Option<CanId> {
    match CanId::from_packed(number) {
        None => CanId::extended(number),
        id => id,
    }
}

/// The identifier under which the answer to `request` is expected.
///
/// `flow_control_pair` is the configuration's `can_flow_control_id_pair`, `"request,answer"` in hexadecimal: where it is
/// given, it decides. Else `7DF` is answered by `7E8`, other requests of 11 bits by the identifier 8 above, `18DB33F1` by
/// `18DAF133`, and other requests of 29 bits by `18DA` with the last two bytes swapped.
///
/// # Errors
///
/// [`ResponseIdError`] for a pair that cannot be read, or a request that has no answer by these rules.
///
/// # Example: a request, and one whose answer is stated
///
/// ```
/// use dimo_dbc::gen1::{network_id, response_id};
/// let request = network_id(0x7E0).unwrap();
/// assert_eq!(response_id(request, None)?.to_string(), "7E8");
/// assert_eq!(response_id(request, Some("7e0,7e1"))?.to_string(), "7E1");
/// # Ok::<(), dimo_dbc::gen1::ResponseIdError>(())
/// ```
pub fn response_id(request: CanId, flow_control_pair: Option<&str>) -> Result<CanId, ResponseIdError> {
    if let Some(pair) = flow_control_pair.map(str::trim).filter(|pair| !pair.is_empty()) {
        return answer_of_pair(pair).ok_or(ResponseIdError::Pair);
    }
    crate::request::response_id(request, None).ok_or(ResponseIdError::NoAnswer { request })
}

/// The second identifier of `"7e0,7e8"`.
fn answer_of_pair(pair: &str) -> Option<CanId> {
    let (request, answer) = pair.split_once(',')?;
    hexadecimal(request)?;
    network_id(hexadecimal(answer)?)
}

fn hexadecimal(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").or(text.strip_prefix("0X")).unwrap_or(text);
    let is_plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_plain { u32::from_str_radix(digits, 16).ok() } else { None }
}

/// Why a request has no identifier of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResponseIdError {
    /// The flow control pair is not two identifiers in hexadecimal with a comma between. Correct or empty it.
    #[error("the flow control pair is not two hexadecimal identifiers like 7e0,7e8")]
    Pair,
    /// Eight above the request there is no identifier of 11 bits. State the answer in a flow control pair.
    #[error("request {request} has no answer 8 above it")]
    NoAnswer {
        /// The identifier of the request.
        request: CanId,
    },
}
