//! [`Account`]: who may ask about the owner's car, by OAuth's rules as far as they are needed (RFC 6749, 6750).

use core::time::Duration;

use dimo_types::Timestamp;
use serde_json::{Value, json};

use crate::clock::after;

/// How long an access token lasts.
const LIFETIME: Duration = Duration::from_secs(2 * 3600);

/// The owner's account and what was handed out for it.
#[derive(Debug, Default)]
pub(crate) struct Account {
    issued: u64,
    code: Option<String>,
    access: Option<(String, Timestamp)>,
    /// The refresh token in use, and the one before: its answer may have been lost on the way.
    refresh: Vec<String>,
}

impl Account {
    /// The owner signs in with a browser and lets the provider see the car: the code that the browser brings back.
    pub(crate) fn owner_consents(&mut self) -> String {
        let code = self.issue("code");
        self.code = Some(code.clone());
        code
    }

    /// The owner takes it back: nothing that was handed out is good for anything any more.
    pub(crate) fn owner_revokes(&mut self) {
        self.code = None;
        self.access = None;
        self.refresh.clear();
    }

    /// The first tokens, for a code that is used once.
    pub(super) fn link(&mut self, code: &str, now: Timestamp) -> Option<Value> {
        self.code.take_if(|issued| issued == code)?;
        Some(self.tokens(now))
    }

    /// New tokens for a refresh token.
    pub(super) fn refresh(&mut self, token: &str, now: Timestamp) -> Option<Value> {
        self.refresh.iter().any(|known| known == token).then(|| self.tokens(now))
    }

    /// Whether an access token is good at `now`.
    pub(super) fn admits(&self, token: &str, now: Timestamp) -> bool {
        self.access.as_ref().is_some_and(|(access, until)| access == token && now < *until)
    }

    fn tokens(&mut self, now: Timestamp) -> Value {
        let (access, refresh) = (self.issue("access"), self.issue("refresh"));
        self.access = Some((access.clone(), after(now, LIFETIME)));
        self.refresh.insert(0, refresh.clone());
        self.refresh.truncate(2);
        json!({
            "token_type": "Bearer", "access_token": access, "expires_in": LIFETIME.as_secs(),
            "refresh_token": refresh,
        })
    }

    /// A real service draws these from its random source.
    fn issue(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("simulated-{kind}-{}", self.issued)
    }
}
