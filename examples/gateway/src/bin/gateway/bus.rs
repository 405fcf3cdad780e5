//! [`Bus`]: the vehicle's bus as an interface of the kernel's, an adapter at a serial port, or a recording.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use dimo_dbc::log::{LogItem, LogReader};
use dimo_hal::blocking::{CanReceiver as _, CanTransmitter as _};
use dimo_hal::can::{BusMode, BusStatus, Error, ErrorKind, ErrorType, Filter, Filtering};
use dimo_hal::linux::{BaudRate, SocketCan, SocketCanError, Tty};
use dimo_hal::slcan::{Acknowledge, Slcan, SlcanBitRate, SlcanError};
use dimo_hal::{CanReceiver, CanTransmitter};
use dimo_types::{Frame, Timestamp};
use gateway::{Failed, now};

use crate::clock::{Ticks, uptime};
use crate::line::Line;
use crate::post::Post;
use crate::settings::{BusSettings, Pace};

/// Frames that wait to be taken: some 100 ms of the busiest bus.
const FRAMES: usize = 1_024;
/// Questions of our own that the kernel still has to show us.
const ECHOES: usize = 8;

/// A bus.
pub(crate) enum Bus {
    Kernel(Kernel),
    Adapter(Box<Slcan<Line, Ticks>>),
    Recording(Recording),
}

/// Why a bus failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BusError {
    #[error(transparent)]
    Kernel(#[from] SocketCanError),
    #[error(transparent)]
    Adapter(#[from] SlcanError<std::io::Error>),
    #[error("the bus is gone")]
    Gone,
    #[error("a recording answers nobody")]
    Recording,
}

impl Error for BusError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Kernel(error) => error.kind(),
            Self::Adapter(error) => error.kind(),
            Self::Gone => ErrorKind::Closed,
            Self::Recording => ErrorKind::ListenOnly,
        }
    }
}

impl Bus {
    pub(crate) async fn open(settings: &BusSettings) -> Result<Self, Failed> {
        match settings {
            BusSettings::SocketCan { interface, .. } => Kernel::open(interface).map(Self::Kernel),
            BusSettings::Slcan { port, baud, bit_rate } => {
                let failed = |error: &dyn std::fmt::Display| Failed::at(&port.display().to_string(), error);
                let bit_rate = SlcanBitRate::from_bits_per_second(*bit_rate)
                    .ok_or_else(|| failed(&"no adapter has this bit rate"))?;
                let writer = Tty::open(port, BaudRate(*baud)).map_err(|error| failed(&error))?;
                let reader = writer.try_clone().map_err(|error| failed(&error))?;
                let line = Line::new(reader, writer);
                let adapter = Slcan::open(line, Ticks, bit_rate, Acknowledge::Expected).await;
                adapter.map(|adapter| Self::Adapter(Box::new(adapter))).map_err(|error| failed(&error))
            }
            BusSettings::Log { file, pace } => Recording::open(file.clone(), *pace).map(Self::Recording),
        }
    }
}

impl ErrorType for Bus {
    type Error = BusError;
}

impl CanReceiver for Bus {
    async fn receive(&mut self) -> Result<Frame, BusError> {
        match self {
            Self::Kernel(kernel) => kernel.frames.take().await.ok_or(BusError::Gone),
            Self::Adapter(adapter) => Ok(adapter.receive().await?),
            Self::Recording(recording) => recording.receive().await,
        }
    }

    async fn set_filters(&mut self, filters: &[Filter]) -> Result<Filtering, BusError> {
        match self {
            Self::Adapter(adapter) => Ok(adapter.set_filters(filters).await?),
            _ => Ok(if filters.is_empty() { Filtering::Exact } else { Filtering::Off }),
        }
    }

    async fn set_mode(&mut self, mode: BusMode) -> Result<(), BusError> {
        match self {
            Self::Kernel(kernel) => Ok(kernel.sender.set_mode(mode)?),
            Self::Adapter(adapter) => Ok(adapter.set_mode(mode).await?),
            Self::Recording(_) if mode == BusMode::ListenOnly => Ok(()),
            Self::Recording(_) => Err(BusError::Recording),
        }
    }

    async fn status(&mut self) -> Result<BusStatus, BusError> {
        match self {
            Self::Kernel(kernel) => Ok(kernel.sender.status()?),
            Self::Adapter(adapter) => Ok(adapter.status().await?),
            Self::Recording(_) => Ok(BusStatus::new(BusMode::ListenOnly)),
        }
    }
}

impl CanTransmitter for Bus {
    async fn transmit(&mut self, frame: &Frame) -> Result<(), BusError> {
        match self {
            Self::Kernel(kernel) => kernel.transmit(frame),
            Self::Adapter(adapter) => Ok(adapter.transmit(frame).await?),
            Self::Recording(_) => Err(BusError::Recording),
        }
    }

    async fn recover(&mut self) -> Result<(), BusError> {
        match self {
            Self::Kernel(kernel) => Ok(kernel.sender.recover()?),
            Self::Adapter(adapter) => Ok(adapter.recover().await?),
            Self::Recording(_) => Ok(()),
        }
    }
}

/// An interface of the kernel's: a thread receives, and the device sends.
pub(crate) struct Kernel {
    sender: SocketCan,
    frames: Post<Frame>,
    /// The kernel shows one socket what another one of the same computer sends: our own questions are no traffic of the vehicle's.
    echoes: Arc<Mutex<Vec<Frame>>>,
}

impl Kernel {
    fn open(interface: &str) -> Result<Self, Failed> {
        let open = || SocketCan::open(interface).map_err(|error| Failed::at(interface, error));
        let (sender, mut receiver) = (open()?, open()?);
        let frames = Post::new(FRAMES);
        let echoes = Arc::new(Mutex::new(Vec::new()));
        let (post, sent) = (frames.clone(), Arc::clone(&echoes));
        thread::spawn(move || {
            let mut last = Timestamp::EPOCH;
            loop {
                match receiver.receive() {
                    Ok(frame) if is_echo(&sent, &frame) => {}
                    Ok(frame) => {
                        let frame = at(since_start(frame.time()).max(last), &frame);
                        last = frame.map_or(last, |frame| frame.time());
                        if frame.is_some_and(|frame| !post.put_and_wait(frame)) {
                            break;
                        }
                    }
                    // The interface may come back.
                    Err(_) => thread::sleep(std::time::Duration::from_secs(1)),
                }
            }
        });
        Ok(Self { sender, frames, echoes })
    }

    fn transmit(&mut self, frame: &Frame) -> Result<(), BusError> {
        let mut echoes = self.echoes.lock().unwrap_or_else(PoisonError::into_inner);
        if echoes.len() == ECHOES {
            echoes.remove(0);
        }
        echoes.push(*frame);
        drop(echoes);
        Ok(self.sender.transmit(frame)?)
    }
}

fn is_echo(sent: &Mutex<Vec<Frame>>, frame: &Frame) -> bool {
    let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    let same = sent.iter().position(|it| it.id() == frame.id() && it.data() == frame.data());
    same.map(|place| sent.remove(place)).is_some()
}

/// The kernel tells the time of day, and the device counts from its start.
fn since_start(time: Timestamp) -> Timestamp {
    let age = now().as_micros().saturating_sub(time.as_micros());
    let micros = uptime().as_timestamp().as_micros().saturating_sub(age);
    dimo_hal::clock::Uptime::from_micros(micros).as_timestamp()
}

/// The same frame at another time; none of what the device does not record.
fn at(time: Timestamp, frame: &Frame) -> Option<Frame> {
    Frame::classic(time, frame.id(), frame.data()).ok().filter(|_| frame.is_data())
}

/// A recording, whose frames come as if the vehicle sent them now. Once it is over, the bus is silent.
pub(crate) struct Recording {
    frames: Post<Frame>,
    last: Timestamp,
}

impl Recording {
    fn open(file: PathBuf, pace: Pace) -> Result<Self, Failed> {
        let failed = |error: &dyn std::fmt::Display| Failed::at(&file.display().to_string(), error);
        let reader = LogReader::open(&file).map_err(|error| failed(&error))?;
        let frames = Post::new(FRAMES);
        let post = frames.clone();
        thread::spawn(move || {
            let start = std::time::Instant::now();
            let (mut first, mut count) = (None, 0_u64);
            for item in reader.map_while(Result::ok) {
                let LogItem::Frame(frame) = item else { continue };
                if pace == Pace::Recorded {
                    let first = *first.get_or_insert(frame.time().as_micros());
                    let due =
                        std::time::Duration::from_micros(frame.time().as_micros().saturating_sub(first));
                    thread::sleep(due.saturating_sub(start.elapsed()));
                }
                if !post.put_and_wait(frame) {
                    return;
                }
                count += 1;
            }
            while !post.is_empty() {
                thread::sleep(std::time::Duration::from_millis(10));
            }
            crate::console::say(format_args!("log\tended\t{count}"));
        });
        Ok(Self { frames, last: Timestamp::EPOCH })
    }

    async fn receive(&mut self) -> Result<Frame, BusError> {
        loop {
            let frame = self.frames.take().await.ok_or(BusError::Gone)?;
            if let Some(frame) = at(uptime().as_timestamp().max(self.last), &frame) {
                self.last = frame.time();
                return Ok(frame);
            }
        }
    }
}
