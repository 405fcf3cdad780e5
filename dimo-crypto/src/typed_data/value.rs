//! [`Value`]: what a field of typed data holds.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use dimo_types::{Address, TokenId};

use super::Integer;

/// The value of a field. Which kinds a type takes:
///
/// | type | kind |
/// |---|---|
/// | `bool` | [`Bool`](Self::Bool) |
/// | `uint8` ... `uint256`, `int8` ... `int256` | [`Integer`](Self::Integer), in range |
/// | `address` | [`Address`](Self::Address) |
/// | `bytes`, `bytes1` ... `bytes32` | [`Bytes`](Self::Bytes), of that length |
/// | `string` | [`Text`](Self::Text) |
/// | `T[]`, `T[3]` | [`Array`](Self::Array), of that length |
/// | a struct | [`Struct`](Self::Struct), or [`Null`](Self::Null) where there is none |
///
/// Values are dropped level by level: whoever builds them from what strangers send has to bound their depth, as the JSON reader does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// No struct: a word of zeros. No other type can be null.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(Integer),
    /// An account.
    Address(Address),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
    /// The elements of an array.
    Array(Vec<Self>),
    /// The fields of a struct by name. Only fields that are structs themselves may be left out, and are null then.
    Struct(BTreeMap<String, Self>),
}

impl Value {
    /// A struct from the names and values of its fields.
    ///
    /// # Example: where somebody lives
    ///
    /// ```
    /// use dimo_crypto::typed_data::Value;
    /// let home = Value::fields([("street", "Main Road".into()), ("number", 7.into())]);
    /// # let Value::Struct(fields) = home else { panic!() };
    /// # assert_eq!(fields.len(), 2);
    /// ```
    #[must_use]
    pub fn fields<'a>(fields: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Struct(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// Its kind, for errors.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a bool",
            Self::Integer(_) => "an integer",
            Self::Address(_) => "an address",
            Self::Bytes(_) => "bytes",
            Self::Text(_) => "text",
            Self::Array(_) => "an array",
            Self::Struct(_) => "a struct",
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Integer> for Value {
    fn from(value: Integer) -> Self {
        Self::Integer(value)
    }
}

macro_rules! from_number {
    ($($number:ty),+) => { $(
        impl From<$number> for Value {
            fn from(value: $number) -> Self {
                Self::Integer(Integer::from(value))
            }
        }
    )+ };
}

from_number!(u8, i8, u16, i16, u32, i32, u64, i64, u128, i128, TokenId);

impl From<Address> for Value {
    fn from(value: Address) -> Self {
        Self::Address(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<Vec<Self>> for Value {
    fn from(value: Vec<Self>) -> Self {
        Self::Array(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.into())
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Bytes(value.into())
    }
}
