//! Merkle trees: one root for many pieces, and a proof that one piece is among them.
//!
//! A device signs the root of a batch once, [`BatchRoot`]; later one column block or record of it is shown to a third party,
//! with a [`Proof`] of some hundred bytes and without the rest. The same tree binds the chunks of a firmware payload to its manifest.
//!
//! The tree is that of RFC 9162, section 2.1 (and RFC 6962): SHA-256, a leaf is hashed behind a byte 0 and a node behind
//! a byte 1, and the left half of `n` leaves is the largest power of two below `n`. Building level by level and carrying
//! an odd node up unchanged gives the same tree. For a number of leaves and an index there is exactly one proof, and no leaf can
//! be taken for a node. The number of leaves is not in the root: it is signed beside it.
//!
//! SHA-256, because on a Cortex-M4 it costs from a third to a ninth of Keccak-256 for each byte, because auditors have tools for
//! this very tree, and because contracts have it too, as a precompile.
//!
//! # Example: prove the second of three records
//!
//! ```
//! use dimo_crypto::merkle::{LeafHash, Prover, RootBuilder, verify_proof};
//! let records = [&b"speed"[..], b"fuel", b"odometer"];
//!
//! // On the device. Four levels, 128 bytes, hold up to 15 records.
//! let mut tree = RootBuilder::<4>::new();
//! for record in records {
//!     tree.push(LeafHash::of(record))?;
//! }
//! let tree = tree.finish()?;
//!
//! // Whoever holds the batch.
//! let mut siblings = [[0; 32]; 4];
//! let mut prover = Prover::<4>::new(1, &mut siblings);
//! for record in records {
//!     prover.push(LeafHash::of(record))?;
//! }
//! let (_, proof) = prover.finish()?;
//!
//! // Whoever wants to know.
//! verify_proof(&tree.root, tree.count, 1, LeafHash::of(b"fuel"), proof)?;
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod batch_root;
mod builder;
mod hash;
mod proof;

pub use batch_root::BatchRoot;
pub use builder::{Prover, RootBuilder, Tree, TreeError};
pub use hash::{LeafHash, LeafHasher};
pub use proof::{Proof, ProofError, ProofLengthError, proof_len, verify_proof};
