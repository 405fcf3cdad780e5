//! [`ServiceClient`]: the socket between the poller and the service.

use core::time::Duration;
use std::net::SocketAddr;

use ureq::http::Response;
use ureq::{Agent, Body};

use crate::api::{Secret, TokenAnswer};
use crate::poller::{Answer, Ask};

/// A service that says nothing for so long has lost the request.
const TIMEOUT: Duration = Duration::from_secs(10);
/// More than any answer has; what is longer is no answer.
const BODY_BYTES: u64 = 256 * 1024;

/// Sends what the poller asks for.
pub(crate) struct ServiceClient {
    agent: Agent,
    tokens: String,
    vehicle: String,
}

impl ServiceClient {
    /// A client of the service at `address`, for one vehicle of it.
    pub(crate) fn new(address: SocketAddr, vehicle: u64) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            // Every status is an answer, and tokens go nowhere else.
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            tokens: format!("http://{address}/oauth/token"),
            vehicle: format!("http://{address}/api/vehicles/{vehicle}"),
        }
    }

    /// The first tokens, for the code that the owner's consent gave (RFC 6749, 4.1.3).
    pub(crate) fn link(&self, code: &str) -> Option<TokenAnswer> {
        let form = [("grant_type", "authorization_code"), ("code", code)];
        match answer(self.agent.post(&self.tokens).send_form(form)) {
            Answer::Http { status: 200, body, .. } => serde_json::from_slice(&body).ok(),
            _ => None,
        }
    }

    /// Sends a request and waits for what comes of it.
    pub(crate) fn send(&self, ask: &Ask) -> Answer {
        answer(match ask {
            Ask::Tokens { refresh } => {
                let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.reveal())];
                self.agent.post(&self.tokens).send_form(form)
            }
            Ask::State { access } => self.get(&self.vehicle, access),
            Ask::Data { access } => self.get(&format!("{}/data", self.vehicle), access),
        })
    }

    fn get(&self, url: &str, access: &Secret) -> Result<Response<Body>, ureq::Error> {
        self.agent.get(url).header("Authorization", format!("Bearer {}", access.reveal())).call()
    }
}

/// What came of a request. Why there was no answer makes no difference to what is done next.
fn answer(result: Result<Response<Body>, ureq::Error>) -> Answer {
    let Ok(mut response) = result else { return Answer::Lost };
    let status = response.status().as_u16();
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let retry_after = retry_after.map(str::to_owned);
    match response.body_mut().with_config().limit(BODY_BYTES).read_to_vec() {
        Ok(body) => Answer::Http { status, retry_after, body },
        Err(_) => Answer::Lost,
    }
}
