//! The suites of makers, over whatever part a board has. A board of firmware hands in its own.

use core::fmt::Debug;
use core::time::Duration;

use dimo_hal::factory_info::FactoryInfo;
use dimo_hal::gnss::Gnss;
use dimo_hal::imu::Imu;
use dimo_hal::power::PowerState;
use dimo_hal::power_manager::{Part, PowerManager, WakeSource};
use dimo_hal::vehicle_port::{TransceiverMode, VehiclePort, follow};
use dimo_hal::watchdog::Watchdog;
use dimo_hal::{conformance, wait};

/// What a check found, or why it failed.
pub(crate) type Found = Result<String, String>;

const NAP: Duration = Duration::from_secs(1);

/// On a supply of so many mV; `event` makes the ignition go on.
pub(crate) fn power_manager<P: PowerManager>(
    mut manager: P,
    supply_mv: u32,
    parts: &[Part],
    event: impl FnMut(&mut P),
) -> Found {
    wait(conformance::check_power_manager(&mut manager, supply_mv, parts, NAP)).map_err(text)?;
    wait(conformance::check_wake_race(&mut manager, WakeSource::Ignition, event)).map_err(text)?;
    Ok(format!("{} parts put down, woken by timer and ignition", parts.len()))
}

/// Switched on just now; then it follows the power machine to sleep.
pub(crate) fn vehicle_port<P: VehiclePort>(mut port: P) -> Found {
    wait(conformance::check_vehicle_port(&mut port)).map_err(text)?;
    let buses = port.buses().to_vec();
    for state in [PowerState::Active, PowerState::Sleep] {
        wait(follow(&mut port, state)).map_err(debug)?;
    }
    for bus in &buses {
        let mode = wait(port.mode(*bus)).map_err(debug)?;
        if mode != TransceiverMode::Standby {
            return Err(format!("{bus:?} is in {mode:?} while the device sleeps"));
        }
    }
    Ok(format!("{} buses stand by while it sleeps", buses.len()))
}

/// `push` moves it by more than 250 mg.
pub(crate) fn motion_sensor<I: Imu>(mut imu: I, push: impl FnOnce(&mut I)) -> Found {
    wait(conformance::check_imu(&mut imu, push)).map_err(text)?;
    Ok("a push is felt, and nothing else".to_owned())
}

pub(crate) fn watchdog<W: Watchdog>(mut watchdog: W) -> Found {
    let asked = Duration::from_secs(8);
    let real = wait(conformance::check_watchdog(&mut watchdog, asked)).map_err(text)?;
    Ok(format!("bites after {real:?}"))
}

pub(crate) fn factory_info<I: FactoryInfo>(mut factory: I) -> Found {
    wait(conformance::check_factory_info(&mut factory)).map_err(text)?;
    let info = wait(factory.info()).map_err(debug)?;
    Ok(format!("serial number {}", info.serial_str()))
}

/// Under a sky where it is at this place, within a hundredth of a degree.
pub(crate) fn position<G: Gnss>(mut gnss: G, place_e7: (i32, i32)) -> Found {
    const REPORTS: u32 = 60;
    wait(conformance::check_gnss(&mut gnss, place_e7, 100_000, REPORTS)).map_err(text)?;
    Ok(format!("found within {REPORTS} reports"))
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

fn debug(error: impl Debug) -> String {
    format!("{error:?}")
}
