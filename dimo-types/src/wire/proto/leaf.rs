//! The leaves of a received batch: what its device hashed, if it signed the root of a tree over them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use prost::Message;

use super::column::{Head, Values};
use super::{DecodedBatch, v1};
use crate::wire::encoder::salt;
use crate::{Raw, Scale, SignalIndex, SignalValue, Timestamp};

impl DecodedBatch {
    /// The leaves as [`BatchEncoder::leaf`](crate::wire::BatchEncoder::leaf) writes them, from what was received. `None` when
    /// the batch has [unknown](Self::unknown) columns or fields, of which a leaf would lack something.
    #[must_use]
    pub fn leaves(&self) -> Option<Vec<Vec<u8>>> {
        if !self.unknown().is_empty() {
            return None;
        }
        let mut places: BTreeMap<SignalIndex, usize> = BTreeMap::new();
        let mut leaves: Vec<Leaf> = Vec::new();
        let mut values = Values::of(&self.message);
        for head in &self.columns {
            let place = *places.entry(head.signal).or_insert(leaves.len());
            if place == leaves.len() {
                leaves.push(Leaf { message: self.leaf_header(), next_signal: 0 });
            }
            leaves.get_mut(place)?.push(
                head,
                self.timelines.of(head).ok()?,
                &mut values,
                self.message.start_us,
            );
        }
        let mut messages: Vec<_> = leaves.into_iter().map(|leaf| leaf.message).collect();
        messages.extend(self.leaf_of_parts());
        let salt = |index: u32| self.parts.leaf_seed.map(|seed| salt(&seed, index));
        let encoded = (0..).zip(messages).map(|(index, message)| {
            let mut leaf = Vec::from(salt(index).as_ref().map_or(&[][..], |salt| salt));
            leaf.extend(message.encode_to_vec());
            leaf
        });
        Some(encoded.collect())
    }

    fn leaf_header(&self) -> v1::TelemetryBatch {
        v1::TelemetryBatch {
            id: self.message.id.clone(),
            device: self.message.device.clone(),
            vehicle: self.message.vehicle.clone(),
            dictionary_hash: self.message.dictionary_hash.clone(),
            start_us: self.message.start_us,
            ..v1::TelemetryBatch::default()
        }
    }

    fn leaf_of_parts(&self) -> Option<v1::TelemetryBatch> {
        let (events, trouble_codes) = (&self.message.events, &self.message.trouble_codes);
        let fingerprint = &self.message.fingerprint;
        let any = !events.is_empty() || !trouble_codes.is_empty() || fingerprint.is_some();
        any.then(|| v1::TelemetryBatch {
            events: events.clone(),
            trouble_codes: trouble_codes.clone(),
            fingerprint: fingerprint.clone(),
            ..self.leaf_header()
        })
    }
}

/// A leaf that grows by columns of one signal.
struct Leaf {
    message: v1::TelemetryBatch,
    next_signal: i32,
}

impl Leaf {
    /// Adds the next column, whose values are the next of `values`.
    fn push(&mut self, head: &Head, times: &[Timestamp], values: &mut Values<'_>, start_us: u64) {
        let message = &mut self.message;
        let signal = i32::from(head.signal.0);
        message.column_timelines.push(i64::from(!message.column_signals.is_empty()));
        message.column_signals.push(signal - self.next_signal);
        self.next_signal = signal + 1;
        message.column_kinds.push(head.kind.into());
        push_times(message, times, start_us);
        let mut last = None;
        for place in 0..times.len() {
            // The scale does not matter: raw integers travel.
            if let Some(value) = values.next(head.kind, place, Scale::IDENTITY) {
                push_value(message, &value, &mut last);
            }
        }
    }
}

fn push_times(message: &mut v1::TelemetryBatch, times: &[Timestamp], start_us: u64) {
    let Some((first, rest)) = times.split_first() else { return };
    message.timeline_lengths.push(times.len() as u64);
    message.timeline_firsts_us.push(first.as_micros().wrapping_sub(start_us).cast_signed());
    let (mut previous, mut distance) = (*first, 0);
    for time in rest {
        let next = time.micros_since(previous);
        message.timeline_steps_us.push(next - distance);
        (previous, distance) = (*time, next);
    }
}

fn push_value(message: &mut v1::TelemetryBatch, value: &SignalValue<'_>, last: &mut Option<i64>) {
    match *value {
        SignalValue::Scaled { raw, .. } => {
            let raw = match raw {
                Raw::Signed(raw) => raw,
                Raw::Unsigned(raw) => raw.cast_signed(),
            };
            match last.replace(raw) {
                None => message.raw_firsts.push(raw),
                Some(last) => message.raw_steps.push(raw.wrapping_sub(last)),
            }
        }
        SignalValue::Float(value) => message.floats.push(value),
        SignalValue::Text(text) => message.texts.push(text.into()),
        SignalValue::Bool(on) => message.states.push(on),
        SignalValue::Location(place) => message.locations.push(v1::Location {
            latitude: Some(place.latitude),
            longitude: Some(place.longitude),
            altitude: place.altitude,
            hdop: place.hdop,
            heading: place.heading,
        }),
    }
}
