//! [`Device`]: the device's side.

use dimo_crypto::pairing::Role;
use dimo_types::{Address, Timestamp};

use crate::allowance::Allowance;
use crate::clock::{Clock, Moment};
use crate::limits::after;
use crate::packet::{Packet, REFUSAL};
use crate::presence::Window;
use crate::wire::{PacketBuffer, Wire};
use crate::{
    Answer, Expiry, FragmentBuffer, Identity, Ignition, JobId, Limits, MESSAGE_MAX, Memory, Mtu, PACKET_MAX,
    PacketError, Presence, ReceiveError, RecordKey, Refusal, RequestId, SLOTS, Seed, Setup, Slot, UploadPlan,
    Versions,
};

mod exchange;
mod grant;
mod handshake;
mod judge;
#[cfg(feature = "pin")]
mod pin;
mod saver;
mod stage;
mod upload;
mod work;

use exchange::Exchange;
use saver::Saver;
use stage::Stage;
use upload::Upload;

/// The device's side of one link, without a radio, a clock, a generator or a key of its own.
///
/// | group | methods |
/// |---|---|
/// | getters | [`identity`](Self::identity), [`owner`](Self::owner), [`role`](Self::role), [`presence`](Self::presence), [`signatures_left`](Self::signatures_left), [`signatures_begun`](Self::signatures_begun), [`upload`](Self::upload) |
/// | the link: `handle_*` | [`handle_connected`](Self::handle_connected), [`handle_mtu`](Self::handle_mtu), [`handle_fragment`](Self::handle_fragment), [`handle_disconnected`](Self::handle_disconnected) |
/// | results: `handle_*` | [`handle_signature`](Self::handle_signature), [`handle_stored`](Self::handle_stored), [`handle_answer`](Self::handle_answer), [`handle_progress`](Self::handle_progress) |
/// | the world: `handle_*` | [`handle_timeout`](Self::handle_timeout), [`handle_clock`](Self::handle_clock), [`handle_ignition`](Self::handle_ignition) |
/// | commands | [`open_window`](Self::open_window), [`close_window`](Self::close_window), [`set_owner`](Self::set_owner), [`factory_reset`](Self::factory_reset) |
/// | what to do: `poll_*` | [`poll_action`](Self::poll_action), [`poll_transmit`](Self::poll_transmit), [`poll_timeout`](Self::poll_timeout) |
///
/// The order: after any `handle_*` or command, call `poll_action` until it gives `None`, and carry each action out; call
/// `poll_transmit` whenever the link can take a notification, until it gives `None`; then sleep until the time of
/// `poll_timeout` or the next event, whichever is first. At that time call `handle_timeout` until it gives `None`. An action may
/// take as long as it likes meanwhile; its result comes back with the action's [`JobId`]. Calls in any other order are safe, and at
/// worst something waits.
///
/// `now` is any clock that does not run backwards, such as the time since boot: only differences count. A clock that does
/// run backwards closes the presence window and delays timeouts, no more. The time of day, which expiries need, comes by
/// [`handle_clock`](Self::handle_clock).
///
/// One value serves one connection at a time; a maker refuses all others.
///
/// # Example: a stranger without the secret of the label
///
/// ```
/// use dimo_pairing::*;
/// use dimo_types::Timestamp;
/// # let identity = Identity {
/// #     address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?, serial: Text::new("1")?,
/// #     hardware: Text::new("7.0")?, firmware: Text::new("1.0")? };
/// # let [static_key, random] = [[3; 32], [4; 32]];
/// # let now = Timestamp::EPOCH;
/// let setup = Setup::new(identity, NoiseKey::from_bytes(static_key)).with_label(&LabelSecret::new([5; 16]));
/// let mut device = Device::new(setup, Memory::new(), Limits::SPEC);
/// device.open_window(now, Presence::PluggedIn);
/// device.handle_connected(now, Mtu::MIN, Seed::from_bytes(random));
///
/// // A first message that was not made with the secret: 0x01, versions 1 to 1, 48 bytes.
/// let mut guess = [0x42; 51];
/// guess[..3].copy_from_slice(&[1, 1, 1]);
/// let mut phone = Fragmenter::<64>::new();
/// phone.load(&guess)?;
/// let (mut up, mut down) = ([0; FRAGMENT_MAX], [0; FRAGMENT_MAX]);
/// while let Some(fragment) = phone.next_fragment(Mtu::MIN, &mut up) {
///     device.handle_fragment(now, fragment)?;
/// }
/// let refusal = device.poll_transmit(&mut down).unwrap();
/// assert_eq!(refusal.last(), Some(&Refusal::HandshakeFailed.code()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Device {
    setup: Setup,
    limits: Limits,
    memory: Memory,
    saver: Saver,
    allowance: Allowance,
    clock: Clock,
    window: Option<Window>,
    ignition: Ignition,
    wire: Wire,
    seed: Option<Seed>,
    /// Until when a link may be without a handshake and without a session.
    silent_until: Option<Timestamp>,
    /// When the rest of a half-received packet is given up.
    receive_until: Option<Timestamp>,
    /// The checksum of the handshake's message that was answered last.
    heard: Option<u32>,
    stage: Stage,
    exchange: Exchange,
    upload: Option<Upload>,
    next_job: u32,
}

// ---- getters
impl Device {
    /// A device that nobody is connected to, with its presence window closed. `memory` is what it stored before.
    #[must_use]
    pub const fn new(setup: Setup, memory: Memory, limits: Limits) -> Self {
        Self {
            setup,
            limits,
            memory,
            saver: Saver::new(),
            allowance: Allowance::new(limits.signature_every),
            clock: Clock::UNKNOWN,
            window: None,
            ignition: Ignition::Unknown,
            wire: Wire::new(),
            seed: None,
            silent_until: None,
            receive_until: None,
            heard: None,
            stage: Stage::Stranger,
            exchange: Exchange::new(),
            upload: None,
            next_job: 0,
        }
    }

    /// What it says of itself.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.setup.identity
    }

    /// Its owner, as far as it knows.
    #[must_use]
    pub const fn owner(&self) -> Option<Address> {
        self.memory.owner()
    }

    /// What the phone at the other end may do; `None` while it has shown no grant.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        Some(self.stage.session()?.granted?.0.role)
    }

    /// What opened the presence window, or `None` while it is closed.
    #[must_use]
    pub fn presence(&self, now: Timestamp) -> Option<Presence> {
        self.window.as_ref()?.presence(now)
    }

    /// How many more claims and pairings it signs before it has to run for a while.
    #[must_use]
    pub const fn signatures_left(&self) -> u8 {
        self.memory.state.signatures_left
    }

    /// How many signatures over claims and pairings it has asked its wallet for in its life, restarts included.
    #[must_use]
    pub const fn signatures_begun(&self) -> u32 {
        self.memory.state.signatures_begun
    }

    /// What is being uploaded, and the offset of the byte that comes next.
    #[must_use]
    pub fn upload(&self) -> Option<(UploadPlan, u32)> {
        self.upload.as_ref().map(|upload| (*upload.plan(), upload.next()))
    }
}

// ---- the link
impl Device {
    /// A phone connected; the link has this MTU so far. `seed` is fresh. Nothing is left of an earlier session.
    pub fn handle_connected(&mut self, now: Timestamp, mtu: Mtu, seed: Seed) {
        self.handle_disconnected();
        self.allowance.advance(now, &mut self.memory.state);
        self.wire.set_mtu(mtu);
        self.seed = Some(seed);
        self.silent_until = Some(after(now, self.limits.handshake));
    }

    /// The MTU of the link is another one from the next fragment on.
    pub const fn handle_mtu(&mut self, mtu: Mtu) {
        self.wire.set_mtu(mtu);
    }

    /// The phone is gone, and its session with it. Work goes on, its answer waits, and the presence window stays.
    pub fn handle_disconnected(&mut self) {
        self.wire.reset();
        self.seed = None;
        self.silent_until = None;
        self.receive_until = None;
        self.heard = None;
        self.stage = Stage::Stranger;
    }

    /// The phone wrote `fragment`.
    ///
    /// # Errors
    ///
    /// [`ReceiveError`] when there is nothing to answer. Reject the write with [`ReceiveError::att_error`], so that the phone
    /// knows at once. Everything else, refusals too, is answered by message.
    pub fn handle_fragment(&mut self, now: Timestamp, fragment: &[u8]) -> Result<(), ReceiveError> {
        // A gap too long ends the packet also when nobody called `handle_timeout` yet.
        let _ = self.expire_receive(now);
        self.receive_until = None;
        let mut buffer: PacketBuffer = [0; PACKET_MAX];
        let Some(packet) = self.wire.receive(fragment, &mut buffer)? else {
            self.receive_until = Some(after(now, self.limits.fragment_gap));
            return Ok(());
        };
        // A session or a handshake whose time has passed is over also when nobody called `handle_timeout` yet.
        while self.expire_stage(now).is_some() {}
        match Packet::parse(packet)? {
            Packet::Handshake(basis, message) => self.handle_handshake(now, basis, packet, message),
            Packet::Sealed { number, sealed } => self.handle_sealed(now, number, sealed),
            Packet::Pin(message) => self.handle_pin(now, packet, message),
            // Only a device refuses.
            Packet::Refusal(..) => Err(PacketError::Unknown { byte: REFUSAL }.into()),
        }
    }

    fn handle_sealed(&mut self, now: Timestamp, number: u32, sealed: &[u8]) -> Result<(), ReceiveError> {
        let session = self.stage.session_mut().ok_or(ReceiveError::NotDue)?;
        let mut buffer = zeroize::Zeroizing::new([0; MESSAGE_MAX]);
        let message = session.transport.open(number, sealed, &mut *buffer)?;
        self.handle_message(now, message)
    }

    #[cfg(not(feature = "pin"))]
    fn handle_pin(&mut self, _: Timestamp, _: &[u8], _: &[u8]) -> Result<(), ReceiveError> {
        self.refuse_outside(Refusal::Unavailable);
        Ok(())
    }

    /// Sends a refusal that no session protects.
    fn refuse_outside(&mut self, refusal: Refusal) {
        self.wire.send(&[&[REFUSAL], refusal.emit_open(Versions::SUPPORTED, &mut [0; 3])]);
    }

    /// Sends an answer that is not kept.
    fn reply(&mut self, id: RequestId, answer: &Answer<'_>) {
        let mut buffer = zeroize::Zeroizing::new([0; MESSAGE_MAX]);
        if let Some(session) = self.stage.session_mut() {
            session.send(&mut self.wire, answer.emit(id, &mut buffer));
        }
    }

    /// Sends the answer that is kept, if it is the one that the phone at the other end waits for.
    fn send_answered(&mut self) {
        let Some(session) = self.stage.session_mut() else { return };
        // One that was not asked for in this session waits until it is.
        let asked_here = session.asked && self.exchange.is_of(session.transport.peer());
        if let Some(message) = self.exchange.answered().filter(|_| asked_here) {
            session.send(&mut self.wire, message);
        }
    }

    const fn new_job(&mut self) -> JobId {
        let job = JobId(self.next_job);
        self.next_job = self.next_job.wrapping_add(1);
        job
    }
}

// ---- the world
impl Device {
    /// It is `now`: ends one thing whose time has come and says which. Call it until it gives `None`.
    #[must_use = "call it until it gives None"]
    pub fn handle_timeout(&mut self, now: Timestamp) -> Option<Expiry> {
        self.saver.wake(now);
        self.allowance.advance(now, &mut self.memory.state);
        self.notify_of_work(now);
        self.expire_receive(now)
            .or_else(|| self.expire_work(now))
            .or_else(|| self.expire_stage(now))
            .or_else(|| self.expire_link(now))
            .or_else(|| self.expire_window(now))
    }

    /// At `now` the time of day is `unix`. Without it no expiry can be checked, and only who is present gets in.
    pub fn handle_clock(&mut self, now: Timestamp, unix: Timestamp) {
        self.allowance.advance(now, &mut self.memory.state);
        self.clock.set(now, unix);
        self.forget_expired(now);
    }

    /// The vehicle does this now. Trouble codes are cleared only at [`Ignition::On`].
    pub const fn handle_ignition(&mut self, ignition: Ignition) {
        self.ignition = ignition;
    }

    /// Forgets the phones whose grant has expired.
    fn forget_expired(&mut self, now: Timestamp) {
        for slot in (0..).map(Slot::new).take(SLOTS) {
            let expires = self.memory.slot(slot).map(|remembered| remembered.granted.expires);
            if expires.is_some_and(|expires| self.clock.judge(now, expires) == Moment::Past) {
                self.memory.forget(slot);
                self.saver.touch(RecordKey::Slot(slot));
            }
        }
    }

    fn expire_receive(&mut self, now: Timestamp) -> Option<Expiry> {
        self.receive_until.take_if(|until| *until <= now)?;
        self.wire.drop_received();
        Some(Expiry::HalfReceived)
    }

    /// Ends a handshake or a session, or first the proof that the wallet did not sign in time.
    fn expire_stage(&mut self, now: Timestamp) -> Option<Expiry> {
        if self.stage.until()? > now && !self.has_expired_grant(now) {
            return None;
        }
        let expiry = match &self.stage {
            Stage::Session(session) => match session.proof.filter(|proof| proof.until <= now) {
                Some(proof) => {
                    self.reply(RequestId::NONE, &Answer::Refused(Refusal::TimedOut));
                    Expiry::Job(proof.job)
                }
                None => Expiry::Session,
            },
            _ => Expiry::Handshake,
        };
        self.end_session();
        self.silent_until = Some(after(now, self.limits.handshake));
        Some(expiry)
    }

    /// Whether the session rests on a grant that has expired.
    fn has_expired_grant(&self, now: Timestamp) -> bool {
        let granted = self.stage.session().and_then(|session| session.granted);
        granted.is_some_and(|(granted, _)| self.clock.judge(now, granted.expires) == Moment::Past)
    }

    /// Whoever says nothing is not to keep others out.
    fn expire_link(&mut self, now: Timestamp) -> Option<Expiry> {
        if !matches!(self.stage, Stage::Stranger) {
            // Counted anew from when the handshake or the session has ended.
            self.silent_until = Some(after(now, self.limits.handshake));
            return None;
        }
        self.silent_until.take_if(|until| *until <= now).map(|_| Expiry::Link)
    }

    fn expire_window(&mut self, now: Timestamp) -> Option<Expiry> {
        self.window.take_if(|window| window.until() <= now).map(|_| Expiry::Window)
    }

    /// Forgets the keys. What is on its way to the phone still goes out.
    fn end_session(&mut self) {
        self.stage = Stage::Stranger;
        self.heard = None;
    }
}

// ---- commands
impl Device {
    /// Opens the presence window, anew if it is open.
    ///
    /// Call it for what a person does at the vehicle and for nothing else: never at a reset, a wake-up or a message.
    pub fn open_window(&mut self, now: Timestamp, presence: Presence) {
        self.allowance.advance(now, &mut self.memory.state);
        self.window = Some(Window::open(now, presence, &self.limits));
    }

    /// Closes the presence window. A request that is being worked on is still answered.
    pub const fn close_window(&mut self) {
        self.window = None;
    }

    /// The registry says that the device belongs to `owner`. What anybody else granted is void from now on, and a session that
    /// rests on it ends.
    pub fn set_owner(&mut self, owner: Option<Address>) {
        if self.memory.set_owner(owner) {
            self.saver.touch(RecordKey::State);
            // What a former owner has sent is not for the next one to put into use.
            self.upload = None;
            // Void already; their secrets go too, so that they stay void should the state ever be lost.
            for slot in (0..).map(Slot::new).take(SLOTS) {
                if self.memory.slot(slot).is_none() {
                    self.memory.forget(slot);
                    self.saver.touch(RecordKey::Slot(slot));
                }
            }
            self.revoke();
        }
    }

    /// As it left the factory: no owner, no phone, a PIN that is not locked. The count of signatures stays.
    ///
    /// Call it for what a person does at the device, such as a button held for ten seconds.
    pub fn factory_reset(&mut self) {
        self.forget_all();
        self.revoke();
    }

    fn forget_all(&mut self) {
        self.memory.reset();
        for key in RecordKey::ALL {
            self.saver.touch(key);
        }
        self.upload = None;
    }

    /// Ends a session whose slot is not there any more, and drops the work of a phone that is not remembered.
    fn revoke(&mut self) {
        let granted =
            self.stage.session().and_then(|session| Some((session.transport.peer(), session.granted?.1)));
        let holds = |(peer, slot)| self.memory.slot(slot).is_some_and(|remembered| remembered.phone == peer);
        if granted.is_some_and(|granted| !holds(granted)) {
            self.end_session();
        }
        // Whose work it is may be another than who is connected.
        if !self.memory.phones().any(|(_, remembered)| self.exchange.is_of(remembered.phone)) {
            self.exchange.forget();
        }
    }
}

// ---- what to do
impl Device {
    /// The next fragment to notify, or `None` when there is none. Once given it counts as sent.
    #[must_use = "a fragment that is not sent is lost"]
    pub fn poll_transmit<'b>(&mut self, buffer: &'b mut FragmentBuffer) -> Option<&'b [u8]> {
        self.wire.poll_transmit(buffer)
    }

    /// When to call [`Device::handle_timeout`] next, or `None` while nothing waits.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let work = self.exchange.work().map(|work| work.until.min(work.notice));
        let window = self.window.map(|window| window.until());
        let silent = self.silent_until.filter(|_| matches!(self.stage, Stage::Stranger));
        [self.receive_until, work, window, silent, self.stage.until(), self.saver.not_before()]
            .into_iter()
            .flatten()
            .min()
    }
}
