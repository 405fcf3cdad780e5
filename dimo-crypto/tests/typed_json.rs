//! Typed data in JSON: what is read, what is refused and with which words, and that every spelling of a value is the same value.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]
#![cfg(feature = "alloc")]

use dimo_crypto::typed_data::{
    Domain, Integer, MAX_JSON_LEN, TypedData, TypedDataFault, TypedDataJsonError, Types, Value,
};
use proptest::prelude::*;

/// A message of one field.
fn text(type_text: &str, value: &str) -> String {
    format!(
        r#"{{"types":{{"T":[{{"name":"x","type":"{type_text}"}}]}},"primaryType":"T","domain":{{}},"message":{{"x":{value}}}}}"#
    )
}

fn read(text: &str) -> Result<TypedData, TypedDataJsonError> {
    TypedData::from_json(text)
}

#[track_caller]
fn refusal(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn a_value_of_another_form_than_its_type_is_refused_with_its_place() {
    let integer = "message.x: an integer is decimal digits, or 0x and hexadecimal digits";
    let bytes = "message.x: bytes are 0x and an even number of hexadecimal digits";
    let cases = [
        ("uint8", "1.0", integer),
        ("uint8", "1e2", integer),
        ("uint8", r#""""#, integer),
        ("uint8", r#""0x""#, integer),
        ("uint8", r#""+1""#, integer),
        ("uint8", r#"" 1""#, integer),
        ("int8", r#""-0x""#, integer),
        ("uint8", r#""-0x1""#, "message.x: -1 is out of the range of uint8"),
        ("uint8", "true", "message.x: a bool where uint8 is needed"),
        ("uint8", "null", "message.x: null where uint8 is needed"),
        ("uint8", "256", "message.x: 256 is out of the range of uint8"),
        ("uint8", r#""0x100""#, "message.x: 256 is out of the range of uint8"),
        ("bool", "1", "message.x: a number where bool is needed"),
        ("bool", r#""false""#, "message.x: text where bool is needed"),
        ("string", "5", "message.x: a number where string is needed"),
        ("string", "null", "message.x: null where string is needed"),
        ("bytes", r#""text""#, bytes),
        ("bytes", r#""0x123""#, bytes),
        ("bytes", r#""0xgg""#, bytes),
        ("bytes", r#""1234""#, bytes),
        ("bytes", "7", "message.x: a number where bytes is needed"),
        ("bytes4", r#""0x0102""#, "message.x: 2 where there should be 4"),
        ("address", r#""0x12""#, "message.x: an address has 40 hexadecimal digits, not 2"),
        (
            "address",
            r#""0xfA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC""#,
            "message.x: wrong EIP-55 checksum; these digits are written 0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC",
        ),
        ("uint8[]", "{}", "message.x: an object where uint8[] is needed"),
        ("uint8[2]", "[1]", "message.x: 1 where there should be 2"),
        ("uint8[][]", "[[],[1,[]]]", "message.x[1][1]: an array where uint8 is needed"),
        ("T", "[]", "message.x: an array where T is needed"),
        ("T", r#"{"x":null,"y":1}"#, "message.x.y: nothing here has that name"),
    ];
    for (type_text, value, expected) in cases {
        assert_eq!(refusal(&text(type_text, value)), expected, "{type_text} {value}");
    }
}

#[test]
fn members_must_be_there_once_and_be_known() {
    let good = text("uint8", "1");
    assert!(read(&good).is_ok());
    // What stands beside the four members is not signed.
    let more = good.replace(r#""domain":{}"#, r#""domain":{},"more":1"#);
    assert_eq!(read(&more).unwrap().digest(), read(&good).unwrap().digest());
    let cases = [
        (r#""primaryType":"T","#, "", "primaryType: it is missing"),
        (r#""domain":{},"#, "", "domain: it is missing"),
        (r#","message":{"x":1}"#, "", "message: it is missing"),
        (r#"{"x":1}"#, "{}", "message.x: it is missing"),
        (r#"{"x":1}"#, "[]", "message: an array where T is needed"),
        (r#"{"x":1}"#, r#"{"x":1,"x":1}"#, r#"line 1, column 93: the member "x" is there twice"#),
        (r#""domain":{}"#, r#""domain":{"chain":1}"#, "domain.chain: nothing here has that name"),
        (r#""domain":{}"#, r#""domain":{"name":null}"#, "domain.name: null where string is needed"),
        (r#""domain":{}"#, r#""domain":{"chainId":-1}"#, "domain.chainId: -1 is out of the range of uint256"),
        (r#""domain":{}"#, r#""domain":{"salt":"0x00"}"#, "domain.salt: 1 where there should be 32"),
        (r#""type":"uint8""#, r#""kind":"uint8""#, "types.T[0].type: it is missing"),
        (r#""type":"uint8""#, r#""type":"uint8","y":1"#, "types.T[0].y: nothing here has that name"),
        (r#""type":"uint8""#, r#""type":"uint7""#, r#"types.T.x: "uint7" is no type of EIP-712"#),
        (r#""type":"uint8""#, r#""type":"U""#, "types.T.x: no struct U is defined"),
        (r#""primaryType":"T""#, r#""primaryType":"U""#, "primaryType: no struct U is defined"),
        (
            r#""primaryType":"T""#,
            r#""primaryType":"EIP712Domain""#,
            "primaryType: EIP712Domain is no type of a message",
        ),
        (r#""types":{"#, r#""types":{"U":{},"#, "types.U: an object where an array is needed"),
    ];
    for (from, to, expected) in cases {
        assert_ne!(good.replace(from, to), good, "{from}");
        assert_eq!(refusal(&good.replace(from, to)), expected);
    }
}

#[test]
fn names_from_outside_cannot_write_lines_of_their_own_into_an_error() {
    let good = text("uint8", "1");
    let named = refusal(&good.replace(r#"{"x":1}"#, r#"{"x":1,"\u001b[2J\r\n":1}"#));
    assert_eq!(named, r"message.\u{1b}[2J\r\n: nothing here has that name");
    let named = refusal(&good.replace(r#""primaryType":"T""#, r#""primaryType":"\r""#));
    assert_eq!(named, r"primaryType: no struct \r is defined");
}

#[test]
fn the_type_of_the_domain_must_be_that_of_the_domain_in_the_standards_order() {
    let with = |fields: &str| {
        let types = format!(r#""types":{{"EIP712Domain":[{fields}],"#);
        let text = text("uint8", "1").replace(r#""types":{"#, &types);
        read(&text.replace(r#""domain":{}"#, r#""domain":{"version":"1","name":"n"}"#))
    };
    let name = r#"{"name":"name","type":"string"}"#;
    let version = r#"{"name":"version","type":"string"}"#;
    let good = with(&format!("{name},{version}")).unwrap();
    let left_out = text("uint8", "1").replace(r#""domain":{}"#, r#""domain":{"name":"n","version":"1"}"#);
    assert_eq!(good.digest(), read(&left_out).unwrap().digest());
    for fields in [
        format!("{version},{name}"),
        name.to_owned(),
        String::new(),
        format!("{name},{version},{}", r#"{"name":"salt","type":"bytes32"}"#),
        format!("{name},{}", r#"{"name":"version","type":"bytes"}"#),
    ] {
        assert_eq!(
            with(&fields).unwrap_err().to_string(),
            "types.EIP712Domain: EIP712Domain is not what the domain holds: EIP712Domain(string name,string version)"
        );
    }
}

#[test]
fn a_text_that_is_no_json_is_refused_with_its_line_and_column() {
    let cases = [
        ("", "line 1, column 1: the text ends too early"),
        ("{\"types\":\n  {", "line 2, column 4: the text ends too early"),
        ("{}\n x", "line 2, column 2: nothing may follow the value"),
        ("{\"ä\": +1}", "line 1, column 7: '+' cannot stand here"),
        ("[01]", "line 1, column 3: '1' cannot stand here"),
        ("[1,]", "line 1, column 4: ']' cannot stand here"),
        ("{\"a\":1,}", "line 1, column 8: '}' cannot stand here"),
        ("[NaN]", "line 1, column 2: 'N' cannot stand here"),
        ("\u{feff}{}", "line 1, column 1: '\\u{feff}' cannot stand here"),
        (r#"["\x"]"#, "line 1, column 3: no valid escape"),
        (r#"["\ud800"]"#, "line 1, column 3: no valid escape"),
        (r#"["\udc00\ud800"]"#, "line 1, column 3: no valid escape"),
        ("[\"\n\"]", "line 1, column 3: '\\n' cannot stand here"),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected, "{text}");
    }
    assert_eq!(refusal("7"), "a number where an object is needed");
}

#[test]
fn neither_depth_nor_length_exhausts_the_stack_or_the_clock() {
    for deep in ["[".repeat(1_000_000), "{\"a\":".repeat(500_000)] {
        assert!(refusal(&deep).ends_with("there are more than 128 levels"));
    }
    assert!(refusal(&" ".repeat(MAX_JSON_LEN + 1)).ends_with("the text is longer than 4194304 bytes"));
    let good = text("uint8", "1");
    let padded = " ".repeat(MAX_JSON_LEN - good.len()) + &good;
    assert!(read(&padded).is_ok() && read(&(padded + " ")).is_err());
    // All of the length, in the smallest pieces, every one of which is read once.
    let numbers = "1,".repeat(MAX_JSON_LEN / 2 - 200) + "1";
    assert!(read(&text("uint8[]", &format!("[{numbers}]"))).is_ok());
    let zeros = "0".repeat(1_000_000);
    assert!(read(&text("uint8", &format!("\"{zeros}7\""))).is_ok());
    let nines = refusal(&text("uint8", &"9".repeat(1_000_000)));
    assert_eq!(nines, "message.x: the number has more than 256 bits");
    let nested =
        text(&format!("uint8{}", "[]".repeat(20_000)), &format!("{}{}", "[".repeat(120), "]".repeat(120)));
    assert!(read(&nested).is_ok());
}

#[test]
fn a_struct_of_many_fields_is_read_in_a_moment() {
    let fields: Vec<_> = (0..4000).map(|i| format!(r#"{{"name":"f{i}","type":"bool"}}"#)).collect();
    let values: Vec<_> = (0..4000).map(|i| format!(r#""f{i}":true"#)).collect();
    let message = format!("{{{}}}", values.join(","));
    let all = vec![message; 20].join(",");
    let typed = format!(
        r#"{{"types":{{"W":[{}],"A":[{{"name":"all","type":"W[]"}}]}},"primaryType":"A","domain":{{}},"message":{{"all":[{all}]}}}}"#,
        fields.join(",")
    );
    assert!(read(&typed).is_ok());
    let unknown = typed.replacen("f3999\":true", "g\":true", 1);
    assert_eq!(refusal(&unknown), "message.all[0].g: nothing here has that name");
}

/// A type, a value of it, and the value in JSON.
#[derive(Clone, Debug)]
struct Case {
    type_text: String,
    value: Value,
    json: String,
}

fn integers() -> impl Strategy<Value = Case> {
    (any::<i128>(), 0u32..128, 0..4).prop_map(|(number, shift, spelling)| {
        let number = number >> shift;
        let json = match spelling {
            0 => number.to_string(),
            1 => format!("\"{number}\""),
            2 if number >= 0 => format!("\"{number:#x}\""),
            3 => format!("\"{}0x00{:X}\"", if number < 0 { "-" } else { "" }, number.unsigned_abs()),
            _ => format!("\"{}000{}\"", if number < 0 { "-" } else { "" }, number.unsigned_abs()),
        };
        let type_text = if number < 0 { "int128" } else { "uint128" };
        Case { type_text: type_text.into(), value: number.into(), json }
    })
}

/// JSON of a text, every other character as an escape.
fn quoted(text: &str) -> String {
    let escape = |(index, character): (usize, char)| {
        let mut units = [0; 2];
        let plain = index % 2 == 0 && !matches!(character, '"' | '\\') && character >= ' ';
        let escaped = character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}"));
        if plain { String::from(character) } else { escaped.collect() }
    };
    format!("\"{}\"", text.chars().enumerate().map(escape).collect::<String>())
}

fn leaves() -> impl Strategy<Value = Case> {
    let case = |type_text: String, value, json| Case { type_text, value, json };
    let hex = |bytes: &[u8]| {
        format!("\"0x{}\"", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    prop_oneof![
        integers(),
        any::<bool>().prop_map(move |value| case("bool".into(), value.into(), value.to_string())),
        any::<[u8; 20]>().prop_map(move |bytes| {
            let address = dimo_crypto::Address::new(bytes);
            case("address".into(), address.into(), format!("\"{address}\""))
        }),
        any::<String>().prop_map(move |text| case("string".into(), text.as_str().into(), quoted(&text))),
        any::<Vec<u8>>().prop_map(move |bytes| case("bytes".into(), bytes.as_slice().into(), hex(&bytes))),
        prop::collection::vec(any::<u8>(), 1..33).prop_map(move |bytes| {
            case(format!("bytes{}", bytes.len()), bytes.as_slice().into(), hex(&bytes))
        }),
    ]
}

/// Arrays repeat one value: their elements have one type.
fn cases() -> impl Strategy<Value = Case> {
    leaves().prop_recursive(3, 16, 4, |inner| {
        (inner, 0usize..4, any::<bool>()).prop_map(|(case, count, is_fixed)| Case {
            type_text: case.type_text + &if is_fixed { format!("[{count}]") } else { "[]".into() },
            value: Value::Array(vec![case.value; count]),
            json: format!("[ {} ]", vec![case.json; count].join(" ,\n")),
        })
    })
}

proptest! {
    #[test]
    fn typed_data_in_json_is_that_built_in_code(cases in prop::collection::vec(cases(), 0..6), chain_id: u64) {
        let names: Vec<_> = (0..cases.len()).map(|index| format!("f{index}")).collect();
        let mut types = Types::new();
        let fields = names.iter().zip(&cases).map(|(name, case)| (name.as_str(), case.type_text.as_str()));
        types.define("T", fields.clone()).unwrap();
        let values = names.iter().zip(&cases).map(|(name, case)| (name.as_str(), case.value.clone()));
        let domain = Domain { chain_id: Some(Integer::from(chain_id)), ..Domain::default() };
        let built = TypedData::new(domain, types, "T", Value::fields(values)).unwrap();

        let fields: Vec<_> = fields.map(|(n, t)| format!(r#"{{"type":"{t}","name":"{n}"}}"#)).collect();
        let members: Vec<_> =
            names.iter().zip(&cases).rev().map(|(name, case)| format!(r#""{name}" : {}"#, case.json)).collect();
        let json = format!(
            r#"{{"message":{{{}}},"domain":{{"chainId":"{chain_id:#x}"}},"primaryType":"T","types":{{"T":[{}]}}}}"#,
            members.join(","),
            fields.join(",")
        );
        let read = read(&json).unwrap();
        prop_assert_eq!(read.digest(), built.digest());
        prop_assert_eq!(read, built);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text: String) {
        let _ = read(&text);
    }

    #[test]
    fn a_text_with_one_byte_changed_is_refused_or_says_something_else_or_the_same_thing_otherwise(
        at in any::<prop::sample::Index>(),
        byte in b' '..127,
    ) {
        let good = text("string", "\"some text\"");
        let mut bytes = good.clone().into_bytes();
        let at = at.index(bytes.len());
        let there = std::mem::replace(bytes.get_mut(at).unwrap(), byte);
        let changed = String::from_utf8(bytes).unwrap();
        // White space between tokens is all that may differ.
        if let Ok(typed) = read(&changed) {
            prop_assert_eq!(typed.digest() == read(&good).unwrap().digest(), there == byte);
        }
    }
}

#[test]
fn errors_can_be_matched_on() {
    let Err(TypedDataJsonError::TypedData(error)) = read(&text("uint8", "256")) else { panic!() };
    let expected = TypedDataFault::Range { expected: "uint8".into(), value: 256.into() };
    assert_eq!((error.path().as_str(), error.fault()), ("message.x", &expected));
}
