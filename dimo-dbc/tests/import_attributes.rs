//! Attributes, groups and comments of DBC text.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

mod util;

use core::time::Duration;

use dimo_dbc::{FrameFormat, SignalKind, import, lint};

use util::{database, shared_data};

const TRUCK: &str = "VERSION \"\"\nBO_ 2364540158 EEC1: 8 X\n SG_ Speed : 24|16@1+ (0.125,0) [0|0] \"rpm\" X\n SG_ Mode : 0|4@1+ (1,0) [0|0] \"\" X\n\
BO_ 2364674302 CCVS: 8 X\n SG_ Speed : 8|16@1+ (1,0) [0|0] \"km/h\" X\n\
BO_ 291 Brake: 64 X\n SG_ Pressure : 7|16@0- (0.5,-40) [0|0] \"kPa\" X\n\
CM_ \"All of the \\\"truck\\\".\";\nCM_ BU_ X \"a unit\";\nCM_ BO_ 291 \"brakes\";\n\
BA_DEF_ BO_  \"VFrameFormat\" ENUM  \"StandardCAN\",\"ExtendedCAN\",\"StandardCAN_FD\",\"ExtendedCAN_FD\",\"J1939PG\";\n\
BA_DEF_ BO_  \"GenMsgCycleTime\" INT 0 65535;\nBA_DEF_ SG_  \"GenSigStartValue\" FLOAT -3.4E+038 3.4E+038;\nBA_DEF_ SG_ \"SPN\" INT 0 524287;\n\
BA_DEF_  \"ProtocolType\" STRING ;\nBA_DEF_  \"BusType\" STRING ;\n\
BA_DEF_DEF_  \"VFrameFormat\" \"J1939PG\";\nBA_DEF_DEF_  \"GenMsgCycleTime\" 100;\nBA_DEF_DEF_  \"GenSigStartValue\" 0;\nBA_DEF_DEF_  \"SPN\" 0;\n\
BA_DEF_DEF_  \"ProtocolType\" \"\";\nBA_DEF_DEF_  \"BusType\" \"CAN FD\";\nBA_ \"ProtocolType\" \"J1939\";\n\
BA_ \"GenMsgCycleTime\" BO_ 2364540158 20;\nBA_ \"GenMsgCycleTime\" BO_ 291 0;\nBA_ \"VFrameFormat\" BO_ 291 2;\n\
BA_ \"SPN\" SG_ 2364540158 Speed 190;\nBA_ \"GenSigStartValue\" SG_ 2364540158 Speed 65535;\nBA_ \"GenSigStartValue\" SG_ 291 Pressure -1.5E+002;\n\
SIG_GROUP_ 2364540158 Engine 1 : Speed Mode;\nSIG_GROUP_ 2364540158 Rest 3 :;\n";

#[test]
fn messages_have_cycle_times_and_formats_stated_or_by_default() {
    let truck = database(TRUCK);
    let of = |name: &str| {
        let message = truck.message(name).unwrap();
        (message.cycle_time.map(|time| time.as_millis()), message.format, message.pgn())
    };
    assert_eq!(of("EEC1"), (Some(20), Some(FrameFormat::J1939), Some(61444)));
    assert_eq!(of("CCVS"), (Some(100), Some(FrameFormat::J1939), Some(61968)));
    assert_eq!(of("Brake"), (None, Some(FrameFormat::StandardCanFd), None));
    assert!(FrameFormat::StandardCanFd.is_fd() && !FrameFormat::J1939.is_fd());
}

#[test]
fn signals_have_start_values_and_suspect_parameter_numbers() {
    let truck = database(TRUCK);
    let of = |message: &str, signal: &str| {
        let signal = truck.message(message).unwrap().signal(signal).unwrap();
        (signal.start_value, signal.spn)
    };
    assert_eq!(of("EEC1", "Speed"), (Some(65535.0), Some(190)));
    assert_eq!(of("EEC1", "Mode"), (Some(0.0), None));
    assert_eq!(of("CCVS", "Speed"), (Some(0.0), None), "of the same name in another message");
    assert_eq!(of("Brake", "Pressure"), (Some(-150.0), None));
}

#[test]
fn the_file_has_a_comment_a_protocol_and_a_bus() {
    let truck = database(TRUCK);
    assert_eq!(truck.comment.as_deref(), Some("All of the \"truck\"."));
    assert_eq!((truck.protocol.as_deref(), truck.bus_type.as_deref()), (Some("J1939"), Some("CAN FD")));
    assert_eq!(truck.message("Brake").unwrap().comment.as_deref(), Some("brakes"));
}

#[test]
fn groups_name_their_signals() {
    let truck = database(TRUCK);
    let groups = &truck.message("EEC1").unwrap().groups;
    let said: Vec<_> = groups.iter().map(|group| (group.name.as_str(), group.repetitions)).collect();
    assert_eq!(said, [("Engine", 1), ("Rest", 3)]);
    assert_eq!(groups[0].signals, ["Speed", "Mode"]);
    assert!(groups[1].signals.is_empty());
}

#[test]
fn a_file_without_attributes_has_none() {
    let plain = database("BO_ 5 M: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n");
    let message = &plain.messages[0];
    assert_eq!((message.cycle_time, message.format, message.groups.len()), (None, None, 0));
    assert_eq!((message.signals[0].start_value, message.signals[0].spn), (None, None));
    assert_eq!((plain.comment, plain.protocol, plain.bus_type), (None, None, None));
}

#[test]
fn a_format_without_a_list_has_the_usual_number() {
    let format = |attributes: &str| database(&format!("BO_ 5 M: 8 X\n{attributes}")).messages[0].format;
    for (number, expected) in [
        ("0", Some(FrameFormat::StandardCan)),
        ("1", Some(FrameFormat::ExtendedCan)),
        ("2", None),
        ("3", Some(FrameFormat::J1939)),
        ("14", Some(FrameFormat::StandardCanFd)),
        ("15", Some(FrameFormat::ExtendedCanFd)),
        ("\"J1939PG\"", Some(FrameFormat::J1939)),
        ("-1", None),
    ] {
        assert_eq!(format(&format!("BA_ \"VFrameFormat\" BO_ 5 {number};\n")), expected, "{number}");
        let as_integer = format!(
            "BA_DEF_ BO_ \"VFrameFormat\" INT 0 16;\nBA_DEF_DEF_ \"VFrameFormat\" 0;\nBA_ \"VFrameFormat\" BO_ 5 {number};\n"
        );
        assert_eq!(format(&as_integer), expected, "{number}");
    }
}

#[test]
fn attributes_stand_anywhere_and_the_first_of_two_holds() {
    let text = "BA_ \"GenMsgCycleTime\" BO_ 5 10;\nBA_ \"GenMsgCycleTime\" BO_ 5 20;\nBO_ 5 M: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n";
    let found = database(text);
    assert_eq!(found.messages[0].cycle_time, Some(Duration::from_millis(10)));
    assert_eq!(found.messages[0].signals[0].kind, SignalKind::Unsigned);
}

#[test]
fn broken_attributes_say_nothing_and_break_nothing() {
    let start = "BO_ 5 M: 8 X\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" X\n";
    for broken in [
        "BA_;",
        "BA_ \"GenMsgCycleTime\";",
        "BA_ \"GenMsgCycleTime\" BO_;",
        "BA_ \"GenMsgCycleTime\" BO_ 5;",
        "BA_ \"GenMsgCycleTime\" BO_ 5 fast;",
        "BA_ \"GenMsgCycleTime\" BO_ 5 -10;",
        "BA_ \"GenMsgCycleTime\" BO_ 5 1e400;",
        "BA_ \"GenMsgCycleTime\" BO_ 99999999999 10;",
        "BA_ \"GenSigStartValue\" SG_ 5;",
        "BA_ \"GenSigStartValue\" SG_ 5 A nan;",
        "BA_ \"SPN\" SG_ 5 A 1.5;",
        "BA_ \"SPN\" SG_ 5 A -1;",
        "BA_ \"VFrameFormat\" BO_ 5 99;",
        "BA_DEF_ BO_ \"VFrameFormat\" ENUM;",
        "SIG_GROUP_ 5 G",
        "SIG_GROUP_;",
        "CM_ \"a \"b\" c\";",
    ] {
        let found = database(&format!("{start}{broken}\n"));
        let (message, signal) = (&found.messages[0], &found.messages[0].signals[0]);
        assert_eq!((message.cycle_time, message.format, message.groups.len()), (None, None, 0), "{broken}");
        assert_eq!((signal.start_value, signal.spn, found.comment.as_ref()), (None, None, None), "{broken}");
        assert!(lint(&found).is_empty(), "{broken}");
    }
}

/// Totals of files that cantools 45.1 reads when it is not strict, as it reads them.
#[test]
fn what_attributes_say_in_shared_files_is_what_cantools_reads() {
    let Some(data) = shared_data() else { return };
    let outcomes = std::fs::read_to_string(data.join("dbc/OUTCOMES.tsv")).unwrap();
    let (mut files, mut messages, mut millis) = (0, 0, 0);
    let (mut fd, mut j1939, mut spns, mut starts) = (0, 0, 0, 0.0);
    for columns in outcomes.lines().map(|line| line.split('\t').collect::<Vec<_>>()) {
        if columns[8] != "ok" {
            continue;
        }
        files += 1;
        let found = import(&std::fs::read(data.join("dbc").join(columns[0])).unwrap()).unwrap();
        // cantools leaves out what belongs to no message.
        for message in found.messages.iter().filter(|message| message.name != "VECTOR__INDEPENDENT_SIG_MSG") {
            messages += 1;
            millis += message.cycle_time.map_or(0, |time| time.as_millis());
            fd += u32::from(message.format.is_some_and(FrameFormat::is_fd));
            j1939 += u32::from(message.format == Some(FrameFormat::J1939));
            spns += message.signals.iter().filter_map(|signal| signal.spn).sum::<u32>();
            starts += message.signals.iter().filter_map(|signal| signal.start_value).sum::<f64>();
        }
    }
    assert_eq!((files, messages, millis), (153, 3665, 179_802));
    assert_eq!((fd, j1939, spns, starts), (335, 379, 6_371_500, 7_605_128.0));
}
