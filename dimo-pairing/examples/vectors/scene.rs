//! [`Scene`]: a phone and a device that talk, and what passes between them.

use std::collections::VecDeque;

use dimo_pairing::{
    Action, Device, Event, FRAGMENT_MAX, Limits, Mtu, NoiseKey, Opening, PACKET_MAX, Phone, Presence,
    Reassembler, Request, Seed, Setup, Side,
};
use dimo_types::{Address, Timestamp};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Outcome;
use crate::workshop::{self, UNIX, Workshop};

/// The static key of the phone.
pub(crate) const PHONE_STATIC: [u8; 32] = [0xA1; 32];

/// A packet that went over the link.
pub(crate) struct Sent {
    pub(crate) from: Side,
    pub(crate) packet: Vec<u8>,
    pub(crate) fragments: Vec<Vec<u8>>,
}

/// The randomness of both sides for one connection.
#[derive(Clone, Copy)]
pub(crate) struct Randomness {
    phone: [u8; 32],
    device: [u8; 32],
}

impl Randomness {
    /// That of the connection of this number.
    pub(crate) const fn of_connection(number: u8) -> Self {
        Self { phone: [0xA0 | number; 32], device: [0xD0 | number; 32] }
    }

    /// What a side draws from its seed, one piece after the other: its ephemeral keys among it.
    pub(crate) fn draws(self, side: Side) -> Outcome<Vec<[u8; 32]>> {
        let seed = match side {
            Side::Phone => self.phone,
            Side::Device => self.device,
        };
        (0..8_u32)
            .map(|number| {
                let mac = Hmac::<Sha256>::new_from_slice(&seed)?;
                let mac = mac.chain_update(b"DIMO-PAIR/1 draw").chain_update(number.to_be_bytes());
                Ok(mac.finalize().into_bytes().into())
            })
            .collect()
    }

    /// The ephemeral key of a side, which the public one in its message tells from all else that it draws.
    pub(crate) fn ephemeral(self, side: Side, message: &[u8]) -> Outcome<[u8; 32]> {
        let is_it =
            |secret: &[u8; 32]| message.starts_with(NoiseKey::from_bytes(*secret).public().as_bytes());
        Ok(self.draws(side)?.into_iter().find(is_it).ok_or("the ephemeral key is not among the draws")?)
    }
}

/// A phone and a device, side by side, where the time stands still.
pub(crate) struct Scene {
    pub(crate) phone: Phone,
    pub(crate) device: Device,
    workshop: Workshop,
    pub(crate) now: Timestamp,
    sent: VecDeque<Sent>,
    round_trips: usize,
}

impl Scene {
    /// A device with a label.
    pub(crate) fn by_label() -> Outcome<Self> {
        Self::of(workshop::setup()?)
    }

    /// A device that is nobody's, knows the time, and has somebody present.
    pub(crate) fn of(setup: Setup) -> Outcome<Self> {
        let workshop = Workshop::new()?;
        let now = Timestamp::from_secs(1_000)?;
        let mut device = Device::new(setup, workshop.memory()?, Limits::SPEC);
        device.handle_clock(now, Timestamp::from_secs(UNIX)?);
        device.open_window(now, Presence::PluggedIn);
        let phone = Phone::new(NoiseKey::from_bytes(PHONE_STATIC), Some(Self::address()?));
        Ok(Self { phone, device, workshop, now, sent: VecDeque::new(), round_trips: 0 })
    }

    pub(crate) fn address() -> Outcome<Address> {
        Ok(workshop::label()?.address)
    }

    /// A new connection at MTU 23, and all that follows by itself.
    pub(crate) fn connect(&mut self, randomness: Randomness, opening: Opening) -> Outcome<Event<'_>> {
        self.device.handle_connected(self.now, Mtu::MIN, Seed::from_bytes(randomness.device));
        self.phone.connect(self.now, Mtu::MIN, Seed::from_bytes(randomness.phone), opening);
        self.run()
    }

    /// A request, and all that follows.
    pub(crate) fn ask(&mut self, request: &Request<'_>) -> Outcome<Event<'_>> {
        self.phone.request(self.now, request)?;
        self.run()
    }

    /// Moves what can move. What the phone says of it then.
    pub(crate) fn run(&mut self) -> Outcome<Event<'_>> {
        let mut inboxes = [(); 2].map(|()| (Reassembler::<PACKET_MAX>::new(), Vec::new()));
        let [up, down] = &mut inboxes;
        let mut buffer = [0; FRAGMENT_MAX];
        loop {
            if act(&mut self.device, &mut self.workshop, self.now)? {
                continue;
            }
            if let Some(fragment) = self.phone.poll_transmit(&mut buffer) {
                if note(&mut self.sent, Side::Phone, up, fragment)? {
                    self.round_trips += 1;
                }
                self.device.handle_fragment(self.now, fragment)?;
            } else if let Some(fragment) = self.device.poll_transmit(&mut buffer) {
                note(&mut self.sent, Side::Device, down, fragment)?;
                self.phone.handle_fragment(self.now, fragment);
            } else {
                break;
            }
        }
        Ok(self.phone.poll_event().ok_or("nothing came of it")?)
    }

    /// How many packets the phone has sent. The device has answered each, or the phone would say so.
    pub(crate) const fn round_trips(&self) -> usize {
        self.round_trips
    }

    /// The packets that went over the link and were not looked at yet.
    pub(crate) fn unseen(&self) -> impl Iterator<Item = &Sent> {
        self.sent.iter()
    }

    /// The next packet that went over the link, in the order in which they did.
    pub(crate) fn next_sent(&mut self) -> Outcome<Sent> {
        Ok(self.sent.pop_front().ok_or("no more was sent")?)
    }
}

/// Does one thing that the device asks for.
fn act(device: &mut Device, workshop: &mut Workshop, now: Timestamp) -> Outcome<bool> {
    match device.poll_action() {
        None => return Ok(false),
        Some(Action::Sign { job, request }) => device.handle_signature(now, job, workshop.sign(&request))?,
        Some(Action::Store { job, record }) => device.handle_stored(now, job, workshop.store(&record))?,
        Some(Action::Perform { job, request }) => {
            let answer = workshop.perform(now, &request);
            device.handle_answer(job, &answer)?;
        }
        Some(_) => return Err("an action that is not known".into()),
    }
    Ok(true)
}

/// Writes down a fragment, and the packet that it completes, if it completes one.
fn note(
    sent: &mut VecDeque<Sent>,
    from: Side,
    (inbox, fragments): &mut (Reassembler<PACKET_MAX>, Vec<Vec<u8>>),
    fragment: &[u8],
) -> Outcome<bool> {
    fragments.push(fragment.to_vec());
    let Some(packet) = inbox.push(fragment)? else { return Ok(false) };
    sent.push_back(Sent { from, packet: packet.to_vec(), fragments: std::mem::take(fragments) });
    Ok(true)
}
