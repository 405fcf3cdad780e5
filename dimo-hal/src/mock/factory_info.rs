//! [`MockFactoryInfo`]: a device from a factory that is a test.

use zeroize::Zeroizing;

use crate::blocking::FactoryInfo;
use crate::factory_info::{DeviceInfo, Error, ErrorKind, ErrorType};

/// A device whose factory wrote this, or nothing.
#[derive(Clone, Debug, Default)]
pub struct MockFactoryInfo(Option<(DeviceInfo, [u8; 16])>);

impl MockFactoryInfo {
    /// With this label.
    #[must_use]
    pub const fn new(info: DeviceInfo, label_secret: [u8; 16]) -> Self {
        Self(Some((info, label_secret)))
    }
}

impl ErrorType for MockFactoryInfo {
    type Error = MockBlank;
}

impl FactoryInfo for MockFactoryInfo {
    fn info(&mut self) -> Result<DeviceInfo, MockBlank> {
        self.0.as_ref().map(|(info, _)| *info).ok_or(MockBlank)
    }

    fn label_secret(&mut self) -> Result<Zeroizing<[u8; 16]>, MockBlank> {
        self.0.as_ref().map(|(_, secret)| Zeroizing::new(*secret)).ok_or(MockBlank)
    }
}

/// The factory wrote nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the factory wrote nothing")]
#[expect(clippy::exhaustive_structs, reason = "a mock")]
pub struct MockBlank;

impl Error for MockBlank {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Blank
    }
}
