//! [`Pair`]: two machines, a virtual clock, and what goes wrong between and around them.

use std::collections::VecDeque;

use dimo_crypto::Signature;
use dimo_crypto::pairing::Role;
use dimo_pairing::{
    Action, Answer, Device, FRAGMENT_MAX, JobId, Limits, Maker as _, Memory, Mtu, Opening, Phone, Presence,
    Request, Seed, SignRequest, SigningFailed, StorageFailed,
};
use dimo_types::{Timestamp, VehicleNumber};

use crate::app::App;
use crate::util::{self, Workshop};

/// What happens to one fragment.
#[derive(Clone, Debug)]
pub(crate) enum Mishap {
    None,
    Drop,
    /// It comes, and once more later.
    Twice {
        millis: u16,
    },
    /// It comes later, maybe behind the next ones.
    Late {
        millis: u16,
    },
    Corrupt {
        bit: u16,
    },
    Mtu(u16),
    /// The link goes down with it.
    Cut,
    /// One that was sent before comes instead.
    Replay(proptest::sample::Index),
}

/// What becomes of one action of the device.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    AtOnce,
    Late {
        secs: u8,
    },
    Fails,
    /// The device loses its power in place of doing it.
    Restart,
    /// Its result comes a second time.
    Twice {
        secs: u8,
    },
}

/// The result of an action on its way back.
#[derive(Clone, Debug)]
enum Outcome {
    Signed(Result<Signature, SigningFailed>),
    Stored(Result<(), StorageFailed>),
    Vin,
    Unavailable,
}

pub(crate) struct Pair {
    pub(crate) device: Device,
    pub(crate) phone: Phone,
    pub(crate) workshop: Workshop,
    pub(crate) now: Timestamp,
    pub(crate) up: bool,
    /// How often the device has lost its power: what it had in mind is gone then.
    pub(crate) restarts: u32,
    mtu: Mtu,
    mishaps: VecDeque<Mishap>,
    parts: VecDeque<Part>,
    flying: Vec<(Timestamp, bool, Vec<u8>)>,
    sent: Vec<(bool, Vec<u8>)>,
    jobs: Vec<(Timestamp, JobId, Outcome)>,
    connections: u16,
    /// When each claim was handed to the wallet.
    pub(crate) claims: Vec<Timestamp>,
}

fn later(now: Timestamp, millis: u64) -> Timestamp {
    now.checked_add_micros(i64::try_from(millis * 1_000).unwrap()).unwrap()
}

impl Pair {
    pub(crate) fn new(mtu: u16, mishaps: Vec<Mishap>, parts: Vec<Part>) -> Self {
        Self {
            device: util::device(),
            phone: util::phone(),
            workshop: Workshop::default(),
            now: util::at(0),
            up: false,
            restarts: 0,
            mtu: Mtu::new(mtu).unwrap(),
            mishaps: mishaps.into(),
            parts: parts.into(),
            flying: vec![],
            sent: vec![],
            jobs: vec![],
            connections: 0,
            claims: vec![],
        }
    }

    pub(crate) fn connect(&mut self, opening: Opening) {
        self.flying.clear();
        self.connections += 1;
        let seed = |side: u8| {
            let mut seed = [side; 32];
            seed[..2].copy_from_slice(&self.connections.to_be_bytes());
            Seed::from_bytes(seed)
        };
        self.device.handle_connected(self.now, self.mtu, seed(1));
        self.phone.connect(self.now, self.mtu, seed(2), opening);
        self.up = true;
    }

    pub(crate) fn cut(&mut self) {
        self.flying.clear();
        self.device.handle_disconnected();
        self.phone.handle_disconnected();
        self.up = false;
    }

    /// The link does its work from now on, and what was still under way on it never comes.
    pub(crate) fn calm(&mut self) {
        self.mishaps.clear();
        self.flying.clear();
    }

    /// A person is there.
    pub(crate) fn press(&mut self) {
        self.device.open_window(self.now, Presence::ButtonPressed);
    }

    pub(crate) fn wait(&mut self, secs: u64) {
        let until = later(self.now, secs * 1_000);
        while self.step(until) {}
        self.now = until;
    }

    pub(crate) fn inject(&mut self, up: bool, bytes: &[u8]) {
        match up {
            true => drop(self.device.handle_fragment(self.now, bytes)),
            false => self.phone.handle_fragment(self.now, bytes),
        }
    }

    /// Until the phone has an event. Panics when that takes longer than every time of the document together.
    pub(crate) fn until_event(&mut self) {
        let limit = later(self.now, 400_000);
        let mut steps = 0;
        while !self.phone.has_event() {
            assert!(self.phone.is_waiting(), "a command has ended without an event");
            assert!(self.step(limit), "nothing moves and the phone waits");
            steps += 1;
            assert!(steps < 20_000, "it moves and comes to nothing");
        }
    }

    /// Does what is due, or lets the clock jump to what is next, at most to `limit`. False when nothing is left.
    fn step(&mut self, limit: Timestamp) -> bool {
        while self.device.handle_timeout(self.now).is_some() {}
        self.phone.handle_timeout(self.now);
        let moved = self.act() | self.transmit() | self.deliver() | self.bring_back();
        if moved || self.phone.has_event() {
            return true;
        }
        let next = [self.device.poll_timeout(), self.phone.poll_timeout()]
            .into_iter()
            .flatten()
            .chain(self.flying.iter().map(|(due, ..)| *due))
            .chain(self.jobs.iter().map(|(due, ..)| *due))
            .min();
        match next {
            Some(next) if next <= limit => {
                assert!(next > self.now, "a timeout at {next:?} that does not pass at {:?}", self.now);
                self.now = next;
                true
            }
            _ => false,
        }
    }

    fn act(&mut self) -> bool {
        let part = self.parts.front().copied().unwrap_or(Part::AtOnce);
        let broken = matches!(part, Part::Fails);
        self.workshop.wallet_broken = broken;
        self.workshop.storage_broken = broken;
        let Some(action) = self.device.poll_action() else { return false };
        self.parts.pop_front();
        if matches!(part, Part::Restart) {
            drop(action);
            self.restart();
            return true;
        }
        let (job, outcome) = match action {
            Action::Sign { job, request } => {
                if matches!(request, SignRequest::Claim(_)) {
                    self.claims.push(self.now);
                }
                (job, Outcome::Signed(self.workshop.sign(&request)))
            }
            Action::Store { job, record } => (job, Outcome::Stored(self.workshop.store(&record))),
            Action::Perform { job, .. } if broken => (job, Outcome::Unavailable),
            Action::Perform { job, request } => {
                assert!(matches!(request, Request::ReadVin(_)));
                (job, Outcome::Vin)
            }
            _ => unreachable!(),
        };
        let due = |secs: u8| later(self.now, u64::from(secs) * 1_000);
        let times = match part {
            Part::Late { secs } => vec![due(secs)],
            Part::Twice { secs } => vec![self.now, due(secs)],
            _ => vec![self.now],
        };
        self.jobs.extend(times.into_iter().map(|due| (due, job, outcome.clone())));
        true
    }

    fn restart(&mut self) {
        self.restarts += 1;
        self.cut();
        self.jobs.clear();
        self.device = Device::new(util::setup(), self.workshop.memory(), Limits::SPEC);
        let passed = self.now.as_micros() - util::at(0).as_micros();
        let unix = util::unix(util::NOW_UNIX).checked_add_micros(i64::try_from(passed).unwrap()).unwrap();
        self.device.handle_clock(self.now, unix);
    }

    fn transmit(&mut self) -> bool {
        if !self.up {
            return false;
        }
        let mut buffer = [0; FRAGMENT_MAX];
        let mut moved = false;
        loop {
            let (up, fragment) = if let Some(fragment) = self.phone.poll_transmit(&mut buffer) {
                (true, fragment.to_vec())
            } else if let Some(fragment) = self.device.poll_transmit(&mut buffer) {
                (false, fragment.to_vec())
            } else {
                return moved;
            };
            moved = true;
            self.sent.push((up, fragment.clone()));
            self.send(up, fragment);
            if !self.up {
                return true;
            }
        }
    }

    fn send(&mut self, up: bool, mut fragment: Vec<u8>) {
        let at = |millis: u16| later(self.now, u64::from(millis));
        match self.mishaps.pop_front().unwrap_or(Mishap::None) {
            Mishap::None => self.flying.push((self.now, up, fragment)),
            Mishap::Drop => {}
            Mishap::Twice { millis } => {
                self.flying.push((self.now, up, fragment.clone()));
                self.flying.push((at(millis), up, fragment));
            }
            Mishap::Late { millis } => self.flying.push((at(millis), up, fragment)),
            Mishap::Corrupt { bit } => {
                let place = usize::from(bit / 8) % fragment.len();
                fragment[place] ^= 1 << (bit % 8);
                self.flying.push((self.now, up, fragment));
            }
            Mishap::Mtu(mtu) => {
                self.mtu = Mtu::new(mtu).unwrap();
                self.device.handle_mtu(self.mtu);
                self.phone.handle_mtu(self.mtu);
                self.flying.push((self.now, up, fragment));
            }
            Mishap::Cut => self.cut(),
            Mishap::Replay(index) => {
                let (up, fragment) = index.get(&self.sent).clone();
                self.flying.push((self.now, up, fragment));
            }
        }
    }

    fn deliver(&mut self) -> bool {
        let Some(place) = self.flying.iter().position(|(due, ..)| *due <= self.now) else { return false };
        let (_, up, fragment) = self.flying.remove(place);
        if up {
            if let Err(error) = self.device.handle_fragment(self.now, &fragment) {
                self.phone.handle_write_rejected(error.att_error());
            }
        } else {
            self.phone.handle_fragment(self.now, &fragment);
        }
        true
    }

    fn bring_back(&mut self) -> bool {
        let Some(place) = self.jobs.iter().position(|(due, ..)| *due <= self.now) else { return false };
        let (_, job, outcome) = self.jobs.remove(place);
        // A stale job is nobody's loss.
        let _ = match outcome {
            Outcome::Signed(outcome) => self.device.handle_signature(self.now, job, outcome),
            Outcome::Stored(outcome) => self.device.handle_stored(self.now, job, outcome),
            Outcome::Unavailable => {
                self.device.handle_answer(job, &Answer::Refused(dimo_pairing::Refusal::NoAnswer))
            }
            Outcome::Vin => {
                let source = dimo_pairing::VinSource::Vehicle;
                let number = VehicleNumber::as_reported(util::VIN).unwrap();
                let answer = Answer::Vin { source, age: dimo_pairing::VinAge::seconds(0), number };
                self.device.handle_answer(job, &answer)
            }
        };
        true
    }

    /// The handshakes that the device's wallet has signed for.
    pub(crate) fn proven(&self, hash: &[u8; 32]) -> bool {
        self.workshop
            .signed
            .iter()
            .any(|request| matches!(request, SignRequest::Proof(proof) if proof.handshake_hash == *hash))
    }

    /// Never more claims went to the wallet than the allowance gives, restarts or not.
    pub(crate) fn assert_allowance(&self) {
        for (place, start) in self.claims.iter().enumerate() {
            for (count, end) in self.claims[place..].iter().enumerate() {
                let secs = (end.as_micros() - start.as_micros()) / 1_000_000;
                assert!(u64::try_from(count).unwrap() < 8 + secs / 600 + 1, "{count} claims in {secs} s");
            }
        }
        assert!(usize::try_from(self.device.signatures_begun()).unwrap() >= self.claims.len());
    }

    pub(crate) fn assert_both_agree(&self, app: &App) {
        assert!(self.phone.is_ready());
        assert_eq!(self.phone.device(), Some(util::device_address()));
        assert_eq!(self.device.role(), Some(Role::Owner));
        let slot = app.resumption.as_ref().unwrap();
        assert_eq!((slot.role(), slot.expires().get()), (Role::Owner, util::FAR));
        assert!(self.claims.len() <= app.claims_allowed(), "a claim was signed twice");
        self.assert_allowance();
        let _: &Memory = &self.workshop.memory();
    }
}
