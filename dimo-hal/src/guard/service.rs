//! Which services only read.

use super::refusal::Refusal;

/// What a service needs to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passes {
    Always,
    WithPermission,
}

/// Judges a request by its service, what is there of its parameters, and how many of them there are in all.
pub(super) fn judge(service: u8, parameters: &[u8], count: usize) -> Result<Passes, Refusal> {
    let first = parameters.first().copied();
    let fits = match service {
        // SAE J1979: current data, freeze frame, codes, oxygen sensors, monitors, pending codes, vehicle information, permanent codes.
        0x01 | 0x06 | 0x09 => (1..=6).contains(&count),
        0x02 => (2..=6).contains(&count) && count.is_multiple_of(2),
        0x03 | 0x04 | 0x07 | 0x0A => count == 0,
        0x05 => count == 2,
        // ISO 14229-1: the default session, with or without an answer.
        0x10 => match first {
            Some(0x01 | 0x81) => count == 1,
            _ => return Err(Refusal::Service { service }),
        },
        // One group of codes of three bytes.
        0x14 => count == 3,
        // Reports of codes; every sub-function reads.
        0x19 => (1..=6).contains(&count),
        // Data identifiers of two bytes each.
        0x22 => (2..=MOST_IDENTIFIERS * 2).contains(&count) && count.is_multiple_of(2),
        0x3E => count == 1 && matches!(first, Some(0x00 | 0x80)),
        _ => return Err(Refusal::Service { service }),
    };
    match (fits, service) {
        (false, _) => Err(Refusal::Malformed),
        (true, 0x04 | 0x14) => Ok(Passes::WithPermission),
        (true, _) => Ok(Passes::Always),
    }
}

/// How many data identifiers one request asks for at most.
const MOST_IDENTIFIERS: usize = 16;
