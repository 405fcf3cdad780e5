//! What a licence application must have.
#![cfg(feature = "alloc")]

use dimo_types::{
    Address, Design, DesignApplication, DeviceType, LicenceApplication, MissingPart, ProviderKind, Samples,
};

fn dongle() -> Design {
    Design {
        name: "Dongle One".into(),
        device_type: DeviceType::StandardDongle,
        specification: "https://example.org/dongle-one.pdf".into(),
    }
}

fn complete() -> LicenceApplication {
    let mut application =
        LicenceApplication::new("Example Motors", Address::new([7; 20]), ProviderKind::Hardware);
    application.business_background = "Makes dongles.".into();
    application.operating_history = "Since 2015.".into();
    application.designs = vec![dongle()];
    application.test_units = vec!["unit 1".into()];
    application.samples.data = vec!["https://example.org/drive.json".into()];
    application
}

fn missing(application: &LicenceApplication) -> Vec<MissingPart> {
    application.validate().err().map(|refused| refused.missing).unwrap_or_default()
}

#[test]
fn a_complete_application_is_accepted() {
    assert_eq!(complete().validate(), Ok(()));
}

#[test]
fn an_empty_application_lacks_everything_in_the_order_of_the_dip() {
    let empty = LicenceApplication::new("", Address::ZERO, ProviderKind::Hardware);
    let all = [
        MissingPart::Applicant,
        MissingPart::BusinessBackground,
        MissingPart::OperatingHistory,
        MissingPart::Design,
        MissingPart::TestUnits,
        MissingPart::Samples,
    ];
    assert_eq!(missing(&empty), all);
}

/// A change to a complete application, and the part that is then missing.
type Cut = (fn(&mut LicenceApplication), MissingPart);

#[test]
fn each_part_that_is_taken_away_is_missed() {
    let cuts: [Cut; 7] = [
        (|a| a.applicant = "  ".into(), MissingPart::Applicant),
        (|a| a.business_background.clear(), MissingPart::BusinessBackground),
        (|a| a.operating_history.clear(), MissingPart::OperatingHistory),
        (|a| a.designs.clear(), MissingPart::Design),
        (|a| a.designs[0].specification.clear(), MissingPart::Design),
        (|a| a.test_units.clear(), MissingPart::TestUnits),
        (|a| a.samples = Samples::default(), MissingPart::Samples),
    ];
    for (cut, part) in cuts {
        let mut application = complete();
        cut(&mut application);
        assert_eq!(missing(&application), [part]);
    }
}

#[test]
fn software_has_no_test_units() {
    let mut application = complete();
    application.kind = ProviderKind::Software;
    application.test_units.clear();
    assert_eq!(application.validate(), Ok(()));
}

#[test]
fn a_repository_needs_a_demo_beside_it_unless_there_are_data_samples() {
    let mut application = complete();
    application.samples =
        Samples { data: vec![], repository: Some("https://example.org/code".into()), demo: None };
    assert_eq!(missing(&application), [MissingPart::Samples]);
    application.samples.demo = Some("https://example.org/demo".into());
    assert_eq!(application.validate(), Ok(()));
    application.samples.repository = None;
    assert_eq!(missing(&application), [MissingPart::Samples]);
    application.samples.data = vec!["https://example.org/drive.json".into()];
    assert_eq!(application.validate(), Ok(()));
}

#[test]
fn a_licensed_provider_only_specifies_the_new_design() {
    let mut later = DesignApplication { licence: 3.into(), design: dongle(), samples: Samples::default() };
    assert_eq!(later.validate(), Ok(()));
    later.design.specification.clear();
    assert_eq!(later.validate().unwrap_err().missing, [MissingPart::Design]);
}
