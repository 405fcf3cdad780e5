//! [`BusStatus`]: how a controller is doing.

/// Whether a controller takes part on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BusMode {
    /// It receives and drives the bus in no way, not even to acknowledge.
    ListenOnly,
    /// It acknowledges, signals errors, and may transmit.
    Normal,
}

/// The fault confinement state of a controller (ISO 11898-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BusState {
    /// Few errors: it takes part fully.
    ErrorActive,
    /// Either error counter above 127: it takes part, but signals errors without disturbing others.
    ErrorPassive,
    /// Transmit error counter above 255: it has left the bus.
    BusOff,
}

/// How a controller is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BusStatus {
    /// Whether it takes part.
    pub mode: BusMode,
    /// Its fault confinement state.
    pub state: BusState,
    /// Transmit error counter, `0..=256`.
    pub transmit_errors: u16,
    /// Receive error counter, `0..=255`.
    pub receive_errors: u16,
    /// Frames that arrived and were lost because nobody took them in time, since the driver started.
    pub frames_lost: u32,
}

impl BusStatus {
    /// A controller without errors.
    #[must_use]
    pub const fn new(mode: BusMode) -> Self {
        Self { mode, state: BusState::ErrorActive, transmit_errors: 0, receive_errors: 0, frames_lost: 0 }
    }
}
