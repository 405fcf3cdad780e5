//! [`Certificates`]: the certificate for the broker, kept in a file, asked for when there is none and renewed before it ends.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use gateway::Failed;
use gateway::enrol::{Authority, DeviceWallet, Identity, enrol};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::console::say;
use crate::storage::{read_private, write_private};

/// After a failure it is tried again, later from one to the next.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20), Duration::from_secs(60)];
/// How often it is looked whether the certificate is due.
const LOOK: Duration = Duration::from_secs(60);

/// The certificate in force.
#[derive(Clone, Default)]
pub(crate) struct Certificates(Arc<Mutex<Option<Arc<Identity>>>>);

/// As it stands in the file.
#[derive(Deserialize, Serialize)]
struct Stored {
    certificate: String,
    key: String,
    /// In seconds since the Unix epoch.
    not_after: i64,
}

impl Certificates {
    /// Takes what is in the folder, and keeps it in force from now on.
    pub(crate) fn keep(folder: &Path, authority: Authority, wallet: DeviceWallet) -> Result<Self, Failed> {
        let file = folder.join("certificate.json");
        let certificates = Self::default();
        if let Some(identity) = read(&file)? {
            certificates.set(identity);
        }
        let kept = certificates.clone();
        thread::spawn(move || kept.renew_for_ever(&file, &authority, wallet));
        Ok(certificates)
    }

    /// The certificate, unless it has ended.
    pub(crate) fn current(&self) -> Option<Arc<Identity>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        held.filter(|identity| identity.not_after > OffsetDateTime::now_utc())
    }

    /// Whether this one is in force still.
    pub(crate) fn is_current(&self, identity: &Arc<Identity>) -> bool {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().is_some_and(|held| Arc::ptr_eq(held, identity))
    }

    fn set(&self, identity: Identity) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(identity));
    }

    fn renew_for_ever(&self, file: &Path, authority: &Authority, mut wallet: DeviceWallet) {
        let mut failures = 0;
        loop {
            let now = OffsetDateTime::now_utc();
            if self.current().is_some_and(|identity| !identity.is_due(now)) {
                thread::sleep(LOOK);
                continue;
            }
            let renewed = enrol(authority, &mut wallet).and_then(|identity| {
                write(file, &identity)?;
                say(format_args!("certificate\tuntil\t{}", identity.not_after.unix_timestamp()));
                self.set(identity);
                Ok(())
            });
            match renewed {
                Ok(()) => {
                    failures = 0;
                    // An authority whose certificates are due at once is not asked without end.
                    thread::sleep(LOOK);
                }
                Err(reason) => {
                    say(format_args!("certificate\tfailed\t{}", reason.0.replace(['\t', '\n'], " ")));
                    thread::sleep(PAUSES.get(failures).or(PAUSES.last()).copied().unwrap_or(LOOK));
                    failures += 1;
                }
            }
        }
    }
}

/// A file that cannot be read as a certificate is replaced by a new one.
fn read(file: &Path) -> Result<Option<Identity>, Failed> {
    let Some(bytes) = read_private(file)? else { return Ok(None) };
    let stored: Option<Stored> = serde_json::from_slice(&bytes).ok();
    Ok(stored.and_then(|stored| {
        let not_after = OffsetDateTime::from_unix_timestamp(stored.not_after).ok()?;
        Some(Identity { certificate: stored.certificate, key: stored.key, not_after })
    }))
}

fn write(file: &Path, identity: &Identity) -> Result<(), Failed> {
    let Identity { certificate, key, not_after } = identity.clone();
    let stored = Stored { certificate, key, not_after: not_after.unix_timestamp() };
    let text = serde_json::to_vec(&stored).map_err(|error| Failed::at("the certificate", error))?;
    write_private(file, &text)
}
