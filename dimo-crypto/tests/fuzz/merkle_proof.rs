//! Merkle proofs: none but the one that a prover makes proves a leaf.

use dimo_crypto::merkle::{LeafHash, Proof, Prover, proof_len, verify_proof};

/// Number of leaves, index (two bytes each), the index that the proof is to be of, then the bytes of the proof; empty for the right one.
pub(crate) fn merkle_proof(bytes: &[u8]) {
    let Some(([c0, c1, i0, i1], proof)) = bytes.split_first_chunk() else { return };
    let (count, index) = (u16::from_be_bytes([*c0, *c1]) % 512, u16::from_be_bytes([*i0, *i1]));
    let leaf = |at: u16| LeafHash::of(&at.to_be_bytes());
    let mut siblings = [[0; 32]; 16];
    let mut prover = Prover::<16>::new(index.into(), &mut siblings);
    for at in 0..count {
        prover.push(leaf(at)).expect("at most 512 leaves");
    }
    let Ok((tree, right)) = prover.finish() else {
        assert!(index >= count);
        assert_eq!(proof_len(index.into(), count.into()), None);
        return;
    };
    let verify = |proof| verify_proof(&tree.root, tree.count, index.into(), leaf(index), proof);
    assert_eq!(verify(right), Ok(()));
    if let Ok(other) = Proof::from_bytes(proof) {
        assert_eq!(verify(other).is_ok(), other == right);
    }
}
