//! What Linux has for a gateway: a CAN interface and serial ports.
//!
//! Behind the feature `linux`, which implies `std`; on other systems there is nothing here. Calls block; [`BlockingAsync`](crate::BlockingAsync) makes a bus fit where
//! the async traits are asked for.

mod frame;
mod socket_can;
mod tty;

pub use socket_can::{SocketCan, SocketCanError};
pub use tty::{BaudRate, Tty};
