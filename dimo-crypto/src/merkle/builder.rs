//! [`RootBuilder`] and [`Prover`]: a tree in one pass over its leaves, in memory that grows with its height alone.

use thiserror::Error;

use super::hash::{LeafHash, node};
use super::proof::Proof;

/// What is signed of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tree {
    /// The hash at the top.
    pub root: [u8; 32],
    /// How many leaves there are, at least 1.
    pub count: u32,
}

/// Takes leaves one by one and gives the root. Holds `DEPTH` hashes of 32 bytes, for up to 2^`DEPTH` - 1 leaves.
///
/// # Example: more leaves than were planned for
///
/// ```
/// use dimo_crypto::merkle::{LeafHash, RootBuilder, TreeError};
/// let mut tree = RootBuilder::<2>::new();
/// for _ in 0..3 {
///     tree.push(LeafHash::of(b"record"))?;
/// }
/// assert_eq!(tree.push(LeafHash::of(b"record")), Err(TreeError::Full { count: 3 }));
/// assert_eq!(tree.finish()?.count, 3);
/// # Ok::<(), TreeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RootBuilder<const DEPTH: usize = 32> {
    peaks: Peaks<DEPTH>,
}

impl<const DEPTH: usize> RootBuilder<DEPTH> {
    /// A tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self { peaks: Peaks::new() }
    }

    /// The next leaf.
    ///
    /// # Errors
    ///
    /// [`TreeError::Full`]; the tree stays as it was.
    pub fn push(&mut self, leaf: LeafHash) -> Result<(), TreeError> {
        self.peaks.push(leaf, |_| Ok(()))
    }

    /// The root and the number of leaves.
    ///
    /// # Errors
    ///
    /// [`TreeError::Empty`] without a leaf.
    pub fn finish(self) -> Result<Tree, TreeError> {
        self.peaks.finish(|_| Ok(()))
    }
}

impl<const DEPTH: usize> Default for RootBuilder<DEPTH> {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes all leaves one by one and gives the proof of one of them.
///
/// The proof is written into memory of the caller: [`proof_len`](super::proof_len) says how many hashes, `DEPTH` always suffice.
#[derive(Debug)]
pub struct Prover<'b, const DEPTH: usize = 32> {
    peaks: Peaks<DEPTH>,
    siblings: Siblings<'b>,
}

impl<'b, const DEPTH: usize> Prover<'b, DEPTH> {
    /// Will prove the leaf of this index, counted from 0.
    #[must_use]
    pub const fn new(index: u32, siblings: &'b mut [[u8; 32]]) -> Self {
        Self { peaks: Peaks::new(), siblings: Siblings { index, hashes: siblings, len: 0 } }
    }

    /// The next leaf.
    ///
    /// # Errors
    ///
    /// [`TreeError::Full`], or [`TreeError::ProofBuffer`]: begin again with a longer buffer.
    pub fn push(&mut self, leaf: LeafHash) -> Result<(), TreeError> {
        self.peaks.push(leaf, |merge| self.siblings.note(merge))
    }

    /// The tree and the proof.
    ///
    /// # Errors
    ///
    /// [`TreeError::Empty`], [`TreeError::NoSuchLeaf`] when there were too few leaves, [`TreeError::ProofBuffer`].
    pub fn finish(mut self) -> Result<(Tree, Proof<'b>), TreeError> {
        let tree = self.peaks.finish(|merge| self.siblings.note(merge))?;
        let Siblings { index, hashes, len } = self.siblings;
        if index >= tree.count {
            return Err(TreeError::NoSuchLeaf { index, count: tree.count });
        }
        Ok((tree, Proof::new(hashes.get(..len).unwrap_or_default())))
    }
}

/// The hashes beside the way from one leaf to the root.
#[derive(Debug)]
struct Siblings<'b> {
    index: u32,
    hashes: &'b mut [[u8; 32]],
    len: usize,
}

impl Siblings<'_> {
    fn note(&mut self, merge: Merge<'_>) -> Result<(), TreeError> {
        let sibling = if merge.left.contains(self.index) {
            merge.right_hash
        } else if merge.right.contains(self.index) {
            merge.left_hash
        } else {
            return Ok(());
        };
        let len = self.hashes.len();
        *self.hashes.get_mut(self.len).ok_or(TreeError::ProofBuffer { len })? = *sibling;
        self.len += 1;
        Ok(())
    }
}

/// Leaves from the first to before the last.
#[derive(Clone, Copy, Debug)]
struct Leaves {
    from: u32,
    to: u32,
}

impl Leaves {
    const fn contains(self, index: u32) -> bool {
        self.from <= index && index < self.to
    }
}

/// Two neighbours that become one.
struct Merge<'h> {
    left: Leaves,
    right: Leaves,
    left_hash: &'h [u8; 32],
    right_hash: &'h [u8; 32],
}

/// The roots of the full trees that the leaves so far make up: one of 2^level leaves for each bit of their number.
#[derive(Clone, Debug)]
struct Peaks<const DEPTH: usize> {
    hashes: [[u8; 32]; DEPTH],
    count: u32,
}

impl<const DEPTH: usize> Peaks<DEPTH> {
    const fn new() -> Self {
        const { assert!(DEPTH >= 1 && DEPTH <= 32, "a tree has 1 to 32 levels") };
        Self { hashes: [[0; 32]; DEPTH], count: 0 }
    }

    /// Carries as a binary counter does.
    fn push(
        &mut self,
        leaf: LeafHash,
        mut note: impl FnMut(Merge<'_>) -> Result<(), TreeError>,
    ) -> Result<(), TreeError> {
        let count = self.count;
        let level = count.trailing_ones() as usize;
        let (below, peak) = match self.hashes.split_at_mut_checked(level) {
            Some((below, [peak, ..])) => (below, peak),
            _ => return Err(TreeError::Full { count }),
        };
        let mut hash = *leaf.as_bytes();
        // Below the level of the new peak, all bits of the number are set.
        for (level, left_hash) in below.iter().enumerate() {
            let middle = (count >> level) << level;
            note(Merge {
                left: Leaves { from: middle - (1 << level), to: middle },
                right: Leaves { from: middle, to: count + 1 },
                left_hash,
                right_hash: &hash,
            })?;
            hash = node(left_hash, &hash);
        }
        *peak = hash;
        self.count = count + 1;
        Ok(())
    }

    /// Joins the peaks from the smallest on: what is odd was carried up unchanged.
    fn finish(self, mut note: impl FnMut(Merge<'_>) -> Result<(), TreeError>) -> Result<Tree, TreeError> {
        let count = self.count;
        let is_peak = |level: &usize| count >> level & 1 == 1;
        let mut peaks = self.hashes.iter().enumerate().filter(|(level, _)| is_peak(level));
        let (_, &smallest) = peaks.next().ok_or(TreeError::Empty)?;
        let mut hash = smallest;
        for (level, left_hash) in peaks {
            let middle = (count >> level) << level;
            note(Merge {
                left: Leaves { from: middle - (1 << level), to: middle },
                right: Leaves { from: middle, to: count },
                left_hash,
                right_hash: &hash,
            })?;
            hash = node(left_hash, &hash);
        }
        Ok(Tree { root: hash, count })
    }
}

/// Why there is no tree, or no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TreeError {
    /// A tree has at least one leaf: sign nothing instead of nothing's root.
    #[error("a tree without leaves")]
    Empty,
    /// 2^`DEPTH` - 1 leaves are there. Finish, and begin another tree.
    #[error("the tree is full with {count} leaves")]
    Full {
        /// How many there are.
        count: u32,
    },
    /// The leaf to prove was never pushed.
    #[error("no leaf {index} among {count}")]
    NoSuchLeaf {
        /// The index to prove.
        index: u32,
        /// How many leaves there are.
        count: u32,
    },
    /// The buffer of the proof is shorter than [`proof_len`](super::proof_len).
    #[error("a proof of more than {len} hashes")]
    ProofBuffer {
        /// How many hashes it holds.
        len: usize,
    },
}
