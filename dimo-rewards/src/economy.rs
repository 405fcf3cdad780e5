//! [`Economy`]: licences, stakes, minting NFTs, devices and money, held together.

use alloc::collections::{BTreeMap, BTreeSet};

use dimo_types::{Address, DeviceType, Month, ProviderKind, Timestamp, TokenId, Wei};

use crate::{
    Account, Bond, Bonded, Connection, Integrations, Ledger, Licence, Name, Nft, NftId, Period, Policy,
    Purpose, Quantity, SaleNumber, Settlement, Stake, Standing, Statement, StatementError, Transfer,
    good_standing,
};

mod error;
mod unlink;

pub use error::{BondError, BuyError, CloseError, ConnectError, OpenError, StakeError, UnlinkError};

/// The whole economy of one deployment. What it refuses changes nothing.
///
/// - Ask: [`standing`](Self::standing), [`statement`](Self::statement), [`ledger`](Self::ledger), [`nft`](Self::nft), ...
/// - Providers and holders: [`stake`](Self::stake), [`buy`](Self::buy), [`bond`](Self::bond),
///   [`connect`](Self::connect), [`disconnect`](Self::disconnect), [`unlink`](Self::unlink).
/// - DIMO Integrations acts through [`integrations`](Self::integrations), and only there.
/// - The backend: [`open`](Self::open) at first, [`close`](Self::close) once after each month.
///
/// Time is an argument wherever money moves or a right ends, and must not fall.
///
/// # Example: data of a provider without a stake is refused
///
/// ```
/// use dimo_rewards::{BasisPoints, Economy, Name, Policy, Refusal};
/// let maker = Name::new("acme")?;
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// assert_eq!(economy.standing(&maker).require(), Err(Refusal::NoLicence));
/// economy.integrations().grant(&maker)?;
/// let short = economy.standing(&maker).require().unwrap_err();
/// assert_eq!(short.to_string(), "the stake is short by 100000 $DIMO");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Economy {
    policy: Policy,
    pub(crate) ledger: Ledger,
    pub(crate) providers: BTreeMap<Name, Provider>,
    pub(crate) nfts: BTreeMap<NftId, Nft>,
    devices: BTreeMap<Address, NftId>,
    sold: BTreeMap<DeviceType, u64>,
    closed: BTreeSet<Month>,
}

/// What is kept of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) licence: Licence,
    pub(crate) stake: Stake,
}

impl Economy {
    /// An economy in which nothing has happened yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            ledger: Ledger::new(),
            providers: BTreeMap::new(),
            nfts: BTreeMap::new(),
            devices: BTreeMap::new(),
            sold: BTreeMap::new(),
            closed: BTreeSet::new(),
        }
    }

    /// The numbers it runs by.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Its books.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The licence of a provider, whatever its state.
    #[must_use]
    pub fn licence(&self, provider: &Name) -> Option<&Licence> {
        self.providers.get(provider).map(|provider| &provider.licence)
    }

    /// What a provider must stake, and who deposited what for it.
    #[must_use]
    pub fn stake_of(&self, provider: &Name) -> Option<&Stake> {
        self.providers.get(provider).map(|provider| &provider.stake)
    }

    /// A minting NFT.
    #[must_use]
    pub fn nft(&self, id: NftId) -> Option<&Nft> {
        self.nfts.get(&id)
    }

    /// The minting NFT bonded to a device.
    #[must_use]
    pub fn nft_of(&self, device: &Address) -> Option<NftId> {
        self.devices.get(device).copied()
    }

    /// Whether `provider` may act now: its licence and its stake balance, looked up at this moment.
    #[must_use]
    pub fn standing(&self, provider: &Name) -> Standing {
        let known = self.providers.get(provider);
        let requirement = known.map_or(self.policy.stake, |known| known.stake.requirement());
        let balance = self.ledger.balance(&Account::Stake(provider.clone()));
        good_standing(known.map(|known| &known.licence), balance, requirement)
    }

    /// What happened to every account in `period`.
    ///
    /// # Errors
    ///
    /// [`StatementError`] where the movements sum to more than 2^128 wei.
    pub fn statement(&self, period: Period) -> Result<Statement, StatementError> {
        Statement::of(&self.ledger, period)
    }

    /// What DIMO Integrations may do, and nothing that it may not.
    pub const fn integrations(&mut self) -> Integrations<'_> {
        Integrations::new(self)
    }

    /// Brings an opening balance of a provider or a holder into the books.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(&mut self, at: Timestamp, account: Account, amount: Wei) -> Result<(), OpenError> {
        if !is_actor(&account) {
            return Err(OpenError::NoActor { account });
        }
        Ok(self.ledger.open(at, account, amount)?)
    }

    /// Deposits a part of a provider's stake: by the provider, or by a financing partner.
    ///
    /// # Errors
    ///
    /// [`StakeError`].
    pub fn stake(
        &mut self,
        at: Timestamp,
        by: &Account,
        provider: &Name,
        amount: Wei,
    ) -> Result<(), StakeError> {
        let known = self.providers.get_mut(provider).ok_or(StakeError::UnknownProvider)?;
        if !is_actor(by) {
            return Err(StakeError::NoActor { account: by.clone() });
        }
        let to = Account::Stake(provider.clone());
        self.ledger.post(at, &[Transfer::new(by.clone(), to, amount, Purpose::Stake)])?;
        known.stake.note_deposit(by.clone(), amount);
        Ok(())
    }

    /// Sells the next minting NFT of a type: rebate and team share are set aside, the rest goes to the treasury.
    ///
    /// # Errors
    ///
    /// [`BuyError`].
    pub fn buy(&mut self, at: Timestamp, by: &Account, device_type: DeviceType) -> Result<NftId, BuyError> {
        let terms = self.policy.nfts.get(&device_type).ok_or(BuyError::NotForSale { device_type })?;
        let sold = self.sold.get(&device_type).copied().unwrap_or(0);
        if matches!(terms.quantity, Quantity::Limited(quantity) if sold >= quantity) {
            return Err(BuyError::SoldOut { device_type });
        }
        if !is_actor(by) {
            return Err(BuyError::NoActor { account: by.clone() });
        }
        let id = NftId { device_type, number: SaleNumber::after(sold) };
        let split = self.policy.split(id.number, terms.price)?;
        self.ledger.post(
            at,
            &[
                Transfer::new(by.clone(), Account::Escrow, split.set_aside(), Purpose::SetAside),
                Transfer::new(by.clone(), Account::Treasury, split.treasury(), Purpose::TreasuryShare),
            ],
        )?;
        self.sold.insert(device_type, id.number.get());
        self.nfts.insert(id, Nft::sold(by.clone(), split, self.policy.months));
        Ok(id)
    }

    /// Bonds a minting NFT that the provider owns to a device, for good. From here on the provider earns its rebate.
    ///
    /// # Errors
    ///
    /// [`BondError`].
    pub fn bond(&mut self, provider: &Name, nft: NftId, device: Address) -> Result<(), BondError> {
        self.standing(provider).require()?;
        if let Some(nft) = self.nft_of(&device) {
            return Err(BondError::DeviceBonded { nft });
        }
        let bonded = self.nfts.get_mut(&nft).ok_or(BondError::UnknownNft { nft })?;
        if bonded.owner != Account::Provider(provider.clone()) {
            return Err(BondError::NotOwner { nft });
        }
        if let Some(Bond { device, .. }) = bonded.bond {
            return Err(BondError::NftBonded { device });
        }
        let connection = Connection::Disconnected;
        bonded.bond = Some(Bond { provider: provider.clone(), device, vehicle: None, connection });
        self.devices.insert(device, nft);
        Ok(())
    }

    /// Connects a bonded device to a vehicle. A device may move to another one, a software connection may not.
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub fn connect(&mut self, device: &Address, vehicle: TokenId) -> Result<(), ConnectError> {
        let nft = self.nft_of(device).ok_or(ConnectError::NotBonded)?;
        let software = self.policy.nfts.get(&nft.device_type).map(|terms| terms.provider);
        let bond = self.bond_of(device)?;
        match bond.vehicle {
            Some(first) if first != vehicle && software == Some(ProviderKind::Software) => {
                Err(ConnectError::SoftwareMoved { vehicle: first })
            }
            _ => {
                bond.vehicle = Some(vehicle);
                bond.connection = Connection::Connected;
                Ok(())
            }
        }
    }

    /// Notes that a device is not connected any more.
    ///
    /// # Errors
    ///
    /// [`ConnectError::NotBonded`].
    pub fn disconnect(&mut self, device: &Address) -> Result<(), ConnectError> {
        self.bond_of(device)?.connection = Connection::Disconnected;
        Ok(())
    }

    fn bond_of(&mut self, device: &Address) -> Result<&mut Bond, ConnectError> {
        let nft = self.devices.get(device).and_then(|nft| self.nfts.get_mut(nft));
        nft.and_then(|nft| nft.bond.as_mut()).ok_or(ConnectError::NotBonded)
    }

    /// Closes `month`: pays an instalment for every device that is connected and whose provider is in good standing now,
    /// and pauses the others. Once for each month, any time after it.
    ///
    /// # Errors
    ///
    /// [`CloseError`].
    pub fn close(&mut self, at: Timestamp, month: Month) -> Result<Settlement, CloseError> {
        if Month::of(at) <= month {
            return Err(CloseError::NotOver { month });
        }
        if self.closed.contains(&month) {
            return Err(CloseError::AlreadyClosed { month });
        }
        let bonded = self.nfts.values().filter_map(|nft| {
            let Bond { provider, connection, .. } = nft.bond.as_ref()?;
            Some(Bonded { provider, schedule: &nft.schedule, connection: *connection })
        });
        let settlement = Settlement::of(month, bonded, |provider| self.standing(provider))?;
        self.ledger.post(at, &settlement.transfers())?;
        let bonded = self.nfts.values_mut().filter(|nft| nft.bond.is_some());
        for (nft, schedule) in bonded.zip(&settlement.schedules) {
            nft.schedule = *schedule;
        }
        self.closed.insert(month);
        Ok(settlement)
    }
}

/// Whether an account belongs to somebody who can act: a provider or a holder.
const fn is_actor(account: &Account) -> bool {
    matches!(account, Account::Provider(_) | Account::Holder(_))
}
