//! A batch in the network's present form, in messages that are short enough for a small client.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeSet;

use dimo_crypto::{ReceivedTelemetry, Signature, SoftwareKey, verify};
use dimo_hal::{KeySlot, SoftwareSecureElement, Wallet};
use dimo_types::wire::{Gen1Limits, Gen1Payload};
use dimo_types::{
    Address, Batch, Reading, RecordId, Scale, SignalIndex, SignalInfo, SignalValue, Timestamp, Unit,
};
use gateway::enrol::DeviceWallet;
use gateway::gen1::payloads;

const START: u64 = 1_700_000_000_000;

fn wallet() -> DeviceWallet {
    let (key, slot) = (SoftwareKey::from_bytes([7; 32]).unwrap(), KeySlot(0));
    let element = SoftwareSecureElement::new([1; 32]).with_key(slot, key).unwrap();
    Wallet::open_blocking(element, slot).unwrap()
}

fn speed(millis: u64, value: f64) -> Reading<'static> {
    let (signal, value) = (SignalIndex(0), SignalValue::Float(value));
    Reading { time: Timestamp::from_millis(START + millis).unwrap(), signal, value }
}

fn batch(device: Address, readings: Vec<Reading<'static>>) -> Batch<'static> {
    let dictionary = [SignalInfo { name: "speed", unit: Unit::None, scale: Scale::IDENTITY }];
    Batch::new(RecordId::from_bytes([9; 20]), device, None, dictionary, readings).unwrap()
}

#[test]
fn what_is_longer_than_a_message_comes_in_several_each_signed_and_with_an_id_of_its_own() {
    let mut wallet = wallet();
    let device = wallet.address();
    let readings: Vec<_> = (0_u32..300).map(|n| speed(u64::from(n), f64::from(n * n % 97) / 7.0)).collect();
    let batch = batch(device, readings.clone());
    let whole = payloads(&mut wallet, &batch, usize::MAX).unwrap();
    assert_eq!(whole.len(), 1);
    let most = whole[0].len() / 3;
    let parts = payloads(&mut wallet, &batch, most).unwrap();
    assert!(parts.len() > 3 && parts.iter().all(|part| part.len() <= most));
    assert_eq!(payloads(&mut wallet, &batch, most).unwrap(), parts, "who gets it twice knows it again");

    let mut ids = BTreeSet::new();
    let mut values = Vec::new();
    for part in &parts {
        let part = Gen1Payload::parse(part, &Gen1Limits::default()).unwrap();
        let signature: Signature = part.signature().unwrap().parse().unwrap();
        verify(ReceivedTelemetry(part.data_bytes()), &signature, device).unwrap();
        ids.insert(part.id().unwrap().to_string());
        values.extend(part.signals().unwrap().iter().map(|signal| signal.value.as_f64().unwrap()));
    }
    assert_eq!(ids.len(), parts.len());
    assert_eq!(values, readings.iter().map(|it| it.value.as_f64().unwrap()).collect::<Vec<_>>());
}

#[test]
fn a_number_that_json_does_not_have_is_left_out_and_a_batch_of_nothing_else_is_no_message() {
    let mut wallet = wallet();
    let device = wallet.address();
    let one = payloads(&mut wallet, &batch(device, vec![speed(0, 1.5), speed(1, f64::NAN)]), 4_096).unwrap();
    let one = Gen1Payload::parse(&one[0], &Gen1Limits::default()).unwrap();
    assert_eq!(one.signals().unwrap().len(), 1);
    let none = payloads(&mut wallet, &batch(device, vec![speed(0, f64::INFINITY)]), 4_096).unwrap();
    assert_eq!(none, Vec::<Vec<u8>>::new());
}

#[test]
fn a_reading_that_is_longer_than_a_message_is_an_error() {
    let mut wallet = wallet();
    let device = wallet.address();
    assert!(payloads(&mut wallet, &batch(device, vec![speed(0, 1.0)]), 100).is_err());
}
