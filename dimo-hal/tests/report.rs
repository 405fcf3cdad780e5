//! The DIP-4 report says no more than what was checked.
#![cfg(all(feature = "dev", feature = "alloc"))]

use dimo_hal::report::{Evidence, Need, Report, Requirement, Verdict};
use dimo_types::Certification;

fn all_but(left_out: Option<Requirement>) -> Evidence {
    let mut evidence = Evidence::new();
    for requirement in Requirement::ALL.into_iter().filter(|requirement| Some(*requirement) != left_out) {
        evidence.run(requirement, || Ok::<_, &str>(()));
    }
    evidence
}

#[test]
fn without_evidence_no_row_passes() {
    let evidence = Evidence::new();
    let report = Report::new(&evidence);
    assert!(report.rows().all(|row| matches!(row.verdict(), Verdict::NotJudged | Verdict::NeedsLaboratory)));
    assert!(!report.is_judged());
}

#[test]
fn a_row_is_judged_only_when_each_of_its_requirements_was_checked() {
    for requirement in Requirement::ALL.into_iter().filter(|each| each.need() == Need::Always) {
        let evidence = all_but(Some(requirement));
        let report = Report::new(&evidence);
        assert_eq!(report.row(requirement.row()).verdict(), Verdict::NotJudged, "{requirement}");
        assert!(!report.is_judged());
    }
}

#[test]
fn one_failed_check_fails_its_row_and_no_other() {
    for requirement in Requirement::ALL {
        let mut evidence = all_but(None);
        evidence.run(requirement, || Err("broken"));
        let report = Report::new(&evidence);
        for row in report.rows().filter(|row| row.verdict() != Verdict::NeedsLaboratory) {
            let failed = row.certification() == requirement.row();
            assert_eq!(
                row.verdict(),
                if failed { Verdict::Failed } else { Verdict::Passed },
                "{requirement}"
            );
        }
        assert!(report.is_judged());
    }
}

#[test]
fn no_check_replaces_a_laboratory_and_its_row_names_standards_with_editions() {
    let evidence = all_but(None);
    let report = Report::new(&evidence);
    let row = report.row(Certification::ThirdPartyCertifications).to_string();
    assert!(
        row.starts_with("needs-laboratory\t3rd party certifications\tEN 301 489-1 V2.2.0; EN 55025:2008"),
        "{row}"
    );
    assert_eq!(report.to_string().lines().count(), Certification::DIP4.len());
}

#[test]
fn a_part_that_a_board_does_not_have_is_not_missed_and_one_that_fails_counts() {
    for requirement in Requirement::ALL.into_iter().filter(|each| each.need() == Need::WherePresent) {
        let mut evidence = all_but(Some(requirement));
        assert_eq!(Report::new(&evidence).row(requirement.row()).verdict(), Verdict::Passed, "{requirement}");
        evidence.run(requirement, || Err("broken"));
        assert_eq!(Report::new(&evidence).row(requirement.row()).verdict(), Verdict::Failed, "{requirement}");
        // It does not stand for what is required either.
        let mut alone = Evidence::new();
        alone.run(requirement, || Ok::<_, &str>(()));
        assert_eq!(Report::new(&alone).row(requirement.row()).verdict(), Verdict::NotJudged, "{requirement}");
    }
}

#[test]
fn a_row_says_what_its_checks_found_in_one_line() {
    let mut evidence = Evidence::new();
    evidence.run(Requirement::Country, || Ok::<_, &str>(()));
    evidence.find(Requirement::Position, || Ok::<_, &str>("12\tsatellites\n"));
    let row = Report::new(&evidence).row(Certification::ApprovedGeography).to_string();
    assert_eq!(row, "passed\tApproved geography\tcountry policy; position suite: 12 satellites ");
    evidence.find(Requirement::Country, || Err::<&str, _>("JP\tis approved"));
    let row = Report::new(&evidence).row(Certification::ApprovedGeography).to_string();
    assert_eq!(row, "failed\tApproved geography\tJP is approved");
    let findings: Vec<_> = evidence.checks().iter().map(dimo_hal::report::Check::finding).collect();
    assert_eq!(findings, [None, Some("12 satellites "), None]);
}
