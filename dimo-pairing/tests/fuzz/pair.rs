//! A device and a phone over a link that loses, repeats and changes fragments: each command ends, and no end is a wrong one.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::pairing::Role;
use dimo_crypto::{Claim, Registry, Signature, verify};
use dimo_pairing::{
    Answer, Event, Fault, GrantForm, Link, Maker, Memory, Mtu, Opening, Presence, PresentedGrant, Record,
    Refusal, Request, Resumption, SignRequest, SigningFailed, StorageFailed, UnixSeconds, VinAge, VinSource,
};
use dimo_types::{Timestamp, VehicleNumber};

use super::parts::{self, NOON, START, secs};

const VIN: &str = "WVWZZZ1JZXW000001";

/// A byte for the MTU, eight for what the phone asks, then two for each fragment: what happens to it.
pub(crate) fn pair(bytes: &[u8]) {
    let Some(([mtu, asked @ ..], faults)) = bytes.split_first_chunk::<9>() else { return };
    let mtu = Mtu::new(u16::from(*mtu) * 2).unwrap_or(Mtu::MIN);
    let mut device = parts::device(Memory::new());
    device.handle_clock(secs(START), secs(NOON));
    device.open_window(secs(START), Presence::PluggedIn);
    let fault = |number| fault_of(faults, number);
    let mut world =
        World { link: Link::with_faults(device, parts::phone(), Parts, mtu, fault), now: secs(START) };
    let mut resumption = world.enter();
    for asked in asked {
        if !world.link.phone.is_ready() {
            let opening = resumption.clone().map_or_else(parts::by_label, Opening::Resume);
            world.open(opening);
        }
        if world.link.phone.is_ready() {
            world.ask(*asked);
        } else if resumption.is_none() {
            resumption = world.enter();
        }
    }
}

fn fault_of(faults: &[u8], number: u32) -> Fault {
    let at = usize::try_from(number).unwrap() * 2;
    let Some([kind, argument]) = faults.get(at..at + 2) else { return Fault::None };
    match kind % 8 {
        1 => Fault::Drop,
        2 => Fault::Duplicate,
        3 => Fault::Corrupt { bit: argument.wrapping_mul(kind / 8).into() },
        4 => Fault::ChangeMtu(Mtu::new(u16::from(*argument) * 2).unwrap_or(Mtu::MIN)),
        5 => Fault::Disconnect,
        _ => Fault::None,
    }
}

struct World<F> {
    link: Link<Parts, F>,
    now: Timestamp,
}

impl<F: FnMut(u32) -> Fault> World<F> {
    /// By the label and with the owner's word.
    fn enter(&mut self) -> Option<Resumption> {
        self.open(parts::by_label());
        let (mut owner, expires) = (parts::owner(), UnixSeconds::new(NOON + 100_000));
        let grant = self.link.phone.grant_to_sign(owner.address(), Role::Owner, expires)?;
        let signature = owner.sign(&grant).unwrap();
        let (form, owner) = (GrantForm::Owner, owner.address());
        let presented = PresentedGrant { form, owner, expires, role: Role::Owner, signature };
        self.link.phone.grant(self.now, presented).ok()?;
        self.run();
        match self.link.phone.poll_event() {
            Some(Event::Granted(resumption)) => {
                assert_eq!(self.link.device.role(), Some(Role::Owner), "both sides agree");
                Some(resumption)
            }
            _ => None,
        }
    }

    fn open(&mut self, opening: Opening) {
        self.link.connect(self.now, opening);
        self.run();
        match self.link.phone.poll_event() {
            Some(Event::Proven { device } | Event::Resumed { device }) => {
                assert_eq!(device, parts::address())
            }
            Some(Event::Granted(_) | Event::Answered(..)) => panic!("an end of something else"),
            _ => {}
        }
    }

    fn ask(&mut self, asked: u8) {
        let registry = Registry::POLYGON;
        let claim = Claim { registry, device_node: u64::from(asked).into(), owner: parts::owner().address() };
        let request = match asked % 4 {
            0 => Request::Claim(claim),
            1 => Request::ReadVin(VinSource::Vehicle),
            2 => Request::Identify,
            _ => Request::ListPhones,
        };
        if self.link.phone.request(self.now, &request).is_err() {
            return;
        }
        self.run();
        // What goes on for long says so.
        while let Some(event) = self.link.phone.poll_event() {
            match event {
                Event::Answered(_, answer) => {
                    assert!(request.answered_by(&answer));
                    if let Answer::ClaimProof(signature) = answer {
                        assert!(verify(claim, &signature, parts::address()).is_ok());
                    }
                    return;
                }
                Event::Working { .. } => {}
                _ => return,
            }
            self.run();
        }
    }

    /// Until something happens to the phone; that it returns is what is asked for.
    fn run(&mut self) {
        let began = self.now;
        self.now = self.link.run(began);
        assert!(self.now.as_secs() - began.as_secs() < 3_600, "a phone that waits for an hour");
        assert!(self.link.phone.has_event() || !self.link.phone.is_waiting());
    }
}

/// The rest of the device, all of which works.
struct Parts;

impl Maker for Parts {
    fn sign(&mut self, request: &SignRequest) -> Result<Signature, SigningFailed> {
        request.sign_blocking(&mut parts::wallet()).map_err(|_| SigningFailed)
    }

    fn store(&mut self, _: &Record) -> Result<(), StorageFailed> {
        Ok(())
    }

    fn perform(&mut self, request: &Request<'_>) -> Answer<'_> {
        match request {
            Request::ReadVin(source) => {
                let number = VehicleNumber::as_reported(VIN).unwrap();
                Answer::Vin { source: *source, age: VinAge::NOW, number }
            }
            _ => Answer::Refused(Refusal::Unavailable),
        }
    }
}
