//! The device's half of a sealed session: one signature, then records.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::keccak256;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, OPENING_LEN, OVERHEAD, OpeningCounter, Reservation, ServerPublicKey,
    SessionAction, SessionRequest,
};
use dimo_types::{Address, Timestamp};

use crate::error::TripError;
use crate::factory::DeviceWallet;

/// With whom a device opens sessions: its maker wrote this into it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint {
    pub(crate) server: ServerPublicKey,
    pub(crate) recipient: Address,
}

/// An open session.
pub(crate) struct SealedStream {
    session: DeviceSession,
}

impl SealedStream {
    /// Opens a session with `endpoint`, the `counter`-th of this device: the stream and the bytes that begin it.
    pub(crate) fn open(
        wallet: &mut DeviceWallet,
        endpoint: Endpoint,
        counter: u64,
    ) -> Result<(Self, [u8; OPENING_LEN]), TripError> {
        let device = wallet.address();
        let request = SessionRequest {
            device,
            server: endpoint.server,
            recipient: endpoint.recipient,
            counter: OpeningCounter::new(counter).ok_or_else(|| failed("a counter begins at 1"))?,
            not_after: Timestamp::MAX, // a device without a clock
        };
        let ephemeral = Ephemeral::from_bytes(public_randomness(device, counter)).map_err(failed)?;
        let mut session = DeviceSession::new(request, ephemeral, Reservation::NONE).map_err(failed)?;
        while let Some(action) = session.poll_action() {
            match action {
                // Nothing outlives this program, so what it would keep is kept by going on.
                SessionAction::Persist(reservation) => {
                    session.handle_persisted(reservation).map_err(failed)?
                }
                SessionAction::Sign(opening) => {
                    let signature = wallet.sign(&opening).map_err(failed)?;
                    session.handle_signature(&signature).map_err(failed)?;
                }
                _ => return Err(failed("the session asks for something new")),
            }
        }
        let opening = *session.opening().ok_or_else(|| failed("the opening was not signed"))?;
        Ok((Self { session }, opening))
    }

    /// The record of a message.
    pub(crate) fn seal(&mut self, message: &[u8]) -> Result<Vec<u8>, TripError> {
        while let Some(SessionAction::Persist(reservation)) = self.session.poll_action() {
            self.session.handle_persisted(reservation).map_err(failed)?;
        }
        let mut record = vec![0; message.len() + OVERHEAD];
        self.session.seal(message, &mut record).map_err(failed)?;
        Ok(record)
    }
}

/// Everybody can know these bytes, so that every run gives the same records; a device draws them from its random source.
fn public_randomness(device: Address, counter: u64) -> [u8; 32] {
    let mut seed = device.as_bytes().to_vec();
    seed.extend(counter.to_be_bytes());
    keccak256(&seed)
}

fn failed(reason: impl std::fmt::Display) -> TripError {
    TripError::part("the session")(&reason)
}
