//! [`run`]: listens to the vehicle, records it, and asks it what is to be asked, through the guard.

use core::time::Duration;

use dimo_dbc::request::isotp::Link;
use dimo_dbc::request::{Event as Heard, Exchange, Responders};
use dimo_hal::CanReceiver as _;
use dimo_hal::CanTransmitter as _;
use dimo_hal::can::BusMode;
use dimo_hal::clock::Monotonic as _;
use dimo_hal::guard::{Driving, GuardPolicy, Ignition, TransmitGuard};
use dimo_hal::power::Line;
use dimo_hal::queue::ItemId;
use dimo_types::{CanId, Frame, Timestamp};
use embassy_futures::select::{Either3, select3};
use embassy_time::{Instant, Timer};

use crate::event::{Event, Subject};
use crate::hardware::Hardware;
use crate::question::{LONGEST, Question, Told};
use crate::recorder::Recorder;
use crate::sharing::Purge;
use crate::world::{Ticks, World};

/// The number of this part among those that live.
pub(crate) const PART: u32 = 0;
/// A batch is ended after this time at the latest, and looked at so often.
const BATCH_AGE: Duration = Duration::from_secs(2);
const LOOK: embassy_time::Duration = embassy_time::Duration::from_millis(250);

/// Current data of OBD-II (ISO 15031-5, service 01): engine speed and vehicle speed, and how an answer begins.
const ENGINE_SPEED: [u8; 2] = [0x01, 0x0C];
const VEHICLE_SPEED: [u8; 2] = [0x01, 0x0D];
const POSITIVE: u8 = 0x41;
/// A unit answers that it will not (ISO 14229-1, A.1).
const NEGATIVE: u8 = 0x7F;

/// Everything that concerns the vehicle's bus.
struct Bus<'w, 'm, H: Hardware> {
    world: &'w World<H>,
    guard: TransmitGuard<H::Can>,
    recorder: &'w core::cell::RefCell<Recorder<'m>>,
}

/// Runs for ever.
pub(crate) async fn run<H: Hardware>(
    world: &World<H>,
    can: H::Can,
    bit_rate: u32,
    recorder: &core::cell::RefCell<Recorder<'_>>,
) {
    let guard = TransmitGuard::new(can, GuardPolicy::new(bit_rate), Ticks.uptime());
    let mut bus = Bus { world, guard, recorder };
    bus.take_part().await;
    loop {
        world.sign(PART);
        let next = select3(bus.guard.receiver().receive(), world.question.wait(), Timer::after(LOOK)).await;
        match next {
            Either3::First(Ok(frame)) => bus.record(&frame).await,
            // The bus is away; it is looked after with the next one.
            Either3::First(Err(_)) => Timer::after(LOOK).await,
            Either3::Second(question) => {
                let told = bus.ask(&question).await;
                world.told.signal(told);
            }
            Either3::Third(()) => {
                bus.follow_sharing().await;
                bus.end_old_batch().await;
            }
        }
        bus.poll().await;
    }
}

impl<H: Hardware> Bus<'_, '_, H> {
    /// Acknowledges, and may ask. A controller that can only listen stays with that.
    async fn take_part(&mut self) {
        if self.guard.receiver().set_mode(BusMode::Normal).await.is_ok() {
            self.guard.set_mode(BusMode::Normal);
        }
        self.guard.set_driving(Driving::Unknown);
    }

    /// The vehicle talks: it is awake, and what it says is recorded.
    async fn record(&mut self, frame: &Frame) {
        self.world.bus_talks.set(true);
        self.follow_sharing().await;
        self.keep(frame);
        self.end_old_batch().await;
    }

    fn keep(&self, frame: &Frame) {
        if let Some(frame) = self.world.with_wall_time(frame) {
            self.recorder.borrow_mut().frame(&frame);
        }
    }

    /// Puts a batch that is full or old into the queue.
    async fn end_old_batch(&mut self) {
        let time = self.world.wall();
        let (item, len, frames, readings) = {
            let mut recorder = self.recorder.borrow_mut();
            if let Some(position) = self.world.position.take() {
                recorder.position(time, position);
            }
            if recorder.batcher.began().is_some_and(|began| is_old(began, time)) {
                recorder.batcher.seal(&dimo_types::BatchParts::default());
            }
            let Some((item, len)) = recorder.batcher.take() else { return };
            (item, len, recorder.frames(), recorder.batcher.readings())
        };
        let batch = item.get(..len).unwrap_or_default();
        let pushed = self.world.queue.lock().await.push(dimo_types::Priority::Routine, batch).await;
        self.recorder.borrow_mut().batcher.give_back(item);
        match pushed {
            Ok(item) => self.world.tell(Event::Queued { item, frames, readings }),
            Err(_) => self.world.tell(Event::Lost),
        }
        self.world.pushed.signal(());
    }

    /// Before anything is recorded: what the owner shares now.
    async fn follow_sharing(&mut self) {
        if self.world.sharing.borrow().purge() == Purge::Due {
            self.purge().await;
        }
        self.recorder.borrow_mut().follow(&self.world.sharing.borrow(), self.world.wall());
    }

    /// The owner has taken something back: what is kept goes. That is tried until it works, and nothing is sent meanwhile.
    async fn purge(&mut self) {
        self.recorder.borrow_mut().batcher.discard();
        let all = ItemId::new(u64::MAX);
        if self.world.queue.lock().await.acknowledge(all).await.is_ok() {
            self.world.sharing.borrow_mut().thrown_away();
            self.world.tell(Event::ThrownAway);
        }
    }

    /// Asks what is due of the polls while the vehicle may be asked. An answer is recorded as the plan describes it.
    async fn poll(&mut self) {
        if !self.world.power.get().may_ask {
            return;
        }
        let due = self.world.polls.borrow_mut().due(time());
        let Some((index, poll)) = due else { return };
        let (request, from) = (poll.request(), Some(poll.response_id()));
        let told =
            self.exchange(poll.request_link(), &request, Responders::one(poll.answer_link()), from).await;
        let is_answered = match told {
            Told::Refused => return,
            Told::Silence => false,
            Told::Answer(answer) => answer.bytes().first() != Some(&NEGATIVE),
        };
        self.world.polls.borrow_mut().asked(index, is_answered);
    }

    /// Asks all control units, and takes the first answer.
    async fn ask(&mut self, question: &Question) -> Told {
        if question.clears() {
            let told =
                if self.permit_clear().await { self.ask_all(question.bytes()).await } else { Told::Refused };
            self.guard.set_driving(Driving::Unknown);
            return told;
        }
        self.ask_all(question.bytes()).await
    }

    /// Lets one clearing of trouble codes pass: with the ignition on, and once the vehicle itself has said that it stands. One without an engine says nothing of it.
    async fn permit_clear(&mut self) -> bool {
        if let Told::Answer(engine) = self.ask_all(&ENGINE_SPEED).await
            && !matches!(engine.bytes(), [POSITIVE, 0x0C, 0, 0] | [NEGATIVE, ..])
        {
            return false;
        }
        let speed = self.ask_all(&VEHICLE_SPEED).await;
        if !matches!(speed, Told::Answer(speed) if matches!(speed.bytes(), [POSITIVE, 0x0D, 0])) {
            return false;
        }
        let ignition = match self.world.power.get().ignition {
            Some(Line::Active) => Ignition::On,
            Some(Line::Quiet) => Ignition::Off,
            None => Ignition::Unknown,
        };
        self.guard.set_driving(Driving::Standing);
        self.guard.permit_clear(ignition).is_ok()
    }

    async fn ask_all(&mut self, request: &[u8]) -> Told {
        let Some(everyone) = CanId::standard(0x7DF) else { return Told::Silence };
        self.exchange(Link::functional(everyone), request, Responders::legislated(), None).await
    }

    /// Asks, and takes the first answer. The frames that come meanwhile are recorded, and answers of one frame `from` there, which are for the plan to read.
    async fn exchange(
        &mut self,
        link: Link,
        request: &[u8],
        responders: Responders<1, LONGEST>,
        from: Option<CanId>,
    ) -> Told {
        let Ok(mut exchange) = Exchange::new(link, request, responders) else { return Told::Refused };
        loop {
            while let Some(frame) = exchange.poll_transmit(time()) {
                if !self.world.power.get().may_ask {
                    return Told::Refused;
                }
                self.guard.advance(Ticks.uptime());
                if let Err(refused) = self.guard.transmit(&frame).await {
                    self.world.tell(Event::Refused(Subject::Frame, &refused));
                    return Told::Refused;
                }
            }
            let Some(deadline) = exchange.poll_timeout() else { return Told::Silence };
            let until = Timer::at(Instant::from_micros(deadline.as_micros()));
            let came = embassy_futures::select::select(self.guard.receiver().receive(), until).await;
            let embassy_futures::select::Either::First(Ok(frame)) = came else {
                let _ = exchange.handle_timeout(time());
                continue;
            };
            if from == Some(frame.id()) && is_single(&frame) {
                self.keep(&frame);
            }
            match exchange.handle_frame(time(), &frame) {
                Ok(Heard::Answer(answer)) => {
                    return Question::new(answer.message).map_or(Told::Silence, Told::Answer);
                }
                // What answers a question is not what the vehicle says by itself.
                Ok(_) if from == Some(frame.id()) || is_answer(frame.id()) => {}
                Ok(_) => self.record(&frame).await,
                Err(_) => return Told::Silence,
            }
        }
    }
}

/// Whether a frame is a whole message (ISO 15765-2, 9.6.2).
fn is_single(frame: &Frame) -> bool {
    frame.data().first().is_some_and(|pci| pci >> 4 == 0)
}

/// Whether the units of ISO 15765-4 answer under this identifier.
fn is_answer(id: CanId) -> bool {
    let number = id.number();
    if id.is_extended() { number & 0xFFFF_FF00 == 0x18DA_F100 } else { (0x7E8..=0x7EF).contains(&number) }
}

/// Deadlines are measured on the time since the start.
fn time() -> Timestamp {
    Ticks.uptime().as_timestamp()
}

fn is_old(began: Timestamp, time: Timestamp) -> bool {
    // A clock that was set meanwhile is no reason to wait.
    let age = time.as_micros().abs_diff(began.as_micros());
    u128::from(age) >= BATCH_AGE.as_micros()
}
