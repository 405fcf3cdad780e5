//! The twin of [`BleLink`](crate::BleLink).

use crate::ble_link::LinkEvent;
use crate::twin::twin;

twin! {
    /// Bytes to and from one phone.
    trait BleLink of ble_link {
        /// Advertises with these bytes until a phone connects.
        async fn advertise(&mut self, advertising: &[u8], scan_response: &[u8]) -> Result<(), Self::Error>;

        /// Stops advertising.
        async fn stop_advertising(&mut self) -> Result<(), Self::Error>;

        /// Waits for what happens next.
        async fn next_event(&mut self, buffer: &mut [u8]) -> Result<LinkEvent, Self::Error>;

        /// Sends a packet.
        async fn send(&mut self, packet: &[u8]) -> Result<(), Self::Error>;

        /// Ends the connection, if there is one.
        async fn disconnect(&mut self) -> Result<(), Self::Error>;
    }
}
