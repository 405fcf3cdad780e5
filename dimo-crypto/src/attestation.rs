//! [`Attestation`]: what an account said of a vehicle or a device, and exactly which bytes it signed.

use crate::Digest;
use crate::message::{Verifiable, sealed::Sealed};
use crate::personal::eip191;

/// The signed bytes of an attestation (a CloudEvent of the type `dimo.attestation`), to be verified against its `source`.
///
/// The network signs attestations under the EIP-191 prefix. Over which bytes depends on the reader where the event carries
/// `data_base64`: its own library says the text, its ingest server hashes what the text decodes to. So the name of each
/// variant says it, and a backend that takes both tries both.
///
/// Persons and services attest, with wallets of theirs; a device has nothing to attest, and its wallet does not sign this.
///
/// # Example: an insurance, attested by the insurer
///
/// ```
/// use dimo_crypto::{Attestation, Signature, verify};
/// let data = concat!(
///     r#"{"subject":"did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1005","insured":true,"#,
///     r#""provider":"State Farm","coverageStartDate":1744751357,"expirationDate":1807822654,"#,
///     r#""policyNumber":"SF-12345678"}"#,
/// );
/// let signature: Signature = "0xa2f41b51853db03749da01976aaef503252c3e240e4edb3c5651856c7b4842fa\
///     54be0cb843ee380561f5583ed7b38c99f8db6f3d3aa345856449e85be6e29af91b".parse()?;
/// let source = "0x07B584f6a7125491C991ca2a45ab9e641B1CeE1b".parse()?;
/// let verified = verify(Attestation::Data(data.as_bytes()), &signature, source)?;
/// assert_eq!(verified.signer(), source);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attestation<'a> {
    /// The JSON value `data`, byte for byte as received. All readers agree on it.
    Data(&'a [u8]),
    /// The text of `data_base64`, without its quotes: what the network's event library says is signed.
    Base64Text(&'a str),
    /// What `data_base64` decodes to: what the network's ingest server hashes.
    Base64Decoded(&'a [u8]),
}

impl<'a> Attestation<'a> {
    /// The bytes that are signed.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        match self {
            Self::Data(bytes) | Self::Base64Decoded(bytes) => bytes,
            Self::Base64Text(text) => text.as_bytes(),
        }
    }
}

impl Sealed for Attestation<'_> {}

impl Verifiable for Attestation<'_> {
    fn signed_digest(&self) -> Digest {
        eip191(self.as_bytes())
    }
}
