//! [`Authority`]: a test authority that does what the network's login server and its certificate authority do.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use dimo_crypto::{Personal, Signature, recover};
use dimo_types::Address;
use gateway::{Failed, enrol, random};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use tiny_http::{Response, Server};

/// What challenges name.
pub(crate) const NAME: &str = "auth.test.example";

/// An authority that listens.
pub(crate) struct Authority {
    pub(crate) url: String,
    /// Its own certificate, as PEM.
    pub(crate) certificate: String,
    state: Arc<Mutex<State>>,
}

struct State {
    issuer: Issuer<'static, KeyPair>,
    /// How long the next certificates are good for.
    lifetime: Duration,
    /// Challenges that wait for their signature, by state.
    challenges: HashMap<String, (String, Address)>,
    /// Tokens that are good for one certificate each.
    tokens: HashMap<String, Address>,
}

fn failed(reason: impl std::fmt::Display) -> Failed {
    Failed::at("the authority", reason)
}

impl Authority {
    pub(crate) fn start() -> Result<Self, Failed> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(failed)?.pem();
        let state = State {
            issuer: Issuer::new(params, key),
            lifetime: Duration::days(30),
            challenges: HashMap::new(),
            tokens: HashMap::new(),
        };
        let server = Server::http("127.0.0.1:0").map_err(failed)?;
        let address = server.server_addr().to_ip().ok_or_else(|| failed("no address"))?;
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for mut request in server.incoming_requests() {
                let mut body = String::new();
                let answer = match request.as_reader().take(1 << 16).read_to_string(&mut body) {
                    Ok(_) => lock(&shared).answer(request.url(), &body),
                    Err(_) => None,
                };
                let response = match answer {
                    Some(answer) => Response::from_string(answer.to_string()),
                    None => Response::from_string("{}").with_status_code(400),
                };
                // Whoever asked may be gone.
                let _ = request.respond(response);
            }
        });
        Ok(Self { url: format!("http://{address}"), certificate, state })
    }

    /// How long the next certificates are good for.
    pub(crate) fn set_lifetime(&self, lifetime: Duration) {
        lock(&self.state).lifetime = lifetime;
    }

    /// A certificate for somebody on this machine: the broker, the backend.
    pub(crate) fn issue(&self, name: &str) -> Result<(String, String), Failed> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.subject_alt_names = vec![SanType::DnsName("localhost".try_into().map_err(failed)?)];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &lock(&self.state).issuer).map_err(failed)?;
        Ok((certificate.pem(), key.serialize_pem()))
    }

    /// For whom asks it as a device does.
    pub(crate) fn as_seen(&self) -> enrol::Authority {
        enrol::Authority { url: self.url.clone(), name: NAME.to_owned(), client_id: "gateway".to_owned() }
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn answer(&mut self, path: &str, body: &str) -> Option<Value> {
        match path {
            "/auth/web3/generate_challenge" => self.challenge(&form(body)),
            "/auth/web3/submit_challenge" => self.token(&form(body)),
            "/1.0/sign" => self.sign(&serde_json::from_str(body).ok()?),
            _ => None,
        }
    }

    fn challenge(&mut self, form: &HashMap<String, String>) -> Option<Value> {
        let address: Address = form.get("address")?.parse().ok()?;
        let (state, nonce) = (hex(&random::<16>().ok()?), hex(&random::<16>().ok()?));
        let now = gateway::now();
        let challenge = format!(
            "{NAME} wants you to sign in with your Ethereum account:\n{address}\n\n127.0.0.1 is asking you sign in.\n\n\
             URI: https://{NAME}\nVersion: 1\nChain ID: 1\nNonce: {nonce}\nIssued At: {now}"
        );
        self.challenges.insert(state.clone(), (challenge.clone(), address));
        Some(json!({ "state": state, "challenge": challenge }))
    }

    /// A challenge counts once, and for whom it was made.
    fn token(&mut self, form: &HashMap<String, String>) -> Option<Value> {
        let (challenge, address) = self.challenges.remove(form.get("state")?)?;
        let signature: Signature = form.get("signature")?.parse().ok()?;
        let signer = recover(&Personal(challenge.as_bytes()), &signature).ok()?;
        if signer != address {
            return None;
        }
        let token = hex(&random::<32>().ok()?);
        self.tokens.insert(token.clone(), address);
        Some(json!({ "access_token": token, "token_type": "bearer" }))
    }

    /// A certificate for the key of the request, if it names the account that logged in.
    fn sign(&mut self, asked: &Value) -> Option<Value> {
        let address = self.tokens.remove(asked.get("ott")?.as_str()?)?;
        let mut request = CertificateSigningRequestParams::from_pem(asked.get("csr")?.as_str()?).ok()?;
        let name = request.params.distinguished_name.get(&DnType::CommonName);
        let named = match name? {
            rcgen::DnValue::Utf8String(name) => name.parse::<Address>().ok()?,
            rcgen::DnValue::PrintableString(name) => name.as_str().parse::<Address>().ok()?,
            _ => return None,
        };
        if named != address {
            return None;
        }
        let now = OffsetDateTime::now_utc();
        let not_after = now + self.lifetime;
        // The clock of the broker may be a little behind.
        request.params.not_before = now - Duration::minutes(5);
        request.params.not_after = not_after;
        request.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = request.signed_by(&self.issuer).ok()?.pem();
        Some(json!({ "crt": certificate, "not_after": not_after.unix_timestamp() }))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The fields of a form.
fn form(body: &str) -> HashMap<String, String> {
    let fields = body.split('&').filter_map(|field| field.split_once('='));
    fields.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(value: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), value.bytes());
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).unwrap_or(0);
        bytes.push(match byte {
            b'%' => u8::try_from(digit(rest.next()) * 16 + digit(rest.next())).unwrap_or(b'?'),
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
