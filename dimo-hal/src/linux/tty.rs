//! [`Tty`]: a serial port.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::termios::{ControlModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

/// How fast a line is, in bits a second: any that the port has, such as 115,200 for most adapters and modems, 9,600 for receivers of satellites, 3,000,000 at most for common chips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a number with its unit")]
pub struct BaudRate(pub u32);

/// A serial port: `/dev/ttyUSB0`, `/dev/ttyACM0`, `/dev/pts/3`. Eight bits, no parity, one stop bit, no flow control; bytes come and go as they are.
///
/// Reading waits until at least one byte is there. A port that is gone reads as ended, or fails.
///
/// # Example: a CAN adapter at a serial port
///
/// ```no_run
/// use dimo_hal::host::StdMonotonic;
/// use dimo_hal::linux::{BaudRate, Tty};
/// use dimo_hal::slcan::{Acknowledge, Slcan, SlcanBitRate};
/// use dimo_hal::{CanReceiver as _, wait};
///
/// let port = Tty::open("/dev/ttyACM0", BaudRate(115_200))?;
/// let open = Slcan::open(port, StdMonotonic::new(), SlcanBitRate::Kilo500, Acknowledge::Expected);
/// let frame = wait(wait(open)?.receive())?;
/// # let _ = frame;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Tty {
    file: File,
}

impl Tty {
    /// Opens a port, and sets its line up.
    ///
    /// # Errors
    ///
    /// There is none, somebody else may use it only, it is no serial port, or it does not have this rate.
    pub fn open(path: impl AsRef<Path>, rate: BaudRate) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = rustix::fs::open(path.as_ref(), flags, Mode::empty())?;
        let mut line = tcgetattr(&file)?;
        line.make_raw();
        line.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
        line.control_modes &= !(ControlModes::CSTOPB | ControlModes::CRTSCTS);
        line.special_codes[SpecialCodeIndex::VMIN] = 1;
        line.special_codes[SpecialCodeIndex::VTIME] = 0;
        line.set_speed(rate.0)?;
        tcsetattr(&file, OptionalActions::Flush, &line)?;
        Ok(Self { file: file.into() })
    }

    /// The same port a second time, for who reads in one thread and writes in another.
    ///
    /// # Errors
    ///
    /// When the process has too many files open.
    pub fn try_clone(&self) -> io::Result<Self> {
        self.file.try_clone().map(|file| Self { file })
    }
}

impl embedded_io::ErrorType for Tty {
    type Error = io::Error;
}

impl embedded_io::Read for Tty {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

impl embedded_io::Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Blocks the thread, as a gateway with a thread for each line can afford.
impl embedded_io_async::Read for Tty {
    async fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        embedded_io::Read::read(self, bytes)
    }
}

impl embedded_io_async::Write for Tty {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        embedded_io::Write::write(self, bytes)
    }

    async fn flush(&mut self) -> io::Result<()> {
        embedded_io::Write::flush(self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test helpers over constants")]

    use super::{BaudRate, Tty};
    use alloc::format;
    use alloc::vec::Vec;
    use std::io::{Read as _, Write as _};

    /// Both ends of a pseudo-terminal: the far one as a file, and the path of the near one.
    fn pair() -> (std::fs::File, std::path::PathBuf) {
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&far).unwrap();
        unlockpt(&far).unwrap();
        let path = ptsname(&far, Vec::new()).unwrap().into_string().unwrap();
        (far.into(), path.into())
    }

    #[test]
    fn bytes_of_every_value_pass_both_ways_as_they_are() {
        let (mut far, path) = pair();
        let mut near = Tty::open(path, BaudRate(115_200)).unwrap();
        let all: Vec<u8> = (0..=255).collect();
        far.write_all(&all).unwrap();
        let mut came = alloc::vec![0; 256];
        embedded_io::Read::read_exact(&mut near, &mut came).unwrap();
        assert_eq!(came, all);
        embedded_io::Write::write_all(&mut near, &all).unwrap();
        far.read_exact(&mut came).unwrap();
        assert_eq!(came, all);
    }

    #[test]
    fn what_is_no_serial_port_is_refused() {
        assert!(Tty::open("/dev/null", BaudRate(9_600)).is_err());
        assert!(Tty::open(format!("/nowhere/{}", 1), BaudRate(9_600)).is_err());
    }
}
