//! [`Batch`]: the readings of one device over one span of time, the domain type behind every wire form.

use alloc::vec::Vec;

use thiserror::Error;

use crate::{
    Address, BatchParts, Fingerprint, MovementEvidence, Reading, RecordId, Scale, SignalDictionary,
    SignalIndex, SignalInfo, SignalValue, Timestamp, TokenId, TroubleReport, VehicleEvent,
};

/// What one device says of one vehicle over one span of time.
///
/// Readings stand in canonical order: by time, then by dictionary index; readings of one signal at one time keep the
/// order in which they came. So two batches with the same readings are the same batch, and every wire form can give
/// back exactly what went in.
///
/// # Example: readings sort themselves
///
/// ```
/// use dimo_types::{Address, Batch, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit};
/// let dictionary = [SignalInfo { name: "speed", unit: Unit::KilometrePerHour, scale: Scale::IDENTITY }];
/// let reading = |ms, speed| Reading {
///     time: Timestamp::from_millis(ms).unwrap(),
///     signal: SignalIndex(0),
///     value: SignalValue::Float(speed),
/// };
/// let id = RecordId::from_bytes([7; 20]);
/// let readings = vec![reading(2_000, 51.0), reading(1_000, 50.0)];
/// let batch = Batch::new(id, Address::ZERO, None, dictionary, readings).unwrap();
/// assert_eq!(batch.first_time(), Timestamp::from_millis(1_000).ok());
/// assert_eq!(batch.last_time(), Timestamp::from_millis(2_000).ok());
/// ```
///
/// # Example: a signal that the dictionary does not name
///
/// ```
/// use dimo_types::{Address, Batch, BatchError, Reading, RecordId, SignalIndex, SignalValue, Timestamp};
/// let stray = Reading { time: Timestamp::EPOCH, signal: SignalIndex(3), value: SignalValue::Bool(true) };
/// let rejected = Batch::new(RecordId::from_bytes([7; 20]), Address::ZERO, None, [], vec![stray]).unwrap_err();
/// assert_eq!(rejected.reason, BatchError::UnknownSignal { position: 0, signal: SignalIndex(3), entries: 0 });
/// assert_eq!(rejected.readings, [stray]); // handed back
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Batch<'a> {
    id: RecordId,
    device: Address,
    vehicle: Option<TokenId>,
    dictionary: Vec<SignalInfo<'a>>,
    readings: Vec<Reading<'a>>,
    events: Vec<VehicleEvent<'a>>,
    trouble_codes: Vec<TroubleReport<'a>>,
    fingerprint: Option<Fingerprint<'a>>,
    movement: Option<MovementEvidence<'a>>,
    leaf_seed: Option<[u8; 16]>,
}

impl<'a> Batch<'a> {
    /// A batch of `readings` from `device`, which is paired with `vehicle` if that is known.
    ///
    /// `id` stays with the batch from the queue to the backend. The readings may come in any order.
    ///
    /// # Errors
    ///
    /// [`RejectedBatch`] with the readings, in the order given, when one of them names a signal outside `dictionary`
    /// or carries another scale than its entry.
    pub fn new(
        id: RecordId,
        device: Address,
        vehicle: Option<TokenId>,
        dictionary: impl Into<Vec<SignalInfo<'a>>>,
        mut readings: Vec<Reading<'a>>,
    ) -> Result<Self, RejectedBatch<'a>> {
        let dictionary = dictionary.into();
        if let Some(reason) = first_fault(&dictionary, &readings) {
            return Err(RejectedBatch { readings, reason });
        }
        readings.sort_by_key(|reading| (reading.time, reading.signal));
        Ok(Self::of_sorted(id, device, vehicle, dictionary, readings))
    }

    /// A batch of readings that stand in canonical order and fit `dictionary`, as the caller has seen to.
    pub(crate) fn of_sorted(
        id: RecordId,
        device: Address,
        vehicle: Option<TokenId>,
        dictionary: Vec<SignalInfo<'a>>,
        readings: Vec<Reading<'a>>,
    ) -> Self {
        Self {
            id,
            device,
            vehicle,
            dictionary,
            readings,
            events: Vec::new(),
            trouble_codes: Vec::new(),
            fingerprint: None,
            movement: None,
            leaf_seed: None,
        }
    }

    /// The batch with these events, in this order, and no other.
    #[must_use]
    pub fn with_events(self, events: impl Into<Vec<VehicleEvent<'a>>>) -> Self {
        Self { events: events.into(), ..self }
    }

    /// The batch with these answers to readings of the vehicle's trouble codes, and no other.
    #[must_use]
    pub fn with_trouble_codes(self, reports: impl Into<Vec<TroubleReport<'a>>>) -> Self {
        Self { trouble_codes: reports.into(), ..self }
    }

    /// The batch with the vehicle's fingerprint.
    #[must_use]
    pub fn with_fingerprint(self, fingerprint: Fingerprint<'a>) -> Self {
        Self { fingerprint: Some(fingerprint), ..self }
    }

    /// The batch with evidence that the vehicle moved.
    #[must_use]
    pub fn with_movement(self, evidence: MovementEvidence<'a>) -> Self {
        Self { movement: Some(evidence), ..self }
    }

    /// The batch with the seed of its leaves' salts: see [`BatchParts::leaf_seed`].
    #[must_use]
    pub fn with_leaf_seed(self, seed: [u8; 16]) -> Self {
        Self { leaf_seed: Some(seed), ..self }
    }

    /// What happened to the vehicle.
    #[must_use]
    pub fn events(&self) -> &[VehicleEvent<'a>] {
        &self.events
    }

    /// Answers to readings of the vehicle's trouble codes.
    #[must_use]
    pub fn trouble_codes(&self) -> &[TroubleReport<'a>] {
        &self.trouble_codes
    }

    /// Which vehicle it is, when the device said so.
    #[must_use]
    pub const fn fingerprint(&self) -> Option<&Fingerprint<'a>> {
        self.fingerprint.as_ref()
    }

    /// What shows that the vehicle moved, when the device said so.
    #[must_use]
    pub const fn movement(&self) -> Option<&MovementEvidence<'a>> {
        self.movement.as_ref()
    }

    /// Everything it carries beside readings.
    #[must_use]
    pub fn parts(&self) -> BatchParts<'_> {
        BatchParts {
            events: &self.events,
            trouble_codes: &self.trouble_codes,
            fingerprint: self.fingerprint,
            movement: self.movement,
            leaf_seed: self.leaf_seed,
        }
    }

    /// The id by which the backend acknowledges the batch and knows a repeat.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// The address of the device's wallet.
    #[must_use]
    pub const fn device(&self) -> Address {
        self.device
    }

    /// The vehicle that the device is paired with, or `None` when it is not paired.
    #[must_use]
    pub const fn vehicle(&self) -> Option<TokenId> {
        self.vehicle
    }

    /// What the signal indexes stand for, in their order.
    #[must_use]
    pub fn dictionary(&self) -> &[SignalInfo<'a>] {
        &self.dictionary
    }

    /// The readings in canonical order.
    #[must_use]
    pub fn readings(&self) -> &[Reading<'a>] {
        &self.readings
    }

    /// The time of the earliest reading, or `None` when there is none.
    #[must_use]
    pub fn first_time(&self) -> Option<Timestamp> {
        self.readings.first().map(|reading| reading.time)
    }

    /// The time of the latest reading, or `None` when there is none.
    #[must_use]
    pub fn last_time(&self) -> Option<Timestamp> {
        self.readings.last().map(|reading| reading.time)
    }
}

/// What is wrong with the first reading that does not fit `dictionary`.
fn first_fault(dictionary: &[SignalInfo<'_>], readings: &[Reading<'_>]) -> Option<BatchError> {
    readings.iter().enumerate().find_map(|(position, reading)| {
        let signal = reading.signal;
        let Some(entry) = dictionary.signal(signal) else {
            return Some(BatchError::UnknownSignal { position, signal, entries: dictionary.len() });
        };
        match reading.value {
            SignalValue::Scaled { scale, .. } if !same_bits(scale, entry.scale) => {
                Some(BatchError::OtherScale { position, signal })
            }
            _ => None,
        }
    })
}

/// Whether two scales are the same to the bit; a scale that is not a number equals itself here.
fn same_bits(a: Scale, b: Scale) -> bool {
    a.factor.to_bits() == b.factor.to_bits() && a.offset.to_bits() == b.offset.to_bits()
}

/// Readings that make no [`Batch`], handed back as they were given.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{reason}")]
pub struct RejectedBatch<'a> {
    /// The readings, in the order given.
    pub readings: Vec<Reading<'a>>,
    /// What is wrong with the first that does not fit.
    pub reason: BatchError,
}

impl From<RejectedBatch<'_>> for BatchError {
    fn from(rejected: RejectedBatch<'_>) -> Self {
        rejected.reason
    }
}

/// Why readings and a dictionary are no [`Batch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A reading names a signal outside the dictionary. It was decoded with another plan: batch it with that plan's dictionary.
    #[error("reading {position} is of signal {}, the dictionary has {entries}", signal.0)]
    UnknownSignal {
        /// Which reading, counted from 0 in the order given.
        position: usize,
        /// The signal it names.
        signal: SignalIndex,
        /// How many entries the dictionary has.
        entries: usize,
    },
    /// A reading carries a scale that is not its dictionary entry's to the bit. The wire forms send the scale once, with the
    /// dictionary: state there what the readings use.
    #[error("reading {position} has another scale than the dictionary's entry for signal {}", signal.0)]
    OtherScale {
        /// Which reading, counted from 0 in the order given.
        position: usize,
        /// The signal it names.
        signal: SignalIndex,
    },
}
