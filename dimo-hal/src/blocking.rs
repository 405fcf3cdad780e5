//! The blocking twins of the async traits, under the same names and with the same contracts; each call returns when it is done.
//!
//! [`BlockingAsync`](crate::BlockingAsync) turns an implementation into the async one.

mod ble_link;
#[cfg(feature = "boot")]
mod boot_control;
mod can;
mod factory_info;
mod gnss;
mod imu;
mod key_value;
mod modem;
mod power_manager;
mod secure_element;
mod vehicle_port;
mod watchdog;

pub use ble_link::BleLink;
#[cfg(feature = "boot")]
pub use boot_control::BootControl;
pub use can::{CanReceiver, CanTransmitter};
pub use factory_info::FactoryInfo;
pub use gnss::Gnss;
pub use imu::Imu;
pub use key_value::KeyValue;
pub use modem::Modem;
pub use power_manager::PowerManager;
pub use secure_element::SecureElement;
pub use vehicle_port::VehiclePort;
pub use watchdog::Watchdog;
