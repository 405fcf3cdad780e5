//! A modem by its commands: what it says is understood, what it does not say is not made up, and nothing hangs.
#![allow(clippy::unwrap_used, reason = "test helpers over constants")]
#![cfg(all(feature = "dev", feature = "std"))]

use core::convert::Infallible;
use core::time::Duration;
use std::collections::VecDeque;

use dimo_hal::conformance::{ModemViolation, check_modem};
use dimo_hal::host::StdDelay;
use dimo_hal::mock::MockModem;
use dimo_hal::modem::{
    AccessTechnology, Apn, AtError, AtModem, AtTimeouts, EdrxCycle, Error as _, ErrorKind, Link, LowPower,
    Modem, ModemEvent, Network, PsmTimers, RadioPower, Registration, Signal, SimState, Uplink, UplinkState,
    UplinkWait,
};
use dimo_hal::{BlockingAsync, wait};
use dimo_types::{ApprovedGeography, Country, SimIdentity};
use embedded_io_async::{ErrorType, Read, Write};
use proptest::prelude::*;

/// A modem in memory: commands and what it says to each.
struct Simulator {
    answers: Vec<(&'static str, String)>,
    heard: Vec<String>,
    typed: String,
    says: VecDeque<u8>,
    echo: bool,
    /// Whether the radio is on and the link up, of one that has both.
    link: Option<(bool, bool)>,
}

impl Simulator {
    /// One with a radio that goes on and off, and a link.
    fn with_link(answers: &[(&'static str, &str)]) -> Self {
        Self { link: Some((true, false)), ..Self::new(answers) }
    }

    /// What a radio and a link make of a command.
    fn linked(&mut self, command: &str) -> Option<&'static str> {
        let (radio, link) = self.link.as_mut()?;
        Some(match command {
            "AT+CFUN=1" => {
                *radio = true;
                "OK"
            }
            "AT+CFUN=4" => {
                (*radio, *link) = (false, false);
                "OK"
            }
            "AT+CGDCONT=1,\"IP\",\"iot.example\"" => "OK",
            "AT+CGACT=1,1" if *radio => {
                *link = true;
                "OK"
            }
            "AT+CGACT=1,1" => "+CME ERROR: 30",
            "AT+CGACT=0,1" => {
                *link = false;
                "OK"
            }
            "AT+CGACT?" if *link => "+CGACT: 1,1\nOK",
            "AT+CGACT?" => "+CGACT: 1,0\nOK",
            "AT+CGPADDR=1" if *link => "+CGPADDR: 1,\"10.0.0.7\"\nOK",
            _ => return None,
        })
    }

    fn new(answers: &[(&'static str, &str)]) -> Self {
        let answers = answers.iter().map(|(command, answer)| (*command, (*answer).to_owned())).collect();
        Self {
            answers,
            heard: Vec::new(),
            typed: String::new(),
            says: VecDeque::new(),
            echo: true,
            link: None,
        }
    }

    fn say(&mut self, line: &str) {
        self.says.extend(format!("\r\n{line}\r\n").bytes());
    }

    fn obey(&mut self, command: &str) {
        self.heard.push(command.to_owned());
        if self.echo {
            self.says.extend(format!("{command}\r").bytes());
        }
        if command == "ATE0" {
            self.echo = false;
        }
        if let Some(answer) = self.linked(command) {
            return answer.lines().for_each(|line| self.say(line));
        }
        let found =
            self.answers.iter().find(|(known, _)| *known == command).map(|(_, answer)| answer.clone());
        match found {
            Some(answer) => answer.lines().for_each(|line| self.say(line)),
            None if matches!(command, "AT" | "ATE0" | "AT+CMEE=1" | "AT+CEREG=4") => self.say("OK"),
            None => self.say("ERROR"),
        }
    }
}

impl ErrorType for Simulator {
    type Error = Infallible;
}

impl Read for Simulator {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        if self.says.is_empty() {
            return core::future::pending().await;
        }
        // Pieces of seven bytes, so that no line comes in one.
        let len = buffer.len().min(self.says.len()).min(7);
        self.says.drain(..len).zip(buffer).for_each(|(byte, place)| *place = byte);
        Ok(len)
    }
}

impl Write for Simulator {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        for byte in bytes {
            match byte {
                b'\r' => {
                    let command = core::mem::take(&mut self.typed);
                    self.obey(&command);
                }
                other => self.typed.push(char::from(*other)),
            }
        }
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

const QUICK: AtTimeouts = AtTimeouts {
    answer: Duration::from_millis(20),
    network: Duration::from_millis(40),
    quiet: Duration::from_millis(2),
};

fn modem(answers: &[(&'static str, &str)]) -> AtModem<Simulator, StdDelay> {
    AtModem::new(Simulator::new(answers), StdDelay, QUICK)
}

const IN_GERMANY: [(&str, &str); 9] = [
    ("AT+CPIN?", "+CPIN: READY\nOK"),
    ("AT+CGSN", "490154203237518\nOK"),
    ("AT+CIMI", "310150123456789\nOK"),
    ("AT+CCID", "+CCID: 89014103211118510720\nOK"),
    ("AT+CEREG?", "+CEREG: 4,5,\"1A2B\",\"01C3D4E5\",7,,,\"00011110\",\"00100110\"\nOK"),
    ("AT+COPS=3,2", "OK"),
    ("AT+COPS?", "+COPS: 0,2,\"26201\",7\nOK"),
    ("AT+CESQ", "+CESQ: 99,99,255,255,20,60\nOK"),
    ("AT+CCLK?", "+CCLK: \"26/11/23,09:15:30+04\"\nOK"),
];

#[test]
fn a_modem_says_who_it_is_and_which_sim_it_has() {
    let mut modem = modem(&IN_GERMANY);
    assert_eq!(wait(modem.imei()).unwrap(), "490154203237518".parse().unwrap());
    assert_eq!(wait(modem.sim()), Ok(SimState::Ready));
    let sim = wait(modem.sim_identity()).unwrap();
    assert_eq!(sim.iccid.as_str(), "89014103211118510720");
    assert_eq!(sim.imsi.home_country(), Some(Country::UNITED_STATES));
}

#[test]
fn the_country_is_that_of_the_serving_network_and_not_of_the_sim() {
    let mut modem = modem(&IN_GERMANY);
    let network = wait(modem.network()).unwrap();
    assert_eq!(network.registration, Registration::Roaming);
    assert_eq!(network.country(), Some("DE".parse().unwrap()));
    assert_eq!(network.technology, Some(AccessTechnology::Lte));
}

#[test]
fn local_time_becomes_utc_and_an_unset_clock_becomes_nothing() {
    let mut now = modem(&IN_GERMANY);
    assert_eq!(wait(now.network_time()), Ok(Some("2026-11-23T08:15:30Z".parse().unwrap())));
    for unset in
        ["80/01/06,00:00:07", "04/01/01,00:00:00+00", "70/01/01,00:00:00+00", "", "26/13/01,00:00:00+00"]
    {
        let answer = format!("+CCLK: \"{unset}\"\nOK");
        assert_eq!(wait(modem(&[("AT+CCLK?", &answer)]).network_time()), Ok(None), "{unset}");
    }
    let west = "+CCLK: \"26/12/31,20:00:00-22\"\nOK";
    let time = wait(modem(&[("AT+CCLK?", west)]).network_time());
    assert_eq!(time, Ok(Some("2027-01-01T01:30:00Z".parse().unwrap())));
}

#[test]
fn signal_is_in_decibels_and_what_is_not_heard_is_nothing() {
    let mut lte = modem(&IN_GERMANY);
    let signal = wait(lte.signal()).unwrap();
    assert_eq!((signal.rssi_dbm, signal.rsrp_dbm, signal.rsrq_tenths_db), (None, Some(-81), Some(-100)));
    let mut old = modem(&[("AT+CSQ", "+CSQ: 31,99\nOK")]);
    assert_eq!(wait(old.signal()).unwrap().rssi_dbm, Some(-51));
    assert_eq!(Signal::from_csq(99), Signal::default());
}

#[test]
fn a_missing_sim_is_an_answer_and_its_identity_an_error() {
    let mut modem = modem(&[("AT+CPIN?", "+CME ERROR: 10"), ("AT+CIMI", "+CME ERROR: 10")]);
    assert_eq!(wait(modem.sim()), Ok(SimState::Absent));
    assert_eq!(wait(modem.sim_identity()).unwrap_err().kind(), ErrorKind::Sim);
}

#[test]
fn reports_between_command_and_answer_are_no_answers_and_are_kept() {
    let answer = "+CEREG: 2\n+CMTI: \"ME\",1\n+CEREG: 1,\"1A2B\",\"01C3D4E5\",7\n+CEREG: 4,3\nOK";
    let mut modem = modem(&[("AT+CEREG?", answer)]);
    assert_eq!(wait(modem.network()), Ok(Network::new(Registration::Denied)));
    assert_eq!(wait(modem.next_event()), Ok(ModemEvent::Sms));
    assert_eq!(wait(modem.next_event()), Ok(ModemEvent::Registration(Registration::Home)));
}

#[test]
fn a_modem_that_restarts_is_set_up_again() {
    let mut modem = modem(&[("AT+CPIN?", "RDY\n+CPIN: READY\nOK")]);
    assert_eq!(wait(modem.sim()), Ok(SimState::Ready));
    assert_eq!(wait(modem.next_event()), Ok(ModemEvent::Restarted));
    assert_eq!(wait(modem.sim()), Ok(SimState::Ready));
    let heard = modem.into_stream().heard;
    assert_eq!(heard.iter().filter(|command| *command == "ATE0").count(), 2);
}

#[test]
fn no_answer_is_a_timeout_and_a_late_one_is_not_taken_for_the_next() {
    let mut modem = modem(&[("AT+CPIN?", ""), ("AT+CGSN", "490154203237518\nOK")]);
    assert_eq!(wait(modem.sim()), Err(AtError::Timeout));
    // The late answer, and a late refusal.
    let mut stream = modem.into_stream();
    stream.say("+CPIN: READY");
    stream.say("ERROR");
    let mut modem = AtModem::new(stream, StdDelay, QUICK);
    assert!(wait(modem.imei()).is_ok());
}

#[test]
fn the_network_grants_other_timers_than_were_asked_for() {
    let mut modem = modem(&[
        IN_GERMANY[4],
        ("AT+CPSMS=1,,,\"00011000\",\"00000101\"", "OK"),
        ("AT+CEDRXS=1,4,\"1010\"", "OK"),
        ("AT+CEDRXRDP", "+CEDRXRDP: 4,\"1010\",\"0101\",\"0000\"\nOK"),
    ]);
    let wanted = PsmTimers::new(Duration::from_secs(4 * 3600), Duration::from_secs(10)).unwrap();
    assert_eq!(wait(modem.set_low_power(LowPower::Psm(wanted))), Ok(()));
    let granted = PsmTimers::from_bits(0b0010_0110, 0b0001_1110).unwrap();
    assert_eq!(wait(modem.low_power()), Ok(LowPower::Psm(granted)));
    assert_eq!(
        (granted.update(), granted.active()),
        (Duration::from_secs(6 * 3600), Duration::from_secs(60))
    );
    let cycle = EdrxCycle::at_least(Duration::from_secs(300)).unwrap();
    assert_eq!(wait(modem.set_low_power(LowPower::Edrx(cycle))), Ok(()));
}

#[test]
fn what_a_modem_cannot_do_is_unsupported() {
    let wanted = PsmTimers::new(Duration::from_secs(4 * 3600), Duration::from_secs(10)).unwrap();
    let error = wait(modem(&[]).set_low_power(LowPower::Psm(wanted))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

fn apn() -> Apn {
    "iot.example".parse().unwrap()
}

#[test]
fn a_link_that_is_up_is_not_brought_up_again() {
    let mut modem = modem(&[
        ("AT+CGACT?", "+CGACT: 1,1\n+CGACT: 2,0\nOK"),
        ("AT+CGPADDR=1", "+CGPADDR: 1,\"10.64.3.7\"\nOK"),
    ]);
    let up = Link::Up { address: Some([10, 64, 3, 7].into()) };
    assert_eq!(wait(modem.connect(&apn())), Ok(up));
    assert!(!modem.into_stream().heard.iter().any(|command| command.contains("CGDCONT")));
}

#[test]
fn a_network_that_gives_no_link_is_told_from_a_modem_that_does_not_answer() {
    let down = ("AT+CGACT?", "+CGACT: 1,0\nOK");
    let define = ("AT+CGDCONT=1,\"IP\",\"iot.example\"", "OK");
    let mut refused = modem(&[down, define, ("AT+CGACT=1,1", "+CME ERROR: 148")]);
    assert_eq!(wait(refused.connect(&apn())).unwrap_err().kind(), ErrorKind::Network);
    let mut silent = modem(&[down, define, ("AT+CGACT=1,1", "")]);
    assert_eq!(wait(silent.connect(&apn())).unwrap_err().kind(), ErrorKind::Timeout);
}

#[test]
fn outside_the_approved_geography_the_link_goes_down() {
    let mut answers = IN_GERMANY.to_vec();
    answers.push(("AT+CGACT?", "+CGACT: 1,1\nOK"));
    answers.push(("AT+CGACT=0,1", "OK"));
    let step = |answers: &[(&'static str, &str)], last| {
        let mut uplink = Uplink::new(modem(answers), apn(), ApprovedGeography::DIP4, last);
        (wait(uplink.step()).unwrap(), uplink.into_modem().into_stream().heard)
    };
    let (state, _) = step(&answers, None);
    assert_eq!(state, UplinkState::Up { country: "DE".parse().unwrap(), address: None });
    answers[6] = ("AT+COPS?", "+COPS: 0,2,\"44010\",7\nOK");
    let (state, heard) = step(&answers, Some("DE".parse().unwrap()));
    assert_eq!(state, UplinkState::Outside { country: "JP".parse().unwrap() });
    assert!(heard.iter().any(|command| command == "AT+CGACT=0,1"));
    // At sea the last known country holds, and without one there is no link.
    answers[6] = ("AT+COPS?", "+COPS: 0,2,\"90118\",7\nOK");
    let (state, _) = step(&answers, Some(Country::CANADA));
    assert_eq!(state, UplinkState::Up { country: Country::CANADA, address: None });
    assert_eq!(step(&answers, None).0, UplinkState::Waiting(UplinkWait::Country));
}

#[test]
fn the_radio_is_switched_by_the_standard_levels() {
    let mut modem = modem(&[("AT+CFUN=0", "OK"), ("AT+CFUN=4", "OK"), ("AT+CFUN=1", "OK")]);
    for power in [RadioPower::On, RadioPower::Flight, RadioPower::Off] {
        assert_eq!(wait(modem.set_power(power)), Ok(()));
    }
    let heard = modem.into_stream().heard;
    assert_eq!(heard.iter().rev().take(3).rev().collect::<Vec<_>>(), ["AT+CFUN=1", "AT+CFUN=4", "AT+CFUN=0"]);
}

fn mock(network: Network) -> MockModem {
    let sim = SimIdentity {
        iccid: "89014103211118510720".parse().unwrap(),
        imsi: "310150123456789".parse().unwrap(),
    };
    MockModem::new("490154203237518".parse().unwrap(), Some(sim), network)
}

#[test]
fn the_mock_conforms_and_the_suite_asks_for_an_operator_and_a_network() {
    let check = |network| wait(check_modem(&mut BlockingAsync::new(mock(network)), &apn(), 2, || ()));
    let home = Network::new(Registration::Home);
    assert_eq!(check(home.with_operator("26201".parse().unwrap())), Ok(()));
    assert_eq!(check(home), Err(ModemViolation::NoOperator));
    assert_eq!(check(Network::new(Registration::Searching)), Err(ModemViolation::NoNetwork));
}

#[test]
fn the_modem_of_at_commands_keeps_the_contract_of_all_modems() {
    let mut modem = AtModem::new(Simulator::with_link(&IN_GERMANY), StdDelay, QUICK);
    assert_eq!(wait(check_modem(&mut modem, &apn(), 2, || ())), Ok(()));
    let nobody: Vec<_> = IN_GERMANY.into_iter().filter(|(command, _)| *command != "AT+COPS?").collect();
    let mut modem = AtModem::new(Simulator::with_link(&nobody), StdDelay, QUICK);
    assert_eq!(wait(check_modem(&mut modem, &apn(), 2, || ())), Err(ModemViolation::NoOperator));
}

/// A stream that says the same bytes whatever it is told, and then ends.
struct Noise(VecDeque<u8>);

impl ErrorType for Noise {
    type Error = Infallible;
}

impl Read for Noise {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let len = buffer.len().min(self.0.len());
        self.0.drain(..len).zip(buffer).for_each(|(byte, place)| *place = byte);
        Ok(len)
    }
}

impl Write for Noise {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_wait_for_ever(
        lines in proptest::collection::vec(
            "(OK|ERROR|RDY|\\+CEREG: |\\+COPS: |\\+CESQ: |\\+CCLK: \"|\\+CGPADDR: |\\+CEDRXRDP: )?[ -~é]{0,40}", 0..60),
        mut raw in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut bytes: Vec<u8> = lines.join("\r\n").into_bytes();
        bytes.append(&mut raw);
        let mut modem = AtModem::new(Noise(bytes.into()), StdDelay, QUICK);
        let _ = wait(modem.network());
        let _ = wait(modem.signal());
        let _ = wait(modem.network_time());
        let _ = wait(modem.low_power());
        let _ = wait(modem.link());
        let _ = wait(modem.sim_identity());
        while wait(modem.next_event()).is_ok() {}
    }
}
