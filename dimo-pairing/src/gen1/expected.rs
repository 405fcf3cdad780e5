//! What the sign characteristic may be asked for: the messages that the device was told of, and no other bytes.

use core::time::Duration;

use dimo_crypto::{Claim, Digest, LoginChallenge, LoginChallengeError, Message as _, Pair, Signature};
use dimo_types::{Address, Timestamp};
use thiserror::Error;

use crate::SigningFailed;
use crate::limits::after;

/// What the wallet is asked to sign. The phone only named its digest; the message is the device's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "there is no heap to put the text of a login on")]
pub enum Signable {
    /// That an owner takes the device.
    Claim(Claim),
    /// That the device belongs to a vehicle.
    Pair(Pair),
    /// A login.
    Login(LoginText),
}

impl Signable {
    /// Has `wallet` sign it.
    ///
    /// # Errors
    ///
    /// [`SigningFailed`] when the wallet fails, whatever its reason.
    pub async fn sign<W: dimo_crypto::DeviceSigner>(
        &self,
        wallet: &mut W,
    ) -> Result<Signature, SigningFailed> {
        match self {
            Self::Claim(claim) => wallet.sign(claim).await.map_err(|_| SigningFailed),
            Self::Pair(pair) => wallet.sign(pair).await.map_err(|_| SigningFailed),
            Self::Login(login) => {
                let challenge = login.challenge().map_err(|_| SigningFailed)?;
                wallet.sign(&challenge).await.map_err(|_| SigningFailed)
            }
        }
    }

    /// Has `wallet` sign it and waits.
    ///
    /// # Errors
    ///
    /// As [`Signable::sign`].
    pub fn sign_blocking<W: dimo_crypto::blocking::DeviceSigner>(
        &self,
        wallet: &mut W,
    ) -> Result<Signature, SigningFailed> {
        match self {
            Self::Claim(claim) => wallet.sign(claim).map_err(|_| SigningFailed),
            Self::Pair(pair) => wallet.sign(pair).map_err(|_| SigningFailed),
            Self::Login(login) => {
                let challenge = login.challenge().map_err(|_| SigningFailed)?;
                wallet.sign(&challenge).map_err(|_| SigningFailed)
            }
        }
    }
}

/// A copy of a [`LoginChallenge`], of up to 384 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginText {
    text: [u8; Self::MAX_LEN],
    len: usize,
    account: Address,
}

impl LoginText {
    /// The longest challenge, in bytes. Those of the network have 262.
    pub const MAX_LEN: usize = 384;

    fn new(challenge: &LoginChallenge<'_>, account: Address) -> Result<Self, ExpectError> {
        let bytes = challenge.as_str().as_bytes();
        let mut text = [0; Self::MAX_LEN];
        let room = text.get_mut(..bytes.len()).ok_or(ExpectError::LoginTooLong { len: bytes.len() })?;
        room.copy_from_slice(bytes);
        let login = Self { text, len: bytes.len(), account };
        login.challenge().map_err(|_| ExpectError::OtherAccount).map(|_| login)
    }

    /// The challenge.
    ///
    /// # Errors
    ///
    /// None for a text that comes from [`Gen1`](super::Gen1): it was a challenge when it was copied.
    pub fn challenge(&self) -> Result<LoginChallenge<'_>, LoginChallengeError> {
        let bytes = self.text.get(..self.len).unwrap_or_default();
        let text = core::str::from_utf8(bytes).map_err(|_| LoginChallengeError::NoChallenge)?;
        // The server was verified by whoever made the challenge, so the one it names is the one it was made for.
        let server = text.split(' ').next().unwrap_or_default();
        LoginChallenge::new(text, server, self.account)
    }
}

/// Why a message was not put on the list of those that may be signed. The list is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExpectError {
    /// The list is full until the first of its messages has had its time.
    #[error("{limit} messages are expected already")]
    Full {
        /// How many the list takes.
        limit: usize,
    },
    /// The challenge is longer than [`LoginText::MAX_LEN`].
    #[error("a login of {len} bytes; at most {} are taken", LoginText::MAX_LEN)]
    LoginTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The challenge is for another account than the device's.
    #[error("the login is for another account")]
    OtherAccount,
}

/// How many claims and pairs are expected at once; one login comes on top.
pub(super) const EXPECTED_MAX: usize = 4;

/// A claim or a pair.
#[derive(Clone, Copy, Debug)]
enum Registry {
    Claim(Claim),
    Pair(Pair),
}

impl From<Registry> for Signable {
    fn from(message: Registry) -> Self {
        match message {
            Registry::Claim(claim) => Self::Claim(claim),
            Registry::Pair(pair) => Self::Pair(pair),
        }
    }
}

/// A small list of messages, each for a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    registry: [Option<Entry<Registry>>; EXPECTED_MAX],
    login: Option<Entry<LoginText>>,
}

#[derive(Clone, Copy, Debug)]
struct Entry<M> {
    message: M,
    digest: Digest,
    until: Timestamp,
}

impl<M> Entry<M> {
    fn is_due(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

impl Expected {
    pub(super) const NOTHING: Self = Self { registry: [None; EXPECTED_MAX], login: None };

    pub(super) fn claim(&mut self, now: Timestamp, lasts: Duration, claim: Claim) -> Result<(), ExpectError> {
        self.registry(now, lasts, Registry::Claim(claim), claim.digest())
    }

    pub(super) fn pair(&mut self, now: Timestamp, lasts: Duration, pair: Pair) -> Result<(), ExpectError> {
        self.registry(now, lasts, Registry::Pair(pair), pair.digest())
    }

    fn registry(
        &mut self,
        now: Timestamp,
        lasts: Duration,
        message: Registry,
        digest: Digest,
    ) -> Result<(), ExpectError> {
        let entry = Some(Entry { message, digest, until: after(now, lasts) });
        let is_same = |place: &Option<Entry<Registry>>| place.is_some_and(|it| it.digest == digest);
        let is_free = |place: &Option<Entry<Registry>>| !place.is_some_and(|it| it.is_due(now));
        let at = self.registry.iter().position(is_same).or_else(|| self.registry.iter().position(is_free));
        let place = at.and_then(|at| self.registry.get_mut(at));
        *place.ok_or(ExpectError::Full { limit: EXPECTED_MAX })? = entry;
        Ok(())
    }

    /// In the place of an earlier login.
    pub(super) fn login(
        &mut self,
        now: Timestamp,
        lasts: Duration,
        challenge: &LoginChallenge<'_>,
        account: Address,
    ) -> Result<(), ExpectError> {
        let message = LoginText::new(challenge, account)?;
        self.login = Some(Entry { message, digest: challenge.digest(), until: after(now, lasts) });
        Ok(())
    }

    /// The message with this digest, if it is expected now.
    pub(super) fn find(&self, now: Timestamp, digest: &[u8; 32]) -> Option<Digest> {
        let registry = self.registry.iter().flatten().filter(|it| it.is_due(now)).map(|it| it.digest);
        let login = self.login.iter().filter(|it| it.is_due(now)).map(|it| it.digest);
        registry.chain(login).find(|known| known.as_bytes() == digest)
    }

    /// The message with this digest, if it was not withdrawn.
    pub(super) fn message(&self, digest: Digest) -> Option<Signable> {
        let registry = self.registry.iter().flatten().find(|it| it.digest == digest);
        let login = self.login.filter(|it| it.digest == digest);
        registry.map(|it| it.message.into()).or_else(|| login.map(|it| Signable::Login(it.message)))
    }
}
