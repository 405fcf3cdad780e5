//! The commands of the example `eth`: what they print, and why they refuse.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]
#![cfg(all(feature = "software-key", feature = "std"))]

use std::path::PathBuf;

#[path = "../examples/eth.rs"]
#[allow(dead_code, reason = "the tests are its main function")]
mod eth;

const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const ADDRESS: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const OWNER: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const POLYGON: &str = "0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC";
const LARGEST: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

/// What the program prints: on standard output, or behind its name on standard error, when it ends with 1.
fn eth(arguments: &[&str]) -> Result<String, String> {
    eth::answer(arguments.iter().copied().map(str::to_owned)).map_err(|reason| reason.to_string())
}

#[track_caller]
fn prints(arguments: &[&str], expected: &str) {
    assert_eq!(eth(arguments).as_deref(), Ok(expected), "{arguments:?}");
}

#[track_caller]
fn signs(arguments: &[&str], digest: &str, signature: &str) {
    let object = format!(r#"{{"digest":"{digest}","signature":"{signature}","address":"{ADDRESS}"}}"#);
    prints(&[arguments, &["--key", KEY]].concat(), &object);
}

#[track_caller]
fn refuses(arguments: &[&str], reason: &str) {
    assert_eq!(eth(arguments).unwrap_err(), reason, "{arguments:?}");
}

/// A file of this test alone.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn address_prints_the_checksummed_address_alone() {
    prints(&["address", "--key", KEY], ADDRESS);
    prints(&["address", "--key", &KEY.to_uppercase().replace("0X", "0x")], ADDRESS);
    refuses(&["address", "--key", &KEY[2..]], "--key: 0x and 64 hexadecimal digits are needed");
    refuses(&["address", "--key", &format!("0x{}", "0".repeat(64))], "--key: a key is a number in 1..n");
    refuses(&["address"], "--key is missing");
    refuses(&["address", "--key"], "--key has no value");
    refuses(&["address", "--key", KEY, "--key", KEY], "--key is there twice");
    refuses(&["address", "--key", KEY, "--file", "x"], "address has no option --file");
}

#[test]
fn claim_pair_and_unpair_have_the_published_digests_and_signatures() {
    let registry = ["--chain", "137", "--registry", POLYGON, "--device-node", "42"];
    signs(
        &[&["claim"], &registry[..], &["--owner", OWNER]].concat(),
        "0x2d1da40d8729f3706fc5a8a1e7ffaba251d1d5fd9733d60c82a5d2a66d31d252",
        "0x82a9441b724d50c8f1192a0ce41ecd2f961b703ed252afa51b57fa05a320036719dfc8782f0e6d8bc9279af5483862df016c879e4a3c30c71848ebf8bc44dee31b",
    );
    signs(
        &[&["pair"], &registry[..], &["--vehicle-node", "1337"]].concat(),
        "0x15e323b4725c6ee384281efd8d8c0e8c0973e6ed3504e6ba874472c8c14e4bad",
        "0x58985f1d026e0300e33bc37456b477bd915a6095c56fe54b7c040d79964c9dda0f10f6b4b2ad819ff80b92df5893ea0454e82ced4d7a431c3c3618785539c7f71c",
    );
    let unpair = [&["unpair", "--key", KEY], &registry[..], &["--vehicle-node", "1337"]].concat();
    let digest = "b31279fb49c33b3a0c4817915430b746f74a71565dbef10d4c44a8428f7ba1b3";
    assert!(eth(&unpair).unwrap().contains(digest));
}

#[test]
fn ids_and_chains_are_taken_to_their_largest_and_not_beyond() {
    let pair = |chain, device, vehicle| {
        let numbers = ["pair", "--chain", chain, "--device-node", device, "--vehicle-node", vehicle];
        [&numbers[..], &["--registry", POLYGON, "--key", KEY]].concat()
    };
    assert!(eth(&pair("18446744073709551615", LARGEST, LARGEST)).is_ok());
    let above = format!("{}6", &LARGEST[..LARGEST.len() - 1]);
    refuses(&pair("1", &above, "1"), "--device-node: a token id is below 2^256");
    refuses(&pair("1", "1", "0x1"), "--vehicle-node: a token id is a decimal number");
    refuses(&pair("18446744073709551616", "1", "1"), "--chain: number too large to fit in target type");
}

#[test]
fn personal_signs_the_bytes_of_a_file_under_their_prefix() {
    let data = file("attestation", br#"{"subject":"did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1005","insured":true,"provider":"State Farm","coverageStartDate":1744751357,"expirationDate":1807822654,"policyNumber":"SF-12345678"}"#);
    let digest = "1fa0cd4b8de6a7bbe56c5ae5b1f7bc7397ca0fd0b3df8325fb85deb1ea3ddf01";
    assert!(eth(&["personal", "--key", KEY, "--file", &data]).unwrap().contains(digest));
    let none = file("none", b"").replace("none", "there-is-no-such-file");
    assert!(eth(&["personal", "--key", KEY, "--file", &none]).unwrap_err().starts_with(&none));
}

#[test]
fn telemetry_signs_the_raw_bytes_of_a_file() {
    signs(
        &["telemetry", "--file", &file("telemetry", br#"{"timestamp":1709656316768}"#)],
        "0x464876443570fa210eb389482304a43ef7ae1edb834772c99125b19f43226192",
        "0x680044ecc49c5da75fc19b530048a537185968e23e873a7f9deb196a2bcc8b62770b88e54ebfecd6e0417ddcac2fc64a7e82122326cbc079f990f35c219cba211b",
    );
}

#[test]
fn typed_signs_what_claim_signs_when_it_says_the_same() {
    let claim = format!(
        r#"{{"types":{{"ClaimAftermarketDeviceSign":[{{"name":"aftermarketDeviceNode","type":"uint256"}},{{"name":"owner","type":"address"}}]}},
        "primaryType":"ClaimAftermarketDeviceSign","domain":{{"name":"DIMO","version":"1","chainId":137,"verifyingContract":"{POLYGON}"}},
        "message":{{"aftermarketDeviceNode":"0x2a","owner":"{OWNER}"}}}}"#
    );
    signs(
        &["typed", "--file", &file("claim.json", claim.as_bytes())],
        "0x2d1da40d8729f3706fc5a8a1e7ffaba251d1d5fd9733d60c82a5d2a66d31d252",
        "0x82a9441b724d50c8f1192a0ce41ecd2f961b703ed252afa51b57fa05a320036719dfc8782f0e6d8bc9279af5483862df016c879e4a3c30c71848ebf8bc44dee31b",
    );
    let wrong = file("wrong.json", claim.replace("\"0x2a\"", "-1").as_bytes());
    refuses(
        &["typed", "--key", KEY, "--file", &wrong],
        "message.aftermarketDeviceNode: -1 is out of the range of uint256",
    );
    let latin = file("latin.json", b"\"\xe4\"");
    refuses(
        &["typed", "--key", KEY, "--file", &latin],
        "--file: invalid utf-8 sequence of 1 bytes from index 1",
    );
}

#[test]
fn recover_takes_v_of_0_1_27_and_28_and_refuses_the_rest_with_the_reason() {
    let digest = "0x464876443570fa210eb389482304a43ef7ae1edb834772c99125b19f43226192";
    let r_and_s = "680044ecc49c5da75fc19b530048a537185968e23e873a7f9deb196a2bcc8b62770b88e54ebfecd6e0417ddcac2fc64a7e82122326cbc079f990f35c219cba21";
    let recover = |signature: &str| {
        let words = ["recover", "--digest", digest, "--signature", signature].map(str::to_owned);
        words.to_vec()
    };
    let prints = |signature: &str, address: &str| {
        let words = recover(signature);
        prints(&words.iter().map(String::as_str).collect::<Vec<_>>(), address);
    };
    let refuses = |signature: &str, reason: &str| {
        let words = recover(signature);
        let reason = format!("--signature: {reason}");
        refuses(&words.iter().map(String::as_str).collect::<Vec<_>>(), &reason);
    };
    prints(&format!("0x{r_and_s}1b"), ADDRESS);
    prints(&format!("0x{r_and_s}00"), ADDRESS);
    let odd =
        |v: &str| eth(&["recover", "--digest", digest, "--signature", &format!("0x{r_and_s}{v}")]).unwrap();
    assert_eq!(odd("01"), odd("1c"));
    assert_ne!(odd("01"), ADDRESS);
    for v in ["02", "1a", "1d", "25", "ff"] {
        let value = u8::from_str_radix(v, 16).unwrap();
        let reason = format!("the last byte of a signature is 0, 1, 27 or 28, not {value}");
        refuses(&format!("0x{r_and_s}{v}"), &reason);
    }
    let (r, s) = r_and_s.split_at(64);
    let (zero, order) = ("0".repeat(64), "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    let above_half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";
    refuses(&format!("0x{r}{above_half}1b"), "s is in the upper half of its range");
    for out_of_range in [zero.as_str(), order, &"f".repeat(64)] {
        refuses(&format!("0x{out_of_range}{s}1b"), "r is not in 1..n");
        refuses(&format!("0x{r}{out_of_range}1b"), "s is not in 1..n");
    }
    refuses(&format!("0x{r_and_s}"), "a signature has 130 hexadecimal digits, not 128");
    refuses(&format!("0x{r_and_s}1b00"), "a signature has 130 hexadecimal digits, not 132");
    refuses(&format!("{r_and_s}1b"), "a signature begins with 0x");
}

#[test]
fn a_command_that_is_not_known_is_refused_with_those_that_are() {
    let reason = "no command \"sign\": address, claim, pair, unpair, personal, telemetry, typed, recover";
    refuses(&["sign", "--key", KEY], reason);
    refuses(&["address", "key"], "\"key\" is no option");
}
