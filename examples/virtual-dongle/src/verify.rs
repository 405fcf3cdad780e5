//! `verify FILE`: whether a message is from whom it says, for one who has nothing but the message.
//!
//! Every input is judged hostile: nothing of it is printed but `subject` and `type`, and what it can make this program allocate
//! is bounded by [`LIMITS`].

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use dimo_crypto::{Attestation, ReceivedTelemetry, Signature, Verifiable, verify};
use dimo_types::wire::{Gen1Limits, Gen1ParseError, ReceivedEnvelope, received_json};
use dimo_types::{Address, Did};
use serde::Serialize;

use crate::args::VerifyArgs;

/// The longest file, and the longest JSON inside a compressed one. Together with what base64 decodes to and what nesting takes
/// while it is read, the program stays below 256 MB.
const LIMITS: Gen1Limits = Gen1Limits { json_bytes: 64 << 20, signals: 1 << 19 };

/// The type of an event that an account signed under the prefix of personal messages.
const ATTESTATION: &str = "dimo.attestation";

/// What is printed: one line of JSON.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    ok: bool,
    subject: Option<Cow<'a, str>>,
    r#type: Option<Cow<'a, str>>,
    signals: usize,
    reason: Option<String>,
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Verified = 0,
    NotVerified = 1,
    Unreadable = 2,
}

/// Judges the file and prints the verdict.
pub(crate) fn run(args: &VerifyArgs) -> ExitCode {
    let outcome = match read(&args.file) {
        Ok(bytes) => judge(&bytes, args.address, &mut io::stdout().lock()),
        Err(reason) => print(Outcome::Unreadable, &no_event(reason), &mut io::stdout().lock()),
    };
    outcome.map_or(ExitCode::from(Outcome::Unreadable as u8), |outcome| ExitCode::from(outcome as u8))
}

/// The file, unless it is longer than the limit.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(failed)?;
    let limit = LIMITS.json_bytes as u64;
    let length = file.metadata().map_err(failed)?.len();
    if length > limit {
        return Err(Gen1ParseError::TooLarge { limit: LIMITS.json_bytes }.to_string());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // A pipe has no length; one byte too many is enough to see that it is too long.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn judge(bytes: &[u8], address: Option<Address>, to: &mut impl Write) -> io::Result<Outcome> {
    let json = match received_json(bytes, &LIMITS) {
        Ok(json) => json,
        Err(error) => return print(outcome_of(&error), &no_event(error.to_string()), to),
    };
    let event = match ReceivedEnvelope::parse(&json) {
        Ok(event) => event,
        Err(error) => return print(outcome_of(&error), &no_event(error.to_string()), to),
    };
    let reason = check(&event, address).err();
    let outcome = if reason.is_none() { Outcome::Verified } else { Outcome::NotVerified };
    let verdict = Verdict {
        ok: reason.is_none(),
        subject: event.subject(),
        r#type: event.event_type(),
        signals: event.signal_count(),
        reason,
    };
    print(outcome, &verdict, to)
}

/// A message that contradicts itself can be read, in more than one way; that is why it is not verified.
fn outcome_of(error: &Gen1ParseError) -> Outcome {
    match error {
        Gen1ParseError::Duplicate { .. } | Gen1ParseError::MixedForms { .. } => Outcome::NotVerified,
        _ => Outcome::Unreadable,
    }
}

fn no_event(reason: String) -> Verdict<'static> {
    Verdict { ok: false, subject: None, r#type: None, signals: 0, reason: Some(reason) }
}

fn print(outcome: Outcome, verdict: &Verdict<'_>, to: &mut impl Write) -> io::Result<Outcome> {
    serde_json::to_writer(&mut *to, verdict)?;
    writeln!(to)?;
    to.flush()?;
    Ok(outcome)
}

/// Whether the event is signed by `address`, or by whom it names.
fn check(event: &ReceivedEnvelope<'_>, address: Option<Address>) -> Result<(), String> {
    if event.event_type().as_deref() == Some(ATTESTATION) {
        let signer = signer(address, "source", event.source())?;
        check_attestation(event, &signature(event)?, signer)
    } else {
        let signer = signer(address, "subject", event.subject())?;
        let data = event.data_bytes().ok_or("there is no data")?;
        check_bytes(ReceivedTelemetry(data), &signature(event)?, signer)
    }
}

fn check_attestation(
    event: &ReceivedEnvelope<'_>,
    signature: &Signature,
    signer: Address,
) -> Result<(), String> {
    let data = event.data_bytes();
    let Some(text) = event.data_base64() else {
        let data = data.ok_or("there is no data")?;
        return check_bytes(Attestation::Data(data), signature, signer);
    };
    if data.is_some_and(|data| data != b"null") {
        return Err("data stands beside data_base64".to_owned());
    }
    // The network's parts differ in which of the two is signed.
    check_bytes(Attestation::Base64Text(&text), signature, signer).or_else(|reason| {
        let decoded = event.data_base64_decoded().ok_or("data_base64 is no base64 text")?;
        check_bytes(Attestation::Base64Decoded(&decoded), signature, signer).map_err(|_| reason)
    })
}

fn check_bytes(message: impl Verifiable, signature: &Signature, signer: Address) -> Result<(), String> {
    verify(message, signature, signer).map(drop).map_err(|error| error.to_string())
}

/// The account that has to have signed.
fn signer(
    address: Option<Address>,
    field: &'static str,
    named: Option<Cow<'_, str>>,
) -> Result<Address, String> {
    if let Some(address) = address {
        return Ok(address);
    }
    let named = named.ok_or_else(|| format!("there is no {field}"))?;
    account(&named).map_err(|reason| format!("{field}: {reason}"))
}

/// The longest DID is some 160 characters.
const LONGEST_ACCOUNT: usize = 200;

/// An account in any letter case: its address, or its DID.
fn account(text: &str) -> Result<Address, String> {
    if text.len() > LONGEST_ACCOUNT {
        return Err(format!("no address has {} characters", text.len()));
    }
    let text = text.to_ascii_lowercase();
    if !text.starts_with("did:") {
        return address(&text);
    }
    match Did::parse_or_legacy(&text) {
        Ok(Did::Ethr { address, .. }) => Ok(address),
        Ok(_) => Err("this DID names a token, not an account; give the signer with --address".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// An address in any letter case: senders lose the case, and with it the checksum, on the way.
pub(crate) fn address(text: &str) -> Result<Address, String> {
    let text = text.to_ascii_lowercase();
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    format!("0x{digits}").parse::<Address>().map_err(|error| error.to_string())
}

/// The signature; the network's verifiers take it without its `0x` too.
fn signature(event: &ReceivedEnvelope<'_>) -> Result<Signature, String> {
    let text = event.signature().filter(|text| !text.is_empty()).ok_or("there is no signature")?;
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(&text);
    if digits.len() != 2 * Signature::LEN {
        return Err(format!("a signature has 130 hexadecimal digits, not {}", digits.len()));
    }
    format!("0x{digits}").parse::<Signature>().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: &str = "0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61";

    #[test]
    fn an_account_is_read_in_any_letter_case_and_as_a_did() {
        let device = address(DEVICE).unwrap();
        for text in [
            DEVICE.to_owned(),
            DEVICE.to_lowercase(),
            DEVICE.to_uppercase(),
            DEVICE.replace("318F53cC", "318f53Cc"),
            DEVICE.trim_start_matches("0x").to_owned(),
            format!("did:ethr:137:{DEVICE}"),
            format!("did:ethr:137:{}", DEVICE.to_lowercase()),
        ] {
            assert_eq!(account(&text), Ok(device), "{text}");
        }
    }

    #[test]
    fn what_names_no_account_is_told() {
        for (text, part) in [
            (format!("did:erc721:137:{DEVICE}:7"), "--address"),
            (format!("did:nft:137:{DEVICE}_7"), "--address"),
            ("did:web:example".to_owned(), "erc721 or ethr"),
            (String::new(), "40 hexadecimal digits"),
            ("0x".to_owned() + &"é".repeat(20), "hexadecimal"),
            ("0".repeat(1000), "1000 characters"),
        ] {
            let reason = account(&text).unwrap_err();
            assert!(reason.contains(part), "{text}: {reason}");
        }
    }
}
