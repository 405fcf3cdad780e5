//! What happened: on the link, in the vehicle, and with what others were asked for.

use dimo_crypto::Signature;
use dimo_types::{CanProtocol, Timestamp, TroubleCode, Vin};

use super::expected::Expected;
use super::{Asked, Connection, Engine, Expiry, Gen1, NotTold, Signing, StaleJob, value};
use crate::gatt::LinkSecurity;
use crate::{JobId, SigningFailed};

impl Gen1 {
    /// A phone connected, over a link that is not encrypted yet. Nothing is left of an earlier connection.
    pub fn handle_connected(&mut self) {
        self.connection = Connection::NEW;
    }

    /// The security of the link is another one: tell [`LinkSecurity::Authenticated`] when it is encrypted by an authenticated bond,
    /// and not for Just Works.
    pub const fn handle_security(&mut self, security: LinkSecurity) {
        self.connection.security = security;
    }

    /// The phone is gone, and with it the values it read, its signature, and the jobs it waited for.
    pub fn handle_disconnected(&mut self) {
        self.connection = Connection::NEW;
    }

    /// What ignition and engine do at `now`. Tell it at least every [`ENGINE_FRESH`](super::ENGINE_FRESH), or codes cannot be cleared.
    pub const fn handle_engine(&mut self, now: Timestamp, engine: Engine) {
        self.engine = Some((now, engine));
    }

    /// The device has another owner, or was reset to what it was at the factory: bonds, presence, what may be signed, and what the
    /// connected phone was given are all forgotten.
    pub fn handle_owner_changed(&mut self) {
        self.connection = Connection::NEW;
        self.expected = Expected::NOTHING;
        self.window = None;
        self.asked = Asked { forget_bonds: true, ..Asked::NOTHING };
    }

    /// The vehicle has told its VIN, asked by [`Action::ReadVin`](super::Action::ReadVin), or has not.
    ///
    /// # Errors
    ///
    /// [`StaleJob`] when nobody waits for it any more. Nothing is to be done then.
    pub fn handle_vin(
        &mut self,
        now: Timestamp,
        job: JobId,
        outcome: Result<Vin, NotTold>,
    ) -> Result<(), StaleJob> {
        self.connection.vin.answer(now, job, value::vin(outcome.ok()))
    }

    /// The protocol that the vehicle speaks, asked by [`Action::ReadProtocol`](super::Action::ReadProtocol), or that it is not known.
    ///
    /// # Errors
    ///
    /// As [`Gen1::handle_vin`].
    pub fn handle_protocol(
        &mut self,
        now: Timestamp,
        job: JobId,
        outcome: Result<CanProtocol, NotTold>,
    ) -> Result<(), StaleJob> {
        self.connection.protocol.answer(now, job, value::protocol(outcome.ok()))
    }

    /// The vehicle has told its trouble codes, asked by [`Action::ReadTroubleCodes`](super::Action::ReadTroubleCodes), or has not. 85 codes fill the value, and those
    /// behind are left out.
    ///
    /// # Errors
    ///
    /// As [`Gen1::handle_vin`]. So it is with codes that were read before they were cleared.
    pub fn handle_trouble_codes(
        &mut self,
        now: Timestamp,
        job: JobId,
        outcome: Result<&[TroubleCode], NotTold>,
    ) -> Result<(), StaleJob> {
        self.connection.codes.answer(now, job, value::codes(outcome.ok()))
    }

    /// The wallet has signed what [`Action::Sign`](super::Action::Sign) asked for, or could not.
    ///
    /// # Errors
    ///
    /// As [`Gen1::handle_vin`].
    pub fn handle_signature(
        &mut self,
        signed: JobId,
        outcome: Result<Signature, SigningFailed>,
    ) -> Result<(), StaleJob> {
        match self.connection.signing {
            Signing::Asked { job, .. } if job == signed => {
                let signature = outcome.map(|signature| Signing::Signed(signature.to_bytes()));
                self.connection.signing = signature.unwrap_or(Signing::Failed);
                Ok(())
            }
            _ => Err(StaleJob { job: signed }),
        }
    }

    /// It is `now`: ends one thing whose time has come and says which. Call it until it gives `None`.
    #[must_use = "call it until it gives None"]
    pub fn handle_timeout(&mut self, now: Timestamp) -> Option<Expiry> {
        let held = self.connection.held.take_if(|held| held.until <= now).map(|_| Expiry::HeldRead);
        held.or_else(|| self.window.take_if(|window| window.until() <= now).map(|_| Expiry::Window))
    }
}
