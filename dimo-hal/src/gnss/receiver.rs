//! [`NmeaReceiver`]: a receiver at the other end of a stream.

use core::fmt::Debug;

use embedded_io_async::Read;
use thiserror::Error;

use super::fix::GnssReport;
use super::nmea::{NmeaCounters, NmeaReader};
use super::{Error, ErrorKind, ErrorType, Gnss, GnssPower};

/// A receiver that speaks NMEA 0183 on a stream, such as a UART. It is never switched: what makes it sleep is different from maker to maker.
#[derive(Debug)]
pub struct NmeaReceiver<R> {
    stream: R,
    reader: NmeaReader,
    bytes: [u8; 64],
    /// What of the bytes was not looked at yet.
    left: core::ops::Range<usize>,
}

impl<R: Read> NmeaReceiver<R> {
    /// Over this stream, wherever it is in a sentence.
    pub fn new(stream: R) -> Self {
        Self { stream, reader: NmeaReader::default(), bytes: [0; 64], left: 0..0 }
    }

    /// What came so far.
    pub const fn counters(&self) -> NmeaCounters {
        self.reader.counters()
    }

    /// A report from the bytes that are there.
    fn take(&mut self) -> Option<GnssReport> {
        for place in self.left.by_ref() {
            let byte = self.bytes.get(place).copied()?;
            if let Some(report) = self.reader.push(byte) {
                return Some(report);
            }
        }
        None
    }
}

impl<R: embedded_io_async::ErrorType> ErrorType for NmeaReceiver<R> {
    type Error = NmeaError<R::Error>;
}

impl<R: Read> Gnss for NmeaReceiver<R> {
    async fn set_power(&mut self, power: GnssPower) -> Result<(), Self::Error> {
        if power == GnssPower::Tracking { Ok(()) } else { Err(NmeaError::Unsupported) }
    }

    async fn next_report(&mut self) -> Result<GnssReport, Self::Error> {
        loop {
            if let Some(report) = self.take() {
                return Ok(report);
            }
            match self.stream.read(&mut self.bytes).await.map_err(NmeaError::Stream)? {
                0 => return Err(NmeaError::End),
                read => self.left = 0..read.min(self.bytes.len()),
            }
        }
    }
}

/// Why an [`NmeaReceiver`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NmeaError<E: Debug> {
    /// The stream failed.
    #[error("the stream failed: {0:?}")]
    Stream(E),
    /// The stream has ended.
    #[error("the stream has ended")]
    End,
    /// NMEA 0183 has no word for that.
    #[error("there is no sentence for that")]
    Unsupported,
}

impl<E: Debug> Error for NmeaError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Stream(_) | Self::End => ErrorKind::Io,
            Self::Unsupported => ErrorKind::Unsupported,
        }
    }
}
