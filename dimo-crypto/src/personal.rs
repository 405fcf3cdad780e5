//! EIP-191: [`Personal`] messages and the network's [`LoginChallenge`].

use dimo_types::Address;
use thiserror::Error;

use crate::Digest;
use crate::hash::Hasher;
use crate::message::{Message, Verifiable, sealed::Sealed};

/// Any bytes that an account signed under the EIP-191 prefix `"\x19Ethereum Signed Message:\n"` and their length: to verify.
///
/// The prefix keeps them apart from telemetry, transactions and typed messages, but not from each other: whoever has any
/// bytes signed this way has a login or an attestation signed. So a device signs [`LoginChallenge`] only; tools have
/// [`hazmat::AnyPersonal`](crate::hazmat::AnyPersonal).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Personal<'a>(pub &'a [u8]);

impl Sealed for Personal<'_> {}

impl Verifiable for Personal<'_> {
    fn signed_digest(&self) -> Digest {
        eip191(self.0)
    }
}

/// The text that the network's login server asks a device to sign, before it issues a client certificate (EIP-191 over
/// EIP-4361).
///
/// A device signs it only when it begins as such a text does, names the server that the device wanted to log in at, and the
/// device's own account: no attestation, and no login anywhere else, can be had this way.
///
/// # Example: a challenge of the live network, and one for another place
///
/// ```
/// use dimo_crypto::{LoginChallenge, LoginChallengeError, Message};
/// let account = "0x064493aF03c949d58EE03Df0e771B6Eb19A1018A".parse()?;
/// let text = "auth.dimo.zone wants you to sign in with your Ethereum account:\n\
///     0x064493aF03c949d58EE03Df0e771B6Eb19A1018A\n\n127.0.0.1 is asking you sign in.\n\n\
///     URI: https://auth.dimo.zone\nVersion: 1\nChain ID: 1\nNonce: zrIC3hmEvCsv8exZxjsMBYhEciu7oB\n\
///     Issued At: 2024-05-09T16:11:21Z";
/// let challenge = LoginChallenge::new(text, "auth.dimo.zone", account)?;
/// let digest = challenge.digest().to_string();
/// assert_eq!(digest, "0x35846078cc422fe0e8aec5b81e2ec6e346eb197a34ca44c52ee7c295d66e660a");
///
/// let elsewhere = text.replacen("auth.dimo.zone", "bank.example", 1);
/// let refused = LoginChallenge::new(&elsewhere, "auth.dimo.zone", account);
/// assert_eq!(refused, Err(LoginChallengeError::OtherServer));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoginChallenge<'a>(&'a str);

impl<'a> LoginChallenge<'a> {
    /// `text` as the server sent it, for a login at `server` (a host, with its port if the server names one) by `account`.
    ///
    /// # Errors
    ///
    /// [`LoginChallengeError`] when the text is no challenge of that server for that account: do not sign it.
    pub fn new(text: &'a str, server: &str, account: Address) -> Result<Self, LoginChallengeError> {
        let (first, rest) = text.split_once('\n').ok_or(LoginChallengeError::NoChallenge)?;
        let named = first.strip_suffix(Self::INVITATION).ok_or(LoginChallengeError::NoChallenge)?;
        if server.is_empty() || named != server {
            return Err(LoginChallengeError::OtherServer);
        }
        match rest.split('\n').next().map(str::parse::<Address>) {
            Some(Ok(named)) if named == account => Ok(Self(text)),
            _ => Err(LoginChallengeError::OtherAccount),
        }
    }

    /// What follows the server's name in the first line (EIP-4361).
    const INVITATION: &'static str = " wants you to sign in with your Ethereum account:";

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl Sealed for LoginChallenge<'_> {}

impl Message for LoginChallenge<'_> {
    fn digest(&self) -> Digest {
        eip191(self.0.as_bytes())
    }
}

/// Why a text is no [`LoginChallenge`] for this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LoginChallengeError {
    /// The first line is not that of a login (EIP-4361): the server is another one, or wants something else signed.
    #[error("the text does not ask for a login")]
    NoChallenge,
    /// A login somewhere else: the server passes on the challenge of another one.
    #[error("the challenge is for a login at another server")]
    OtherServer,
    /// The second line is not the address of this account.
    #[error("the challenge is for another account")]
    OtherAccount,
}

pub(crate) fn eip191(bytes: &[u8]) -> Digest {
    let mut digits = [0; DECIMAL_LEN];
    Hasher::new()
        .chain(b"\x19Ethereum Signed Message:\n")
        .chain(decimal(bytes.len(), &mut digits))
        .chain(bytes)
        .finish_digest()
}

/// Digits of the largest `usize` of 64 bits.
const DECIMAL_LEN: usize = 20;

/// Writes `number` in decimal and returns the digits.
fn decimal(mut number: usize, digits: &mut [u8; DECIMAL_LEN]) -> &[u8] {
    let mut start = DECIMAL_LEN;
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        start = place;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::{String, ToString};

    const SERVER: &str = "auth.dimo.zone";
    const ACCOUNT: Address = Address::new([0x5A; 20]);

    #[test]
    fn a_challenge_for_another_server_account_or_purpose_is_not_signed() {
        use LoginChallengeError::{NoChallenge, OtherAccount, OtherServer};
        let line = LoginChallenge::INVITATION;
        let read = |text: &str| LoginChallenge::new(text, SERVER, ACCOUNT).map(drop);
        assert_eq!(read(&format!("{SERVER}{line}\n{ACCOUNT}\n\nNonce: 1")), Ok(()));
        assert_eq!(read(&format!("{SERVER}{line}\n{ACCOUNT}")), Ok(()));
        let cases = [
            (format!("{SERVER}{line}"), NoChallenge),
            (format!("{SERVER} {line}\n{ACCOUNT}"), OtherServer),
            (format!("x{SERVER}{line}\n{ACCOUNT}"), OtherServer),
            (format!("{line}\n{ACCOUNT}"), OtherServer),
            (format!("{SERVER}{line}\n{ACCOUNT} "), OtherAccount),
            (format!("{SERVER}{line}\n{}", Address::new([0x5B; 20])), OtherAccount),
            (format!("{SERVER}{line}\n"), OtherAccount),
            (format!("{{\"source\":\"{ACCOUNT}\"}}\n"), NoChallenge),
            ("nonce".to_string(), NoChallenge),
            (String::new(), NoChallenge),
        ];
        for (text, reason) in cases {
            assert_eq!(read(&text), Err(reason), "{text}");
        }
        let nowhere = format!("{line}\n{ACCOUNT}");
        assert_eq!(LoginChallenge::new(&nowhere, "", ACCOUNT), Err(OtherServer));
    }

    #[test]
    fn lengths_are_written_in_decimal() {
        for number in [0, 1, 9, 10, 99, 100, 1_234_567, usize::MAX] {
            let mut digits = [0; DECIMAL_LEN];
            assert_eq!(decimal(number, &mut digits), number.to_string().as_bytes());
        }
    }
}
