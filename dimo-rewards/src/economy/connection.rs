//! Devices bonded to their NFTs, and connected to vehicles.

use dimo_types::{Address, Country, ProviderKind, Timestamp, TokenId};

use super::{BondError, ConnectError, Economy};
use crate::{Account, Bond, Connection, Model, ModelState, Name, NftId};

/// What a provider bonds: one of its NFTs to one device, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bonding {
    /// The NFT.
    pub nft: NftId,
    /// The wallet of the device, or the account of a software connection.
    pub device: Address,
    /// Its model, approved for the provider.
    pub model: Name,
    /// Where it will be used, as far as that is known. Asked again on the device.
    pub country: Option<Country>,
}

impl Economy {
    /// Bonds a minting NFT that the provider owns to a device, for good. From here on the provider earns its rebate.
    ///
    /// # Errors
    ///
    /// [`BondError`].
    pub fn bond(&mut self, at: Timestamp, provider: &Name, bonding: &Bonding) -> Result<(), BondError> {
        self.at(at, |economy| {
            let Bonding { nft, device, ref model, country } = *bonding;
            economy.standing(provider).require()?;
            if let Some(nft) = economy.nft_of(&device) {
                return Err(BondError::DeviceBonded { nft });
            }
            if economy.is_banned(&device) {
                return Err(BondError::Banned);
            }
            let mut bonded = economy.nft(nft).ok_or(BondError::UnknownNft { nft })?;
            if bonded.owner != Account::Provider(provider.clone()) {
                return Err(BondError::NotOwner { nft });
            }
            if let Some(Bond { device, .. }) = bonded.bond {
                return Err(BondError::NftBonded { device });
            }
            economy.require_model(provider, nft, model, country)?;
            let (provider, model) = (provider.clone(), model.clone());
            let connection = Connection::Disconnected;
            bonded.bond = Some(Bond { provider, model, device, vehicle: None, connection });
            economy.nfts.insert(nft, bonded);
            economy.devices.insert(device, nft);
            Ok(())
        })
    }

    /// Whether a model may be bonded to an NFT, in a country.
    fn require_model(
        &self,
        provider: &Name,
        nft: NftId,
        name: &Name,
        country: Option<Country>,
    ) -> Result<(), BondError> {
        let models = self.providers.get(provider).map(|provider| &provider.models);
        let model: &Model = models.and_then(|models| models.get(name)).ok_or(BondError::NotApproved)?;
        if model.state == ModelState::Banned {
            return Err(BondError::ModelBanned);
        }
        if model.device_type != nft.device_type {
            return Err(BondError::OtherType { device_type: model.device_type });
        }
        if let Some(country) = country {
            self.policy().geography.check(country)?;
            if !model.countries.is_empty() && !model.countries.contains(&country) {
                return Err(BondError::OtherCountry { country });
            }
        }
        Ok(())
    }

    /// Connects a bonded device to a vehicle. A device may move to another one, a software connection may not.
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub fn connect(&mut self, at: Timestamp, device: &Address, vehicle: TokenId) -> Result<(), ConnectError> {
        self.at(at, |economy| {
            let nft = economy.connectable(device)?;
            let software = economy.is_software(nft);
            let bond = economy.bond_of(nft)?;
            match bond.vehicle {
                Some(first) if first != vehicle && software => {
                    return Err(ConnectError::SoftwareMoved { vehicle: first });
                }
                _ => bond.vehicle = Some(vehicle),
            }
            economy.turn(at, nft, Connection::Connected)
        })
    }

    /// Notes that a device is not connected any more.
    ///
    /// # Errors
    ///
    /// [`ConnectError::NotBonded`], [`ConnectError::Banned`], [`ConnectError::Ledger`].
    pub fn disconnect(&mut self, at: Timestamp, device: &Address) -> Result<(), ConnectError> {
        self.at(at, |economy| {
            let nft = economy.connectable(device)?;
            economy.turn(at, nft, Connection::Disconnected)
        })
    }

    /// The NFT of a device that may be connected.
    fn connectable(&self, device: &Address) -> Result<NftId, ConnectError> {
        if self.is_banned(device) {
            return Err(ConnectError::Banned);
        }
        self.nft_of(device).ok_or(ConnectError::NotBonded)
    }

    /// Sets whether a bonded device is connected, and counts it where that changes.
    pub(crate) fn turn(&mut self, at: Timestamp, nft: NftId, to: Connection) -> Result<(), ConnectError> {
        let bond = self.bond_of(nft)?;
        if bond.connection != to {
            bond.connection = to;
            let provider = bond.provider.clone();
            let traffic = self.record.traffic_of(at, &provider, nft.device_type);
            match to {
                Connection::Connected => traffic.connected += 1,
                Connection::Disconnected => traffic.disconnected += 1,
            }
        }
        Ok(())
    }

    /// Whether an NFT is for a software connection, by the terms of its sale.
    pub(super) fn is_software(&self, nft: NftId) -> bool {
        let terms = self.policy_of(nft).and_then(|policy| policy.nfts.get(&nft.device_type));
        terms.is_some_and(|terms| terms.provider == ProviderKind::Software)
    }

    fn bond_of(&mut self, nft: NftId) -> Result<&mut Bond, ConnectError> {
        self.nfts.get_mut(&nft).and_then(|nft| nft.bond.as_mut()).ok_or(ConnectError::NotBonded)
    }
}
