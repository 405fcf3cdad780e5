//! [`Publication`]: what DIMO Integrations publishes, every month.

use alloc::vec::Vec;

use dimo_types::{DeviceType, Timestamp, Wei};
use thiserror::Error;

use crate::{Account, Economy, ModelState, Name, Period};

mod csv;
mod devices;
mod goals;
mod reports;

pub use csv::{Csv, Table};
pub use devices::{Fleet, MonthlyTraffic};
pub use goals::{Declaration, DeclarationError, Goal, Objective, Progress};
pub use reports::{Duty, PublishedCase, PublishedIncident};

/// What DIP-4 asks DIMO Integrations to publish (Operating Goals & Metrics; Summary of Commitments), as it is at one moment: a
/// plain value that knows the economy no more.
///
/// The period is that of the [`traffic`](Self::traffic) alone. The list of providers is the "current" one, and cases and
/// incidents are all there ever were, because the DIP asks for "every license application and revocation".
///
/// With the feature `serde` it is an object with the fields below, in lists of objects. Amounts are decimal $DIMO as text, months
/// are `2023-01`, times are microseconds since the Unix epoch, enums are lower case with hyphens, and what is not there is
/// `null`. As CSV it is one file for each [`Table`].
///
/// # Example: what a month's publication says of one maker
///
/// ```
/// use dimo_rewards::{Account, BasisPoints, Economy, Name, Period, Policy, Publication, Table};
/// use dimo_types::{Month, ProviderKind, Timestamp};
/// let now: Timestamp = "2023-02-01T12:00:00Z".parse()?;
/// let (maker, january) = (Name::new("acme")?, Period::from(Month::new(2023, 1)?));
/// let wallet = Account::Provider(maker.clone());
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// economy.open(now, wallet.clone(), economy.policy().stake)?;
/// economy.apply(now, &maker, ProviderKind::Hardware)?;
/// economy.integrations().grant(now, &maker)?;
/// // Licensed, and yet nobody may know it as a provider in good standing: its stake is missing.
/// assert!(Publication::of(&economy, now, january)?.providers.is_empty());
/// economy.stake(now, &wallet, &maker, economy.policy().stake)?;
///
/// let publication = Publication::of(&economy, now, january)?;
/// assert_eq!(
///     publication.csv(Table::Providers).to_string(),
///     "provider,since,stake,requirement,model,device_type\r\n\
///      acme,2023-02-01T12:00:00Z,100000,100000,,\r\n"
/// );
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: a moment of which the books know no more
///
/// ```
/// use dimo_rewards::{BasisPoints, Economy, Period, Policy, Publication};
/// use dimo_types::{Month, Timestamp};
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// economy.open(Timestamp::from_secs(10)?, "holder:ann".parse()?, "1".parse()?)?;
/// let january = Period::from(Month::new(1970, 1)?);
/// assert!(Publication::of(&economy, Timestamp::from_secs(9)?, january).is_err());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Publication {
    /// The moment of which it tells.
    pub at: Timestamp,
    /// The months of the traffic.
    pub period: Period,
    /// "A current list of licensed integration providers in good standing", by name. Nobody else is on it.
    pub providers: Vec<LicensedProvider>,
    /// "Devices connected and disconnected by manufacturer and by device type per month, every month". By month, provider and
    /// type; each month of the period has a row for every provider and type that has bonded NFTs at this moment or traffic
    /// in the period, also where it is all zero. The last month is that of the publication, as far as it went: none is told
    /// of that has not begun.
    pub traffic: Vec<MonthlyTraffic>,
    /// How many devices are bonded and connected at this moment, by provider and type.
    pub devices: Vec<Fleet>,
    /// "The analysis and outcome from every license application and revocation", oldest first.
    pub cases: Vec<PublishedCase>,
    /// Every major issue with its alert and its post-mortem, oldest first.
    pub incidents: Vec<PublishedIncident>,
    /// How far each operating goal and each dated commitment is, one for each [`Objective`].
    pub goals: Vec<Goal>,
}

/// A provider that is licensed, has its stake in full, and so may act.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LicensedProvider {
    /// Its name.
    pub provider: Name,
    /// When it was given the licence that it holds.
    pub since: Option<Timestamp>,
    /// What lies in its stake.
    pub stake: Wei,
    /// What must lie in it.
    pub requirement: Wei,
    /// What is approved for it, by name. Banned models are not here.
    pub models: Vec<ApprovedModel>,
}

/// A device model or a software service that may be bonded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ApprovedModel {
    /// Its name.
    pub model: Name,
    /// Its type.
    pub device_type: DeviceType,
}

impl Publication {
    /// What there is to publish `at` a moment, with the traffic of `period`.
    ///
    /// What the books cannot know, the publisher adds: [`passed`](Self::passed) and [`declare`](Self::declare).
    ///
    /// # Errors
    ///
    /// [`PublicationError`].
    pub fn of(economy: &Economy, at: Timestamp, period: Period) -> Result<Self, PublicationError> {
        if at < economy.now() {
            return Err(PublicationError::Backdated { last: economy.now(), at });
        }
        let devices = devices::fleets(economy);
        Ok(Self {
            at,
            period,
            providers: providers(economy),
            traffic: devices::traffic(economy, &devices, at, period),
            devices,
            cases: reports::cases(economy.record()),
            incidents: reports::incidents(economy.record()),
            goals: goals::goals(economy, at),
        })
    }

    /// One of its tables as CSV.
    #[must_use]
    pub const fn csv(&self, table: Table) -> Csv<'_> {
        Csv::new(self, table)
    }
}

/// Whoever is in good standing.
fn providers(economy: &Economy) -> Vec<LicensedProvider> {
    let good = economy.providers().filter(|provider| economy.standing(provider).is_good());
    good.filter_map(|provider| {
        let requirement = economy.stake_of(provider)?.requirement();
        Some(LicensedProvider {
            since: economy.record().licensed_since(provider),
            stake: economy.ledger().balance(&Account::Stake(provider.clone())),
            requirement,
            models: models(economy, provider).collect(),
            provider: provider.clone(),
        })
    })
    .collect()
}

/// What is approved for a provider.
fn models(economy: &Economy, provider: &Name) -> impl Iterator<Item = ApprovedModel> {
    let approved = economy.models(provider).filter(|(_, model)| model.state == ModelState::Approved);
    approved.map(|(name, model)| ApprovedModel { model: name.clone(), device_type: model.device_type })
}

/// Why there is no [`Publication`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PublicationError {
    /// Something happened since. The books know what is, not what was; take a time that is not before the last event.
    #[error("a publication at {at} is before the last event, at {last}")]
    Backdated {
        /// When the last event happened.
        last: Timestamp,
        /// The time given.
        at: Timestamp,
    },
}
