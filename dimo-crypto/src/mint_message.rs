//! What the owner of a vehicle signs to have it minted: [`MintVehicle`] and [`MintVehicleWithDeviceDefinition`].
//!
//! Texts are borrowed and hashed where they stand: no heap.

use dimo_types::{Address, TokenId};

use crate::eip712::{Word, signing_digest, struct_hash, type_hash};
use crate::hash::Hasher;
use crate::message::{Message, sealed::Sealed};
use crate::{Digest, Registry};

/// A vehicle is minted for an owner, who signs this.
///
/// The contract takes pairs of an attribute and its info and signs them as two arrays. Here they are pairs too, so that the
/// arrays cannot differ in length. It knows the attributes `Make`, `Model`, `Year`, `DefinitionURI` and `ImageURI`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MintVehicle<'a> {
    /// The registry this is meant for.
    pub registry: Registry,
    /// The NFT of the vehicle's manufacturer.
    pub manufacturer_node: TokenId,
    /// Who will own the vehicle.
    pub owner: Address,
    /// Attributes and their infos, in the order in which they are sent to the contract.
    pub attributes: &'a [(&'a str, &'a str)],
}

impl MintVehicle<'_> {
    /// The EIP-712 type as the contract spells it.
    pub const TYPE: &'static str =
        "MintVehicleSign(uint256 manufacturerNode,address owner,string[] attributes,string[] infos)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);

    /// The EIP-712 struct hash, without the domain.
    #[must_use]
    pub fn struct_hash(&self) -> [u8; 32] {
        let [attributes, infos] = columns(self.attributes);
        let words = [self.manufacturer_node.word(), self.owner.word(), attributes, infos];
        struct_hash(&Self::TYPE_HASH, &words)
    }
}

impl Sealed for MintVehicle<'_> {}

impl Message for MintVehicle<'_> {
    fn digest(&self) -> Digest {
        signing_digest(&self.registry.domain_separator(), &self.struct_hash())
    }
}

/// A vehicle of a known definition is minted for an owner, who signs this.
///
/// # Example: an owner mints a car
///
/// ```
/// use dimo_crypto::{Message, MintVehicleWithDeviceDefinition, Registry};
/// use dimo_types::TokenId;
/// let mint = MintVehicleWithDeviceDefinition {
///     registry: Registry::POLYGON,
///     manufacturer_node: TokenId::from(7),
///     owner: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?,
///     device_definition: "toyota_camry_2021",
///     attributes: &[("Make", "Toyota"), ("Model", "Camry"), ("Year", "2021")],
/// };
/// let digest = mint.digest().to_string();
/// assert_eq!(digest, "0xd8207e7df7191e1b2e0112e8b453c1185a3cad94fa88354b2e82a9552047a2ba");
/// # Ok::<(), dimo_types::AddressError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MintVehicleWithDeviceDefinition<'a> {
    /// The registry this is meant for.
    pub registry: Registry,
    /// The NFT of the vehicle's manufacturer.
    pub manufacturer_node: TokenId,
    /// Who will own the vehicle.
    pub owner: Address,
    /// The id of the definition: `make_model_year`.
    pub device_definition: &'a str,
    /// Attributes and their infos, as in [`MintVehicle`].
    pub attributes: &'a [(&'a str, &'a str)],
}

impl MintVehicleWithDeviceDefinition<'_> {
    /// The EIP-712 type as the contract spells it.
    pub const TYPE: &'static str = "MintVehicleWithDeviceDefinitionSign(uint256 manufacturerNode,address owner,\
        string deviceDefinitionId,string[] attributes,string[] infos)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);

    /// The EIP-712 struct hash, without the domain.
    #[must_use]
    pub fn struct_hash(&self) -> [u8; 32] {
        let [attributes, infos] = columns(self.attributes);
        let definition = self.device_definition.word();
        let words = [self.manufacturer_node.word(), self.owner.word(), definition, attributes, infos];
        struct_hash(&Self::TYPE_HASH, &words)
    }
}

impl Sealed for MintVehicleWithDeviceDefinition<'_> {}

impl Message for MintVehicleWithDeviceDefinition<'_> {
    fn digest(&self) -> Digest {
        signing_digest(&self.registry.domain_separator(), &self.struct_hash())
    }
}

/// The words of the two `string[]`: the names of the pairs, and their infos.
fn columns(attributes: &[(&str, &str)]) -> [[u8; 32]; 2] {
    let array = |column: fn(&(&str, &str)) -> [u8; 32]| {
        attributes.iter().map(column).fold(Hasher::new(), |hasher, word| hasher.chain(&word)).finish()
    };
    [array(|(name, _)| name.word()), array(|(_, info)| info.word())]
}
