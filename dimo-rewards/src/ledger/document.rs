//! A ledger as a document: its entries, and nothing that follows from them.

use core::fmt;

use dimo_types::Timestamp;

use super::{Ledger, Transfer};

/// Its entries, oldest first; the balances follow from them.
impl serde::Serialize for Ledger {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries())
    }
}

/// Posts every entry anew, so that what was tampered with is refused as if it were posted.
impl<'de> serde::Deserialize<'de> for Ledger {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Line {
            at: Timestamp,
            #[serde(flatten)]
            transfer: Transfer,
        }
        struct Lines;
        impl<'de> serde::de::Visitor<'de> for Lines {
            type Value = Ledger;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the entries of a ledger")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut lines: A) -> Result<Ledger, A::Error> {
                let mut ledger = Ledger::new();
                while let Some(Line { at, transfer }) = lines.next_element()? {
                    ledger.post(at, &[transfer]).map_err(serde::de::Error::custom)?;
                }
                Ok(ledger)
            }
        }
        deserializer.deserialize_seq(Lines)
    }
}
