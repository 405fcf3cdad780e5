//! [`ConfigStatus`]: the device's report of which configuration it runs.

use core::fmt;
use core::fmt::Write;

use crate::Digest;
use crate::hash::Hasher;
use crate::message::{Message, Verifiable, sealed::Sealed};

/// The device's report of which configuration it runs. Its [`Display`](fmt::Display) is the body of the HTTP request, JSON.
///
/// The live network hashes the body without a prefix, `keccak256(body)`, and takes the signature in the header `Signature`.
/// Because of that a device signs it as fields, which are written here, and never as bytes; a server checks
/// [`ReceivedConfigStatus`].
///
/// # Example: the body and its digest
///
/// ```
/// use dimo_crypto::{ConfigStatus, Message, ReceivedConfigStatus, Verifiable};
/// let status = ConfigStatus {
///     pid_url: "https://configs.example/pids/default@1",
///     device_setting_url: "https://configs.example/settings/default@2",
///     dbc_url: None,
///     firmware_version: "1.2.0",
/// };
/// let body = status.to_string();
/// assert!(body.ends_with(r#""firmwareVersionApplied":"1.2.0"}"#));
/// assert_eq!(ReceivedConfigStatus(body.as_bytes()).signed_digest(), status.digest());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConfigStatus<'a> {
    /// Where the applied requests came from.
    pub pid_url: &'a str,
    /// Where the applied settings came from.
    pub device_setting_url: &'a str,
    /// Where the applied DBC file came from, if there is one.
    pub dbc_url: Option<&'a str>,
    /// The firmware that runs.
    pub firmware_version: &'a str,
}

/// The JSON object that is sent, without a space.
impl fmt::Display for ConfigStatus<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{\"pidUrl\":")?;
        write_json_string(f, self.pid_url)?;
        f.write_str(",\"deviceSettingUrl\":")?;
        write_json_string(f, self.device_setting_url)?;
        if let Some(url) = self.dbc_url {
            f.write_str(",\"dbcUrl\":")?;
            write_json_string(f, url)?;
        }
        f.write_str(",\"firmwareVersionApplied\":")?;
        write_json_string(f, self.firmware_version)?;
        f.write_char('}')
    }
}

impl Sealed for ConfigStatus<'_> {}

impl Message for ConfigStatus<'_> {
    fn digest(&self) -> Digest {
        let mut hasher = Hasher::new();
        // A hasher takes every piece: writing cannot fail.
        let _ = write!(hasher, "{self}");
        hasher.finish_digest()
    }
}

/// The body of a configuration report, byte for byte as it was received: to verify, never to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReceivedConfigStatus<'a>(pub &'a [u8]);

impl Sealed for ReceivedConfigStatus<'_> {}

impl Verifiable for ReceivedConfigStatus<'_> {
    fn signed_digest(&self) -> Digest {
        Hasher::new().chain(self.0).finish_digest()
    }
}

/// `text` in quotes, escaped where RFC 8259 demands it.
fn write_json_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\0'..='\u{1F}' => write!(f, "\\u{:04x}", u32::from(character))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}
