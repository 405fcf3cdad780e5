//! What must hold of the parts of this crate whenever the power goes: a [`Scenario`](super::Scenario) for each.

mod record;

pub use record::{RecordOnce, RecordWorld};
