//! [`SocketCan`]: a CAN interface of the kernel.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use std::io;
use std::time::SystemTime;

use dimo_types::{Frame, Timestamp};
use socketcan::nl::{CanCtrlMode, CanInterface, CanState};
use socketcan::{CanErrorFrame, CanFdSocket, CanFilter, ErrorCause, Socket as _, SocketOptions as _};

use super::frame::{Came, from_kernel, to_kernel};
use crate::blocking::{CanReceiver, CanTransmitter};
use crate::can::{self, BusMode, BusState, BusStatus, ErrorKind, ErrorType, Filter, Filtering};

/// The kernel takes at most so many filters (`CAN_RAW_FILTER_MAX`).
const FILTERS: usize = 512;
/// In an identifier of the kernel's: it has 29 bits.
const EXTENDED: u32 = 0x8000_0000;

/// A CAN or CAN FD interface of the kernel, `can0` or `vcan0`.
///
/// - **Times** are the kernel's: the moment at which a frame arrived, in the time of day of the computer.
/// - **Filters** are the kernel's, and exact; more than 512 are none.
/// - **Bit rate and listen-only mode** belong to the interface, and are set before it is brought up: `ip link set can0 type can bitrate 500000 listen-only on`.
///   [`set_mode`](CanReceiver::set_mode) therefore says yes to the mode that the interface has, and no to the other.
/// - **[`transmit`](CanTransmitter::transmit)** returns when the kernel has taken the frame, which is before anybody has acknowledged it. Frames that nobody
///   acknowledges show in [`status`](CanReceiver::status), and as bus-off.
/// - `frames_lost` stays 0: the kernel counts them for the interface, not for its users.
///
/// A thread that waits in [`receive`](CanReceiver::receive) waits until a frame comes or the interface goes down.
#[derive(Debug)]
pub struct SocketCan {
    socket: CanFdSocket,
    interface: String,
    status: BusStatus,
}

impl SocketCan {
    /// Opens an interface that is up, by its name.
    ///
    /// # Errors
    ///
    /// [`SocketCanError::Io`]: there is none of that name, or it is down.
    pub fn open(interface: &str) -> Result<Self, SocketCanError> {
        let socket = CanFdSocket::open(interface)?;
        socket.set_error_filter_accept_all()?;
        let mut bus =
            Self { socket, interface: interface.to_string(), status: BusStatus::new(BusMode::Normal) };
        bus.look();
        Ok(bus)
    }

    /// Asks the kernel for what it knows of the controller. A virtual interface has none, and takes part.
    fn look(&mut self) {
        let details = CanInterface::open(&self.interface).and_then(|interface| interface.details());
        let Ok(details) = details else { return };
        let listens = details.can.ctrl_mode.is_some_and(|modes| modes.has_mode(CanCtrlMode::ListenOnly));
        self.status.mode = if listens { BusMode::ListenOnly } else { BusMode::Normal };
        if let Some(state) = details.can.state {
            self.status.state = match state {
                CanState::BusOff => BusState::BusOff,
                CanState::ErrorPassive => BusState::ErrorPassive,
                _ => BusState::ErrorActive,
            };
        }
        if let Some(counters) = details.can.berr_counter {
            (self.status.transmit_errors, self.status.receive_errors) = (counters.txerr, counters.rxerr);
        }
    }

    /// The controller tells of itself.
    fn heard(&mut self, error: CanErrorFrame) {
        if error.into_error().causes().any(|cause| matches!(cause, ErrorCause::BusOff)) {
            self.status.state = BusState::BusOff;
        } else {
            self.look();
        }
    }
}

impl ErrorType for SocketCan {
    type Error = SocketCanError;
}

impl CanReceiver for SocketCan {
    fn receive(&mut self) -> Result<Frame, SocketCanError> {
        loop {
            let (frame, time) = match self.socket.read_frame_with_timestamp() {
                Ok(received) => received,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            match from_kernel(frame, timestamp(time)) {
                Some(Came::Frame(frame)) => return Ok(frame),
                Some(Came::Error(error)) => self.heard(error),
                None => {}
            }
        }
    }

    fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, SocketCanError> {
        if filters.is_empty() || filters.len() > FILTERS {
            self.socket.set_filter_accept_all()?;
            return Ok(if filters.is_empty() { Filtering::Exact } else { Filtering::Off });
        }
        let filters: Vec<CanFilter> = filters.iter().map(kernel_filter).collect();
        self.socket.set_filters(&filters)?;
        Ok(Filtering::Exact)
    }

    fn set_mode(&mut self, mode: BusMode) -> Result<(), SocketCanError> {
        self.look();
        if self.status.mode == mode { Ok(()) } else { Err(SocketCanError::ModeOfInterface) }
    }

    fn status(&mut self) -> Result<BusStatus, SocketCanError> {
        self.look();
        Ok(self.status)
    }
}

impl CanTransmitter for SocketCan {
    fn transmit(&mut self, frame: &Frame) -> Result<(), SocketCanError> {
        if self.status.mode == BusMode::ListenOnly {
            return Err(SocketCanError::ListenOnly);
        }
        if self.status.state == BusState::BusOff {
            return Err(SocketCanError::BusOff);
        }
        let frame = to_kernel(frame).ok_or(SocketCanError::Frame)?;
        Ok(self.socket.write_frame_insist(&frame)?)
    }

    /// Needs the right to change interfaces (`CAP_NET_ADMIN`), unless the interface comes back by itself (`restart-ms`).
    fn recover(&mut self) -> Result<(), SocketCanError> {
        self.look();
        if self.status.state != BusState::BusOff {
            return Ok(());
        }
        let restarted = CanInterface::open(&self.interface).and_then(|interface| interface.restart());
        restarted.map_err(|error| SocketCanError::Restart(error.to_string()))?;
        self.look();
        Ok(())
    }
}

/// The mask has the bit that tells 11 from 29 bits, too.
fn kernel_filter(filter: &Filter) -> CanFilter {
    let kind = if filter.id().is_extended() { EXTENDED } else { 0 };
    CanFilter::new(filter.id().number() | kind, filter.mask() | EXTENDED)
}

/// A time before 1970 is none that a computer has.
fn timestamp(time: SystemTime) -> Timestamp {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    Timestamp::EPOCH.checked_add_micros(micros).unwrap_or(Timestamp::MAX)
}

/// Why an interface of the kernel failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketCanError {
    /// The system said so.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The interface listens only.
    #[error("the interface listens only")]
    ListenOnly,
    /// The interface has the other mode. It is changed with `ip link` while the interface is down.
    #[error("the mode belongs to the interface: change it with `ip link`")]
    ModeOfInterface,
    /// The controller took itself off the bus.
    #[error("the controller is off the bus")]
    BusOff,
    /// An error frame is nothing to send.
    #[error("an error frame cannot be sent")]
    Frame,
    /// The interface could not be restarted: the right to do so is missing.
    #[error("the interface is not restarted: {0}")]
    Restart(String),
}

impl can::Error for SocketCanError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io(error) if error.kind() == io::ErrorKind::NetworkDown => ErrorKind::Closed,
            // CAN FD on an interface that is classic.
            Self::Io(error) if error.kind() == io::ErrorKind::InvalidInput => ErrorKind::FrameUnsupported,
            Self::Io(_) => ErrorKind::Other,
            Self::ListenOnly => ErrorKind::ListenOnly,
            Self::ModeOfInterface | Self::Restart(_) => ErrorKind::Unsupported,
            Self::BusOff => ErrorKind::BusOff,
            Self::Frame => ErrorKind::FrameUnsupported,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test helpers over constants")]

    use dimo_types::CanId;

    use super::*;

    #[test]
    fn an_interface_that_is_not_there_is_an_error_and_no_panic() {
        assert!(matches!(SocketCan::open("can-of-nobody"), Err(SocketCanError::Io(_))));
        assert!(SocketCan::open("").is_err());
    }

    #[test]
    fn a_filter_of_eleven_bits_lets_no_longer_identifier_pass() {
        let filter = Filter::masked(CanId::standard(0x7E8).unwrap(), 0x7F8);
        let raw = kernel_filter(&filter);
        assert_eq!(raw, CanFilter::new(0x7E8, 0x8000_07F8));
        let filter = Filter::exact(CanId::extended(0x18DA_F110).unwrap());
        assert_eq!(kernel_filter(&filter), CanFilter::new(0x98DA_F110, 0x9FFF_FFFF));
    }
}
