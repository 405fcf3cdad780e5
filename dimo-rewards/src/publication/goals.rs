//! How far DIMO Integrations is with what DIP-4 sets it.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use dimo_types::{DeviceType, Month, ProviderKind, Timestamp};
use thiserror::Error;

use super::Publication;
use crate::{Account, Economy, Licence, Matter, Name, Outcome};

/// A goal of DIP-4 "by the end of 2023" (Operating Goals & Metrics), or a commitment with a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Objective {
    /// "Publish an open source firmware and software for device management." The publisher declares it.
    OpenSourceFirmware,
    /// "Onboard five distinct device manufacturers": providers that hold a licence, in force or suspended, for which a hardware
    /// application or model was approved. Counted.
    Manufacturers,
    /// "Facilitate staking and the long-term alignment of all integration providers": of those that hold a licence, how many
    /// have their stake in full. It is wanted of all of them, and of one at least. Counted.
    Staking,
    /// "Approve the production of at least five devices": hardware models of providers that hold a licence, without the banned
    /// ones. Counted.
    Devices,
    /// "... spanning at least two different device types": the types of those models. Counted.
    DeviceTypes,
    /// "Prepare a Resource Allocation DIP and community presentation within 90 days" (Team Composition & Operating Structure).
    /// The publisher declares it.
    ResourceAllocation,
    /// "Publish documentation outlining the application process within 60 days" (Application). The publisher declares it.
    ApplicationDocuments,
}

impl Objective {
    /// The text form, such as `device-types`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenSourceFirmware => "open-source-firmware",
            Self::Manufacturers => "manufacturers",
            Self::Staking => "staking",
            Self::Devices => "devices",
            Self::DeviceTypes => "device-types",
            Self::ResourceAllocation => "resource-allocation",
            Self::ApplicationDocuments => "application-documents",
        }
    }

    /// Whether the books cannot tell, so that the publisher has to.
    const fn is_declared(self) -> bool {
        matches!(self, Self::OpenSourceFirmware | Self::ResourceAllocation | Self::ApplicationDocuments)
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How far an [`Objective`] is: `have` of `wanted`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Goal {
    /// What is to be reached.
    pub objective: Objective,
    /// How many there are at the moment of the publication; of what is declared, 1 once it is.
    pub have: u64,
    /// How many there should be; of what is declared, 1.
    pub wanted: u64,
    /// Whether there are as many.
    pub progress: Progress,
    /// The moment before which it should be reached, where that is known.
    pub due: Option<Timestamp>,
    /// How many days after the DIP passed that is, where DIP-4 says it so. [`Publication::passed`] makes a time of it.
    pub days: Option<u32>,
    /// What the publisher says of it.
    pub declaration: Option<Declaration>,
}

/// Whether a [`Goal`] is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[expect(clippy::exhaustive_enums, reason = "a goal is reached, and if not, there is time left or none")]
pub enum Progress {
    /// It is reached at the moment of the publication. Whether it was in time, an earlier publication says, or the declaration.
    Met,
    /// It is not, and there is time left, or no date known.
    Pending,
    /// It is not, and should be.
    Overdue,
}

impl Progress {
    /// The text form: `met`, `pending` or `overdue`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Pending => "pending",
            Self::Overdue => "overdue",
        }
    }
}

/// What a publisher says of an objective that no books can count, for readers to check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Declaration {
    /// When it was done.
    pub done: Timestamp,
    /// Where to find it, under which licence, ...
    pub text: String,
}

impl Publication {
    /// Says when the DIP passed, from which the days of commitments count: "within 60 days following the passing".
    #[must_use]
    pub fn passed(mut self, passed: Timestamp) -> Self {
        for goal in &mut self.goals {
            if let Some(days) = goal.days {
                goal.due = days_after(passed, days);
                goal.judge(self.at);
            }
        }
        self
    }

    /// Declares that something was done of which the books know nothing, with words by which readers can check it.
    ///
    /// # Errors
    ///
    /// [`DeclarationError`]; what the books count cannot be declared.
    ///
    /// # Example: the firmware is published, and the application documents are late
    ///
    /// ```
    /// use dimo_rewards::{BasisPoints, Economy, Objective, Period, Policy, Progress, Publication};
    /// use dimo_types::{Month, Timestamp};
    /// let economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
    /// let (passed, now): (Timestamp, Timestamp) = ("2022-08-01T00:00:00Z".parse()?, "2022-10-01T00:00:00Z".parse()?);
    /// let publication = Publication::of(&economy, now, Period::from(Month::of(now)))?
    ///     .passed(passed)
    ///     .declare(Objective::OpenSourceFirmware, now, "the repository example/firmware, MIT")?;
    /// let progress = |objective| publication.goal(objective).map(|goal| goal.progress);
    /// assert_eq!(progress(Objective::OpenSourceFirmware), Some(Progress::Met));
    /// assert_eq!(progress(Objective::ApplicationDocuments), Some(Progress::Overdue));
    /// assert_eq!(progress(Objective::ResourceAllocation), Some(Progress::Pending));
    /// let boast = publication.declare(Objective::Manufacturers, now, "twenty of them");
    /// assert_eq!(boast.unwrap_err().to_string(), "manufacturers is counted, not declared");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn declare(
        mut self,
        objective: Objective,
        done: Timestamp,
        text: impl Into<String>,
    ) -> Result<Self, DeclarationError> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(DeclarationError::Blank);
        }
        if done > self.at {
            return Err(DeclarationError::Ahead { done, at: self.at });
        }
        let goal = self.goals.iter_mut().find(|goal| goal.objective == objective);
        let goal = goal.filter(|_| objective.is_declared()).ok_or(DeclarationError::Counted { objective })?;
        goal.declaration = Some(Declaration { done, text });
        goal.have = 1;
        goal.judge(self.at);
        Ok(self)
    }

    /// How far an objective is.
    #[must_use]
    pub fn goal(&self, objective: Objective) -> Option<&Goal> {
        self.goals.iter().find(|goal| goal.objective == objective)
    }
}

impl Goal {
    fn judge(&mut self, at: Timestamp) {
        self.progress = match self.due {
            _ if self.have >= self.wanted => Progress::Met,
            Some(due) if at >= due => Progress::Overdue,
            _ => Progress::Pending,
        };
    }
}

/// Every objective, as far as the books know.
pub(super) fn goals(economy: &Economy, at: Timestamp) -> Vec<Goal> {
    let team = economy.policy().team;
    let due = team.goals_until.and_then(end_of);
    let counts = Counts::of(economy);
    let goal = |objective, have: usize, wanted: u64, due, days| {
        let (have, progress) = (have as u64, Progress::Pending);
        let mut goal = Goal { objective, have, wanted, progress, due, days, declaration: None };
        goal.judge(at);
        goal
    };
    let counted = |objective, have, wanted| goal(objective, have, wanted, due, None);
    let promised = |objective, days| goal(objective, 0, 1, None, Some(days));
    Vec::from([
        counted(Objective::OpenSourceFirmware, 0, 1),
        counted(Objective::Manufacturers, counts.manufacturers, team.goal_manufacturers.into()),
        // Nobody has a stake in full where nobody has a licence.
        counted(Objective::Staking, counts.staked, counts.licensed.max(1) as u64),
        counted(Objective::Devices, counts.devices, team.goal_devices.into()),
        counted(Objective::DeviceTypes, counts.device_types, team.goal_device_types.into()),
        promised(Objective::ResourceAllocation, team.resource_allocation_days),
        promised(Objective::ApplicationDocuments, team.application_documents_days),
    ])
}

/// What the books count.
struct Counts {
    licensed: usize,
    staked: usize,
    manufacturers: usize,
    devices: usize,
    device_types: usize,
}

impl Counts {
    fn of(economy: &Economy) -> Self {
        let held =
            |provider: &&Name| economy.licence(provider).map(Licence::state).is_some_and(|s| s.is_held());
        let licensed: BTreeSet<&Name> = economy.providers().filter(held).collect();
        let models = licensed.iter().flat_map(|provider| hardware(economy, provider));
        let devices: Vec<(&Name, DeviceType)> = models.collect();
        let makers = devices.iter().map(|(provider, _)| *provider).chain(granted_hardware(economy));
        let manufacturers: BTreeSet<&Name> = makers.filter(|provider| licensed.contains(provider)).collect();
        let device_types: BTreeSet<DeviceType> =
            devices.iter().map(|(_, device_type)| *device_type).collect();
        Self {
            licensed: licensed.len(),
            staked: licensed.iter().filter(|provider| has_full_stake(economy, provider)).count(),
            manufacturers: manufacturers.len(),
            devices: devices.len(),
            device_types: device_types.len(),
        }
    }
}

/// The approved models of a provider that are devices, each with its maker and type.
fn hardware<'a>(economy: &'a Economy, provider: &'a Name) -> impl Iterator<Item = (&'a Name, DeviceType)> {
    let models = super::models(economy, provider).filter(|model| is_hardware(economy, model.device_type));
    models.map(move |model| (provider, model.device_type))
}

fn is_hardware(economy: &Economy, device_type: DeviceType) -> bool {
    let terms = economy.policy().nfts.get(&device_type);
    terms.is_some_and(|terms| terms.provider == ProviderKind::Hardware)
}

/// Of whom a hardware application was granted, for the licence it has or since.
fn granted_hardware(economy: &Economy) -> impl Iterator<Item = &Name> {
    let record = economy.record();
    let granted = record.cases().iter().filter(|case| {
        let hardware = matches!(
            case.matter,
            Matter::FirstApplication(ProviderKind::Hardware)
                | Matter::SimplifiedApplication(ProviderKind::Hardware)
        );
        let since = record.licensed_since(&case.provider);
        let counts =
            |(decided, outcome)| outcome == Outcome::Granted && since.is_some_and(|it| it <= decided);
        hardware && case.outcome.is_some_and(counts)
    });
    granted.map(|case| &case.provider)
}

/// Whether a provider's stake is what it must be, its licence aside.
fn has_full_stake(economy: &Economy, provider: &Name) -> bool {
    let balance = economy.ledger().balance(&Account::Stake(provider.clone()));
    economy.stake_of(provider).is_some_and(|stake| balance >= stake.requirement())
}

/// The first moment after a month, or `None` where the calendar ends with it.
fn end_of(month: Month) -> Option<Timestamp> {
    let months = u32::try_from(month.months_since(Month::of(Timestamp::EPOCH))).ok()?;
    Timestamp::EPOCH.checked_add_months(months + 1)
}

/// A moment some days later, or `None` beyond the calendar.
const fn days_after(at: Timestamp, days: u32) -> Option<Timestamp> {
    const MICROS_PER_DAY: i64 = 86_400_000_000;
    match (days as i64).checked_mul(MICROS_PER_DAY) {
        Some(micros) => at.checked_add_micros(micros),
        None => None,
    }
}

/// Why a declaration is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeclarationError {
    /// The books know how far it is. Nothing is to be said of it.
    #[error("{objective} is counted, not declared")]
    Counted {
        /// The objective.
        objective: Objective,
    },
    /// The text says nothing, so nobody can check it.
    #[error("a blank text declares nothing")]
    Blank,
    /// It lies in the future of the publication. Declare it once it is done.
    #[error("what is done at {done} is not done at {at}")]
    Ahead {
        /// When it is said to be done.
        done: Timestamp,
        /// The moment of the publication.
        at: Timestamp,
    },
}
