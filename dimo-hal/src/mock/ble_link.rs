//! [`MockBleLink`]: a link with a phone that a test is.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::ble_link::{AttMtu, Disconnection, Error, ErrorKind, ErrorType, LinkEvent};
use crate::blocking::BleLink;

/// A link whose phone is the test. [`next_event`](BleLink::next_event) fails where nothing has happened, since a blocking mock cannot wait.
///
/// # Example: a phone that writes
///
/// ```
/// use dimo_hal::ble_link::{AttMtu, LinkEvent};
/// use dimo_hal::blocking::BleLink;
/// use dimo_hal::mock::MockBleLink;
///
/// let mut link = MockBleLink::default();
/// link.advertise(&[2, 1, 6], &[])?;
/// assert!(link.phone_connects(AttMtu::LEAST));
/// link.phone_writes(b"hello");
/// let mut buffer = [0; 20];
/// assert!(matches!(link.next_event(&mut buffer)?, LinkEvent::Connected { .. }));
/// assert_eq!(link.next_event(&mut buffer)?, LinkEvent::Received { len: 5 });
/// # Ok::<(), dimo_hal::mock::MockBleLinkError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MockBleLink {
    advertising: Option<(Vec<u8>, Vec<u8>)>,
    mtu: Option<AttMtu>,
    events: VecDeque<(LinkEvent, Vec<u8>)>,
    sent: VecDeque<Vec<u8>>,
}

impl MockBleLink {
    /// What is advertised: the data and the scan response.
    #[must_use]
    pub fn advertised(&self) -> Option<(&[u8], &[u8])> {
        self.advertising.as_ref().map(|(data, response)| (data.as_slice(), response.as_slice()))
    }

    /// A phone connects, and says whether it could: one that nobody advertises to does not.
    pub fn phone_connects(&mut self, mtu: AttMtu) -> bool {
        let could = self.advertising.take().is_some() && self.mtu.is_none();
        if could {
            self.mtu = Some(mtu);
            self.events.push_back((LinkEvent::Connected { mtu }, Vec::new()));
        }
        could
    }

    /// The phone agrees on longer packets.
    pub fn phone_exchanges_mtu(&mut self, mtu: AttMtu) {
        if self.mtu.is_some() {
            self.mtu = Some(mtu);
            self.events.push_back((LinkEvent::Mtu(mtu), Vec::new()));
        }
    }

    /// The phone writes a packet.
    pub fn phone_writes(&mut self, packet: &[u8]) {
        if self.mtu.is_some() {
            self.events.push_back((LinkEvent::Received { len: packet.len() }, packet.to_vec()));
        }
    }

    /// The phone goes, or is lost.
    pub fn phone_leaves(&mut self, why: Disconnection) {
        if self.mtu.take().is_some() {
            self.sent.clear();
            self.events.push_back((LinkEvent::Disconnected(why), Vec::new()));
        }
    }

    /// The next packet that the phone was notified of.
    pub fn phone_reads(&mut self) -> Option<Vec<u8>> {
        self.sent.pop_front()
    }
}

impl ErrorType for MockBleLink {
    type Error = MockBleLinkError;
}

impl BleLink for MockBleLink {
    fn advertise(&mut self, advertising: &[u8], scan_response: &[u8]) -> Result<(), MockBleLinkError> {
        if advertising.len() > 31 || scan_response.len() > 31 {
            return Err(MockBleLinkError(ErrorKind::Length));
        }
        self.advertising = Some((advertising.to_vec(), scan_response.to_vec()));
        Ok(())
    }

    fn stop_advertising(&mut self) -> Result<(), MockBleLinkError> {
        self.advertising = None;
        Ok(())
    }

    fn next_event(&mut self, buffer: &mut [u8]) -> Result<LinkEvent, MockBleLinkError> {
        let (event, bytes) = self.events.front().ok_or(MockBleLinkError(ErrorKind::Other))?;
        let place = buffer.get_mut(..bytes.len()).ok_or(MockBleLinkError(ErrorKind::Length))?;
        place.copy_from_slice(bytes);
        let event = *event;
        let _ = self.events.pop_front();
        Ok(event)
    }

    fn send(&mut self, packet: &[u8]) -> Result<(), MockBleLinkError> {
        let mtu = self.mtu.ok_or(MockBleLinkError(ErrorKind::NotConnected))?;
        if packet.len() > mtu.packet() {
            return Err(MockBleLinkError(ErrorKind::Length));
        }
        self.sent.push_back(packet.to_vec());
        Ok(())
    }

    fn disconnect(&mut self) -> Result<(), MockBleLinkError> {
        self.phone_leaves(Disconnection::Device);
        Ok(())
    }
}

/// Why a [`MockBleLink`] refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}")]
#[expect(clippy::exhaustive_structs, reason = "a mock")]
pub struct MockBleLinkError(pub ErrorKind);

impl Error for MockBleLinkError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}
