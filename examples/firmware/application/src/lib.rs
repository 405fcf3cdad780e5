//! What the device does, over the traits of `dimo-hal`: CAN frames become sealed batches, a plan says what they mean, a backend gets them once and for good, and
//! releases of firmware are tried and kept. It knows no board: [`Hardware`] names what it needs, and [`run`] does the rest.
//!
//! | module | what it does |
//! |---|---|
//! | `bus`, `polls` | listens to the vehicle, and asks it through the guard: questions, and what is to be asked again and again |
//! | `recorder`, `batcher` | frames become readings, readings batches in the queue |
//! | `uplink`, `network`, `line`, `connection`, `opening` | the modem or another network, a connection to the broker, a session with the backend |
//! | `gen1` | the network's present form beside the sealed one, for who has room for it |
//! | `commands`, `plans` | a plan, a release, a question to the vehicle |
//! | `receiver` | position and time |
//! | `sharing` | what the owner lets the backend have of all that |
//! | `keeper` | sleep, waking, and the watchdog |
//! | `desk` | what phones may use of all that |
//! | `event` | what happens, for who watches |
//!
//! No heap. One task runs everything: what is shared is in cells, and nothing waits while it holds one.
#![no_std]
#![forbid(unsafe_code)]

mod batcher;
mod bus;
mod commands;
mod config;
mod connection;
mod desk;
mod event;
mod gen1;
mod hardware;
mod in_flight;
mod keeper;
mod keys;
mod line;
mod memory;
mod network;
mod opening;
mod plans;
mod polls;
mod question;
mod receiver;
mod recorder;
mod run;
mod shared;
mod sharing;
mod stream;
mod topics;
mod uplink;
mod world;

pub use config::{Backend, Config};
pub use desk::{Desk, NoPhones, Phones, Unanswered, UpdateParts, Updates};
pub use event::{Event, Observer, Subject};
pub use gen1::Gen1;
pub use hardware::{Hardware, Parts};
pub use memory::Memory;
pub use network::{Network, Standing, Terms};
pub use plans::{PlanFlash, PlanRefusal, holds_plan, provision};
pub use polls::{PollsRefusal, check_polls, provision_polls};
pub use recorder::has_room_for;
pub use run::{Ended, run};
pub use shared::{SharedElement, SharedStore};
pub use sharing::CONSENT_MAX;
