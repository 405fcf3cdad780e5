//! Gen 1 messages from anyone.

use dimo_types::wire::{Gen1Limits, Gen1Payload, ReceivedEnvelope, VssValue, received_json};

/// Small, so that a fuzzer reaches them.
const LIMITS: Gen1Limits = Gen1Limits { json_bytes: 4096, signals: 8 };

/// Whatever arrives, both readers agree, keep the bytes that may be signed, and give the network finite numbers only.
pub(crate) fn gen1(bytes: &[u8]) {
    let Ok(json) = received_json(bytes, &LIMITS) else {
        assert!(Gen1Payload::parse(bytes, &LIMITS).is_err(), "a message that is not there was read");
        return;
    };
    assert!(json.len() <= LIMITS.json_bytes);
    let payload = Gen1Payload::parse(bytes, &LIMITS);
    let Ok(envelope) = ReceivedEnvelope::parse(&json) else {
        assert!(payload.is_err(), "an envelope that is none was read");
        return;
    };
    let _ = (envelope.data_base64(), envelope.data_base64_decoded(), envelope.source());
    let Ok(payload) = payload else {
        assert_eq!(envelope.data_bytes(), None, "only a message without data is an envelope and no payload");
        return;
    };
    assert_eq!(envelope.data_bytes(), Some(payload.data_bytes()));
    assert!(json.windows(payload.data_bytes().len()).any(|window| window == payload.data_bytes()));
    assert_eq!(envelope.subject().as_deref(), payload.subject());
    assert_eq!(envelope.signature().as_deref(), payload.signature());
    assert_eq!(envelope.event_type().as_deref(), payload.event_type());
    signals(&payload, &envelope);
    bodies(&payload);
}

fn signals(payload: &Gen1Payload, envelope: &ReceivedEnvelope<'_>) {
    let Ok(signals) = payload.signals() else { return };
    assert!(signals.len() <= LIMITS.signals);
    assert_eq!(signals.len(), envelope.signal_count());
    for vss in signals.iter().flat_map(|signal| signal.to_vss()).flatten() {
        assert!(!matches!(vss.value, VssValue::Number(number) if !number.is_finite()));
    }
}

fn bodies(payload: &Gen1Payload) {
    let _ = payload.status();
    if let Ok(fingerprint) = payload.fingerprint() {
        let _ = fingerprint.fingerprint();
    }
    if let Ok(network) = payload.network() {
        assert!(network.location().is_none_or(|place| place.latitude.abs() <= 90.0));
    }
    if let Ok(log) = payload.log() {
        assert!(log.errors.len() <= 1000);
    }
    let dump = payload.can_dump().ok();
    let recording = dump.and_then(|dump| dump.recording(LIMITS.json_bytes).ok());
    assert!(recording.is_none_or(|recording| recording.len() <= LIMITS.json_bytes));
}
