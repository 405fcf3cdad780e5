//! [`Gen1`]: the network's present form of the telemetry, beside the sealed one.

/// Says the same as the sealed records in the form that the network takes today: JSON, signed by the wallet. It is made of what is sealed, so nothing is in it that the
/// owner has not let through. `()` is without.
///
/// Its payloads go out before the record of their batch. What was on its way when a connection broke goes out again with its batch: the same payload, word for word.
pub trait Gen1 {
    /// The message with the dictionary: what the indices in the batches of its hash mean. It comes before them in each connection.
    fn learn(&mut self, dictionary: &[u8]);

    /// The message with the next batch, in payloads of at most so many bytes each. What is left of the one before is forgotten.
    fn take(&mut self, batch: &[u8], most: usize);

    /// The first payload that was not sent yet.
    fn next(&self) -> Option<&[u8]>;

    /// It is on its way.
    fn sent(&mut self);

    /// Where payloads go.
    fn topic(&self) -> &str;
}

/// Whether there is one is for the settings to say.
impl<G: Gen1> Gen1 for Option<G> {
    fn learn(&mut self, dictionary: &[u8]) {
        if let Some(gen1) = self {
            gen1.learn(dictionary);
        }
    }

    fn take(&mut self, batch: &[u8], most: usize) {
        if let Some(gen1) = self {
            gen1.take(batch, most);
        }
    }

    fn next(&self) -> Option<&[u8]> {
        self.as_ref().and_then(Gen1::next)
    }

    fn sent(&mut self) {
        if let Some(gen1) = self {
            gen1.sent();
        }
    }

    fn topic(&self) -> &str {
        self.as_ref().map_or("", Gen1::topic)
    }
}

impl Gen1 for () {
    fn learn(&mut self, _dictionary: &[u8]) {}

    fn take(&mut self, _batch: &[u8], _most: usize) {}

    fn next(&self) -> Option<&[u8]> {
        None
    }

    fn sent(&mut self) {}

    fn topic(&self) -> &str {
        ""
    }
}
