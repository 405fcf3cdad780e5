//! The CloudEvent that the live network's ingest server takes from any device maker: its "default module".

mod check;
mod content;
mod entry;
mod error;
mod event;
mod fault;
mod header;
mod json;
mod limits;
mod received;
mod received_data;

pub use content::CloudEventContent;
pub use error::{CloudEventDataError, CloudEventParseError};
pub use event::CloudEvent;
pub use fault::{IngestFault, ServerResponse};
pub use header::CloudEventHeader;
pub use limits::CloudEventLimits;
pub use received::ReceivedCloudEvent;
pub use received_data::{ReceivedData, ReceivedEvent, ReceivedSignal, ReceivedValue};
