//! Which readings are kept, frame by frame and one by one.

use core::time::Duration;

use dimo_dbc::logger::{Keep, Logger, Rule, Slot, Trigger, Verdict};
use dimo_types::{Location, Raw, Reading, Scale, SignalIndex, SignalValue, Timestamp};
use proptest::prelude::*;

/// A logger of one signal, told what comes when.
fn verdicts(rule: Rule, readings: &[(u64, f64)]) -> Vec<Verdict> {
    let mut slots = [Slot::new(rule)];
    let mut logger = Logger::new(&mut slots);
    readings.iter().map(|(ms, value)| logger.offer(&reading(*ms, SignalValue::Float(*value)))).collect()
}

/// The milliseconds of the readings that are kept.
fn kept(rule: Rule, readings: &[(u64, f64)]) -> Vec<u64> {
    let verdicts = verdicts(rule, readings);
    readings.iter().zip(verdicts).filter(|(_, verdict)| verdict.is_kept()).map(|((ms, _), _)| *ms).collect()
}

fn reading(ms: u64, value: SignalValue<'_>) -> Reading<'_> {
    Reading { time: Timestamp::from_millis(ms).unwrap_or(Timestamp::EPOCH), signal: SignalIndex(0), value }
}

/// The same value at these milliseconds.
fn steady(millis: &[u64]) -> Vec<(u64, f64)> {
    millis.iter().map(|ms| (*ms, 1.0)).collect()
}

const MS: fn(u64) -> Duration = Duration::from_millis;

#[test]
fn an_interval_of_zero_keeps_every_reading_even_when_time_runs_backwards() {
    assert_eq!(kept(Rule::ALL, &steady(&[5, 5, 3, 4])), [5, 5, 3, 4]);
}

#[test]
fn the_first_reading_counts_and_the_next_comes_a_full_interval_later() {
    let rule = Rule::every(MS(100));
    assert_eq!(kept(rule, &steady(&[1000, 1099, 1100, 1150, 1199, 1200])), [1000, 1100, 1200]);
}

#[test]
fn jitter_backwards_gives_no_second_reading_but_a_clock_set_back_does() {
    assert_eq!(kept(Rule::every(MS(100)), &steady(&[1000, 999, 100, 150, 200])), [1000, 100, 200]);
    let beat = Rule { heartbeat: Some(MS(1000)), ..Rule::on_change(MS(100)) };
    assert_eq!(kept(beat, &steady(&[5000, 4900, 4000, 4100])), [5000, 4000]);
}

#[test]
fn equal_values_in_a_row_are_dropped() {
    let readings = [(0, 1.0), (10, 1.0), (20, 2.0), (30, 2.0), (40, 1.0)];
    assert_eq!(kept(Rule::on_change(Duration::ZERO), &readings), [0, 20, 40]);
}

#[test]
fn a_change_within_the_interval_comes_through_when_it_is_over() {
    let readings = [(0, 1.0), (50, 2.0), (100, 2.0), (150, 1.0), (160, 2.0), (200, 2.0)];
    assert_eq!(
        verdicts(Rule::on_change(MS(100)), &readings),
        [
            Verdict::Keep(Keep::First),
            Verdict::TooSoon,
            Verdict::Keep(Keep::Changed),
            Verdict::TooSoon,
            Verdict::TooSoon,
            Verdict::Unchanged, // it went and came back
        ]
    );
}

#[test]
fn a_heartbeat_repeats_what_does_not_change() {
    let rule = Rule { heartbeat: Some(MS(100)), ..Rule::on_change(Duration::ZERO) };
    let readings = [(0, 1.0), (99, 1.0), (100, 1.0), (150, 2.0), (249, 2.0), (250, 2.0)];
    assert_eq!(kept(rule, &readings), [0, 100, 150, 250]);
}

#[test]
fn small_moves_add_up_until_they_reach_the_threshold() {
    let rule = Rule { trigger: Trigger::Moved { by: 2.0, back: 0.0 }, ..Rule::ALL };
    let readings = [(0, 10.0), (1, 11.0), (2, 11.9), (3, 12.0), (4, 10.5), (5, 10.0), (6, 10.0)];
    assert_eq!(kept(rule, &readings), [0, 3, 5]);
    let none = Rule { trigger: Trigger::Moved { by: 0.0, back: 0.0 }, ..Rule::ALL };
    assert_eq!(kept(none, &[(0, 1.0), (1, 1.0), (2, 1.1)]), [0, 2]);
}

#[test]
fn a_value_that_trembles_around_a_step_is_kept_once() {
    let tremble = [(0, 10.0), (1, 12.0), (2, 10.0), (3, 12.0), (4, 10.0), (5, 9.0), (6, 11.0), (7, 7.0)];
    let band = Rule { trigger: Trigger::Moved { by: 2.0, back: 0.0 }, ..Rule::ALL };
    assert_eq!(kept(band, &tremble), [0, 1, 2, 3, 4, 7]);
    let hysteresis = Rule { trigger: Trigger::Moved { by: 2.0, back: 1.0 }, ..Rule::ALL };
    assert_eq!(kept(hysteresis, &tremble), [0, 1, 5, 7]);
}

#[test]
fn a_value_that_is_no_number_counts_when_it_comes_and_when_it_goes() {
    for trigger in [Trigger::Change, Trigger::Moved { by: 5.0, back: 0.0 }] {
        let rule = Rule { trigger, ..Rule::ALL };
        let readings = [(0, 1.0), (1, f64::NAN), (2, f64::NAN), (3, 1.0)];
        assert_eq!(kept(rule, &readings), [0, 1, 3], "{trigger:?}");
    }
}

#[test]
fn values_of_every_kind_can_change() {
    let place = |latitude| SignalValue::Location(Location::new(latitude, 0.0).unwrap());
    let scaled =
        |raw, factor| SignalValue::Scaled { raw: Raw::Signed(raw), scale: Scale { factor, offset: 0.0 } };
    for (a, b) in [
        (SignalValue::Text("P0420"), SignalValue::Text("P0421")),
        (SignalValue::Bool(false), SignalValue::Bool(true)),
        (place(1.0), place(2.0)),
        (scaled(1, 1.0), scaled(2, 1.0)),
        (scaled(1, 1.0), scaled(1, 2.0)),
        (SignalValue::Text(""), SignalValue::Bool(false)),
    ] {
        for trigger in [Trigger::Change, Trigger::Moved { by: 0.5, back: 0.0 }] {
            let mut slots = [Slot::new(Rule { trigger, ..Rule::ALL })];
            let mut logger = Logger::new(&mut slots);
            let got = [a, a, b, b].map(|value| logger.offer(&reading(0, value)).is_kept());
            assert_eq!(got, [true, false, true, false], "{a:?} {b:?} {trigger:?}");
        }
    }
}

#[test]
fn a_new_batch_begins_with_first_readings() {
    let mut slots = [Slot::new(Rule::on_change(MS(100)))];
    let mut logger = Logger::new(&mut slots);
    let same = reading(0, SignalValue::Bool(true));
    assert_eq!(logger.offer(&same), Verdict::Keep(Keep::First));
    assert_eq!(logger.offer(&same), Verdict::TooSoon);
    logger.forget();
    assert_eq!(logger.offer(&same), Verdict::Keep(Keep::First));
}

#[test]
fn a_signal_without_a_slot_is_kept() {
    let mut logger = Logger::new(&mut []);
    assert_eq!(logger.offer(&reading(0, SignalValue::Bool(true))), Verdict::Keep(Keep::NoRule));
}

#[cfg(feature = "import")]
#[test]
fn frames_are_decoded_thinned_out_and_counted() {
    use dimo_dbc::{Plan, Selection, compile, import};
    use dimo_types::{CanId, Frame};
    let text = "BO_ 291 Engine: 3 ECU\n SG_ Speed : 7|8@0+ (1,0) [0|0] \"km/h\" X\n SG_ Rpm : 15|16@0+ (1,0) [0|0] \"rpm\" X\n";
    let blob = compile(&import(text.as_bytes()).unwrap(), &Selection::all(), None).unwrap();
    let plan = Plan::from_bytes(&blob).unwrap();
    let mut slots = [Slot::new(Rule::on_change(Duration::ZERO)); 2];
    let mut logger = Logger::new(&mut slots);
    let (known, other) = (CanId::standard(291).unwrap(), CanId::extended(291).unwrap());
    let time = Timestamp::EPOCH;
    let mut kept = Vec::new();
    for frame in [
        Frame::classic(time, known, &[50, 4, 0]),
        Frame::classic(time, known, &[50, 5, 0]),
        Frame::classic(time, known, &[51]),
        Frame::classic(time, other, &[50, 4, 0]),
        Frame::remote(time, known, 3),
        Frame::error(time, known, &[1]),
    ] {
        let frame = frame.unwrap();
        logger.handle_frame(&plan, &frame, |reading| {
            kept.push((reading.signal.0, reading.value.as_f64().unwrap()))
        });
    }
    logger.handle_lost(7);
    assert_eq!(kept, [(0, 50.0), (1, 1024.0), (1, 1280.0), (0, 51.0)]);
    let counted = logger.statistics();
    assert_eq!((counted.frames, counted.not_data, counted.unknown, counted.short), (6, 2, 1, 1));
    assert_eq!((counted.kept, counted.unchanged, counted.too_soon, counted.lost), (4, 1, 0, 7));
    assert_eq!(counted.dropped(), 1);
}

proptest! {
    #[test]
    fn between_two_kept_readings_lies_the_interval(
        times in prop::collection::vec(0..10_000u64, 1..50),
        values in prop::collection::vec(0..4u8, 50),
        interval in 0..500u64,
    ) {
        let rule = Rule { heartbeat: Some(MS(800)), ..Rule::on_change(MS(interval)) };
        let readings: Vec<_> = times.iter().zip(&values).map(|(ms, value)| (*ms, f64::from(*value))).collect();
        let kept = kept(rule, &readings);
        prop_assert_eq!(kept.first(), times.first());
        for pair in kept.windows(2) {
            prop_assert!(pair[0].abs_diff(pair[1]) >= interval);
        }
    }

    /// What a receiver that holds the last kept value believes is never further off than the threshold.
    #[test]
    fn what_was_kept_last_is_close_to_what_is(
        moves in prop::collection::vec(-30..30i32, 1..60), by in 1..20i32, back in 0..10i32,
    ) {
        let trigger = Trigger::Moved { by: by.into(), back: back.into() };
        let mut slots = [Slot::new(Rule { trigger, ..Rule::ALL })];
        let mut logger = Logger::new(&mut slots);
        let (mut value, mut held) = (0, 0);
        for step in moves {
            value += step;
            if logger.offer(&reading(0, SignalValue::Float(value.into()))).is_kept() {
                held = value;
            }
            prop_assert!((value - held).abs() < by + back);
        }
    }
}
