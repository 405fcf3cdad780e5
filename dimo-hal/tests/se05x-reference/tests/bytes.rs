//! The same day of a wallet through two drivers of two authors, each over its own copy of the simulated element: the same commands
//! in the same blocks, and the same answers understood.

#[path = "../../util/se05x_sim.rs"]
mod se05x_sim;

use dimo_hal::blocking::SecureElement;
use dimo_hal::secure_element::{CounterId, Curve, KeyPolicy};
use dimo_hal::{BlockingSe05x, KeySlot};
use se05x::se05x::policies::{ObjectAccessRule, ObjectPolicyFlags, Policy, PolicySet};
use se05x::se05x::{
    Be, CounterSize, EcCurve, EcCurveParam, EcDsaSignatureAlgo, ObjectId, P1KeyType, Se05X, commands,
    constants,
};
use se05x_sim::{ADDRESS, Elapsed, Element, parse};

const KEY: u32 = 0x00D1_1000;
const COUNTER: u32 = 0x00D1_0000;
const DIGEST: [u8; 32] = [0x5A; 32];

/// What came of a day.
#[derive(Debug, PartialEq)]
struct Day {
    version: [u8; 3],
    key: Vec<u8>,
    signature: Vec<u8>,
    random: Vec<u8>,
    counter: u64,
}

fn ours(element: &mut Element) -> Day {
    let mut driver = BlockingSe05x::new(element, Elapsed::default()).with_counters(COUNTER, 1);
    let version = driver.start().unwrap();
    let key = driver.generate(KeySlot(KEY), Curve::Secp256k1, KeyPolicy::Permanent).unwrap();
    let signature = driver.sign_prehash(KeySlot(KEY), &DIGEST).unwrap();
    let mut random = [0; 128];
    driver.random(&mut random).unwrap();
    let counter = driver.advance_counter_to(CounterId(0), 7).unwrap();
    // The bytes of a chip's signature are its own; its debug form shows them.
    let signature = format!("{signature:?}").into_bytes();
    Day {
        version: [version.major, version.minor, version.patch],
        key: key.to_vec(),
        signature,
        random: random.to_vec(),
        counter,
    }
}

fn policies(flags: ObjectPolicyFlags) -> [Policy; 1] {
    [Policy { object_id: ObjectId::INVALID, access_rule: ObjectAccessRule::from_flags(flags) }]
}

fn theirs(element: &mut Element) -> Day {
    let mut driver = Se05X::new_hal_10(element, ADDRESS, Elapsed::default());
    let (key, counter) = (ObjectId(KEY.to_be_bytes()), ObjectId(COUNTER.to_be_bytes()));
    let mut buffer = [0; 300];
    let atr = driver.enable().unwrap();

    let attributes =
        commands::ReadAttributes { object_id: key, offset: None, length: None, rsa_key_component: None };
    driver.run_command(&attributes, &mut buffer).unwrap_err();
    driver.run_command(&commands::CheckObjectExists { object_id: key }, &mut buffer).unwrap();
    driver.run_command(&commands::ReadEcCurveList {}, &mut buffer).unwrap();
    let curve = EcCurve::Secp256k1;
    driver.run_command(&commands::CreateEcCurve { curve }, &mut buffer).unwrap();
    let values = constants::SECP256K1;
    for (param, value) in [
        (EcCurveParam::ParamA, values.a),
        (EcCurveParam::ParamB, values.b),
        (EcCurveParam::ParamG, values.g),
        (EcCurveParam::ParamN, values.order),
        (EcCurveParam::ParamPrime, values.prime),
    ] {
        driver.run_command(&commands::SetEcCurveParam { curve, param, value }, &mut buffer).unwrap();
    }
    let policy = policies(ObjectPolicyFlags::ALLOW_SIGN | ObjectPolicyFlags::ALLOW_READ);
    let generate = commands::WriteEcKey {
        transient: false,
        is_auth: false,
        key_type: Some(P1KeyType::KeyPair),
        policy: Some(PolicySet(&policy)),
        max_attempts: None,
        object_id: key,
        curve: Some(curve),
        private_key: None,
        public_key: None,
    };
    driver.run_command(&generate, &mut buffer).unwrap();
    let read =
        |object_id| commands::ReadObject { object_id, offset: None, length: None, rsa_key_component: None };
    driver.run_command(&attributes, &mut buffer).unwrap();
    let point = driver.run_command(&read(key), &mut buffer).unwrap().data.to_vec();

    let sign = commands::EcdsaSign { key_id: key, algo: EcDsaSignatureAlgo::Sha256, data: &DIGEST };
    let der = driver.run_command(&sign, &mut buffer).unwrap().signature.to_vec();
    let signature = format!("{:?}", dimo_hal_signature(&der)).into_bytes();

    let random = driver
        .run_command(&commands::GetRandom { length: Be::from(128) }, &mut buffer)
        .unwrap()
        .data
        .to_vec();

    driver.run_command(&read(counter), &mut buffer).unwrap_err();
    driver.run_command(&commands::CheckObjectExists { object_id: counter }, &mut buffer).unwrap();
    let policy = policies(ObjectPolicyFlags::ALLOW_READ | ObjectPolicyFlags::ALLOW_WRITE);
    let create = commands::WriteCounter {
        transient: false,
        policy: Some(PolicySet(&policy)),
        object_id: counter,
        data: Some(CounterSize::B8),
        value: None,
    };
    driver.run_command(&create, &mut buffer).unwrap();
    let set = commands::WriteCounter {
        transient: false,
        policy: None,
        object_id: counter,
        data: None,
        value: Some(Be::from(7)),
    };
    driver.run_command(&set, &mut buffer).unwrap();
    let value = driver.run_command(&read(counter), &mut buffer).unwrap().data.try_into().unwrap();

    Day {
        version: [atr.major, atr.minor, atr.patch],
        key: point[1..].to_vec(),
        signature,
        random,
        counter: u64::from_be_bytes(value),
    }
}

fn dimo_hal_signature(der: &[u8]) -> dimo_crypto::ChipSignature {
    dimo_crypto::ChipSignature::der(der).unwrap()
}

#[test]
fn a_day_of_a_wallet_is_the_same_through_both_drivers() {
    let (mut here, mut there) = (Element::new(), Element::new());
    assert_eq!(ours(&mut here), theirs(&mut there));

    // The commands: header and data. How many bytes of answer are expected may be said in two forms.
    let meaning = |element: &Element| -> Vec<([u8; 4], Vec<u8>)> {
        element
            .commands
            .iter()
            .map(|command| parse(command).unwrap())
            .map(|(header, data)| (header, data.to_vec()))
            .collect()
    };
    assert_eq!(here.commands.len(), 20, "{:02X?}", here.commands);
    assert_eq!(meaning(&here), meaning(&there));

    // The blocks, where the commands have one form: sequence numbers, lengths and CRC.
    let information = |element: &Element| -> Vec<Vec<u8>> {
        element.blocks.iter().filter(|block| block[1] & 0x80 == 0).cloned().collect()
    };
    let (mut equal, mut other_form) = (0, 0);
    for (number, (ours, theirs)) in information(&here).iter().zip(information(&there)).enumerate() {
        if here.commands[number] == there.commands[number] {
            assert_eq!(ours, &theirs);
            equal += 1;
        } else {
            println!(
                "another form of the lengths: {:02X?} {:02X?}",
                here.commands[number], there.commands[number]
            );
            other_form += 1;
        }
    }
    println!("{equal} blocks are equal, {other_form} have another form of the lengths");
    assert!(equal >= 9, "{equal} blocks are equal");

    // What both leave in the element.
    let stored = |element: &Element| -> Vec<(u32, Vec<u8>, u8)> {
        element.objects.iter().map(|(id, stored)| (*id, stored.policy.clone(), stored.origin)).collect()
    };
    assert_eq!(stored(&here), stored(&there));
}
