//! [`Adapter`]: a CAN adapter at a serial port, which hears a vehicle.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use dimo_types::Frame;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// One end of a pair of ports.
pub(crate) struct Adapter {
    port: String,
    /// Frames that it was to send.
    sent: Arc<Mutex<Vec<String>>>,
    /// The command that set the bit rate of the bus.
    bit_rate: Arc<Mutex<Option<String>>>,
}

/// What a vehicle's control unit says to the question of OBD-II for its speed.
const SPEED_QUESTION: &str = "02010D";
const SPEED_ANSWER: &[u8] = b"t7E8803410D2A00000000\r";

impl Adapter {
    /// It answers every command, and hears these frames once it was opened to take part.
    pub(crate) fn new(frames: Vec<Frame>) -> Self {
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        let port = ptsname(&end, Vec::new()).unwrap().into_string().unwrap();
        // Held by this end too: a pair whose other end is closed for a moment is no error then.
        let held = File::options().read(true).write(true).open(&port).unwrap();
        let mut end = File::from(end);
        let sent = Arc::new(Mutex::new(Vec::new()));
        let bit_rate = Arc::new(Mutex::new(None));
        let (shared, rate) = (Arc::clone(&sent), Arc::clone(&bit_rate));
        thread::spawn(move || {
            let _held = held;
            let mut command = Vec::new();
            let mut byte = [0];
            while let Ok(1) = end.read(&mut byte) {
                if byte != *b"\r" {
                    command.push(byte[0]);
                    continue;
                }
                end.write_all(b"\r").unwrap();
                if command == b"O" {
                    frames.iter().for_each(|frame| end.write_all(text(frame).as_bytes()).unwrap());
                }
                let text = String::from_utf8_lossy(&command).into_owned();
                if let Some(frame) = text.strip_prefix("t7DF8") {
                    if frame.starts_with(SPEED_QUESTION) {
                        end.write_all(SPEED_ANSWER).unwrap();
                    }
                    shared.lock().unwrap().push(text);
                } else if text.starts_with('S') {
                    *rate.lock().unwrap() = Some(text);
                }
                command.clear();
            }
        });
        Self { port, sent, bit_rate }
    }

    /// The command that set the bit rate of the bus.
    pub(crate) fn bit_rate(&self) -> Option<String> {
        self.bit_rate.lock().unwrap().clone()
    }

    /// Waits until it was to send so many frames.
    pub(crate) fn wait_for_frames(&self, count: usize) {
        let until = Instant::now() + super::PATIENCE;
        while self.sent().len() < count {
            assert!(Instant::now() < until, "it was to send {} frames", self.sent().len());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Frames that it was to send.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn port(&self) -> &str {
        &self.port
    }
}

/// A frame as LAWICEL's adapters write it.
fn text(frame: &Frame) -> String {
    let id = frame.id();
    let mut text = if id.is_extended() {
        format!("T{:08X}{}", id.number(), frame.data().len())
    } else {
        format!("t{:03X}{}", id.number(), frame.data().len())
    };
    for byte in frame.data() {
        let _ = write!(text, "{byte:02X}");
    }
    text + "\r"
}
