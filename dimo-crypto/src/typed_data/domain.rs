//! [`Domain`]: whom typed data is meant for.

use alloc::string::String;

use dimo_types::Address;

use super::encode::Encoder;
use super::types::{DOMAIN, Types};
use super::{Integer, TypedDataError, Value};
use crate::Registry;

/// The EIP-712 domain: any of its five fields. Those that are `None` are no part of its type.
///
/// # Example: the domain of the registry
///
/// ```
/// use dimo_crypto::{Registry, typed_data::Domain};
/// let domain = Domain::from(Registry::POLYGON);
/// assert_eq!(domain.separator()?, Registry::POLYGON.domain_separator());
/// # Ok::<(), dimo_crypto::typed_data::TypedDataError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domain {
    /// Who asks for the signature.
    pub name: Option<String>,
    /// The version of the messages.
    pub version: Option<String>,
    /// The chain's id (EIP-155), a `uint256`.
    pub chain_id: Option<Integer>,
    /// The contract that checks the signature.
    pub verifying_contract: Option<Address>,
    /// What else keeps domains apart.
    pub salt: Option<[u8; 32]>,
}

impl Domain {
    /// The hash of the domain.
    ///
    /// # Errors
    ///
    /// A chain id that is no `uint256`.
    pub fn separator(&self) -> Result<[u8; 32], TypedDataError> {
        let value = Value::Struct(self.members().map(|(name, _, value)| (name.into(), value)).collect());
        self.types()
            .and_then(|types| Encoder::new(&types).root(DOMAIN, &value))
            .map_err(|error| error.within("domain"))
    }

    /// The type string of a domain with these fields.
    #[must_use]
    pub fn encode_type(&self) -> String {
        self.types().map(|types| types.encode_type(DOMAIN)).unwrap_or_default()
    }

    fn types(&self) -> Result<Types, TypedDataError> {
        let mut types = Types::new();
        types.insert(DOMAIN, self.members().map(|(name, type_text, _)| (name, type_text)))?;
        Ok(types)
    }

    /// Names, types and values of the fields that are there, in the standard's order.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'static str, &'static str, Value)> + '_ {
        [
            ("name", "string", self.name.as_deref().map(Value::from)),
            ("version", "string", self.version.as_deref().map(Value::from)),
            ("chainId", "uint256", self.chain_id.map(Value::from)),
            ("verifyingContract", "address", self.verifying_contract.map(Value::from)),
            ("salt", "bytes32", self.salt.map(Value::from)),
        ]
        .into_iter()
        .filter_map(|(name, type_text, value)| Some((name, type_text, value?)))
    }
}

/// The domain `DIMO`, version `1`, of a registry contract.
impl From<Registry> for Domain {
    fn from(registry: Registry) -> Self {
        Self {
            name: Some("DIMO".into()),
            version: Some("1".into()),
            chain_id: Some(registry.chain_id.into()),
            verifying_contract: Some(registry.contract),
            salt: None,
        }
    }
}
