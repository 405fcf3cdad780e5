//! The comma-separated text that SavvyCAN and its GVRET hardware write.
//!
//! ```text
//! Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8
//! 166064000,0000021A,false,Rx,0,8,FE,36,12,FE,69,05,07,AD,
//! ```
//!
//! The time is microseconds, identifier and data are hexadecimal, the length is decimal. Older files have no `Dir`.
//! The format knows data frames only; one of more than 8 bytes is CAN FD.

use dimo_types::{CanId, Frame};

use super::text::{Payload, extended_id, number, standard_id, timestamp, trimmed};
use super::{Entry, Field, LineError};

/// Reads the CSV line by line and remembers which columns the header names.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    columns: Option<Columns>,
}

/// The two layouts in use.
#[derive(Clone, Copy, Debug)]
enum Columns {
    /// `Time Stamp,ID,Extended,Bus,LEN,D1,...`
    WithoutDirection,
    /// `Time Stamp,ID,Extended,Dir,Bus,LEN,D1,...`
    WithDirection,
}

impl Parser {
    /// A parser for the first line of a log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The entry of the next line, given without its end; `None` for blank lines and the header.
    ///
    /// # Errors
    ///
    /// [`LineError`] for everything else.
    pub fn parse_line<'a>(&mut self, line: &'a [u8]) -> Result<Option<Entry<'a>>, LineError> {
        let line = trimmed(line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let mut cells = line.split(',').map(str::trim_ascii);
        let mut next =
            |field| cells.next().filter(|cell| !cell.is_empty()).ok_or(LineError::Missing { field });
        let time_text = next(Field::Time)?;
        let id = next(Field::Id)?;
        let extended = next(Field::Extended)?;
        if time_text.eq_ignore_ascii_case("Time Stamp") {
            self.columns = Some(Columns::of_header(extended, next(Field::Header)?)?);
            return Ok(None);
        }
        let time = time_text.parse().map_err(|_| LineError::Invalid { field: Field::Time })?;
        if let Columns::WithDirection = self.columns.ok_or(LineError::NoHeader)? {
            check_direction(next(Field::Direction)?)?;
        }
        let channel = next(Field::Channel)?;
        let len = number(next(Field::Length)?, 10).ok_or(LineError::Invalid { field: Field::Length })?;
        let mut data = Payload::new();
        for _ in 0..len.min(u32::from(u8::MAX)) {
            let byte = number(next(Field::Data)?, 16).and_then(|byte| u8::try_from(byte).ok());
            data.push(byte.ok_or(LineError::Invalid { field: Field::Data })?);
        }
        let (time, id, data) = (timestamp(time)?, parse_id(id, extended)?, data.bytes()?);
        let frame = match data.len() {
            0..=Frame::MAX_CLASSIC_LEN => Frame::classic(time, id, data)?,
            _ => Frame::fd(time, id, data)?,
        };
        Ok(Some(Entry { time: time_text, channel, frame }))
    }
}

impl Columns {
    /// The layout, from the third and fourth column's names.
    fn of_header(third: &str, fourth: &str) -> Result<Self, LineError> {
        match (third.eq_ignore_ascii_case("Extended"), fourth) {
            (true, fourth) if fourth.eq_ignore_ascii_case("Dir") => Ok(Self::WithDirection),
            (true, fourth) if fourth.eq_ignore_ascii_case("Bus") => Ok(Self::WithoutDirection),
            _ => Err(LineError::Invalid { field: Field::Header }),
        }
    }
}

fn check_direction(cell: &str) -> Result<(), LineError> {
    if cell.eq_ignore_ascii_case("Rx") || cell.eq_ignore_ascii_case("Tx") {
        Ok(())
    } else {
        Err(LineError::Invalid { field: Field::Direction })
    }
}

/// Some hardware forgets to say that an identifier is extended; as in SavvyCAN its size then says so.
fn parse_id(id: &str, extended: &str) -> Result<CanId, LineError> {
    let id = number(id, 16).ok_or(LineError::Invalid { field: Field::Id })?;
    if extended.eq_ignore_ascii_case("true") {
        extended_id(id)
    } else if extended.eq_ignore_ascii_case("false") {
        if id > 0x7FF { extended_id(id) } else { standard_id(id) }
    } else {
        Err(LineError::Invalid { field: Field::Extended })
    }
}
