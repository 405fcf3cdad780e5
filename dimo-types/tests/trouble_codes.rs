//! Trouble codes, bytes and text.

use dimo_types::{TroubleCode, TroubleCodeError, TroubleSystem};

#[test]
fn published_codes_have_their_bytes() {
    // SAE J2012's layout; the codes are those of the network's own samples and of common OBD-II examples.
    let codes = [
        ("P0456", [0x04, 0x56]),
        ("P0446", [0x04, 0x46]),
        ("P00BD", [0x00, 0xBD]),
        ("P0133", [0x01, 0x33]),
        ("P3FFF", [0x3F, 0xFF]),
        ("C0300", [0x43, 0x00]),
        ("B1A2F", [0x9A, 0x2F]),
        ("U0158", [0xC1, 0x58]),
    ];
    for (text, bytes) in codes {
        let code = TroubleCode::from_bytes(bytes).unwrap();
        assert_eq!(code.to_string(), text);
        assert_eq!(text.parse(), Ok(code));
        assert_eq!(text.to_lowercase().parse(), Ok(code));
    }
}

#[test]
fn every_pair_of_bytes_but_the_padding_is_a_code_and_survives_its_text() {
    for number in 1..=u16::MAX {
        let code = TroubleCode::from_bytes(number.to_be_bytes()).unwrap();
        assert_eq!(code.to_bytes(), number.to_be_bytes());
        assert_eq!(code.to_string().parse(), Ok(code));
    }
    assert_eq!(TroubleCode::from_bytes([0, 0]), None);
}

#[test]
fn the_first_letter_is_the_system() {
    let system = |text: &str| text.parse::<TroubleCode>().unwrap().system();
    assert_eq!(system("P0456"), TroubleSystem::Powertrain);
    assert_eq!(system("C0300"), TroubleSystem::Chassis);
    assert_eq!(system("B1A2F"), TroubleSystem::Body);
    assert_eq!(system("U0158"), TroubleSystem::Network);
}

#[test]
fn what_is_no_code_says_why() {
    let refused = [
        ("", TroubleCodeError::Length { len: 0 }),
        ("P045", TroubleCodeError::Length { len: 4 }),
        ("P045600", TroubleCodeError::Length { len: 7 }),
        ("Q0456", TroubleCodeError::System),
        ("P4456", TroubleCodeError::Digit),
        ("P04G6", TroubleCodeError::Digit),
        ("P0000", TroubleCodeError::NoCode),
        ("P04é", TroubleCodeError::Digit),
    ];
    for (text, reason) in refused {
        assert_eq!(text.parse::<TroubleCode>(), Err(reason), "{text}");
    }
}
