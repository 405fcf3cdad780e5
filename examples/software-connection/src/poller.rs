//! [`Poller`]: when the service is asked for what. It takes the time and the answers and says what to do next; the socket and
//! the clock are somebody else's.

use dimo_types::Timestamp;

use crate::api::{
    Activity, Secret, State, TokenAnswer, TokenRefusal, VehicleData, VehicleState, vehicle_answer,
};
use crate::clock::{after, between};
use crate::patience::Patience;

#[cfg(test)]
mod tests;

/// A request to send now; its answer goes to [`Poller::handle_answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// New tokens for the refresh token.
    Tokens { refresh: Secret },
    /// The cheap endpoint.
    State { access: Secret },
    /// The endpoint that asks the car.
    Data { access: Secret },
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Send(Ask),
    /// Nothing until then.
    WaitUntil(Timestamp),
    /// Nothing any more.
    Stop(Stopped),
}

/// What came of a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Http {
        status: u16,
        /// The header `Retry-After`.
        retry_after: Option<String>,
        body: Vec<u8>,
    },
    /// The connection broke, or nothing came in time.
    Lost,
}

/// Why there is nothing left to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The owner took the consent back at the service: its tokens are refused.
    Revoked,
    /// The account may not see this vehicle any more.
    Forbidden,
    /// The vehicle is not in the account any more.
    VehicleGone,
}

/// The tokens of one account.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: Secret,
    pub(crate) refresh: Secret,
    pub(crate) expires: Timestamp,
}

impl Tokens {
    /// What the token endpoint gave out at `now`. A refresh token that it does not renew stays.
    pub(crate) fn received(answer: TokenAnswer, now: Timestamp, refresh: Option<&Secret>) -> Option<Self> {
        let lifetime = core::time::Duration::from_secs(answer.expires_in);
        let refresh = answer.refresh_token.or_else(|| refresh.cloned())?;
        Some(Self { access: answer.access_token, refresh, expires: after(now, lifetime) })
    }
}

/// Polls one vehicle of one account.
///
/// - commands: [`new`](Self::new)
/// - ask [`poll`](Self::poll) what to do; after each [`Action::Send`], hand in its answer with
///   [`handle_answer`](Self::handle_answer) before asking again. A poll before the answer came asks for the same again.
#[derive(Debug)]
pub(crate) struct Poller {
    patience: Patience,
    tokens: Tokens,
    /// What was sent and when, until its answer comes.
    sent: Option<(Kind, Timestamp)>,
    not_before: Timestamp,
    /// What is asked next: data only right after a state that allows it.
    next: Kind,
    /// The last moment in which the car is known to have slept or to have been in use.
    last_sign: Option<Timestamp>,
    asleep: u32,
    failures: u32,
    token_trust: TokenTrust,
    stopped: Option<Stopped>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Tokens,
    State,
    Data,
}

/// Whether the access token was ever seen to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenTrust {
    Untried,
    Worked,
    /// The service refused it before its time.
    Refused,
}

impl Poller {
    /// A poller that has just been given tokens.
    pub(crate) fn new(patience: Patience, tokens: Tokens) -> Self {
        Self {
            patience,
            tokens,
            sent: None,
            not_before: Timestamp::EPOCH,
            next: Kind::State,
            last_sign: None,
            asleep: 0,
            failures: 0,
            token_trust: TokenTrust::Untried,
            stopped: None,
        }
    }

    /// What to do at `now`.
    pub(crate) fn poll(&mut self, now: Timestamp) -> Action {
        if let Some(stopped) = self.stopped {
            return Action::Stop(stopped);
        }
        if now < self.not_before {
            return Action::WaitUntil(self.not_before);
        }
        if self.next == Kind::Data && !self.may_ask_car(now) {
            self.next = Kind::State;
        }
        let needs_tokens = self.token_trust == TokenTrust::Refused
            || after(now, self.patience.token_margin) >= self.tokens.expires;
        let kind = if needs_tokens { Kind::Tokens } else { self.next };
        self.sent = Some((kind, now));
        let access = || self.tokens.access.clone();
        Action::Send(match kind {
            Kind::Tokens => Ask::Tokens { refresh: self.tokens.refresh.clone() },
            Kind::State => Ask::State { access: access() },
            Kind::Data => Ask::Data { access: access() },
        })
    }

    /// Takes the answer to what was sent; the data of the car, if it is that. An answer that nobody asked for is dropped.
    pub(crate) fn handle_answer(&mut self, now: Timestamp, answer: &Answer) -> Option<VehicleData> {
        let (kind, sent_at) = self.sent.take()?;
        let Answer::Http { status, retry_after, body } = answer else {
            self.fail(now);
            return None;
        };
        match (*status, kind) {
            (200, Kind::Tokens) => self.take_tokens(now, body),
            (200, Kind::State) => self.take_state(now, sent_at, body),
            (200, Kind::Data) => return self.take_data(now, sent_at, body),
            (429, _) => {
                self.next = Kind::State;
                self.not_before = after(now, self.patience.retry(retry_after.as_deref()));
            }
            (400 | 401, Kind::Tokens) if is_invalid_grant(body) => self.stopped = Some(Stopped::Revoked),
            (401, Kind::State | Kind::Data) => self.refused(now),
            (403, Kind::State | Kind::Data) => self.stopped = Some(Stopped::Forbidden),
            (404 | 410, Kind::State | Kind::Data) => self.stopped = Some(Stopped::VehicleGone),
            // Asleep, or out of reach: not told apart here, so it is no sign of sleep.
            (408, Kind::State | Kind::Data) => self.rest(now),
            _ => self.fail(now),
        }
        None
    }

    /// Whether a request for data at `now` cannot hold the car awake.
    fn may_ask_car(&self, now: Timestamp) -> bool {
        self.last_sign.is_some_and(|sign| between(sign, now) <= self.patience.grace)
    }

    fn take_tokens(&mut self, now: Timestamp, body: &[u8]) {
        let answer = serde_json::from_slice(body).ok();
        match answer.and_then(|answer| Tokens::received(answer, now, Some(&self.tokens.refresh))) {
            None => self.fail(now),
            Some(tokens) => {
                self.tokens = tokens;
                self.token_trust = TokenTrust::Untried;
                self.succeed();
            }
        }
    }

    fn take_state(&mut self, now: Timestamp, sent_at: Timestamp, body: &[u8]) {
        let Some(VehicleState { state, activity }) = vehicle_answer(body) else { return self.fail(now) };
        self.succeed();
        self.token_trust = TokenTrust::Worked;
        if state == State::Asleep || matches!(activity, Some(Activity::Driving | Activity::Charging)) {
            self.last_sign = Some(sent_at);
        }
        if state != State::Online {
            return self.rest(now);
        }
        self.asleep = 0;
        if self.may_ask_car(now) {
            (self.next, self.not_before) = (Kind::Data, now);
        } else {
            self.not_before = after(now, self.patience.alone);
        }
    }

    fn take_data(&mut self, now: Timestamp, sent_at: Timestamp, body: &[u8]) -> Option<VehicleData> {
        let Some(data) = vehicle_answer::<VehicleData>(body) else {
            self.fail(now);
            return None;
        };
        self.succeed();
        self.token_trust = TokenTrust::Worked;
        let wait = match data.activity() {
            Some(Activity::Driving) => self.patience.driving,
            Some(Activity::Charging) => self.patience.charging,
            _ => self.patience.idle,
        };
        if matches!(data.activity(), Some(Activity::Driving | Activity::Charging)) {
            self.last_sign = Some(sent_at);
        }
        (self.next, self.not_before) = (Kind::State, after(now, wait));
        Some(data)
    }

    fn succeed(&mut self) {
        self.failures = 0;
    }

    /// The car sleeps, or cannot be reached.
    fn rest(&mut self, now: Timestamp) {
        self.asleep = self.asleep.saturating_add(1);
        (self.next, self.not_before) = (Kind::State, after(now, self.patience.while_asleep(self.asleep)));
    }

    /// The service is in trouble: the state is asked first when it is better.
    fn fail(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        (self.next, self.not_before) = (Kind::State, after(now, self.patience.after_failures(self.failures)));
    }

    /// The access token is refused. A fresh one that never worked says that the account is closed to us.
    fn refused(&mut self, now: Timestamp) {
        self.next = Kind::State;
        if self.token_trust == TokenTrust::Untried {
            self.stopped = Some(Stopped::Revoked);
        } else {
            self.token_trust = TokenTrust::Refused;
            self.not_before = now;
        }
    }
}

/// Whether the token endpoint says that the consent is gone. Its other refusals are about ourselves and may pass.
fn is_invalid_grant(body: &[u8]) -> bool {
    serde_json::from_slice::<TokenRefusal>(body).is_ok_and(|refusal| refusal.error == "invalid_grant")
}
