//! [`Topic`]: where a device and its backend talk at the broker.

use core::fmt::Write as _;

use dimo_types::Address;

/// `dimo/v1/0x…/` and a word.
const LEN: usize = 64;

/// The name of a topic of one device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Topic {
    bytes: [u8; LEN],
    len: usize,
}

impl Topic {
    /// The opening of a session goes up.
    pub(crate) fn session(device: Address) -> Self {
        Self::of(device, "session")
    }

    /// Sealed telemetry goes up.
    pub(crate) fn record(device: Address) -> Self {
        Self::of(device, "record")
    }

    /// What else the device has to say goes up, sealed.
    pub(crate) fn report(device: Address) -> Self {
        Self::of(device, "report")
    }

    /// The server's reply to an opening comes down.
    pub(crate) fn reply(device: Address) -> Self {
        Self::of(device, "reply")
    }

    /// What the backend has to say comes down, sealed.
    pub(crate) fn down(device: Address) -> Self {
        Self::of(device, "down")
    }

    fn of(device: Address, word: &str) -> Self {
        let mut topic = Self { bytes: [0; LEN], len: 0 };
        let _ = topic.write_str("dimo/v1/0x");
        device.as_bytes().iter().for_each(|byte| {
            let _ = write!(topic, "{byte:02x}");
        });
        let _ = topic.write_str("/");
        let _ = topic.write_str(word);
        topic
    }

    /// The address of the device, in lower case: its name at the broker.
    pub(crate) fn device(&self) -> &str {
        self.as_str().get(8..50).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// No topic is longer than its room.
impl core::fmt::Write for Topic {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(core::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
