//! [`dial`] and [`hang_up`]: the line of a modem carries commands or, once dialled, the bytes of the broker.

use embassy_time::{Duration, Timer, with_timeout};
use embedded_io_async::{Read, Write};

/// A modem takes so long to build a connection, at most.
const DIALLING: Duration = Duration::from_secs(20);
/// Silence before and after `+++` (V.250, 6.3).
const GUARD: Duration = Duration::from_millis(1_100);
const CONNECTED: &[u8] = b"CONNECT";

/// Dials the packet service (3GPP TS 27.007, 10.2.1.1): from here on the bytes are those of the connection. Whether it came about.
pub(crate) async fn dial<L: Read + Write>(line: &mut L) -> bool {
    if line.write_all(b"ATD*99#\r").await.is_err() || line.flush().await.is_err() {
        return false;
    }
    with_timeout(DIALLING, connected(line)).await.unwrap_or(false)
}

/// Reads lines until one says how it went.
async fn connected<L: Read>(modem: &mut L) -> bool {
    let (mut line, mut len) = ([0; 32], 0);
    let mut byte = [0];
    while let Ok(1) = modem.read(&mut byte).await {
        let [byte] = byte;
        if byte != b'\n' {
            if let Some(place) = line.get_mut(len) {
                *place = byte;
                len += 1;
            }
            continue;
        }
        let said = line.get(..len).unwrap_or_default().trim_ascii();
        len = 0;
        if said.starts_with(CONNECTED) {
            return true;
        }
        if matches!(said, b"ERROR" | b"NO CARRIER" | b"BUSY" | b"NO ANSWER") {
            return false;
        }
    }
    false
}

/// Back to commands, whatever the modem is doing; what it still says is thrown away.
pub(crate) async fn hang_up<L: Read + Write>(line: &mut L) {
    Timer::after(GUARD).await;
    let _ = line.write_all(b"+++").await;
    Timer::after(GUARD).await;
    let _ = line.write_all(b"ATH\r").await;
    let mut rest = [0; 64];
    // It ends with the silence.
    while with_timeout(GUARD, line.read(&mut rest)).await.is_ok_and(|read| read.is_ok()) {}
}
