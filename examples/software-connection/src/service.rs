//! [`Service`]: the simulated online service of the car's maker. It speaks HTTP on this machine, gives tokens that expire,
//! limits how often it is asked, answers slowly, and sometimes badly. It writes its JSON on its own, apart from `api`.

mod account;
mod answers;
mod limit;
mod request;

use core::time::Duration;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use dimo_types::Timestamp;
use serde_json::{Value, json};

pub(crate) use self::account::Account;
use self::limit::Limit;
use self::request::Request;
use crate::car::{Car, Doing};
use crate::clock::Clock;

/// The only vehicle in the account.
pub(crate) const VEHICLE: u64 = 7001;

/// What the service knows and counts.
pub(crate) struct Service {
    clock: Clock,
    tells: Tells,
    pub(crate) account: Account,
    pub(crate) car: Car,
    limit: Limit,
    requests: u64,
    data_requests: u64,
    state_requests: u64,
    pub(crate) counts: Counts,
    /// When each group of values that went out whole was measured: `(group, time)`.
    pub(crate) told: BTreeSet<(&'static str, Timestamp)>,
}

/// What happened at the service's door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    pub(crate) told: u64,
    pub(crate) limited: u64,
    /// Requests before the end of a `Retry-After`.
    pub(crate) impatient: u64,
    pub(crate) errors: u64,
    pub(crate) malformed: u64,
    pub(crate) dropped: u64,
    pub(crate) unauthorised: u64,
    pub(crate) refreshed: u64,
    pub(crate) found_asleep: u64,
}

/// What the cheap endpoint says of a car that is awake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tells {
    /// Whether it drives, charges or stands.
    Activity,
    /// That it can be reached, and no more.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "services differ; the program shows one, the tests both")
    )]
    StateOnly,
}

/// What goes back over the socket.
struct Reply {
    status: u16,
    retry_after: Option<u64>,
    body: Vec<u8>,
}

/// How a request is answered badly.
#[derive(Clone, Copy)]
enum Fault {
    Error,
    Malformed,
    Dropped,
}

/// A service that runs for as long as the program.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    service: Arc<Mutex<Service>>,
}

impl Running {
    /// Starts it on a free port of this machine.
    pub(crate) fn start(clock: Clock, car: Car, tells: Tells) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let service = Arc::new(Mutex::new(Service::new(clock, car, tells)));
        let behind_the_door = Arc::clone(&service);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // One who hangs up has no claim to an answer.
                let _ = serve(stream, &behind_the_door);
            }
        });
        Ok(Self { address, service })
    }

    /// The service itself, as its own staff and the owner's browser see it.
    pub(crate) fn inside(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve(mut stream: TcpStream, service: &Mutex<Service>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let Some(request) = Request::read(&mut stream)? else { return Ok(()) };
    let reply = service.lock().unwrap_or_else(PoisonError::into_inner).answer(&request);
    let Some(Reply { status, retry_after, body }) = reply else { return Ok(()) };
    let retry_after = retry_after.map_or(String::new(), |seconds| format!("Retry-After: {seconds}\r\n"));
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         {retry_after}Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

impl Service {
    fn new(clock: Clock, car: Car, tells: Tells) -> Self {
        Self {
            clock,
            tells,
            account: Account::default(),
            car,
            limit: Limit::default(),
            requests: 0,
            data_requests: 0,
            state_requests: 0,
            counts: Counts::default(),
            told: BTreeSet::new(),
        }
    }

    /// The answer to one request; none when the line breaks.
    fn answer(&mut self, request: &Request) -> Option<Reply> {
        self.requests += 1;
        self.counts.requests += 1;
        // It takes its time: up to three seconds, never twice the same.
        self.clock.pass(Duration::from_millis(200 + self.requests * 739 % 2_800));
        let now = self.clock.now();
        let vehicle = format!("/api/vehicles/{VEHICLE}");
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/oauth/token") => Some(self.tokens(request, now)),
            (method, path) => {
                if !self.account.admits(request.bearer.as_deref().unwrap_or_default(), now) {
                    self.counts.unauthorised += 1;
                    return Some(reply(401, &json!({ "error": "invalid_token" })));
                }
                if self.limit.holds(now) {
                    self.counts.impatient += 1;
                }
                match (method, path.strip_prefix(&vehicle)) {
                    ("GET", Some("")) => self.state(now),
                    ("GET", Some("/data")) => self.data(now),
                    ("POST", Some("/wake")) => {
                        self.car.wake(now);
                        Some(reply(200, &json!({ "response": { "state": "online" } })))
                    }
                    _ => Some(reply(404, &json!({ "error": "not_found" }))),
                }
            }
        }
    }

    fn tokens(&mut self, request: &Request, now: Timestamp) -> Reply {
        let field = |name: &str| request.form.get(name).map_or("", String::as_str);
        let tokens = match field("grant_type") {
            "authorization_code" => self.account.link(field("code"), now),
            "refresh_token" => {
                let tokens = self.account.refresh(field("refresh_token"), now);
                self.counts.refreshed += u64::from(tokens.is_some());
                tokens
            }
            _ => return reply(400, &json!({ "error": "unsupported_grant_type" })),
        };
        tokens.map_or_else(|| reply(400, &json!({ "error": "invalid_grant" })), |tokens| reply(200, &tokens))
    }

    fn state(&mut self, now: Timestamp) -> Option<Reply> {
        self.state_requests += 1;
        let fault = (self.state_requests % 90 == 40).then_some(Fault::Error);
        let answer = match self.car.doing(now) {
            Doing::Asleep => {
                self.counts.found_asleep += 1;
                json!({ "id": VEHICLE, "state": "asleep" })
            }
            doing => {
                let activity = (self.tells == Tells::Activity).then(|| answers::activity(doing));
                json!({ "id": VEHICLE, "state": "online", "activity": activity })
            }
        };
        self.send(&answer, fault).ok()
    }

    fn data(&mut self, now: Timestamp) -> Option<Reply> {
        self.data_requests += 1;
        if let Err(seconds) = self.limit.count(now) {
            self.counts.limited += 1;
            let body = json!({ "error": "too many requests" }).to_string().into_bytes();
            return Some(Reply { status: 429, retry_after: Some(seconds), body });
        }
        if !self.car.asked(now) {
            return Some(reply(
                408,
                &json!({ "error": "vehicle unavailable: vehicle is offline or asleep" }),
            ));
        }
        let fault = match self.data_requests % 41 {
            7 => Some(Fault::Error),
            19 => Some(Fault::Malformed),
            31 => Some(Fault::Dropped),
            _ => None,
        };
        let (answer, groups) = answers::data(&self.car, now);
        match self.send(&answer, fault) {
            Ok(whole) if fault.is_none() => {
                self.counts.told += 1;
                self.told.extend(groups);
                Some(whole)
            }
            other => other.ok(),
        }
    }

    /// The answer as it goes out: well, or with `fault`. `Err` when the line breaks.
    fn send(&mut self, answer: &Value, fault: Option<Fault>) -> Result<Reply, ()> {
        let whole = reply(200, &json!({ "response": answer }));
        match fault {
            None => Ok(whole),
            Some(Fault::Error) => {
                self.counts.errors += 1;
                Ok(reply(503, &json!({ "error": "upstream" })))
            }
            Some(Fault::Malformed) => {
                self.counts.malformed += 1;
                let half = whole.body.len() / 2;
                Ok(Reply { body: whole.body.into_iter().take(half).collect(), ..whole })
            }
            Some(Fault::Dropped) => {
                self.counts.dropped += 1;
                Err(())
            }
        }
    }
}

fn reply(status: u16, body: &Value) -> Reply {
    Reply { status, retry_after: None, body: body.to_string().into_bytes() }
}
