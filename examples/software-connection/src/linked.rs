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

#[cfg(test)]
mod tests {
    use dimo_types::{Privilege, PrivilegeSet, TokenId};

    use super::*;

    const FRIEND: Address = Address::new([1; 20]);
    const STRANGER: Address = Address::new([2; 20]);

    fn second(seconds: u64) -> Timestamp {
        Timestamp::from_secs(1_700_000_000 + seconds).unwrap()
    }

    /// The names that a recipient sees at a time: of a speed and a position, with these privileges from 0 to 100 s.
    fn seen(privileges: PrivilegeSet, recipient: Address, at: Timestamp) -> Vec<&'static str> {
        let mut mapping = Mapping::new();
        let json = r#"{"drive_state":{"timestamp":1,"speed":10,"latitude":1.0,"longitude":2.0}}"#;
        let readings = mapping.readings(at, &serde_json::from_str(json).unwrap());
        let grants = [Grant { recipient: FRIEND, privileges, from: second(0), until: second(100) }];
        let policy = SharingPolicy::new(TokenId::from(1), 1, &grants).unwrap();
        let names = mapping.dictionary();
        let granted = granted(&mapping, readings, &policy, recipient, at);
        granted.iter().map(|reading| names[usize::from(reading.signal.0)].name).collect()
    }

    #[test]
    fn a_position_needs_a_privilege_of_its_own() {
        let data = PrivilegeSet::EMPTY.with(Privilege::NonLocationData);
        assert_eq!(seen(data, FRIEND, second(1)), ["speed"]);
        let all = data.with(Privilege::AllTimeLocation);
        assert_eq!(seen(all, FRIEND, second(1)), ["speed", "currentLocationCoordinates"]);
    }

    #[test]
    fn nothing_is_shared_with_a_stranger_without_a_privilege_or_after_the_end_of_the_consent() {
        let data = PrivilegeSet::EMPTY.with(Privilege::NonLocationData);
        assert!(seen(data, STRANGER, second(1)).is_empty());
        assert!(seen(PrivilegeSet::EMPTY, FRIEND, second(1)).is_empty());
        assert!(seen(data, FRIEND, second(100)).is_empty());
    }
}
