//! Values to words: the encoding of EIP-712, with every value held against its type.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use super::field_type::{Base, Shape, TypeView};
use super::types::Types;
use super::{Integer, MAX_DEPTH, MAX_WORDS, TypedDataError, TypedDataFault, Value};
use crate::eip712::Word;
use crate::hash::{Hasher, keccak256};

/// Hashes one value. A struct's type is hashed once, however often it is met.
pub(crate) struct Encoder<'a> {
    types: &'a Types,
    type_hashes: BTreeMap<&'a str, [u8; 32]>,
    words_left: usize,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(types: &'a Types) -> Self {
        Self { types, type_hashes: BTreeMap::new(), words_left: MAX_WORDS }
    }

    /// The hash of a struct that must be there.
    pub(crate) fn root(mut self, name: &'a str, value: &Value) -> Result<[u8; 32], TypedDataError> {
        match value {
            Value::Struct(fields) => self.hash_struct(name, fields, MAX_DEPTH),
            other => Err(wrong_kind(name.into(), other)),
        }
    }

    /// `depth`: the levels that are left below this one.
    fn hash_struct(
        &mut self,
        name: &'a str,
        values: &BTreeMap<String, Value>,
        depth: usize,
    ) -> Result<[u8; 32], TypedDataError> {
        let fields = self.types.fields(name)?;
        let mut hasher = Hasher::new().chain(&self.type_hash(name));
        let mut found = 0;
        for field in fields {
            let view = field.field_type.view();
            let word = match values.get(&field.name) {
                Some(value) => {
                    found += 1;
                    self.word(view, value, depth)
                }
                None => self.absent(view),
            };
            hasher = hasher.chain(&word.map_err(|error| error.within(&field.name))?);
        }
        if found < values.len() {
            let known: BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let unknown = values.keys().find(|name| !known.contains(name.as_str()));
            let unknown = unknown.map_or("", String::as_str);
            return Err(TypedDataError::from(TypedDataFault::Unknown).within(unknown));
        }
        Ok(hasher.finish())
    }

    fn word(&mut self, view: TypeView<'a>, value: &Value, depth: usize) -> Result<[u8; 32], TypedDataError> {
        self.spend()?;
        match (view.shape(), value) {
            (Shape::Array(length, element), Value::Array(elements)) => {
                self.array(length, element, elements, below(depth)?)
            }
            (Shape::Single(Base::Struct(_)), Value::Null) => Ok([0; 32]),
            (Shape::Single(Base::Struct(name)), Value::Struct(fields)) => {
                self.hash_struct(name, fields, below(depth)?)
            }
            (Shape::Single(base), value) => single(base, view, value),
            (_, other) => Err(wrong_kind(view.spelled(), other)),
        }
    }

    /// Elements are joined as words: the hash for structs, arrays and texts, the value for the rest.
    fn array(
        &mut self,
        length: Option<usize>,
        element: TypeView<'a>,
        values: &[Value],
        depth: usize,
    ) -> Result<[u8; 32], TypedDataError> {
        if let Some(expected) = length.filter(|expected| *expected != values.len()) {
            return Err(TypedDataFault::Length { expected, found: values.len() }.into());
        }
        let mut hasher = Hasher::new();
        for (index, value) in values.iter().enumerate() {
            hasher = hasher.chain(&self.word(element, value, depth).map_err(|error| error.at(index))?);
        }
        Ok(hasher.finish())
    }

    /// The word of a field that is left out: only a struct may be.
    fn absent(&mut self, view: TypeView<'a>) -> Result<[u8; 32], TypedDataError> {
        self.spend()?;
        match view.shape() {
            Shape::Single(Base::Struct(_)) => Ok([0; 32]),
            _ => Err(TypedDataFault::Missing.into()),
        }
    }

    fn type_hash(&mut self, name: &'a str) -> [u8; 32] {
        let types = self.types;
        *self.type_hashes.entry(name).or_insert_with(|| keccak256(types.encode_type(name).as_bytes()))
    }

    /// A few bytes can stand for a struct of many absent fields: what is hashed is bounded, not only what is read.
    fn spend(&mut self) -> Result<(), TypedDataFault> {
        self.words_left = self.words_left.checked_sub(1).ok_or(TypedDataFault::TooManyWords)?;
        Ok(())
    }
}

fn below(depth: usize) -> Result<usize, TypedDataFault> {
    depth.checked_sub(1).ok_or(TypedDataFault::TooDeep)
}

/// The word of a value that is neither array nor struct.
fn single(base: &Base, view: TypeView<'_>, value: &Value) -> Result<[u8; 32], TypedDataError> {
    let word = match (base, value) {
        (Base::Bool, Value::Bool(value)) => Integer::from(u8::from(*value)).word(),
        (Base::Address, Value::Address(address)) => address.word(),
        (Base::Text, Value::Text(text)) => text.as_str().word(),
        (Base::Bytes, Value::Bytes(bytes)) => keccak256(bytes),
        (Base::FixedBytes(expected), Value::Bytes(bytes)) => right_padded(*expected, bytes)?,
        (Base::Unsigned(bits), Value::Integer(value)) if value.fits_unsigned(*bits) => value.word(),
        (Base::Signed(bits), Value::Integer(value)) if value.fits_signed(*bits) => value.word(),
        (Base::Unsigned(_) | Base::Signed(_), Value::Integer(value)) => {
            return Err(TypedDataFault::Range { expected: view.spelled(), value: *value }.into());
        }
        (_, other) => return Err(wrong_kind(view.spelled(), other)),
    };
    Ok(word)
}

fn right_padded(expected: usize, bytes: &[u8]) -> Result<[u8; 32], TypedDataFault> {
    let mut word = [0; 32];
    match word.get_mut(..expected) {
        Some(place) if bytes.len() == expected => place.copy_from_slice(bytes),
        _ => return Err(TypedDataFault::Length { expected, found: bytes.len() }),
    }
    Ok(word)
}

fn wrong_kind(expected: String, found: &Value) -> TypedDataError {
    TypedDataFault::Kind { expected, found: found.kind() }.into()
}
