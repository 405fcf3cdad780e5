//! [`Link`]: a device and a phone in one memory, with a virtual clock and faults.

use dimo_crypto::Signature;
use dimo_types::{Timestamp, VehicleNumber};

use crate::{
    Action, Device, Event, Expiry, FRAGMENT_MAX, FragmentBuffer, Mtu, Phone, SignRequest, SigningFailed,
    VinUnavailable,
};

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
    /// It is lost, and the link with it; it comes up again at once.
    Disconnect,
}

/// A link without faults: every fragment arrives.
pub type Faultless = fn(u32) -> Fault;

/// A [`Device`] and a [`Phone`] joined in memory; `F` says what happens to the fragment of each number, counted from 0 over both
/// directions.
///
/// # Example: a lost fragment ends in a word, not in silence
///
/// ```
/// # use dimo_pairing::*;
/// # use dimo_types::Timestamp;
/// # let address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266".parse()?;
/// # let identity = Identity { address, serial: Text::new("1")?, hardware: Text::new("7.0")?,
/// #     firmware: Text::new("1.0")?, versions: Versions::SUPPORTED };
/// # let (device, phone) = (Device::new(identity, Limits::SPEC), Phone::new(address, Limits::PHONE_WAIT));
/// let lose_the_first = |number| if number == 0 { Fault::Drop } else { Fault::None };
/// let mut link = Link::with_faults(device, phone, Mtu::MIN, lose_the_first);
/// link.phone.identify(Timestamp::EPOCH)?;
/// let (ended, event) = link.run(Timestamp::EPOCH, |_| Err(SigningFailed));
/// assert_eq!(event, Some(Event::Failed(Failure::TimedOut)));
/// assert_eq!(ended.as_secs(), 40);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Link<F = Faultless> {
    /// The device, to open its window and to look at it.
    pub device: Device,
    /// The phone, to give it commands.
    pub phone: Phone,
    /// What the vehicle answers when it is asked for its VIN.
    pub vin: Result<VehicleNumber, VinUnavailable>,
    mtu: Mtu,
    faults: F,
    fragments: u32,
    bytes: u32,
}

impl Link {
    /// Joins `device` and `phone` without faults. The vehicle does not tell its VIN until [`Link::vin`] is set.
    #[must_use]
    pub fn new(device: Device, phone: Phone, mtu: Mtu) -> Self {
        Self::with_faults(device, phone, mtu, |_| Fault::None)
    }
}

impl<F: FnMut(u32) -> Fault> Link<F> {
    /// Joins `device` and `phone`; `faults` says what happens to the fragment of each number.
    pub fn with_faults(mut device: Device, mut phone: Phone, mtu: Mtu, faults: F) -> Self {
        device.handle_connected(mtu);
        phone.handle_connected(mtu);
        let vin = Err(VinUnavailable::NoAnswer);
        Self { device, phone, vin, mtu, faults, fragments: 0, bytes: 0 }
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

    /// Moves everything that can move at `now`: fragments both ways, signatures by `sign`, timeouts.
    pub fn step<S>(&mut self, now: Timestamp, mut sign: S)
    where
        S: FnMut(&SignRequest) -> Result<Signature, SigningFailed>,
    {
        let _: Option<Expiry> = core::iter::from_fn(|| self.device.handle_timeout(now)).last();
        self.phone.handle_timeout(now);
        let mut buffer = [0; FRAGMENT_MAX];
        // One thing at a time, the device's work first, until nothing moves. Each fragment comes from a finite message.
        while self.work(&mut sign) || self.carry_up(now, &mut buffer) || self.carry_down(&mut buffer) {}
    }

    /// Lets the virtual clock run from `now` until the phone's command has ended. The time then, and its event; `None` when no
    /// command was given.
    pub fn run<S>(&mut self, now: Timestamp, mut sign: S) -> (Timestamp, Option<Event>)
    where
        S: FnMut(&SignRequest) -> Result<Signature, SigningFailed>,
    {
        let mut now = now;
        loop {
            self.step(now, &mut sign);
            let event = self.phone.poll_event();
            let next = match self.phone.poll_timeout() {
                Some(phone) if event.is_none() => {
                    self.device.poll_timeout().map_or(phone, |device| device.min(phone))
                }
                _ => return (now, event),
            };
            now = now.max(next);
        }
    }

    /// Carries out one action of the device.
    fn work<S>(&mut self, sign: &mut S) -> bool
    where
        S: FnMut(&SignRequest) -> Result<Signature, SigningFailed>,
    {
        let Some(action) = self.device.poll_action() else { return false };
        // A stale job is nobody's loss.
        let _ = match action {
            Action::Sign { job, request } => self.device.handle_signature(job, sign(&request)),
            Action::ReadVin { job } => self.device.handle_vin(job, self.vin),
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
    fn carry_down(&mut self, buffer: &mut FragmentBuffer) -> bool {
        let Some(len) = self.device.poll_transmit(buffer).map(<[u8]>::len) else { return false };
        self.carry(buffer, len, |link, fragment| link.phone.handle_fragment(fragment));
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
            Fault::Disconnect => {
                self.phone.handle_disconnected();
                self.phone.handle_connected(self.mtu);
                self.device.handle_connected(self.mtu);
            }
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
