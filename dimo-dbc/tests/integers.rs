//! Integers and fixed point against the doubles' path and against exact arithmetic of any width.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_dbc::{
    FixedPoint, FixedPointError, IntegerSample, Mapping, Plan, RawBits, Selection, compile, import,
};
use dimo_types::{CanId, Frame, Timestamp};
use num_bigint::BigInt;
use proptest::prelude::*;
use util::{WORLD, blob, check_integers, database, plan, shared_data, standard};

/// The first integer of a frame whose message has the signal `place (scale)`, in a message with identifier 1.
fn first<'p>(plan: &'p Plan<'_>, data: &[u8]) -> IntegerSample<'p> {
    plan.integers_bytes(standard(1), data).unwrap().next().unwrap()
}

fn one_signal(place: &str, scale: &str) -> Vec<u8> {
    blob(&format!("BO_ 1 M: 8 X\n SG_ S : {place} ({scale}) [0|0] \"\" X\n"))
}

#[track_caller]
fn fixed(place: &str, scale: &str, data: &[u8]) -> Result<String, FixedPointError> {
    let blob = one_signal(place, scale);
    first(&plan(&blob), data).fixed_point().map(|value| value.to_string())
}

#[test]
fn a_value_is_exact_where_a_double_is_not() {
    // 3 * 0.1 is 0.30000000000000004 in doubles.
    assert_eq!(fixed("0|8@1+", "0.1,0", &[3]), Ok("0.3".into()));
    assert_eq!(fixed("0|16@1-", "0.01,-40", &[0xFE, 0xFF]), Ok("-40.02".into()));
    assert_eq!(fixed("0|32@1-", "1E-07,0", &1_234_567_891u32.to_le_bytes()), Ok("123.4567891".into()));
    assert_eq!(fixed("0|8@1+", "1,0.5", &[2]), Ok("2.5".into()));
    assert_eq!(fixed("0|8@1+", "0.00390625,-125", &[1]), Ok("-124.99609375".into()));
}

#[test]
fn a_whole_number_has_no_places() {
    let blob = one_signal("7|16@0+", "20,-500");
    assert_eq!(
        first(&plan(&blob), &[1, 0]).fixed_point(),
        Ok(FixedPoint { value: 256 * 20 - 500, places: 0 })
    );
}

#[test]
fn a_product_of_more_than_32_bits_is_exact() {
    let raw = 0x00AB_CDEF_0123_4567u64;
    assert_eq!(fixed("0|64@1+", "0.5,1", &raw.to_le_bytes()), Ok(format!("{}.5", raw / 2 + 1)));
    assert_eq!(fixed("0|32@1+", "3,0", &u32::MAX.to_le_bytes()), Ok((u64::from(u32::MAX) * 3).to_string()));
}

#[test]
fn a_value_beyond_64_bits_is_said_to_be_so() {
    assert_eq!(fixed("0|64@1+", "1,0", &[0xFF; 8]), Err(FixedPointError::Overflow));
    assert_eq!(fixed("0|64@1-", "2,0", &i64::MIN.to_le_bytes()), Err(FixedPointError::Overflow));
    assert_eq!(fixed("0|64@1-", "1,1", &i64::MAX.to_le_bytes()), Err(FixedPointError::Overflow));
    assert_eq!(fixed("0|64@1-", "1,0", &i64::MIN.to_le_bytes()), Ok(i64::MIN.to_string()));
}

#[test]
fn a_scale_that_is_no_short_decimal_is_said_to_be_so() {
    for scale in ["0.33333333333333331,0", "1E-300,0", "1E+30,0", "1E-20,5", "2.2250738585072014E-308,1"] {
        assert_eq!(fixed("0|8@1+", scale, &[1]), Err(FixedPointError::NotDecimal), "{scale}");
    }
}

#[test]
fn a_float_gives_its_bits_and_no_fixed_point() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    let data = [1.5f32.to_le_bytes(), (-2.0f32).to_be_bytes()].concat();
    let floats: Vec<_> = plan.integers_bytes(standard(294), &data).unwrap().collect();
    assert_eq!(floats[0].raw, RawBits::Single(1.5f32.to_bits()));
    assert_eq!(floats[1].raw, RawBits::Single((-2.0f32).to_bits()));
    assert_eq!(floats[0].fixed_point(), Err(FixedPointError::Float));
    let double = plan.integers_bytes(standard(295), &0.25f64.to_le_bytes()).unwrap().next().unwrap();
    assert_eq!(
        (double.raw, double.fixed_point()),
        (RawBits::Double(0.25f64.to_bits()), Err(FixedPointError::Float))
    );
}

#[test]
fn a_value_table_gives_its_integers_and_leaves_out_what_it_does_not_list() {
    let mapping = "[[signal]]\ndbc = \"Gear\"\nvss = \"powertrainTransmissionCurrentGear\"\nvalues = { 0 = 0, 1 = 1, 15 = -1 }\n
        [[signal]]\ndbc = \"Selector\"\nvss = \"powertrainType\"\nvalues = { 0 = \"COMBUSTION\", 1 = \"ELECTRIC\" }\n";
    let mapped =
        compile(&database(WORLD), &Selection::all(), Some(&Mapping::parse(mapping).unwrap())).unwrap();
    let plan = plan(&mapped);
    let gear = |high_nibble: u8| {
        let data = [0, 0, 0, 0, 0, high_nibble << 4, 0, 0];
        check_integers(&plan, standard(291), &data);
        plan.integers_bytes(standard(291), &data).unwrap().find(|sample| sample.signal.0 == 3)
    };
    assert_eq!(gear(15).unwrap().fixed_point(), Ok(FixedPoint { value: -1, places: 0 }));
    assert_eq!(gear(15).unwrap().raw, RawBits::Signed(15));
    assert!(gear(7).is_none());
    let selector = plan.integers_bytes(standard(296), &[1; 8]).unwrap().next().unwrap();
    assert_eq!(selector.fixed_point(), Err(FixedPointError::Text));
}

#[test]
fn remote_frames_error_frames_and_unknown_identifiers_have_no_integers() {
    let blob = blob(WORLD);
    let plan = plan(&blob);
    assert!(plan.integers(&Frame::remote(Timestamp::EPOCH, standard(291), 8).unwrap()).is_none());
    assert!(plan.integers(&Frame::error(Timestamp::EPOCH, standard(291), &[0; 8]).unwrap()).is_none());
    assert!(plan.integers(&Frame::classic(Timestamp::EPOCH, standard(1), &[0; 8]).unwrap()).is_none());
    let known = Frame::classic(Timestamp::EPOCH, standard(291), &[0; 8]).unwrap();
    assert_eq!(plan.integers(&known).unwrap().count(), 6);
}

/// Frames that look random, of every length and of the lengths that buses have.
fn payloads(seed: u64) -> impl Iterator<Item = Vec<u8>> {
    let noise = move |at: u64| ((seed + at).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8;
    // The first byte stays small now and then: switches are there.
    (0..=64usize).map(move |length| {
        let mut data: Vec<u8> = (0..length as u64).map(|at| noise(at * 64 + length as u64)).collect();
        if let Some(first) = data.first_mut().filter(|_| length % 2 == 0) {
            *first &= 3;
        }
        data
    })
}

#[test]
fn every_file_gives_the_same_integers_on_both_paths() {
    let mut texts = vec![WORLD.as_bytes().to_vec()];
    if let Some(data) = shared_data() {
        let files = std::fs::read_dir(data.join("dbc")).unwrap().map(|entry| entry.unwrap().path());
        texts.extend(files.filter(|file| file.is_file()).map(|file| std::fs::read(file).unwrap()));
    }
    for text in texts {
        let Ok(database) = import(&text) else { continue };
        let blob = compile(&database, &Selection::all(), None).unwrap();
        let plan = plan(&blob);
        for (at, id) in plan.ids().enumerate() {
            payloads(at as u64).step_by(5).for_each(|data| check_integers(&plan, id, &data));
        }
    }
}

/// A decimal text as a whole number and its places.
fn decimal(text: &str) -> (BigInt, u32) {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    (format!("{whole}{fraction}").parse().unwrap(), fraction.len() as u32)
}

/// `raw * factor + offset` with `places` decimals and the product alone; `None` when it needs more decimals.
fn exact(raw: i128, factor: &str, offset: &str, places: u32) -> Option<(BigInt, BigInt)> {
    let scale = |text: &str| {
        let (number, own) = decimal(text);
        Some(number * BigInt::from(10).pow(places.checked_sub(own)?))
    };
    let product = BigInt::from(raw) * scale(factor)?;
    Some((product.clone(), product + scale(offset)?))
}

fn is_64_bit(number: &BigInt) -> bool {
    i64::try_from(number).is_ok()
}

/// A decimal of up to nine digits, as people write factors; without trailing zeros, which are no digits of its value.
fn decimals() -> impl Strategy<Value = String> {
    (-999_999_999i64..=999_999_999, 0usize..=9).prop_map(|(number, places)| {
        let (sign, digits) = (if number < 0 { "-" } else { "" }, format!("{:0>10}", number.abs()));
        let (whole, fraction) = digits.split_at(10 - places);
        let text = format!("{sign}{}.{fraction}", whole.parse::<u64>().unwrap());
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    })
}

#[derive(Clone, Debug)]
struct RandomSignal {
    start: u16,
    size: u16,
    order: u8,
    sign: char,
    /// The switch value under which it is there.
    page: Option<u8>,
    factor: String,
    offset: String,
}

fn signals() -> impl Strategy<Value = Vec<RandomSignal>> {
    let size = prop_oneof![1u16..=32, 1u16..=64];
    let signal =
        (0u16..512, size, 0u8..=1, any::<bool>(), proptest::option::of(0u8..3), decimals(), decimals());
    let signal = signal.prop_map(|(start, size, order, signed, page, factor, offset)| RandomSignal {
        // Most in a classic frame.
        start: if size % 3 == 0 { start } else { start % 64 },
        size,
        order,
        sign: if signed { '-' } else { '+' },
        page,
        factor,
        offset,
    });
    proptest::collection::vec(signal, 1..20)
}

fn text_of(signals: &[RandomSignal]) -> String {
    let mut text = String::from("BO_ 1 M: 64 X\n SG_ Page M : 0|2@1+ (1,0) [0|0] \"\" X\n");
    for (at, RandomSignal { start, size, order, sign, page, factor, offset }) in signals.iter().enumerate() {
        let page = page.map_or(String::new(), |page| format!(" m{page}"));
        text +=
            &format!(" SG_ S{at}{page} : {start}|{size}@{order}{sign} ({factor},{offset}) [0|0] \"\" X\n");
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn random_plans_give_the_exact_decimal_or_say_why_not(
        signals in signals(),
        data in proptest::collection::vec(any::<u8>(), 0..=64),
    ) {
        let text = text_of(&signals);
        let blob = blob(&text);
        let plan = plan(&blob);
        let id = CanId::standard(1).unwrap();
        check_integers(&plan, id, &data);
        for sample in plan.integers_bytes(id, &data).unwrap() {
            let name = plan.signal_name(sample.signal).unwrap().signal;
            let Some(at) = name.strip_prefix('S').and_then(|at| at.parse::<usize>().ok()) else { continue };
            let RandomSignal { factor, offset, .. } = &signals[at];
            let raw = match sample.raw {
                RawBits::Signed(raw) => i128::from(raw),
                RawBits::Unsigned(raw) => i128::from(raw),
                other => panic!("{other:?}"),
            };
            match sample.fixed_point() {
                Ok(value) => {
                    let (_, exact) = exact(raw, factor, offset, value.places.into()).expect("all its decimals");
                    prop_assert_eq!(BigInt::from(value.value), exact, "{} {}", raw, text);
                }
                Err(FixedPointError::Overflow) => {
                    let places = decimal(factor).1.max(decimal(offset).1);
                    let (product, sum) = exact(raw, factor, offset, places).expect("all its decimals");
                    let fits = is_64_bit(&BigInt::from(raw)) && is_64_bit(&product) && is_64_bit(&sum);
                    prop_assert!(!fits, "{} {}", raw, text);
                }
                Err(FixedPointError::NotDecimal) => {
                    // Nine digits each, at most nine places apart: beyond 2^53 together.
                    let places = decimal(factor).1.max(decimal(offset).1);
                    let widest = [factor, offset].map(|text| exact(1, text, "0", places).unwrap().0.magnitude().clone());
                    prop_assert!(widest.iter().any(|number| *number > (1u64 << 53).into()), "{}", text);
                }
                Err(other) => prop_assert!(false, "{} {}", other, text),
            }
        }
    }
}
