//! [`SignedJson`]: the network's present form of what the device seals.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use application::Gen1;
use backend::contract::{Word, topic};
use dimo_types::wire::{DecodeLimits, Dictionary, Gen1Kind, StreamMessage, decode_batch, decode_dictionary};
use gateway::enrol::DeviceWallet;
use gateway::{Failed, gen1};

use crate::console::say;
use crate::key;
use crate::settings::Gen1For;
use crate::storage::write_private;

/// JSON of each batch, signed by the wallet.
pub(crate) struct SignedJson {
    wallet: DeviceWallet,
    topic: String,
    dictionaries: Dictionaries,
    /// What is left of the batch that was taken last.
    payloads: VecDeque<Vec<u8>>,
}

impl SignedJson {
    pub(crate) fn open(folder: &Path, listener: Gen1For) -> Result<Self, Failed> {
        let wallet = key::open(folder)?;
        let topic = match listener {
            Gen1For::Backend => topic(wallet.address(), Word::Gen1),
            Gen1For::Network => Gen1Kind::Status.topic(wallet.address()),
        };
        let dictionaries = Dictionaries { folder: folder.to_owned(), known: HashMap::new() };
        Ok(Self { wallet, topic, dictionaries, payloads: VecDeque::new() })
    }

    fn payloads(&mut self, batch: &[u8], most: usize) -> Result<Vec<Vec<u8>>, Failed> {
        let failed = |reason: &dyn std::fmt::Display| Failed::at("a batch", reason);
        let message = StreamMessage::decode(batch).map_err(|error| failed(&error))?;
        let StreamMessage::Batch { payload, .. } = message else { return Err(failed(&"it is none")) };
        let batch = decode_batch(&payload, &DecodeLimits::default()).map_err(|error| failed(&error))?;
        let dictionary = self.dictionaries.find(batch.dictionary_hash())?;
        let batch = batch.to_batch(dictionary).map_err(|error| failed(&error))?;
        gen1::payloads(&mut self.wallet, &batch, most)
    }
}

impl Gen1 for SignedJson {
    fn learn(&mut self, dictionary: &[u8]) {
        if let Err(reason) = self.dictionaries.learn(dictionary) {
            refuse(&reason);
        }
    }

    fn take(&mut self, batch: &[u8], most: usize) {
        self.payloads = self.payloads(batch, most).map_or_else(
            |reason| {
                refuse(&reason);
                VecDeque::new()
            },
            VecDeque::from,
        );
    }

    fn next(&self) -> Option<&[u8]> {
        self.payloads.front().map(Vec::as_slice)
    }

    fn sent(&mut self) {
        self.payloads.pop_front();
    }

    fn topic(&self) -> &str {
        &self.topic
    }
}

/// The sealed record says it; this form does not.
fn refuse(reason: &Failed) {
    say(format_args!("gen1\trefused\t{}", reason.0.replace(['\t', '\n'], " ")));
}

/// What the indices in batches mean, by the hash that a batch names. They are kept in files: a batch may have waited since before the present plan.
struct Dictionaries {
    folder: PathBuf,
    known: HashMap<[u8; 32], Dictionary>,
}

impl Dictionaries {
    fn learn(&mut self, message: &[u8]) -> Result<(), Failed> {
        let dictionary = parse(message)?;
        let hash = *dictionary.hash();
        if self.known.insert(hash, dictionary).is_none() {
            write_private(&self.file(&hash), message)?;
        }
        Ok(())
    }

    fn find(&mut self, hash: &[u8; 32]) -> Result<&Dictionary, Failed> {
        if !self.known.contains_key(hash) {
            let file = self.file(hash);
            let message = fs::read(&file).map_err(|error| Failed::at(&file.display().to_string(), error))?;
            self.known.insert(*hash, parse(&message)?);
        }
        self.known.get(hash).ok_or_else(|| Failed::at("a dictionary", "another one was stored"))
    }

    fn file(&self, hash: &[u8; 32]) -> PathBuf {
        let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("dictionary-{name}.bin"))
    }
}

fn parse(message: &[u8]) -> Result<Dictionary, Failed> {
    let failed = |reason: &dyn std::fmt::Display| Failed::at("a dictionary", reason);
    match StreamMessage::decode(message).map_err(|error| failed(&error))? {
        StreamMessage::Dictionary { payload } => {
            decode_dictionary(&payload, &DecodeLimits::default()).map_err(|error| failed(&error))
        }
        _ => Err(failed(&"it is none")),
    }
}
