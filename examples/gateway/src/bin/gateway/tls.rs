//! [`Tls`]: the bytes of the broker, over a line of encrypted ones.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use embassy_time::{Duration, Timer};
use embedded_io_async::{ErrorType, Read, Write};
use gateway::enrol::Identity;
use rustls::ClientConnection;

use crate::certificates::Certificates;
use crate::line::Line;

/// A connection that is open.
pub(crate) struct Tls {
    tls: ClientConnection,
    line: Line,
    certificates: Certificates,
    /// The certificate that it was opened with.
    identity: Arc<Identity>,
}

impl Tls {
    pub(crate) const fn new(
        tls: ClientConnection,
        line: Line,
        certificates: Certificates,
        identity: Arc<Identity>,
    ) -> Self {
        Self { tls, line, certificates, identity }
    }

    pub(crate) async fn shake_hands(&mut self) -> io::Result<()> {
        while self.tls.is_handshaking() {
            self.pour()?;
            if self.tls.is_handshaking() {
                self.fill().await?;
            }
        }
        self.pour()
    }

    /// Tells the broker that nothing more comes.
    pub(crate) async fn say_goodbye(&mut self) {
        self.tls.send_close_notify();
        if self.pour().is_ok() {
            // The thread that writes gets a moment for it; the broker does well without.
            Timer::after(Duration::from_millis(50)).await;
        }
    }

    /// What is encrypted goes out.
    fn pour(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut bytes)?;
        }
        let is_open = bytes.is_empty() || self.line.put(bytes);
        if is_open { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }

    /// Waits for encrypted bytes. A dropped future has taken none.
    async fn fill(&mut self) -> io::Result<()> {
        let bytes = self.line.take().await.ok_or(io::ErrorKind::ConnectionAborted)?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            self.tls.read_tls(&mut rest)?;
            self.tls.process_new_packets().map_err(|error| io::Error::other(error.to_string()))?;
        }
        Ok(())
    }
}

impl ErrorType for Tls {
    type Error = io::Error;
}

impl Read for Tls {
    /// It ends when there is a new certificate: who reads connects again, with that one.
    async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.certificates.is_current(&self.identity) {
                return Err(io::Error::other("there is a new certificate"));
            }
            match self.tls.reader().read(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            self.pour()?;
            self.fill().await?;
        }
    }
}

impl Write for Tls {
    /// It never waits, so that nothing is half-written when its future is dropped.
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = self.tls.writer().write(bytes)?;
        self.pour()?;
        Ok(len)
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.pour()
    }
}
