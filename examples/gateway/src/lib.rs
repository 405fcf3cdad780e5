//! The device on Linux, of the crates and the standard library. The program `gateway` runs the application that boards run (see the README); this library has
//! what a computer brings to it, and a simpler path, readings of a log to an uplink, that shows the network's present form too.
//!
//! | module | what it does |
//! |---|---|
//! | [`enrol`] | a client certificate, as the network issues them: a login that the wallet signs, a P-256 key of its own, a request for a certificate, renewal before it ends |
//! | [`drive`] | frames of a log become readings by a plan, readings batches |
//! | [`gen1`] | a batch in the network's present form |
//! | [`outbox`] | batches wait in a file until they are acknowledged |
//! | [`uplink`] | MQTT over mutual TLS: sealed sessions, and the network's present form beside them |

pub mod drive;
pub mod enrol;
pub mod gen1;
pub mod outbox;
pub mod uplink;

/// What went wrong, for a person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

impl Failed {
    /// What was being done, and why it failed.
    pub fn at(what: &str, reason: impl std::fmt::Display) -> Self {
        Self(format!("{what}: {reason}"))
    }
}

/// What time it is.
pub fn now() -> dimo_types::Timestamp {
    use dimo_types::Timestamp;
    let since =
        std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
}

/// Random bytes of the system.
///
/// # Errors
///
/// When it has none.
pub fn random<const N: usize>() -> Result<[u8; N], Failed> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Failed::at("random bytes", error))?;
    Ok(bytes)
}
