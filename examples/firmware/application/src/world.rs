//! [`World`]: what the parts of the application share. One executor, one thread: cells do.

use core::cell::{Cell, RefCell};

use dimo_hal::clock::{ClockPolicy, InSleep, Monotonic, TrustedClock, Uptime};
use dimo_hal::power::{Line, Millis, PowerState};
use dimo_hal::queue::{Plain, Queue};
use dimo_types::{Frame, Location, Timestamp};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_sync::signal::Signal;
use embassy_time::Instant;

use crate::event::{Event, Observer as _};
use crate::hardware::Hardware;
use crate::memory::ITEM;
use crate::polls::Polls;
use crate::question::{Question, Told};
use crate::sharing::Sharing;

/// Pages of the queue, at most.
pub(crate) const QUEUE_PAGES: usize = 24;
pub(crate) type Batches<H> = Queue<<H as Hardware>::Queue, Plain, QUEUE_PAGES, ITEM>;

/// The counter of the executor, which runs on in sleep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticks;

impl Monotonic for Ticks {
    fn uptime(&self) -> Uptime {
        Uptime::from_micros(Instant::now().as_micros())
    }

    fn in_sleep(&self) -> InSleep {
        InSleep::Counts
    }
}

/// What satellites and networks correct a clock by, in microseconds.
const SMALL_STEP: u64 = 10_000_000;

pub(crate) struct World<H: Hardware> {
    observer: RefCell<H::Observer>,
    pub(crate) clock: RefCell<TrustedClock<Ticks>>,
    /// What the power machine decided last.
    pub(crate) power: Cell<Power>,
    /// Until when a phone wants the device awake, and until when it is kept so.
    pub(crate) awake_until: Cell<Option<Millis>>,
    pub(crate) held_until: Cell<Option<Millis>>,
    /// Whether the vehicle's control units talked since somebody looked.
    pub(crate) bus_talks: Cell<bool>,
    pub(crate) queue: Mutex<NoopRawMutex, Batches<H>>,
    pub(crate) store: Mutex<NoopRawMutex, H::Store>,
    /// What the vehicle is asked in the background.
    pub(crate) polls: RefCell<Polls>,
    /// What may be kept, and sent.
    pub(crate) sharing: RefCell<Sharing>,
    /// The time of the last frame.
    last_frame: Cell<Timestamp>,
    /// A batch was put into the queue.
    pub(crate) pushed: Signal<NoopRawMutex, ()>,
    /// Asked of the vehicle, one question at a time.
    pub(crate) question: Signal<NoopRawMutex, Question>,
    pub(crate) told: Signal<NoopRawMutex, Told>,
    /// The last position that was not sent yet.
    pub(crate) position: Cell<Option<Location>>,
    /// The device is to start anew.
    pub(crate) restart: Signal<NoopRawMutex, ()>,
    /// Which of the parts have shown a sign of life, by number.
    pub(crate) alive: Cell<u32>,
}

impl<H: Hardware> World<H> {
    pub(crate) fn new(
        observer: H::Observer,
        queue: Batches<H>,
        store: H::Store,
        polls: Polls,
        sharing: Sharing,
        built: Timestamp,
    ) -> Self {
        Self {
            observer: RefCell::new(observer),
            clock: RefCell::new(TrustedClock::new(Ticks, ClockPolicy::new(built))),
            power: Cell::new(Power::default()),
            awake_until: Cell::new(None),
            held_until: Cell::new(None),
            bus_talks: Cell::new(false),
            queue: Mutex::new(queue),
            store: Mutex::new(store),
            polls: RefCell::new(polls),
            sharing: RefCell::new(sharing),
            last_frame: Cell::new(Timestamp::EPOCH),
            pushed: Signal::new(),
            question: Signal::new(),
            told: Signal::new(),
            position: Cell::new(None),
            restart: Signal::new(),
            alive: Cell::new(0),
        }
    }

    /// Tells who watches.
    pub(crate) fn tell(&self, event: Event<'_>) {
        self.observer.borrow_mut().saw(event);
    }

    /// What time it was at a moment since the start; the time since the start while nobody has told.
    pub(crate) fn wall_at(&self, at: Uptime) -> Timestamp {
        self.clock.borrow().wall_at(at).unwrap_or(at.as_timestamp())
    }

    /// What time it is, likewise.
    pub(crate) fn wall(&self) -> Timestamp {
        self.wall_at(Ticks.uptime())
    }

    /// The same frame with the time of day. A clock that is set back a little makes no frame earlier than the one before it.
    pub(crate) fn with_wall_time(&self, frame: &Frame) -> Option<Frame> {
        let (time, last) =
            (self.wall_at(Uptime::from_micros(frame.time().as_micros())), self.last_frame.get());
        let is_small = last.as_micros().saturating_sub(time.as_micros()) < SMALL_STEP;
        let time = if is_small { time.max(last) } else { time };
        self.last_frame.set(time);
        Frame::classic(time, frame.id(), frame.data()).ok().filter(|_| frame.is_data())
    }

    /// A part of the application is alive.
    pub(crate) fn sign(&self, part: u32) {
        self.alive.set(self.alive.get() | 1 << part);
    }
}

/// What everybody has to know of the power.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Power {
    pub(crate) state: PowerState,
    /// Whether the vehicle may be asked.
    pub(crate) may_ask: bool,
    /// The voltage of the vehicle's battery.
    pub(crate) battery_mv: Option<u32>,
    /// The vehicle's ignition, as the board reads it.
    pub(crate) ignition: Option<Line>,
}

impl Power {
    /// Whether modem and receiver may be on.
    pub(crate) const fn is_awake(&self) -> bool {
        matches!(self.state, PowerState::Active | PowerState::Listen)
    }
}

impl Default for Power {
    fn default() -> Self {
        Self { state: PowerState::Listen, may_ask: false, battery_mv: None, ignition: None }
    }
}
