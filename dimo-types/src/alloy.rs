//! Addresses and ids as backends have them that speak to a chain with alloy.

use alloy_primitives::U256;

use crate::{Address, TokenId};

impl From<Address> for alloy_primitives::Address {
    fn from(address: Address) -> Self {
        Self(address.as_bytes().into())
    }
}

impl From<alloy_primitives::Address> for Address {
    fn from(address: alloy_primitives::Address) -> Self {
        Self::new(address.into_array())
    }
}

impl From<TokenId> for U256 {
    fn from(id: TokenId) -> Self {
        Self::from_be_bytes(*id.as_be_bytes())
    }
}

impl From<U256> for TokenId {
    fn from(id: U256) -> Self {
        Self::from_be_bytes(id.to_be_bytes())
    }
}
