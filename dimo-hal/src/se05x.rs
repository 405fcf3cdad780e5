//! The driver of NXP's SE050 and SE051 over I2C: a part that generates and keeps keys on secp256k1.
//!
//! [`Se05x`] is over the async traits of `embedded-hal`, [`BlockingSe05x`] over the blocking ones. Both are a
//! [`SecureElement`], so that a [`Wallet`](crate::Wallet) goes on top. There is no heap; every wait has an end; no bytes on the
//! bus reach a panic.
//!
//! ```no_run
//! # use dimo_hal::blocking::SecureElement as _;
//! use dimo_hal::{BlockingSe05x, KeySlot, Wallet};
//!
//! # fn example<I: embedded_hal::i2c::I2c, D: embedded_hal::delay::DelayNs>(i2c: I, delay: D)
//! # -> Result<(), Box<dyn core::error::Error>> {
//! let mut element = BlockingSe05x::new(i2c, delay).with_counters(0x00D1_0000, 2);
//! println!("applet {}", element.start()?);
//! // In the factory, once: Wallet::create_blocking. From then on:
//! let wallet = Wallet::open_blocking(element, KeySlot(0x00D1_1000))?;
//! println!("{}", wallet.address());
//! # Ok(())
//! # }
//! ```
//!
//! # What stands where
//!
//! A [`KeySlot`] is the object id of a key pair. Ids from `0x7FFF_0000` on belong to the element and its maker. A key of
//! [`KeyPolicy::Permanent`] gets a policy that allows signing and reading its public half, and nothing else: the element itself
//! then refuses to replace, delete or export it. [`Se05x::attributes`] reads back what the element stored.
//! A counter is an object of 8 bytes, made when it is first advanced, which can be raised and not deleted.
//!
//! The element must be told the parameters of secp256k1 before its first key; [`generate`](SecureElement::generate) does so.
//!
//! # Which parts
//!
//! Those whose applet has ECDSA on secp256k1, which their data sheet says: not every variant of the family has the curve, nor
//! elliptic curves at all. [`Se05xError::CurveUnsupported`] shows the lack. A part that demands an encrypted channel (PlatformSCP)
//! refuses with [`StatusWord::SECURITY_STATUS`]. In FIPS mode the element refuses key agreement on every curve; nothing here
//! needs it: the wallet key only signs.
//!
//! # What is not there
//!
//! - **It has not met silicon.** It is tested against a simulated element, against the recorded start of a real one, and byte for
//!   byte against another driver.
//! - SCP03: the bus is in the clear. Whoever is at the pins can ask for signatures, read random numbers and raise counters as the
//!   firmware can; they cannot have the key.
//! - Sessions, attestation, P-256, and the later link layer with lengths of two bytes (Global Platform T=1').
//! - The owner of the element's factory-reset credential can delete everything. Change or remove it in the factory.

mod apdu;
mod applet;
mod atr;
mod attributes;
mod block;
mod blocking;
mod curve;
mod error;
mod exchange;
mod link;

use core::fmt;

use dimo_crypto::ChipSignature;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use self::apdu::{Answer, Command, tag};
use self::attributes::{Rules, Unknown};
use self::link::Link;
use crate::secure_element::{
    Capabilities, CounterId, Curve, ErrorType, KeyPolicy, KeyProtection, KeySlot, SecureElement,
};

pub use self::attributes::{KeyAttributes, KeyOrigin};
pub use self::blocking::BlockingSe05x;
pub use self::error::{Se05xError, StatusWord};

/// The version of the applet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "three numbers with a meaning, nothing to add")]
pub struct AppletVersion {
    /// Changes that break.
    pub major: u8,
    /// Additions.
    pub minor: u8,
    /// Corrections.
    pub patch: u8,
}

/// `3.1.1`.
impl fmt::Display for AppletVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Whether both ends of the link count the same, and the applet is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first command, after an error, and while a command is under way: a dropped future leaves it so.
    Unknown,
    Ready,
}

/// An SE050 or SE051 on an I2C bus. The [module](self) says what it needs and what it leaves out.
pub struct Se05x<I2C, D> {
    link: Link<I2C, D>,
    state: State,
    first_counter: u32,
    counters: u8,
}

impl<I2C: I2c, D: DelayNs> Se05x<I2C, D> {
    /// The address of the element, 7 bits, unless it was ordered with another.
    pub const ADDRESS: u8 = 0x48;

    /// A driver of the element on `bus`, at its usual address and without counters. Nothing is sent yet.
    pub fn new(bus: I2C, delay: D) -> Self {
        let link = Link::new(bus, delay, Self::ADDRESS);
        Self { link, state: State::Unknown, first_counter: 0, counters: 0 }
    }

    /// At another address, 7 bits.
    #[must_use]
    pub fn with_address(mut self, address: u8) -> Self {
        self.link.address = address;
        self
    }

    /// With counters in the objects `first_object`, `first_object + 1` and so on, which are then no key slots.
    #[must_use]
    pub fn with_counters(self, first_object: u32, counters: u8) -> Self {
        Self { first_counter: first_object, counters, ..self }
    }

    /// Resets the link and selects the applet. Every call that finds the link in doubt does so itself: this one is for the
    /// version, and to know at start that the element is there.
    ///
    /// # Errors
    ///
    /// Those of the link: [`Se05xError::Bus`], [`Se05xError::Timeout`], [`Se05xError::Damaged`]; [`Se05xError::Status`] when the
    /// part has no such applet.
    pub async fn start(&mut self) -> Result<AppletVersion, Se05xError> {
        self.state = State::Unknown;
        self.link.reset().await?;
        let answer = self.exchange(&Command::select(&applet::APPLET)).await?;
        let [major, minor, patch, ..] = *answer.data() else { return Err(Se05xError::Answer) };
        self.state = State::Ready;
        Ok(AppletVersion { major, minor, patch })
    }

    /// What the element says of the key in a slot. A factory keeps the answer with its certification list.
    ///
    /// # Errors
    ///
    /// [`Se05xError::SlotEmpty`], [`Se05xError::SlotTaken`] when the object is no key pair, [`Se05xError::NoSuchSlot`],
    /// [`Se05xError::Answer`] when the applet words its attributes in another way, and those of [`start`](Self::start).
    pub async fn attributes(&mut self, slot: KeySlot) -> Result<KeyAttributes, Se05xError> {
        let object = self.object(slot)?;
        let answer = self.of_slot(slot, &applet::read_attributes(object)).await?;
        match KeyAttributes::parse(object, answer.field(tag::SECOND)?) {
            Ok(attributes) => Ok(attributes),
            Err(Unknown::Kind) => Err(Se05xError::SlotTaken { slot }),
            Err(Unknown::Form) => Err(Se05xError::Answer),
        }
    }

    /// Gives the bus and the delay back.
    pub fn release(self) -> (I2C, D) {
        (self.link.bus, self.link.delay)
    }

    /// Sends a command and checks the status of its answer.
    async fn exchange(&mut self, command: &Command) -> Result<Answer, Se05xError> {
        let mut answer = Answer::empty();
        let len = self.link.exchange(command.encode().as_slice(), answer.buffer()).await?;
        answer.checked(len)
    }

    /// [`exchange`](Self::exchange), starting the link if need be. A refusal leaves the link in order; any other error, and a
    /// future that is dropped on the way, leaves it in doubt.
    async fn run(&mut self, command: &Command) -> Result<Answer, Se05xError> {
        if self.state != State::Ready {
            self.start().await?;
        }
        self.state = State::Unknown;
        let answer = self.exchange(command).await;
        self.state = match &answer {
            // After its power failed the element has no applet selected, and its link may count as ours does by chance.
            Err(Se05xError::Status(StatusWord::UNKNOWN_COMMAND | StatusWord::UNKNOWN_CLASS)) => {
                State::Unknown
            }
            Ok(_) | Err(Se05xError::Status(_)) => State::Ready,
            Err(_) => State::Unknown,
        };
        answer
    }

    /// [`run`](Self::run) for a command about a key: a refusal is looked into, since the applet refuses what is not there with
    /// the same words as what is forbidden.
    async fn of_slot(&mut self, slot: KeySlot, command: &Command) -> Result<Answer, Se05xError> {
        match self.run(command).await {
            Err(Se05xError::Status(_)) if !self.exists(slot.0).await? => Err(Se05xError::SlotEmpty { slot }),
            answer => answer,
        }
    }

    async fn exists(&mut self, object: u32) -> Result<bool, Se05xError> {
        match self.run(&applet::exists(object)).await?.array()? {
            [1] => Ok(true),
            [2] => Ok(false),
            _ => Err(Se05xError::Answer),
        }
    }

    /// The object of a slot, unless it is somebody else's.
    fn object(&self, slot: KeySlot) -> Result<u32, Se05xError> {
        /// From here on objects belong to the applet and to the maker of the element.
        const RESERVED: u32 = 0x7FFF_0000;
        let counter = slot.0.checked_sub(self.first_counter).is_some_and(|at| at < u32::from(self.counters));
        if slot.0 == 0 || slot.0 >= RESERVED || counter {
            return Err(Se05xError::NoSuchSlot { slot });
        }
        Ok(slot.0)
    }

    fn counter_object(&self, counter: CounterId) -> Result<u32, Se05xError> {
        let object = self.first_counter.checked_add(u32::from(counter.0));
        object.filter(|_| counter.0 < self.counters).ok_or(Se05xError::NoSuchCounter { counter })
    }

    /// Makes room for a new key, where none is or a replaceable one of this driver's. A key that somebody else made, whatever its
    /// policy allows, is not ours to destroy.
    async fn clear(&mut self, slot: KeySlot, object: u32) -> Result<(), Se05xError> {
        match self.attributes(slot).await {
            Err(Se05xError::SlotEmpty { .. }) => return Ok(()),
            Ok(attributes) if attributes.is_replaceable() => {}
            Ok(_) => return Err(Se05xError::SlotTaken { slot }),
            Err(error) => return Err(error),
        }
        match self.run(&applet::delete(object)).await {
            Ok(_) => Ok(()),
            Err(Se05xError::Status(status)) if status.refuses() => Err(Se05xError::SlotTaken { slot }),
            Err(error) => Err(error),
        }
    }

    /// Tells the element the curve, unless it was told before.
    async fn provide_curve(&mut self) -> Result<(), Se05xError> {
        let list = self.run(&applet::list_curves()).await?;
        if curve::is_set(list.field(tag::FIRST)?) {
            return Ok(());
        }
        match self.run(&applet::create_curve()).await {
            // Refused: it may have been created before the power went, and its parameters still be missing.
            Ok(_) | Err(Se05xError::Status(StatusWord::CONDITIONS)) => {}
            Err(error) => return Err(without_curve(error)),
        }
        for (parameter, value) in curve::PARAMETERS {
            self.run(&applet::set_curve_parameter(parameter, value)).await.map_err(without_curve)?;
        }
        Ok(())
    }

    async fn counter_value(&mut self, object: u32) -> Result<Option<u64>, Se05xError> {
        match self.run(&applet::read(object)).await {
            Ok(answer) => Ok(Some(u64::from_be_bytes(answer.array()?))),
            Err(error @ Se05xError::Status(_)) => match self.exists(object).await? {
                true => Err(error),
                false => Ok(None),
            },
            Err(error) => Err(error),
        }
    }
}

/// A refusal of the curve.
fn without_curve(error: Se05xError) -> Se05xError {
    match error {
        Se05xError::Status(_) => Se05xError::CurveUnsupported { curve: Curve::Secp256k1 },
        error => error,
    }
}

impl<I2C, D> ErrorType for Se05x<I2C, D> {
    type Error = Se05xError;
}

/// A replaceable key that is being replaced is deleted first: when the power goes in between, the slot is empty.
/// [`public_key`](SecureElement::public_key) refuses a key that the element did not generate itself.
impl<I2C: I2c, D: DelayNs> SecureElement for Se05x<I2C, D> {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(KeyProtection::SecureElement).with_counters(self.counters)
    }

    async fn generate(
        &mut self,
        slot: KeySlot,
        curve: Curve,
        policy: KeyPolicy,
    ) -> Result<[u8; 64], Se05xError> {
        let object = self.object(slot)?;
        if curve != Curve::Secp256k1 {
            return Err(Se05xError::CurveUnsupported { curve });
        }
        let rules = match policy {
            KeyPolicy::Permanent => Rules::PERMANENT,
            KeyPolicy::Replaceable => Rules::REPLACEABLE,
        };
        self.clear(slot, object).await?;
        self.provide_curve().await?;
        self.run(&applet::generate_key(object, rules)).await?;
        self.public_key(slot).await
    }

    async fn public_key(&mut self, slot: KeySlot) -> Result<[u8; 64], Se05xError> {
        let object = self.object(slot)?;
        if self.attributes(slot).await?.origin() != KeyOrigin::Internal {
            return Err(Se05xError::KeyImported { slot });
        }
        let answer = self.of_slot(slot, &applet::read(object)).await?;
        let point: [u8; 65] = answer.array()?;
        match point.split_first_chunk() {
            // Uncompressed.
            Some(([0x04], coordinates)) => coordinates.try_into().map_err(|_| Se05xError::Answer),
            _ => Err(Se05xError::Answer),
        }
    }

    async fn sign_prehash(&mut self, slot: KeySlot, prehash: &[u8; 32]) -> Result<ChipSignature, Se05xError> {
        let object = self.object(slot)?;
        let answer = self.of_slot(slot, &applet::sign(object, prehash)).await?;
        ChipSignature::der(answer.field(tag::FIRST)?).map_err(|_| Se05xError::Answer)
    }

    async fn random(&mut self, out: &mut [u8]) -> Result<(), Se05xError> {
        for part in out.chunks_mut(applet::MAX_RANDOM) {
            // At most MAX_RANDOM.
            let answer = self.run(&applet::random(part.len() as u16)).await?;
            let drawn = answer.field(tag::FIRST)?;
            if drawn.len() != part.len() {
                return Err(Se05xError::Answer);
            }
            part.copy_from_slice(drawn);
        }
        Ok(())
    }

    async fn read_counter(&mut self, counter: CounterId) -> Result<u64, Se05xError> {
        let object = self.counter_object(counter)?;
        Ok(self.counter_value(object).await?.unwrap_or(0))
    }

    async fn advance_counter_to(&mut self, counter: CounterId, at_least: u64) -> Result<u64, Se05xError> {
        let object = self.counter_object(counter)?;
        let value = self.counter_value(object).await?;
        if let Some(value) = value.filter(|value| *value >= at_least) {
            return Ok(value);
        }
        if at_least == 0 {
            return Ok(0);
        }
        if value.is_none() {
            self.run(&applet::create_counter(object)).await?;
        }
        self.run(&applet::set_counter(object, at_least)).await?;
        // Read back, since what is guarded by it relies on it.
        match self.counter_value(object).await?.unwrap_or(0) {
            value if value >= at_least => Ok(value),
            value => Err(Se05xError::CounterStuck { counter, value }),
        }
    }
}

/// The address and the counters, nothing of the keys.
impl<I2C, D> fmt::Debug for Se05x<I2C, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Se05x")
            .field("address", &self.link.address)
            .field("first_counter", &self.first_counter)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}
