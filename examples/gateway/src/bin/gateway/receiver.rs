//! [`Receiver`]: the line from a receiver of satellites, or none.

use std::future::pending;
use std::io;

use embedded_io_async::{ErrorType, Read};

use crate::line::Line;

/// Lines of NMEA at a serial port, or nothing ever.
pub(crate) enum Receiver {
    None,
    Line(Line),
}

impl ErrorType for Receiver {
    type Error = io::Error;
}

impl Read for Receiver {
    async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::None => pending().await,
            Self::Line(line) => line.read(bytes).await,
        }
    }
}
