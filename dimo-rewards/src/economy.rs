//! [`Economy`]: licences, stakes, minting NFTs, devices and money, held together.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use dimo_types::{Address, DeviceType, Month, Timestamp, Wei};

use crate::{
    Account, Actor, AddedSpecification, Challenge, Court, Ledger, LedgerError, Licence, Licensing, Model,
    Name, Nft, NftId, Period, Policy, Power, Record, Stake, Standing, Statement, StatementError,
    TokenHolders, Unauthorised, good_standing,
};

mod close;
mod connection;
mod dispute;
mod error;
mod leaving;
mod licence;
mod sale;
mod stake;
mod unlink;

pub use connection::Bonding;
pub use error::{
    ApplyError, BondError, BuyError, ChallengeError, CloseError, ConnectError, OpenError, ReleaseError,
    RenounceError, ResellError, StakeError, UnlinkError, WithdrawError,
};
pub(crate) use sale::Lot;

/// The whole economy of one deployment. What it refuses changes nothing.
///
/// - Ask: [`standing`](Self::standing), [`statement`](Self::statement), [`ledger`](Self::ledger), [`nft`](Self::nft), ...
/// - Providers: [`apply`](Self::apply), [`bond`](Self::bond), [`connect`](Self::connect),
///   [`disconnect`](Self::disconnect), [`unlink`](Self::unlink), [`renounce`](Self::renounce), [`release`](Self::release).
/// - Whoever has $DIMO: [`stake`](Self::stake), [`buy`](Self::buy), [`resell`](Self::resell),
///   [`challenge`](Self::challenge).
/// - Authorities act through [`integrations`](Self::integrations), [`court`](Self::court) and
///   [`token_holders`](Self::token_holders), and what has no method there they cannot do.
/// - The backend: [`open`](Self::open) at first, [`close`](Self::close) once after each month.
///
/// Time is an argument of everything that changes something, and must not fall.
///
/// # Example: data of a provider without a stake is refused
///
/// ```
/// use dimo_rewards::{BasisPoints, Economy, Name, Policy, Refusal};
/// use dimo_types::{ProviderKind, Timestamp};
/// let (maker, now) = (Name::new("acme")?, Timestamp::EPOCH);
/// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
/// assert_eq!(economy.standing(&maker).require(), Err(Refusal::NoLicence));
/// economy.apply(now, &maker, ProviderKind::Hardware)?;
/// economy.integrations().grant(now, &maker)?;
/// let short = economy.standing(&maker).require().unwrap_err();
/// assert_eq!(short.to_string(), "the stake is short by 100000 $DIMO");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Economy {
    /// The policy in force is the last; NFTs keep the terms of the one under which they were sold.
    pub(crate) policies: Policies,
    pub(crate) now: Timestamp,
    pub(crate) ledger: Ledger,
    pub(crate) record: Record,
    pub(crate) providers: BTreeMap<Name, Provider>,
    pub(crate) challenges: BTreeMap<Name, Challenge>,
    pub(crate) powers: BTreeMap<Actor, BTreeSet<Power>>,
    pub(crate) specifications: Vec<AddedSpecification>,
    /// What was sold, purchase by purchase, by the id of its first NFT.
    lots: BTreeMap<NftId, Lot>,
    /// The NFTs to which something happened after their sale.
    pub(crate) nfts: BTreeMap<NftId, Nft>,
    pub(crate) devices: BTreeMap<Address, NftId>,
    pub(crate) banned: BTreeSet<Address>,
    sold: BTreeMap<DeviceType, u64>,
    closed: BTreeSet<Month>,
}

/// The policies under which an economy ran, oldest first, never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policies {
    past: Vec<Policy>,
    current: Policy,
}

impl Policies {
    /// The policy that was the `place`th.
    fn get(&self, place: usize) -> &Policy {
        self.past.get(place).unwrap_or(&self.current)
    }

    pub(crate) const fn current(&self) -> &Policy {
        &self.current
    }

    /// The one in force, to change what concerns future sales only.
    pub(crate) const fn current_mut(&mut self) -> &mut Policy {
        &mut self.current
    }

    pub(crate) fn amend(&mut self, policy: Policy) {
        self.past.push(core::mem::replace(&mut self.current, policy));
    }
}

/// What is kept of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) licence: Option<Licence>,
    pub(crate) stake: Stake,
    pub(crate) models: BTreeMap<Name, Model>,
}

impl Economy {
    /// An economy in which nothing has happened yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policies: Policies { past: Vec::new(), current: policy },
            now: Timestamp::EPOCH,
            ledger: Ledger::new(),
            record: Record::default(),
            providers: BTreeMap::new(),
            challenges: BTreeMap::new(),
            powers: BTreeMap::from([(Actor::Integrations, BTreeSet::from(Power::DIP4))]),
            specifications: Vec::new(),
            lots: BTreeMap::new(),
            nfts: BTreeMap::new(),
            devices: BTreeMap::new(),
            banned: BTreeSet::new(),
            sold: BTreeMap::new(),
            closed: BTreeSet::new(),
        }
    }

    /// The numbers it runs by now.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        self.policies.current()
    }

    /// The time of the last event.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Its books.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What is to be published.
    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// Every provider that ever applied, by name.
    pub fn providers(&self) -> impl Iterator<Item = &Name> {
        self.providers.keys()
    }

    /// The licence of a provider, whatever its state; `None` before the first was granted.
    #[must_use]
    pub fn licence(&self, provider: &Name) -> Option<&Licence> {
        self.providers.get(provider)?.licence.as_ref()
    }

    /// What a provider must stake, and who deposited what for it.
    #[must_use]
    pub fn stake_of(&self, provider: &Name) -> Option<&Stake> {
        self.providers.get(provider).map(|provider| &provider.stake)
    }

    /// The models that were approved for a provider, by name.
    pub fn models(&self, provider: &Name) -> impl Iterator<Item = (&Name, &Model)> {
        self.providers.get(provider).into_iter().flat_map(|provider| &provider.models)
    }

    /// Every specification beyond the minimum, oldest first.
    #[must_use]
    pub fn specifications(&self) -> &[AddedSpecification] {
        &self.specifications
    }

    /// Every challenge, by the id its challenger gave it.
    #[must_use]
    pub const fn challenges(&self) -> &BTreeMap<Name, Challenge> {
        &self.challenges
    }

    /// A minting NFT as it stands.
    #[must_use]
    pub fn nft(&self, id: NftId) -> Option<Nft> {
        self.nfts.get(&id).cloned().or_else(|| self.as_sold(id))
    }

    /// The minting NFT bonded to a device.
    #[must_use]
    pub fn nft_of(&self, device: &Address) -> Option<NftId> {
        self.devices.get(device).copied()
    }

    /// Whether a device was banned from the network.
    #[must_use]
    pub fn is_banned(&self, device: &Address) -> bool {
        self.banned.contains(device)
    }

    /// How many NFTs of a type were ever sold: the `n` of the last sale.
    #[must_use]
    pub fn sold(&self, device_type: DeviceType) -> u64 {
        self.sold.get(&device_type).copied().unwrap_or(0)
    }

    /// Whether `provider` may act now: its licence and its stake balance, looked up at this moment.
    #[must_use]
    pub fn standing(&self, provider: &Name) -> Standing {
        let known = self.providers.get(provider);
        let requirement = known.map_or(self.policy().stake, |known| known.stake.requirement());
        let balance = self.ledger.balance(&Account::Stake(provider.clone()));
        good_standing(known.and_then(|known| known.licence.as_ref()), balance, requirement)
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
    pub const fn integrations(&mut self) -> Licensing<'_> {
        Licensing::new(self, Actor::Integrations)
    }

    /// The same in the hands of anybody: of a team to which the token holders gave powers, for instance. Whoever has none is
    /// refused.
    pub const fn licensing(&mut self, by: Actor) -> Licensing<'_> {
        Licensing::new(self, by)
    }

    /// What the DIMO Court may do: decide challenges.
    pub const fn court(&mut self) -> Court<'_> {
        Court::new(self)
    }

    /// What a vote of the token holders may do.
    pub const fn token_holders(&mut self) -> TokenHolders<'_> {
        TokenHolders::new(self)
    }

    /// Whether an authority has a power now.
    ///
    /// # Errors
    ///
    /// [`Unauthorised`] if not.
    pub fn authorise(&self, by: &Actor, power: Power) -> Result<(), Unauthorised> {
        // "The $DIMO token holders may overrule DIMO Integrations."
        let has =
            *by == Actor::TokenHolders || self.powers.get(by).is_some_and(|powers| powers.contains(&power));
        if has { Ok(()) } else { Err(Unauthorised { by: by.clone(), power }) }
    }

    /// Lets `act` happen at a time that does not fall, and remembers the time if it was not refused.
    ///
    /// `act` does what can be refused before it changes anything.
    pub(crate) fn at<T, E: From<LedgerError>>(
        &mut self,
        at: Timestamp,
        act: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if at < self.now {
            return Err(LedgerError::Backdated { last: self.now, at }.into());
        }
        let done = act(self)?;
        self.now = at;
        Ok(done)
    }

    /// Brings an opening balance of a provider or a holder into the books.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(&mut self, at: Timestamp, account: Account, amount: Wei) -> Result<(), OpenError> {
        self.at(at, |economy| {
            if !matches!(account, Account::Provider(_) | Account::Holder(_)) {
                return Err(OpenError::NoActor { account });
            }
            Ok(economy.ledger.open(at, account, amount)?)
        })
    }
}
