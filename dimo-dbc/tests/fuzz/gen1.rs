//! What the live network serves to devices.

use dimo_dbc::gen1::{
    ConfigUrls, DbcText, DeviceSettings, Dialect, Formula, PidTable, network_id, response_id, two_decimals,
};
use dimo_types::SignalValue;

const DIALECTS: [Dialect; 2] = [Dialect::Network, Dialect::Dbc];

pub(crate) fn formula(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    for dialect in DIALECTS {
        match Formula::parse_as(text, dialect) {
            Ok((formula, unit)) => {
                assert!(text.contains(unit));
                evaluate(&formula);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    let _ = (Formula::parse(text), Formula::parse_with_unit(text));
}

fn evaluate(formula: &Formula) {
    assert!((1..=64).contains(&formula.needed_bytes()));
    for data in [&[][..], &[0; 8], &[0xFF; 64], &[0xA5; 7]] {
        match formula.evaluate(data) {
            Ok(SignalValue::Scaled { raw, scale }) => {
                let value = scale.apply(raw.to_f64());
                assert!(formula.range().is_none_or(|(low, high)| (low..=high).contains(&value)));
                let _ = two_decimals(value);
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// The bytes as DBC text for devices.
pub(crate) fn dbc_text(bytes: &[u8]) {
    for dialect in DIALECTS {
        for item in DbcText::with_dialect(bytes, dialect) {
            match item {
                Ok(signal) => evaluate(&signal.formula),
                Err(error) => assert!(error.line > 0 && !error.to_string().is_empty()),
            }
        }
    }
}

/// The bytes as each document of the device configuration, in both forms.
pub(crate) fn config(bytes: &[u8]) {
    for table in [PidTable::from_json(bytes), PidTable::from_protobuf(bytes)].into_iter().flatten() {
        for request in &table.requests {
            evaluate(&request.formula);
            let _ = (response_id(request.request, None), network_id(request.request.number()));
        }
        for rejected in &table.rejected {
            assert!(!rejected.reason.to_string().is_empty());
        }
    }
    let _ = (DeviceSettings::from_json(bytes), DeviceSettings::from_protobuf(bytes));
    if let Ok(urls) = ConfigUrls::from_json(bytes) {
        assert!(urls.applied_json("1.0.0").is_ok_and(|text| !text.is_empty()));
    }
}
