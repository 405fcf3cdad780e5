//! [`Linked`]: the software connection at work. It drives the poller over the socket, maps what comes, leaves out what the
//! owner did not grant, and sends batches.

use core::time::Duration;

use dimo_types::{Address, Grant, Reading, SharingPolicy, Timestamp};

use crate::api::VehicleData;
use crate::backend::{Authorities, Backend};
use crate::clock::{Clock, after, between};
use crate::connection::Connection;
use crate::http::ServiceClient;
use crate::mapping::Mapping;
use crate::poller::{Action, Poller, Stopped};
use crate::report::{Checked, reason};

/// A batch goes out when its first reading has waited for so long.
const BATCH: Duration = Duration::from_secs(300);

/// One connection, from the service to the backend.
pub(crate) struct Linked {
    pub(crate) connection: Connection,
    pub(crate) poller: Poller,
    pub(crate) mapping: Mapping,
    /// What the owner granted, with the version that was signed.
    pub(crate) grants: Vec<Grant>,
    pub(crate) version: u64,
    pending: Vec<Reading<'static>>,
    pending_since: Option<Timestamp>,
    pub(crate) batches: u64,
}

impl Linked {
    /// A connection with the owner's consent that has sent nothing yet.
    pub(crate) fn new(
        connection: Connection,
        poller: Poller,
        mapping: Mapping,
        policy: &SharingPolicy<'_>,
    ) -> Self {
        Self {
            connection,
            poller,
            mapping,
            grants: policy.grants().to_vec(),
            version: policy.version(),
            pending: Vec::new(),
            pending_since: None,
            batches: 0,
        }
    }

    /// Polls until `until`, or until there is nothing left to ask: then why.
    pub(crate) fn run(
        &mut self,
        clock: &Clock,
        until: Timestamp,
        client: &ServiceClient,
        backend: &mut Backend,
        who: Authorities<'_>,
        recipient: Address,
    ) -> Checked<Option<Stopped>> {
        loop {
            let now = clock.now();
            if self.pending_since.is_some_and(|since| between(since, now) >= BATCH) {
                self.flush(now, backend, who)?;
            }
            match self.poller.poll(now) {
                _ if now >= until => return self.flush(now, backend, who).map(|()| None),
                Action::Stop(stopped) => return self.flush(now, backend, who).map(|()| Some(stopped)),
                Action::WaitUntil(time) => {
                    let batch_due = self.pending_since.map_or(until, |since| after(since, BATCH));
                    clock.move_to(time.min(until).min(batch_due));
                }
                Action::Send(ask) => {
                    let answer = client.send(&ask);
                    let now = clock.now();
                    if let Some(data) = self.poller.handle_answer(now, &answer) {
                        self.take(now, &data, recipient)?;
                    }
                }
            }
        }
    }

    /// Keeps what is new and granted for the next batch.
    fn take(&mut self, now: Timestamp, data: &VehicleData, recipient: Address) -> Checked {
        let vehicle = self.connection.synthetic.vehicle;
        let policy = SharingPolicy::new(vehicle, self.version, &self.grants).map_err(reason)?;
        let readings = self.mapping.readings(now, data);
        let granted = granted(&self.mapping, readings, &policy, recipient, now);
        if !granted.is_empty() {
            self.pending_since.get_or_insert(now);
        }
        self.pending.extend(granted);
        Ok(())
    }

    fn flush(&mut self, now: Timestamp, backend: &mut Backend, who: Authorities<'_>) -> Checked {
        self.pending_since = None;
        if self.pending.is_empty() {
            return Ok(());
        }
        let sent = self.connection.send(now, core::mem::take(&mut self.pending))?;
        self.batches += 1;
        backend.take(&sent, now, who)
    }
}

/// The readings that `policy` lets `recipient` see at `now`. Nothing is granted by default.
pub(crate) fn granted(
    mapping: &Mapping,
    mut readings: Vec<Reading<'static>>,
    policy: &SharingPolicy<'_>,
    recipient: Address,
    now: Timestamp,
) -> Vec<Reading<'static>> {
    readings.retain(|reading| {
        let privilege = mapping.privilege(reading.signal);
        privilege.is_some_and(|privilege| policy.permits(recipient, privilege, now))
    });
    readings
}
