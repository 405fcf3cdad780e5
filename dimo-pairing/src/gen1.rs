//! The Gen 1 profile: the GATT services of today's devices, so that today's phones go on to work, without the faults they were
//! built with.
//!
//! A device serves it when its maker makes a [`Gen1`] and registers the services of [`gatt::gen1`](crate::gatt::gen1); nothing
//! else in this crate makes one. Services, characteristics, flags and encodings are those of Gen 1. What is different:
//!
//! - The sign characteristic takes the digest of a claim, a pair or a login that the device was told of beforehand
//!   ([`Gen1::expect_claim`], [`Gen1::expect_pair`], [`Gen1::expect_login`]), while somebody is present, so often a presence.
//!   The wallet is given the message and never the digest. Everything else is rejected.
//! - A bond is needed where Gen 1 asks for one, and an authenticated one: a passkey or a number that is compared. A new bond is
//!   made while somebody is present ([`Gen1::may_bond`]), and all are forgotten when the owner changes.
//! - What Gen 1 tells everybody, it tells while somebody is present, and later to bonded phones only.
//! - Wi-Fi is set and trouble codes are cleared while somebody is present; codes are cleared with the ignition on and the engine
//!   off.
//! - What is of one connection ends with it: values of the vehicle, and signatures.
//! - A read of the vehicle is asked of the vehicle each time, changes nothing, and is held for [`READ_HOLD`] at the most.
//! - A rejection has a code, [`AttError`]. Values that stand for a failure, 17 zeros for the VIN, `00` for the protocol, `1` for
//!   the trouble codes, mean that the vehicle was asked and did not tell, and no more.
//! - Long values may be read in parts.
//!
//! Gen 1 cannot prove the device to the phone, nor the owner to the device. That needs the protocol of [`Device`](crate::Device).

use core::time::Duration;

use dimo_crypto::{Claim, Digest, LoginChallenge, Pair, Signature};
use dimo_types::Timestamp;

use crate::gatt::{LinkSecurity, Uuid};
use crate::limits::after;
use crate::presence::Window;
use crate::{JobId, Limits, Presence, Text};

mod action;
mod att;
mod event;
mod expected;
mod facts;
mod fetch;
mod json;
mod request;
mod value;
mod wifi;

pub use action::{Action, Engine, Expiry, NotTold, StaleJob};
pub use att::AttError;
pub use expected::{ExpectError, LoginText, Signable};
pub use facts::{DeviceFacts, Name};
pub use wifi::{Ssid, WifiCredentials, WifiError};

use expected::Expected;
use facts::Radio;
use fetch::{Fetch, Jobs};
use value::{CODES_LEN, PROTOCOL_LEN, VIN_LEN, Value};

/// How long the response to a read may be held, 10 s. ATT ends a connection after 30 s without a response.
pub const READ_HOLD: Duration = Duration::from_secs(10);
/// How long a write of the sleep control keeps the device awake, 900 s.
pub const SLEEP_HOLD: Duration = Duration::from_secs(900);
/// How long what was told of the engine holds, 10 s. Older, it is unknown.
pub const ENGINE_FRESH: Duration = Duration::from_secs(10);

/// How many signatures one presence window allows. A reset closes the window and so adds none.
pub const SIGNATURES: u8 = 8;

/// The Gen 1 profile over one link at a time, without a radio, a clock or a key of its own.
///
/// | group | methods |
/// |---|---|
/// | getters | [`facts`](Self::facts), [`may_bond`](Self::may_bond), [`signatures_left`](Self::signatures_left), [`signatures_begun`](Self::signatures_begun) |
/// | what happened: `handle_*` | [`handle_connected`](Self::handle_connected), [`handle_security`](Self::handle_security), [`handle_disconnected`](Self::handle_disconnected), [`handle_engine`](Self::handle_engine), [`handle_owner_changed`](Self::handle_owner_changed), [`handle_vin`](Self::handle_vin), [`handle_protocol`](Self::handle_protocol), [`handle_trouble_codes`](Self::handle_trouble_codes), [`handle_signature`](Self::handle_signature), [`handle_timeout`](Self::handle_timeout) |
/// | what the phone does | [`read`](Self::read), [`write`](Self::write) |
/// | commands | [`open_window`](Self::open_window), [`close_window`](Self::close_window), [`expect_claim`](Self::expect_claim), [`expect_pair`](Self::expect_pair), [`expect_login`](Self::expect_login), [`set_signal`](Self::set_signal), [`set_imsi`](Self::set_imsi), [`set_wifi_status`](Self::set_wifi_status) |
/// | what to do: `poll_*` | [`poll_action`](Self::poll_action), [`poll_timeout`](Self::poll_timeout) |
///
/// The order: after `read`, `write`, any `handle_*` or command, call `poll_action` until it gives `None`. When `read` gives
/// [`Read::Held`], keep the request of the phone without a response, and read the same again after each `handle_*`, until it gives
/// a value or an error. Sleep until the time of `poll_timeout`; then call `handle_timeout` until it gives `None`. Calls in any
/// other order are safe.
///
/// `now` is any clock that does not run backwards, such as the time since boot.
///
/// It has a presence window of its own. A maker who serves [`Device`](crate::Device) beside it opens both for the same event, and
/// each allows its number of signatures.
///
/// # Example: a phone of today has a claim signed, and anything else is refused
///
/// ```
/// # use dimo_pairing::{Limits, Presence, Text, gatt::{self, LinkSecurity}, gen1::*};
/// # use dimo_crypto::{Claim, Message, Registry, SoftwareKey};
/// # use dimo_types::Timestamp;
/// # let mut wallet = SoftwareKey::from_bytes([7; 32])?;
/// # let facts = DeviceFacts { address: wallet.address(), serial: Text::new("1")?, secondary_serial: Text::new("2")?,
/// #     hardware_revision: Text::new("7")?, software_version: Text::new("1")?, application_version: Text::new("1")? };
/// # let now = Timestamp::EPOCH;
/// # let owner = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?;
/// let mut gen1 = Gen1::new(facts, Limits::SPEC);
/// gen1.open_window(now, Presence::PluggedIn);
/// let claim = Claim { registry: Registry::POLYGON, device_node: 42.into(), owner };
/// gen1.expect_claim(now, claim)?;
///
/// gen1.handle_connected();
/// gen1.handle_security(LinkSecurity::Authenticated);
/// let refused = gen1.write(now, &gatt::gen1::SIGN_HASH, &[1; 32]);
/// assert_eq!(refused, Err(AttError::NotExpected));
///
/// gen1.write(now, &gatt::gen1::SIGN_HASH, claim.digest().as_bytes())?;
/// let Some(Action::Sign { job, message }) = gen1.poll_action() else { panic!() };
/// assert_eq!(message, Signable::Claim(claim));
/// gen1.handle_signature(job, message.sign_blocking(&mut wallet))?;
/// let Read::Value(signature) = gen1.read(now, &gatt::gen1::SIGN_HASH, 0)? else { panic!() };
/// assert_eq!(signature.len(), 65);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gen1 {
    facts: DeviceFacts,
    limits: Limits,
    radio: Radio,
    window: Option<Window>,
    /// In the present window.
    signatures_left: u8,
    expected: Expected,
    engine: Option<(Timestamp, Engine)>,
    connection: Connection,
    asked: Asked,
    jobs: Jobs,
    signatures_begun: u32,
}

/// What is of one connection and ends with it.
#[derive(Clone, Debug)]
struct Connection {
    security: LinkSecurity,
    held: Option<Held>,
    vin: Fetch<VIN_LEN>,
    protocol: Fetch<PROTOCOL_LEN>,
    codes: Fetch<CODES_LEN>,
    signing: Signing,
}

impl Connection {
    const NEW: Self = Self {
        security: LinkSecurity::Open,
        held: None,
        vin: Fetch::Idle,
        protocol: Fetch::Idle,
        codes: Fetch::Idle,
        signing: Signing::Nothing,
    };
}

/// A read whose response is held. ATT has one request at a time.
#[derive(Clone, Copy, Debug)]
struct Held {
    what: Uuid,
    until: Timestamp,
}

/// What the sign characteristic is at.
#[derive(Clone, Copy, Debug)]
enum Signing {
    Nothing,
    Asked { job: JobId, digest: Digest, until: Timestamp, handed_out: bool },
    Signed([u8; Signature::LEN]),
    Failed,
}

/// What phones were promised by the response to a write, and others have not taken yet.
#[derive(Clone, Debug)]
struct Asked {
    forget_bonds: bool,
    wifi: Option<WifiCredentials>,
    hold_awake: bool,
    clear_codes: bool,
}

impl Asked {
    const NOTHING: Self = Self { forget_bonds: false, wifi: None, hold_awake: false, clear_codes: false };
}

/// What a read of the phone leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Read<'a> {
    /// The value from the offset to its end. Answer with as much of it as the MTU allows.
    Value(&'a [u8]),
    /// Others are being asked: hold the response, see [`Gen1`].
    Held,
}

// ---- getters
impl Gen1 {
    /// A profile that nobody is connected to, with its presence window closed, and with nothing to sign.
    #[must_use]
    pub const fn new(facts: DeviceFacts, limits: Limits) -> Self {
        Self {
            facts,
            limits,
            radio: Radio::UNKNOWN,
            window: None,
            signatures_left: 0,
            expected: Expected::NOTHING,
            engine: None,
            connection: Connection::NEW,
            asked: Asked::NOTHING,
            jobs: Jobs::new(),
            signatures_begun: 0,
        }
    }

    /// What it says of itself.
    #[must_use]
    pub const fn facts(&self) -> &DeviceFacts {
        &self.facts
    }

    /// Whether a phone may bond now: somebody is present. Make the Bluetooth stack refuse new bonds otherwise, and those without
    /// man-in-the-middle protection always.
    #[must_use]
    pub fn may_bond(&self, now: Timestamp) -> bool {
        self.present(now).is_some()
    }

    /// How many more signatures the presence window allows; 0 while it is closed.
    #[must_use]
    pub fn signatures_left(&self, now: Timestamp) -> u8 {
        self.present(now).map_or(0, |_| self.signatures_left)
    }

    /// How many signatures it has asked its wallet for since it was made. A maker who wants to know over a reset stores it.
    #[must_use]
    pub const fn signatures_begun(&self) -> u32 {
        self.signatures_begun
    }

    fn present(&self, now: Timestamp) -> Option<&Window> {
        self.window.as_ref().filter(|window| window.presence(now).is_some())
    }

    fn is_bonded(&self) -> bool {
        self.connection.security == LinkSecurity::Authenticated
    }

    fn engine(&self, now: Timestamp) -> Option<Engine> {
        self.engine
            .filter(|(told, _)| *told <= now && now < after(*told, ENGINE_FRESH))
            .map(|(_, engine)| engine)
    }
}

// ---- commands
impl Gen1 {
    /// Opens the presence window, anew if it is open, with all its signatures.
    ///
    /// Call it for what a person does at the vehicle and for nothing else: never at a reset, a wake-up or a message.
    pub fn open_window(&mut self, now: Timestamp, presence: Presence) {
        self.window = Some(Window::open(now, presence, &self.limits));
        self.signatures_left = SIGNATURES;
    }

    /// Closes the presence window. What the wallet is signing is still told.
    pub const fn close_window(&mut self) {
        self.window = None;
    }

    /// `claim` may be signed, for as long as a presence window lasts. Call it when the device knows from its backend, or from a
    /// session of [`Device`](crate::Device), that its owner wants this; never for what the Gen 1 link brings.
    ///
    /// # Errors
    ///
    /// [`ExpectError`]; what was expected before still is.
    pub fn expect_claim(&mut self, now: Timestamp, claim: Claim) -> Result<(), ExpectError> {
        self.expected.claim(now, self.limits.presence_window, claim)
    }

    /// `pair` may be signed, as [`Gen1::expect_claim`].
    ///
    /// # Errors
    ///
    /// As [`Gen1::expect_claim`].
    pub fn expect_pair(&mut self, now: Timestamp, pair: Pair) -> Result<(), ExpectError> {
        self.expected.pair(now, self.limits.presence_window, pair)
    }

    /// `challenge` may be signed, as [`Gen1::expect_claim`], in the place of an earlier one.
    ///
    /// # Errors
    ///
    /// As [`Gen1::expect_claim`].
    pub fn expect_login(
        &mut self,
        now: Timestamp,
        challenge: &LoginChallenge<'_>,
    ) -> Result<(), ExpectError> {
        self.expected.login(now, self.limits.presence_window, challenge, self.facts.address)
    }

    /// The cellular signal in dBm, or that it is not known.
    pub fn set_signal(&mut self, dbm: Option<i16>) {
        self.radio.signal = dbm.map_or(Value::EMPTY, Value::written);
    }

    /// The IMSI, or that it is not to be told.
    pub const fn set_imsi(&mut self, imsi: Option<Text<15>>) {
        self.radio.imsi = imsi;
    }

    /// The network that the device is connected to, or that it is to none.
    pub fn set_wifi_status(&mut self, network: Option<Ssid>) {
        self.radio.wifi = network;
    }
}

// ---- what to do
impl Gen1 {
    /// What somebody else must do for it, each once. Do them in the order they come.
    pub fn poll_action(&mut self) -> Option<Action> {
        if core::mem::take(&mut self.asked.forget_bonds) {
            return Some(Action::ForgetBonds);
        }
        if let Some(credentials) = self.asked.wifi.take() {
            return Some(Action::SetWifi(credentials));
        }
        if core::mem::take(&mut self.asked.hold_awake) {
            return Some(Action::HoldAwake(SLEEP_HOLD));
        }
        if core::mem::take(&mut self.asked.clear_codes) {
            return Some(Action::ClearTroubleCodes);
        }
        let connection = &mut self.connection;
        let vehicle = connection.vin.poll().map(Action::ReadVin);
        let vehicle = vehicle.or_else(|| connection.protocol.poll().map(Action::ReadProtocol));
        let vehicle = vehicle.or_else(|| connection.codes.poll().map(Action::ReadTroubleCodes));
        vehicle.or_else(|| self.poll_signing())
    }

    fn poll_signing(&mut self) -> Option<Action> {
        let Signing::Asked { job, digest, handed_out, .. } = &mut self.connection.signing else {
            return None;
        };
        if core::mem::replace(handed_out, true) {
            return None;
        }
        let job = *job;
        let Some(message) = self.expected.message(*digest) else {
            self.connection.signing = Signing::Failed;
            return None;
        };
        Some(Action::Sign { job, message })
    }

    /// When to call [`Gen1::handle_timeout`] next, or `None` while nothing waits.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let held = self.connection.held.map(|held| held.until);
        let window = self.window.map(|window| window.until());
        held.into_iter().chain(window).min()
    }
}
