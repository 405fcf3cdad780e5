//! [`Ledger`]: append-only double entry.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use dimo_types::{DeviceType, Month, Timestamp, Wei};
use thiserror::Error;

use crate::Account;

#[cfg(feature = "serde")]
mod document;

/// Every movement of money since the books were opened, and the balances that follow from it.
///
/// Entries are only ever appended, in the order of their time. Each takes from one account what it gives to another, and
/// no account but [`Account::Outside`] can go below zero, so the balances always sum to what came in from outside.
///
/// # Example: money moves, and the sum stays
///
/// ```
/// use dimo_rewards::{Account, Ledger, Name, Purpose, Transfer};
/// use dimo_types::{Timestamp, Wei};
/// let (maker, now) = (Name::new("acme")?, Timestamp::from_secs(1_672_531_200)?);
/// let (wallet, stake) = (Account::Provider(maker.clone()), Account::Stake(maker));
/// let mut ledger = Ledger::new();
/// ledger.open(now, wallet.clone(), Wei::new(100))?;
/// ledger.post(now, &[Transfer::new(wallet.clone(), stake.clone(), Wei::new(60), Purpose::Stake)])?;
/// assert_eq!((ledger.balance(&wallet), ledger.balance(&stake)), (Wei::new(40), Wei::new(60)));
/// assert_eq!(ledger.supply(), Wei::new(100));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Example: a transfer without funds is refused, with everything that was posted beside it
///
/// ```
/// use dimo_rewards::{Account, Ledger, LedgerError, Purpose, Transfer};
/// use dimo_types::{Timestamp, Wei};
/// let mut ledger = Ledger::new();
/// ledger.open(Timestamp::EPOCH, Account::Treasury, Wei::new(5))?;
/// let refused = ledger.post(Timestamp::EPOCH, &[
///     Transfer::new(Account::Treasury, Account::Burned, Wei::new(5), Purpose::Burn),
///     Transfer::new(Account::Treasury, Account::Burned, Wei::new(1), Purpose::Burn),
/// ]);
/// assert_eq!(refused, Err(LedgerError::Funds { account: Account::Treasury, missing: Wei::new(1) }));
/// assert_eq!(ledger.balance(&Account::Treasury), Wei::new(5));
/// # Ok::<(), LedgerError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    accounts: Vec<(Account, Wei)>,
    places: BTreeMap<Account, usize>,
    entries: Vec<Posted>,
    supply: Wei,
}

/// A movement of money to be posted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Transfer {
    /// Who gives.
    pub from: Account,
    /// Who receives.
    pub to: Account,
    /// How much.
    pub amount: Wei,
    /// What for.
    pub purpose: Purpose,
}

impl Transfer {
    /// A movement of `amount` for a purpose.
    #[must_use]
    pub const fn new(from: Account, to: Account, amount: Wei, purpose: Purpose) -> Self {
        Self { from, to, amount, purpose }
    }
}

/// What a movement of money was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Purpose {
    /// A balance that was there when the books were opened.
    Opening,
    /// A deposit of a stake (DIP-4, Licenses & Staking).
    Stake,
    /// A deposit that goes back to whoever made it.
    StakeReturn,
    /// A stake that follows its licence to another provider.
    StakeTransfer,
    /// The parts of NFT prices of a type that are set aside at sale (DIP-4, Device Minting NFTs).
    SetAside(DeviceType),
    /// The treasury's part of NFT prices of a type.
    TreasuryShare(DeviceType),
    /// What a buyer pays to the owner of an NFT of a type.
    Resale(DeviceType),
    /// The treasury's part of it (DIP-4, Device Minting NFTs: "royalties from the secondary trading").
    Royalty(DeviceType),
    /// The provider's instalments for a month, for devices of a type.
    Rebate(DeviceType, Month),
    /// The team's instalments for a month, for devices of a type.
    TeamShare(DeviceType, Month),
    /// What was set aside for a type and will never be paid, for the treasury.
    Forfeit(DeviceType),
    /// Destroyed by a verdict.
    Burn,
    /// Given to an affected user by a verdict.
    Compensation,
    /// The part of a member of the team.
    MemberShare,
}

impl Purpose {
    /// The device type it is about, if it is about one.
    #[must_use]
    pub const fn device_type(self) -> Option<DeviceType> {
        match self {
            Self::SetAside(device_type)
            | Self::TreasuryShare(device_type)
            | Self::Resale(device_type)
            | Self::Royalty(device_type)
            | Self::Rebate(device_type, _)
            | Self::TeamShare(device_type, _)
            | Self::Forfeit(device_type) => Some(device_type),
            Self::Opening
            | Self::Stake
            | Self::StakeReturn
            | Self::StakeTransfer
            | Self::Burn
            | Self::Compensation
            | Self::MemberShare => None,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opening => f.write_str("opening balance"),
            Self::Stake => f.write_str("stake"),
            Self::StakeReturn => f.write_str("stake returned"),
            Self::StakeTransfer => f.write_str("stake follows the licence"),
            Self::SetAside(device_type) => write!(f, "set aside at sale, {device_type}"),
            Self::TreasuryShare(device_type) => write!(f, "treasury share, {device_type}"),
            Self::Resale(device_type) => write!(f, "resale, {device_type}"),
            Self::Royalty(device_type) => write!(f, "royalty, {device_type}"),
            Self::Rebate(device_type, month) => write!(f, "rebate for {month}, {device_type}"),
            Self::TeamShare(device_type, month) => write!(f, "team share for {month}, {device_type}"),
            Self::Forfeit(device_type) => write!(f, "forfeit, {device_type}"),
            Self::Burn => f.write_str("burned"),
            Self::Compensation => f.write_str("compensation"),
            Self::MemberShare => f.write_str("member share"),
        }
    }
}

/// One line of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Entry<'a> {
    /// When it was posted.
    pub at: Timestamp,
    /// Who gave.
    pub from: &'a Account,
    /// Who received.
    pub to: &'a Account,
    /// How much.
    pub amount: Wei,
    /// What for.
    pub purpose: Purpose,
}

/// An entry as it is kept: accounts by their place in the list of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Posted {
    at: Timestamp,
    from: usize,
    to: usize,
    amount: Wei,
    purpose: Purpose,
}

impl Ledger {
    /// Empty books.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Brings an opening balance into the books.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Backdated`], and [`LedgerError::Supply`] where the sum of all money would pass 2^128 wei.
    pub fn open(&mut self, at: Timestamp, account: Account, amount: Wei) -> Result<(), LedgerError> {
        self.post(at, &[Transfer::new(Account::Outside, account, amount, Purpose::Opening)])
    }

    /// Posts all transfers in their order, or none of them.
    ///
    /// # Errors
    ///
    /// [`LedgerError`]; the ledger is then as it was.
    pub fn post(&mut self, at: Timestamp, transfers: &[Transfer]) -> Result<(), LedgerError> {
        if let Some(last) = self.entries.last().map(|entry| entry.at).filter(|last| at < *last) {
            return Err(LedgerError::Backdated { last, at });
        }
        let (accounts, entries) = (self.accounts.len(), self.entries.len());
        let posted = transfers.iter().try_for_each(|transfer| self.append(at, transfer));
        if posted.is_err() {
            self.take_back(accounts, entries);
        }
        posted
    }

    /// Posts all transfers of more than nothing in their order, or none of them. Those of nothing touch no account.
    ///
    /// # Errors
    ///
    /// [`LedgerError`]; the ledger is then as it was.
    pub fn post_nonzero(&mut self, at: Timestamp, transfers: &[Transfer]) -> Result<(), LedgerError> {
        let transfers = transfers.iter().filter(|transfer| transfer.amount > Wei::ZERO);
        self.post(at, &transfers.cloned().collect::<Vec<_>>())
    }

    /// Whether an account has an amount.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Funds`] if not.
    pub fn require(&self, account: &Account, amount: Wei) -> Result<(), LedgerError> {
        match amount.checked_sub(self.balance(account)) {
            None | Some(Wei::ZERO) => Ok(()),
            Some(missing) => Err(LedgerError::Funds { account: account.clone(), missing }),
        }
    }

    /// Appends one transfer, or changes no balance and appends nothing.
    fn append(&mut self, at: Timestamp, transfer: &Transfer) -> Result<(), LedgerError> {
        let Transfer { from, to, amount, purpose } = transfer;
        match (from, to) {
            (_, Account::Outside) => return Err(LedgerError::Outside),
            (Account::Outside, _) => {
                self.supply = self.supply.checked_add(*amount).ok_or(LedgerError::Supply)?;
            }
            _ => self.require(from, *amount)?,
        }
        let (from, to) = (self.place(from), self.place(to));
        let entry = Posted { at, from, to, amount: *amount, purpose: *purpose };
        self.shift(from, to, *amount);
        self.entries.push(entry);
        Ok(())
    }

    /// Moves `amount` between two balances. The one it leaves has it, and no balance exceeds the supply.
    fn shift(&mut self, from: usize, to: usize, amount: Wei) {
        self.change(from, |balance| balance.checked_sub(amount));
        self.change(to, |balance| balance.checked_add(amount));
    }

    /// Changes a balance. That of [`Account::Outside`] is not kept: it is the supply, owed.
    fn change(&mut self, place: usize, change: impl FnOnce(Wei) -> Option<Wei>) {
        if let Some((account, balance)) = self.accounts.get_mut(place)
            && *account != Account::Outside
            && let Some(changed) = change(*balance)
        {
            *balance = changed;
        }
    }

    /// Removes what was appended after there were so many accounts and entries.
    fn take_back(&mut self, accounts: usize, entries: usize) {
        while self.entries.len() > entries {
            if let Some(entry) = self.entries.pop() {
                self.shift(entry.to, entry.from, entry.amount);
                if self.accounts.get(entry.from).is_some_and(|(account, _)| *account == Account::Outside) {
                    self.supply = self.supply.checked_sub(entry.amount).unwrap_or_default();
                }
            }
        }
        for (account, _) in self.accounts.drain(accounts..) {
            self.places.remove(&account);
        }
    }

    /// The place of `account` in the list, at its end if it is new.
    fn place(&mut self, account: &Account) -> usize {
        if let Some(place) = self.places.get(account) {
            return *place;
        }
        let place = self.accounts.len();
        self.accounts.push((account.clone(), Wei::ZERO));
        self.places.insert(account.clone(), place);
        place
    }

    /// What `account` holds; nothing for an account never touched, and for [`Account::Outside`].
    #[must_use]
    pub fn balance(&self, account: &Account) -> Wei {
        let place = self.places.get(account).and_then(|place| self.accounts.get(*place));
        place.map_or(Wei::ZERO, |(_, balance)| *balance)
    }

    /// All money in the books: what came in from outside.
    #[must_use]
    pub const fn supply(&self) -> Wei {
        self.supply
    }

    /// Every account ever touched but [`Account::Outside`], with its balance, sorted by the text of its name.
    #[must_use]
    pub fn balances(&self) -> Vec<(&Account, Wei)> {
        let mut balances: Vec<_> = self
            .accounts
            .iter()
            .filter(|(account, _)| *account != Account::Outside)
            .map(|(account, balance)| (account, *balance))
            .collect();
        // The order of the variants is that of their texts; see the test.
        balances.sort_unstable();
        balances
    }

    /// Whether the balances sum to the supply. They always do; an auditor may want to ask.
    #[must_use]
    pub fn is_conserved(&self) -> bool {
        Wei::checked_sum(self.balances().into_iter().map(|(_, balance)| balance)) == Some(self.supply)
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.entries.iter().filter_map(|entry| {
            let (from, _) = self.accounts.get(entry.from)?;
            let (to, _) = self.accounts.get(entry.to)?;
            Some(Entry { at: entry.at, from, to, amount: entry.amount, purpose: entry.purpose })
        })
    }
}

/// Why a ledger refuses to post.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// An account has less than it should give. Fund it first.
    #[error("{account} is short by {missing} $DIMO")]
    Funds {
        /// The account that should give.
        account: Account,
        /// How much it lacks.
        missing: Wei,
    },
    /// Earlier than the last entry. Post events in the order in which they happened.
    #[error("{at} is earlier than the last entry, {last}")]
    Backdated {
        /// The time of the last entry.
        last: Timestamp,
        /// The time given.
        at: Timestamp,
    },
    /// The sum of all money would pass 2^128 wei; an opening balance is not in wei.
    #[error("all money together would be beyond 2^128 wei")]
    Supply,
    /// Money cannot leave the books. What is destroyed goes to [`Account::Burned`].
    #[error("money cannot leave the books")]
    Outside,
}
