//! Each rule of the poller.

use core::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::clock::after;

const PATIENCE: Patience = Patience::CONSIDERATE;
const START: u64 = 1_700_000_000;

fn second(seconds: u64) -> Timestamp {
    Timestamp::from_secs(START + seconds).unwrap()
}

fn token_answer(expires_in: u64) -> String {
    format!(r#"{{"access_token":"a","expires_in":{expires_in},"refresh_token":"r"}}"#)
}

fn http(status: u16, body: &str) -> Answer {
    Answer::Http { status, retry_after: None, body: body.as_bytes().to_vec() }
}

fn limited(retry_after: &str) -> Answer {
    Answer::Http { status: 429, retry_after: Some(retry_after.to_owned()), body: Vec::new() }
}

fn state(state: &str) -> Answer {
    http(200, &format!(r#"{{"response":{{"state":"{state}"}}}}"#))
}

fn online(activity: &str) -> Answer {
    http(200, &format!(r#"{{"response":{{"state":"online","activity":"{activity}"}}}}"#))
}

fn data(gear: &str) -> Answer {
    http(200, &format!(r#"{{"response":{{"drive_state":{{"timestamp":1,"shift_state":"{gear}"}}}}}}"#))
}

/// A poller with its clock.
struct Scene {
    poller: Poller,
    now: Timestamp,
}

impl Scene {
    fn new() -> Self {
        let answer = serde_json::from_str(&token_answer(1_000_000)).unwrap();
        let tokens = Tokens::received(answer, second(0), None).unwrap();
        Self { poller: Poller::new(PATIENCE, tokens), now: second(0) }
    }

    /// Waits as long as it is told to: what is asked then, and how long that was.
    fn next(&mut self) -> (&'static str, u64) {
        let began = self.now;
        loop {
            match self.poller.poll(self.now) {
                Action::WaitUntil(time) => self.now = time,
                Action::Send(ask) => return (name(&ask), between(began, self.now).as_secs()),
                Action::Stop(_) => return ("stopped", between(began, self.now).as_secs()),
            }
        }
    }

    /// What is asked next, after how many seconds, answered at once.
    fn answered(&mut self, answer: &Answer) -> (&'static str, u64) {
        let next = self.next();
        self.poller.handle_answer(self.now, answer);
        next
    }

    fn stopped(&mut self) -> Option<Stopped> {
        match self.poller.poll(self.now) {
            Action::Stop(stopped) => Some(stopped),
            _ => None,
        }
    }
}

fn name(ask: &Ask) -> &'static str {
    match ask {
        Ask::Tokens { .. } => "tokens",
        Ask::State { .. } => "state",
        Ask::Data { .. } => "data",
    }
}

#[test]
fn the_cheap_state_is_asked_before_each_request_for_data() {
    let mut scene = Scene::new();
    assert_eq!(scene.answered(&online("driving")), ("state", 0));
    assert_eq!(scene.answered(&data("D")), ("data", 0));
    assert_eq!(scene.answered(&online("driving")), ("state", 30));
    assert_eq!(scene.answered(&data("D")), ("data", 0));
}

#[test]
fn a_sleeping_car_is_looked_at_less_and_less_and_never_asked() {
    let mut scene = Scene::new();
    let waits: Vec<_> = (0..5).map(|_| scene.answered(&state("asleep"))).collect();
    assert_eq!(waits, [("state", 0), ("state", 60), ("state", 120), ("state", 240), ("state", 240)]);
}

#[test]
fn a_parked_car_is_asked_for_five_minutes_and_then_left_alone_until_it_slept() {
    let mut scene = Scene::new();
    scene.answered(&online("driving"));
    scene.answered(&data("D"));
    let parked = scene.now;
    loop {
        let (asked, _) = scene.answered(&online("idle"));
        assert_eq!(asked, "state");
        if scene.next().0 != "data" {
            break;
        }
        assert!(between(parked, scene.now) <= PATIENCE.grace);
        scene.answered(&data("P"));
    }
    for _ in 0..50 {
        assert_eq!(scene.answered(&online("idle")).0, "state");
    }
    scene.answered(&state("asleep"));
    assert_eq!(scene.answered(&online("idle")).0, "state");
    assert_eq!(scene.next().0, "data", "it woke a moment ago");
}

#[test]
fn a_car_that_is_used_again_is_asked_again_without_having_slept() {
    let mut scene = Scene::new();
    scene.answered(&online("idle"));
    assert_eq!(scene.answered(&online("charging")).0, "state");
    assert_eq!(scene.next().0, "data");
}

#[test]
fn a_car_of_which_nothing_is_known_is_left_alone() {
    let mut scene = Scene::new();
    for answer in [state("online"), online("idle"), online("something new")] {
        assert_eq!(scene.answered(&answer).0, "state");
        assert_eq!(scene.next().0, "state");
    }
}

#[test]
fn a_service_that_does_not_tell_the_activity_is_believed_by_its_data() {
    let mut scene = Scene::new();
    scene.answered(&state("asleep"));
    for _ in 0..60 {
        assert_eq!(scene.answered(&state("online")).0, "state");
        assert_eq!(scene.answered(&data("D")).0, "data");
    }
    let parked = scene.now;
    while scene.answered(&state("online")).0 == "state" && scene.next().0 == "data" {
        assert!(between(parked, scene.now) <= PATIENCE.grace);
        scene.answered(&data("P"));
    }
    for _ in 0..50 {
        assert_eq!(scene.answered(&state("online")).0, "state");
    }
}

#[test]
fn a_charging_car_is_asked_less_often_than_a_driving_one() {
    let mut scene = Scene::new();
    scene.answered(&online("charging"));
    scene
        .answered(&http(200, r#"{"response":{"charge_state":{"timestamp":1,"charging_state":"Charging"}}}"#));
    assert_eq!(scene.next(), ("state", 240));
}

#[test]
fn too_many_requests_stop_every_request_for_as_long_as_the_service_says() {
    let mut scene = Scene::new();
    scene.answered(&online("driving"));
    assert_eq!(scene.answered(&limited("137")).0, "data");
    let told = scene.now;
    for seconds in [0, 60, 136] {
        let early = after(told, Duration::from_secs(seconds));
        assert_eq!(scene.poller.poll(early), Action::WaitUntil(after(told, Duration::from_secs(137))));
    }
    assert_eq!(scene.next(), ("state", 137), "and the state comes first again");
}

#[test]
fn too_many_requests_without_a_time_that_is_understood_mean_a_quarter_of_an_hour() {
    for header in ["soon", "-5", "Wed, 21 Oct 2026 07:28:00 GMT", ""] {
        let mut scene = Scene::new();
        scene.answered(&limited(header));
        assert_eq!(scene.next(), ("state", 900), "{header}");
    }
    let mut scene = Scene::new();
    scene.answered(&limited("18446744073709551615"));
    assert_eq!(scene.next().1, 86_400, "and no service is waited for longer than a day");
}

#[test]
fn errors_lost_and_malformed_answers_are_waited_out_longer_and_longer() {
    let mut scene = Scene::new();
    let bad = [http(503, ""), Answer::Lost, http(200, "{\"response\":{\"sta"), http(500, "x"), http(302, "")];
    let waits: Vec<_> = bad.iter().map(|answer| scene.answered(answer).1).collect();
    assert_eq!(waits, [0, 30, 60, 120, 240]);
    for _ in 0..60 {
        scene.answered(&Answer::Lost);
    }
    assert_eq!(scene.next().1, 960, "sixteen minutes at most");
    scene.answered(&online("idle"));
    scene.answered(&Answer::Lost);
    assert_eq!(scene.next().1, 30, "and it begins anew after one good answer");
}

#[test]
fn after_an_error_the_state_is_asked_first() {
    let mut scene = Scene::new();
    scene.answered(&online("driving"));
    assert_eq!(scene.answered(&http(502, "")).0, "data");
    assert_eq!(scene.next().0, "state");
}

#[test]
fn a_car_that_became_unavailable_is_let_rest_and_that_is_no_sign_of_sleep() {
    let mut scene = Scene::new();
    scene.answered(&online("driving"));
    assert_eq!(scene.answered(&http(408, "{}")).0, "data");
    assert_eq!(scene.answered(&state("offline")), ("state", 60));
    scene.now = after(scene.now, PATIENCE.grace);
    scene.answered(&online("idle"));
    assert_eq!(scene.next().0, "state", "it may have stood all that time");
}

#[test]
fn a_token_is_refreshed_a_minute_before_it_ends() {
    let mut scene = Scene::new();
    scene.poller.tokens.expires = second(3_600);
    scene.now = second(3_539);
    assert_eq!(scene.answered(&online("idle")).0, "state");
    scene.now = second(3_660);
    assert_eq!(scene.answered(&http(200, &token_answer(7_200))).0, "tokens");
    assert_eq!(scene.poller.tokens.expires, second(3_660 + 7_200));
    assert_eq!(scene.next().0, "state");
}

#[test]
fn a_refresh_token_that_is_not_renewed_stays_in_use() {
    let mut scene = Scene::new();
    let before = scene.poller.tokens.refresh.clone();
    scene.poller.tokens.expires = second(0);
    scene.answered(&http(200, r#"{"access_token":"b","expires_in":60}"#));
    assert_eq!(scene.poller.tokens.refresh, before);
}

#[test]
fn a_token_refused_before_its_time_is_refreshed_once() {
    let mut scene = Scene::new();
    scene.answered(&online("idle"));
    scene.answered(&http(401, ""));
    assert_eq!(scene.answered(&http(200, &token_answer(7_200))).0, "tokens");
    assert_eq!(scene.answered(&http(401, "")).0, "state");
    assert_eq!(scene.stopped(), Some(Stopped::Revoked), "a fresh token is refused too");
}

#[test]
fn an_invalid_grant_ends_the_polling_for_good() {
    let mut scene = Scene::new();
    scene.poller.tokens.expires = second(0);
    assert_eq!(scene.answered(&http(400, r#"{"error":"invalid_grant"}"#)).0, "tokens");
    for days in 0..100 {
        scene.now = second(days * 86_400);
        assert_eq!(scene.stopped(), Some(Stopped::Revoked));
    }
}

#[test]
fn trouble_at_the_token_endpoint_is_no_revocation() {
    for answer in [
        http(503, ""),
        Answer::Lost,
        http(401, r#"{"error":"invalid_client"}"#),
        http(400, "<html>"),
        http(200, "{}"),
        limited("60"),
    ] {
        let mut scene = Scene::new();
        scene.poller.tokens.expires = second(0);
        assert_eq!(scene.answered(&answer).0, "tokens");
        assert_eq!(scene.stopped(), None);
        assert_eq!(scene.next().0, "tokens");
    }
}

#[test]
fn a_vehicle_that_is_gone_or_not_shown_ends_the_polling() {
    for (status, stopped) in
        [(403, Stopped::Forbidden), (404, Stopped::VehicleGone), (410, Stopped::VehicleGone)]
    {
        let mut scene = Scene::new();
        scene.answered(&http(status, ""));
        assert_eq!(scene.stopped(), Some(stopped));
    }
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut scene = Scene::new();
    assert!(scene.poller.handle_answer(scene.now, &data("D")).is_none());
    scene.answered(&online("driving"));
    assert!(scene.poller.handle_answer(scene.now, &http(403, "")).is_none());
    assert_eq!(scene.stopped(), None);
}

#[test]
fn no_log_shows_a_token() {
    let scene = Scene::new();
    let text = format!("{:?}", scene.poller);
    assert!(text.contains("Secret(..)") && !text.contains("\"r\"") && !text.contains("\"a\""), "{text}");
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        3 => prop::sample::select(vec!["driving", "charging", "idle", "other"]).prop_map(online),
        2 => prop::sample::select(vec!["asleep", "offline", "online"]).prop_map(state),
        3 => prop::sample::select(vec!["D", "P"]).prop_map(data),
        1 => (0_u64..2_000).prop_map(|seconds| limited(&seconds.to_string())),
        1 => prop::sample::select(vec![200, 302, 401, 408, 500]).prop_map(|status| http(status, "{")),
        1 => Just(http(200, &token_answer(7_200))),
        1 => Just(Answer::Lost),
    ]
}

proptest! {
    /// The model of the test knows only what was asked and answered.
    #[test]
    fn whatever_the_service_answers_a_car_is_asked_only_soon_after_a_sign_of_sleep_or_use(
        answers in prop::collection::vec((any_answer(), 0_u64..400), 1..200)
    ) {
        let mut scene = Scene::new();
        let mut sign: Option<Timestamp> = None;
        let mut quiet_until = second(0);
        for (answer, later) in answers {
            scene.now = after(scene.now, Duration::from_secs(later));
            let asked = scene.next().0;
            if asked == "stopped" {
                break;
            }
            prop_assert!(scene.now >= quiet_until, "asked before the end of Retry-After");
            if asked == "data" {
                let sign = sign.expect("a sign");
                prop_assert!(between(sign, scene.now) <= PATIENCE.grace);
            }
            if let Answer::Http { status: 429, retry_after: Some(seconds), .. } = &answer {
                quiet_until = after(scene.now, Duration::from_secs(seconds.parse().unwrap()));
            }
            if let Answer::Http { status: 200, body, .. } = &answer {
                let body = String::from_utf8_lossy(body);
                let in_use = ["driving", "charging", "asleep"].iter().any(|word| body.contains(word));
                if (asked == "state" && in_use) || (asked == "data" && body.contains("\"D\"")) {
                    sign = Some(scene.now);
                }
            }
            scene.poller.handle_answer(scene.now, &answer);
        }
    }
}
