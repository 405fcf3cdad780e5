//! [`Vehicle`]: the bus of the vehicle at the board's CAN adapter: frames of a drive, and a control unit in Python that answers questions.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use dimo_types::Frame;

/// Frames that the device sent, as SLCAN lines.
type Sent = Arc<Mutex<Vec<String>>>;

/// What the vehicle does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Motion {
    /// It is on the road.
    Moving,
    /// Its ignition is on, and its engine off.
    Standing,
}

impl Motion {
    /// As the control unit takes it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Moving => "moving",
            Self::Standing => "standing",
        }
    }
}

/// What is at the bus besides the device.
pub(crate) struct Vehicle {
    line: Arc<Mutex<TcpStream>>,
    unit: Child,
    sent: Sent,
    frames_sent: usize,
}

impl Vehicle {
    /// Starts the control unit.
    pub(crate) fn start(
        line: TcpStream,
        python: &Path,
        script: &Path,
        motion: Motion,
    ) -> Result<Self, String> {
        let mut unit = Command::new(python)
            .arg(script)
            .arg(motion.as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("needs {}: {error}", python.display()))?;
        let to_unit = unit.stdin.take().ok_or("the control unit takes nothing")?;
        let from_unit = unit.stdout.take().ok_or("the control unit says nothing")?;
        let reader = line.try_clone().map_err(|error| format!("the bus: {error}"))?;
        let line = Arc::new(Mutex::new(line));
        let sent = Sent::default();
        let (device, seen) = (Arc::clone(&line), Arc::clone(&sent));
        // Ends with the board.
        thread::spawn(move || listen(reader, to_unit, &seen));
        thread::spawn(move || {
            let lines = BufReader::new(from_unit).lines().map_while(Result::ok);
            lines.map(|line| write(&device, &line)).take_while(Result::is_ok).for_each(drop);
        });
        Ok(Self { line, unit, sent, frames_sent: 0 })
    }

    /// Sends frames as fast as the device takes them.
    pub(crate) fn send(&mut self, frames: &[Frame]) -> Result<(), String> {
        self.frames_sent += frames.len();
        let mut sending = frames.iter();
        sending
            .try_for_each(|frame| write(&self.line, &text(frame)))
            .map_err(|error| format!("the bus: {error}"))
    }

    /// How many frames were sent since the device was switched on.
    pub(crate) const fn frames_sent(&self) -> usize {
        self.frames_sent
    }

    /// Frames that the device has sent since this was asked last.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Vehicle {
    fn drop(&mut self) {
        let _ = self.unit.kill();
        let _ = self.unit.wait();
    }
}

fn write(line: &Mutex<TcpStream>, text: &str) -> std::io::Result<()> {
    let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
    line.write_all(text.as_bytes())?;
    line.write_all(b"\r")
}

/// Frames of the device go to the control unit; commands to the adapter are obeyed in silence.
fn listen(mut line: TcpStream, mut unit: ChildStdin, sent: &Mutex<Vec<String>>) {
    let (mut bytes, mut typed) = ([0; 256], String::new());
    loop {
        let count = match line.read(&mut bytes) {
            Ok(0) => return,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        for byte in bytes.get(..count).unwrap_or_default() {
            if *byte != b'\r' {
                typed.push(char::from(*byte));
                continue;
            }
            let command = std::mem::take(&mut typed);
            if command.starts_with(['t', 'T']) {
                sent.lock().unwrap_or_else(PoisonError::into_inner).push(command.clone());
                if writeln!(unit, "{command}").and_then(|()| unit.flush()).is_err() {
                    return;
                }
            }
        }
    }
}

/// A frame as an adapter writes it.
pub(crate) fn text(frame: &Frame) -> String {
    let id = frame.id();
    let head =
        if id.is_extended() { format!("T{:08X}", id.number()) } else { format!("t{:03X}", id.number()) };
    let data: String = frame.data().iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{head}{:X}{data}", frame.data().len())
}
