//! [`enrol`]: a client certificate for the broker, as the network issues them.
//!
//! The wallet never speaks TLS: its key signs a login, and a P-256 key that is made anew for each certificate goes into the request. The authority puts the
//! device's address into the certificate as its name.

use dimo_crypto::LoginChallenge;
use dimo_crypto::blocking::DeviceSigner as _;
use dimo_hal::{SoftwareSecureElement, Wallet};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::Failed;

/// The wallet of a gateway; a chip in its place has the same type but for the element.
pub type DeviceWallet = Wallet<SoftwareSecureElement>;

/// Where certificates come from.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Where it is asked, without a slash at the end.
    pub url: String,
    /// What its challenges call it.
    pub name: String,
    /// Whom the login is for.
    pub client_id: String,
}

/// A certificate with its key, as PEM, and its end.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate, and those that lead to the authority's.
    pub certificate: String,
    /// Its private key.
    pub key: String,
    /// From then on it is worth nothing.
    pub not_after: OffsetDateTime,
}

/// The network's devices renew a certificate that ends within this time.
pub const RENEW_WITHIN: Duration = Duration::days(7);

/// The authority answers by then, or never.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

impl Identity {
    /// Whether it is time for another one.
    pub fn is_due(&self, now: OffsetDateTime) -> bool {
        self.not_after - now <= RENEW_WITHIN
    }
}

/// Logs in with the wallet and asks for a certificate for a new key.
///
/// # Errors
///
/// What the authority said, or what of its answer is wrong: a challenge of another server or for another account is not signed.
pub fn enrol(authority: &Authority, wallet: &mut DeviceWallet) -> Result<Identity, Failed> {
    let token = log_in(authority, wallet)?;
    let key =
        KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|error| Failed::at("a P-256 key", error))?;
    let request = request(&wallet.address().to_string(), &key)?;
    let body = serde_json::json!({ "csr": request, "ott": token }).to_string();
    let signed = post(&format!("{}/1.0/sign", authority.url), "application/json", &body)?;
    let certificate = text(&signed, "crt")? + signed.get("ca").and_then(Value::as_str).unwrap_or_default();
    let not_after = signed
        .get("not_after")
        .and_then(Value::as_i64)
        .ok_or_else(|| Failed::at("the authority", "no end"))?;
    let not_after =
        OffsetDateTime::from_unix_timestamp(not_after).map_err(|error| Failed::at("the end", error))?;
    Ok(Identity { certificate, key: key.serialize_pem(), not_after })
}

/// The challenge, signed by the wallet, for a token that is good for one certificate.
fn log_in(authority: &Authority, wallet: &mut DeviceWallet) -> Result<String, Failed> {
    let Authority { url, name, client_id } = authority;
    let form = |fields: &[(&str, &str)]| {
        let fields: Vec<String> =
            fields.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect();
        fields.join("&")
    };
    let (address, domain) = (wallet.address().to_string(), "http://127.0.0.1:10000");
    let asked = form(&[
        ("domain", domain),
        ("client_id", client_id),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("address", &address),
    ]);
    const FORM: &str = "application/x-www-form-urlencoded";
    let challenge = post(&format!("{url}/auth/web3/generate_challenge"), FORM, &asked)?;
    let text_to_sign = text(&challenge, "challenge")?;
    let login = LoginChallenge::new(&text_to_sign, name, wallet.address())
        .map_err(|error| Failed::at("the challenge is not signed", error))?;
    let signature = wallet.sign(&login).map_err(|error| Failed::at("the wallet", error))?;
    let answer = form(&[
        ("client_id", client_id),
        ("domain", domain),
        ("grant_type", "authorization_code"),
        ("state", &text(&challenge, "state")?),
        ("signature", &signature.to_string()),
    ]);
    text(&post(&format!("{url}/auth/web3/submit_challenge"), FORM, &answer)?, "access_token")
}

/// A request for a certificate with this name, signed by its key.
///
/// # Errors
///
/// When the key cannot sign.
pub fn request(name: &str, key: &KeyPair) -> Result<String, Failed> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    let request = params.serialize_request(key).and_then(|request| request.pem());
    request.map_err(|error| Failed::at("the request for a certificate", error))
}

fn post(url: &str, kind: &str, body: &str) -> Result<Value, Failed> {
    let request = ureq::post(url).config().timeout_global(Some(PATIENCE)).build();
    let answer = request.header("content-type", kind).send(body);
    let mut answer = answer.map_err(|error| Failed::at(url, error))?;
    let text = answer.body_mut().read_to_string().map_err(|error| Failed::at(url, error))?;
    serde_json::from_str(&text).map_err(|error| Failed::at(url, error))
}

fn text(answer: &Value, field: &str) -> Result<String, Failed> {
    let text = answer.get(field).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| Failed::at("the authority's answer has no", field))
}

/// A value of a form.
fn encoded(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    value.bytes().map(byte).collect()
}
