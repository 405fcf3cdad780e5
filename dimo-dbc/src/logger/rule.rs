//! [`Rule`]: which readings of a signal are wanted.

use core::time::Duration;

/// Which readings of one signal are wanted.
///
/// A reading is kept when it is the first one, or when `min_interval` has passed since the one kept before and either
/// `trigger` fires or `heartbeat` has passed as well. What was dropped for being too early is not lost: the next reading is
/// compared with the one kept before, so a change comes through as soon as the interval allows.
///
/// A clock that is set back by a full interval or more starts a new one, so that nothing is lost until it catches up.
///
/// # Example: coolant temperature, twice a minute, in steps of two degrees
///
/// ```
/// use core::time::Duration;
/// use dimo_dbc::logger::{Rule, Trigger};
/// let coolant = Rule {
///     min_interval: Duration::from_secs(30),
///     trigger: Trigger::Moved { by: 2.0, back: 0.5 },
///     heartbeat: Some(Duration::from_secs(600)),
/// };
/// assert_ne!(coolant, Rule::every(Duration::from_secs(30)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers write rules; another mode is another trigger")]
pub struct Rule {
    /// The shortest time between two readings that are kept; zero: none.
    pub min_interval: Duration,
    /// What makes a reading worth keeping.
    pub trigger: Trigger,
    /// After this time a reading is kept though nothing fired; `None`: never. A signal that is silent stays silent.
    pub heartbeat: Option<Duration>,
}

/// What makes a reading worth keeping.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Trigger {
    /// Every reading.
    Reading,
    /// A value other than the one kept before, to the bit. Equal values in a row are dropped.
    Change,
    /// A physical value that differs from the one kept before by `by` or more. Smaller moves add up.
    ///
    /// A move against the direction of the last one needs `by + back`: a value that trembles around a step is then kept
    /// once and not with each tremble. `back` is 0 for a plain dead band. Texts and positions count when they change, and so
    /// does a value that is no number.
    Moved {
        /// The smallest move, in physical units.
        by: f64,
        /// What a move back needs more, in physical units.
        back: f64,
    },
}

impl Rule {
    /// Keeps everything.
    pub const ALL: Self = Self::every(Duration::ZERO);

    /// Keeps one reading an interval, whatever it says.
    #[must_use]
    pub const fn every(min_interval: Duration) -> Self {
        Self { min_interval, trigger: Trigger::Reading, heartbeat: None }
    }

    /// Keeps a reading when it changes, at most one an interval.
    #[must_use]
    pub const fn on_change(min_interval: Duration) -> Self {
        Self { min_interval, trigger: Trigger::Change, heartbeat: None }
    }
}

impl Default for Rule {
    fn default() -> Self {
        Self::ALL
    }
}
