//! [`Types`]: the struct types of typed data.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::field_type::{Base, FieldType, is_identifier};
use super::{MAX_STRUCTS, MAX_TYPES_LEN, TypedDataError, TypedDataFault};

/// The name of the type of domains.
pub(crate) const DOMAIN: &str = "EIP712Domain";

/// Struct types by name. They may use each other, and themselves, in any order.
///
/// # Example: a message between two people
///
/// ```
/// use dimo_crypto::typed_data::{TypedDataError, Types};
/// let mut types = Types::new();
/// types.define("Mail", [("from", "Person"), ("to", "Person[]"), ("contents", "string")])?;
/// types.define("Person", [("name", "string"), ("wallet", "address")])?;
///
/// let refused = types.define("Letter", [("pages", "uint7")]).unwrap_err();
/// assert_eq!(refused.to_string(), "types.Letter.pages: \"uint7\" is no type of EIP-712");
/// # Ok::<(), TypedDataError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Types {
    structs: BTreeMap<String, Vec<Field>>,
    /// Bytes of all type strings.
    len: usize,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) field_type: FieldType,
}

impl Types {
    /// No types.
    #[must_use]
    pub const fn new() -> Self {
        Self { structs: BTreeMap::new(), len: 0 }
    }

    /// Defines a struct: its name, and the name and type of each field in order.
    ///
    /// # Errors
    ///
    /// A name that is no identifier or is there already, a type that the standard does not have, or more than the limits of
    /// this module. Nothing is defined then.
    pub fn define<'a>(
        &mut self,
        name: &str,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), TypedDataError> {
        let outcome = match name {
            DOMAIN => Err(TypedDataFault::DomainType.into()),
            _ => self.insert(name, fields),
        };
        outcome.map_err(|error| error.within(name).within("types"))
    }

    /// As [`Self::define`], for the type of the domain too.
    pub(crate) fn insert<'a>(
        &mut self,
        name: &str,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), TypedDataError> {
        check_struct_name(name)?;
        if self.structs.contains_key(name) {
            return Err(TypedDataFault::Duplicate { name: name.into() }.into());
        }
        if self.structs.len() == MAX_STRUCTS {
            return Err(TypedDataFault::TooManyStructs.into());
        }
        let mut len = self.len + name.len() + "()".len();
        let (mut names, mut defined) = (BTreeSet::new(), Vec::new());
        for (field, type_text) in fields {
            len += field.len() + type_text.len() + " ,".len();
            if len > MAX_TYPES_LEN {
                return Err(TypedDataFault::TypesTooLong.into());
            }
            if !names.insert(field) {
                return Err(TypedDataFault::Duplicate { name: field.into() }.into());
            }
            defined.push(Field::new(field, type_text)?);
        }
        self.structs.insert(name.into(), defined);
        self.len = len;
        Ok(())
    }

    /// Whether every struct that a field names is there.
    pub(crate) fn check(&self) -> Result<(), TypedDataError> {
        for (name, fields) in &self.structs {
            for field in fields {
                let Base::Struct(used) = &field.field_type.base else { continue };
                let in_field = |error: TypedDataError| error.within(&field.name).within(name).within("types");
                self.check_defined(used).map_err(in_field)?;
            }
        }
        Ok(())
    }

    /// Whether it can be the type of a message.
    pub(crate) fn check_primary(&self, name: &str) -> Result<(), TypedDataError> {
        self.check_defined(name).map_err(|error| error.within("primaryType"))
    }

    fn check_defined(&self, name: &str) -> Result<(), TypedDataError> {
        match name {
            DOMAIN => Err(TypedDataFault::DomainType.into()),
            _ if self.structs.contains_key(name) => Ok(()),
            _ => Err(TypedDataFault::Undefined { name: name.into() }.into()),
        }
    }

    /// The fields of a struct.
    pub(crate) fn fields(&self, name: &str) -> Result<&[Field], TypedDataError> {
        let undefined = || TypedDataFault::Undefined { name: name.into() }.into();
        self.structs.get(name).map(Vec::as_slice).ok_or_else(undefined)
    }

    /// The type string of a struct: itself, and in the order of their names those that it needs.
    pub(crate) fn encode_type(&self, name: &str) -> String {
        let mut needed = self.closure(name);
        needed.remove(name);
        let mut text = String::new();
        for name in core::iter::once(name).chain(needed) {
            text.push_str(name);
            let mut before = '(';
            for field in self.structs.get(name).into_iter().flatten() {
                text.push(before);
                text.extend([field.field_type.text.as_str(), " ", field.name.as_str()]);
                before = ',';
            }
            text.push_str(if before == '(' { "()" } else { ")" });
        }
        text
    }

    /// A struct and all that it needs, however they refer to each other.
    fn closure<'a>(&'a self, name: &'a str) -> BTreeSet<&'a str> {
        let (mut found, mut open) = (BTreeSet::new(), Vec::from([name]));
        while let Some(name) = open.pop() {
            if !found.insert(name) {
                continue;
            }
            for field in self.structs.get(name).into_iter().flatten() {
                if let Base::Struct(used) = &field.field_type.base {
                    open.push(used);
                }
            }
        }
        found
    }
}

impl Field {
    fn new(name: &str, type_text: &str) -> Result<Self, TypedDataError> {
        if !is_identifier(name) {
            return Err(TypedDataFault::Identifier { name: name.into() }.into());
        }
        let field_type = FieldType::parse(type_text);
        let in_field = |fault| TypedDataError::from(fault).within(name);
        Ok(Self { name: name.into(), field_type: field_type.map_err(in_field)? })
    }
}

fn check_struct_name(name: &str) -> Result<(), TypedDataFault> {
    match Base::parse(name) {
        Some(Base::Struct(_)) => Ok(()),
        _ if is_identifier(name) => Err(TypedDataFault::Reserved { name: name.into() }),
        _ => Err(TypedDataFault::Identifier { name: name.into() }),
    }
}
