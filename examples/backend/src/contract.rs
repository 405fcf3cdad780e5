//! What a device and its backend agree on besides the forms of `dimo-types` and the sessions of `dimo-crypto`.
//!
//! | topic | way | payload |
//! |---|---|---|
//! | `dimo/v1/ADDRESS/session` | up | the signed opening of a session (SESSION.md of `dimo-crypto`) |
//! | `dimo/v1/ADDRESS/record` | up | a sealed record around a `StreamMessage`: a batch or a dictionary |
//! | `dimo/v1/ADDRESS/report` | up | a sealed record around whatever else a device has to say |
//! | `dimo/v1/ADDRESS/gen1` | up | the network's present form: JSON, signed, compressed or not |
//! | `dimo/v1/ADDRESS/reply` | down | the server's reply to an opening |
//! | `dimo/v1/ADDRESS/down` | down | a sealed record that begins with its kind: 1 and the ids of stored batches, 20 bytes each; 2 and the hash of a dictionary that is missing; from 16 on what an application makes of it |
//!
//! ADDRESS is that of the device, `0x` and 40 lower-case hexadecimal digits. All messages go with QoS 1.

use dimo_types::Address;

/// What a backend subscribes to.
pub const SUBSCRIPTION: &str = "dimo/v1/+/+";

/// The kind of a record that acknowledges batches.
pub const ACKNOWLEDGED: u8 = 1;
/// The kind of a record that asks for a dictionary.
pub const DICTIONARY_WANTED: u8 = 2;

/// What goes over a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever carries messages has to know all of them")]
pub enum Word {
    /// The opening of a session goes up.
    Session,
    /// Sealed telemetry goes up.
    Record,
    /// A sealed report goes up.
    Report,
    /// A signed message of today's form goes up.
    Gen1,
    /// The reply to an opening goes down.
    Reply,
    /// A sealed command goes down.
    Down,
}

impl Word {
    const ALL: [Self; 6] = [Self::Session, Self::Record, Self::Report, Self::Gen1, Self::Reply, Self::Down];

    /// As it stands in the topic.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Record => "record",
            Self::Report => "report",
            Self::Gen1 => "gen1",
            Self::Reply => "reply",
            Self::Down => "down",
        }
    }
}

/// The topic for a device.
#[must_use]
pub fn topic(device: Address, word: Word) -> String {
    format!("dimo/v1/{}/{}", device.to_string().to_ascii_lowercase(), word.as_str())
}

/// The device and the word of a topic; `None` for any other topic.
#[must_use]
pub fn parse(topic: &str) -> Option<(Address, Word)> {
    let (address, word) = topic.strip_prefix("dimo/v1/")?.split_once('/')?;
    let word = Word::ALL.into_iter().find(|it| it.as_str() == word)?;
    // Checksums of letter case are for people: a topic has none.
    let is_lower = !address.contains(|c: char| c.is_ascii_uppercase());
    Some((address.parse().ok().filter(|_| is_lower)?, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_says_whose_it_is_and_what_goes_over_it() {
        let device = Address::new([0xAB; 20]);
        for word in Word::ALL {
            assert_eq!(parse(&topic(device, word)), Some((device, word)));
        }
        for other in ["dimo/v1/0xab/record", "dimo/v2/x/record", "dimo/v1/record", ""] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
