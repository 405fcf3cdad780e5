//! The simulated day, step by step: what is checked after each, on what really happened.

mod checks;
mod joining;
mod leaving;

use dimo_crypto::SoftwareKey;
use dimo_rewards::NftId;
use dimo_types::{Reading, Timestamp};

use crate::api::{ClimateState, VehicleData};
use crate::backend::{Authorities, Backend, Form};
use crate::books::Books;
use crate::car::{Car, Kind, Use};
use crate::clock::{Clock, after};
use crate::http::ServiceClient;
use crate::linked::Linked;
use crate::mapping::Mapping;
use crate::owner::{Owner, RECIPIENT};
use crate::patience::Patience;
use crate::poller::{Stopped, Tokens};
use crate::registry::{Synthetic, TokenRegistry};
use crate::report::{Checked, Report, reason};
use crate::service::{Running, Tells, VEHICLE};

/// The day before the month ends: its settlement is the next morning.
const DAY: &str = "2026-03-31T00:00:00Z";
const HOUR: u64 = 3600;

/// The NFT of the way in which this provider connects vehicles.
const CONNECTION: u64 = 11;

/// As in `owner`: everybody can read these keys.
const FIRST_KEY: [u8; 32] = *b"synthetic device, the first one.";

/// What can be otherwise in another world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) patience: Patience,
    /// As in `car`: an honest one adds none.
    pub(crate) boast: f64,
    pub(crate) tells: Tells,
}

impl Setting {
    /// The world that the program shows.
    pub(crate) const FAIR: Self =
        Self { patience: Patience::CONSIDERATE, boast: 0.0, tells: Tells::Activity };
}

/// Everybody who takes part.
struct World {
    setting: Setting,
    clock: Clock,
    start: Timestamp,
    running: Running,
    client: ServiceClient,
    registry: TokenRegistry,
    books: Books,
    owner: Owner,
    backend: Backend,
    key: SoftwareKey,
    synthetic: Option<Synthetic>,
    nft: Option<NftId>,
    tokens: Option<Tokens>,
    linked: Option<Linked>,
}

/// Lives through the day and reports each step.
pub(crate) fn run(setting: Setting, report: &mut Report) {
    let mut world = match World::new(setting) {
        Ok(world) => world,
        Err(reason) => return report.step("the world is set up", Err(reason)),
    };
    report.step("licence and stake", world.licence_and_stake());
    report.step("vehicle and synthetic device minted, owner and connection signed", world.mint());
    report.step("one minting NFT sent to the vehicle, and paired", world.pair());
    report.step("account linked", world.link());
    report.step("consent of the owner", world.consent());
    report.step("a day of polling", world.live());
    report.step("token refreshed before it ended", world.tokens_refreshed());
    report.step("rate limit obeyed", world.limit_obeyed());
    report.step("errors, broken lines and malformed answers outlived", world.faults_outlived());
    report.step("asleep car left asleep", world.left_asleep());
    report.step("car never kept awake", world.never_kept_awake());
    report.step("values that the car did not measure anew not sent again", world.nothing_repeated());
    report.step("values that the service does not know not invented", world.nothing_invented());
    report.step("readings of the day equal at the backend: protobuf", world.equal(Form::Protobuf));
    report.step("readings of the day equal at the backend: gen1", world.equal(Form::Gen1));
    report.step("readings of the day equal at the backend: CloudEvent", world.equal(Form::CloudEvent));
    report.step("rebate of the month paid", world.rebate());
    report.step("revoked account stops the polling", world.revoked());
    report.step("unlinked: owner signs the burn, the schedule ends", world.unlink());
    report.step("another connection needs another NFT", world.another());
}

impl World {
    fn new(setting: Setting) -> Checked<Self> {
        let start: Timestamp = DAY.parse().map_err(reason)?;
        let clock = Clock::new(start);
        let running = Running::start(clock.clone(), Car::new(uses(start), setting.boast), setting.tells)
            .map_err(reason)?;
        Ok(Self {
            setting,
            client: ServiceClient::new(running.address, VEHICLE),
            running,
            registry: TokenRegistry::default(),
            books: Books::open(start)?,
            owner: Owner::of_the_vehicle()?,
            backend: Backend::default(),
            key: SoftwareKey::from_bytes(FIRST_KEY).map_err(reason)?,
            synthetic: None,
            nft: None,
            tokens: None,
            linked: None,
            clock,
            start,
        })
    }

    /// Polls until `until`, or until there is nothing left to ask: then why.
    fn poll_until(&mut self, until: Timestamp) -> Checked<Option<Stopped>> {
        let linked = self.linked.as_mut().ok_or("there is no connection with a consent")?;
        let who = Authorities { registry: &self.registry, books: &self.books };
        linked.run(&self.clock, until, &self.client, &mut self.backend, who, RECIPIENT)
    }

    /// So many hours after the start.
    fn hours(&self, hours: u64) -> Timestamp {
        after(self.start, core::time::Duration::from_secs(hours * HOUR))
    }
}

/// The outside temperature at `now`, as the service would tell it.
fn one_reading(mapping: &mut Mapping, now: Timestamp) -> Vec<Reading<'static>> {
    let climate = ClimateState { timestamp: Some(now.as_millis()), outside_temp: Some(50.0) };
    mapping.readings(now, &VehicleData { climate_state: Some(climate), ..VehicleData::default() })
}

/// What is done with the car: the day before, to work, an errand in two parts, the door, home, and charged.
fn uses(start: Timestamp) -> Vec<Use> {
    let at = |minutes: i64| start.checked_add_micros(minutes * 60_000_000).unwrap_or(start);
    let used = |kind, from, until| Use { kind, from: at(from), until: at(until) };
    vec![
        used(Kind::Drive, -400, -350),
        used(Kind::Drive, 7 * 60 + 31, 8 * 60 + 12),
        used(Kind::Door, 10 * 60 + 3, 10 * 60 + 4),
        used(Kind::Drive, 12 * 60 + 1, 12 * 60 + 9),
        used(Kind::Drive, 12 * 60 + 24, 12 * 60 + 36),
        used(Kind::Drive, 18 * 60 + 2, 18 * 60 + 44),
        used(Kind::Charge, 18 * 60 + 47, 21 * 60 + 20),
    ]
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    fn failed(setting: Setting) -> Vec<&'static str> {
        let mut report = Report::default();
        run(setting, &mut report);
        report.failed()
    }

    #[test]
    fn a_fair_day_has_no_fault() {
        assert_eq!(failed(Setting::FAIR), Vec::<&str>::new());
    }

    #[test]
    fn a_service_that_does_not_tell_what_the_car_is_doing_makes_no_difference_to_the_car() {
        assert_eq!(failed(Setting { tells: Tells::StateOnly, ..Setting::FAIR }), Vec::<&str>::new());
    }

    #[test]
    fn a_car_that_boasts_of_its_speed_is_found_out_in_every_form() {
        assert_eq!(
            failed(Setting { boast: 12.0, ..Setting::FAIR }),
            [
                "readings of the day equal at the backend: protobuf",
                "readings of the day equal at the backend: gen1",
                "readings of the day equal at the backend: CloudEvent",
            ]
        );
    }

    #[test]
    fn a_connection_that_asks_a_parked_car_on_and_on_keeps_it_awake() {
        let patience = Patience { grace: Duration::from_secs(86_400), ..Patience::CONSIDERATE };
        let failed = failed(Setting { patience, ..Setting::FAIR });
        assert!(failed.contains(&"car never kept awake"), "{failed:?}");
    }

    #[test]
    fn a_connection_that_does_not_wait_breaks_the_rate_limit() {
        let patience = Patience { retry_at_most: Duration::from_secs(5), ..Patience::CONSIDERATE };
        assert_eq!(failed(Setting { patience, ..Setting::FAIR }), ["rate limit obeyed"]);
    }
}
