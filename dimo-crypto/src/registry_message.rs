//! What the DIMO registry asks to be signed: one struct per EIP-712 type of the contracts. Those with texts stand in
//! `mint_message`.
//!
//! None of them has a nonce or a deadline: the contracts have none. A pair signature can be replayed for the same two ids
//! after an unpairing, so it is no secret but should not be published either.

use dimo_types::{Address, TokenId};

use crate::eip712::{Word, signing_digest, struct_hash, type_hash};
use crate::message::{Message, sealed::Sealed};
use crate::{Digest, Registry};

/// A struct, its type string, its type hash at compile time, and its digest.
macro_rules! registry_message {
    ($(#[$doc:meta])* $name:ident = $type_string:literal { $($(#[$field_doc:meta])* $field:ident: $word:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            /// The registry this is meant for.
            pub registry: Registry,
            $($(#[$field_doc])* pub $field: $word,)+
        }

        impl $name {
            /// The EIP-712 type as the contract spells it.
            pub const TYPE: &'static str = $type_string;
            /// The hash of [`Self::TYPE`].
            pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);

            /// The EIP-712 struct hash, without the domain.
            #[must_use]
            pub fn struct_hash(&self) -> [u8; 32] {
                struct_hash(&Self::TYPE_HASH, &[$(self.$field.word()),+])
            }
        }

        impl Sealed for $name {}

        impl Message for $name {
            fn digest(&self) -> Digest {
                signing_digest(&self.registry.domain_separator(), &self.struct_hash())
            }
        }
    };
}

registry_message! {
    /// An owner takes a device: signed by the owner and by the device, the same digest.
    ///
    /// # Example: the device's half of a claim
    ///
    /// ```
    /// use dimo_crypto::{Claim, Message, Registry};
    /// use dimo_types::TokenId;
    /// let claim = Claim {
    ///     registry: Registry::POLYGON,
    ///     device_node: TokenId::from(42),
    ///     owner: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse()?,
    /// };
    /// let digest = claim.digest().to_string();
    /// assert_eq!(digest, "0x2d1da40d8729f3706fc5a8a1e7ffaba251d1d5fd9733d60c82a5d2a66d31d252");
    /// # Ok::<(), dimo_types::AddressError>(())
    /// ```
    Claim = "ClaimAftermarketDeviceSign(uint256 aftermarketDeviceNode,address owner)" {
        /// The device's NFT.
        device_node: TokenId,
        /// Who claims it.
        owner: Address,
    }
}

registry_message! {
    /// A device is connected to a vehicle: signed by the vehicle's owner, by the device, or by both.
    Pair = "PairAftermarketDeviceSign(uint256 aftermarketDeviceNode,uint256 vehicleNode)" {
        /// The device's NFT.
        device_node: TokenId,
        /// The vehicle's NFT.
        vehicle_node: TokenId,
    }
}

registry_message! {
    /// A device is disconnected from its vehicle: signed by the owner of either, never needed from the device.
    Unpair = "UnPairAftermarketDeviceSign(uint256 aftermarketDeviceNode,uint256 vehicleNode)" {
        /// The device's NFT.
        device_node: TokenId,
        /// The vehicle's NFT.
        vehicle_node: TokenId,
    }
}

registry_message! {
    /// The owner of an unpaired vehicle burns its NFT.
    BurnVehicle = "BurnVehicleSign(uint256 vehicleNode)" {
        /// The vehicle's NFT.
        vehicle_node: TokenId,
    }
}

registry_message! {
    /// A software connection is minted for a vehicle: signed by the connection's key and by the vehicle's owner.
    MintSynthetic = "MintSyntheticDeviceSign(uint256 connectionId,uint256 vehicleNode)" {
        /// The connection's NFT.
        connection: TokenId,
        /// The vehicle's NFT.
        vehicle_node: TokenId,
    }
}

registry_message! {
    /// The owner of a vehicle burns its software connection.
    BurnSynthetic = "BurnSyntheticDeviceSign(uint256 vehicleNode,uint256 syntheticDeviceNode)" {
        /// The vehicle's NFT.
        vehicle_node: TokenId,
        /// The software connection's NFT.
        synthetic_node: TokenId,
    }
}

registry_message! {
    /// A vehicle and its software connection are minted together: this is what the connection's key signs.
    MintVehicleAndSynthetic = "MintVehicleAndSdSign(uint256 connectionId)" {
        /// The connection's NFT.
        connection: TokenId,
    }
}
