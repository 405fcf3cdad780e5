//! Merkle trees, beside the vectors of Certificate Transparency and the recursive definition of RFC 9162.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]
#![cfg(feature = "merkle")]

use dimo_crypto::merkle::{
    BatchRoot, LeafHash, LeafHasher, Proof, ProofError, Prover, RootBuilder, Tree, TreeError, proof_len,
    verify_proof,
};
use dimo_crypto::{Message, TelemetryBatchSeal, keccak256};
use dimo_types::RecordId;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn hex<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    base16ct::lower::decode(text, &mut bytes).unwrap();
    bytes
}

/// The leaves of the test vectors of Certificate Transparency (RFC 6962).
const LEAVES: [&[u8]; 8] = [
    b"",
    &[0x00],
    &[0x10],
    &[0x20, 0x21],
    &[0x30, 0x31],
    &[0x40, 0x41, 0x42, 0x43],
    &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F],
];
/// The roots of the first one, two, ... of them.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/// Index, number of leaves, proof.
const PROOFS: [(u32, usize, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn tree_of<const DEPTH: usize>(leaves: &[impl AsRef<[u8]>]) -> Result<Tree, TreeError> {
    let mut tree = RootBuilder::<DEPTH>::new();
    leaves.iter().try_for_each(|leaf| tree.push(LeafHash::of(leaf.as_ref())))?;
    tree.finish()
}

fn prove(leaves: &[impl AsRef<[u8]>], index: u32) -> Result<Vec<[u8; 32]>, TreeError> {
    let mut siblings = [[0; 32]; 32];
    let mut prover = Prover::<32>::new(index, &mut siblings);
    leaves.iter().try_for_each(|leaf| prover.push(LeafHash::of(leaf.as_ref())))?;
    prover.finish().map(|(_, proof)| proof.siblings().to_vec())
}

#[test]
fn the_roots_of_certificate_transparency_come_out() {
    for (leaves, root) in (1..).zip(ROOTS) {
        assert_eq!(tree_of::<4>(&LEAVES[..leaves]), Ok(Tree { root: hex(root), count: leaves as u32 }));
    }
}

#[test]
fn the_proofs_of_certificate_transparency_come_out() {
    for (index, leaves, expected) in PROOFS {
        let expected: Vec<_> = expected.iter().map(|hash| hex(hash)).collect();
        assert_eq!(prove(&LEAVES[..leaves], index).unwrap(), expected);
        let (root, leaf) = (hex(ROOTS[leaves - 1]), LeafHash::of(LEAVES[index as usize]));
        assert_eq!(verify_proof(&root, leaves as u32, index, leaf, Proof::new(&expected)), Ok(()));
    }
}

#[test]
fn a_leaf_in_pieces_is_the_same_leaf() {
    let mut hasher = LeafHasher::default();
    hasher.update(b"spe");
    hasher.update(b"");
    hasher.update(b"ed");
    assert_eq!(hasher.finish(), LeafHash::of(b"speed"));
    assert_eq!(LeafHash::from_bytes(*LeafHash::of(b"speed").as_bytes()), LeafHash::of(b"speed"));
}

#[test]
fn a_tree_without_leaves_is_refused() {
    assert_eq!(tree_of::<32>(&[b""; 0]), Err(TreeError::Empty));
    assert_eq!(prove(&[b""; 0], 0), Err(TreeError::Empty));
    assert_eq!(
        verify_proof(&Sha256::digest(b"").into(), 0, 0, LeafHash::of(b""), Proof::default()),
        Err(ProofError::NoSuchLeaf { index: 0, count: 0 })
    );
}

#[test]
fn a_full_tree_takes_no_leaf_and_stays_as_it_was() {
    let mut tree = RootBuilder::<3>::new();
    for leaf in &LEAVES[..7] {
        tree.push(LeafHash::of(leaf)).unwrap();
    }
    assert_eq!(tree.push(LeafHash::of(LEAVES[7])), Err(TreeError::Full { count: 7 }));
    assert_eq!(tree.finish(), Ok(Tree { root: hex(ROOTS[6]), count: 7 }));
}

#[test]
fn a_prover_says_what_it_lacks() {
    assert_eq!(prove(&LEAVES[..3], 3), Err(TreeError::NoSuchLeaf { index: 3, count: 3 }));
    let mut siblings = [[0; 32]; 1];
    let mut prover = Prover::<32>::new(0, &mut siblings);
    prover.push(LeafHash::of(b"a")).unwrap();
    prover.push(LeafHash::of(b"b")).unwrap();
    prover.push(LeafHash::of(b"c")).unwrap();
    assert_eq!(prover.finish().unwrap_err(), TreeError::ProofBuffer { len: 1 });
}

/// What CVE-2012-2459 was: a tree that doubles its last leaf has the root of a longer one.
#[test]
fn a_doubled_last_leaf_is_another_tree() {
    let three = tree_of::<32>(&LEAVES[..3]).unwrap();
    let doubled = tree_of::<32>(&[LEAVES[0], LEAVES[1], LEAVES[2], LEAVES[2]]).unwrap();
    assert_ne!(three.root, doubled.root);
}

/// Without the byte before each hash, a node could be shown as a leaf.
#[test]
fn a_node_is_no_leaf() {
    let [left, right] = [LEAVES[0], LEAVES[1]].map(LeafHash::of);
    let node = [*left.as_bytes(), *right.as_bytes()].concat();
    assert_ne!(*LeafHash::of(&node).as_bytes(), hex(ROOTS[1]));
}

#[test]
fn a_cut_off_proof_is_refused() {
    assert_eq!(Proof::from_bytes(&[0; 33]).unwrap_err().len, 33);
    assert_eq!(Proof::from_bytes(&[7; 64]).unwrap().as_bytes(), [7; 64]);
}

#[test]
fn the_greatest_tree_has_proofs_of_32_hashes() {
    assert_eq!(proof_len(0, u32::MAX), Some(32));
    assert_eq!(proof_len(u32::MAX - 1, u32::MAX), Some(31));
    assert_eq!(proof_len(u32::MAX, u32::MAX), None);
}

/// `eth_account.messages.encode_typed_data` of eth-account 0.14.0 gave this digest.
#[test]
fn the_root_of_a_batch_is_signed_as_typed_data() {
    let root = BatchRoot {
        device: "0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61".parse().unwrap(),
        batch: RecordId::from_bytes(core::array::from_fn(|at| at as u8 + 1)),
        count: 70_000,
        root: hex(ROOTS[7]),
    };
    let expected = "0x76747b27624437f31b1617d8a258c47344d21d555865bdd5a29927dbe6990c54";
    assert_eq!(root.digest().to_string(), expected);

    // And spelled out.
    let words: [[u8; 32]; 5] = [
        keccak256(b"TelemetryBatchRoot(address device,bytes20 batch,uint32 count,bytes32 root)"),
        hex("000000000000000000000000318f53cc0775fdfcb95a378fd3228dc564a28c61"),
        hex("0102030405060708090a0b0c0d0e0f1011121314000000000000000000000000"),
        hex("0000000000000000000000000000000000000000000000000000000000011170"),
        root.root,
    ];
    let domain = TelemetryBatchSeal::DOMAIN_SEPARATOR;
    let spelled = [b"\x19\x01", &domain[..], &keccak256(words.as_flattened())].concat();
    assert_eq!(*root.digest().as_bytes(), keccak256(&spelled));
}

/// What an insurer does who was shown one record of a batch.
#[test]
fn a_signed_root_shows_its_leaves_and_no_others() {
    let tree = tree_of::<4>(&LEAVES[..3]).unwrap();
    let batch = RecordId::from_bytes([0; 20]);
    let root = BatchRoot::new(dimo_crypto::Address::new([1; 20]), batch, tree);
    let siblings = prove(&LEAVES[..3], 2).unwrap();
    assert_eq!(root.verify_leaf(2, LEAVES[2], Proof::new(&siblings)), Ok(()));
    let refused = Err(ProofError::NotInTree);
    assert_eq!(root.verify_leaf(2, LEAVES[1], Proof::new(&siblings)), refused);
    let mut other = root;
    other.root[0] ^= 1;
    assert_eq!(other.verify_leaf(2, LEAVES[2], Proof::new(&siblings)), refused);
    let (index, count) = (3, 3);
    let no_leaf = root.verify_leaf(index, LEAVES[2], Proof::new(&siblings));
    assert_eq!(no_leaf, Err(ProofError::NoSuchLeaf { index, count }));
}

#[test]
fn a_log_shows_the_hash_of_a_leaf_and_the_length_of_a_proof() {
    let shown = format!("{:?}", LeafHash::from_bytes([0xAB; 32]));
    assert_eq!(shown, format!("LeafHash(0x{})", "ab".repeat(32)));
    assert_eq!(format!("{:?}", Proof::new(&[[0; 32]; 3])), "Proof(3 hashes)");
}

/// MTH of RFC 9162, section 2.1.1.
fn mth(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [leaf] => Sha256::digest([&[0], &leaf[..]].concat()).into(),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Sha256::digest([&[1], &mth(left)[..], &mth(right)].concat()).into()
        }
    }
}

/// PATH of RFC 9162, section 2.1.3.1.
fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = if index < left.len() {
        (path(index, left), mth(right))
    } else {
        (path(index - left.len(), right), mth(left))
    };
    path.push(sibling);
    path
}

/// The largest power of two below `n`.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_tree_and_proof_is_that_of_the_recursive_definition(
        leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5), 1..70),
        at in any::<prop::sample::Index>(),
    ) {
        let index = at.index(leaves.len());
        let tree = tree_of::<7>(&leaves).unwrap();
        prop_assert_eq!(tree.root, mth(&leaves));
        let proof = prove(&leaves, index as u32).unwrap();
        prop_assert_eq!(&proof, &path(index, &leaves));
        prop_assert_eq!(proof_len(index as u32, tree.count), Some(proof.len()));
        let leaf = LeafHash::of(&leaves[index]);
        prop_assert_eq!(verify_proof(&tree.root, tree.count, index as u32, leaf, Proof::new(&proof)), Ok(()));
    }

    /// One proof for each leaf of each tree, and none for anything else.
    #[test]
    fn a_proof_proves_nothing_else(
        count in 1_u32..40,
        index in 0_u32..40,
        other_count in 1_u32..40,
        other_index in 0_u32..40,
        bit in 0_usize..256 * 6,
    ) {
        let leaves: Vec<_> = (0..count).map(u32::to_be_bytes).collect();
        let index = index % count;
        let tree = tree_of::<6>(&leaves).unwrap();
        let leaf = LeafHash::of(&leaves[index as usize]);
        let proof = prove(&leaves, index).unwrap();
        let verify = |count, index, leaf, proof: &[_]| verify_proof(&tree.root, count, index, leaf, Proof::new(proof));
        prop_assert_eq!(verify(count, index, leaf, &proof), Ok(()));

        if other_index != index {
            prop_assert!(verify(count, other_index, leaf, &proof).is_err());
        }
        // Another count is another proof, unless the way up is the same; then the signed count tells them apart.
        if proof_len(index, other_count) != Some(proof.len()) {
            prop_assert!(verify(other_count, index, leaf, &proof).is_err());
        }
        prop_assert_eq!(verify(count, index, LeafHash::of(b"other"), &proof), Err(ProofError::NotInTree));
        let longer = [&proof[..], &[[0; 32]]].concat();
        let (expected, got) = (proof.len(), proof.len() + 1);
        prop_assert_eq!(verify(count, index, leaf, &longer), Err(ProofError::Length { expected, got }));
        if let Some((_, shorter)) = proof.split_last() {
            let got = proof.len() - 1;
            prop_assert_eq!(verify(count, index, leaf, shorter), Err(ProofError::Length { expected, got }));
            let mut flipped = proof.clone();
            flipped.as_flattened_mut()[bit / 8 % (32 * expected)] ^= 1 << (bit % 8);
            prop_assert_eq!(verify(count, index, leaf, &flipped), Err(ProofError::NotInTree));
        }
    }
}
