//! [`Link`]: a device and a phone in one memory, with a virtual clock and faults.

use dimo_crypto::Signature;
use dimo_types::Timestamp;

use crate::{
    Action, Answer, Device, Expiry, FRAGMENT_MAX, FragmentBuffer, Mtu, Opening, Phone, Record, Request, Seed,
    SignRequest, SigningFailed, StorageFailed,
};

/// What a device's maker does for it: the other side of its [`Action`]s.
pub trait Maker {
    /// Has the wallet sign.
    ///
    /// # Errors
    ///
    /// [`SigningFailed`], and the phone is told so.
    fn sign(&mut self, request: &SignRequest) -> Result<Signature, SigningFailed>;

    /// Stores a record.
    ///
    /// # Errors
    ///
    /// [`StorageFailed`], and what rested on it is refused.
    fn store(&mut self, record: &Record) -> Result<(), StorageFailed>;

    /// Does what a phone asks for, at once.
    fn perform(&mut self, request: &Request<'_>) -> Answer<'_>;
}

/// What happens to one fragment on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It arrives.
    None,
    /// It is lost.
    Drop,
    /// It arrives twice.
    Duplicate,
    /// It arrives with one bit changed, that of this number, counted round its length.
    Corrupt {
        /// The number of the bit, from 0.
        bit: u16,
    },
    /// It arrives, and both sides have another MTU from then on.
    ChangeMtu(Mtu),
    /// It is lost, and the link with it. [`Link::connect`] brings it up again.
    Disconnect,
}

/// A link without faults: every fragment arrives.
pub type Faultless = fn(u32) -> Fault;

/// A [`Device`] with its [`Maker`] and a [`Phone`] joined in memory; `F` says what happens to the fragment of each number, counted from 0
/// over both directions.
///
/// Until something happens to the phone, [`run`](Self::run) lets the virtual clock jump from one timeout to the next; look at the phone's
/// event then.
#[derive(Debug)]
pub struct Link<M, F = Faultless> {
    /// The device, to open its window and to look at it.
    pub device: Device,
    /// The phone, to give it commands and to poll its events.
    pub phone: Phone,
    /// What the device's maker does.
    pub maker: M,
    mtu: Mtu,
    faults: F,
    connections: u8,
    fragments: u32,
    bytes: u32,
}

impl<M: Maker> Link<M> {
    /// Joins `device` and `phone` without faults.
    #[must_use]
    pub fn new(device: Device, phone: Phone, maker: M, mtu: Mtu) -> Self {
        Self::with_faults(device, phone, maker, mtu, |_| Fault::None)
    }
}

impl<M: Maker, F: FnMut(u32) -> Fault> Link<M, F> {
    /// Joins `device` and `phone`; `faults` says what happens to the fragment of each number.
    pub const fn with_faults(device: Device, phone: Phone, maker: M, mtu: Mtu, faults: F) -> Self {
        Self { device, phone, maker, mtu, faults, connections: 0, fragments: 0, bytes: 0 }
    }

    /// How many fragments went out so far, both ways.
    #[must_use]
    pub const fn fragments(&self) -> u32 {
        self.fragments
    }

    /// How many bytes they had.
    #[must_use]
    pub const fn bytes(&self) -> u32 {
        self.bytes
    }

    /// Brings the link up and begins by `opening`. The seeds of both sides are made of a count: for tests only.
    pub fn connect(&mut self, now: Timestamp, opening: Opening) {
        self.connections = self.connections.wrapping_add(1);
        let seed = |side| {
            let mut random = [side; 32];
            random[0] = self.connections;
            Seed::from_bytes(random)
        };
        self.device.handle_connected(now, self.mtu, seed(1));
        self.phone.connect(now, self.mtu, seed(2), opening);
    }

    /// Takes the link down.
    pub fn disconnect(&mut self) {
        self.device.handle_disconnected();
        self.phone.handle_disconnected();
    }

    /// Moves everything that can move at `now`: fragments both ways, the maker's work, timeouts.
    pub fn step(&mut self, now: Timestamp) {
        let _: Option<Expiry> = core::iter::from_fn(|| self.device.handle_timeout(now)).last();
        self.phone.handle_timeout(now);
        let mut buffer = [0; FRAGMENT_MAX];
        // One thing at a time, the maker's work first, until nothing moves. Each fragment comes from a finite packet.
        while self.work(now) || self.carry_up(now, &mut buffer) || self.carry_down(now, &mut buffer) {}
    }

    /// Lets the virtual clock run from `now` until the phone has an event to poll, or waits for nothing; the time then.
    pub fn run(&mut self, now: Timestamp) -> Timestamp {
        let mut now = now;
        loop {
            self.step(now);
            let next = match self.phone.poll_timeout() {
                Some(phone) if !self.phone.has_event() => {
                    self.device.poll_timeout().map_or(phone, |device| device.min(phone))
                }
                _ => return now,
            };
            now = now.max(next);
        }
    }

    /// Carries out one action of the device.
    fn work(&mut self, now: Timestamp) -> bool {
        let Some(action) = self.device.poll_action() else { return false };
        // A stale job is nobody's loss.
        let _ = match action {
            Action::Sign { job, request } => {
                self.device.handle_signature(now, job, self.maker.sign(&request))
            }
            Action::Store { job, record } => self.device.handle_stored(now, job, self.maker.store(&record)),
            Action::Perform { job, request } => {
                let answer = self.maker.perform(&request);
                self.device.handle_answer(job, &answer)
            }
        };
        true
    }

    /// Carries one fragment from the phone to the device.
    fn carry_up(&mut self, now: Timestamp, buffer: &mut FragmentBuffer) -> bool {
        let Some(len) = self.phone.poll_transmit(buffer).map(<[u8]>::len) else { return false };
        self.carry(buffer, len, |link, fragment| {
            if let Err(error) = link.device.handle_fragment(now, fragment) {
                link.phone.handle_write_rejected(error.att_error());
            }
        });
        true
    }

    /// Carries one fragment from the device to the phone.
    fn carry_down(&mut self, now: Timestamp, buffer: &mut FragmentBuffer) -> bool {
        let Some(len) = self.device.poll_transmit(buffer).map(<[u8]>::len) else { return false };
        self.carry(buffer, len, |link, fragment| link.phone.handle_fragment(now, fragment));
        true
    }

    /// Delivers the `len` bytes in `buffer`, with the fault that is due.
    fn carry(&mut self, buffer: &mut FragmentBuffer, len: usize, mut deliver: impl FnMut(&mut Self, &[u8])) {
        let fault = (self.faults)(self.fragments);
        self.fragments = self.fragments.saturating_add(1);
        self.bytes = self.bytes.saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
        let fragment = buffer.get_mut(..len).unwrap_or_default();
        match fault {
            Fault::None => deliver(self, fragment),
            Fault::Drop => {}
            Fault::Duplicate => {
                deliver(self, fragment);
                deliver(self, fragment);
            }
            Fault::Corrupt { bit } => {
                flip(fragment, bit);
                deliver(self, fragment);
            }
            Fault::ChangeMtu(mtu) => {
                deliver(self, fragment);
                self.mtu = mtu;
                self.device.handle_mtu(mtu);
                self.phone.handle_mtu(mtu);
            }
            Fault::Disconnect => self.disconnect(),
        }
    }
}

/// Changes one bit of `fragment`.
fn flip(fragment: &mut [u8], bit: u16) {
    let place = usize::from(bit / 8).checked_rem(fragment.len());
    if let Some(byte) = place.and_then(|place| fragment.get_mut(place)) {
        *byte ^= 1 << (bit % 8);
    }
}
