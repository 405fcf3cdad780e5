//! [`TypedDataError`]: what is wrong with typed data, and where.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use dimo_types::AddressError;
use thiserror::Error;

use super::{Integer, IntegerError, MAX_DEPTH, MAX_STRUCTS, MAX_TYPES_LEN, MAX_WORDS};

/// What is wrong with typed data, and where: `message.stops[1].minutes`, `types.Stop.name`, `domain.chainId`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedDataError {
    /// From the inside out: the steps are added on the way back from where the fault is.
    steps: Vec<String>,
    fault: TypedDataFault,
}

impl TypedDataError {
    /// What is wrong.
    #[must_use]
    pub const fn fault(&self) -> &TypedDataFault {
        &self.fault
    }

    /// Where: the names of members and fields with dots between them, indices of elements in brackets.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.steps.iter().rev() {
            if !path.is_empty() && !step.starts_with('[') {
                path.push('.');
            }
            // A name may be anything in JSON: what a terminal obeys must not reach one.
            path.extend(step.escape_debug());
        }
        path
    }

    /// The error, inside a member or field.
    pub(crate) fn within(mut self, name: &str) -> Self {
        self.steps.push(name.into());
        self
    }

    /// The error, inside an element.
    pub(crate) fn at(mut self, index: usize) -> Self {
        self.steps.push(format!("[{index}]"));
        self
    }
}

impl From<TypedDataFault> for TypedDataError {
    fn from(fault: TypedDataFault) -> Self {
        Self { steps: Vec::new(), fault }
    }
}

impl fmt::Display for TypedDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.steps.is_empty() {
            write!(f, "{}: ", self.path())?;
        }
        write!(f, "{}", self.fault)
    }
}

impl core::error::Error for TypedDataError {}

/// What is wrong with typed data.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TypedDataFault {
    /// The name of a struct or field is no identifier: letters, digits, `_` and `$`, no digit first. Rename it.
    #[error("{name:?} is no identifier")]
    Identifier {
        /// The name.
        name: String,
    },
    /// A struct has the name of a built-in type. Rename it.
    #[error("{name} is the name of a built-in type")]
    Reserved {
        /// The name.
        name: String,
    },
    /// The name is used twice in one place.
    #[error("{name} is there twice")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A type that the standard does not have, or that is written otherwise: `uint7`, `uint`, `bytes33`, `string[`, `T[01]`.
    #[error("{text:?} is no type of EIP-712")]
    Type {
        /// The type as it is written.
        text: String,
    },
    /// No struct of that name is defined.
    #[error("no struct {} is defined", name.escape_debug())]
    Undefined {
        /// The name.
        name: String,
    },
    /// `EIP712Domain` as the type of a message or field. It is the domain's alone.
    #[error("EIP712Domain is no type of a message")]
    DomainType,
    /// The fields of `EIP712Domain` among the types are not those of the domain, in the standard's order and with its types.
    #[error("EIP712Domain is not what the domain holds: {expected}")]
    DomainFields {
        /// How it is spelled for this domain.
        expected: String,
    },
    /// More structs than are read.
    #[error("there are more than {MAX_STRUCTS} structs")]
    TooManyStructs,
    /// Type strings longer than are read.
    #[error("the types are longer than {MAX_TYPES_LEN} bytes")]
    TypesTooLong,
    /// More levels of arrays and structs than are read.
    #[error("there are more than {MAX_DEPTH} levels")]
    TooDeep,
    /// More fields and elements than are hashed.
    #[error("there are more than {MAX_WORDS} fields and elements")]
    TooManyWords,
    /// A field or member is not there.
    #[error("it is missing")]
    Missing,
    /// A field or member that the type does not have: the signature would not cover it.
    #[error("nothing here has that name")]
    Unknown,
    /// The value is of another kind than the type.
    #[error("{found} where {expected} is needed")]
    Kind {
        /// The type.
        expected: String,
        /// What is there.
        found: &'static str,
    },
    /// The number does not fit the type.
    #[error("{value} is out of the range of {expected}")]
    Range {
        /// The type.
        expected: String,
        /// The number.
        value: Integer,
    },
    /// An array of fixed length, or bytes of fixed length, have another.
    #[error("{found} where there should be {expected}")]
    Length {
        /// Elements or bytes of the type.
        expected: usize,
        /// Elements or bytes that are there.
        found: usize,
    },
    /// A text is no number.
    #[error(transparent)]
    Integer(#[from] IntegerError),
    /// A text is no address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A text is not `0x` and an even number of hexadecimal digits. Text itself has the type `string`.
    #[error("bytes are 0x and an even number of hexadecimal digits")]
    Hexadecimal,
}
