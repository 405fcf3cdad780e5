//! [`SharedBatch`]: what one recipient gets of a batch.

use alloc::vec::Vec;

use sha3::{Digest, Keccak256};

use crate::{
    Address, ApproximateTrack, Batch, BatchParts, Disclosed, Disclosure, NotShared, Privilege, Reading,
    RecordId, SharingPolicy, SignalIndex, SignalInfo, SignalValue, Timestamp, Treatment, VssKind, VssSignal,
};

/// What one recipient gets of a batch: filtered by a [`Disclosure`], of whose rules it holds to each, and never empty.
///
/// There is no other way to make one, so that who takes a `SharedBatch` to send it cannot be given an unfiltered one by
/// mistake. It knows its recipient and the version of the policy, for an audit.
///
/// - **Its dictionary** has the entries that the recipient's privileges open, in their order, and none of the others: names say
///   something too. It depends on the privileges alone, not on the readings, so that it stays the same from batch to batch.
///   Where positions may go rounded, an entry named [`ApproximateTrack::SIGNAL`] stands behind.
/// - **Its id** is derived from the batch's and the recipient, with the same time. A backend that serves two recipients knows
///   repeats by their id: under one id it would drop the second recipient's part as a repeat of the first. It hides nothing,
///   device and vehicle are in every batch. A retry has the same id.
///
/// # Example: two recipients, two batches
///
/// ```
/// use dimo_types::{Address, ApproximateTrack, Batch, Grant, Location, Privilege, PrivilegeSet, Reading, RecordId};
/// use dimo_types::{Scale, SharedBatch, SharingPolicy, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit};
/// let now: Timestamp = "2026-01-15T12:00:00Z".parse()?;
/// let info = |name, unit| SignalInfo { name, unit, scale: Scale::IDENTITY };
/// let dictionary = [info("speed", Unit::KilometrePerHour), info("currentLocationCoordinates", Unit::None)];
/// let reading = |signal, value| Reading { time: now, signal: SignalIndex(signal), value };
/// let position = SignalValue::Location(Location::new(52.5163, 13.3777)?);
/// let readings = vec![reading(0, SignalValue::Float(50.0)), reading(1, position)];
/// let vehicle = Some(1337.into());
/// let batch = Batch::new(RecordId::new(now, [7; 16]), Address::ZERO, vehicle, dictionary, readings).unwrap();
///
/// let (insurer, garage) = (Address::new([1; 20]), Address::new([2; 20]));
/// let grant = |recipient, privileges: &[Privilege]| Grant {
///     recipient,
///     privileges: privileges.iter().copied().collect(),
///     from: Timestamp::EPOCH,
///     until: Timestamp::MAX,
/// };
/// let grants = [
///     grant(insurer, &[Privilege::NonLocationData, Privilege::ApproximateLocation]),
///     grant(garage, &[Privilege::NonLocationData]),
/// ];
/// let policy = SharingPolicy::new(1337.into(), 5, &grants)?;
///
/// let shared = SharedBatch::for_all(&batch, &policy, now, &mut ApproximateTrack::new());
/// let names = |of: &SharedBatch<'_>| of.batch().dictionary().iter().map(|entry| entry.name.to_owned()).collect::<Vec<_>>();
/// assert_eq!(shared[0].recipient(), insurer);
/// assert_eq!(names(&shared[0]), ["speed", ApproximateTrack::SIGNAL]);
/// assert_eq!(shared[1].recipient(), garage);
/// assert_eq!(names(&shared[1]), ["speed"]);
/// assert_eq!((shared[1].source(), shared[1].policy_version()), (batch.id(), 5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SharedBatch<'a> {
    batch: Batch<'a>,
    source: RecordId,
    disclosure: Disclosure,
}

impl<'a> SharedBatch<'a> {
    /// What the recipient of `disclosure` gets of `batch`. Every position of the batch goes through `track`, the vehicle's.
    ///
    /// # Errors
    ///
    /// [`NotShared`] when that is nothing.
    pub fn new(
        batch: &Batch<'a>,
        disclosure: &Disclosure,
        track: &mut ApproximateTrack,
    ) -> Result<Self, NotShared> {
        let of_device = batch.vehicle().ok_or(NotShared::NotPaired)?;
        if of_device != disclosure.vehicle() {
            return Err(NotShared::OtherVehicle { of_policy: disclosure.vehicle(), of_device });
        }
        let entries = Entries::new(batch.dictionary(), disclosure);
        let read = |reading: &Reading<'a>| entries.disclose(reading, disclosure, track);
        let readings: Vec<_> = batch.readings().iter().filter_map(read).collect();
        let source = batch.id();
        let id = id_for(source, disclosure.recipient());
        // Made from nothing, part by part: what is not named here does not go.
        let mut shared = Batch::new(id, batch.device(), Some(of_device), entries.dictionary, readings)
            // Each reading has an entry with the scale it came with.
            .map_err(|_| NotShared::NothingLeft)?
            .with_events(shown(batch.events(), |event| disclosure.event(event.time)))
            .with_trouble_codes(shown(batch.trouble_codes(), |report| disclosure.trouble_codes(report.time)));
        if let Some(fingerprint) = batch.fingerprint()
            && disclosure.fingerprint(fingerprint.time) == Treatment::Shown
        {
            shared = shared.with_fingerprint(*fingerprint);
        }
        if let Some(evidence) = batch.movement()
            && disclosure.movement(evidence) == Treatment::Shown
        {
            shared = shared.with_movement(*evidence);
        }
        if shared.readings().is_empty() && shared.parts() == BatchParts::default() {
            return Err(NotShared::NothingLeft);
        }
        Ok(Self { batch: shared, source, disclosure: *disclosure })
    }

    /// What each recipient of `policy` gets of `batch` at `now`, in the order in which the policy first names them. Who gets
    /// nothing is left out. `track` goes forward once.
    #[must_use]
    pub fn for_all(
        batch: &Batch<'a>,
        policy: &SharingPolicy<'_>,
        now: Timestamp,
        track: &mut ApproximateTrack,
    ) -> Vec<Self> {
        // Each from the same start, so that all see the same approximate positions.
        let share = |recipient| {
            let disclosure = Disclosure::new(policy, recipient, batch.vehicle(), now).ok()?;
            Self::new(batch, &disclosure, &mut track.clone()).ok()
        };
        let shared = recipients(policy).filter_map(share).collect();
        for reading in batch.readings() {
            if let SignalValue::Location(position) = reading.value {
                track.approximate(&position);
            }
        }
        shared
    }

    /// The filtered batch, to be encoded and sent to the recipient and to no one else.
    #[must_use]
    pub const fn batch(&self) -> &Batch<'a> {
        &self.batch
    }

    /// The id of the batch that it was made from.
    #[must_use]
    pub const fn source(&self) -> RecordId {
        self.source
    }

    /// Who may see it.
    #[must_use]
    pub const fn recipient(&self) -> Address {
        self.disclosure.recipient()
    }

    /// The version of the policy that says so.
    #[must_use]
    pub const fn policy_version(&self) -> u64 {
        self.disclosure.policy_version()
    }

    /// When it was decided.
    #[must_use]
    pub const fn decided_at(&self) -> Timestamp {
        self.disclosure.now()
    }
}

/// The items that may go as they are.
fn shown<T: Copy>(items: &[T], treatment: impl Fn(&T) -> Treatment) -> Vec<T> {
    items.iter().filter(|item| treatment(item) == Treatment::Shown).copied().collect()
}

/// Whom a policy names, each once.
fn recipients(policy: &SharingPolicy<'_>) -> impl Iterator<Item = Address> {
    let grants = policy.grants();
    grants.iter().enumerate().filter_map(move |(index, grant)| {
        let earlier = grants.get(..index).unwrap_or_default();
        earlier.iter().all(|other| other.recipient != grant.recipient).then_some(grant.recipient)
    })
}

/// The id under which a recipient gets a batch: the same second, and bytes that depend on both.
fn id_for(batch: RecordId, recipient: Address) -> RecordId {
    let hash = Keccak256::new().chain_update(batch.as_bytes()).chain_update(recipient.as_bytes()).finalize();
    let mut id = *batch.as_bytes();
    // The first four bytes of a KSUID are its time.
    for (byte, hashed) in id.iter_mut().skip(4).zip(hash) {
        *byte = hashed;
    }
    RecordId::from_bytes(id)
}

/// The dictionary of a batch, and what of it a recipient gets.
struct Entries<'a> {
    rows: Vec<Row>,
    dictionary: Vec<SignalInfo<'a>>,
}

/// One entry of the batch's dictionary.
struct Row {
    named: Option<&'static VssSignal>,
    /// Its place in the recipient's dictionary, when readings of it may go as they are.
    shown: Option<SignalIndex>,
    /// The place under which its readings go rounded.
    rounded: Option<SignalIndex>,
}

impl<'a> Entries<'a> {
    fn new(dictionary: &[SignalInfo<'a>], disclosure: &Disclosure) -> Self {
        let mut entries = Self { rows: Vec::with_capacity(dictionary.len()), dictionary: Vec::new() };
        for entry in dictionary {
            let named = VssSignal::by_name(entry.name);
            let shown = match disclosure.signal(named) {
                Treatment::Shown => entries.push(*entry),
                _ => None,
            };
            entries.rows.push(Row { named, shown, rounded: None });
        }
        for (index, entry) in dictionary.iter().enumerate() {
            let is_position = |row: &Row| row.named.is_some_and(|signal| signal.kind == VssKind::Location);
            let may_round = disclosure.opens(Privilege::ApproximateLocation, disclosure.now());
            if may_round && entries.rows.get(index).is_some_and(is_position) {
                let rounded = entries.push(SignalInfo { name: ApproximateTrack::SIGNAL, ..*entry });
                if let Some(row) = entries.rows.get_mut(index) {
                    row.rounded = rounded;
                }
            }
        }
        entries
    }

    fn push(&mut self, entry: SignalInfo<'a>) -> Option<SignalIndex> {
        let index = u16::try_from(self.dictionary.len()).ok()?;
        self.dictionary.push(entry);
        Some(SignalIndex(index))
    }

    /// What the recipient gets of one reading, under the recipient's index.
    fn disclose<'r>(
        &self,
        reading: &Reading<'r>,
        disclosure: &Disclosure,
        track: &mut ApproximateTrack,
    ) -> Option<Reading<'r>> {
        let row = self.rows.get(usize::from(reading.signal.0))?;
        let (signal, reading) = match disclosure.reading(row.named, reading, track) {
            Disclosed::Shown(reading) => (row.shown?, reading),
            Disclosed::Rounded(reading) => (row.rounded?, reading),
            Disclosed::Withheld => return None,
        };
        Some(Reading { signal, ..reading })
    }
}
