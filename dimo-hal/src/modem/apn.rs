//! [`Apn`]: the name of the packet network to connect to.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

/// The name of an access point (3GPP TS 23.003, 9.1): labels of letters, digits and hyphens with dots between, 1 to 62 bytes.
///
/// # Example: what would end the command is no name
///
/// ```
/// use dimo_hal::modem::{Apn, ApnError};
/// assert_eq!("iot.example".parse::<Apn>()?.as_str(), "iot.example");
/// assert_eq!("a\";+CFUN=0\r".parse::<Apn>(), Err(ApnError::Character));
/// # Ok::<(), ApnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Apn {
    bytes: [u8; Self::MAX],
    len: u8,
}

impl Apn {
    const MAX: usize = 62;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl FromStr for Apn {
    type Err = ApnError;

    fn from_str(text: &str) -> Result<Self, ApnError> {
        let label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let wrong_length = ApnError::Length { len: text.len() };
        let len = u8::try_from(text.len()).map_err(|_| wrong_length)?;
        let mut bytes = [0; Self::MAX];
        let front = bytes.get_mut(..text.len()).filter(|front| !front.is_empty()).ok_or(wrong_length)?;
        if !text.split('.').all(label) {
            return Err(ApnError::Character);
        }
        front.copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len })
    }
}

impl fmt::Debug for Apn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Apn({})", self.as_str())
    }
}

/// Why a text is no [`Apn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ApnError {
    /// Empty, or longer than 62 bytes.
    #[error("no access point has a name of {len} bytes")]
    Length {
        /// How long it is, in bytes.
        len: usize,
    },
    /// Something else than labels of letters, digits and inner hyphens with single dots between.
    #[error("letters, digits and hyphens, with dots between")]
    Character,
}
