//! [`TokenRegistry`]: the NFTs of vehicles and of software connections. On the network this is a contract; here it is what the
//! contract checks before it mints or burns, without the chain.

use std::collections::BTreeMap;

use dimo_crypto::{
    BurnSynthetic, MintSynthetic, MintVehicleAndSynthetic, MintVehicleWithDeviceDefinition, Registry,
    Signature, verify,
};
use dimo_types::{Address, Did, TokenId};

use crate::report::{Checked, hold, reason};

/// The test network: what an example signs has no business on the main one.
pub(crate) const REGISTRY: Registry = Registry::AMOY;
/// The first vehicle and the first connection that this registry mints.
const FIRST_VEHICLE: u64 = 1337;
const FIRST_SYNTHETIC: u64 = 501;

/// The contracts whose NFTs stand in DIDs, on the test network.
const VEHICLES: Address = Address::new([
    0x45, 0xFB, 0xCD, 0x3E, 0xF7, 0x36, 0x1D, 0x15, 0x6E, 0x8B, 0x16, 0xF5, 0x53, 0x8A, 0xE3, 0x6D, 0xED,
    0xF6, 0x1D, 0xA8,
]);
const SYNTHETICS: Address = Address::new([
    0x78, 0x51, 0x3C, 0x8C, 0xB4, 0xD6, 0xB6, 0x07, 0x9F, 0x81, 0x38, 0x50, 0x37, 0x6B, 0xC9, 0xC7, 0xFC,
    0x8A, 0xE6, 0x7F,
]);

/// The DID of a vehicle.
pub(crate) const fn vehicle_did(token_id: TokenId) -> Did {
    Did::Erc721 { chain_id: REGISTRY.chain_id, contract: VEHICLES, token_id }
}

/// The DID of a software connection.
pub(crate) const fn synthetic_did(token_id: TokenId) -> Did {
    Did::Erc721 { chain_id: REGISTRY.chain_id, contract: SYNTHETICS, token_id }
}

/// A software connection's NFT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Synthetic {
    pub(crate) node: TokenId,
    pub(crate) vehicle: TokenId,
    /// The connection's key.
    pub(crate) address: Address,
}

/// Which vehicle is whose, and which connection is of which vehicle: one at a time.
#[derive(Debug, Default)]
pub(crate) struct TokenRegistry {
    owners: BTreeMap<TokenId, Address>,
    synthetics: BTreeMap<TokenId, Synthetic>,
    minted: u64,
}

impl TokenRegistry {
    /// Mints a vehicle and its software connection together: the owner signs for the vehicle, the connection's key for itself.
    pub(crate) fn mint_both(
        &mut self,
        vehicle: &MintVehicleWithDeviceDefinition<'_>,
        by_owner: &Signature,
        connection: MintVehicleAndSynthetic,
        by_connection: &Signature,
        address: Address,
    ) -> Checked<Synthetic> {
        verify(*vehicle, by_owner, vehicle.owner).map_err(reason)?;
        verify(connection, by_connection, address).map_err(reason)?;
        let node = TokenId::from(FIRST_VEHICLE + self.owners.len() as u64);
        self.owners.insert(node, vehicle.owner);
        Ok(self.add(node, address))
    }

    /// Mints a software connection of a vehicle that exists: both sign the same.
    pub(crate) fn mint(
        &mut self,
        mint: MintSynthetic,
        by_owner: &Signature,
        by_connection: &Signature,
        address: Address,
    ) -> Checked<Synthetic> {
        let vehicle = mint.vehicle_node;
        let owner = *self.owners.get(&vehicle).ok_or("no such vehicle")?;
        let taken = self.synthetics.values().any(|other| other.vehicle == vehicle);
        hold(!taken, || format!("vehicle {vehicle} has a software connection already"))?;
        verify(mint, by_connection, address).map_err(reason)?;
        verify(mint, by_owner, owner).map_err(reason)?;
        Ok(self.add(vehicle, address))
    }

    /// Burns a software connection: the owner of its vehicle signs.
    pub(crate) fn burn(&mut self, burn: BurnSynthetic, by_owner: &Signature) -> Checked {
        let owner = *self.owners.get(&burn.vehicle_node).ok_or("no such vehicle")?;
        let synthetic = self.synthetics.get(&burn.synthetic_node).ok_or("no such connection")?;
        hold(synthetic.vehicle == burn.vehicle_node, || "the connection is of another vehicle".to_owned())?;
        verify(burn, by_owner, owner).map_err(reason)?;
        self.synthetics.remove(&burn.synthetic_node);
        Ok(())
    }

    /// The software connection whose DID this is, while it exists.
    pub(crate) fn by_did(&self, did: Did) -> Option<&Synthetic> {
        self.synthetics.values().find(|synthetic| synthetic_did(synthetic.node) == did)
    }

    /// The software connection with this key, while it exists.
    pub(crate) fn by_address(&self, address: Address) -> Option<&Synthetic> {
        self.synthetics.values().find(|synthetic| synthetic.address == address)
    }

    fn add(&mut self, vehicle: TokenId, address: Address) -> Synthetic {
        let node = TokenId::from(FIRST_SYNTHETIC + self.minted);
        self.minted += 1;
        let synthetic = Synthetic { node, vehicle, address };
        self.synthetics.insert(node, synthetic);
        synthetic
    }
}
