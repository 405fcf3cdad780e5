//! [`TransmitGuard`]: what stands between a firmware and the vehicle's bus.
//!
//! DIP-4 asks that a connection does not interfere with the safe operation of a vehicle and does not damage it. The guard is a
//! [`CanTransmitter`](crate::can::CanTransmitter) around the driver's; a firmware holds the guard only. It lets through what reads, by a list:
//!
//! | frame | passes when |
//! |---|---|
//! | OBD-II request (SAE J1979): services 01-03, 05-07, 09, 0A | its length is that of the service |
//! | UDS read (ISO 14229-1): 22, 19, 3E, and 10 for the default session | its length is possible |
//! | clearing trouble codes: 04, 14 | [permitted](TransmitGuard::permit_clear), once, for ten seconds, standing, with the ignition on |
//! | first frame and consecutive frames (ISO 15765-2) | the service passes, and the frames follow each other as announced |
//! | flow control (ISO 15765-2) | to one control unit |
//!
//! Everything else is refused: among it writing (2E, 3D, 2F), routines (31), security access (27), flashing (34-37), resets (11), switching traffic or
//! trouble codes off (28, 85), other sessions (10), services that nobody knows, CAN FD, remote and error frames, other identifiers. The service of a
//! message stands in its first frame, so that is where a long message is judged.
//!
//! Beside that there is a limit on the load that the device puts on the bus, nothing is sent in listen-only mode, and nothing to a vehicle that
//! moves where the policy says so. What was refused is counted.
//!
//! # Example: a question passes, a reset does not
//!
//! ```
//! # #[cfg(feature = "dev")] {
//! use dimo_hal::blocking::CanTransmitter;
//! use dimo_hal::can::BusMode;
//! use dimo_hal::clock::Uptime;
//! use dimo_hal::guard::{GuardError, GuardPolicy, Refusal, TransmitGuard};
//! use dimo_hal::mock::MockBus;
//! use dimo_types::{CanId, Frame, Timestamp};
//!
//! let mut driver = MockBus::new([]);
//! dimo_hal::blocking::CanReceiver::set_mode(&mut driver, BusMode::Normal)?;
//! let mut bus = TransmitGuard::new(driver, GuardPolicy::new(500_000), Uptime::START);
//! bus.set_mode(BusMode::Normal);
//! let request = |data: &[u8]| Frame::classic(Timestamp::EPOCH, CanId::standard(0x7E0).unwrap(), data).unwrap();
//! bus.transmit(&request(&[2, 0x01, 0x0D, 0, 0, 0, 0, 0]))?;
//! let refused = bus.transmit(&request(&[2, 0x11, 0x01, 0, 0, 0, 0, 0]));
//! assert_eq!(refused, Err(GuardError::Refused(Refusal::Service { service: 0x11 })));
//! # }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod load;
mod policy;
mod refusal;
mod service;
mod transfer;
mod transmit;

pub use policy::{Driving, GuardPolicy, WhileDriving};
pub use refusal::{GuardError, Refusal, RefusalCounts};
pub use transmit::{ClearRefusal, Ignition, TransmitGuard};
