//! The certification tables of DIP-4, and the list a factory prints.

use core::str::FromStr;

use dimo_types::{
    AdditionalSpecification, AppliesTo, Certification, CertificationStatus, Checklist, ChecklistError,
    DeviceType, Mark, ProviderKind, Specification, Standard,
};

fn names(list: &Checklist<'_>) -> Vec<String> {
    list.rows().map(|row| row.specification.name().to_owned()).collect()
}

#[test]
fn hardware_has_both_tables_and_software_the_first() {
    let hardware: Vec<_> = Certification::required_of(ProviderKind::Hardware).collect();
    let software: Vec<_> = Certification::required_of(ProviderKind::Software).collect();
    assert_eq!(hardware, Certification::DIP4);
    assert_eq!(software, Certification::DIP4[..4]);
    assert!(software.iter().all(|row| row.applies_to() == AppliesTo::HardwareAndSoftware));
}

#[test]
fn every_named_standard_has_its_edition() {
    let written: Vec<_> = Certification::ThirdPartyCertifications
        .standards()
        .iter()
        .map(|standard| (standard.mark, standard.to_string()))
        .collect();
    let expected = [
        (Mark::Ce, "EN 301 489-1 V2.2.0"),
        (Mark::Ce, "EN 55025:2008"),
        (Mark::Ce, "EN 50498"),
        (Mark::Ce, "Directive 2004/104/EC"),
        (Mark::Ce, "ISO 7637-2:2011"),
        (Mark::Ce, "EN 301 489-3 V2.1.1"),
        (Mark::Fcc, "FCC 47 CFR Part 15, Class A, edition 10-1-17"),
    ];
    assert!(written.iter().map(|(mark, text)| (*mark, text.as_str())).eq(expected), "{written:?}");
    assert!(Standard::DIP4.iter().all(|standard| !standard.designation.is_empty()));
}

#[test]
fn only_laboratory_certifications_name_standards() {
    for row in Certification::DIP4 {
        assert_eq!(row.standards().is_empty(), row != Certification::ThirdPartyCertifications, "{row}");
    }
}

#[test]
fn ids_and_rows_become_each_other() {
    for row in Certification::DIP4 {
        assert_eq!(Certification::from_str(row.id()), Ok(row));
    }
    assert!(Certification::from_str("Power management").is_err());
}

#[test]
fn a_new_list_claims_nothing() {
    let list = Checklist::new(DeviceType::StandardDongle, ProviderKind::Hardware, &[]);
    assert_eq!(list.rows().count(), 8);
    assert!(list.rows().all(|row| !matches!(row.status, CertificationStatus::Met { .. })));
    let waiting: Vec<_> = list
        .rows()
        .filter(|row| row.status == CertificationStatus::NeedsLaboratory)
        .map(|row| row.specification)
        .collect();
    assert_eq!(waiting, [Specification::Minimum(Certification::ThirdPartyCertifications)]);
}

#[test]
fn a_list_is_complete_when_every_row_has_evidence() {
    let mut list = Checklist::new(DeviceType::Hub, ProviderKind::Hardware, &[]);
    for row in Certification::DIP4 {
        assert!(!list.is_complete(), "still open: {row}");
        list.set(row, CertificationStatus::Met { evidence: "certificate 17" }).unwrap();
    }
    assert!(list.is_complete());
    list.set(Certification::OtaProcess, CertificationStatus::NotMet { reason: "no modem" }).unwrap();
    assert!(!list.is_complete());
}

#[test]
fn a_software_list_refuses_hardware_rows_and_stays_as_it_was() {
    let mut list = Checklist::new(DeviceType::SoftwareOnly, ProviderKind::Software, &[]);
    let before = list;
    let certification = Certification::OtaProcess;
    let refused = list.set(certification, CertificationStatus::Met { evidence: "none" });
    assert_eq!(refused, Err(ChecklistError::NotAsked { certification, kind: ProviderKind::Software }));
    assert_eq!(list, before);
}

#[test]
fn additions_stand_behind_the_minimum_and_only_where_they_apply() {
    let additions = [
        (AdditionalSpecification::DASH_CAMERA_PRIVACY, CertificationStatus::UNSHOWN),
        (AdditionalSpecification::DASH_CAMERA_COMPRESSION, CertificationStatus::Met { evidence: "H.265" }),
    ];
    let camera = Checklist::new(DeviceType::DashCamera, ProviderKind::Hardware, &additions);
    assert_eq!(names(&camera)[8..], ["Dash camera privacy", "Dash camera compression"]);
    let hub = Checklist::new(DeviceType::Hub, ProviderKind::Hardware, &additions);
    assert_eq!(names(&hub).len(), 8);
}

#[test]
fn an_addition_can_stand_for_every_type_and_never_removes_a_row() {
    let for_all = AdditionalSpecification {
        name: "Vulnerability contact",
        description: "A public address for reports.",
        device_type: None,
        applies_to: AppliesTo::HardwareAndSoftware,
    };
    let additions = [(for_all, CertificationStatus::UNSHOWN)];
    for device_type in DeviceType::DIP4 {
        let kind = device_type.dip4().unwrap().provider;
        let list = Checklist::new(device_type, kind, &additions);
        let minimum: Vec<_> = Certification::required_of(kind).map(Certification::name).collect();
        assert_eq!(names(&list)[..minimum.len()], minimum);
        assert_eq!(names(&list)[minimum.len()..], ["Vulnerability contact"]);
    }
}

#[test]
fn a_printed_list_has_one_line_a_row() {
    let mut list = Checklist::new(DeviceType::SoftwareOnly, ProviderKind::Software, &[]);
    list.set(Certification::PowerManagement, CertificationStatus::Met { evidence: "never wakes the car" })
        .unwrap();
    list.set(Certification::SecureRuntime, CertificationStatus::NotMet { reason: "unsigned build" }).unwrap();
    assert_eq!(
        list.to_string(),
        "met\tPower management\tnever wakes the car\n\
         not-met\tSecure runtime\tunsigned build\n\
         not-met\tStreaming interface\tno evidence given\n\
         not-met\tApproved geography\tno evidence given\n"
    );
}
