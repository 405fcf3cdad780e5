//! CloudEvents from anyone.

use dimo_types::Timestamp;
use dimo_types::wire::{CloudEventLimits, ReceivedCloudEvent};

/// Small, so that a fuzzer reaches them.
const LIMITS: CloudEventLimits = CloudEventLimits { json_bytes: 2048, entries: 8, extras: 4, nesting: 12 };

/// Whatever arrives, the reader stays within its limits, keeps the bytes it was given, and the checker comes to an end.
pub(crate) fn cloud_event(bytes: &[u8]) {
    let Ok(event) = ReceivedCloudEvent::parse(bytes, &LIMITS) else { return };
    assert!(bytes.len() <= LIMITS.json_bytes && event.extras().len() <= LIMITS.extras);
    let received = core::str::from_utf8(bytes).expect("what parses is UTF-8");
    let data = event.data_bytes().map(|data| core::str::from_utf8(data).expect("a part of UTF-8"));
    assert!(data.is_none_or(|data| received.contains(data)));
    assert!(event.extras().iter().all(|(_, json)| received.contains(json.as_str())));
    let now = Timestamp::from_secs(1_800_000_000).expect("a time before 9999");
    let faults = event.ingest_faults(now);
    let Ok(content) = event.data() else {
        assert!(!faults.is_empty(), "data that cannot be read is a fault");
        return;
    };
    assert!(content.signals.len() <= LIMITS.entries && content.events.len() <= LIMITS.entries);
    assert!(content.events.iter().map(|event| event.tags.len()).sum::<usize>() <= LIMITS.entries);
    assert!(content.extras.len() <= LIMITS.extras);
    let entries = content.signals.iter().map(|signal| signal.json);
    let entries = entries.chain(content.events.iter().map(|event| event.json));
    for json in entries.chain(content.extras.iter().map(|(_, json)| *json)) {
        assert!(data.is_some_and(|data| data.contains(json)));
    }
    let parts = content.signals.len() + content.events.len();
    assert!(faults.len() <= 12 + 3 * parts, "{} faults of {parts} parts", faults.len());
    // What is without fault would be taken whole: every signal has a time and a place in the catalogue.
    if faults.is_empty() {
        assert!(content.signals.iter().all(|signal| signal.time().is_some()));
        assert!(content.events.iter().all(|event| event.time().is_some()));
    }
}
