//! PINs through the whole exchange, in many cases: so with fewer iterations than anybody outside may ask for.

extern crate std;

use proptest::prelude::*;

use super::{PIN_NAMES, Pin, PinParameters, PinRecord, derive};
use crate::spake2plus::{Ephemeral, ExchangeError, Prover, SharedKey, Verifier};

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    let mut bytes = [0; N];
    assert_eq!(base16ct::lower::decode(hex, &mut bytes).unwrap().len(), N);
    bytes
}

/// The verifier of Matter's test devices: passcode 20202021, little-endian, and 1,000 iterations. Matter derives as we do, by PBKDF2 to
/// 80 bytes and modulo the order.
#[test]
fn secrets_are_derived_as_those_of_the_matter_sdk() {
    let derived = derive(&20_202_021_u32.to_le_bytes(), b"SPAKE2P Key Salt", 1_000).registration();
    assert_eq!(*derived.w0(), bytes("b96170aae803346884724fe9a3b287c30330c2a660375d17bb205a8cf1aecb35"));
    let l = "0457f8ab79ee253ab6a8e46bb09e543ae422736de501e3db37d441fe344920d09548e4c18240630c4ff4913c53513839b7c07fcc0627a1b8573a149fcd1fa466cf";
    assert_eq!(*derived.l(), bytes(l));
}

struct Ends {
    phone: Result<SharedKey, ExchangeError>,
    device: Result<SharedKey, ExchangeError>,
}

fn exchange(typed: &Pin, printed: &Pin, parameters: PinParameters, random: [[u8; 48]; 2]) -> Ends {
    let [phone_random, device_random] = random.map(|random| Ephemeral::from_random(random).unwrap());
    let record = PinRecord::enrol(printed, parameters);
    let (prover, share) = Prover::begin(&typed.secrets(&parameters), phone_random);
    let answer = Verifier::respond(record.registration(), device_random, &PIN_NAMES, &share);
    let (verifier, share, confirmation) = answer.unwrap();
    match prover.finish(&PIN_NAMES, &share, &confirmation) {
        Ok((confirmation, key)) => Ends { phone: Ok(key), device: verifier.verify(&confirmation) },
        // A phone that goes on all the same can only guess.
        Err(error) => Ends { phone: Err(error), device: verifier.verify(&confirmation) },
    }
}

fn pin(digits: u32) -> Pin {
    std::format!("{digits:08}").parse().unwrap()
}

prop_compose! {
    fn random_bytes()(random in any::<[[u8; 16]; 6]>()) -> [[u8; 48]; 2] {
        let [a, b, c, d, e, f] = random;
        let join = |parts: [[u8; 16]; 3]| parts.concat().try_into().unwrap();
        [join([a, b, c]), join([d, e, f])]
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn both_sides_agree_when_the_pin_is_typed_as_it_is_printed(
        digits in 0_u32..100_000_000,
        salt in any::<[u8; 16]>(),
        random in random_bytes(),
    ) {
        let ends = exchange(&pin(digits), &pin(digits), PinParameters::quick(salt), random);
        let (phone, device) = (ends.phone.unwrap(), ends.device.unwrap());
        prop_assert_eq!(phone.as_bytes(), device.as_bytes());
    }

    #[test]
    fn neither_side_gets_a_key_when_another_pin_is_typed(
        typed in 0_u32..100_000_000,
        off in 1_u32..100_000_000,
        salt in any::<[u8; 16]>(),
        random in random_bytes(),
    ) {
        let printed = (typed + off) % 100_000_000;
        let ends = exchange(&pin(typed), &pin(printed), PinParameters::quick(salt), random);
        prop_assert_eq!(ends.phone.unwrap_err(), ExchangeError::WrongPin);
        prop_assert_eq!(ends.device.unwrap_err(), ExchangeError::WrongPin);
    }
}
