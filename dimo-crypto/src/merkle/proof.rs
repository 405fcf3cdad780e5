//! [`Proof`]: the hashes beside the way from a leaf to the root.

use core::fmt;

use thiserror::Error;

use super::hash::{LeafHash, node};

/// The hashes beside the way from a leaf up to the root, lowest first; on the wire they follow each other.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Proof<'a>(&'a [[u8; 32]]);

impl<'a> Proof<'a> {
    /// The hashes as [`Prover`](super::Prover) wrote them. Whether they prove anything, [`verify_proof`] says.
    #[must_use]
    pub const fn new(siblings: &'a [[u8; 32]]) -> Self {
        Self(siblings)
    }

    /// A proof as it came.
    ///
    /// # Errors
    ///
    /// [`ProofLengthError`] when the length is no multiple of 32.
    pub const fn from_bytes(bytes: &'a [u8]) -> Result<Self, ProofLengthError> {
        match bytes.as_chunks() {
            (siblings, []) => Ok(Self(siblings)),
            _ => Err(ProofLengthError { len: bytes.len() }),
        }
    }

    /// The bytes to send, 32 for each hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0.as_flattened()
    }

    /// The hashes, lowest first.
    #[must_use]
    pub const fn siblings(&self) -> &'a [[u8; 32]] {
        self.0
    }
}

impl fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({} hashes)", self.0.len())
    }
}

/// How many hashes the proof of this leaf has, at most 32; `None` when there is no such leaf.
///
/// # Example: the last of three leaves is carried up a level
///
/// ```
/// use dimo_crypto::merkle::proof_len;
/// assert_eq!(proof_len(0, 3), Some(2));
/// assert_eq!(proof_len(2, 3), Some(1));
/// assert_eq!(proof_len(3, 3), None);
/// ```
#[must_use]
pub fn proof_len(index: u32, count: u32) -> Option<usize> {
    Some(Steps::new(index, count)?.filter(|step| !matches!(step, Step::CarriedUp)).count())
}

/// Checks that a tree of `count` leaves with this root has this leaf at `index`.
///
/// `root` and `count` must come from something signed: a proof for another number of leaves is another proof.
///
/// # Errors
///
/// See [`ProofError`].
pub fn verify_proof(
    root: &[u8; 32],
    count: u32,
    index: u32,
    leaf: LeafHash,
    proof: Proof<'_>,
) -> Result<(), ProofError> {
    let expected = proof_len(index, count).ok_or(ProofError::NoSuchLeaf { index, count })?;
    if proof.0.len() != expected {
        return Err(ProofError::Length { expected, got: proof.0.len() });
    }
    let steps = Steps::new(index, count).into_iter().flatten();
    // Just as many of them as there are siblings, which the length says.
    let steps = steps.filter(|step| !matches!(step, Step::CarriedUp)).zip(proof.0);
    let root_of_leaf = steps.fold(*leaf.as_bytes(), |hash, (step, sibling)| match step {
        Step::RightOfSibling => node(sibling, &hash),
        _ => node(&hash, sibling),
    });
    if root_of_leaf == *root { Ok(()) } else { Err(ProofError::NotInTree) }
}

/// One level up.
enum Step {
    LeftOfSibling,
    RightOfSibling,
    /// The last node of a level with an odd number of them.
    CarriedUp,
}

/// The way from a leaf to the root.
struct Steps {
    at: u32,
    last: u32,
}

impl Steps {
    /// `None` when there is no such leaf.
    const fn new(index: u32, count: u32) -> Option<Self> {
        match count.checked_sub(1) {
            Some(last) if index <= last => Some(Self { at: index, last }),
            _ => None,
        }
    }
}

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if self.last == 0 {
            return None;
        }
        let step = if self.at % 2 == 1 {
            Step::RightOfSibling
        } else if self.at < self.last {
            Step::LeftOfSibling
        } else {
            Step::CarriedUp
        };
        self.at /= 2;
        self.last /= 2;
        Some(step)
    }
}

/// The bytes of a proof are no whole number of hashes: cut off on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{len} bytes are no whole number of hashes")]
pub struct ProofLengthError {
    /// How many bytes there were.
    pub len: usize,
}

/// Why a leaf is not proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The index is not below the number of leaves.
    #[error("no leaf {index} among {count}")]
    NoSuchLeaf {
        /// The index.
        index: u32,
        /// How many leaves there are.
        count: u32,
    },
    /// A proof of this leaf has another length: it is for another index or another tree.
    #[error("the proof of this leaf has {expected} hashes, not {got}")]
    Length {
        /// How many it has.
        expected: usize,
        /// How many there were.
        got: usize,
    },
    /// The leaf, the index or the proof is not of this tree.
    #[error("not a leaf of this tree")]
    NotInTree,
}
