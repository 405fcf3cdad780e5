//! A device on standard input and output, for phones written in another language.
//!
//! ```text
//! cargo run -p dimo-pairing --features std,pin --example pipe_device
//! ```
//!
//! It prints three lines: the text of its label, its PIN, the Unix time that it believes. Then it reads one command a line and
//! answers each by any number of lines and a last one that is `.`:
//!
//! | command | what happens |
//! |---|---|
//! | `connect MTU` | a phone connects; the link that was there goes down |
//! | `mtu N` | the link has another MTU |
//! | `> HEX` | the phone writes a fragment |
//! | `disconnect` | the link goes down |
//! | `wait SECONDS` | time passes; what is due meanwhile happens in its order. It passes by nothing else |
//! | `window open`, `window close` | a person presses the button; the maker closes the presence window |
//! | `owner 0x…`, `owner none` | the device learns who owns it |
//! | `ignition off`, `ignition on`, `ignition running` | the vehicle |
//! | `clock on`, `clock off` | the device is told the time of day, or from its next reset on is not |
//! | `reset` | the device restarts with what it has stored |
//! | `factory-reset` | a person holds the button down |
//! | `break wallet`, `break storage`, `break nothing` | the wallet does not sign, the storage takes nothing |
//! | `slow SECONDS` | what the vehicle or the radio is asked for takes that long from now on |
//!
//! | line of an answer | meaning |
//! |---|---|
//! | `< HEX` | the device notifies a fragment |
//! | `! 0x86` | it rejects the write, with this ATT error |
//! | `? reason` | the command is not understood |
//! | `.` | the answer ends |
//!
//! It begins with its presence window open, nobody's, the ignition off, knowing the time. The randomness of the n-th connection is made
//! of n, so that everything can be repeated. The keys are those of `workshop/mod.rs`, known to everybody: the owner's wallet is the second account of
//! the Hardhat tool, and the device takes verdicts of the third.

use std::error::Error;
use std::io::{BufRead, Write};

use dimo_pairing::{
    Action, Device, FRAGMENT_MAX, Ignition, JobId, Limits, Mtu, Percent, Pin, PinParameters, PinRecord,
    Presence, Request, RequestId, Seed,
};
use dimo_types::Timestamp;
use workshop::{UNIX, Workshop};

mod workshop;

const PIN: &str = "04711337";
/// The time since boot at which the device begins, in seconds.
const BOOT: u64 = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut bench = Bench::new()?;
    let mut out = std::io::stdout().lock();
    let label = workshop::label()?;
    writeln!(out, "{}\n{PIN}\n{UNIX}", label.to_text().as_str())?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        if let Err(reason) = bench.obey(line?.trim(), &mut out) {
            writeln!(out, "? {reason}")?;
        }
        writeln!(out, ".")?;
        out.flush()?;
    }
    Ok(())
}

/// A request whose result comes later.
struct Slow {
    job: JobId,
    message: Vec<u8>,
    due: Timestamp,
    /// When the device is told next that it goes on.
    tell: Timestamp,
}

/// The device, what is around it, and the time.
struct Bench {
    device: Device,
    workshop: Workshop,
    now: Timestamp,
    connected: bool,
    connections: u32,
    ignition: Ignition,
    knows_time: bool,
    slow_secs: u16,
    slow: Option<Slow>,
}

impl Bench {
    fn new() -> Result<Self, Box<dyn Error>> {
        let workshop = Workshop::new()?;
        let mut bench = Self {
            device: Self::start(&workshop)?,
            workshop,
            now: Timestamp::from_secs(BOOT)?,
            connected: false,
            connections: 0,
            ignition: Ignition::Off,
            knows_time: true,
            slow_secs: 0,
            slow: None,
        };
        bench.tell_world()?;
        bench.device.open_window(bench.now, Presence::PluggedIn);
        Ok(bench)
    }

    /// A device as it starts.
    fn start(workshop: &Workshop) -> Result<Device, Box<dyn Error>> {
        let pin: Pin = PIN.parse()?;
        // A product has more iterations, and enrols in the factory.
        let record = PinRecord::enrol(&pin, PinParameters::new(*b"salt of a device", 10_000)?);
        Ok(Device::new(workshop::setup()?.with_pin(record), workshop.memory()?, Limits::SPEC))
    }

    /// What a device learns after its start.
    fn tell_world(&mut self) -> Result<(), Box<dyn Error>> {
        self.device.handle_ignition(self.ignition);
        if self.knows_time {
            let passed = self.now.as_secs().saturating_sub(BOOT);
            self.device.handle_clock(self.now, Timestamp::from_secs(UNIX.saturating_add(passed))?);
        }
        Ok(())
    }

    fn obey(&mut self, line: &str, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        let mut words = line.split_whitespace();
        let (command, argument) = (words.next().unwrap_or_default(), words.next());
        if words.next().is_some() {
            return Err("too many words".into());
        }
        match (command, argument) {
            ("connect", Some(mtu)) => self.connect(mtu_of(mtu)?),
            ("mtu", Some(mtu)) => self.device.handle_mtu(mtu_of(mtu)?),
            (">", fragment) => self.write(fragment.unwrap_or_default(), out)?,
            ("disconnect", None) => self.disconnect(),
            ("wait", Some(secs)) => return self.wait(secs.parse()?, out),
            ("window", Some("open")) => self.device.open_window(self.now, Presence::ButtonPressed),
            ("window", Some("close")) => self.device.close_window(),
            ("owner", Some("none")) => self.device.set_owner(None),
            ("owner", Some(owner)) => self.device.set_owner(Some(owner.parse()?)),
            ("ignition", Some(state)) => {
                self.ignition = match state {
                    "off" => Ignition::Off,
                    "on" => Ignition::On,
                    "running" => Ignition::Running,
                    _ => return Err("off, on or running".into()),
                };
                self.tell_world()?;
            }
            ("clock", Some("on")) => {
                self.knows_time = true;
                self.tell_world()?;
            }
            ("clock", Some("off")) => self.knows_time = false,
            ("reset", None) => self.reset()?,
            ("factory-reset", None) => self.device.factory_reset(),
            ("break", Some(what @ ("wallet" | "storage" | "nothing"))) => {
                self.workshop.wallet_broken = what == "wallet";
                self.workshop.storage_broken = what == "storage";
            }
            ("slow", Some(secs)) => self.slow_secs = secs.parse()?,
            _ => return Err("not a command".into()),
        }
        self.settle(out)
    }

    fn connect(&mut self, mtu: Mtu) {
        self.connections = self.connections.wrapping_add(1);
        let mut random = [0xD0; 32];
        if let Some(front) = random.first_chunk_mut() {
            *front = self.connections.to_be_bytes();
        }
        self.device.handle_connected(self.now, mtu, Seed::from_bytes(random));
        self.connected = true;
    }

    fn disconnect(&mut self) {
        self.device.handle_disconnected();
        self.connected = false;
    }

    fn write(&mut self, fragment: &str, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        if !self.connected {
            return Err("no phone is connected".into());
        }
        let fragment = base16ct::mixed::decode_vec(fragment).map_err(|_| "not hexadecimal")?;
        if fragment.len() > FRAGMENT_MAX {
            return Err("longer than a write can be".into());
        }
        if let Err(error) = self.device.handle_fragment(self.now, &fragment) {
            writeln!(out, "! {:#04x}", error.att_error())?;
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), Box<dyn Error>> {
        self.connected = false;
        self.slow = None;
        self.workshop.restart();
        self.device = Self::start(&self.workshop)?;
        self.tell_world()
    }

    /// Lets time pass.
    fn wait(&mut self, secs: u32, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        let micros = i64::from(secs).saturating_mul(1_000_000);
        let end = self.now.checked_add_micros(micros).ok_or("too long")?;
        while let Some(next) = self.next_due().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            while self.device.handle_timeout(self.now).is_some() {}
            self.tend_slow()?;
            self.settle(out)?;
        }
        self.now = end;
        self.settle(out)
    }

    fn next_due(&self) -> Option<Timestamp> {
        let slow = self.slow.as_ref().map(|slow| slow.due.min(slow.tell));
        [self.device.poll_timeout(), slow].into_iter().flatten().min()
    }

    /// Carries out what the device wants, and prints what it notifies.
    fn settle(&mut self, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        let mut buffer = [0; FRAGMENT_MAX];
        loop {
            if self.act()? {
                continue;
            }
            let Some(fragment) = self.device.poll_transmit(&mut buffer) else { return Ok(()) };
            writeln!(out, "< {}", base16ct::lower::encode_string(fragment))?;
        }
    }

    /// Carries out one action. A result that nobody waits for any more is nobody's loss.
    fn act(&mut self) -> Result<bool, Box<dyn Error>> {
        let Some(action) = self.device.poll_action() else { return Ok(false) };
        match action {
            Action::Sign { job, request } => {
                let _ = self.device.handle_signature(self.now, job, self.workshop.sign(&request));
            }
            Action::Store { job, record } => {
                let _ = self.device.handle_stored(self.now, job, self.workshop.store(&record));
            }
            Action::Perform { job, request } if self.slow_secs == 0 => {
                let answer = self.workshop.perform(self.now, &request);
                let _ = self.device.handle_answer(job, &answer);
            }
            Action::Perform { job, request } => {
                let message = request.emit(RequestId::NONE, &mut [0; _]).to_vec();
                let due = self.now.checked_add_micros(i64::from(self.slow_secs) * 1_000_000);
                let due = due.ok_or("too long")?;
                self.slow = Some(Slow { job, message, due, tell: self.now });
                self.tend_slow()?;
            }
            _ => return Err("an action that is not known".into()),
        }
        Ok(true)
    }

    /// Ends slow work that is due, or tells how it goes.
    fn tend_slow(&mut self) -> Result<(), Box<dyn Error>> {
        let Some(slow) = self.slow.as_mut() else { return Ok(()) };
        if slow.due <= self.now {
            let (_, request) = Request::parse(&slow.message)?;
            let _ = self.device.handle_answer(slow.job, &self.workshop.perform(self.now, &request));
            self.slow = None;
        } else if slow.tell <= self.now {
            let left = slow.due.as_secs().saturating_sub(self.now.as_secs());
            let left = u16::try_from(left).unwrap_or(u16::MAX);
            let whole = u32::from(self.slow_secs);
            let percent = Percent::of(whole.saturating_sub(left.into()), whole);
            // Called off: nobody wants the result.
            if self.device.handle_progress(self.now, slow.job, Some(percent), left).is_err() {
                self.slow = None;
            } else {
                slow.tell = self.now.checked_add_micros(5_000_000).unwrap_or(Timestamp::MAX);
            }
        }
        Ok(())
    }
}

fn mtu_of(text: &str) -> Result<Mtu, Box<dyn Error>> {
    Mtu::new(text.parse()?).ok_or_else(|| "an MTU is 23 to 517".into())
}
