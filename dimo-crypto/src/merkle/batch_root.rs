//! [`BatchRoot`]: what a device signs of a batch, so that each piece can be shown alone.

use dimo_types::{Address, RecordId};

use super::builder::Tree;
use super::hash::LeafHash;
use super::proof::{Proof, ProofError, verify_proof};
use crate::eip712::{Word, signing_digest, struct_hash, type_hash};
use crate::message::{Message, sealed::Sealed};
use crate::{Digest, TelemetryBatchSeal};

/// The signature over the tree of a batch: one for all its column blocks or records, each of which is a leaf.
///
/// EIP-712, domain `DIMO Telemetry` version `1`: [`Self::TYPE`]. The number of leaves is signed, so that nobody can pass a part
/// of a batch off as the whole. No session is in it: a batch may outlive the session that it was made in, and its signature too.
///
/// A proof shows the hashes of other leaves. **Put 16 random bytes in front of each leaf that could be guessed**, of a position or a
/// speed, say: otherwise whoever gets a proof finds its neighbours by trying.
///
/// # Example: an insurer checks one record of a drive
///
/// ```
/// # #[cfg(feature = "software-key")] {
/// use dimo_crypto::merkle::{BatchRoot, LeafHash, Proof, RootBuilder};
/// use dimo_crypto::{SoftwareKey, blocking::DeviceSigner, verify};
/// # use dimo_types::{RecordId, Timestamp};
/// # let batch = RecordId::new(Timestamp::from_secs(1_700_000_000)?, [7; 16]);
/// let mut device = SoftwareKey::from_bytes([7; 32])?;
/// let mut tree = RootBuilder::<4>::new();
/// // Random bytes in front of what could be guessed from its hash; they travel with the record.
/// tree.push(LeafHash::of(b"\x8d\x10.. speed 80"))?;
/// tree.push(LeafHash::of(b"\x52\xf7.. at home"))?;
/// let root = BatchRoot::new(device.address(), batch, tree.finish()?);
/// let signature = device.sign(&root)?;
///
/// // The insurer sees the speed, and of the place no more than a hash.
/// let root = verify(root, &signature, device.address())?;
/// let siblings = [*LeafHash::of(b"\x52\xf7.. at home").as_bytes()];
/// root.verify_leaf(0, b"\x8d\x10.. speed 80", Proof::new(&siblings))?;
/// assert!(root.verify_leaf(0, b"\x8d\x10.. speed 50", Proof::new(&siblings)).is_err());
/// # }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BatchRoot {
    /// The device that measured.
    pub device: Address,
    /// The batch, by the id that it keeps until it is acknowledged.
    pub batch: RecordId,
    /// How many leaves there are.
    pub count: u32,
    /// The root of the tree.
    pub root: [u8; 32],
}

impl BatchRoot {
    /// The EIP-712 type.
    pub const TYPE: &'static str =
        "TelemetryBatchRoot(address device,bytes20 batch,uint32 count,bytes32 root)";
    /// The hash of [`Self::TYPE`].
    pub const TYPE_HASH: [u8; 32] = type_hash(Self::TYPE);
    /// The separator of the domain `DIMO Telemetry`, version `1`.
    pub const DOMAIN_SEPARATOR: [u8; 32] = TelemetryBatchSeal::DOMAIN_SEPARATOR;

    /// What `device` signs of the tree of a batch.
    #[must_use]
    pub const fn new(device: Address, batch: RecordId, tree: Tree) -> Self {
        Self { device, batch, count: tree.count, root: tree.root }
    }

    /// Checks that the batch has this leaf at `index`. Means something once the signature is verified.
    ///
    /// # Errors
    ///
    /// See [`ProofError`].
    pub fn verify_leaf(&self, index: u32, leaf: &[u8], proof: Proof<'_>) -> Result<(), ProofError> {
        verify_proof(&self.root, self.count, index, LeafHash::of(leaf), proof)
    }
}

impl Sealed for BatchRoot {}

impl Message for BatchRoot {
    fn digest(&self) -> Digest {
        let words = [self.device.word(), bytes20(self.batch), u64::from(self.count).word(), self.root];
        signing_digest(&Self::DOMAIN_SEPARATOR, &struct_hash(&Self::TYPE_HASH, &words))
    }
}

/// `bytes20` is padded on the right.
fn bytes20(id: RecordId) -> [u8; 32] {
    let mut word = [0; 32];
    if let Some(high) = word.first_chunk_mut::<20>() {
        *high = *id.as_bytes();
    }
    word
}
