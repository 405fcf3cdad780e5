//! [`VehicleEvent`]: something that happened to a vehicle at one time.

use crate::named::named;
use crate::{Tags, Timestamp};

/// The events that the live network knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum VehicleEventName {
    /// Harsh braking.
    HarshBraking,
    /// Harsh acceleration.
    HarshAcceleration,
    /// Harsh cornering.
    HarshCornering,
    /// Extreme braking.
    ExtremeBraking,
    /// A collision.
    Collision,
    /// The engine was blocked by a command.
    EngineBlock,
    /// The engine was unblocked by a command.
    EngineUnblock,
}

impl VehicleEventName {
    /// Every event.
    pub const ALL: [Self; 7] = [
        Self::HarshBraking,
        Self::HarshAcceleration,
        Self::HarshCornering,
        Self::ExtremeBraking,
        Self::Collision,
        Self::EngineBlock,
        Self::EngineUnblock,
    ];
}

// The network's names, which are no ids of this project's form.
named!(VehicleEventName, "an event of the network", {
    HarshBraking => "behavior.harshBraking",
    HarshAcceleration => "behavior.harshAcceleration",
    HarshCornering => "behavior.harshCornering",
    ExtremeBraking => "behavior.extremeBraking",
    Collision => "safety.collision",
    EngineBlock => "security.engineBlock",
    EngineUnblock => "security.engineUnblock",
});

/// Something that happened to a vehicle.
///
/// # Example: a driver braked hard for 1.2 seconds
///
/// ```
/// use dimo_types::{Tags, Timestamp, VehicleEvent, VehicleEventName};
/// let braking = VehicleEvent {
///     duration_ns: Some(1_200_000_000),
///     metadata: Some(r#"{"peak":-0.61}"#),
///     tags: Tags::from(&["city"]),
///     ..VehicleEvent::new(VehicleEventName::HarshBraking, Timestamp::from_secs(1_700_000_000)?)
/// };
/// assert_eq!(braking.name.id(), "behavior.harshBraking");
/// # Ok::<(), dimo_types::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct VehicleEvent<'a> {
    /// What happened.
    pub name: VehicleEventName,
    /// When it began.
    pub time: Timestamp,
    /// How long it lasted, in nanoseconds, when known.
    pub duration_ns: Option<u64>,
    /// More about it, a text that holds JSON.
    pub metadata: Option<&'a str>,
    /// Words to find it by, in lower case.
    pub tags: Tags<'a>,
}

impl VehicleEvent<'_> {
    /// An event of which only name and time are known.
    #[must_use]
    pub const fn new(name: VehicleEventName, time: Timestamp) -> Self {
        Self { name, time, duration_ns: None, metadata: None, tags: Tags::NONE }
    }
}
