//! [`serve`]: one connection to the broker, from its beginning to its end.

use core::cell::RefCell;
use core::fmt::Debug;

use dimo_crypto::manifest::SignatureScheme;
use dimo_crypto::session::{DeviceSession, HEADER_LEN, OVERHEAD, SessionAction};
use dimo_hal::queue::ItemId;
use dimo_types::Address;
use embassy_futures::select::{Either3, select3};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_time::{Duration, Timer, with_timeout};
use embedded_io_async::{Read, Write};
use minimq::{Buffers, ConfigBuilder, Connection, Publication, QoS, Session, TopicFilter};

use crate::commands::{Commands, Report};
use crate::event::Event;
use crate::gen1::Gen1 as _;
use crate::hardware::Hardware;
use crate::in_flight::{BatchId, InFlight};
use crate::opening;
use crate::recorder::Recorder;
use crate::shared::SharedStore;
use crate::sharing::{self, Purge};
use crate::topics::Topic;
use crate::uplink::{Means, PART};
use crate::world::World;

/// A broker that does not answer by then is none.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked at what else there is to do.
const LOOK: Duration = Duration::from_millis(500);
/// After so many looks in a row without an answer to what was sent, the session is opened anew.
const LATE_MOST: u8 = 3;
/// A payload of the present form has at most so many bytes: with its topic it has room among what is on its way.
const GEN1_MOST: usize = 3 * 1_024;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is to be built again.
    Lost,
    /// A command wants the device to start anew.
    Restart,
}

/// Kinds of what comes down that concern the connection itself; the others are commands.
const ACKNOWLEDGED: u8 = 1;
const DICTIONARY_WANTED: u8 = 2;

/// Serves it until it breaks, the device sleeps, or it has to start anew.
pub(crate) async fn serve<H: Hardware, S: SignatureScheme, L: Read<Error: Debug> + Write>(
    means: &mut Means<'_, '_, '_, H, S>,
    line: &mut L,
) -> Ended {
    let device = means.wallet.address();
    let mut store = SharedStore(&means.world.store);
    let Some(session) = opening::open(&mut store, &mut means.wallet, &means.config.backend).await else {
        means.world.tell(Event::SessionFailed);
        return Ended::Lost;
    };
    let buffers = Buffers::new(means.messages.received, means.messages.sent);
    let down = Topic::down(device);
    let Ok(config) = ConfigBuilder::new(buffers).client_id(down.device()) else { return Ended::Lost };
    let mut broker = Session::new(config.keepalive_interval(20));
    let Ok(Ok(connection)) = with_timeout(PATIENCE, broker.connect(line)).await else { return Ended::Lost };
    let scratch = &mut *means.messages.sealed;
    let mut serving = Serving {
        world: means.world,
        recorder: means.recorder,
        commands: means.commands,
        connection,
        session,
        gen1: &mut means.gen1,
        shown: None,
        device,
        in_flight: InFlight::new(),
        late: 0,
        is_dictionary_due: true,
        report: None,
        scratch,
    };
    match serving.run().await {
        Ok(ended) => ended,
        Err(Broken) => Ended::Lost,
    }
}

/// The connection broke.
struct Broken;

/// Whether something was handed to the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outgoing {
    /// It was.
    Sent,
    /// There is no room before what went before is taken. Try again.
    Later,
}

struct Serving<'s, 'w, 'm, 'c, 'b, H: Hardware, S, L> {
    world: &'w World<H>,
    recorder: &'w RefCell<Recorder<'m>>,
    commands: &'w Mutex<NoopRawMutex, Commands<'w, 'c, H, S>>,
    connection: Connection<'s, 'b, &'s mut L>,
    session: DeviceSession,
    gen1: &'s mut H::Gen1,
    /// The batch whose present form is made.
    shown: Option<ItemId>,
    device: Address,
    in_flight: InFlight,
    /// How often in a row nothing came back.
    late: u8,
    /// The dictionary is to be sent.
    is_dictionary_due: bool,
    /// A report that is to be sent.
    report: Option<Report>,
    scratch: &'s mut [u8],
}

impl<H: Hardware, S: SignatureScheme, L: Read<Error: Debug> + Write> Serving<'_, '_, '_, '_, '_, H, S, L> {
    async fn run(&mut self) -> Result<Ended, Broken> {
        self.begin().await?;
        loop {
            self.world.sign(PART);
            if self.send_what_is_due().await? {
                let _ = self.connection.disconnect().await;
                return Ok(Ended::Restart);
            }
            self.reserve_numbers().await?;
            self.settle_sharing().await;
            if !self.world.power.get().is_awake() {
                let _ = self.connection.disconnect().await;
                return Ok(Ended::Lost);
            }
            let next = select3(self.connection.poll(), self.world.pushed.wait(), Timer::after(LOOK)).await;
            match next {
                Either3::First(Ok(Some(message))) => {
                    let is_reply = message.topic().ends_with("/reply");
                    let len = message.payload().len();
                    let Some(copy) = self.scratch.get_mut(..len) else { continue };
                    copy.copy_from_slice(message.payload());
                    if is_reply {
                        // A reply to another opening changes nothing.
                        if self.session.handle_reply(copy).is_ok() {
                            self.commands.lock().await.confirm().await;
                        }
                    } else {
                        self.obey(len).await;
                    }
                }
                Either3::First(Ok(None)) | Either3::Second(()) => {}
                Either3::First(Err(_)) => return Err(Broken),
                Either3::Third(()) => self.look()?,
            }
        }
    }

    /// Subscribes, and opens the session.
    async fn begin(&mut self) -> Result<(), Broken> {
        let (reply, down) = (Topic::reply(self.device), Topic::down(self.device));
        let topics = [TopicFilter::new(reply.as_str()), TopicFilter::new(down.as_str())];
        self.connection.subscribe(&topics, &[]).await.map_err(|_| Broken)?;
        let opening = *self.session.opening().ok_or(Broken)?;
        let sent = send(&mut self.connection, Topic::session(self.device).as_str(), &opening).await?;
        // Nothing went before it.
        if sent == Outgoing::Later {
            return Err(Broken);
        }
        self.world.tell(Event::SessionOpened(self.session.session_id().get()));
        Ok(())
    }

    /// Sends what there is room for: a report, the dictionary, batches. Whether the device has to start anew after that.
    async fn send_what_is_due(&mut self) -> Result<bool, Broken> {
        if let Some(report) = self.report.take() {
            let sealed = self.session.seal(report.bytes(), self.scratch).map_err(|_| Broken);
            sealed?;
            let sent = self.publish(Topic::report(self.device), report.bytes().len() + OVERHEAD).await?;
            if sent == Outgoing::Sent {
                return Ok(report.restart);
            }
            self.report = Some(report);
        } else if !self.is_dictionary_due || self.send_dictionary().await? == Outgoing::Sent {
            self.is_dictionary_due = false;
            while self.world.sharing.borrow().may_send(self.world.wall())
                && self.in_flight.has_room()
                && self.send_batch().await? == Outgoing::Sent
            {}
        }
        Ok(false)
    }

    async fn send_dictionary(&mut self) -> Result<Outgoing, Broken> {
        let room = self.scratch.get_mut(HEADER_LEN..).unwrap_or_default();
        let len = self.recorder.borrow_mut().dictionary(room).map_or(0, <[u8]>::len);
        if len == 0 {
            self.world.tell(Event::DictionaryTooLong);
            return Ok(Outgoing::Sent);
        }
        self.gen1.learn(self.scratch.get(HEADER_LEN..HEADER_LEN + len).unwrap_or_default());
        self.session.seal_in_place(self.scratch, len).map_err(|_| Broken)?;
        self.publish(Topic::record(self.device), len + OVERHEAD).await
    }

    /// Sends the batch behind the last one that was sent.
    async fn send_batch(&mut self) -> Result<Outgoing, Broken> {
        let (item, batch, len) = {
            let mut queue = self.world.queue.lock().await;
            let Ok(Some(item)) = queue.next(self.in_flight.last()).await else { return Ok(Outgoing::Later) };
            let Some((batch, message)) = item.bytes.split_first_chunk::<20>() else {
                return Ok(Outgoing::Later);
            };
            let room = HEADER_LEN..HEADER_LEN + message.len();
            let Some(room) = self.scratch.get_mut(room) else { return Ok(Outgoing::Later) };
            room.copy_from_slice(message);
            (item.id, *batch, message.len())
        };
        if self.send_gen1(item, len).await? == Outgoing::Later {
            return Ok(Outgoing::Later);
        }
        if self.session.seal_in_place(self.scratch, len).is_err() {
            // The numbers are used up: the next ones are reserved first.
            return Ok(Outgoing::Later);
        }
        let sent = self.publish(Topic::record(self.device), len + OVERHEAD).await?;
        if sent == Outgoing::Sent {
            self.in_flight.add(item, batch);
        }
        Ok(sent)
    }

    /// Sends the present form of a batch, whose message is in the scratch where it will be sealed.
    async fn send_gen1(&mut self, item: ItemId, len: usize) -> Result<Outgoing, Broken> {
        if self.shown != Some(item) {
            let message = self.scratch.get(HEADER_LEN..HEADER_LEN + len).unwrap_or_default();
            self.gen1.take(message, GEN1_MOST);
            self.shown = Some(item);
        }
        while let Some(payload) = self.gen1.next() {
            if send(&mut self.connection, self.gen1.topic(), payload).await? == Outgoing::Later {
                return Ok(Outgoing::Later);
            }
            self.gen1.sent();
        }
        Ok(Outgoing::Sent)
    }

    async fn reserve_numbers(&mut self) -> Result<(), Broken> {
        while let Some(SessionAction::Persist(reservation)) = self.session.poll_action() {
            let mut store = SharedStore(&self.world.store);
            opening::persist(&mut store, &mut self.session, reservation).await.ok_or(Broken)?;
        }
        Ok(())
    }

    /// What was thrown away need not be thrown away after the next start.
    async fn settle_sharing(&mut self) {
        if self.world.sharing.borrow().purge() == Purge::Done {
            // Nothing is sent before it is stored.
            let _ = sharing::settle(&self.world.sharing, &mut SharedStore(&self.world.store)).await;
        }
    }

    /// A record that came down, in the scratch. What cannot be opened is nobody's.
    async fn obey(&mut self, len: usize) {
        let record = self.scratch.get_mut(..len).unwrap_or_default();
        let Ok(opened) = self.session.open_in_place(record) else { return };
        let Some((kind, body)) = opened.plaintext.split_first() else { return };
        self.commands.lock().await.confirm().await;
        match *kind {
            ACKNOWLEDGED => {
                let batches: &[BatchId] = body.as_chunks().0;
                if let Some(item) = self.in_flight.acknowledge(batches) {
                    self.late = 0;
                    if self.world.queue.lock().await.acknowledge(item).await.is_ok() {
                        self.world.tell(Event::Delivered(item));
                    }
                }
            }
            DICTIONARY_WANTED => self.is_dictionary_due = true,
            _ => {
                // A report that was not sent yet is overtaken.
                if let Some(report) = self.commands.lock().await.obey(opened.plaintext).await {
                    self.report = Some(report);
                }
            }
        }
    }

    fn look(&mut self) -> Result<(), Broken> {
        if self.in_flight.forget_if_late() {
            self.late += 1;
        }
        if self.late < LATE_MOST { Ok(()) } else { Err(Broken) }
    }

    /// Hands the first bytes of the scratch to the broker.
    async fn publish(&mut self, topic: Topic, len: usize) -> Result<Outgoing, Broken> {
        let payload = self.scratch.get(..len).unwrap_or_default();
        send(&mut self.connection, topic.as_str(), payload).await
    }
}

async fn send<L: Read<Error: Debug> + Write>(
    connection: &mut Connection<'_, '_, &mut L>,
    topic: &str,
    payload: &[u8],
) -> Result<Outgoing, Broken> {
    if !connection.can_publish(QoS::AtLeastOnce) {
        return if connection.is_connected() { Ok(Outgoing::Later) } else { Err(Broken) };
    }
    let publication = Publication::bytes(topic, payload).qos(QoS::AtLeastOnce);
    match connection.publish(publication).await {
        Ok(_) => Ok(Outgoing::Sent),
        // What is not acknowledged yet takes the room.
        Err(_) if connection.is_connected() => Ok(Outgoing::Later),
        Err(_) => Err(Broken),
    }
}
