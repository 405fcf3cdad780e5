//! [`Disclosure`]: what one recipient may see of one vehicle now.

use thiserror::Error;

use crate::{
    Address, ApproximateTrack, MovementEvidence, Privilege, Reading, SharingPolicy, SignalClass, SignalValue,
    Timestamp, TokenId, VssKind, VssSignal,
};

/// What one recipient may see of one vehicle now (DIP-4, Obligations: "Only share data with recipients that the user has
/// opted into sharing with"). Computed once from a policy; then it decides reading by reading, without a heap.
///
/// The rules, each of which only ever takes away:
///
/// | what | needs |
/// |---|---|
/// | a signal of the catalogue | the privilege that the catalogue names for it |
/// | `currentLocationCoordinates` | [`AllTimeLocation`](Privilege::AllTimeLocation); or [`CurrentLocation`](Privilege::CurrentLocation) for a reading of the last five minutes; or [`ApproximateLocation`](Privilege::ApproximateLocation), then it is rounded by an [`ApproximateTrack`] |
/// | altitude and heading | the same, and withheld where the position would be rounded |
/// | a signal that the catalogue does not name, or whose value is not of its kind | [`RawData`](Privilege::RawData), [`NonLocationData`](Privilege::NonLocationData), [`VinCredential`](Privilege::VinCredential) and a precise position's privilege |
/// | an event | `NonLocationData` and `AllTimeLocation`, as the live network's queries demand: its metadata may say where |
/// | trouble codes | `NonLocationData` |
/// | a fingerprint | `VinCredential` and `NonLocationData` |
/// | movement evidence, whole | `AllTimeLocation` and `NonLocationData`, for all its times |
///
/// - **A nameless signal may be anything**: a position, a VIN in pieces. [`RawData`](Privilege::RawData) says in which form data
///   go, not which data; so it takes the privileges for all that it could be. A mapping to the catalogue's names opens it.
/// - **No grant opens what is older than itself.** A grant counts while it is valid, for readings from its beginning on. What a
///   device queued before may be an earlier owner's. `AllTimeLocation` is no exception: it differs from `CurrentLocation` in
///   that a position may arrive late.
/// - **A clock that is ahead** makes readings of the future: they are withheld from the end of the grant on.
/// - [`Commands`](Privilege::Commands) and [`LiveData`](Privilege::LiveData) open no data of their own.
/// - Speed and odometer are no location in the catalogue; who has them for long can guess at ways. An owner who minds
///   does not grant `NonLocationData`.
///
/// # Example: the device's own loop
///
/// ```
/// use dimo_types::{Address, ApproximateTrack, Disclosed, Disclosure, Grant, Location, Privilege, PrivilegeSet};
/// use dimo_types::{Reading, SharingPolicy, SignalIndex, SignalValue, Timestamp, VssSignal};
/// let insurer = Address::new([1; 20]);
/// let now: Timestamp = "2026-01-15T12:00:00Z".parse()?;
/// let privileges = [Privilege::NonLocationData, Privilege::ApproximateLocation].into_iter().collect();
/// let grants = [Grant {
///     recipient: insurer,
///     privileges,
///     from: "2026-01-01T00:00:00Z".parse()?,
///     until: "2026-02-01T00:00:00Z".parse()?,
/// }];
/// let policy = SharingPolicy::new(1337.into(), 1, &grants)?;
///
/// // Once for each entry of the dictionary, and once for each vehicle:
/// let names = ["speed", "currentLocationCoordinates", "Engine.Rpm"].map(VssSignal::by_name);
/// let mut track = ApproximateTrack::new();
/// // Once for each recipient, whenever something is to be sent:
/// let disclosure = Disclosure::new(&policy, insurer, Some(1337.into()), now)?;
///
/// let mut disclose = |signal: u16, value| {
///     let reading = Reading { time: now, signal: SignalIndex(signal), value };
///     disclosure.reading(names[usize::from(signal)], &reading, &mut track)
/// };
/// assert!(matches!(disclose(0, SignalValue::Float(50.0)), Disclosed::Shown(_)));
/// let berlin = Location::new(52.5163, 13.3777)?;
/// assert!(matches!(disclose(1, SignalValue::Location(berlin)), Disclosed::Rounded(_)));
/// assert_eq!(disclose(2, SignalValue::Float(900.0)), Disclosed::Withheld);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: nobody asked the owner
///
/// ```
/// use dimo_types::{Address, Disclosure, NotShared, SharingPolicy, Timestamp};
/// let policy = SharingPolicy::deny_all(1337.into());
/// let denied = Disclosure::new(&policy, Address::new([1; 20]), Some(1337.into()), Timestamp::EPOCH);
/// assert_eq!(denied, Err(NotShared::NothingGranted));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disclosure {
    recipient: Address,
    vehicle: TokenId,
    policy_version: u64,
    now: Timestamp,
    /// For each privilege by index, the times whose readings it opens.
    spans: [Option<Span>; Privilege::ALL.len()],
}

/// From one time on and before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: Timestamp,
    until: Timestamp,
}

impl Disclosure {
    /// For how long after it was read a position is the current one, in seconds.
    pub const CURRENT_S: u32 = 300;

    /// What `recipient` may see at `now` of the vehicle that the device is paired with.
    ///
    /// # Errors
    ///
    /// [`NotShared`] when nothing may be shared at all: the default.
    pub fn new(
        policy: &SharingPolicy<'_>,
        recipient: Address,
        vehicle: Option<TokenId>,
        now: Timestamp,
    ) -> Result<Self, NotShared> {
        let vehicle = vehicle.ok_or(NotShared::NotPaired)?;
        if vehicle != policy.vehicle() {
            return Err(NotShared::OtherVehicle { of_policy: policy.vehicle(), of_device: vehicle });
        }
        let spans = Privilege::ALL.map(|privilege| span(policy, recipient, privilege, now));
        if spans.iter().all(Option::is_none) {
            return Err(NotShared::NothingGranted);
        }
        Ok(Self { recipient, vehicle, policy_version: policy.version(), now, spans })
    }

    /// The same for data that wait in a queue: nobody knows how late they arrive, so
    /// [`CurrentLocation`](Privilege::CurrentLocation) opens nothing of them.
    #[must_use]
    pub fn for_queue(mut self) -> Self {
        if let Some(span) = self.spans.get_mut(usize::from(Privilege::CurrentLocation.index() - 1)) {
            *span = None;
        }
        self
    }

    /// Whether nothing was taken back of what `before` has shown until now: the same recipient and vehicle, and each privilege from no
    /// later time on. Otherwise what was kept under `before` and is not sent yet must not be sent any more.
    #[must_use]
    pub fn keeps(&self, before: &Self) -> bool {
        let kept = |(now, before): (&Option<Span>, &Option<Span>)| match (now, before) {
            (_, None) => true,
            (Some(now), Some(before)) => now.from <= before.from,
            (None, Some(_)) => false,
        };
        let is_same = (self.recipient, self.vehicle) == (before.recipient, before.vehicle);
        is_same && self.spans.iter().zip(&before.spans).all(kept)
    }

    /// Who may see it.
    #[must_use]
    pub const fn recipient(&self) -> Address {
        self.recipient
    }

    /// The vehicle.
    #[must_use]
    pub const fn vehicle(&self) -> TokenId {
        self.vehicle
    }

    /// The version of the policy that says so.
    #[must_use]
    pub const fn policy_version(&self) -> u64 {
        self.policy_version
    }

    /// When it was decided.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// What becomes of one reading. `named` is the catalogue's entry of the signal's name,
    /// [`VssSignal::by_name`]; `None` when it has none. Every position goes through `track`, also one that is withheld.
    ///
    /// A reading that is [`Disclosed::Rounded`] belongs under the name [`ApproximateTrack::SIGNAL`], so that nobody takes it
    /// for the position.
    pub fn reading<'a>(
        &self,
        named: Option<&VssSignal>,
        reading: &Reading<'a>,
        track: &mut ApproximateTrack,
    ) -> Disclosed<'a> {
        self.classified(named.map(SignalClass::of), reading, track)
    }

    /// The same for who keeps of the catalogue's entry only its [`SignalClass`], as a device does.
    pub fn classified<'a>(
        &self,
        class: Option<SignalClass>,
        reading: &Reading<'a>,
        track: &mut ApproximateTrack,
    ) -> Disclosed<'a> {
        let rounded = match reading.value {
            SignalValue::Location(position) => track.approximate(&position),
            _ => None,
        };
        let treatment = self.treatment(class.filter(|class| fits(*class, &reading.value)), reading.time);
        match (treatment, rounded) {
            (Treatment::Shown, _) => Disclosed::Shown(*reading),
            (Treatment::Rounded, Some(position)) => {
                Disclosed::Rounded(Reading { value: SignalValue::Location(position), ..*reading })
            }
            _ => Disclosed::Withheld,
        }
    }

    /// What becomes of the readings of a signal that are of this moment, when their values are of its kind; `None` for a
    /// signal that the catalogue does not name.
    #[must_use]
    pub fn signal(&self, named: Option<&VssSignal>) -> Treatment {
        self.treatment(named.map(SignalClass::of), self.now)
    }

    /// What becomes of an event of that time.
    #[must_use]
    pub fn event(&self, time: Timestamp) -> Treatment {
        self.whole(&[Privilege::NonLocationData, Privilege::AllTimeLocation], [time])
    }

    /// What becomes of trouble codes that were read at that time.
    #[must_use]
    pub fn trouble_codes(&self, time: Timestamp) -> Treatment {
        self.whole(&[Privilege::NonLocationData], [time])
    }

    /// What becomes of a fingerprint of that time: it holds a VIN.
    #[must_use]
    pub fn fingerprint(&self, time: Timestamp) -> Treatment {
        self.whole(&[Privilege::VinCredential, Privilege::NonLocationData], [time])
    }

    /// What becomes of movement evidence. It goes whole or not at all: cut, it would prove nothing. Evidence of nothing stays.
    #[must_use]
    pub fn movement(&self, evidence: &MovementEvidence<'_>) -> Treatment {
        if evidence.is_empty() {
            return Treatment::Withheld;
        }
        let fixes = evidence.fixes.iter().map(|fix| fix.time);
        let speeds = evidence.bus_speeds.iter().map(|speed| speed.time);
        let spans = evidence.motion.iter().flat_map(|span| [span.from, span.until]);
        let cells = evidence.cells.iter().map(|cell| cell.time);
        let times = fixes.chain(speeds).chain(spans).chain(cells);
        self.whole(&[Privilege::AllTimeLocation, Privilege::NonLocationData], times)
    }

    /// What becomes of something that takes all of `privileges` for all of `times`.
    fn whole(&self, privileges: &[Privilege], times: impl IntoIterator<Item = Timestamp>) -> Treatment {
        let opened = |time| privileges.iter().all(|privilege| self.opens(*privilege, time));
        if times.into_iter().all(opened) { Treatment::Shown } else { Treatment::Withheld }
    }

    fn treatment(&self, class: Option<SignalClass>, time: Timestamp) -> Treatment {
        let shown = match class {
            Some(class) if !is_location(class) => self.opens(class.privilege(), time),
            Some(class) => {
                let is_position = class.kind() == VssKind::Location;
                if is_position
                    && !self.opens_position(time)
                    && self.opens(Privilege::ApproximateLocation, time)
                {
                    return Treatment::Rounded;
                }
                self.opens_position(time)
            }
            None => self.opens_anything(time),
        };
        if shown { Treatment::Shown } else { Treatment::Withheld }
    }

    /// Whether a privilege that the recipient has now covers a time.
    #[must_use]
    pub fn opens(&self, privilege: Privilege, time: Timestamp) -> bool {
        let span = self.spans.get(usize::from(privilege.index() - 1)).copied().flatten();
        span.is_some_and(|span| span.from <= time && time < span.until)
    }

    /// Whether a precise position of that time may be seen.
    fn opens_position(&self, time: Timestamp) -> bool {
        let is_current = self.now.micros_since(time) <= i64::from(Self::CURRENT_S) * 1_000_000;
        self.opens(Privilege::AllTimeLocation, time)
            || is_current && self.opens(Privilege::CurrentLocation, time)
    }

    /// Whether data of that time may be seen whatever they are.
    fn opens_anything(&self, time: Timestamp) -> bool {
        let all = [Privilege::RawData, Privilege::NonLocationData, Privilege::VinCredential];
        all.into_iter().all(|privilege| self.opens(privilege, time)) && self.opens_position(time)
    }
}

/// The times whose readings a privilege opens at `now`. All grants that are valid then contain `now`, so that together they
/// are one span.
fn span(
    policy: &SharingPolicy<'_>,
    recipient: Address,
    privilege: Privilege,
    now: Timestamp,
) -> Option<Span> {
    policy
        .grants()
        .iter()
        .filter(|grant| grant.recipient == recipient && grant.is_valid_at(now))
        .filter(|grant| grant.privileges.contains(privilege))
        .map(|grant| Span { from: grant.from, until: grant.until })
        .reduce(|one, other| Span { from: one.from.min(other.from), until: one.until.max(other.until) })
}

/// Whether a signal tells where the vehicle is.
fn is_location(class: SignalClass) -> bool {
    let privileges = [Privilege::CurrentLocation, Privilege::AllTimeLocation, Privilege::ApproximateLocation];
    class.kind() == VssKind::Location || privileges.contains(&class.privilege())
}

/// Whether a value is of the kind that the catalogue gives a signal. A position or a text under the name of a number could
/// be anything.
fn fits(class: SignalClass, value: &SignalValue<'_>) -> bool {
    match value {
        SignalValue::Scaled { .. } | SignalValue::Float(_) | SignalValue::Bool(_) => {
            class.kind() == VssKind::Number
        }
        SignalValue::Text(_) => class.kind() == VssKind::Text,
        SignalValue::Location(_) => class.kind() == VssKind::Location,
    }
}

/// What becomes of a signal for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Treatment {
    /// The recipient may see it.
    Shown,
    /// The recipient may see it rounded.
    Rounded,
    /// The recipient may not see it.
    Withheld,
}

/// What one recipient sees of one reading.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Disclosed<'a> {
    /// The reading as it is.
    Shown(Reading<'a>),
    /// The reading with an approximate position. It still has the signal of the precise one.
    Rounded(Reading<'a>),
    /// Nothing.
    Withheld,
}

/// Why nothing is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotShared {
    /// The device is not paired with a vehicle, so no owner has agreed to anything. Pair it.
    #[error("the device is not paired with a vehicle")]
    NotPaired,
    /// The policy is another vehicle's. Fetch that of the vehicle which the device is paired with.
    #[error("the policy is that of vehicle {of_policy}, the data are of vehicle {of_device}")]
    OtherVehicle {
        /// The vehicle of the policy.
        of_policy: TokenId,
        /// The vehicle of the data.
        of_device: TokenId,
    },
    /// The recipient has no grant that is valid now: unknown, not begun, expired or empty. Ask the owner.
    #[error("the recipient has no valid grant")]
    NothingGranted,
    /// The recipient has a grant, and nothing of the data falls under it.
    #[error("nothing of the data may be seen by the recipient")]
    NothingLeft,
}
