//! DBC text read without a heap: what counts, what is skipped, what is reported.

use dimo_dbc::gen1::{DbcSignal, DbcText, DbcTextReason, FormulaError, FormulaPart, Switching};
use dimo_types::CanId;
use proptest::prelude::*;

fn signals(text: &[u8]) -> Vec<DbcSignal<'_>> {
    DbcText::new(text).map(Result::unwrap).collect()
}

fn errors(text: &str) -> Vec<(u32, DbcTextReason)> {
    DbcText::new(text.as_bytes()).filter_map(Result::err).map(|error| (error.line, error.reason)).collect()
}

const TAIL: &str = ": 7|8@0+ (1,0) [0|0] \"\" X";

#[test]
fn a_whole_file_gives_its_signals_and_nothing_else() {
    let text = "VERSION \"1\"\r\n\
        NS_ :\r\n\tBA_\r\n\tSG_MUL_VAL_\r\nBS_:\r\nBU_: ECU\r\n\
        BO_ 257 Tyres: 8 ECU\r\n SG_ left : 16|8@1+ (4,0) [0|1020] \"kPa\" Vector__XXX\r\n\tSG_ right m1 : 24|8@1+ (4,0) [0|1020] \"kPa\" Vector__XXX\r\n\
        CM_ SG_ 257 left \"front left\";\r\nSIG_VALTYPE_ 257 left : 0;\r\n\
        BO_ 2566844672 Odometer: 8 ECU\r\n SG_ odometer:7|32@0-(0.015625,0)[0|67108863.984375]\"km\" Vector__XXX\r\n";
    let found = signals(text.as_bytes());
    let facts: Vec<_> = found.iter().map(|s| (s.line, s.id.to_string(), s.message, s.name, s.unit)).collect();
    assert_eq!(
        facts,
        [
            (8, "101".into(), "Tyres", "left", "kPa"),
            (9, "101".into(), "Tyres", "right", "kPa"),
            (13, "18FEF100".into(), "Odometer", "odometer", "km"),
        ]
    );
    assert_eq!(found[0].formula.evaluate(&[0, 0, 57]).unwrap().as_f64(), Some(228.0));
}

#[test]
fn an_identifier_above_eleven_bits_is_extended_with_or_without_bit_31() {
    for number in ["2566844672", "419361024"] {
        let text = format!("BO_ {number} M: 8 X\n SG_ a {TAIL}\n");
        assert_eq!(signals(text.as_bytes())[0].id, CanId::extended(0x18FE_F100).unwrap());
    }
    let text = format!("BO_ 2147483905 M: 8 X\n SG_ a {TAIL}\n");
    assert_eq!(signals(text.as_bytes())[0].id, CanId::extended(0x101).unwrap());
}

#[test]
fn a_switched_signal_keeps_its_name_and_says_when_it_is_there() {
    let text = format!(
        "BO_ 257 M: 8 X\n SG_ page M {TAIL}\n SG_ a m0 {TAIL}\n SG_ b m255M {TAIL}\n SG_ c{TAIL}\n SG_ d mX {TAIL}\n SG_ e m1 m2 {TAIL}\n"
    );
    let found: Vec<_> =
        DbcText::new(text.as_bytes()).flatten().map(|signal| (signal.name, signal.switching)).collect();
    assert_eq!(
        found,
        [
            ("page", Switching::Switch),
            ("a", Switching::When(0)),
            ("b", Switching::SwitchWhen(255)),
            ("c", Switching::Always)
        ]
    );
    assert_eq!(errors(&text), [(6, DbcTextReason::Switching), (7, DbcTextReason::Switching)]);
}

#[test]
fn malformed_lines_are_reported_with_their_number_and_skipped() {
    let text = format!(
        "SG_ early {TAIL}\nBO_ x M: 8 X\n SG_ skipped {TAIL}\nBO_ 1610612736 M: 8 X\nBO_ 257 M 8 X\nBO_ 257 M: 8 X\n\
        \x20SG_ nocolon 7|8@0+ (1,0) [0|0] \"\" X\n SG_ : 7|8@0+ (1,0) [0|0] \"\" X\n SG_ cut : 7|8@0+ (1,0) [0|\n SG_ good {TAIL}"
    );
    assert_eq!(
        errors(&text),
        [
            (1, DbcTextReason::NoMessage),
            (2, DbcTextReason::Message),
            (4, DbcTextReason::Message),
            (5, DbcTextReason::Message),
            (7, DbcTextReason::Name),
            (8, DbcTextReason::Name),
            (9, DbcTextReason::Formula(FormulaError::Malformed { part: FormulaPart::Range })),
        ]
    );
    let good: Vec<_> = DbcText::new(text.as_bytes()).flatten().map(|signal| signal.name).collect();
    assert_eq!(good, ["good"]);
}

#[test]
fn a_line_inside_a_comment_is_no_signal() {
    let text = format!(
        "BO_ 257 M: 8 X\nCM_ BO_ 257 \"see\n SG_ a \\\"quoted\\\" {TAIL}\nBO_ 1 Other: 8 X\nend\";\n SG_ b {TAIL}\n"
    );
    // The tail holds two quotes itself, so the comment ends and begins again within the line.
    let found = signals(text.as_bytes());
    assert_eq!(found.iter().map(|signal| (signal.name, signal.message)).collect::<Vec<_>>(), [("b", "M")]);
}

#[test]
fn a_comment_without_an_end_is_reported_where_it_began() {
    let text = "BO_ 257 M: 8 X\nCM_ \"open\n SG_ a : 7|8@0+ (1,0) [0|0]\n";
    assert_eq!(errors(text), [(2, DbcTextReason::OpenText)]);
}

#[test]
fn signals_of_no_message_are_skipped() {
    for number in ["3221225472", "1073741824"] {
        let text = format!(
            "BO_ {number} VECTOR__INDEPENDENT_SIG_MSG: 0 X\n SG_ a {TAIL}\nBO_ 1 M: 8 X\n SG_ b {TAIL}\n"
        );
        assert_eq!(signals(text.as_bytes()).iter().map(|signal| signal.name).collect::<Vec<_>>(), ["b"]);
    }
}

#[test]
fn a_unit_in_an_older_encoding_is_left_empty() {
    let text = b"BO_ 257 M: 8 X\n SG_ a : 7|8@0+ (1,-40) [-40|215] \"\xB0C\" X\n";
    let found = signals(text);
    assert_eq!((found[0].name, found[0].unit), ("a", ""));
    assert_eq!(found[0].formula.evaluate(&[129]).unwrap().as_f64(), Some(89.0));
}

proptest! {
    #[test]
    fn no_bytes_are_fatal(text in prop::collection::vec(any::<u8>(), 0..200)) {
        DbcText::new(&text).for_each(drop);
    }

    #[test]
    fn no_words_are_fatal(words in prop::collection::vec("BO_|SG_|CM_|\n|\"|[0-9]{1,10}|[a-zM]{1,3}|:|7[|]8@0[+]|[(]1,0[)]|[\\[]0[|]1]", 0..40)) {
        DbcText::new(words.join(" ").as_bytes()).for_each(drop);
    }
}
