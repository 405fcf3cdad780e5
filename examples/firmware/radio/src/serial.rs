//! [`serial`]: a controller behind a serial port.

use bt_hci_serial::SerialTransport;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embedded_io_async::{ErrorType, Read, Write};
use trouble_host::prelude::ExternalController;

/// Commands that wait for their answer at once.
const COMMANDS: usize = 4;

/// The controller at the other end of a serial port that speaks H4: HCI packets, each behind a byte that says its kind.
pub fn serial<R, W>(reader: R, writer: W) -> ExternalController<SerialTransport<NoopRawMutex, R, W>, COMMANDS>
where
    R: Read,
    W: Write + ErrorType<Error = R::Error>,
{
    ExternalController::new(SerialTransport::new(reader, writer))
}
