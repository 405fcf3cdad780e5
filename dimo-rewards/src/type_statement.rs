//! [`TypeStatement`]: what the NFTs of each device type moved in a period.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use dimo_types::{DeviceType, Month, Wei};

use crate::{Ledger, Period, Purpose, StatementError};

/// The money that minting NFTs of one device type moved in a period, from the purposes in the ledger.
///
/// # Example: a month in which one NFT was sold
///
/// ```
/// use dimo_rewards::{BasisPoints, Economy, Period, Policy, TypeStatement};
/// use dimo_types::{DeviceType, Month, Timestamp};
/// let january: Timestamp = "2023-01-15T00:00:00Z".parse()?;
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// economy.open(january, "holder:ann".parse()?, "50".parse()?)?;
/// economy.buy(january, &"holder:ann".parse()?, DeviceType::StandardDongle)?;
/// let lines = TypeStatement::of(economy.ledger(), Period::from(Month::of(january)))?;
/// assert_eq!(lines[0].device_type, DeviceType::StandardDongle);
/// assert_eq!(lines[0].sales().unwrap().to_string(), "50");
/// assert_eq!(lines[0].outstanding.to_string(), "42.5");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TypeStatement {
    /// The type.
    pub device_type: DeviceType,
    /// Of the prices: set aside for rebates and the team.
    pub set_aside: Wei,
    /// Of the prices: to the treasury at once.
    pub treasury: Wei,
    /// Paid to providers.
    pub rebates: Wei,
    /// Paid to DIMO Integrations.
    pub team: Wei,
    /// To the treasury because a schedule ended before its time.
    pub forfeited: Wei,
    /// Paid by buyers to owners.
    pub resales: Wei,
    /// Paid by buyers to the treasury.
    pub royalties: Wei,
    /// Set aside and neither paid nor forfeited, at the end of the period.
    pub outstanding: Wei,
}

impl TypeStatement {
    /// One for each type of which anything moved up to the end of the period, in the order of the types.
    ///
    /// # Errors
    ///
    /// [`StatementError`] where so much money went to and fro that its sum is beyond 2^128 wei. Take a shorter period.
    pub fn of(ledger: &Ledger, period: Period) -> Result<Vec<Self>, StatementError> {
        let mut lines: BTreeMap<DeviceType, Self> = BTreeMap::new();
        for entry in ledger.entries() {
            let month = Month::of(entry.at);
            // Time never falls in a ledger, so nothing behind the first later entry belongs here.
            if month > period.last() {
                break;
            }
            if let Some(device_type) = entry.purpose.device_type() {
                let line = lines.entry(device_type).or_insert_with(|| Self::empty(device_type));
                line.note_outstanding(entry.purpose, entry.amount).ok_or(StatementError)?;
                if month >= period.first() {
                    line.note(entry.purpose, entry.amount).ok_or(StatementError)?;
                }
            }
        }
        Ok(lines.into_values().collect())
    }

    /// The prices of all NFTs sold in the period, or `None` beyond 2^128 wei.
    #[must_use]
    pub const fn sales(&self) -> Option<Wei> {
        self.set_aside.checked_add(self.treasury)
    }

    const fn empty(device_type: DeviceType) -> Self {
        let zero = Wei::ZERO;
        Self {
            device_type,
            set_aside: zero,
            treasury: zero,
            rebates: zero,
            team: zero,
            forfeited: zero,
            resales: zero,
            royalties: zero,
            outstanding: zero,
        }
    }

    fn note(&mut self, purpose: Purpose, amount: Wei) -> Option<()> {
        let part = match purpose {
            Purpose::SetAside(_) => &mut self.set_aside,
            Purpose::TreasuryShare(_) => &mut self.treasury,
            Purpose::Rebate(..) => &mut self.rebates,
            Purpose::TeamShare(..) => &mut self.team,
            Purpose::Forfeit(_) => &mut self.forfeited,
            Purpose::Resale(_) => &mut self.resales,
            Purpose::Royalty(_) => &mut self.royalties,
            _ => return Some(()),
        };
        *part = part.checked_add(amount)?;
        Some(())
    }

    fn note_outstanding(&mut self, purpose: Purpose, amount: Wei) -> Option<()> {
        self.outstanding = match purpose {
            Purpose::SetAside(_) => self.outstanding.checked_add(amount)?,
            Purpose::Rebate(..) | Purpose::TeamShare(..) | Purpose::Forfeit(_) => {
                self.outstanding.checked_sub(amount)?
            }
            _ => self.outstanding,
        };
        Some(())
    }
}
