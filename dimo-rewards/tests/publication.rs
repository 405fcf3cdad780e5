//! What DIMO Integrations publishes (DIP-4, Operating Goals & Metrics; Summary of Commitments).
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of a test fail the test")]

use dimo_rewards::{
    Account, BasisPoints, Bonding, CaseId, Duty, Economy, Name, Objective, Outcome, Period, Policy, Progress,
    Publication, PublicationError, Table,
};
use dimo_types::{
    Address, CertificationStatus, Checklist, DeviceType, Month, ProviderKind, Timestamp, TokenId, Wei,
};
use proptest::prelude::*;

const DONGLE: DeviceType = DeviceType::StandardDongle;
const ALL: [Objective; 7] = [
    Objective::OpenSourceFirmware,
    Objective::Manufacturers,
    Objective::Staking,
    Objective::Devices,
    Objective::DeviceTypes,
    Objective::ResourceAllocation,
    Objective::ApplicationDocuments,
];

fn day(date: &str) -> Timestamp {
    format!("{date}T00:00:00Z").parse().unwrap()
}

fn name(name: &str) -> Name {
    Name::new(name).unwrap()
}

fn months(first: &str, last: &str) -> Period {
    Period::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
}

fn economy() -> Economy {
    Economy::new(Policy::dip4(BasisPoints::ZERO))
}

/// Applies for a licence, and is granted it.
fn license(economy: &mut Economy, date: &str, provider: &str, kind: ProviderKind) -> CaseId {
    let (at, provider) = (day(date), name(provider));
    let case = economy.apply(at, &provider, kind).unwrap();
    economy.integrations().grant(at, &provider).unwrap();
    case
}

/// Stakes what is required, and has 10,000 $DIMO left.
fn stake(economy: &mut Economy, date: &str, provider: &str) {
    let (at, provider) = (day(date), name(provider));
    let wallet = Account::Provider(provider.clone());
    economy.open(at, wallet.clone(), Wei::from_dimo(110_000).unwrap()).unwrap();
    economy.stake(at, &wallet, &provider, economy.policy().stake).unwrap();
}

fn approve(economy: &mut Economy, date: &str, provider: &str, model: &str, device_type: DeviceType) {
    let kind = economy.policy().nfts[&device_type].provider;
    let mut list = Checklist::new(device_type, kind, &[]);
    list.set_all(CertificationStatus::Met { evidence: "report 7" });
    economy.integrations().approve(day(date), &name(provider), &name(model), &list, &[]).unwrap();
}

/// A hardware provider in good standing with an approved dongle.
fn maker(economy: &mut Economy, date: &str, provider: &str) -> CaseId {
    let case = license(economy, date, provider, ProviderKind::Hardware);
    stake(economy, date, provider);
    approve(economy, date, provider, "dongle-1", DONGLE);
    case
}

/// Buys an NFT and bonds it to the device with this number.
fn bond(economy: &mut Economy, date: &str, provider: &str, number: u8) -> Address {
    let (at, provider, device) = (day(date), name(provider), Address::new([number; 20]));
    let nft = economy.buy(at, &Account::Provider(provider.clone()), DONGLE).unwrap();
    economy.bond(at, &provider, &Bonding { nft, device, model: name("dongle-1"), country: None }).unwrap();
    device
}

fn connect(economy: &mut Economy, date: &str, device: &Address) {
    economy.connect(day(date), device, TokenId::from(1)).unwrap();
}

fn publish(economy: &Economy, date: &str, period: Period) -> Publication {
    Publication::of(economy, day(date), period).unwrap()
}

fn providers(publication: &Publication) -> Vec<&str> {
    publication.providers.iter().map(|it| it.provider.as_str()).collect()
}

fn goal(publication: &Publication, objective: Objective) -> (u64, u64, Progress) {
    let goal = publication.goal(objective).unwrap();
    (goal.have, goal.wanted, goal.progress)
}

/// Month, provider, connected, disconnected.
fn traffic(publication: &Publication) -> Vec<(String, &str, u64, u64)> {
    let rows = publication.traffic.iter();
    rows.map(|row| (row.month.to_string(), row.provider.as_str(), row.connected, row.disconnected)).collect()
}

/// Every record of a table, the header first, as another reader of CSV understands it.
fn read(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(String::from).collect()).collect()
}

#[test]
fn only_providers_in_good_standing_are_listed() {
    let mut economy = economy();
    for provider in ["good", "suspended", "revoked", "renouncing", "short"] {
        maker(&mut economy, "2023-01-10", provider);
    }
    license(&mut economy, "2023-01-10", "unstaked", ProviderKind::Hardware);
    economy.apply(day("2023-01-10"), &name("applicant"), ProviderKind::Hardware).unwrap();
    let at = day("2023-01-11");
    economy.integrations().suspend(at, &name("suspended")).unwrap();
    economy.integrations().revoke(at, &name("revoked")).unwrap();
    economy.integrations().require_stake(at, &name("short"), Wei::from_dimo(100_001).unwrap()).unwrap();
    economy.renounce(at, &name("renouncing")).unwrap();
    let publication = publish(&economy, "2023-01-11", months("2023-01", "2023-01"));
    assert_eq!(providers(&publication), ["good"]);
    // The moment counts: reinstated, it is back on the list.
    economy.integrations().reinstate(day("2023-01-12"), &name("suspended")).unwrap();
    let publication = publish(&economy, "2023-01-12", months("2023-01", "2023-01"));
    assert_eq!(providers(&publication), ["good", "suspended"]);
}

#[test]
fn a_provider_is_listed_with_its_stake_its_licence_and_its_approved_models() {
    let mut economy = economy();
    maker(&mut economy, "2023-01-10", "acme");
    approve(&mut economy, "2023-02-01", "acme", "cam", DeviceType::DashCamera);
    approve(&mut economy, "2023-02-01", "acme", "old-cam", DeviceType::DashCamera);
    economy.integrations().ban_model(day("2023-02-02"), &name("acme"), &name("old-cam")).unwrap();
    let publication = publish(&economy, "2023-02-02", months("2023-02", "2023-02"));
    let acme = &publication.providers[0];
    assert_eq!(acme.since, Some(day("2023-01-10")));
    assert_eq!((acme.stake.to_string(), acme.requirement.to_string()), ("100000".into(), "100000".into()));
    let models: Vec<_> = acme.models.iter().map(|it| (it.model.as_str(), it.device_type)).collect();
    assert_eq!(models, [("cam", DeviceType::DashCamera), ("dongle-1", DONGLE)]);
}

#[test]
fn a_new_licence_and_a_transferred_one_begin_when_they_are_given() {
    let mut economy = economy();
    maker(&mut economy, "2023-01-10", "acme");
    economy.integrations().revoke(day("2023-02-01"), &name("acme")).unwrap();
    license(&mut economy, "2023-03-01", "acme", ProviderKind::Hardware);
    assert_eq!(economy.record().licensed_since(&name("acme")), Some(day("2023-03-01")));
    economy.apply(day("2023-04-01"), &name("heir"), ProviderKind::Hardware).unwrap();
    economy.integrations().transfer(day("2023-05-01"), &name("acme"), &name("heir")).unwrap();
    let publication = publish(&economy, "2023-05-01", months("2023-05", "2023-05"));
    assert_eq!(providers(&publication), ["heir"]);
    assert_eq!(publication.providers[0].since, Some(day("2023-05-01")));
}

#[test]
fn each_month_has_a_row_for_each_maker_also_where_nothing_happened() {
    let mut economy = economy();
    maker(&mut economy, "2023-01-10", "acme");
    maker(&mut economy, "2023-01-10", "beta");
    let first = bond(&mut economy, "2023-01-10", "acme", 1);
    let second = bond(&mut economy, "2023-01-10", "acme", 2);
    bond(&mut economy, "2023-01-10", "beta", 3);
    connect(&mut economy, "2023-01-31", &first);
    connect(&mut economy, "2023-01-31", &second);
    economy.disconnect(day("2023-03-01"), &first).unwrap();
    connect(&mut economy, "2023-03-02", &first);
    economy.disconnect(day("2023-03-03"), &second).unwrap();
    let publication = publish(&economy, "2023-04-02", months("2023-01", "2023-03"));
    let row = |month: &str, provider, connected, disconnected| {
        (String::from(month), provider, connected, disconnected)
    };
    assert_eq!(
        traffic(&publication),
        [
            row("2023-01", "acme", 2, 0),
            row("2023-01", "beta", 0, 0),
            row("2023-02", "acme", 0, 0),
            row("2023-02", "beta", 0, 0),
            row("2023-03", "acme", 1, 2),
            row("2023-03", "beta", 0, 0),
        ]
    );
    let fleets: Vec<_> =
        publication.devices.iter().map(|it| (it.provider.as_str(), it.bonded, it.connected)).collect();
    assert_eq!(fleets, [("acme", 2, 1), ("beta", 1, 0)]);
}

#[test]
fn the_period_bounds_the_traffic_and_a_month_that_has_not_begun_has_none() {
    let mut economy = economy();
    maker(&mut economy, "2022-12-01", "acme");
    let device = bond(&mut economy, "2022-12-01", "acme", 1);
    connect(&mut economy, "2022-12-31", &device);
    economy.disconnect(day("2023-02-01"), &device).unwrap();
    let of = |first, last| publish(&economy, "2023-02-10", months(first, last));
    let rows = |publication: &Publication| {
        publication
            .traffic
            .iter()
            .map(|row| format!("{} {} {}", row.month, row.connected, row.disconnected))
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&of("2023-01", "2023-01")), ["2023-01 0 0"]);
    assert_eq!(rows(&of("2022-12", "2022-12")), ["2022-12 1 0"]);
    assert_eq!(rows(&of("2023-01", "9999-12")), ["2023-01 0 0", "2023-02 0 1"]);
    assert_eq!(rows(&of("2023-03", "2023-04")), [""; 0]);
}

#[test]
fn traffic_keeps_the_name_of_who_held_the_licence_then() {
    let mut economy = economy();
    maker(&mut economy, "2023-01-10", "acme");
    let device = bond(&mut economy, "2023-01-10", "acme", 1);
    connect(&mut economy, "2023-01-10", &device);
    economy.apply(day("2023-02-01"), &name("heir"), ProviderKind::Hardware).unwrap();
    economy.integrations().transfer(day("2023-02-01"), &name("acme"), &name("heir")).unwrap();
    economy.disconnect(day("2023-02-02"), &device).unwrap();
    let publication = publish(&economy, "2023-02-02", months("2023-01", "2023-01"));
    assert_eq!(
        traffic(&publication),
        [(String::from("2023-01"), "acme", 1, 0), (String::from("2023-01"), "heir", 0, 0)]
    );
    let publication = publish(&economy, "2023-02-02", months("2023-02", "2023-02"));
    assert_eq!(traffic(&publication), [(String::from("2023-02"), "heir", 0, 1)]);
}

#[test]
fn a_case_owes_its_analysis_from_its_decision_on() {
    let mut economy = economy();
    let case = economy.apply(day("2023-01-01"), &name("acme"), ProviderKind::Software).unwrap();
    let period = months("2023-01", "2023-01");
    let duties = |economy: &Economy| {
        let publication = publish(economy, "2023-01-20", period);
        publication.cases.iter().map(|case| (case.outcome, case.duty)).collect::<Vec<_>>()
    };
    assert_eq!(duties(&economy), [(None, Duty::NotYet)]);
    economy.integrations().grant(day("2023-01-02"), &name("acme")).unwrap();
    assert_eq!(duties(&economy), [(Some(Outcome::Granted), Duty::Owed)]);
    economy.integrations().publish_analysis(day("2023-01-03"), case, "Samples examined.").unwrap();
    economy.integrations().revoke(day("2023-01-04"), &name("acme")).unwrap();
    assert_eq!(
        duties(&economy),
        [(Some(Outcome::Granted), Duty::Done), (Some(Outcome::Revoked), Duty::Owed)]
    );
    // A period without any of it still publishes all of it.
    let publication = publish(&economy, "2023-06-01", months("2023-05", "2023-05"));
    let [application, _] = publication.cases.as_slice() else { panic!("two cases") };
    assert_eq!(application.decided, Some(day("2023-01-02")));
    assert_eq!(application.published, Some(day("2023-01-03")));
    assert_eq!(application.analysis.as_deref(), Some("Samples examined."));
}

#[test]
fn an_incident_owes_its_post_mortem_from_its_alert_on() {
    let mut economy = economy();
    maker(&mut economy, "2023-01-10", "acme");
    let first = economy.integrations().alert(day("2023-01-11"), &name("acme"), "Drains batteries.").unwrap();
    economy.integrations().alert(day("2023-01-12"), &name("acme"), "Reports a wrong speed.").unwrap();
    economy.integrations().publish_post_mortem(day("2023-02-01"), first, "A relay stuck.").unwrap();
    let publication = publish(&economy, "2023-02-01", months("2023-02", "2023-02"));
    let rows: Vec<_> = publication
        .incidents
        .iter()
        .map(|incident| (incident.alert.as_str(), incident.post_mortem.as_deref(), incident.duty))
        .collect();
    assert_eq!(
        rows,
        [
            ("Drains batteries.", Some("A relay stuck."), Duty::Done),
            ("Reports a wrong speed.", None, Duty::Owed)
        ]
    );
}

#[test]
fn the_goals_of_the_dip_are_counted_and_dated() {
    let mut economy = economy();
    let period = months("2023-12", "2023-12");
    let empty = publish(&economy, "2023-01-01", period);
    assert_eq!(goal(&empty, Objective::Manufacturers), (0, 5, Progress::Pending));
    assert_eq!(goal(&empty, Objective::Staking), (0, 1, Progress::Pending));
    for provider in ["a", "b", "c", "d"] {
        maker(&mut economy, "2023-01-10", provider);
    }
    license(&mut economy, "2023-01-10", "e", ProviderKind::Hardware);
    // A software provider stakes, but makes no devices.
    license(&mut economy, "2023-01-10", "cloud", ProviderKind::Software);
    stake(&mut economy, "2023-01-10", "cloud");
    approve(&mut economy, "2023-01-10", "cloud", "api", DeviceType::SoftwareOnly);
    let publication = publish(&economy, "2023-12-31", period);
    assert_eq!(goal(&publication, Objective::Manufacturers), (5, 5, Progress::Met));
    assert_eq!(goal(&publication, Objective::Staking), (5, 6, Progress::Pending));
    assert_eq!(goal(&publication, Objective::Devices), (4, 5, Progress::Pending));
    assert_eq!(goal(&publication, Objective::DeviceTypes), (1, 2, Progress::Pending));
    // The first moment of 2024 is too late.
    let publication = publish(&economy, "2024-01-01", period);
    assert_eq!(publication.goal(Objective::Devices).unwrap().due, Some(day("2024-01-01")));
    assert_eq!(goal(&publication, Objective::Devices), (4, 5, Progress::Overdue));
    stake(&mut economy, "2024-01-02", "e");
    approve(&mut economy, "2024-01-02", "e", "hub", DeviceType::Hub);
    let publication = publish(&economy, "2024-01-02", period);
    assert_eq!(goal(&publication, Objective::Staking), (6, 6, Progress::Met));
    assert_eq!(goal(&publication, Objective::Devices), (5, 5, Progress::Met));
    assert_eq!(goal(&publication, Objective::DeviceTypes), (2, 2, Progress::Met));
}

#[test]
fn what_a_provider_without_a_licence_has_counts_for_no_goal() {
    let mut economy = economy();
    maker(&mut economy, "2023-01-10", "acme");
    economy.integrations().revoke(day("2023-01-11"), &name("acme")).unwrap();
    // It comes back as a developer of software: what it was granted before does not make it a manufacturer again.
    economy.integrations().ban_model(day("2023-01-11"), &name("acme"), &name("dongle-1")).unwrap();
    license(&mut economy, "2023-01-12", "acme", ProviderKind::Software);
    let publication = publish(&economy, "2023-01-12", months("2023-01", "2023-01"));
    assert_eq!(goal(&publication, Objective::Manufacturers).0, 0);
    assert_eq!(goal(&publication, Objective::Devices).0, 0);
    // The stake of the revoked licence counts for the new one.
    assert_eq!(goal(&publication, Objective::Staking), (1, 1, Progress::Met));
}

#[test]
fn commitments_count_their_days_from_the_passing_of_the_dip() {
    let economy = economy();
    let on = |date| publish(&economy, date, months("2022-10", "2022-10")).passed(day("2022-08-01"));
    let publication = on("2022-09-29");
    let documents = publication.goal(Objective::ApplicationDocuments).unwrap();
    let resources = publication.goal(Objective::ResourceAllocation).unwrap();
    assert_eq!((documents.days, documents.due), (Some(60), Some(day("2022-09-30"))));
    assert_eq!((resources.days, resources.due), (Some(90), Some(day("2022-10-30"))));
    assert_eq!(documents.progress, Progress::Pending);
    assert_eq!(goal(&on("2022-09-30"), Objective::ApplicationDocuments), (0, 1, Progress::Overdue));
    // Nobody knows when: then nothing is overdue.
    let undated = publish(&economy, "2030-01-01", months("2022-10", "2022-10"));
    assert_eq!(goal(&undated, Objective::ApplicationDocuments), (0, 1, Progress::Pending));
}

#[test]
fn the_publisher_declares_what_no_books_can_count_and_nothing_else() {
    let publication = publish(&economy(), "2023-05-01", months("2023-04", "2023-04"));
    let (done, text) = (day("2023-04-01"), "the repository example/firmware, MIT");
    for objective in ALL {
        let declared = publication.clone().declare(objective, done, text);
        match objective {
            Objective::OpenSourceFirmware
            | Objective::ResourceAllocation
            | Objective::ApplicationDocuments => {
                let declared = declared.unwrap();
                assert_eq!(goal(&declared, objective), (1, 1, Progress::Met));
                assert_eq!(declared.goal(objective).unwrap().declaration.as_ref().unwrap().text, text);
            }
            _ => {
                assert_eq!(declared.unwrap_err().to_string(), format!("{objective} is counted, not declared"))
            }
        }
    }
    let objective = Objective::OpenSourceFirmware;
    assert!(publication.clone().declare(objective, done, " \n").is_err());
    assert!(publication.clone().declare(objective, day("2023-05-02"), text).is_err());
    assert!(publication.declare(objective, day("2023-05-01"), text).is_ok());
}

#[test]
fn a_publication_is_not_backdated() {
    let mut economy = economy();
    maker(&mut economy, "2023-01-10", "acme");
    let (last, at) = (day("2023-01-10"), day("2023-01-09"));
    let refused = Publication::of(&economy, at, months("2023-01", "2023-01"));
    assert_eq!(refused, Err(PublicationError::Backdated { last, at }));
}

/// An economy of which every table has a row, with names and texts that a careless writer would break.
fn spiteful() -> Publication {
    let mut economy = economy();
    let nasty = "acme, \"Inc.\"";
    let case = maker(&mut economy, "2023-01-10", nasty);
    let device = bond(&mut economy, "2023-01-10", nasty, 1);
    connect(&mut economy, "2023-01-10", &device);
    let mut integrations = economy.integrations();
    let at = day("2023-01-11");
    integrations.publish_analysis(at, case, "Two lines,\r\nand \"quotes\"\nin them").unwrap();
    integrations.alert(at, &name(nasty), "\"\"").unwrap();
    publish(&economy, "2023-01-11", months("2023-01", "2023-01"))
        .declare(Objective::OpenSourceFirmware, at, "MIT\rin its README")
        .unwrap()
}

#[test]
fn every_table_reads_back_as_csv() {
    let publication = spiteful();
    let table = |table| read(&publication.csv(table).to_string());
    for each in Table::ALL {
        let rows = table(each);
        assert_eq!(rows[0], each.columns());
        assert!(rows.len() > 1, "{} has a row", each.as_str());
    }
    let nasty = "acme, \"Inc.\"";
    let row = [nasty, "2023-01-10T00:00:00Z", "100000", "100000", "dongle-1", "standard-dongle"];
    assert_eq!(table(Table::Providers)[1], row);
    assert_eq!(table(Table::Traffic)[1], ["2023-01", nasty, "standard-dongle", "1", "0"]);
    assert_eq!(table(Table::Devices)[1], [nasty, "standard-dongle", "1", "1"]);
    assert_eq!(table(Table::Cases)[1][8], "Two lines,\r\nand \"quotes\"\nin them");
    let incident = ["0", nasty, "2023-01-11T00:00:00Z", "\"\"", "", "", "owed"];
    assert_eq!(table(Table::Incidents)[1], incident);
    let firmware = ["open-source-firmware", "1", "1", "met", "2024-01-01T00:00:00Z", ""];
    assert_eq!(table(Table::Goals)[1][..6], firmware);
    assert_eq!(table(Table::Goals)[1][6..], ["2023-01-11T00:00:00Z", "MIT\rin its README"]);
}

#[test]
fn lines_of_csv_end_as_rfc_4180_says() {
    let publication = publish(&economy(), "2023-01-01", months("2023-01", "2023-01"));
    let text = publication.csv(Table::Devices).to_string();
    assert_eq!(text, "provider,device_type,bonded,connected\r\n");
    let text = publication.csv(Table::Goals).to_string();
    assert_eq!(text.lines().nth(2), Some("manufacturers,0,5,pending,2024-01-01T00:00:00Z,,,"));
    assert_eq!(text.matches("\r\n").count(), 8);
}

#[cfg(feature = "serde")]
mod json {
    use super::*;
    use serde_json::{from_value, json, to_value};

    #[test]
    fn a_publication_reads_back_from_json() {
        let publication = spiteful();
        let json = to_value(&publication).unwrap();
        assert_eq!(from_value::<Publication>(json).unwrap(), publication);
    }

    #[test]
    fn its_json_is_the_one_that_is_documented() {
        let json = to_value(spiteful()).unwrap();
        let nasty = "acme, \"Inc.\"";
        let (tenth, eleventh) = (day("2023-01-10").as_micros(), day("2023-01-11").as_micros());
        assert_eq!(json["at"], json!(eleventh));
        assert_eq!(json["period"], json!({ "first": "2023-01", "last": "2023-01" }));
        let models = json!([{ "model": "dongle-1", "device_type": "standard-dongle" }]);
        assert_eq!(
            json["providers"],
            json!([{
                "provider": nasty, "since": tenth, "stake": "100000", "requirement": "100000", "models": models,
            }])
        );
        assert_eq!(
            json["traffic"],
            json!([{
                "month": "2023-01", "provider": nasty, "device_type": "standard-dongle",
                "connected": 1, "disconnected": 0,
            }])
        );
        assert_eq!(
            json["devices"],
            json!([{ "provider": nasty, "device_type": "standard-dongle", "bonded": 1, "connected": 1 }])
        );
        assert_eq!(
            json["cases"],
            json!([{
                "case": 0, "provider": nasty, "matter": { "first-application": "hardware" },
                "opened": tenth, "decided": tenth, "outcome": "granted",
                "published": eleventh, "analysis": "Two lines,\r\nand \"quotes\"\nin them", "duty": "done",
            }])
        );
        assert_eq!(
            json["incidents"],
            json!([{
                "incident": 0, "provider": nasty, "alerted": eleventh, "alert": "\"\"",
                "published": null, "post_mortem": null, "duty": "owed",
            }])
        );
        assert_eq!(
            json["goals"][0],
            json!({
                "objective": "open-source-firmware", "have": 1, "wanted": 1, "progress": "met",
                "due": day("2024-01-01").as_micros(), "days": null,
                "declaration": { "done": eleventh, "text": "MIT\rin its README" },
            })
        );
        let names: Vec<_> = json["goals"].as_array().unwrap().iter().map(|goal| &goal["objective"]).collect();
        assert_eq!(names, ALL.map(|objective| json!(objective.as_str())).iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_period_that_ends_before_it_begins_is_not_read() {
        assert!(from_value::<Period>(json!({ "first": "2023-02", "last": "2023-01" })).is_err());
    }
}

/// Whether a device is connected on a day after the first of January.
type Turn = (u8, bool);

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever devices do: what was connected and not disconnected up to now is connected now.
    #[test]
    fn traffic_sums_to_what_is_connected(turns in prop::collection::vec((1u8..6, any::<bool>()), 0..60)) {
        let mut economy = economy();
        maker(&mut economy, "2023-01-01", "acme");
        maker(&mut economy, "2023-01-01", "beta");
        let devices = [1, 2, 3, 4, 5];
        let devices = devices.map(|number| {
            bond(&mut economy, "2023-01-01", if number % 2 == 0 { "acme" } else { "beta" }, number)
        });
        let mut at = day("2023-01-01");
        for (number, connected) in turns as Vec<Turn> {
            at = at.checked_add_micros(9 * 86_400_000_000).unwrap();
            let device = &devices[usize::from(number) - 1];
            if connected {
                economy.connect(at, device, TokenId::from(1)).unwrap();
            } else {
                economy.disconnect(at, device).unwrap();
            }
        }
        let first = Month::new(2023, 1).unwrap();
        let publication = Publication::of(&economy, at, Period::new(first, Month::of(at)).unwrap()).unwrap();
        for fleet in &publication.devices {
            let rows = publication.traffic.iter().filter(|row| row.provider == fleet.provider);
            let (begun, ended) = rows.fold((0, 0), |(begun, ended), row| {
                (begun + row.connected, ended + row.disconnected)
            });
            prop_assert_eq!(begun - ended, fleet.connected);
        }
        let count = u32::try_from(Month::of(at).months_since(first)).unwrap() + 1;
        prop_assert_eq!(publication.traffic.len(), 2 * count as usize);
    }

    /// Whatever an alert says, another reader of CSV reads the same.
    #[test]
    fn any_text_survives_csv(alert in "[a-z,\"\r\n =;']{0,40}|\\PC{1,40}") {
        prop_assume!(!alert.trim().is_empty());
        let mut economy = economy();
        license(&mut economy, "2023-01-01", "acme", ProviderKind::Hardware);
        economy.integrations().alert(day("2023-01-01"), &name("acme"), alert.clone()).unwrap();
        let publication = publish(&economy, "2023-01-01", months("2023-01", "2023-01"));
        let rows = read(&publication.csv(Table::Incidents).to_string());
        prop_assert_eq!(rows.len(), 2);
        prop_assert_eq!(&rows[1][3], &alert);
    }
}
