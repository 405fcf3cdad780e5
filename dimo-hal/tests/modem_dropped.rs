//! A modem of AT commands whose calls are dropped at every await: the next one works, and is answered by its own answer.
#![cfg(feature = "dev")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]

use core::cell::Cell;
use core::convert::Infallible;
use core::future::poll_fn;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use dimo_hal::Modem;
use dimo_hal::modem::{
    Apn, AtModem, AtTimeouts, EdrxCycle, Link, LowPower, ModemEvent, RadioPower, Registration, SimState,
    SmsWake,
};
use embedded_hal_async::delay::DelayNs;
use embedded_io_async::{ErrorType, Read, Write};

/// Milliseconds, one for each poll.
#[derive(Clone, Debug, Default)]
struct Time(Rc<Cell<u64>>);

impl Time {
    fn now(&self) -> u64 {
        self.0.get()
    }

    /// Polls a future so many times and drops it then; its output when it was done before.
    fn polls<F: Future>(&self, future: F, polls: u64) -> Option<F::Output> {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            self.0.set(self.now() + 1);
        }
        None
    }

    fn run<F: Future>(&self, future: F) -> F::Output {
        self.polls(future, 100_000).unwrap_or_else(|| panic!("it does not end"))
    }
}

impl DelayNs for Time {
    async fn delay_ns(&mut self, ns: u32) {
        let end = self.now() + u64::from(ns) / 1_000_000;
        poll_fn(|_| if self.now() >= end { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

/// A modem at the other end of a slow line, which does one command after the other.
#[derive(Debug)]
struct Slow {
    time: Time,
    typed: String,
    busy_until: u64,
    /// What it says, and when.
    says: VecDeque<(u64, u8)>,
    echo: bool,
    /// How long it takes for what it asks the network.
    network: u64,
    link: Link,
    is_accepting: bool,
}

impl Slow {
    fn say(&mut self, at: u64, text: &str) {
        // Not before what was said already.
        let at = self.says.back().map_or(at, |(last, _)| at.max(*last));
        self.says.extend(text.bytes().zip(0..).map(|(byte, place)| (at + place / 4, byte)));
    }

    fn obey(&mut self, command: &str) {
        let start = self.time.now().max(self.busy_until);
        let is_slow = command.starts_with("AT+CFUN=") || command.starts_with("AT+CGACT=");
        let end = start + if is_slow { self.network } else { 3 };
        self.busy_until = end;
        if self.echo {
            self.say(self.time.now(), &format!("{command}\r"));
        }
        let answer = match command {
            "AT+CGSN" => "490154203237518\r\n\r\nOK",
            "AT+CPIN?" => "+CPIN: READY\r\n\r\nOK",
            "AT+CIMI" => "310150123456789\r\n\r\nOK",
            "AT+CCID" => "+CCID: 89014103211118510720\r\n\r\nOK",
            "AT+CEREG?" => "+CEREG: 4,5,\"1A2B\",\"01C3D4E5\",7,,,\"00011110\",\"00100110\"\r\n\r\nOK",
            "AT+COPS?" => "+COPS: 0,2,\"26201\",7\r\n\r\nOK",
            "AT+CESQ" => "+CESQ: 99,99,255,255,20,60\r\n\r\nOK",
            "AT+CCLK?" => "+CCLK: \"26/11/23,09:15:30+04\"\r\n\r\nOK",
            "AT+CGACT?" if self.link == Link::Down => "+CGACT: 1,0\r\n\r\nOK",
            "AT+CGACT?" => "+CGACT: 1,1\r\n\r\nOK",
            "AT+CGPADDR=1" => "+CGPADDR: 1,\"10.0.0.7\"\r\n\r\nOK",
            "AT+CGACT=1,1" => {
                self.link = UP;
                "OK"
            }
            "AT+CGACT=0,1" => {
                self.link = Link::Down;
                "OK"
            }
            "AT+CGDCONT=1,\"IP\",\"iot.example\""
            | "AT+CFUN=1"
            | "AT"
            | "ATE0"
            | "AT+CMEE=1"
            | "AT+CEREG=4"
            | "AT+COPS=3,2"
            | "AT+CNMI=2,1" => "OK",
            _ => "ERROR",
        };
        self.echo &= command != "ATE0";
        self.say(end, &format!("\r\n{answer}\r\n"));
    }
}

impl ErrorType for Slow {
    type Error = Infallible;
}

impl Read for Slow {
    /// A few bytes once they are there.
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let now = self.time.now();
        let due = poll_fn(|_| {
            let due = self.says.iter().take(buffer.len().min(5)).take_while(|(at, _)| *at <= self.time.now());
            match due.count() {
                0 => Poll::Pending,
                count => Poll::Ready(count),
            }
        });
        let len = due.await;
        assert!(now <= self.time.now());
        self.says.drain(..len).zip(buffer).for_each(|((_, byte), place)| *place = byte);
        Ok(len)
    }
}

impl Write for Slow {
    /// Five bytes, and only when it is asked a second time.
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        poll_fn(|_| {
            self.is_accepting = !self.is_accepting;
            if self.is_accepting { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        let accepted = &bytes[..bytes.len().min(5)];
        for byte in accepted {
            match byte {
                b'\r' => {
                    let command = core::mem::take(&mut self.typed);
                    self.obey(&command);
                }
                other => self.typed.push(char::from(*other)),
            }
        }
        Ok(accepted.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

const UP: Link = Link::Up { address: Some(core::net::IpAddr::V4(core::net::Ipv4Addr::new(10, 0, 0, 7))) };

const TIMEOUTS: AtTimeouts = AtTimeouts {
    answer: Duration::from_millis(200),
    network: Duration::from_millis(400),
    quiet: Duration::from_millis(10),
};

type Device = AtModem<Slow, Time>;

fn device(time: &Time, network: u64) -> Device {
    let slow = Slow {
        time: time.clone(),
        typed: String::new(),
        busy_until: 0,
        says: VecDeque::new(),
        echo: true,
        network,
        link: Link::Down,
        is_accepting: false,
    };
    AtModem::new(slow, time.clone(), TIMEOUTS)
}

fn apn() -> Apn {
    "iot.example".parse().unwrap()
}

const METHODS: u32 = 14;

/// One of the methods that end by themselves.
async fn call(modem: &mut Device, method: u32) {
    match method {
        0 => drop(modem.set_power(RadioPower::On).await),
        1 => drop(modem.imei().await),
        2 => drop(modem.sim().await),
        3 => drop(modem.sim_identity().await),
        4 => drop(modem.network().await),
        5 => drop(modem.signal().await),
        6 => drop(
            modem.set_low_power(LowPower::Edrx(EdrxCycle::at_least(Duration::from_secs(80)).unwrap())).await,
        ),
        7 => drop(modem.low_power().await),
        8 => drop(modem.set_sms_wake(SmsWake::Reported).await),
        9 => drop(modem.connect(&apn()).await),
        10 => drop(modem.disconnect().await),
        11 => drop(modem.link().await),
        12 => drop(modem.network_time().await),
        _ => drop(modem.set_low_power(LowPower::None).await),
    }
}

/// Each question gets its own answer.
fn is_in_step(modem: &mut Device, time: &Time, life: &str) {
    assert_eq!(time.run(modem.sim()), Ok(SimState::Ready), "{life}");
    assert_eq!(time.run(modem.imei()), Ok("490154203237518".parse().unwrap()), "{life}");
    let now = "2026-11-23T08:15:30Z".parse().unwrap();
    assert_eq!(time.run(modem.network_time()), Ok(Some(now)), "{life}");
    assert_eq!(
        time.run(modem.network()).map(|found| found.registration),
        Ok(Registration::Roaming),
        "{life}"
    );
    assert_eq!(time.run(modem.connect(&apn())), Ok(UP), "{life}");
    assert_eq!(time.run(modem.disconnect()), Ok(()), "{life}");
    assert_eq!(time.run(modem.link()), Ok(Link::Down), "{life}");
}

/// Drops every method after every number of polls, on a modem that was used before or not.
fn drop_everywhere(network: u64) {
    for (method, is_used) in (0..METHODS).flat_map(|method| [(method, false), (method, true)]) {
        for polls in 0.. {
            let life = format!("method {method}, used before: {is_used}, dropped after {polls} polls");
            let time = Time::default();
            let mut modem = device(&time, network);
            if is_used {
                assert_eq!(time.run(modem.sim()), Ok(SimState::Ready));
            }
            let is_done = time.polls(call(&mut modem, method), polls).is_some();
            is_in_step(&mut modem, &time, &life);
            if is_done {
                assert!(polls > 5, "{life}");
                break;
            }
        }
    }
}

#[test]
fn a_call_that_was_dropped_anywhere_leaves_a_modem_that_answers_the_next() {
    drop_everywhere(3);
}

#[test]
fn an_answer_that_comes_long_after_its_call_was_dropped_is_not_taken_for_the_next() {
    // Longer than it has to be silent.
    drop_everywhere(60);
}

#[test]
fn dropped_waiting_for_events_loses_none() {
    for polls in 1..60 {
        let time = Time::default();
        let mut modem = device(&time, 3);
        assert_eq!(time.run(modem.sim()), Ok(SimState::Ready));
        let mut slow = modem.into_stream();
        let start = time.now();
        // In its answers, and between them.
        for (at, line) in
            [(0, "+CMTI: \"ME\",1"), (300, "+CGEV: NW DETACH"), (420, "RDY"), (900, "+CEREG: 5")]
        {
            slow.say(start + at, &format!("\r\n{line}\r\n"));
        }
        let mut modem = AtModem::new(slow, time.clone(), TIMEOUTS);
        let mut events = vec![];
        while events.len() < 4 {
            assert!(time.now() < 100_000, "{events:?}, dropped after {polls} polls each time");
            events.extend(time.polls(modem.next_event(), polls).map(Result::unwrap));
        }
        let registration = ModemEvent::Registration(Registration::Roaming);
        for event in [ModemEvent::Sms, ModemEvent::LinkDown, ModemEvent::Restarted, registration] {
            assert!(
                events.contains(&event),
                "{event:?} of {events:?}, dropped after {polls} polls each time"
            );
        }
    }
}
