//! [`Ignition`]: what a device knows of the vehicle's engine.

/// What the vehicle is doing, as far as the device knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ignition {
    /// The device does not know.
    #[default]
    Unknown,
    /// The ignition is off.
    Off,
    /// The ignition is on and the engine stands.
    On,
    /// The engine runs, or an electric vehicle is ready to drive.
    Running,
}
