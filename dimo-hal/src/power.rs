//! When a device in a parked vehicle may be awake: [`PowerMachine`], a pure state machine, and its [`PowerConfig`].
//!
//! A device at the diagnostic connector lives off the starter battery. What this machine guarantees, whatever happens around it:
//!
//! 1. Hysteresis: what wakes lies at least 300 mV (at 12 V) above what lets sleep, and each state is kept for a while.
//! 2. Our own traffic is no vehicle activity, and [asking the vehicle](PowerMachine::may_transmit) ends at once when the ignition goes off.
//! 3. The cut-out wins over everything and cannot be put off: below it for long enough, the device hibernates.
//! 4. Each [`WakeLock`] has an owner and a maximum, and the time awake in one parked period is bounded.
//! 5. What wakes is armed, read back, and only then relied on; an event between arming and sleeping ends the sleep at once.
//! 6. Each change has a [`Reason`] with a number, and the last ones are kept: [`PowerRecord`].
//! 7. Going to sleep has a deadline: [`PowerDriver`] switches off a part that does not sleep in time.
//! 8. Nothing is written to flash below a margin: [`may_write_flash`](PowerMachine::may_write_flash).
//! 9. An update under trial holds nothing up: the cut-out comes first, and the boot loader takes it back.
//! 10. Time is the time since the start. No clock that somebody sets is involved.
//!
//! | state | what runs |
//! |---|---|
//! | `active` | everything; the vehicle may be asked |
//! | `listen` | the bus is received and the uplink is served; nothing is sent on the bus |
//! | `sleep` | wake sources and a timer |
//! | `hibernate` | the voltage is watched, and the ignition |
//!
//! # Example: parked for good
//!
//! ```
//! use dimo_hal::power::{Line, Millis, PowerConfig, PowerMachine, PowerState, Reason};
//!
//! let mut power = PowerMachine::new(PowerConfig::TWELVE_VOLT, Millis(0));
//! power.handle_battery(Millis(0), 14_200);
//! power.handle_ignition(Millis(0), Line::Active);
//! assert_eq!(power.poll(Millis(0)).unwrap().state, PowerState::Active);
//!
//! power.handle_ignition(Millis(1_000), Line::Quiet);
//! assert!(!power.may_transmit());
//! power.handle_battery(Millis(2_000), 12_600);
//! let change = loop {
//!     let timer = power.poll_timeout().unwrap();
//!     if let Some(change) = power.poll(timer) {
//!         break change;
//!     }
//! };
//! assert_eq!((change.state, change.reason), (PowerState::Listen, Reason::IgnitionOff));
//! ```

mod config;
mod driver;
mod lock;
mod machine;
mod reason;
mod record;
mod state;
mod voltage;
mod watched;

pub use config::{Currents, Heartbeat, PowerConfig, PowerConfigError};
pub use driver::{DriveError, DrivePolicy, PowerDriver, Step};
pub use lock::{LockOwner, WakeLock};
pub use machine::PowerMachine;
pub use reason::Reason;
pub use record::PowerRecord;
pub use state::{Change, Line, Millis, PowerState};
