//! Implementations in software, for hosts, tests and development boards.

mod secure_element;

pub use secure_element::{SoftwareElementError, SoftwareSecureElement};
