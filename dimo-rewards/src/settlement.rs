//! [`Settlement`]: what one month pays to whom, computed and not yet posted.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use dimo_types::{DeviceType, Month, Wei};
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
    /// Its type.
    pub device_type: DeviceType,
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
/// use dimo_types::{DeviceType, Month, Wei};
/// let policy = Policy::dip4(BasisPoints::ZERO);
/// let schedule = Schedule::new(&policy.split(SaleNumber::FIRST, Wei::new(2_400))?, policy.months);
/// let maker = Name::new("acme")?;
/// let device_type = DeviceType::Hub;
/// let device = |connection| Bonded { provider: &maker, device_type, schedule: &schedule, connection };
/// let devices = [device(Connection::Connected), device(Connection::Disconnected)];
/// let january = Settlement::of(Month::new(2023, 1)?, devices, |_| Standing::Good)?;
/// assert_eq!((january.counted, january.paused), (1, 1));
/// assert_eq!(january.rebate_of(&maker), Wei::new(70));
/// assert_eq!(january.team_share(), Wei::new(15));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settlement {
    /// The month closed.
    pub month: Month,
    /// The rebates that each provider earned, by the type of its devices.
    pub rebates: BTreeMap<(Name, DeviceType), Wei>,
    /// The share of DIMO Integrations, by the type of the devices.
    pub team: BTreeMap<DeviceType, Wei>,
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
        let (rebates, team, schedules) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut closed = Self { month, rebates, team, counted: 0, paused: 0, schedules };
        // Nothing changes while a month is closed, so each provider is looked up once.
        let mut good = BTreeMap::new();
        for device in devices {
            let mut schedule = *device.schedule;
            let mut is_good =
                || *good.entry(device.provider).or_insert_with(|| standing(device.provider).is_good());
            let counts = device.connection == Connection::Connected && is_good();
            if counts {
                closed.count(&mut schedule, &device)?;
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
    fn count(&mut self, schedule: &mut Schedule, device: &Bonded<'_>) -> Result<(), SettlementError> {
        if schedule.state() == ScheduleState::Paused {
            // Cannot be refused: it is paused.
            let _ = schedule.resume();
        }
        // Refused for one that is paid or ended: then nothing is due.
        if let Ok(Instalment { rebate, team }) = schedule.pay_month() {
            let sum = self.rebates.entry((device.provider.clone(), device.device_type)).or_default();
            *sum = sum.checked_add(rebate).ok_or(SettlementError)?;
            let sum = self.team.entry(device.device_type).or_default();
            *sum = sum.checked_add(team).ok_or(SettlementError)?;
            self.counted += 1;
        }
        Ok(())
    }

    /// The rebate of a provider over all types.
    #[must_use]
    pub fn rebate_of(&self, provider: &Name) -> Wei {
        let theirs = self.rebates.iter().filter(|((of, _), _)| of == provider);
        sum(theirs.map(|(_, amount)| *amount))
    }

    /// The share of DIMO Integrations over all types.
    #[must_use]
    pub fn team_share(&self) -> Wei {
        sum(self.team.values().copied())
    }

    /// The movements of money, to be posted together.
    #[must_use]
    pub fn transfers(&self) -> Vec<Transfer> {
        let rebates = self.rebates.iter().map(|((provider, device_type), amount)| {
            let purpose = Purpose::Rebate(*device_type, self.month);
            Transfer::new(Account::Escrow, Account::Provider(provider.clone()), *amount, purpose)
        });
        let shares = self.team.iter().map(|(device_type, amount)| {
            let purpose = Purpose::TeamShare(*device_type, self.month);
            Transfer::new(Account::Escrow, Account::Integrations, *amount, purpose)
        });
        rebates.chain(shares).collect()
    }
}

/// All of it was set aside in one ledger, so the sum fits.
fn sum(amounts: impl Iterator<Item = Wei>) -> Wei {
    Wei::checked_sum(amounts).unwrap_or(Wei::new(u128::MAX))
}

/// The payments of a month sum to more than 2^128 wei: the schedules are not of one ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the payments of the month sum to more than 2^128 wei")]
#[non_exhaustive]
pub struct SettlementError;
