//! Typed data built in code: the standard's own vectors, the registry's messages a second time, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]
#![cfg(feature = "alloc")]

use dimo_crypto::typed_data::{
    Domain, Integer, MAX_DEPTH, MAX_STRUCTS, MAX_TYPES_LEN, TypedData, TypedDataError, TypedDataFault, Types,
    Value,
};
use dimo_crypto::{
    Address, BurnSynthetic, BurnVehicle, Claim, Message, MintSynthetic, MintVehicle, MintVehicleAndSynthetic,
    MintVehicleWithDeviceDefinition, Pair, Registry, Unpair, recover,
};
use dimo_types::TokenId;
use proptest::prelude::*;

fn hex(bytes: [u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn person(name: &str, wallet: &str) -> Value {
    Value::fields([("name", name.into()), ("wallet", wallet.parse::<Address>().unwrap().into())])
}

/// The example of the standard.
fn mail() -> TypedData {
    let mut types = Types::new();
    types.define("Mail", [("from", "Person"), ("to", "Person"), ("contents", "string")]).unwrap();
    types.define("Person", [("name", "string"), ("wallet", "address")]).unwrap();
    let domain = Domain {
        name: Some("Ether Mail".into()),
        version: Some("1".into()),
        chain_id: Some(1.into()),
        verifying_contract: Some("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC".parse().unwrap()),
        salt: None,
    };
    let message = Value::fields([
        ("from", person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")),
        ("to", person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")),
        ("contents", "Hello, Bob!".into()),
    ]);
    TypedData::new(domain, types, "Mail", message).unwrap()
}

#[test]
fn the_example_of_the_standard_has_its_published_hashes() {
    let mail = mail();
    assert_eq!(
        mail.encode_type(),
        "Mail(Person from,Person to,string contents)Person(string name,address wallet)"
    );
    assert_eq!(
        hex(mail.domain_separator()),
        "f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f"
    );
    assert_eq!(hex(mail.struct_hash()), "c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
    let digest = "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2";
    assert_eq!(mail.digest().to_string(), digest);
}

#[cfg(feature = "software-key")]
#[test]
fn the_cow_signs_the_example_of_the_standard_as_published() {
    let key = dimo_crypto::SoftwareKey::from_bytes(dimo_crypto::keccak256(b"cow")).unwrap();
    let signature = key.sign_typed_data(&mail()).unwrap();
    assert_eq!(
        signature.to_string(),
        "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c"
    );
    assert_eq!(recover(&mail(), &signature), Ok(key.address()));
}

/// A message of the registry as typed data: its type string taken apart, and its values in order.
fn twin(registry: Registry, type_string: &str, values: Vec<Value>) -> TypedData {
    let (name, fields) = type_string.strip_suffix(')').unwrap().split_once('(').unwrap();
    let fields: Vec<_> = fields
        .split(',')
        .map(|field| field.split_once(' ').unwrap())
        .map(|(type_text, name)| (name, type_text))
        .collect();
    let mut types = Types::new();
    types.define(name, fields.iter().copied()).unwrap();
    let message = Value::fields(fields.iter().map(|(name, _)| *name).zip(values));
    TypedData::new(registry.into(), types, name, message).unwrap()
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Value {
    Value::Array(texts.map(Value::from).collect())
}

prop_compose! {
    fn registries()(chain_id: u64, contract: [u8; 20]) -> Registry {
        Registry { chain_id, contract: contract.into() }
    }
}

fn ids() -> impl Strategy<Value = TokenId> {
    any::<[u8; 32]>().prop_map(TokenId::from_be_bytes)
}

proptest! {
    #[test]
    fn every_message_of_the_registry_is_its_own_typed_data(
        registry in prop_oneof![Just(Registry::POLYGON), Just(Registry::AMOY), registries()],
        (first, second) in (ids(), ids()),
        owner: [u8; 20],
        device_definition: String,
        pairs: Vec<(String, String)>,
    ) {
        let owner = Address::new(owner);
        let both = || vec![first.into(), second.into()];
        let check = |message: &dyn Message, type_string, values| {
            prop_assert_eq!(message.digest(), twin(registry, type_string, values).digest());
            Ok(())
        };
        let (device_node, vehicle_node) = (first, second);
        check(&Claim { registry, device_node, owner }, Claim::TYPE, vec![first.into(), owner.into()])?;
        check(&Pair { registry, device_node, vehicle_node }, Pair::TYPE, both())?;
        check(&Unpair { registry, device_node, vehicle_node }, Unpair::TYPE, both())?;
        check(&BurnVehicle { registry, vehicle_node }, BurnVehicle::TYPE, vec![second.into()])?;
        check(&MintSynthetic { registry, connection: first, vehicle_node }, MintSynthetic::TYPE, both())?;
        check(
            &BurnSynthetic { registry, vehicle_node: first, synthetic_node: second },
            BurnSynthetic::TYPE,
            both(),
        )?;
        check(&MintVehicleAndSynthetic { registry, connection: first }, MintVehicleAndSynthetic::TYPE, vec![first.into()])?;

        let attributes: Vec<_> = pairs.iter().map(|(name, info)| (name.as_str(), info.as_str())).collect();
        let attributes = attributes.as_slice();
        let columns = [texts(attributes.iter().map(|pair| pair.0)), texts(attributes.iter().map(|pair| pair.1))];
        let values = [first.into(), owner.into()].into_iter().chain(columns.clone()).collect();
        check(
            &MintVehicle { registry, manufacturer_node: first, owner, attributes },
            MintVehicle::TYPE,
            values,
        )?;
        let values = [first.into(), owner.into(), device_definition.as_str().into()];
        check(
            &MintVehicleWithDeviceDefinition {
                registry,
                manufacturer_node: first,
                owner,
                device_definition: &device_definition,
                attributes,
            },
            MintVehicleWithDeviceDefinition::TYPE,
            values.into_iter().chain(columns).collect(),
        )?;
    }

    #[test]
    fn each_of_the_thirty_two_domains_has_a_separator_of_its_own(present in 0u8..32, other in 0u8..32) {
        let domain = |present: u8| Domain {
            name: (present & 1 != 0).then(|| "name".into()),
            version: (present & 2 != 0).then(|| "1".into()),
            chain_id: (present & 4 != 0).then(|| 1.into()),
            verifying_contract: (present & 8 != 0).then_some(Address::ZERO),
            salt: (present & 16 != 0).then_some([0; 32]),
        };
        let same = domain(present).separator().unwrap() == domain(other).separator().unwrap();
        prop_assert_eq!(same, present == other);
    }
}

/// One field of a type.
fn field(type_text: &str, value: Value) -> Result<TypedData, TypedDataError> {
    let mut types = Types::new();
    types.define("T", [("x", type_text), ("t", "T")])?;
    TypedData::new(Domain::default(), types, "T", Value::fields([("x", value)]))
}

#[test]
fn a_struct_that_is_left_out_is_null() {
    let mut types = Types::new();
    types.define("Car", [("towed", "Car"), ("all", "Car[]")]).unwrap();
    let typed = |message| TypedData::new(Domain::default(), types.clone(), "Car", message).unwrap();
    let none = || ("all", Value::Array(Vec::new()));
    let left_out = typed(Value::fields([none()]));
    assert_eq!(left_out.digest(), typed(Value::fields([none(), ("towed", Value::Null)])).digest());
    let there = typed(Value::fields([none(), ("towed", Value::fields([none()]))]));
    assert_ne!(left_out.digest(), there.digest());
}

#[test]
fn arrays_keep_their_nesting_apart() {
    let list = |values: Vec<Value>| Value::Array(values);
    let (one, two): (Value, Value) = (1.into(), 2.into());
    let together = field("uint8[][]", list(vec![list(vec![one.clone(), two.clone()])])).unwrap();
    let apart = field("uint8[][]", list(vec![list(vec![one]), list(vec![two])])).unwrap();
    assert_ne!(together.digest(), apart.digest());
}

#[test]
fn a_value_that_does_not_fit_its_type_is_refused_with_its_place() {
    let list = || Value::Array(vec![1.into(), 2.into()]);
    let nested = Value::Array(vec![Value::Array(vec![]), Value::Array(vec![1.into(), "two".into()])]);
    let cases = [
        ("bool", Value::from(1), "message.x: an integer where bool is needed"),
        ("uint8", true.into(), "message.x: a bool where uint8 is needed"),
        ("string", [1].into(), "message.x: bytes where string is needed"),
        ("bytes", "text".into(), "message.x: text where bytes is needed"),
        ("address", [1; 20].into(), "message.x: bytes where address is needed"),
        ("uint8", Value::Null, "message.x: null where uint8 is needed"),
        ("string[]", Value::Null, "message.x: null where string[] is needed"),
        ("T", list(), "message.x: an array where T is needed"),
        ("uint8", list(), "message.x: an array where uint8 is needed"),
        ("uint8[3]", list(), "message.x: 2 where there should be 3"),
        ("uint8[1]", list(), "message.x: 2 where there should be 1"),
        ("bytes2", [1].into(), "message.x: 1 where there should be 2"),
        ("bytes2", [1; 3].into(), "message.x: 3 where there should be 2"),
        ("bytes32", [1; 33].into(), "message.x: 33 where there should be 32"),
        ("uint8", 256.into(), "message.x: 256 is out of the range of uint8"),
        ("int8", 128.into(), "message.x: 128 is out of the range of int8"),
        ("uint256", (-1).into(), "message.x: -1 is out of the range of uint256"),
        ("uint8[][2]", nested, "message.x[1][1]: text where uint8 is needed"),
        (
            "T",
            Value::fields([("x", Value::Null), ("y", Value::Null)]),
            "message.x.y: nothing here has that name",
        ),
    ];
    for (type_text, value, expected) in cases {
        assert_eq!(field(type_text, value).unwrap_err().to_string(), expected, "{type_text}");
    }
    let missing = field("uint8[]", Value::Array(vec![])).unwrap().types().clone();
    let refused = TypedData::new(Domain::default(), missing, "T", Value::fields([])).unwrap_err();
    assert_eq!(refused.to_string(), "message.x: it is missing");
    let refused = TypedData::new(Domain::default(), refused_types(), "T", Value::Null).unwrap_err();
    assert_eq!(refused.to_string(), "message: null where T is needed");
    let domain = Domain { chain_id: Some((-1).into()), ..Domain::default() };
    assert_eq!(
        domain.separator().unwrap_err().to_string(),
        "domain.chainId: -1 is out of the range of uint256"
    );
}

fn refused_types() -> Types {
    let mut types = Types::new();
    types.define("T", [("x", "uint8")]).unwrap();
    types
}

#[test]
fn types_that_are_none_are_refused_and_nothing_is_defined() {
    let long = "a".repeat(70_000);
    let cases = [
        ("uint8", "x", "bool", "types.uint8: uint8 is the name of a built-in type"),
        ("uint", "x", "bool", "types.uint: uint is the name of a built-in type"),
        ("bytes33", "x", "bool", "types.bytes33: bytes33 is the name of a built-in type"),
        ("A B", "x", "bool", "types.A B: \"A B\" is no identifier"),
        ("A[]", "x", "bool", "types.A[]: \"A[]\" is no identifier"),
        ("", "x", "bool", "types.: \"\" is no identifier"),
        ("EIP712Domain", "x", "bool", "types.EIP712Domain: EIP712Domain is no type of a message"),
        ("A", "x,bool y", "bool", "types.A: \"x,bool y\" is no identifier"),
        ("A", "x", "uint", "types.A.x: \"uint\" is no type of EIP-712"),
        ("T", "x", "bool", "types.T: T is there twice"),
        ("A", long.as_str(), "bool", "types.A: the types are longer than 65536 bytes"),
    ];
    let mut types = refused_types();
    for (name, field, type_text, expected) in cases {
        assert_eq!(types.define(name, [(field, type_text)]).unwrap_err().to_string(), expected);
        assert_eq!(types, refused_types());
    }
    let twice = types.define("A", [("x", "bool"), ("x", "uint8")]).unwrap_err();
    assert_eq!(twice.to_string(), "types.A: x is there twice");
}

#[test]
fn the_type_strings_are_counted_to_the_byte() {
    let mut types = Types::new();
    types.define("First", [("one", "bool"), ("other", "address[2]")]).unwrap();
    types.define("Second", [("one", "uint8")]).unwrap();
    let counted = "First(bool one,address[2] other,)Second(uint8 one,)Third(bool ,bool y,)".len();
    let third = |types: &mut Types, len| {
        let long = "x".repeat(len);
        types.define("Third", [(long.as_str(), "bool"), ("y", "bool")])
    };
    let refused = third(&mut types, MAX_TYPES_LEN - counted + 1).unwrap_err();
    assert_eq!(refused.fault(), &TypedDataFault::TypesTooLong);
    third(&mut types, MAX_TYPES_LEN - counted).unwrap();
    let refused = types.define("F", [("o", "T")]).unwrap_err();
    assert_eq!(refused.fault(), &TypedDataFault::TypesTooLong);
}

#[test]
fn a_type_that_is_not_defined_is_named() {
    let mut types = Types::new();
    types.define("A", [("b", "B[2]")]).unwrap();
    let refused = TypedData::new(Domain::default(), types.clone(), "A", Value::fields([])).unwrap_err();
    assert_eq!(refused.to_string(), "types.A.b: no struct B is defined");
    types.define("B", [("domain", "EIP712Domain")]).unwrap();
    let refused = TypedData::new(Domain::default(), types, "A", Value::fields([])).unwrap_err();
    assert_eq!(refused.to_string(), "types.B.domain: EIP712Domain is no type of a message");
    for (primary, expected) in [
        ("C", "primaryType: no struct C is defined"),
        ("uint8", "primaryType: no struct uint8 is defined"),
        ("T[]", "primaryType: no struct T[] is defined"),
        ("EIP712Domain", "primaryType: EIP712Domain is no type of a message"),
    ] {
        let refused = TypedData::new(Domain::default(), refused_types(), primary, Value::fields([]));
        assert_eq!(refused.unwrap_err().to_string(), expected);
    }
}

#[test]
fn as_many_structs_and_levels_as_promised_are_taken_and_no_more() {
    let mut types = Types::new();
    for index in 0..MAX_STRUCTS {
        types
            .define(&format!("S{index}"), [("next", format!("S{}", (index + 1) % MAX_STRUCTS).as_str())])
            .unwrap();
    }
    let refused = types.define("More", [("x", "bool")]).unwrap_err();
    assert_eq!(refused.fault(), &TypedDataFault::TooManyStructs);

    let chain = |levels: usize| {
        let innermost = Value::fields([]);
        let message = (0..levels).fold(innermost, |inner, level| {
            Value::fields([(if level < levels { "next" } else { "" }, inner)])
        });
        TypedData::new(Domain::default(), types.clone(), "S0", message)
    };
    assert!(chain(MAX_DEPTH).is_ok());
    assert_eq!(chain(MAX_DEPTH + 1).unwrap_err().fault(), &TypedDataFault::TooDeep);
}

#[test]
fn a_few_bytes_cannot_ask_for_hours_of_hashing() {
    let names: Vec<String> = (0..2000).map(|index| format!("f{index}")).collect();
    let mut types = Types::new();
    types.define("Wide", names.iter().map(|name| (name.as_str(), "Wide"))).unwrap();
    types.define("All", [("all", "Wide[]")]).unwrap();
    let all = Value::Array(vec![Value::fields([]); 2000]);
    let refused = TypedData::new(Domain::default(), types, "All", Value::fields([("all", all)])).unwrap_err();
    assert_eq!(refused.fault(), &TypedDataFault::TooManyWords);
}

#[test]
fn the_ends_of_the_widest_integers_are_encoded() {
    let largest: Integer = format!("0x{}", "f".repeat(64)).parse().unwrap();
    let smallest: Integer =
        "-57896044618658097711785492504343953926634992332820282019728792003956564819968".parse().unwrap();
    assert!(field("uint256", largest.into()).is_ok() && field("int256", smallest.into()).is_ok());
    assert!(field("int256", largest.into()).is_err() && field("uint256", smallest.into()).is_err());
}
