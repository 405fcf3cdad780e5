//! The end of a software connection.

use dimo_types::{Address, Timestamp, Wei};

use super::{Economy, UnlinkError};
use crate::Connection;

impl Economy {
    /// Ends a software connection for good, because its owner unlinked it or because another one takes its place, and
    /// returns what goes to the treasury: all that its schedule had still to pay. Its minting NFT stays bonded and cannot be
    /// used again, so that every new connection needs one of its own (DIP-4, Device Minting NFTs).
    ///
    /// # Errors
    ///
    /// [`UnlinkError`].
    ///
    /// # Example: a connection is replaced
    ///
    /// ```
    /// use dimo_rewards::{Account, BasisPoints, BondError, Bonding, Economy, Name, Policy};
    /// use dimo_types::{
    ///     Address, CertificationStatus, Checklist, DeviceType, ProviderKind, Timestamp, TokenId,
    /// };
    /// let (provider, now) = (Name::new("acme")?, Timestamp::from_secs(1_672_531_200)?);
    /// let (wallet, vehicle) = (Account::Provider(provider.clone()), TokenId::from(42));
    /// let (first, second) = (Address::new([1; 20]), Address::new([2; 20]));
    /// let mut economy = Economy::new(Policy::dip4(BasisPoints::ZERO));
    /// economy.open(now, wallet.clone(), "100020".parse()?)?;
    /// economy.apply(now, &provider, ProviderKind::Software)?;
    /// economy.integrations().grant(now, &provider)?;
    /// economy.stake(now, &wallet, &provider, economy.policy().stake)?;
    /// let mut list = Checklist::new(DeviceType::SoftwareOnly, ProviderKind::Software, &[]);
    /// list.set_all(CertificationStatus::Met { evidence: "audit 3" });
    /// let model = Name::new("cloud-link")?;
    /// economy.integrations().approve(now, &provider, &model, &list, &[])?;
    ///
    /// let nft = economy.buy(now, &wallet, DeviceType::SoftwareOnly)?; // 10 $DIMO
    /// let bonding = |nft, device| Bonding { nft, device, model: model.clone(), country: None };
    /// economy.bond(now, &provider, &bonding(nft, first))?;
    /// economy.connect(now, &first, vehicle)?;
    ///
    /// assert_eq!(economy.unlink(now, &first)?.to_string(), "8.5"); // 70 % and 15 %, nothing of it paid yet
    /// let again = economy.bond(now, &provider, &bonding(nft, second));
    /// assert!(matches!(again, Err(BondError::NftBonded { .. })));
    /// let another = economy.buy(now, &wallet, DeviceType::SoftwareOnly)?;
    /// economy.bond(now, &provider, &bonding(another, second))?;
    /// economy.connect(now, &second, vehicle)?;
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn unlink(&mut self, at: Timestamp, device: &Address) -> Result<Wei, UnlinkError> {
        self.at(at, |economy| {
            let nft = economy.nft_of(device).ok_or(UnlinkError::NotBonded)?;
            if !economy.is_software(nft) {
                return Err(UnlinkError::Hardware { nft });
            }
            let rest = economy.end_schedules(at, &[nft])?;
            // Cannot be refused: it is bonded.
            let _ = economy.turn(at, nft, Connection::Disconnected);
            economy.devices.remove(device);
            Ok(rest)
        })
    }
}
