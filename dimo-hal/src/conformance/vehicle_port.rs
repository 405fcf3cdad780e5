//! The contract of [`VehiclePort`].

use core::fmt::Debug;

use thiserror::Error;

use crate::vehicle_port::{Error as _, ErrorKind, PortBus, TransceiverMode, VehiclePort};

/// Checks a port that was just switched on: every bus stands by, obeys, and buses that are not there are refused. In the end every bus stands by again.
///
/// That a silent transceiver is silent is seen on the bus: see [`check_listen_only`](super::check_listen_only).
///
/// # Errors
///
/// The first [`VehiclePortViolation`] found.
pub async fn check_vehicle_port<P: VehiclePort>(port: &mut P) -> Result<(), VehiclePortViolation<P::Error>> {
    use TransceiverMode::{ListenOnly, Normal, Standby};
    use VehiclePortViolation as V;
    let all = [PortBus::Can, PortBus::SecondCan, PortBus::SingleWireCan, PortBus::KLine];
    for bus in all {
        if !port.buses().contains(&bus) {
            match port.set_mode(bus, Standby).await {
                Err(error) if error.kind() == ErrorKind::NoSuchBus => continue,
                _ => return Err(V::HasWhatItHasNot { bus }),
            }
        }
        if port.mode(bus).await? != Standby {
            return Err(V::DoesNotStandBy { bus });
        }
        for mode in [ListenOnly, Normal, ListenOnly, Standby] {
            match port.set_mode(bus, mode).await {
                Err(error) if mode == ListenOnly && error.kind() == ErrorKind::NoListenOnly => continue,
                result => result?,
            }
            if port.mode(bus).await? != mode {
                return Err(V::DoesNotObey { bus, mode });
            }
        }
    }
    if port.buses().is_empty() { Err(V::NoBus) } else { Ok(()) }
}

/// How a port breaks its contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VehiclePortViolation<E: Debug> {
    /// A call failed that must not.
    #[error("a call failed: {0:?}")]
    Failed(E),
    /// There is no bus.
    #[error("there is no bus")]
    NoBus,
    /// A bus that it does not name is not refused.
    #[error("{bus:?} is not among its buses, and is not refused")]
    HasWhatItHasNot {
        /// Which.
        bus: PortBus,
    },
    /// A bus does not start in standby.
    #[error("{bus:?} does not start in standby")]
    DoesNotStandBy {
        /// Which.
        bus: PortBus,
    },
    /// A bus is not in the mode that it was put into.
    #[error("{bus:?} does not go into {mode:?}")]
    DoesNotObey {
        /// Which.
        bus: PortBus,
        /// The mode.
        mode: TransceiverMode,
    },
}

impl<E: crate::vehicle_port::Error> From<E> for VehiclePortViolation<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}
