//! [`Internet`]: whatever network the computer has, and the broker at the other end of mutual TLS.

use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use application::{Network, Standing, Terms};
use dimo_hal::host::StdStream;
use dimo_hal::modem::{UplinkState, UplinkWait};
use dimo_types::Country;
use embassy_time::with_timeout;
use gateway::enrol::Identity;
use gateway::{Failed, now};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use crate::certificates::Certificates;
use crate::console::say;
use crate::line::Line;
use crate::post::in_thread;
use crate::settings::BrokerSettings;
use crate::tls::Tls;

/// The broker answers by then, or never.
const PATIENCE: Duration = Duration::from_secs(10);
/// And the whole of opening a connection takes no longer.
const OPENING: embassy_time::Duration = embassy_time::Duration::from_secs(25);

/// The computer's network.
pub(crate) struct Internet {
    broker: BrokerSettings,
    name: ServerName<'static>,
    /// Whom the broker's certificate leads to.
    authorities: Arc<RootCertStore>,
    certificates: Certificates,
    country: Country,
    open: Option<Tls>,
    socket: Option<TcpStream>,
}

impl Internet {
    pub(crate) fn new(
        broker: BrokerSettings,
        certificates: Certificates,
        country: Country,
    ) -> Result<Self, Failed> {
        let file = broker.authorities.display().to_string();
        let text = std::fs::read(&broker.authorities).map_err(|error| Failed::at(&file, error))?;
        let mut authorities = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate = certificate.map_err(|error| Failed::at(&file, format!("{error:?}")))?;
            authorities.add(certificate).map_err(|error| Failed::at(&file, error))?;
        }
        if authorities.is_empty() {
            return Err(Failed::at(&file, "there is no certificate in it"));
        }
        let name = ServerName::try_from(broker.host.clone())
            .map_err(|error| Failed::at("the name of the broker", error))?;
        let authorities = Arc::new(authorities);
        Ok(Self { broker, name, authorities, certificates, country, open: None, socket: None })
    }

    async fn connect(&mut self) -> Result<Tls, Failed> {
        let identity = self.certificates.current().ok_or_else(|| Failed("there is no certificate".into()))?;
        let config = config(&self.authorities, &identity)?;
        let tls = ClientConnection::new(Arc::new(config), self.name.clone())
            .map_err(|error| Failed::at("TLS", error))?;
        let (host, port) = (self.broker.host.clone(), self.broker.port);
        let socket = in_thread(move || connect(&host, port)).await.unwrap_or_else(|| Err("nothing".into()));
        let socket = socket.map_err(|error| Failed::at("the broker", error))?;
        let halves = (socket.try_clone(), socket.try_clone());
        let (Ok(reader), Ok(writer)) = halves else { return Err(Failed("too many files are open".into())) };
        self.socket = Some(socket);
        let line = Line::new(StdStream(reader), StdStream(writer));
        let mut tls = Tls::new(tls, line, self.certificates.clone(), identity);
        tls.shake_hands().await.map_err(|error| Failed::at("the broker", error))?;
        Ok(tls)
    }
}

impl Network for Internet {
    type Stream = Tls;

    async fn step(&mut self, terms: &Terms<'_>) -> Option<Standing> {
        let country = self.country;
        let state = if terms.geography.check(country).is_err() {
            UplinkState::Outside { country }
        } else if self.certificates.current().is_none() {
            UplinkState::Waiting(UplinkWait::Link)
        } else {
            UplinkState::Up { country, address: None }
        };
        // The computer keeps its own time, by whatever it has for that.
        Some(Standing { state, country: Some(country), time: Some(now()) })
    }

    async fn open(&mut self) -> Option<&mut Tls> {
        let tls = match with_timeout(OPENING, self.connect()).await {
            Ok(Ok(tls)) => tls,
            Ok(Err(reason)) => {
                say(format_args!("broker\tfailed\t{}", reason.0.replace(['\t', '\n'], " ")));
                self.close().await;
                return None;
            }
            Err(_) => {
                say(format_args!("broker\tfailed\tno answer"));
                self.close().await;
                return None;
            }
        };
        Some(self.open.insert(tls))
    }

    async fn close(&mut self) {
        if let Some(mut tls) = self.open.take() {
            tls.say_goodbye().await;
        }
        if let Some(socket) = self.socket.take() {
            // It may be closed already; the threads that wait for it end now.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn connect(host: &str, port: u16) -> Result<TcpStream, String> {
    let addresses: Vec<SocketAddr> =
        (host, port).to_socket_addrs().map_err(|error| error.to_string())?.collect();
    let mut reason = "it has no address".to_owned();
    let patience = PATIENCE / u32::try_from(addresses.len().max(1)).unwrap_or(1);
    for address in addresses {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(socket) => {
                // A message is not to wait for the next one.
                let _ = socket.set_nodelay(true);
                return Ok(socket);
            }
            Err(error) => reason = error.to_string(),
        }
    }
    Err(reason)
}

fn config(authorities: &Arc<RootCertStore>, identity: &Identity) -> Result<ClientConfig, Failed> {
    let failed = |reason: &dyn std::fmt::Debug| Failed::at("the certificate", format!("{reason:?}"));
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(identity.certificate.as_bytes()).collect();
    let chain = chain.map_err(|error| failed(&error))?;
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).map_err(|error| failed(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder.with_root_certificates(Arc::clone(authorities)).with_client_auth_cert(chain, key)
        })
        .map_err(|error| failed(&error))
}
