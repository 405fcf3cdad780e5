//! What the lines of 3GPP TS 27.007 say.

use core::net::IpAddr;

use dimo_types::Timestamp;

use crate::modem::{
    AccessTechnology, EdrxCycle, ModemEvent, Plmn, PsmTimers, Registration, Signal, SimState,
};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Final {
    Done,
    Equipment(u16),
    Refused,
}

/// Whether this line ends the answer to a command.
pub(super) fn final_line(line: &str) -> Option<Final> {
    if let Some(code) = line.strip_prefix("+CME ERROR:") {
        return Some(code.trim().parse().map_or(Final::Refused, Final::Equipment));
    }
    if line.starts_with("+CMS ERROR:") {
        return Some(Final::Refused);
    }
    match line {
        "OK" => Some(Final::Done),
        "ERROR" | "NO CARRIER" | "NO DIALTONE" | "BUSY" | "NO ANSWER" | "COMMAND NOT SUPPORT" => {
            Some(Final::Refused)
        }
        _ => None,
    }
}

/// What a line reports that answers nothing.
pub(super) fn report(line: &str) -> Option<ModemEvent> {
    if matches!(line, "RDY" | "^SYSSTART") {
        return Some(ModemEvent::Restarted);
    }
    let (name, rest) = line.split_once(':')?;
    match name {
        "+CEREG" | "+CGREG" | "+C5GREG" if !has_mode(rest) => {
            Some(ModemEvent::Registration(status(field(rest, 0)?)?))
        }
        "+CMTI" | "+CMT" => Some(ModemEvent::Sms),
        "+CGEV" if rest.split_ascii_whitespace().any(|word| matches!(word, "DETACH" | "DEACT")) => {
            Some(ModemEvent::LinkDown)
        }
        _ => None,
    }
}

/// The fields between commas, without quotes and spaces.
fn field(text: &str, index: usize) -> Option<&str> {
    text.split(',').nth(index).map(|field| field.trim().trim_matches('"'))
}

fn number<T: core::str::FromStr>(text: &str, index: usize) -> Option<T> {
    field(text, index)?.parse().ok()
}

/// Whether a registration line begins with the mode of reporting, as an answer does: its second field is a bare number, where a report
/// has nothing or a cell in quotes.
pub(super) fn has_mode(text: &str) -> bool {
    let second = text.split(',').nth(1).map_or("", str::trim);
    !second.is_empty() && second.bytes().all(|b| b.is_ascii_digit())
}

/// Digits, without quotes and without the `F` that pads them.
pub(super) fn digits(text: &str) -> &str {
    text.trim().trim_matches('"').trim_end_matches(['F', 'f'])
}

pub(super) fn sim_state(text: &str) -> Option<SimState> {
    match text.trim() {
        "READY" => Some(SimState::Ready),
        "" => None,
        "NOT INSERTED" => Some(SimState::Absent),
        "NOT READY" => Some(SimState::Busy),
        _ => Some(SimState::Locked),
    }
}

/// The state that an error code stands for (3GPP TS 27.007, 9.2.1).
pub(super) const fn sim_state_of_error(code: u16) -> Option<SimState> {
    match code {
        10 => Some(SimState::Absent),
        11 | 12 | 16..=18 => Some(SimState::Locked),
        13 | 15 => Some(SimState::Failed),
        14 => Some(SimState::Busy),
        _ => None,
    }
}

pub(super) fn registration(text: &str) -> Option<Registration> {
    status(field(text, 1)?)
}

fn status(text: &str) -> Option<Registration> {
    Some(match text.parse::<u8>().ok()? {
        0 => Registration::Idle,
        1 | 9 => Registration::Home,
        2 => Registration::Searching,
        3 => Registration::Denied,
        4 => Registration::Unknown,
        5 | 10 => Registration::Roaming,
        6..=8 | 11 => Registration::Limited,
        _ => return None,
    })
}

/// `mode,2,"operator",technology`.
pub(super) fn operator(text: &str) -> Option<(Option<Plmn>, Option<AccessTechnology>)> {
    let plmn = field(text, 2).filter(|_| field(text, 1) == Some("2")).and_then(|name| name.parse().ok());
    Some((plmn, number(text, 3).and_then(technology)))
}

const fn technology(code: u8) -> Option<AccessTechnology> {
    match code {
        0 | 1 | 3 | 8 => Some(AccessTechnology::Gsm),
        2 | 4..=6 => Some(AccessTechnology::Umts),
        7 | 10 | 13 => Some(AccessTechnology::Lte),
        9 => Some(AccessTechnology::NbIot),
        11 | 12 => Some(AccessTechnology::Nr),
        _ => None,
    }
}

pub(super) fn csq(text: &str) -> Option<Signal> {
    Some(Signal::from_csq(number(text, 0)?))
}

/// `rxlev,ber,rscp,ecno,rsrq,rsrp`.
pub(super) fn cesq(text: &str) -> Option<Signal> {
    Some(Signal::from_cesq(number(text, 0)?, number(text, 4)?, number(text, 5)?))
}

/// The timers at the end of `+CEREG: 4,…`.
pub(super) fn psm(text: &str) -> Option<PsmTimers> {
    let octet = |index| u8::try_from(binary(field(text, index).filter(|bits| bits.len() == 8)?)?).ok();
    let (active, update) = (octet(7)?, octet(8)?);
    PsmTimers::from_bits(update, active)
}

/// `technology,"asked","granted","window"`; technology 0 says that there is none.
pub(super) fn edrx(text: &str) -> Option<EdrxCycle> {
    let granted = field(text, 2).filter(|bits| bits.len() == 4 && field(text, 0) != Some("0"))?;
    EdrxCycle::from_bits(u8::try_from(binary(granted)?).ok()?)
}

fn binary(bits: &str) -> Option<u16> {
    bits.bytes().try_fold(0u16, |value, bit| match bit {
        b'0' | b'1' => Some(value.checked_mul(2)? | u16::from(bit == b'1')),
        _ => None,
    })
}

/// A number in binary digits.
pub(super) fn bits<const N: usize>(value: u8) -> [u8; N] {
    let mut rest = value;
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest & 1);
        rest >>= 1;
    }
    digits
}

pub(super) fn text(digits: &[u8]) -> &str {
    core::str::from_utf8(digits).unwrap_or_default()
}

/// Something, when `1,1` says that our context is active.
pub(super) fn is_active(text: &str) -> Option<()> {
    (field(text, 1)? == "1").then_some(())
}

/// `1,"address"`; the form of IPv6 with sixteen decimal numbers is none that we read.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = field(text, 1)?.parse().ok()?;
    (!address.is_unspecified()).then_some(address)
}

/// `"yy/MM/dd,hh:mm:ss±zz"`: local time, and its distance from UTC in quarters of an hour. Without a zone it is taken for UTC.
///
/// Modems that were told nothing count from 1970, 1980, 2000 or 2004; before 2020 there was no such device.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_matches('"');
    let (local, zone) = text.split_at_checked(17)?;
    let &[y1, y2, b'/', m1, m2, b'/', d1, d2, b',', h1, h2, b':', n1, n2, b':', s1, s2] = local.as_bytes()
    else {
        return None;
    };
    let form =
        [b'2', b'0', y1, y2, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'];
    let local: Timestamp = core::str::from_utf8(&form).ok()?.parse().ok()?;
    if !(b'2'..b'7').contains(&y1) {
        return None;
    }
    let quarters: i64 = if zone.is_empty() { 0 } else { zone.parse().ok()? };
    if quarters.abs() > 96 {
        return None;
    }
    local.checked_add_micros(-quarters * 15 * 60 * 1_000_000)
}
