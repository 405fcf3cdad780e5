//! Any EIP-712 message, its types known at run time: for software wallets and backends, with a heap.
//!
//! [`TypedData`] is a domain, struct types, and a value of one of them. It is built in code or read from the JSON form of
//! `eth_signTypedData_v4`, checked whole when it is made, and hashed once.
//!
//! **It is no [`Message`](crate::Message).** A device signs the closed list of messages that this crate knows; if it also
//! signed typed data from outside, whoever sends it data could have a claim, a transfer or a permit signed. So typed data is
//! signed by [`SoftwareKey::sign_typed_data`](crate::SoftwareKey) only, by programs that show it to the person who owns the key
//! or have made it themselves. Checking a signature is no danger: it is [`Verifiable`].
//!
//! # Where the tools of others disagree
//!
//! The encoding is the standard's; where it is silent, what eth-account and MetaMask both do. A text that the two would sign
//! differently is refused, and so is a value that its type does not allow, whoever takes it. (One text is not refused: without
//! `EIP712Domain`, only one of the two readings signs the domain at all.) The error says where.
//!
//! | text | eth-account | MetaMask | here |
//! |---|---|---|---|
//! | `null`, or no member, for a struct | a word of zeros | a word of zeros | a word of zeros |
//! | a number for a string or bytes | its bytes | its bytes | refused |
//! | `null` for a string | a word of zeros | the empty string | refused |
//! | no member for a string | a word of zeros | refused | refused |
//! | a member without a field | ignored | ignored | refused: the signature would not cover it |
//! | a member beside `types`, `primaryType`, `domain` and `message` | ignored | ignored | ignored |
//! | more than a name and a type in a field (`internalType`) | ignored | ignored | refused |
//! | `0X`, or an address without `0x` | accepted | accepted | refused |
//! | `"+7"`, `" 7"` for an integer | accepted | not tried | refused |
//! | `"-0x80"` for an `int8` | refused | not tried | accepted |
//! | a byte order mark, UTF-16 | accepted in bytes | not tried | refused |
//! | a name of other letters than those of ASCII | accepted | accepted | refused |
//! | a domain with a member that its type lacks, or the other way | refused | signs the type's members | refused |
//! | a member twice | the last | the last | refused |
//! | no `EIP712Domain` among the types | made from the members of `domain` | no member is signed | made from the members of `domain` |
//! | `EIP712Domain` in another order or with other types | put in order | taken as it is | refused |
//! | `T[3]` with two elements | accepted | accepted | refused: the type says three |
//! | an address with a wrong checksum | accepted | accepted | refused: a digit may be mistyped |
//! | `bytes4` of another length | padded when shorter | padded when shorter | refused |
//! | text without `0x` for bytes, an odd number of digits | its UTF-8, padded | its UTF-8, padded | refused |
//! | `"false"` for a bool | false | true | refused: `true` and `false` only |
//! | `uint`, `int` | 256 bits | 256 bits | refused: the standard has no aliases |
//! | types that depend on each other, types that are not used | refused | accepted | accepted |

mod domain;
mod encode;
mod error;
mod field_type;
mod integer;
mod json;
mod json_form;
mod types;
mod value;

use alloc::string::String;

pub use domain::Domain;
pub use error::{TypedDataError, TypedDataFault};
pub use integer::{Integer, IntegerError};
pub use json::{JsonError, JsonFault};
pub use json_form::TypedDataJsonError;
pub use types::Types;
pub use value::Value;

use crate::eip712::signing_digest;
use crate::message::sealed::Sealed;
use crate::{Digest, Verifiable};
use encode::Encoder;

/// Levels of arrays and structs in a value, and of arrays and objects in JSON, that are read.
pub const MAX_DEPTH: usize = 128;
/// Bytes of JSON that are read: 4 MiB.
pub const MAX_JSON_LEN: usize = 4 << 20;
/// Fields and elements that are hashed for one digest; JSON that writes them all out has fewer.
pub const MAX_WORDS: usize = 1 << 21;
/// Struct types of one message.
pub const MAX_STRUCTS: usize = 256;
/// Bytes of all type strings together: 64 KiB.
pub const MAX_TYPES_LEN: usize = 64 << 10;

/// An EIP-712 message whose value fits its types.
///
/// # Example: a message of one's own
///
/// ```
/// use dimo_crypto::typed_data::{Domain, TypedData, Types, Value};
///
/// let mut types = Types::new();
/// types.define("Trip", [("vehicle", "uint256"), ("stops", "Stop[]")])?;
/// types.define("Stop", [("name", "string"), ("minutes", "uint16")])?;
/// let stop = Value::fields([("name", "Lyon".into()), ("minutes", 45.into())]);
/// let trip = Value::fields([("vehicle", 1337.into()), ("stops", Value::Array(vec![stop]))]);
///
/// let domain = Domain { name: Some("Trips".into()), ..Domain::default() };
/// let typed = TypedData::new(domain, types, "Trip", trip)?;
/// assert_eq!(typed.encode_type(), "Trip(uint256 vehicle,Stop[] stops)Stop(string name,uint16 minutes)");
/// # Ok::<(), dimo_crypto::typed_data::TypedDataError>(())
/// ```
///
/// # Example: a number that its type cannot hold
///
/// ```
/// use dimo_crypto::typed_data::{Domain, TypedData, Types, Value};
/// let mut types = Types::new();
/// types.define("Stop", [("minutes", "uint8[]")])?;
/// let stop = Value::fields([("minutes", Value::Array(vec![45.into(), 300.into()]))]);
/// let refused = TypedData::new(Domain::default(), types, "Stop", stop).unwrap_err();
/// assert_eq!(refused.to_string(), "message.minutes[1]: 300 is out of the range of uint8");
/// # Ok::<(), dimo_crypto::typed_data::TypedDataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedData {
    domain: Domain,
    types: Types,
    primary_type: String,
    message: Value,
    domain_separator: [u8; 32],
    struct_hash: [u8; 32],
}

impl Sealed for TypedData {}

/// Anybody may check who signed it; only a key in memory signs it.
impl Verifiable for TypedData {
    fn signed_digest(&self) -> Digest {
        self.digest()
    }
}

impl Verifiable for &TypedData {
    fn signed_digest(&self) -> Digest {
        self.digest()
    }
}

impl TypedData {
    /// A message: a value of the struct `primary_type`, under a domain.
    ///
    /// # Errors
    ///
    /// A type that is not defined, a value that does not fit its type, or more than the limits of this module.
    pub fn new(
        domain: Domain,
        types: Types,
        primary_type: &str,
        message: Value,
    ) -> Result<Self, TypedDataError> {
        types.check()?;
        types.check_primary(primary_type)?;
        let domain_separator = domain.separator()?;
        let struct_hash =
            Encoder::new(&types).root(primary_type, &message).map_err(|error| error.within("message"))?;
        Ok(Self { domain, types, primary_type: primary_type.into(), message, domain_separator, struct_hash })
    }

    /// The 32 bytes to sign.
    #[must_use]
    pub fn digest(&self) -> Digest {
        signing_digest(&self.domain_separator, &self.struct_hash)
    }

    /// Whom it is meant for.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The struct types.
    #[must_use]
    pub const fn types(&self) -> &Types {
        &self.types
    }

    /// The type of the message.
    #[must_use]
    pub fn primary_type(&self) -> &str {
        &self.primary_type
    }

    /// The value, to be shown before it is signed.
    #[must_use]
    pub const fn message(&self) -> &Value {
        &self.message
    }

    /// The hash of the domain.
    #[must_use]
    pub const fn domain_separator(&self) -> [u8; 32] {
        self.domain_separator
    }

    /// The hash of the message without its domain.
    #[must_use]
    pub const fn struct_hash(&self) -> [u8; 32] {
        self.struct_hash
    }

    /// The type of the message as the standard spells it: its struct, and in the order of their names those that it needs.
    #[must_use]
    pub fn encode_type(&self) -> String {
        self.types.encode_type(&self.primary_type)
    }
}

#[cfg(feature = "software-key")]
impl crate::SoftwareKey {
    /// Signs typed data, whatever it says: a permit, a transfer, a claim.
    ///
    /// Only for programs that made the data themselves, or that show it to the owner of the key and ask. A device has no
    /// such function: it signs [`Message`](crate::Message)s.
    ///
    /// # Errors
    ///
    /// As messages are signed.
    pub fn sign_typed_data(&self, typed: &TypedData) -> Result<crate::Signature, crate::SoftwareSignError> {
        self.sign_digest(&typed.digest())
    }
}
