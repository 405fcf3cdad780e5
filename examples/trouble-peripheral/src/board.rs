//! [`Board`]: what a maker brings.

use dimo_crypto::Signature;
use dimo_pairing::gen1::Signable;
use dimo_pairing::{Answer, Record, Request, SignRequest, SigningFailed, StorageFailed};
use dimo_types::Timestamp;

/// The parts of a device that the machines do not have. All of it answers at once here; on a board with slow parts the results go back
/// to the machine when they are there.
pub trait Board {
    /// 32 bytes of a generator fit for keys, such as that of the secure element.
    fn random(&mut self) -> [u8; 32];

    /// The secure element signs for the pairing protocol.
    ///
    /// # Errors
    ///
    /// It did not.
    fn sign(&mut self, request: &SignRequest) -> Result<Signature, SigningFailed>;

    /// The secure element signs for a phone of today.
    ///
    /// # Errors
    ///
    /// It did not.
    fn sign_gen1(&mut self, message: &Signable) -> Result<Signature, SigningFailed>;

    /// The flash keeps a record.
    ///
    /// # Errors
    ///
    /// It did not.
    fn store(&mut self, record: &Record) -> Result<(), StorageFailed>;

    /// Does what a phone asks for.
    fn perform(&mut self, now: Timestamp, request: &Request<'_>) -> Answer<'_>;
}
