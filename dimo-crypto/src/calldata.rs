//! Calls of the DIMO registry, for backends that send transactions: the bytes to send, and to which contract.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use dimo_types::{Address, TokenId};
use thiserror::Error;

use crate::abi::{Value, call, selector};
use crate::eip712::Word;
use crate::{Claim, Pair, Registry, Signature, Unpair};

/// A function of the registry, with its signature as the contract spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RegistryFunction {
    /// Claim with the signatures of owner and device; the caller needs the role of a claimer.
    ClaimSign,
    /// Claim by the owner, who calls it, with the signature of the device.
    Claim,
    /// Pair with the signatures of device and vehicle owner, who may be another one than the device's; needs the role of a pairer.
    PairSignTwoOwners,
    /// Pair with the signature of the one owner of both; needs the role of a pairer.
    PairSign,
    /// Pair by the vehicle's owner, who calls it, with the signature of the device.
    PairWithDeviceSignature,
    /// Pair by the one owner of both, who calls it.
    Pair,
    /// Unpair with the signature of the owner of either; needs the role of an unpairer.
    UnpairSign,
    /// Unpair by the owner of either, who calls it.
    Unpair,
    /// Mint devices by their manufacturer, who calls it.
    MintDevices,
}

impl RegistryFunction {
    /// Every function.
    pub const ALL: [Self; 9] = [
        Self::ClaimSign,
        Self::Claim,
        Self::PairSignTwoOwners,
        Self::PairSign,
        Self::PairWithDeviceSignature,
        Self::Pair,
        Self::UnpairSign,
        Self::Unpair,
        Self::MintDevices,
    ];

    /// Name and types, as they are hashed.
    #[must_use]
    pub const fn signature(self) -> &'static str {
        match self {
            Self::ClaimSign => "claimAftermarketDeviceSign(uint256,address,bytes,bytes)",
            Self::Claim => "claimAftermarketDevice(uint256,bytes)",
            Self::PairSignTwoOwners => "pairAftermarketDeviceSign(uint256,uint256,bytes,bytes)",
            Self::PairSign => "pairAftermarketDeviceSign(uint256,uint256,bytes)",
            Self::PairWithDeviceSignature => "pairAftermarketDeviceWithAdSig(uint256,uint256,bytes)",
            Self::Pair => "pairAftermarketDevice(uint256,uint256)",
            Self::UnpairSign => "unpairAftermarketDeviceSign(uint256,uint256,bytes)",
            Self::Unpair => "unpairAftermarketDevice(uint256,uint256)",
            Self::MintDevices => {
                "mintAftermarketDeviceByManufacturerBatch(uint256,(address,(string,string)[])[])"
            }
        }
    }

    /// The first four bytes of a call, hashed by the compiler.
    #[must_use]
    pub const fn selector(self) -> [u8; 4] {
        match self {
            Self::ClaimSign => const { selector(Self::ClaimSign.signature()) },
            Self::Claim => const { selector(Self::Claim.signature()) },
            Self::PairSignTwoOwners => const { selector(Self::PairSignTwoOwners.signature()) },
            Self::PairSign => const { selector(Self::PairSign.signature()) },
            Self::PairWithDeviceSignature => const { selector(Self::PairWithDeviceSignature.signature()) },
            Self::Pair => const { selector(Self::Pair.signature()) },
            Self::UnpairSign => const { selector(Self::UnpairSign.signature()) },
            Self::Unpair => const { selector(Self::Unpair.signature()) },
            Self::MintDevices => const { selector(Self::MintDevices.signature()) },
        }
    }

    fn with(self, registry: Registry, arguments: &[Value]) -> RegistryCall {
        RegistryCall { registry, function: self, data: call(self.selector(), arguments) }
    }
}

/// A call of the registry, ready to be a transaction to [`Registry::contract`] on its chain.
///
/// # Example: a backend relays a claim
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::blocking::DeviceSigner;
/// use dimo_crypto::{Claim, Registry, SoftwareKey, WalletSignature};
/// # let (mut device, mut owner) = (SoftwareKey::from_bytes([7; 32])?, SoftwareKey::from_bytes([9; 32])?);
/// let claim = Claim { registry: Registry::AMOY, device_node: 42.into(), owner: owner.address() };
/// let (by_device, by_owner) = (device.sign(&claim)?, owner.sign(&claim)?);
/// let call = claim.call(WalletSignature::Key(by_owner), by_device);
/// assert_eq!(call.data[..4], [0x89, 0xa8, 0x41, 0xbb]);
/// assert_eq!(call.registry.contract, Registry::AMOY.contract);
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegistryCall {
    /// Which contract on which chain.
    pub registry: Registry,
    /// Which function.
    pub function: RegistryFunction,
    /// The calldata.
    pub data: Vec<u8>,
}

/// The signature of an owner, whose account is a key or a contract. A device's is always of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WalletSignature<'a> {
    /// Of a key.
    Key(Signature),
    /// Of a contract account (ERC-1271): bytes that only that contract understands.
    Contract(&'a [u8]),
}

impl WalletSignature<'_> {
    fn value(&self) -> Value {
        Value::Bytes(match self {
            Self::Key(signature) => signature.as_bytes().to_vec(),
            Self::Contract(bytes) => bytes.to_vec(),
        })
    }
}

fn key_signature(signature: Signature) -> Value {
    WalletSignature::Key(signature).value()
}

fn id(id: TokenId) -> Value {
    Value::Word(id.word())
}

fn text(text: &str) -> Value {
    Value::Bytes(text.as_bytes().to_owned())
}

impl Claim {
    /// `claimAftermarketDeviceSign`: sent by the backend.
    #[must_use]
    pub fn call(&self, by_owner: WalletSignature<'_>, by_device: Signature) -> RegistryCall {
        let owner = Value::Word(self.owner.word());
        let arguments = [id(self.device_node), owner, by_owner.value(), key_signature(by_device)];
        RegistryFunction::ClaimSign.with(self.registry, &arguments)
    }

    /// `claimAftermarketDevice`: sent by the owner. The contract takes the sender for the owner.
    #[must_use]
    pub fn call_by_owner(&self, by_device: Signature) -> RegistryCall {
        RegistryFunction::Claim.with(self.registry, &[id(self.device_node), key_signature(by_device)])
    }
}

impl Pair {
    /// `pairAftermarketDeviceSign` with four arguments: sent by the backend, where the owners may differ.
    #[must_use]
    pub fn call_two_owners(
        &self,
        by_device: Signature,
        by_vehicle_owner: WalletSignature<'_>,
    ) -> RegistryCall {
        let [device, vehicle] = self.ids();
        let arguments = [device, vehicle, key_signature(by_device), by_vehicle_owner.value()];
        RegistryFunction::PairSignTwoOwners.with(self.registry, &arguments)
    }

    /// `pairAftermarketDeviceSign` with three arguments: sent by the backend, where one owns both.
    #[must_use]
    pub fn call(&self, by_owner: WalletSignature<'_>) -> RegistryCall {
        let [device, vehicle] = self.ids();
        RegistryFunction::PairSign.with(self.registry, &[device, vehicle, by_owner.value()])
    }

    /// `pairAftermarketDeviceWithAdSig`: sent by the vehicle's owner.
    #[must_use]
    pub fn call_by_vehicle_owner(&self, by_device: Signature) -> RegistryCall {
        let [device, vehicle] = self.ids();
        let arguments = [device, vehicle, key_signature(by_device)];
        RegistryFunction::PairWithDeviceSignature.with(self.registry, &arguments)
    }

    /// `pairAftermarketDevice`: sent by the one who owns both.
    #[must_use]
    pub fn call_by_owner(&self) -> RegistryCall {
        RegistryFunction::Pair.with(self.registry, &self.ids())
    }

    fn ids(&self) -> [Value; 2] {
        [id(self.device_node), id(self.vehicle_node)]
    }
}

impl Unpair {
    /// `unpairAftermarketDeviceSign`: sent by the backend, with the signature of the owner of either.
    #[must_use]
    pub fn call(&self, by_owner: WalletSignature<'_>) -> RegistryCall {
        let arguments = [id(self.device_node), id(self.vehicle_node), by_owner.value()];
        RegistryFunction::UnpairSign.with(self.registry, &arguments)
    }

    /// `unpairAftermarketDevice`: sent by the owner of either.
    #[must_use]
    pub fn call_by_owner(&self) -> RegistryCall {
        let arguments = [id(self.device_node), id(self.vehicle_node)];
        RegistryFunction::Unpair.with(self.registry, &arguments)
    }
}

/// What the registry lets a manufacturer say of a device; it refuses every other name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeviceAttribute {
    /// The serial number.
    Serial,
    /// The IMEI of its modem.
    Imei,
    /// Where its definition stands.
    DefinitionUri,
    /// The revision of its hardware.
    HardwareRevision,
    /// Its LoRaWAN identity.
    DevEui,
}

impl DeviceAttribute {
    /// Every attribute.
    pub const ALL: [Self; 5] =
        [Self::Serial, Self::Imei, Self::DefinitionUri, Self::HardwareRevision, Self::DevEui];

    /// The name as the registry has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Serial => "Serial",
            Self::Imei => "IMEI",
            Self::DefinitionUri => "DefinitionURI",
            Self::HardwareRevision => "HardwareRevision",
            Self::DevEui => "DevEUI",
        }
    }
}

/// A device that a manufacturer mints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    /// The account of its wallet.
    pub address: Address,
    /// What is said of it.
    pub attributes: Vec<(DeviceAttribute, String)>,
}

/// A batch of devices that their manufacturer mints (DIP-4, minting): one transaction, no signature but the sender's.
///
/// # Example: two devices, and one of them twice
///
/// ```
/// use dimo_crypto::{Address, DeviceAttribute, MintDevices, MintDevicesError, NewDevice, Registry};
/// let device = |byte| NewDevice {
///     address: Address::new([byte; 20]),
///     attributes: vec![(DeviceAttribute::Serial, "60d4af69".to_owned())],
/// };
/// let mint = MintDevices::new(Registry::AMOY, 7.into(), vec![device(1), device(2)])?;
/// assert_eq!(mint.call().data[..4], [0x7b, 0xa7, 0x9a, 0x39]);
///
/// let twice = MintDevices::new(Registry::AMOY, 7.into(), vec![device(1), device(1)]);
/// assert_eq!(twice, Err(MintDevicesError::Twice { address: Address::new([1; 20]) }));
/// # Ok::<(), MintDevicesError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MintDevices {
    registry: Registry,
    manufacturer_node: TokenId,
    devices: Vec<NewDevice>,
}

impl MintDevices {
    /// The devices of `manufacturer_node`, whose owner or delegate sends the call.
    ///
    /// # Errors
    ///
    /// [`MintDevicesError`] for what the contract reverts on whatever its state (no device, an address twice), and for a device that nobody can ever use.
    pub fn new(
        registry: Registry,
        manufacturer_node: TokenId,
        devices: Vec<NewDevice>,
    ) -> Result<Self, MintDevicesError> {
        let mut addresses: Vec<_> = devices.iter().map(|device| device.address).collect();
        addresses.sort_unstable();
        if addresses.first() == Some(&Address::ZERO) {
            return Err(MintDevicesError::ZeroAddress);
        }
        let repeated = addresses.iter().zip(addresses.iter().skip(1)).find(|(one, next)| one == next);
        match repeated {
            Some((address, _)) => Err(MintDevicesError::Twice { address: *address }),
            None => Ok(Self { registry, manufacturer_node, devices }),
        }
    }

    /// `mintAftermarketDeviceByManufacturerBatch`: sent by the manufacturer.
    #[must_use]
    pub fn call(&self) -> RegistryCall {
        let devices = Value::Array(self.devices.iter().map(device).collect());
        RegistryFunction::MintDevices.with(self.registry, &[id(self.manufacturer_node), devices])
    }
}

fn device(device: &NewDevice) -> Value {
    let attributes = device.attributes.iter();
    let pairs = attributes.map(|(name, info)| Value::Tuple(vec![text(name.name()), text(info)])).collect();
    Value::Tuple(vec![Value::Word(device.address.word()), Value::Array(pairs)])
}

/// Why devices are no batch to mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MintDevicesError {
    /// The zero address: the wallet of a device was never read.
    #[error("a device has the zero address")]
    ZeroAddress,
    /// The same wallet twice, for which the contract reverts the whole batch.
    #[error("device {address} stands in the batch twice")]
    Twice {
        /// The wallet.
        address: Address,
    },
}
