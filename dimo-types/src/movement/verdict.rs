//! [`MovementVerdict`]: what the tests of a movement's evidence gave.

use crate::named::named;
use crate::{Timestamp, Unit};

/// One test of a movement's evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MovementTest {
    /// Every value can be one: finite, on the globe, a span that does not end before it begins, a peak that is not below its mean.
    /// Margin: minus how many cannot.
    Values,
    /// No time is earlier than the one before it in the same part. Margin: the smallest step, in seconds.
    TimesInOrder,
    /// No speed, told or between two fixes, is beyond what a vehicle can do. Margin: metres a second below it.
    PossibleSpeed,
    /// The way along the fixes is as long as the bus's speeds make it. Margin: metres.
    Distance,
    /// It is so in each stretch of the drive too. Margin: metres, in the worst stretch.
    Pace,
    /// The receiver's speed over ground, which does not come from positions, is that of the bus on average. Margin: metres a
    /// second.
    GroundSpeed,
    /// The motion sensor felt a drive where bus or fixes tell one, the changes of speed that the bus tells, and rest where both
    /// tell rest. Margin: metres a second squared, in the worst span.
    Motion,
    /// The fixes lie in the country of the serving cell. Margin: of a hundred fixes, how many more might lie elsewhere.
    CellCountry,
}

impl MovementTest {
    /// Every test.
    pub const ALL: [Self; 8] = [
        Self::Values,
        Self::TimesInOrder,
        Self::PossibleSpeed,
        Self::Distance,
        Self::Pace,
        Self::GroundSpeed,
        Self::Motion,
        Self::CellCountry,
    ];

    /// What its margins are measured in.
    #[must_use]
    pub const fn unit(self) -> Unit<'static> {
        match self {
            Self::Values => Unit::None,
            Self::TimesInOrder => Unit::Second,
            Self::PossibleSpeed | Self::GroundSpeed => Unit::MetrePerSecond,
            Self::Distance | Self::Pace => Unit::Metre,
            Self::Motion => Unit::MetrePerSecondSquared,
            Self::CellCountry => Unit::Percent,
        }
    }
}

named!(MovementTest, "a test of movement", {
    Values => "values",
    TimesInOrder => "times-in-order",
    PossibleSpeed => "possible-speed",
    Distance => "distance",
    Pace => "pace",
    GroundSpeed => "ground-speed",
    Motion => "motion",
    CellCountry => "cell-country",
});

/// How much room a test left, and where it was tightest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    /// In the test's [`unit`](MovementTest::unit): 0 or more when it passed, below 0 or not a number when it failed.
    pub value: f64,
    /// Where it was tightest.
    pub at: Timestamp,
}

/// What one test gave.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TestOutcome {
    /// The evidence agrees with itself.
    Passed(Margin),
    /// It does not.
    Failed(Margin),
    /// The test could not be made.
    NotMade(NotMade),
}

/// Why a test could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotMade {
    /// A part that it needs is empty. Send that part.
    Missing,
    /// The parts that it compares do not cover the same time for long enough.
    NoOverlap,
    /// Values or times that it needs are unusable: see [`MovementTest::Values`] and [`MovementTest::TimesInOrder`].
    Unusable,
    /// No country is known for any pair of fix and cell.
    CountryUnknown,
}

/// What all tests together say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MovementConclusion {
    /// A test failed: at least one part is not what it says.
    Contradicted,
    /// None failed, and distance and pace could not be compared: nothing is shown.
    Insufficient,
    /// Fixes and bus agree that the vehicle stood.
    Stood,
    /// Fixes and bus agree that the vehicle moved, and nothing else contradicts them.
    Moved,
}

/// Which tests a movement's evidence passed, failed or did not allow, each with its margin.
///
/// A verdict says that the evidence agrees with itself. Who invents all of it from one model passes; who invents it
/// is told by the signature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovementVerdict {
    pub(super) outcomes: [TestOutcome; 8],
    pub(super) way_by_fixes_m: f64,
    pub(super) way_by_bus_m: f64,
    pub(super) least_way_m: f64,
}

impl MovementVerdict {
    /// What a test gave.
    #[must_use]
    pub fn outcome(&self, test: MovementTest) -> TestOutcome {
        let found = self.iter().find(|(each, _)| *each == test);
        // Every test has an outcome; the fallback only satisfies the type.
        found.map_or(TestOutcome::NotMade(NotMade::Missing), |(_, outcome)| outcome)
    }

    /// Every test with what it gave.
    pub fn iter(&self) -> impl Iterator<Item = (MovementTest, TestOutcome)> + '_ {
        MovementTest::ALL.into_iter().zip(self.outcomes)
    }

    /// The tests that failed.
    pub fn failed(&self) -> impl Iterator<Item = (MovementTest, Margin)> + '_ {
        self.iter().filter_map(|(test, outcome)| match outcome {
            TestOutcome::Failed(margin) => Some((test, margin)),
            _ => None,
        })
    }

    /// The way along the fixes where the bus's speed is known too, in metres.
    #[must_use]
    pub const fn way_by_fixes_m(&self) -> f64 {
        self.way_by_fixes_m
    }

    /// The way by the bus's speed between the same fixes, in metres.
    #[must_use]
    pub const fn way_by_bus_m(&self) -> f64 {
        self.way_by_bus_m
    }

    /// What all tests together say.
    #[must_use]
    pub fn conclusion(&self) -> MovementConclusion {
        let passed = |test| matches!(self.outcome(test), TestOutcome::Passed(_));
        if self.failed().next().is_some() {
            MovementConclusion::Contradicted
        } else if !passed(MovementTest::Distance) || !passed(MovementTest::Pace) {
            MovementConclusion::Insufficient
        } else if self.way_by_bus_m.min(self.way_by_fixes_m) < self.least_way_m {
            MovementConclusion::Stood
        } else {
            MovementConclusion::Moved
        }
    }
}

/// Keeps the least margin of a test.
#[derive(Clone, Copy, Default)]
pub(super) struct Worst(Option<Margin>);

impl Worst {
    /// Notes one margin; what is not a number is less than every number.
    pub(super) fn note(&mut self, value: f64, at: Timestamp) {
        let is_less = |held: Margin| value.is_nan() || value < held.value;
        if self.0.is_none_or(|held| !held.value.is_nan() && is_less(held)) {
            self.0 = Some(Margin { value, at });
        }
    }

    /// What the test gave, or why it could not be made when nothing was noted.
    pub(super) fn outcome(self, otherwise: NotMade) -> TestOutcome {
        match self.0 {
            None => TestOutcome::NotMade(otherwise),
            Some(margin) if margin.value >= 0.0 => TestOutcome::Passed(margin),
            Some(margin) => TestOutcome::Failed(margin),
        }
    }
}
