//! Telemetry: today's form, [`Gen1Telemetry`] to sign and [`ReceivedTelemetry`] to verify, and the seal of a binary batch, [`TelemetryBatchSeal`].

use dimo_types::Address;
use dimo_types::wire::Gen1Data;

use crate::eip712::{Word, signing_digest, struct_hash, type_hash};
use crate::hash::{Hasher, keccak256};
use crate::message::{Message, Verifiable, sealed::Sealed};
use crate::{Digest, domain};

/// The JSON object `data` of a Gen 1 message that this device encoded, as it signs it: `keccak256` without a prefix.
///
/// The form has no prefix, so a wallet that signed any bytes in it could be made to sign a typed message, a login or a
/// transaction. It therefore takes what the encoder of `dimo-types` wrote, and nothing that was received: for that, a backend
/// has [`ReceivedTelemetry`].
///
/// # Example: an encoded message, signed
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::{Gen1Telemetry, Signature, SoftwareSignError, SoftwareKey, blocking::DeviceSigner};
/// use dimo_types::wire::Gen1Data;
/// // `data` is `envelope.data()` of a `dimo_types::wire::Gen1Envelope`.
/// fn sign(wallet: &mut SoftwareKey, data: Gen1Data<'_>) -> Result<Signature, SoftwareSignError> {
///     wallet.sign(&Gen1Telemetry::new(data))
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gen1Telemetry<'a>(&'a [u8]);

impl<'a> Gen1Telemetry<'a> {
    /// What the encoder of this program wrote.
    #[must_use]
    pub const fn new(data: Gen1Data<'a>) -> Self {
        Self(data.as_bytes())
    }

    /// For `hazmat` alone.
    pub(crate) const fn from_bytes(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// The bytes that are hashed.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl Sealed for Gen1Telemetry<'_> {}

impl Message for Gen1Telemetry<'_> {
    fn digest(&self) -> Digest {
        Hasher::new().chain(self.0).finish_digest()
    }
}

/// The raw bytes of the JSON value `data` of a received Gen 1 message, exactly as they came: to verify, never to sign.
///
/// The live network hashes them without a prefix. Never parse and print the JSON again before checking it:
/// another spelling of the same value has another hash.
///
/// # Example: check a message of the live network
///
/// ```
/// use dimo_crypto::{ReceivedTelemetry, Signature, recover};
/// let data = br#"{"timestamp":1709656316768}"#;
/// let signature: Signature = "0xed107d9e947ce3208f2a349fe9de841295252ed3157a6a6c3725c5b2fd47ccaf\
///     1407ba498f09a872ce409d3434162512f7d0b08fbc0561f407015b39953bb6d61c"
///     .parse()?;
/// let device = recover(&ReceivedTelemetry(data), &signature)?;
/// assert_eq!(device.to_string(), "0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReceivedTelemetry<'a>(pub &'a [u8]);

impl Sealed for ReceivedTelemetry<'_> {}

impl Verifiable for ReceivedTelemetry<'_> {
    fn signed_digest(&self) -> Digest {
        Hasher::new().chain(self.0).finish_digest()
    }
}

/// The signature over a whole batch in its binary form: the device and the bytes as they go on the wire.
///
/// EIP-712, domain `DIMO Telemetry` version `1` without chain and contract, since no contract checks it:
/// `TelemetryBatch(address device,bytes32 payloadHash)` with `payloadHash = keccak256(payload)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TelemetryBatchSeal<'a> {
    /// The device that measured.
    pub device: Address,
    /// The encoded batch, compressed when it is sent compressed.
    pub payload: &'a [u8],
}

impl TelemetryBatchSeal<'_> {
    /// The EIP-712 type.
    pub const TYPE: &'static str = "TelemetryBatch(address device,bytes32 payloadHash)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);
    /// The separator of the domain `DIMO Telemetry`, version `1`.
    pub const DOMAIN_SEPARATOR: [u8; 32] = domain::of_name_const("DIMO Telemetry");
}

impl Sealed for TelemetryBatchSeal<'_> {}

impl Message for TelemetryBatchSeal<'_> {
    fn digest(&self) -> Digest {
        let words = [self.device.word(), keccak256(self.payload)];
        signing_digest(&Self::DOMAIN_SEPARATOR, &struct_hash(&Self::TYPE_HASH, &words))
    }
}
