//! [`LogFormat`]: which text a log is, and [`LineParser`], the parser for it.

use super::{Entry, LineError, asc, candump, pcan, savvycan};

/// The text formats of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogFormat {
    /// `candump -L`, see [`candump`].
    Candump,
    /// Vector's `.asc`, see [`asc`].
    Asc,
    /// SavvyCAN's CSV, see [`savvycan`].
    SavvyCan,
    /// PEAK's `.trc`, see [`pcan`].
    Pcan,
}

impl LogFormat {
    /// The format that a file name's extension stands for: `asc`, `csv` or `trc`, in either case.
    ///
    /// `None` for all others. `log` and `txt` are among them, because every kind of log is called so.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        if extension.eq_ignore_ascii_case("asc") {
            Some(Self::Asc)
        } else if extension.eq_ignore_ascii_case("csv") {
            Some(Self::SavvyCan)
        } else if extension.eq_ignore_ascii_case("trc") {
            Some(Self::Pcan)
        } else {
            None
        }
    }

    /// The format of a log that begins with `start`; the first line that belongs to one format decides. `None` when
    /// there is no such line.
    ///
    /// # Example: a log with a broken first line
    ///
    /// ```
    /// use dimo_dbc::log::LogFormat;
    /// let format = LogFormat::detect(b"an0 1DB#00\n(0.010000) can0 1DB#00\n");
    /// assert_eq!(format, Some(LogFormat::Candump));
    /// ```
    #[must_use]
    pub fn detect(start: &[u8]) -> Option<Self> {
        start.split(|byte| *byte == b'\n').find_map(|line| {
            let begins = |text: &[u8]| {
                line.trim_ascii_start()
                    .get(..text.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(text))
            };
            if begins(b"(") {
                Some(Self::Candump)
            } else if begins(b"Time Stamp,") {
                Some(Self::SavvyCan)
            } else if begins(b"date ") || begins(b"base hex") || begins(b"base dec") {
                Some(Self::Asc)
            } else if begins(b";$FILEVERSION=") || begins(b";####") {
                // Version 1.0 has no word of its own, only a line of these.
                Some(Self::Pcan)
            } else {
                None
            }
        })
    }

    /// A parser for the first line of a log of this format.
    #[must_use]
    pub fn parser(self) -> LineParser {
        LineParser(match self {
            Self::Candump => AnyParser::Candump,
            Self::Asc => AnyParser::Asc(asc::Parser::new()),
            Self::SavvyCan => AnyParser::SavvyCan(savvycan::Parser::new()),
            Self::Pcan => AnyParser::Pcan(pcan::Parser::new()),
        })
    }
}

/// Reads a log of any format line by line; made by [`LogFormat::parser`].
#[derive(Clone, Debug)]
pub struct LineParser(AnyParser);

#[derive(Clone, Debug)]
enum AnyParser {
    Candump,
    Asc(asc::Parser),
    SavvyCan(savvycan::Parser),
    Pcan(pcan::Parser),
}

impl LineParser {
    /// The entry of the next line, given without its end; `None` for blank lines and metadata.
    ///
    /// # Errors
    ///
    /// [`LineError`] when the line is malformed; the parser is ready for the next one.
    pub fn parse_line<'a>(&mut self, line: &'a [u8]) -> Result<Option<Entry<'a>>, LineError> {
        match &mut self.0 {
            AnyParser::Candump => candump::parse_line(line),
            AnyParser::Asc(parser) => parser.parse_line(line),
            AnyParser::SavvyCan(parser) => parser.parse_line(line),
            AnyParser::Pcan(parser) => parser.parse_line(line),
        }
    }
}
