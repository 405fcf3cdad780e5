//! The JSON form of `eth_signTypedData_v4`: `types`, `primaryType`, `domain` and `message`.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use dimo_types::Address;
use thiserror::Error;

use super::field_type::{Base, Shape, TypeView};
use super::json::{self, Json, JsonError, Object};
use super::types::{DOMAIN, Types};
use super::{Domain, Integer, TypedData, TypedDataError, TypedDataFault, Value};

impl TypedData {
    /// Reads the JSON form of `eth_signTypedData_v4`.
    ///
    /// Integers are numbers of any size, or texts: decimal, or `0x` and hexadecimal digits. Bytes are `0x` and hexadecimal
    /// digits, addresses too, in one case or with the EIP-55 checksum. The type `EIP712Domain` may be left out.
    ///
    /// # Errors
    ///
    /// A text that is no JSON, a member that is missing, unknown or there twice, and all errors of [`TypedData::new`].
    /// Whatever two wallets would understand differently is refused: see the table of this module.
    ///
    /// # Example: what a web page asks a wallet to sign
    ///
    /// ```
    /// use dimo_crypto::typed_data::TypedData;
    /// let typed = TypedData::from_json(r#"{
    ///     "types": {"Trip": [{"name": "vehicle", "type": "uint256"}]},
    ///     "primaryType": "Trip",
    ///     "domain": {"name": "Trips", "chainId": 137},
    ///     "message": {"vehicle": 115792089237316195423570985008687907853269984665640564039457584007913129639935}
    /// }"#)?;
    /// assert_eq!(typed.encode_type(), "Trip(uint256 vehicle)");
    /// # Ok::<(), dimo_crypto::typed_data::TypedDataJsonError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, TypedDataJsonError> {
        let mut members = object(json::parse(text)?, "an object")?;
        let type_members = member(&mut members, "types", |json| object(json, "an object"))?;
        let primary_type = member(&mut members, "primaryType", |json| string(json, "text"))?;
        let domain = member(&mut members, "domain", read_domain)?;
        let types = read_types(type_members, &domain)?;
        types.check()?;
        types.check_primary(&primary_type)?;
        let message = member(&mut members, "message", |json| read_struct(&types, &primary_type, json))?;
        // What else a wallet is sent beside them is no part of what is signed.
        Ok(Self::new(domain, types, &primary_type, message)?)
    }
}

/// Why a text is no typed data in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TypedDataJsonError {
    /// It is no JSON, or none that is read here.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// It is JSON, but no typed data.
    #[error(transparent)]
    TypedData(#[from] TypedDataError),
}

fn read_domain(json: Json<'_>) -> Result<Domain, TypedDataError> {
    let mut members = object(json, "an object")?;
    let domain = Domain {
        name: optional(&mut members, "name", |json| string(json, "string"))?,
        version: optional(&mut members, "version", |json| string(json, "string"))?,
        chain_id: optional(&mut members, "chainId", |json| integer(json, "uint256"))?,
        verifying_contract: optional(&mut members, "verifyingContract", |json| address(json, "address"))?,
        salt: optional(&mut members, "salt", |json| {
            let bytes = hexadecimal(json, "bytes32")?;
            let wrong_length = |bytes: Vec<u8>| TypedDataFault::Length { expected: 32, found: bytes.len() };
            Ok(bytes.try_into().map_err(wrong_length)?)
        })?,
    };
    nothing_left(&members)?;
    Ok(domain)
}

/// The types but for that of the domain, which says nothing new: it must be the domain's own.
fn read_types(members: Object<'_>, domain: &Domain) -> Result<Types, TypedDataError> {
    let mut types = Types::new();
    for (name, fields) in members {
        let in_struct = |error: TypedDataError| error.within(&name).within("types");
        let fields = read_fields(fields).map_err(in_struct)?;
        let pairs = fields.iter().map(|(name, type_text)| (name.as_str(), type_text.as_str()));
        if name != DOMAIN {
            types.define(&name, pairs)?;
        } else if !pairs.eq(domain.members().map(|(name, type_text, _)| (name, type_text))) {
            let fault = TypedDataFault::DomainFields { expected: domain.encode_type() };
            return Err(in_struct(fault.into()));
        }
    }
    Ok(types)
}

/// The names and types of the fields of a struct.
fn read_fields(json: Json<'_>) -> Result<Vec<(String, String)>, TypedDataError> {
    let read = |json| {
        let mut members = object(json, "an object")?;
        let name = member(&mut members, "name", |json| string(json, "text"))?;
        let type_text = member(&mut members, "type", |json| string(json, "text"))?;
        nothing_left(&members).map(|()| (name, type_text))
    };
    let fields = array(json, "an array")?.into_iter().enumerate();
    fields.map(|(index, field)| read(field).map_err(|error: TypedDataError| error.at(index))).collect()
}

fn read_struct(types: &Types, name: &str, json: Json<'_>) -> Result<Value, TypedDataError> {
    let mut members = object(json, name)?;
    let mut values = BTreeMap::new();
    for field in types.fields(name)? {
        // Whether it may be missing is a question for the encoder.
        let read = |json| read_value(types, field.field_type.view(), json);
        if let Some(value) = optional(&mut members, &field.name, read)? {
            values.insert(field.name.clone(), value);
        }
    }
    nothing_left(&members).map(|()| Value::Struct(values))
}

/// The value of a type. The levels of JSON are bounded, and so are these calls.
fn read_value(types: &Types, view: TypeView<'_>, json: Json<'_>) -> Result<Value, TypedDataError> {
    match view.shape() {
        Shape::Array(_, element) => {
            let elements = array(json, view)?.into_iter().enumerate();
            let read = |(index, json)| read_value(types, element, json).map_err(|error| error.at(index));
            elements.map(read).collect::<Result<_, _>>().map(Value::Array)
        }
        Shape::Single(Base::Struct(name)) => match json {
            Json::Null => Ok(Value::Null),
            json => read_struct(types, name, json),
        },
        Shape::Single(Base::Bool) => match json {
            Json::Bool(value) => Ok(Value::Bool(value)),
            other => Err(wrong_kind(view, &other)),
        },
        Shape::Single(Base::Unsigned(_) | Base::Signed(_)) => integer(json, view).map(Value::Integer),
        Shape::Single(Base::Address) => address(json, view).map(Value::Address),
        Shape::Single(Base::Text) => string(json, view).map(Value::Text),
        Shape::Single(Base::Bytes | Base::FixedBytes(_)) => hexadecimal(json, view).map(Value::Bytes),
    }
}

/// What is needed, for errors: spelled out only when it is not there.
trait Expected {
    fn spelled(self) -> String;
}

impl Expected for &str {
    fn spelled(self) -> String {
        self.into()
    }
}

impl Expected for TypeView<'_> {
    fn spelled(self) -> String {
        Self::spelled(self)
    }
}

fn wrong_kind(expected: impl Expected, found: &Json<'_>) -> TypedDataError {
    TypedDataFault::Kind { expected: expected.spelled(), found: found.kind() }.into()
}

fn object<'a>(json: Json<'a>, expected: impl Expected) -> Result<Object<'a>, TypedDataError> {
    match json {
        Json::Object(members) => Ok(members),
        other => Err(wrong_kind(expected, &other)),
    }
}

fn array<'a>(json: Json<'a>, expected: impl Expected) -> Result<Vec<Json<'a>>, TypedDataError> {
    match json {
        Json::Array(elements) => Ok(elements),
        other => Err(wrong_kind(expected, &other)),
    }
}

fn string(json: Json<'_>, expected: impl Expected) -> Result<String, TypedDataError> {
    match json {
        Json::Text(text) => Ok(text),
        other => Err(wrong_kind(expected, &other)),
    }
}

fn integer(json: Json<'_>, expected: impl Expected) -> Result<Integer, TypedDataError> {
    let parsed = match &json {
        Json::Number(digits) => digits.parse(),
        Json::Text(text) => text.parse(),
        other => return Err(wrong_kind(expected, other)),
    };
    Ok(parsed.map_err(TypedDataFault::Integer)?)
}

fn address(json: Json<'_>, expected: impl Expected) -> Result<Address, TypedDataError> {
    Ok(string(json, expected)?.parse().map_err(TypedDataFault::Address)?)
}

fn hexadecimal(json: Json<'_>, expected: impl Expected) -> Result<Vec<u8>, TypedDataError> {
    let text = string(json, expected)?;
    let digits = text.strip_prefix("0x").ok_or(TypedDataFault::Hexadecimal)?;
    let mut bytes = vec![0; digits.len() / 2];
    base16ct::mixed::decode(digits, &mut bytes).map_err(|_| TypedDataFault::Hexadecimal)?;
    Ok(bytes)
}

/// Takes a member that must be there.
fn member<'a, T>(
    members: &mut Object<'a>,
    name: &str,
    read: impl FnOnce(Json<'a>) -> Result<T, TypedDataError>,
) -> Result<T, TypedDataError> {
    let missing = || TypedDataError::from(TypedDataFault::Missing).within(name);
    optional(members, name, read)?.ok_or_else(missing)
}

fn optional<'a, T>(
    members: &mut Object<'a>,
    name: &str,
    read: impl FnOnce(Json<'a>) -> Result<T, TypedDataError>,
) -> Result<Option<T>, TypedDataError> {
    members.remove(name).map(read).transpose().map_err(|error| error.within(name))
}

/// What nobody took has no meaning here, and would not be signed.
fn nothing_left(members: &Object<'_>) -> Result<(), TypedDataError> {
    match members.keys().next() {
        Some(name) => Err(TypedDataError::from(TypedDataFault::Unknown).within(name)),
        None => Ok(()),
    }
}
