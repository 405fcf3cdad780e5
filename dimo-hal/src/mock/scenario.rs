//! What must hold of the parts of this crate whenever the power goes: a [`Scenario`](super::Scenario) for each.

mod queue;
mod record;

pub use queue::{QueueLife, QueueWorld};
pub use record::{RecordOnce, RecordWorld};
