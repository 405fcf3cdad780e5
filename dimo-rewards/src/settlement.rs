//! [`Settlement`]: what one month pays to whom, computed and not yet posted.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use dimo_types::{Month, Wei};
use thiserror::Error;

use crate::{Account, Instalment, Name, Purpose, Schedule, ScheduleState, Standing, Transfer};

/// Whether a device is connected to a vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[expect(clippy::exhaustive_enums, reason = "there is no third state of a connection")]
pub enum Connection {
    /// It is.
    Connected,
    /// It is not, or not any more.
    Disconnected,
}

/// A bonded device as the close of a month finds it.
#[derive(Clone, Copy, Debug)]
pub struct Bonded<'a> {
    /// The provider that bonded its minting NFT, and earns the rebate.
    pub provider: &'a Name,
    /// What is set aside for it.
    pub schedule: &'a Schedule,
    /// Whether it is connected at this close.
    pub connection: Connection,
}

/// The close of one month over many devices: a pure function of what it finds, so that it can be computed again.
///
/// A month counts for a device that is connected at its close and whose provider is in good standing then; otherwise its
/// schedule pauses. Money goes from [`Account::Escrow`] to the providers and to DIMO Integrations, one transfer each.
///
/// # Example: a month that counts for one of two devices
///
/// ```
/// use dimo_rewards::{BasisPoints, Bonded, Connection, Name, Policy, SaleNumber, Schedule, Settlement, Standing};
/// use dimo_types::{Month, Wei};
/// let policy = Policy::dip4(BasisPoints::ZERO);
/// let schedule = Schedule::new(&policy.split(SaleNumber::FIRST, Wei::new(2_400))?, policy.months);
/// let maker = Name::new("acme")?;
/// let device = |connection| Bonded { provider: &maker, schedule: &schedule, connection };
/// let devices = [device(Connection::Connected), device(Connection::Disconnected)];
/// let january = Settlement::of(Month::new(2023, 1)?, devices, |_| Standing::Good)?;
/// assert_eq!((january.counted, january.paused), (1, 1));
/// assert_eq!(january.rebates[&maker], Wei::new(70));
/// assert_eq!(january.team, Wei::new(15));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settlement {
    /// The month closed.
    pub month: Month,
    /// The rebate of each provider that earned one.
    pub rebates: BTreeMap<Name, Wei>,
    /// The share of DIMO Integrations.
    pub team: Wei,
    /// Devices for which the month counts.
    pub counted: u64,
    /// Devices that are still owed something and for which it does not count.
    pub paused: u64,
    /// Every schedule as it stands after the close, in the order of the devices.
    pub schedules: Vec<Schedule>,
}

impl Settlement {
    /// Closes `month` over `devices`, with the standing of their providers at this moment.
    ///
    /// # Errors
    ///
    /// [`SettlementError`] where the payments sum to more than 2^128 wei, which no ledger has set aside.
    pub fn of<'a>(
        month: Month,
        devices: impl IntoIterator<Item = Bonded<'a>>,
        standing: impl Fn(&Name) -> Standing,
    ) -> Result<Self, SettlementError> {
        let rebates = BTreeMap::new();
        let mut closed =
            Self { month, rebates, team: Wei::ZERO, counted: 0, paused: 0, schedules: Vec::new() };
        for device in devices {
            let mut schedule = *device.schedule;
            let counts = device.connection == Connection::Connected && standing(device.provider).is_good();
            if counts {
                closed.count(&mut schedule, device.provider)?;
            } else if schedule.is_owed() {
                closed.paused += 1;
                // Refused for one that is paused already, and it stays so.
                let _ = schedule.pause();
            }
            closed.schedules.push(schedule);
        }
        Ok(closed)
    }

    /// Counts the month for one schedule, if something is left to pay.
    fn count(&mut self, schedule: &mut Schedule, provider: &Name) -> Result<(), SettlementError> {
        if schedule.state() == ScheduleState::Paused {
            // Cannot be refused: it is paused.
            let _ = schedule.resume();
        }
        // Refused for one that is paid or ended: then nothing is due.
        if let Ok(Instalment { rebate, team }) = schedule.pay_month() {
            let sum = self.rebates.get(provider).copied().unwrap_or_default();
            let sum = sum.checked_add(rebate).ok_or(SettlementError)?;
            self.team = self.team.checked_add(team).ok_or(SettlementError)?;
            self.rebates.insert(provider.clone(), sum);
            self.counted += 1;
        }
        Ok(())
    }

    /// The movements of money, to be posted together.
    #[must_use]
    pub fn transfers(&self) -> Vec<Transfer> {
        let rebates = self.rebates.iter().map(|(provider, amount)| {
            let to = Account::Provider(provider.clone());
            Transfer::new(Account::Escrow, to, *amount, Purpose::Rebate(self.month))
        });
        let team = Purpose::TeamShare(self.month);
        let team = Transfer::new(Account::Escrow, Account::Integrations, self.team, team);
        rebates.chain((self.counted > 0).then_some(team)).collect()
    }
}

/// The payments of a month sum to more than 2^128 wei: the schedules are not of one ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the payments of the month sum to more than 2^128 wei")]
#[non_exhaustive]
pub struct SettlementError;
