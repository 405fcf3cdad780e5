//! Which readings make a batch, and in which order they stand in it.
#![cfg(feature = "alloc")]

mod util;

use dimo_types::{Batch, BatchError, Raw, Scale, SignalIndex, SignalValue};
use util::{ID, QUARTER, at, batch_of, device, dictionary, reading, rpm, speed};

#[test]
fn readings_stand_by_time_then_signal_then_as_they_came() {
    let batch = batch_of(vec![speed(5, 1.0), rpm(5, 1), rpm(5, 2), speed(3, 2.0), rpm(9, 3), rpm(5, 0)]);
    assert_eq!(batch.readings(), [speed(3, 2.0), rpm(5, 1), rpm(5, 2), rpm(5, 0), speed(5, 1.0), rpm(9, 3)]);
    assert_eq!((batch.first_time(), batch.last_time()), (Some(at(3)), Some(at(9))));
}

#[test]
fn a_batch_without_readings_has_no_span() {
    let empty = batch_of(vec![]);
    assert_eq!((empty.first_time(), empty.last_time()), (None, None));
}

#[test]
fn a_signal_outside_the_dictionary_is_refused_and_the_readings_come_back_in_their_order() {
    let readings = vec![rpm(9, 1), reading(2, 2, SignalValue::Bool(true)), rpm(1, 0)];
    let rejected = Batch::new(ID, device(), None, dictionary(), readings.clone()).unwrap_err();
    assert_eq!(
        rejected.reason,
        BatchError::UnknownSignal { position: 1, signal: SignalIndex(2), entries: 2 }
    );
    assert_eq!(rejected.readings, readings);
}

#[test]
fn a_scale_that_is_not_the_dictionary_s_is_refused() {
    let scale = Scale { offset: -0.0, ..QUARTER };
    let other = reading(0, 0, SignalValue::Scaled { raw: Raw::Signed(1), scale });
    let rejected = Batch::new(ID, device(), None, dictionary(), vec![rpm(0, 1), other]).unwrap_err();
    assert_eq!(rejected.reason, BatchError::OtherScale { position: 1, signal: SignalIndex(0) });
}
