//! What DBC text becomes, the text of real files included.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use dimo_dbc::{
    ByteOrder, ImportError, Plan, Presence, RepairKind, Selection, SignalKind, compile, import, lint,
};
use proptest::prelude::*;
use util::{WORLD, database, shared_data};

/// A message with one signal whose text is `signal`.
fn one(signal: &str) -> String {
    format!("BO_ 291 M: 8 ECU\n {signal}\n")
}

fn repairs(text: &str) -> Vec<(u32, RepairKind)> {
    database(text).repairs.iter().map(|repair| (repair.line, repair.kind)).collect()
}

#[test]
fn everything_in_the_world_is_imported_in_file_order() {
    let world = database(WORLD);
    let names: Vec<&str> = world.messages.iter().map(|message| message.name.as_str()).collect();
    let expected = [
        "Drive",
        "Counters",
        "Signed64",
        "Floats",
        "Double",
        "Page",
        "Nested",
        "Long",
        "VECTOR__INDEPENDENT_SIG_MSG",
    ];
    assert_eq!(names, expected);
    assert_eq!(world.repairs, []);
    let drive = world.message("Drive").unwrap();
    assert_eq!((drive.id, drive.size, drive.line), (291, 8, 13));
    assert_eq!(drive.comment.as_deref(), Some("What the engine says,\nin two lines."));
    let torque = drive.signal("Torque").unwrap();
    assert_eq!((torque.start_bit, torque.size, torque.line), (43, 12, 16));
    assert_eq!((torque.byte_order, torque.kind), (ByteOrder::Motorola, SignalKind::Signed));
    assert_eq!((torque.scale.factor, torque.scale.offset, torque.limits()), (0.5, -100.0, None));
    let coolant = drive.signal("Coolant").unwrap();
    assert_eq!((coolant.unit.as_str(), coolant.limits()), ("degC", Some(-40.0..=215.0)));
    assert_eq!(coolant.comment.as_deref(), Some("Says \"cold\" below 0."));
    assert_eq!((coolant.labels[0].raw, coolant.labels[0].text.as_str()), (-128, "not available"));
    assert_eq!(world.message("Floats").unwrap().signal("Single").unwrap().kind, SignalKind::Float32);
    assert_eq!(world.message("Double").unwrap().signal("Value").unwrap().kind, SignalKind::Float64);
    let deep = &world.message("Nested").unwrap().signal("Deep").unwrap().presence;
    assert_eq!(*deep, Presence::When { switch: "Inner".into(), values: vec![3..=5, 7..=7] });
}

#[test]
fn identifiers_keep_all_their_bits() {
    let text = "BO_ 2147483648 A: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 3221225472 B: 0 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\n\
                BO_ 419360256 C: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 61440 D: 8 X\n\
                VAL_ 3221225472 S 1 \"b\";\nVAL_ 2147483648 S 1 \"a\";\nVAL_ 419360256 S 1 \"c\";\n";
    let database = database(text);
    let ids: Vec<_> = database
        .messages
        .iter()
        .map(|message| (message.id, message.can_id().map(|id| id.packed())))
        .collect();
    let extended = 0x8000_0000;
    assert_eq!(ids[0], (extended, Some(extended)));
    assert_eq!(ids[1], (0xC000_0000, None));
    assert_eq!(
        ids[2],
        (0x18FE_EE00, Some(0x18FE_EE00 | extended)),
        "the mark of an extended identifier was forgotten"
    );
    assert_eq!(ids[3], (0xF000, Some(0xF000 | extended)));
    let labels: Vec<_> =
        database.messages.iter().take(3).map(|message| message.signals[0].labels[0].text.as_str()).collect();
    assert_eq!(labels, ["a", "b", "c"]);
}

#[test]
fn of_messages_with_the_same_identifier_the_first_is_decoded() {
    let text = "BO_ 5 First: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 5 Second: 8 X\n SG_ B : 8|8@1+ (1,0) [0|0] \"\" X\n";
    assert_eq!(database(text).messages.len(), 2);
    let blob = util::blob(text);
    let plan = Plan::from_bytes(&blob).unwrap();
    assert_eq!((plan.message_count(), plan.signal_count()), (1, 1));
    assert_eq!(plan.message_name(util::standard(5)), Some("First"));
}

#[test]
fn windows_1252_and_utf8_with_a_byte_order_mark_are_read() {
    let temperature = |bytes: &[u8]| import(bytes).unwrap().messages[0].signals[0].unit.clone();
    let with_unit = |unit: &[u8]| {
        let mut bytes = b"BO_ 291 M: 8 ECU\n SG_ T : 0|8@1+ (1,0) [0|0] \"".to_vec();
        bytes.extend(unit);
        bytes.extend(b"\" X\n");
        bytes
    };
    assert_eq!(temperature(&with_unit(b"\xB0C")), "°C");
    assert_eq!(temperature(&[b"\xEF\xBB\xBF".to_vec(), with_unit("°C".as_bytes())].concat()), "°C");
}

#[test]
fn a_message_without_a_transmitter_is_mended() {
    let text = "BO_ 291 M: 8\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 292 N: 8 4WD\n";
    assert_eq!(repairs(text), [(1, RepairKind::Transmitter), (3, RepairKind::Transmitter)]);
    assert_eq!(database(text).messages[0].signals.len(), 1);
}

#[test]
fn receivers_of_every_kind_are_mended() {
    let repaired = |tail: &str| repairs(&one(&format!("SG_ S : 0|8@1+ (1,0) [0|0] \"\"{tail}")));
    for fine in [" A", " A,B", " A , B", " Vector__XXX"] {
        assert_eq!(repaired(fine), [], "{fine}");
    }
    for tail in ["", " *", " A B", " A,", " A;", " , A"] {
        assert_eq!(repaired(tail), [(2, RepairKind::Receivers)], "{tail}");
    }
}

#[test]
fn a_missing_unit_and_missing_limits_are_mended() {
    let expected = [(2, RepairKind::Unit), (2, RepairKind::Receivers)];
    assert_eq!(repairs(&one("SG_ S : 0|8@1+ (1,0) [0|0]")), expected);
    assert_eq!(repairs(&one("SG_ S : 0|8@1+ (1,0) \"V\" X")), [(2, RepairKind::Limits)]);
    assert_eq!(database(&one("SG_ S : 0|8@1+ (1,0) \"V\" X")).messages[0].signals[0].unit, "V");
}

#[test]
fn numbers_of_every_spelling_are_read() {
    let scale = |number: &str| {
        database(&one(&format!("SG_ S : 0|8@1+ ({number},0) [0|0] \"\" X"))).messages[0].signals[0]
            .scale
            .factor
    };
    let spellings = [
        (".25", 0.25),
        ("2.", 2.0),
        ("1E-3", 0.001),
        ("1.5e+02", 150.0),
        ("+3", 3.0),
        ("-.5", -0.5),
        ("1.E2", 100.0),
    ];
    for (text, value) in spellings {
        assert_eq!(scale(text), value, "{text}");
    }
    assert_eq!(repairs(&one("SG_ S : 0|8@1+ (2.,0) [0|0] \"\" X")), [(2, RepairKind::Number)]);
}

#[test]
fn an_unknown_byte_order_is_read_as_intel() {
    let text = one("SG_ S : 0|80@2+ (1,0) [0|0] \"\" X");
    assert_eq!(repairs(&text), [(2, RepairKind::ByteOrder)]);
    let signal = &database(&text).messages[0].signals[0];
    assert_eq!((signal.size, signal.byte_order), (80, ByteOrder::Intel));
    assert_eq!(util::plan(&util::blob(&text)).signal_count(), 0, "no decoder can hold 80 bits");
}

#[test]
fn signals_apart_from_their_message_belong_to_it() {
    let text = "BO_ 291 M: 8 X\nCM_ BO_ 291 \"about\";\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ B : 8|8@1+ (1,0) [0|0] \"\" X\n";
    assert_eq!(repairs(text), [(3, RepairKind::Apart)]);
    assert_eq!(database(text).messages[0].signals.len(), 2);
}

#[test]
fn a_comment_with_quotation_marks_in_it_is_left_out() {
    let text = "BO_ 291 M: 8 X\nCM_ BO_ 291 \"says \"on\" or off\";\nCM_ BO_ 291 \"fine\";\n";
    assert_eq!(repairs(text), [(2, RepairKind::Comment)]);
    assert_eq!(database(text).messages[0].comment.as_deref(), Some("fine"));
}

#[test]
fn statements_that_decoding_does_not_need_cannot_be_wrong() {
    let text = "VERSION\nNS_ :\n\tCM_\n\tBA_DEF_\nBS_: 500\nBU_: A B\n  C\nEV_ E: 0 [0|1] \"\" 0.5 1 DUMMY_NODE_VECTOR0 X;\n\
                BA_DEF_ BO_ \"A\" BOOL 0 1;\nBA_DEF_ \"B\" ENU \"x\";\nBA_ \"A\" 7\nBO_ 291 M: 8 X\nSIG_GROUP_ 291 G\n;\n";
    assert_eq!(database(text).messages.len(), 1);
}

#[test]
fn comments_line_ends_and_missing_semicolons_do_not_matter() {
    let text = "/* BO_ 1 A: 8 X\n*/BO_ 291 M: 8 X // ECU\r\n\r\n // SG_ none\r\n SG_ S :\r\n  0|8@1+ (1,0)\r\n [0|0] \"//\" X\r\n\
                VAL_ 291 S 0 \"a; /* b */\"\r\n 1 \"c\"\r\nSIG_VALTYPE_ 291 S : 0\r\nCM_ SG_ 291 S \"d\"";
    let database = database(text);
    let signal = &database.messages[0].signals[0];
    assert_eq!((signal.unit.as_str(), signal.line, signal.comment.as_deref()), ("//", 5, Some("d")));
    let labels: Vec<_> = signal.labels.iter().map(|label| label.text.as_str()).collect();
    assert_eq!(labels, ["a; /* b */", "c"]);
}

#[test]
fn errors_are_where_the_file_is_wrong() {
    let at = |text: &str| {
        let ImportError { line, column, .. } = import(text.as_bytes()).unwrap_err();
        (line, column)
    };
    assert_eq!(at("hello\n"), (1, 1));
    assert_eq!(at("VERSION \"\"\n\n\tBO_ 5 M 8 X\n"), (3, 10), "no colon");
    assert_eq!(at("BO_ 4294967296 M: 8 X\n"), (1, 5), "33 bits");
    assert_eq!(at("BO_ 5 M: 8 X\nCM_ \"open\nBO_ 6 N: 8 X\n"), (2, 5));
    assert_eq!(at("BO_ 5 M: 8 X\n\n SG_ S : 0|8@1+ (1 0) [0|0] \"\" X\n"), (3, 20));
    assert_eq!(at("BO_ 5 M: 8\n SG_ S : 0|8@1 (1,0) [0|0] \"\" X\n"), (2, 16), "behind a mended line");
    assert_eq!(at("SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\n"), (1, 1), "no message");
    assert_eq!(at("\u{FEFF}BO_ 5 M: 8 X\n SG_ S : 0|99999999999999999999@1+ (1,0) [0|0] \"°\" X\n"), (2, 12));
    assert_eq!(at("BO_ 5 M: 8 X\nVAL_ 5 S 0 \"°\" x \"b\";\n"), (2, 16), "columns are characters");
    assert_eq!(at("BO_ 5 M: 8 X\n SG_ S m : 0|8@1+ (1,0) [0|0] \"\" X %\n"), (2, 36));
    let error = import(b"BO_ 5 M: 8\n SG_ S : 0|8@1 (1,0) [0|0] \"\" X\n").unwrap_err();
    assert_eq!(error.to_string(), "2:16: expected `+` or `-`");
    let error = import(b"\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" X\n").unwrap_err();
    assert_eq!(error.to_string(), "2:2: a signal stands before any message");
}

#[test]
fn what_is_suspect_is_found_and_not_fatal() {
    let text = "BO_ 5 M: 2 X\n SG_ A : 0|8@1+ (1,0) [5|1] \"\" X\n SG_ A : 4|8@1+ (0,0) [0|0] \"\" X\n SG_ Far : 16|8@1+ (1,0) [0|0] \"\" X\n\
                 SG_ None : 0|0@1+ (1,0) [0|0] \"\" X\n SG_ Lone m1 : 12|4@1+ (1,0) [0|0] \"\" X\nBO_ 5 M: 8 X\nBO_ 4096 Wide: 8 X\nBO_ 1073741824 No: 8 X\n";
    let findings = lint(&database(text));
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let expected = [
        "line 2: M.A has its least value above its greatest",
        "line 3: M.A has the name of line 2",
        "line 3: M.A has factor 0",
        "line 3: M.A shares bits with A",
        "line 4: M.Far lies behind the declared length",
        "line 5: M.None has bits that no frame has",
        "line 6: M.Lone is multiplexed without a switch",
        "line 7: M has the identifier of line 1",
        "line 7: M has the name of line 1",
        "line 8: Wide is not marked as extended and read as 00001000",
        "line 9: No has the identifier 0x40000000, which no frame has",
    ];
    assert_eq!(said, expected);
}

#[test]
fn one_identifier_in_two_spellings_is_there_twice() {
    let signal = |name| format!(" SG_ {name} : 0|8@1+ (1,0) [0|0] \"\" X\n");
    let text = format!(
        "BO_ 2147487744 Marked: 8 X\n{}BO_ 4096 Unmarked: 8 X\n{}BO_ 256 Standard: 8 X\n{}BO_ 2147483904 Extended: 8 X\n{}",
        signal("A"),
        signal("B"),
        signal("C"),
        signal("D"),
    );
    let findings: Vec<String> = lint(&database(&text)).iter().map(ToString::to_string).collect();
    let expected = [
        "line 3: Unmarked is not marked as extended and read as 00001000",
        "line 3: Unmarked has the identifier of line 1",
    ];
    assert_eq!(findings, expected);
    let blob = util::blob(&text);
    let plan = util::plan(&blob);
    assert_eq!((plan.message_count(), plan.signal_count()), (3, 3), "the first one is decoded");
    assert_eq!(plan.message_name(dimo_types::CanId::extended(0x1000).unwrap()), Some("Marked"));
}

#[test]
fn signals_of_different_switch_values_share_bits_rightly() {
    let findings: Vec<String> = lint(&database(WORLD)).iter().map(ToString::to_string).collect();
    assert_eq!(findings, ["line 19: Drive.Flags shares bits with Torque"]);
}

#[test]
fn switches_that_select_each_other_select_nothing() {
    let text = "BO_ 5 M: 8 X\n SG_ A m0M : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ B m0M : 8|8@1+ (1,0) [0|0] \"\" X\n SG_ C : 16|8@1+ (1,0) [0|0] \"\" X\n\
                SG_MUL_VAL_ 5 A B 0-0;\nSG_MUL_VAL_ 5 B A 0-0;\n";
    assert_eq!(util::plan(&util::blob(text)).signal_count(), 1);
}

#[test]
fn every_signal_that_is_never_selected_is_found_with_the_reason() {
    let text = "BO_ 5 M: 64 X\n SG_ A m0M : 0|8@1+ (1,0) [0|0] \"\" X\n SG_ B m0M : 8|8@1+ (1,0) [0|0] \"\" X\n SG_ C m0 : 16|8@1+ (1,0) [0|0] \"\" X\n\
                 SG_ Far M : 600|8@1+ (1,0) [0|0] \"\" X\n SG_ D m0 : 24|8@1+ (1,0) [0|0] \"\" X\n SG_ Wide M : 64|40@1+ (1,0) [0|0] \"\" X\n\
                 SG_ E m0 : 128|8@1+ (1,0) [0|0] \"\" X\n SG_ F m0 : 136|8@1+ (1,0) [0|0] \"\" X\n SG_ Two M : 32|2@1+ (1,0) [0|0] \"\" X\n\
                 SG_ G m4 : 40|8@1+ (1,0) [0|0] \"\" X\n SG_ Self m0M : 48|8@1+ (1,0) [0|0] \"\" X\n\
                SG_MUL_VAL_ 5 A B 0-0;\nSG_MUL_VAL_ 5 B A 0-0;\nSG_MUL_VAL_ 5 C A 0-0;\nSG_MUL_VAL_ 5 D Far 0-0;\nSG_MUL_VAL_ 5 E Wide 0-1;\n\
                SG_MUL_VAL_ 5 F Wide 0-4294967296;\nSG_MUL_VAL_ 5 G Two 4-4;\nSG_MUL_VAL_ 5 Self Self 0-0;\n";
    let found = lint(&database(text)).into_iter().map(|finding| finding.to_string());
    let expected = [
        "line 2: M.A is selected in a circle of switches with B in it",
        "line 3: M.B is selected in a circle of switches with A in it",
        "line 4: M.C is selected in a circle of switches with A in it",
        "line 5: M.Far has bits that no frame has",
        "line 6: M.D is selected by Far, which no frame has as an integer",
        "line 9: M.F is selected by values that Wide has not, or beyond 32 bits",
        "line 11: M.G is selected by values that Two has not, or beyond 32 bits",
        "line 12: M.Self is multiplexed without a switch",
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    // What is not found is decoded: of the twelve Wide, E and Two.
    assert_eq!(util::plan(&util::blob(text)).signal_count(), 3);
}

#[test]
fn a_name_that_only_a_shadowed_message_has_selects_nothing() {
    let text = "BO_ 5 First: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\nBO_ 5 Second: 8 X\n SG_ B : 0|8@1+ (1,0) [0|0] \"\" X\n";
    let blob = compile(&database(text), &Selection::names(["Second.B", "B", "A"]), None).unwrap();
    assert_eq!(util::plan(&blob).signal_count(), 1);
    let refused = compile(&database(text), &Selection::names(["First.B"]), None);
    assert!(refused.is_err());
}

#[test]
fn a_selection_keeps_the_switches_it_needs_and_the_order_of_the_file() {
    let names = ["Deep", "Drive.Gear", "Drive.Speed"];
    let blob = compile(&database(WORLD), &Selection::names(names), None).unwrap();
    let plan = util::plan(&blob);
    let full = |signal| plan.signal_name(dimo_types::SignalIndex(signal)).unwrap().full;
    assert_eq!((0..3).map(full).collect::<Vec<_>>(), ["Drive.Speed", "Drive.Gear", "Nested.Deep"]);
    assert_eq!((plan.message_count(), plan.signal_count()), (2, 3));
    let nested = dimo_types::CanId::extended(0x128).unwrap();
    assert_eq!(plan.decode_bytes(nested, &[1, 3, 0, 0, 0]).unwrap().count(), 1);
    assert_eq!(plan.decode_bytes(nested, &[1, 9, 0, 0, 0]).unwrap().count(), 0);
    assert!(plan.decode_bytes(util::standard(296), &[0; 8]).is_none());
}

#[test]
fn every_shared_file_is_imported_compiled_and_loaded() {
    let Some(data) = shared_data() else { return };
    let mut read = 0;
    for folder in [data.join("dbc"), data.join("can/dbc")] {
        for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_none_or(|extension| extension != "dbc") {
                continue;
            }
            let database = import(&std::fs::read(&file).unwrap())
                .unwrap_or_else(|error| panic!("{}:{error}", file.display()));
            let blob = compile(&database, &Selection::all(), None).unwrap();
            let plan = Plan::from_bytes(&blob).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let signals: usize = database.messages.iter().map(|message| message.signals.len()).sum();
            assert!(plan.signal_count() <= signals);
            let _ = lint(&database);
            read += 1;
        }
    }
    assert!(read > 100, "{read}");
}

proptest! {
    #[test]
    fn damaged_text_never_panics(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = WORLD.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(database) = import(&bytes) {
            let _ = lint(&database);
            let blob = compile(&database, &Selection::all(), None).unwrap();
            prop_assert!(Plan::from_bytes(&blob).is_ok());
        }
    }

    #[test]
    fn statements_in_any_order_say_the_same(order in Just((0..WORLD_STATEMENTS).collect::<Vec<_>>()).prop_shuffle()) {
        let statements = world_statements();
        let shuffled: String = order.iter().map(|at| statements[*at].as_str()).collect();
        let (mut ours, mut theirs) = (database(&shuffled).messages, database(WORLD).messages);
        for messages in [&mut ours, &mut theirs] {
            messages.sort_by_key(|message| message.id);
            for message in messages {
                message.line = 0;
                message.signals.iter_mut().for_each(|signal| signal.line = 0);
            }
        }
        prop_assert_eq!(ours, theirs);
    }
}

const WORLD_STATEMENTS: usize = 20;

/// Messages with their signals, and each other statement.
fn world_statements() -> Vec<String> {
    let body = &WORLD[WORLD.find("BO_ 291").unwrap()..];
    let mut statements: Vec<String> = Vec::new();
    for line in body.lines() {
        let begins = ["BO_", "CM_", "VAL_", "SIG_", "SG_MUL"].iter().any(|word| line.starts_with(word));
        if begins {
            statements.push(String::new());
        }
        let statement = statements.last_mut().unwrap();
        statement.push_str(line);
        statement.push('\n');
    }
    assert_eq!(statements.len(), WORLD_STATEMENTS);
    statements
}
