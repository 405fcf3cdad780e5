//! [`World`]: the gateway and what it talks to.

use std::fs;
use std::path::Path;
use std::time::Duration;

use backend::cloud::Cloud;
use backend::{Backend, Registry, Seen};
use dimo_crypto::session::ServerKey;
use dimo_hal::{KeySlot, SoftwareSecureElement, Wallet};
use dimo_types::Address;
use gateway::enrol::{DeviceWallet, Identity};
use gateway::outbox::Outbox;
use gateway::uplink::{Destination, Uplink, options};
use gateway::{Failed, drive, random};
use time::OffsetDateTime;

use crate::authority::Authority;
use crate::broker::Broker;

/// What the backend has not seen by then does not come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// Frames of the log that are sent.
const FRAMES: usize = 5_000;

/// Everything. What lasts as long as the program is leaked where that spares a lifetime.
pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) destination: Destination,
    pub(crate) cloud: Cloud<Seen>,
    pub(crate) wallet: DeviceWallet,
    pub(crate) device: Address,
    pub(crate) identity: Option<Identity>,
    pub(crate) uplink: Option<Uplink>,
    pub(crate) outbox: Outbox,
    pub(crate) dictionary: Vec<dimo_types::SignalInfo<'static>>,
    pub(crate) readings: Vec<dimo_types::Reading<'static>>,
    /// Sessions that were opened so far.
    pub(crate) sessions: u64,
    /// Kept for what it does.
    _broker: Broker,
}

impl World {
    pub(crate) fn new(dbc: &Path, log: &Path, folder: &Path) -> Result<Self, Failed> {
        fs::create_dir_all(folder).map_err(|error| Failed::at("the folder", error))?;
        let blob: &'static [u8] = Vec::leak(drive::plan(dbc)?);
        let plan = dimo_dbc::Plan::from_bytes(blob).map_err(|error| Failed::at("the plan", error))?;
        let exact: &'static dimo_dbc::Plan<'static> = Box::leak(Box::new(plan));
        let readings = match drive::readings(exact, log, FRAMES) {
            Ok(readings) => readings,
            // What no identifier matches exactly may be of J1939.
            Err(_) => {
                let j1939 = Box::leak(Box::new(plan.with_matching(dimo_dbc::IdMatching::J1939)));
                drive::readings(j1939, log, FRAMES)?
            }
        };
        let authority = Authority::start()?;
        let broker = Broker::start(folder, &authority)?;
        let server = ServerKey::from_bytes(random()?);
        let recipient = Address::new([0xBE; 20]);
        let destination = Destination {
            broker: broker.address,
            authority: authority.certificate.clone(),
            server: server.public_key(),
            recipient,
        };
        let wallet = new_wallet()?;
        let device = wallet.address();
        let (certificate, key) = authority.issue("backend")?;
        let of_backend =
            Identity { certificate, key, not_after: OffsetDateTime::now_utc() + time::Duration::days(1) };
        let backend = Backend::new(server, recipient, Registry::default().with(device));
        let cloud =
            Cloud::start(options("backend", &destination, Some(&of_backend)), backend, Seen::default());
        cloud.listening(PATIENCE).map_err(Failed)?;
        let file = folder.join("outbox.bin");
        // A new drive begins with an empty one.
        let _ = fs::remove_file(&file);
        Ok(Self {
            authority,
            destination,
            cloud,
            wallet,
            device,
            identity: None,
            uplink: None,
            outbox: Outbox::open(&file)?,
            dictionary: drive::dictionary(exact),
            readings,
            sessions: 0,
            _broker: broker,
        })
    }

    pub(crate) fn identity(&self) -> Result<&Identity, Failed> {
        self.identity.as_ref().ok_or_else(|| Failed("there is no certificate".to_owned()))
    }

    /// The connection, and what it needs besides.
    pub(crate) fn uplink(&mut self) -> Result<(&mut Uplink, &mut DeviceWallet, &mut Outbox), Failed> {
        let uplink = self.uplink.as_mut().ok_or_else(|| Failed("there is no connection".to_owned()))?;
        Ok((uplink, &mut self.wallet, &mut self.outbox))
    }
}

/// A device of its own.
pub(crate) fn new_wallet() -> Result<DeviceWallet, Failed> {
    let element = SoftwareSecureElement::new(random()?);
    Wallet::create_blocking(element, KeySlot(0)).map_err(|error| Failed::at("the wallet", error))
}
