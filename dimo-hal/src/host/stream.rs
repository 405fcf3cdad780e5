//! [`StdStream`]: sockets and files of the standard library, as the streams that this crate takes.

use std::io;

/// A `TcpStream`, a `UnixStream` or anything else that the standard library reads and writes, for what takes the streams of `embedded-io`: an [`AtModem`](crate::modem::AtModem),
/// an [`Slcan`](crate::slcan::Slcan) behind a network adapter, a [`StreamLink`](crate::ble_link::StreamLink) to a simulator.
///
/// Reading waits until at least one byte is there and blocks the thread, as a gateway with a thread for each line can afford. On a socket with a read timeout a read that takes too
/// long fails with [`io::ErrorKind::WouldBlock`] or [`io::ErrorKind::TimedOut`], and nothing is lost.
///
/// # Example: a CAN adapter in the network
///
/// ```no_run
/// use std::net::TcpStream;
///
/// use dimo_hal::host::{StdMonotonic, StdStream};
/// use dimo_hal::slcan::{Acknowledge, Slcan, SlcanBitRate};
/// use dimo_hal::{CanReceiver as _, wait};
///
/// let adapter = TcpStream::connect("192.168.4.1:3333")?;
/// adapter.set_nodelay(true)?;
/// let open = Slcan::open(StdStream(adapter), StdMonotonic::new(), SlcanBitRate::Kilo500, Acknowledge::Expected);
/// let frame = wait(wait(open)?.receive())?;
/// # let _ = frame;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a wrapper")]
pub struct StdStream<T>(pub T);

impl<T> embedded_io::ErrorType for StdStream<T> {
    type Error = io::Error;
}

impl<T: io::Read> embedded_io::Read for StdStream<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

impl<T: io::Write> embedded_io::Write for StdStream<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                // Nothing is what a stream of `embedded-io` never writes.
                Ok(0) if !bytes.is_empty() => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<T: io::Read> embedded_io_async::Read for StdStream<T> {
    async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        embedded_io::Read::read(self, bytes)
    }
}

impl<T: io::Write> embedded_io_async::Write for StdStream<T> {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        embedded_io::Write::write(self, bytes)
    }

    async fn flush(&mut self) -> io::Result<()> {
        embedded_io::Write::flush(self)
    }
}
