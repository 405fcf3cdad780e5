//! One suite per trait, that any implementation must pass: run them on the board, on the host and on the mocks alike.

mod ble_link;
#[cfg(feature = "boot")]
mod boot_control;
mod can;
mod clock;
mod factory_info;
mod gnss;
mod imu;
mod key_value;
mod modem;
mod power_manager;
mod secure_element;
mod vehicle_port;
mod watchdog;

pub use ble_link::{BleLinkViolation, PhoneAnswer, PhoneStep, check_ble_link};
#[cfg(feature = "boot")]
pub use boot_control::{BootControlViolation, check_boot_control};
pub use can::{CanViolation, check_blocking_can_receiver, check_can_receiver, check_listen_only};
pub use clock::{ClockViolation, check_clock, check_monotonic};
pub use factory_info::{FactoryInfoViolation, check_factory_info};
pub use gnss::{GnssViolation, check_gnss};
pub use imu::{ImuViolation, check_imu};
pub use key_value::{KeyValueViolation, check_key_value};
pub use modem::{ModemViolation, check_modem};
pub use power_manager::{PowerViolation, check_power_manager, check_wake_race};
pub use secure_element::{SecureElementViolation, check_blocking_secure_element, check_secure_element};
pub use vehicle_port::{VehiclePortViolation, check_vehicle_port};
pub use watchdog::{WatchdogViolation, check_watchdog};
