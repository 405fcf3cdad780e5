//! The loop around a device, to copy, and a phone at the other end: it pairs, claims, reads the VIN, uploads a plan, loses the link in the
//! middle of that, resumes and goes on.
//!
//! ```text
//! cargo run -p dimo-pairing --features std --example driver_loop
//! ```
//!
//! [`run_device`] is the device's loop. The radio is a pair of channels: put the events of your Bluetooth stack in their place.

use std::error::Error;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::pairing::Role;
use dimo_crypto::{Claim, Registry};
use dimo_pairing::{
    Action, Answer, Chunk, Device, Event, FRAGMENT_MAX, GrantForm, Label, Limits, Mtu, NoiseKey, Opening,
    Phone, Presence, PresentedGrant, Request, Resumption, Seed, UnixSeconds, UploadKind, UploadPlan,
    VinSource,
};
use dimo_types::Timestamp;
use sha2::{Digest as _, Sha256};
use workshop::{UNIX, Workshop};

mod workshop;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What comes to the device: from the radio, and from a person.
enum Incoming {
    Connected(Mtu),
    /// A write with response to the characteristic `gatt::REQUEST`.
    Written(Vec<u8>),
    Disconnected,
    ButtonPressed,
}

/// What comes to the phone.
enum Outgoing {
    /// A notification of the characteristic `gatt::ANSWER`.
    Notified(Vec<u8>),
    /// The response to a write: taken, or rejected with an ATT error.
    Response(Result<(), u8>),
}

/// The device's loop: it waits for one event, tells the machine, and does what the machine then wants.
fn run_device(radio: &Receiver<Incoming>, air: &Sender<Outgoing>) -> Outcome<()> {
    let (clock, mut random) = (Clock::started(), Randomness(0xD0));
    let mut workshop = Workshop::new()?;
    // What was stored before the last reset goes in first: owner, phones, counters.
    let mut device = Device::new(workshop::setup()?, workshop.memory()?, Limits::SPEC);
    // Without the time of day no expiry can be checked; tell it whenever the network or the GPS does.
    device.handle_clock(clock.now()?, Timestamp::from_secs(UNIX)?);
    let mut buffer = [0; FRAGMENT_MAX];
    loop {
        // Sleep until something happens, but never beyond what the machine waits for.
        let due = device.poll_timeout();
        let event = radio.recv_timeout(clock.until(due)?);
        let now = clock.now()?;
        match event {
            // Randomness comes from outside, 32 fresh bytes for each connection.
            Ok(Incoming::Connected(mtu)) => device.handle_connected(now, mtu, random.seed()),
            Ok(Incoming::Written(fragment)) => {
                // What cannot be answered is rejected, so that the phone knows at once.
                let taken = device.handle_fragment(now, &fragment);
                air.send(Outgoing::Response(taken.map_err(|error| error.att_error())))?;
            }
            Ok(Incoming::Disconnected) => device.handle_disconnected(),
            // A person was there: the only thing that lets a stranger's phone in.
            Ok(Incoming::ButtonPressed) => device.open_window(now, Presence::ButtonPressed),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        // What is due is due also when other things happen, so this is asked each time, until there is no more.
        while let Some(expiry) = device.handle_timeout(now) {
            println!("device: {expiry:?} ended");
        }
        // First what the machine wants done, since answers may come of it. Here all is done at once; what takes longer belongs to
        // another task, which sends its result back as an event, and `handle_progress` every few seconds before.
        while let Some(action) = device.poll_action() {
            let taken = match action {
                Action::Sign { job, request } => {
                    println!("device: signs {}", kind(&format!("{request:?}")));
                    device.handle_signature(now, job, workshop.sign(&request))
                }
                Action::Store { job, record } => device.handle_stored(now, job, workshop.store(&record)),
                Action::Perform { job, request } => {
                    println!("device: does {}", kind(&format!("{request:?}")));
                    let answer = workshop.perform(now, &request);
                    device.handle_answer(job, &answer)
                }
                _ => Ok(()),
            };
            // A result that nobody waits for any more is nobody's loss.
            let _ = taken;
        }
        // Then what it sends. Where a stack's queue is full, stop here and go on when there is room.
        while let Some(fragment) = device.poll_transmit(&mut buffer) {
            air.send(Outgoing::Notified(fragment.to_vec()))?;
        }
    }
}

fn main() -> Outcome<()> {
    let ((to_device, radio), (air, to_phone)) = (channel(), channel());
    let device = std::thread::spawn(move || run_device(&radio, &air).map_err(|error| error.to_string()));
    let told = tell_the_story(to_device, to_phone);
    // The phone's end of the channels is gone, and so the device's loop ends.
    device.join().map_err(|_| "the device's thread panicked")??;
    told
}

/// What a person does with a new device, and with the app.
fn tell_the_story(air: Sender<Incoming>, radio: Receiver<Outgoing>) -> Outcome<()> {
    // The app scans the label, and the person presses the button.
    let label = Label::parse(workshop::label()?.to_text().as_str())?;
    air.send(Incoming::ButtonPressed)?;
    let phone = Phone::new(NoiseKey::from_bytes([0xA1; 32]), Some(label.address));
    let mut app = App { phone, air, radio, clock: Clock::started(), random: Randomness(0xA0) };

    let resumption = app.pair(&label)?;
    let owner = workshop::owner_wallet()?.address();
    let claim = Claim { registry: Registry::POLYGON, device_node: 42.into(), owner };
    app.ask(&Request::Claim(claim))?;
    app.ask(&Request::ReadVin(VinSource::Vehicle))?;

    // An upload that loses its link goes on where it stopped.
    let plan: Vec<u8> = (0..=255).cycle().take(1_000).collect();
    app.upload(&plan, 500)?;
    app.air.send(Incoming::Disconnected)?;
    app.phone.handle_disconnected();
    println!("phone:  the link is gone");
    app.resume(resumption)?;
    app.upload(&plan, plan.len())?;
    app.ask(&Request::FinishUpload)?;
    Ok(())
}

/// The phone's part, in an app's core.
struct App {
    phone: Phone,
    air: Sender<Incoming>,
    radio: Receiver<Outgoing>,
    clock: Clock,
    random: Randomness,
}

impl App {
    /// A first meeting. What is returned belongs into the phone's key store.
    fn pair(&mut self, label: &Label) -> Outcome<Resumption> {
        self.connect(Opening::Label(label.secret.pre_shared_key(&label.address)))?;
        let device = self.until_done(|event| match event {
            Event::Proven { device } => Ok(device),
            other => Err(format!("{other:?}").into()),
        })?;
        println!("phone:  it is {device}");
        // The owner's wallet says what this phone may do, and until when.
        let mut wallet = workshop::owner_wallet()?;
        let (owner, role, expires) = (wallet.address(), Role::Owner, UnixSeconds::new(UNIX + 30 * 24 * 3600));
        let grant =
            self.phone.grant_to_sign(owner, role, expires).ok_or("the device has not proven itself")?;
        let signature = wallet.sign(&grant)?;
        let presented = PresentedGrant { form: GrantForm::Owner, owner, expires, role, signature };
        self.phone.grant(self.clock.now()?, presented)?;
        self.until_done(|event| match event {
            Event::Granted(resumption) => {
                println!("phone:  granted, {} until {}", resumption.role(), resumption.expires().get());
                Ok(resumption)
            }
            other => Err(format!("{other:?}").into()),
        })
    }

    /// A later meeting: neither label nor wallet nor button.
    fn resume(&mut self, resumption: Resumption) -> Outcome<()> {
        self.connect(Opening::Resume(resumption))?;
        let device = self.until_done(|event| match event {
            Event::Resumed { device } => Ok(device),
            other => Err(format!("{other:?}").into()),
        })?;
        println!("phone:  it is {device} again");
        Ok(())
    }

    fn connect(&mut self, opening: Opening) -> Outcome<()> {
        let mtu = Mtu::new(185).ok_or("an MTU is 23 to 517")?;
        self.air.send(Incoming::Connected(mtu))?;
        self.phone.connect(self.clock.now()?, mtu, self.random.seed(), opening);
        Ok(())
    }

    /// Begins the upload of `plan`, or goes on with it, up to the byte `end`.
    fn upload(&mut self, plan: &[u8], end: usize) -> Outcome<()> {
        let (length, sha256) = (u32::try_from(plan.len())?, Sha256::digest(plan).into());
        let begin = Request::BeginUpload(UploadPlan { kind: UploadKind::Plan, length, sha256 });
        let mut next = self.ask(&begin)?;
        while usize::try_from(next)? < end {
            let rest = plan.get(usize::try_from(next)?..).unwrap_or_default();
            let bytes = Chunk::first_of(rest).ok_or("nothing is left")?;
            next = self.ask(&Request::UploadChunk { offset: next, bytes })?;
        }
        Ok(())
    }

    /// Asks, and waits for the answer; of an upload, which byte comes next.
    fn ask(&mut self, request: &Request<'_>) -> Outcome<u32> {
        self.phone.request(self.clock.now()?, request)?;
        self.until_done(|event| match event {
            Event::Answered(_, Answer::UploadBegun { next } | Answer::ChunkTaken { next }) => {
                println!("phone:  the upload goes on at byte {next}");
                Ok(next)
            }
            Event::Answered(_, answer) => {
                println!("phone:  is answered {answer:?}");
                Ok(0)
            }
            other => Err(format!("{other:?}").into()),
        })
    }

    /// Lets the machine work until its command has ended; `take` what became of it.
    fn until_done<T>(&mut self, take: impl FnOnce(Event<'_>) -> Outcome<T>) -> Outcome<T> {
        loop {
            self.until_event()?;
            match self.phone.poll_event().ok_or("no event")? {
                // The command goes on; an app shows how far it is.
                Event::Working { percent, seconds, .. } => {
                    println!("phone:  it works, {percent:?}, {seconds} s more");
                }
                event => return take(event),
            }
        }
    }

    /// The phone's loop: write what there is to write, each when the one before was responded to; hear; keep the time.
    fn until_event(&mut self) -> Outcome<()> {
        let (mut buffer, mut writing) = ([0; FRAGMENT_MAX], false);
        while writing || !self.phone.has_event() {
            if !writing && let Some(fragment) = self.phone.poll_transmit(&mut buffer) {
                self.air.send(Incoming::Written(fragment.to_vec()))?;
                writing = true;
            }
            let heard = self.radio.recv_timeout(self.clock.until(self.phone.poll_timeout())?);
            let now = self.clock.now()?;
            match heard {
                Ok(Outgoing::Notified(fragment)) => self.phone.handle_fragment(now, &fragment),
                Ok(Outgoing::Response(taken)) => {
                    writing = false;
                    if let Err(att_error) = taken {
                        self.phone.handle_write_rejected(att_error);
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.phone.handle_timeout(now),
                Err(RecvTimeoutError::Disconnected) => return Err("the device's loop has ended".into()),
            }
        }
        Ok(())
    }
}

/// Time since the start. Any clock does that never runs backwards.
struct Clock(Instant);

impl Clock {
    fn started() -> Self {
        Self(Instant::now())
    }

    fn now(&self) -> Outcome<Timestamp> {
        Ok(Timestamp::from_micros(u64::try_from(self.0.elapsed().as_micros())?)?)
    }

    /// How long it is until `due`; an hour where nothing is.
    fn until(&self, due: Option<Timestamp>) -> Outcome<Duration> {
        let now = self.now()?;
        let left = |due: Timestamp| Duration::from_micros(due.as_micros().saturating_sub(now.as_micros()));
        Ok(due.map_or(Duration::from_secs(3_600), left))
    }
}

/// A count in place of randomness, so that the example needs no generator. **A product takes 32 bytes from the generator of its secure
/// element or its operating system**, or its keys are everybody's.
struct Randomness(u8);

impl Randomness {
    fn seed(&mut self) -> Seed {
        self.0 = self.0.wrapping_add(1);
        Seed::from_bytes([self.0; 32])
    }
}

/// The name of a value, without its fields.
fn kind(debug: &str) -> &str {
    debug.split(['(', ' ']).next().unwrap_or_default()
}
