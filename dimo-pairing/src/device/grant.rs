//! The owner's word: who may do what in a session.

use dimo_crypto::pairing::{PairingGrant, PairingVerdict};
use dimo_crypto::verify;
use dimo_types::Timestamp;

use super::Device;
use crate::clock::Moment;
use crate::limits::after;
use crate::memory::Granted;
use crate::{GrantForm, PresentedGrant, RecordKey, Refusal, Slot, SlotSecret, UnixSeconds};

impl Device {
    /// Takes a grant, or says why not. What is taken holds when it is stored.
    pub(super) fn judge_grant(
        &mut self,
        now: Timestamp,
        presented: &PresentedGrant,
    ) -> Result<Slot, Refusal> {
        let present = self.presence(now).is_some();
        match self.clock.judge(now, presented.expires) {
            Moment::Ahead => {}
            Moment::Unknown if present => {}
            Moment::Past | Moment::Unknown => return Err(Refusal::Expired),
        }
        match self.memory.owner() {
            Some(owner) if owner != presented.owner => return Err(Refusal::NotOwner),
            None if !present => return Err(Refusal::NotPresent),
            _ => {}
        }
        self.check_signature(presented)?;
        self.remember(now, presented)
    }

    fn check_signature(&self, presented: &PresentedGrant) -> Result<(), Refusal> {
        let session = self.stage.session().ok_or(Refusal::NoGrant)?;
        let grant = PairingGrant {
            handshake_hash: *session.transport.hash(),
            device: self.setup.identity.address,
            owner: presented.owner,
            expires: presented.expires.get(),
            role: presented.role,
        };
        let signature = &presented.signature;
        let holds = match presented.form {
            GrantForm::Owner => verify(grant, signature, presented.owner).is_ok(),
            GrantForm::Verdict => match self.setup.verdicts {
                Some(backend) => verify(verdict_on(grant), signature, backend).is_ok(),
                None => false,
            },
        };
        if holds { Ok(()) } else { Err(Refusal::GrantSignature) }
    }

    /// Gives the phone a slot, for as long as the grant lasts and [`Limits::remember`](crate::Limits) allows.
    fn remember(&mut self, now: Timestamp, presented: &PresentedGrant) -> Result<Slot, Refusal> {
        let latest =
            self.clock.unix_secs(now).map(|unix| unix.saturating_add(self.limits.remember.as_secs()));
        let expires =
            latest.map_or(presented.expires, |latest| UnixSeconds::new(latest).min(presented.expires));
        let granted = Granted { owner: presented.owner, role: presented.role, expires };
        let secret = SlotSecret::from_bytes(*self.seed.as_mut().ok_or(Refusal::NoGrant)?.draw());
        let session = self.stage.session_mut().ok_or(Refusal::NoGrant)?;
        let slot = self.memory.remember(session.transport.peer(), secret, granted);
        session.granted = Some((granted, slot));
        session.until = after(now, self.limits.idle);
        self.saver.touch(RecordKey::Slot(slot));
        Ok(slot)
    }
}

/// What the backend of the maker says of `grant`.
const fn verdict_on(grant: PairingGrant) -> PairingVerdict {
    let PairingGrant { handshake_hash, device, owner, expires, role } = grant;
    PairingVerdict { handshake_hash, device, owner, expires, role }
}
