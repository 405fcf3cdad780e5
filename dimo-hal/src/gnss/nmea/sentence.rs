//! [`Sentence`]: what one line says.

use dimo_types::Timestamp;

use super::number::{digits, fixed, optional, signed};
use crate::gnss::fix::FixQuality;

/// A field that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The time of day, in hundredths of a millisecond, is what tells one moment from the next.
pub(super) type TimeOfDay = Option<u64>;

/// Degrees north and east, in 1e-7.
pub(super) type Place = (i32, i32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rmc {
    pub(super) at: TimeOfDay,
    pub(super) time: Option<Timestamp>,
    pub(super) place: Option<Place>,
    pub(super) quality: Option<FixQuality>,
    pub(super) speed_mm_s: Option<u32>,
    pub(super) course_cdeg: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gga {
    pub(super) at: TimeOfDay,
    pub(super) place: Option<Place>,
    pub(super) quality: Option<FixQuality>,
    pub(super) satellites: Option<u8>,
    pub(super) hdop_x100: Option<u16>,
    pub(super) altitude_mm: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sentence {
    Rmc(Rmc),
    Gga(Gga),
    /// Whether the altitude is assumed.
    Gsa(Option<FixQuality>),
}

impl Sentence {
    /// `None` for a sentence that says nothing of where and when.
    pub(super) fn read(body: &[u8]) -> Result<Option<Self>, Malformed> {
        let mut fields = Fields(body);
        let name = fields.next();
        // Two letters of talker, three of sentence; what begins with P is a maker's own.
        let ([_, _, name @ ..], false) = (name, name.starts_with(b"P")) else { return Ok(None) };
        let sentence = match name {
            b"RMC" => rmc(&mut fields).map(Self::Rmc),
            b"GGA" => gga(&mut fields).map(Self::Gga),
            b"GSA" => gsa(&mut fields).map(Self::Gsa),
            _ => return Ok(None),
        };
        sentence.map(Some).ok_or(Malformed)
    }
}

/// Field by field; after the last one, empty ones.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == b',').unwrap_or(self.0.len());
        let (field, rest) = self.0.split_at_checked(end).unwrap_or_default();
        self.0 = rest.get(1..).unwrap_or_default();
        field
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            let _ = self.next();
        }
    }
}

fn rmc(fields: &mut Fields<'_>) -> Option<Rmc> {
    let clock = fields.next();
    let status = fields.next();
    let place = place(fields)?;
    let knots_e3 = optional(fields.next(), |field| fixed(field, 3))?;
    let course = optional(fields.next(), |field| fixed(field, 2))?;
    let date = fields.next();
    fields.skip(2);
    // The mode came with version 2.3; without it, the status says all.
    let quality = match (status, fields.next()) {
        (b"A", b"E") => Some(FixQuality::DeadReckoning),
        (b"A", b"D" | b"F" | b"R" | b"P") => Some(FixQuality::Corrected),
        (b"A", b"" | b"A") => Some(FixQuality::TwoD),
        _ => None,
    };
    Some(Rmc {
        at: time_of_day(clock)?,
        time: timestamp(clock, date)?,
        place,
        quality,
        // A knot is 1,852 m an hour.
        speed_mm_s: match knots_e3 {
            Some(knots) => Some(u32::try_from(knots.checked_mul(1852)? / 3600).ok()?),
            None => None,
        },
        course_cdeg: course.map(|course| u16::try_from(course % 36_000)).transpose().ok()?,
    })
}

fn gga(fields: &mut Fields<'_>) -> Option<Gga> {
    let clock = fields.next();
    let place = place(fields)?;
    let quality = match fields.next() {
        b"1" => Some(FixQuality::ThreeD),
        b"2" | b"3" | b"4" | b"5" => Some(FixQuality::Corrected),
        b"6" => Some(FixQuality::DeadReckoning),
        // None, entered by hand, simulated.
        _ => None,
    };
    let satellites = optional(fields.next(), |field| u8::try_from(digits(field)?).ok())?;
    let hdop_x100 = optional(fields.next(), |field| u16::try_from(fixed(field, 2)?).ok())?;
    let above_sea = optional(fields.next(), |field| signed(field, 3))?;
    fields.skip(1);
    // How far the sea is above the ellipsoid.
    let separation = optional(fields.next(), |field| signed(field, 3))?;
    let altitude_mm = match above_sea.zip(separation) {
        Some((sea, separation)) => Some(i32::try_from(sea.checked_add(separation)?).ok()?),
        None => None,
    };
    Some(Gga { at: time_of_day(clock)?, place, quality, satellites, hdop_x100, altitude_mm })
}

fn gsa(fields: &mut Fields<'_>) -> Option<Option<FixQuality>> {
    fields.skip(1);
    match fields.next() {
        b"1" | b"" => Some(None),
        b"2" => Some(Some(FixQuality::TwoD)),
        b"3" => Some(Some(FixQuality::ThreeD)),
        _ => None,
    }
}

/// Four fields; a receiver without a fix leaves them empty.
fn place(fields: &mut Fields<'_>) -> Option<Option<Place>> {
    let fields = [fields.next(), fields.next(), fields.next(), fields.next()];
    if fields.iter().all(|field| field.is_empty()) {
        return Some(None);
    }
    let [latitude, north, longitude, east] = fields;
    let sign = |letter: &[u8], plus: &[u8], minus: &[u8]| match letter {
        letter if letter == plus => Some(1),
        letter if letter == minus => Some(-1),
        _ => None,
    };
    let latitude = sign(north, b"N", b"S")? * angle(latitude, 90)?;
    let longitude = sign(east, b"E", b"W")? * angle(longitude, 180)?;
    Some(Some((latitude, longitude)))
}

/// Degrees and minutes run together, as `5321.6802`, in 1e-7 degrees, rounded.
fn angle(field: &[u8], most: u64) -> Option<i32> {
    let e7 = fixed(field, 7)?;
    let (degrees, minutes) = (e7 / 1_000_000_000, e7 % 1_000_000_000);
    if minutes >= 600_000_000 {
        return None;
    }
    let e7 = degrees * 10_000_000 + (minutes + 30) / 60;
    i32::try_from(e7).ok().filter(|_| e7 <= most * 10_000_000)
}

/// `hhmmss` with or without a fraction, in units of 10 microseconds.
fn time_of_day(field: &[u8]) -> Option<TimeOfDay> {
    optional(field, |field| {
        // Six digits, or they would mean one thing from the left and another one from the right.
        if field.iter().take_while(|byte| byte.is_ascii_digit()).count() != 6 {
            return None;
        }
        let value = fixed(field, 5)?;
        let (seconds, minutes, hours) =
            (value / 100_000 % 100, value / 10_000_000 % 100, value / 1_000_000_000);
        (hours < 24 && minutes < 60 && seconds < 61).then_some(value)
    })
}

/// `hhmmss.ss` and `ddmmyy`; years below 80 are of this century. Nothing when one of them is missing.
fn timestamp(clock: &[u8], date: &[u8]) -> Option<Option<Timestamp>> {
    if clock.is_empty() || date.is_empty() {
        return Some(None);
    }
    let [d1, d0, m1, m0, y1, y0] = *date else { return None };
    let [h1, h0, n1, n0, s1, s0, ..] = *clock else { return None };
    // A leap second has no time of its own: it would be that of the second after it.
    if [s1, s0] == *b"60" {
        return Some(None);
    }
    let century: [u8; 2] = if y1 < b'8' { *b"20" } else { *b"19" };
    let [c1, c0] = century;
    let text = [c1, c0, y1, y0, b'-', m1, m0, b'-', d1, d0, b'T', h1, h0, b':', n1, n0, b':', s1, s0, b'Z'];
    let whole: Timestamp = str::from_utf8(&text).ok()?.parse().ok()?;
    let micros = fixed(clock, 6)? % 1_000_000;
    Some(whole.checked_add_micros(i64::try_from(micros).ok()?))
}
