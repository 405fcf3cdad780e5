#![doc = include_str!("../README.md")]
#![no_std]
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc, clippy::alloc_instead_of_core)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod ble_link;
pub mod blocking;
#[cfg(feature = "boot")]
pub mod boot;
#[cfg(feature = "boot")]
pub mod boot_control;
pub mod can;
pub mod clock;
#[cfg(feature = "dev")]
pub mod conformance;
#[cfg(feature = "boot")]
pub mod delta;
pub mod factory_info;
pub mod flash;
pub mod gnss;
pub mod guard;
#[cfg(feature = "std")]
pub mod host;
pub mod imu;
pub mod key_value;
#[cfg(all(feature = "linux", target_os = "linux"))]
pub mod linux;
#[cfg(feature = "dev")]
pub mod mock;
pub mod modem;
pub mod power;
pub mod power_manager;
pub mod queue;
pub mod record;
#[cfg(all(feature = "dev", feature = "alloc"))]
pub mod report;
#[cfg(feature = "se05x")]
pub mod se05x;
pub mod secure_element;
pub mod slcan;
#[cfg(feature = "software-key")]
mod software;
mod twin;
#[cfg(feature = "boot")]
pub mod update;
pub mod vehicle_port;
mod wait;
mod wallet;
pub mod watchdog;

pub use dimo_crypto::BlockingAsync;

pub use ble_link::BleLink;
#[cfg(feature = "boot")]
pub use boot_control::BootControl;
pub use can::{CanReceiver, CanTransmitter};
pub use clock::{Clock, Monotonic};
pub use factory_info::FactoryInfo;
pub use gnss::Gnss;
pub use imu::Imu;
pub use modem::Modem;
pub use power_manager::PowerManager;
#[cfg(feature = "se05x")]
pub use se05x::{BlockingSe05x, Se05x};
pub use secure_element::{KeyProtection, KeySlot, SecureElement};
#[cfg(feature = "software-key")]
pub use software::{SoftwareElementError, SoftwareSecureElement};
pub use vehicle_port::VehiclePort;
pub use wait::wait;
pub use wallet::{Wallet, WalletError};
pub use watchdog::Watchdog;
