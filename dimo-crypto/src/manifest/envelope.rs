//! [`Envelope`]: a payload and the signatures over it, a COSE_Sign structure (RFC 9052, section 4.1).
//!
//! COSE_Sign and not COSE_Sign1, because k of n keys sign one payload. Of all that COSE allows, one form is accepted, so that an
//! envelope is read with a handful of fixed bytes.

use super::cbor::{BufferTooSmall, CborError, Reader, Writer};
use super::scheme::{Algorithm, KeyId};

/// Tag 98, an array of four, an empty protected header, an empty unprotected header.
const START: [u8; 5] = [0xD8, 98, 0x84, 0x40, 0xA0];
/// A map of two: 1, the algorithm, and 4, the key id, follow.
const PROTECTED: u8 = 0xA2;
const SIGNATURE_LEN: usize = 64;
/// The longest protected header of a signature: algorithm -47 takes two bytes.
const MAX_PROTECTED: usize = 14;

/// What is signed. It is under the signature (as COSE's external data), so that a signature made in one role is none in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// A [`Manifest`](super::Manifest), by release keys.
    Release,
    /// A [`Directive`](super::Directive), by director keys.
    Director,
    /// A [`Root`](super::Root), by the root keys of the epoch before and its own.
    Root,
}

impl Role {
    /// COSE's external data of the role.
    #[must_use]
    pub const fn external_data(self) -> &'static [u8] {
        match self {
            Self::Release => b"dimo-firmware-manifest-1",
            Self::Director => b"dimo-firmware-directive-1",
            Self::Root => b"dimo-firmware-root-1",
        }
    }
}

/// One signature in an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvelopeSignature {
    /// How it was made.
    pub algorithm: Algorithm,
    /// By which key.
    pub key: KeyId,
    /// The 64 bytes: R‖S of Ed25519, or r‖s with a low s.
    pub signature: [u8; SIGNATURE_LEN],
}

impl EnvelopeSignature {
    fn read(reader: &mut Reader<'_>) -> Self {
        reader.array(3, 3);
        let (algorithm, key) = reader.inside(read_protected);
        reader.literal(&[0xA0]);
        Self { algorithm, key, signature: reader.byte_array() }
    }

    fn write(&self, writer: &mut Writer<'_>) -> Result<(), BufferTooSmall> {
        writer.array(3)?;
        write_protected(writer, self.algorithm, self.key)?;
        writer.map(0)?;
        writer.bytes(&self.signature)
    }
}

fn read_protected(reader: &mut Reader<'_>) -> (Algorithm, KeyId) {
    reader.literal(&[PROTECTED, 1]);
    let algorithm = Algorithm::read(reader);
    reader.literal(&[4]);
    (algorithm, KeyId(reader.byte_array()))
}

/// As a byte string, which is how it is signed and sent.
fn write_protected(writer: &mut Writer<'_>, algorithm: Algorithm, key: KeyId) -> Result<(), BufferTooSmall> {
    let mut buffer = [0; MAX_PROTECTED];
    let mut protected = Writer::new(&mut buffer);
    protected.raw(&[PROTECTED, 1])?;
    algorithm.write(&mut protected)?;
    protected.raw(&[4])?;
    protected.bytes(&key.0)?;
    writer.bytes(protected.finish())
}

/// A payload and the signatures over it, in order. Nothing of it is verified yet.
///
/// # Example: what a release pipeline does, with a key that it holds
///
/// ```
/// # #[cfg(feature = "ed25519")] {
/// use dimo_crypto::manifest::{Algorithm, Envelope, EnvelopeSignature, KeyId, Role, ToBeSigned};
/// use ed25519_dalek::{Signer, SigningKey};
/// let key = SigningKey::from_bytes(&[7; 32]);
/// let id = KeyId::of(key.verifying_key().as_bytes());
/// let payload = b"the bytes of a manifest";
///
/// // A hardware module signs these bytes as well as a key in memory does.
/// let to_be_signed = ToBeSigned::new(Role::Release, Algorithm::Ed25519, id, payload)?;
/// let signature = key.sign(to_be_signed.as_bytes()).to_bytes();
///
/// let mut buffer = [0; 128];
/// let bytes =
///     Envelope::write(payload, &[EnvelopeSignature { algorithm: Algorithm::Ed25519, key: id, signature }], &mut buffer)?;
/// assert_eq!(Envelope::parse(bytes)?.payload(), payload);
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    payload: &'a [u8],
    signatures: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// The longest payload, in bytes: a root with the most keys is shorter.
    pub const MAX_PAYLOAD: usize = 1024;
    /// The most signatures.
    pub const MAX_SIGNATURES: usize = 16;
    /// What a signature adds, in bytes, at most.
    pub const SIGNATURE_LEN: usize = 1 + 1 + MAX_PROTECTED + 1 + 2 + SIGNATURE_LEN;
    /// What an envelope adds to a payload, in bytes, at most, without signatures.
    pub const OVERHEAD: usize = START.len() + 3 + 1;

    /// Reads an envelope; its signatures come in ascending order of their keys, each key once.
    ///
    /// # Errors
    ///
    /// [`CborError`] for every other form.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(bytes);
        reader.literal(&START);
        let start = reader.position();
        let payload = reader.bytes();
        if payload.len() > Self::MAX_PAYLOAD {
            reader.refuse(start);
        }
        let count = reader.array(1, Self::MAX_SIGNATURES as u64);
        let first_signature = reader.position();
        let mut last = None;
        for _ in 0..count {
            let start = reader.position();
            let key = EnvelopeSignature::read(&mut reader).key;
            if last.is_some_and(|last| last >= key) {
                reader.refuse(start);
            }
            last = Some(key);
        }
        let signatures = reader.since(first_signature);
        reader.end().map(|()| Self { payload, signatures })
    }

    /// Writes an envelope. The signatures must be in ascending order of their keys.
    ///
    /// # Errors
    ///
    /// [`BuildError`]; what was written then means nothing.
    pub fn write<'b>(
        payload: &[u8],
        signatures: &[EnvelopeSignature],
        out: &'b mut [u8],
    ) -> Result<&'b [u8], BuildError> {
        let mut writer = Writer::new(out);
        writer.raw(&START)?;
        writer.bytes(payload)?;
        writer.array(signatures.len())?;
        signatures.iter().try_for_each(|signature| signature.write(&mut writer))?;
        let bytes = writer.finish();
        Envelope::parse(bytes)?;
        Ok(bytes)
    }

    /// The payload.
    #[must_use]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The signatures, in ascending order of their keys.
    pub fn signatures(&self) -> impl Iterator<Item = EnvelopeSignature> + use<'a> {
        // Read once already, so there is no fault before the end.
        let mut reader = Reader::new(self.signatures);
        core::iter::from_fn(move || (!reader.is_at_end()).then(|| EnvelopeSignature::read(&mut reader)))
    }
}

/// The bytes that one signature of an envelope covers: COSE's `Sig_structure` (RFC 9052, section 4.4).
#[derive(Clone, Debug)]
pub struct ToBeSigned {
    bytes: [u8; Self::MAX_LEN],
    len: usize,
}

impl ToBeSigned {
    const CONTEXT: &'static str = "Signature";
    const MAX_LEN: usize = Envelope::MAX_PAYLOAD + 64;

    /// What the key of this id signs of a payload.
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`] for a payload of more than [`Envelope::MAX_PAYLOAD`] bytes.
    pub fn new(role: Role, algorithm: Algorithm, key: KeyId, payload: &[u8]) -> Result<Self, BufferTooSmall> {
        let mut bytes = [0; Self::MAX_LEN];
        let mut writer = Writer::new(&mut bytes);
        writer.array(5)?;
        writer.text(Self::CONTEXT)?;
        writer.bytes(&[])?;
        write_protected(&mut writer, algorithm, key)?;
        writer.bytes(role.external_data())?;
        writer.bytes(payload)?;
        let len = writer.len();
        Ok(Self { bytes, len })
    }

    /// The bytes. [`Algorithm::Es256k`] signs their SHA-256.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Why something cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The buffer is too short.
    #[error(transparent)]
    Buffer(#[from] BufferTooSmall),
    /// The format does not allow it: no device would read it.
    #[error("no device would read it: {0}")]
    Form(#[from] CborError),
}
