//! The identity of a device: hashes, digests, signing, and finishing what a chip signed.

use core::fmt;
use core::hint::black_box;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::{
    Address, ChipForm, ChipSignature, Claim, Message, Registry, SHalf, SoftwareKey, finish_signature,
    keccak256, recover,
};
use dimo_types::TokenId;
use k256::ecdsa::VerifyingKey;
use k256::ecdsa::signature::hazmat::PrehashVerifier;
use sha2::{Digest as _, Sha256};

use crate::Bench;

/// What the anchors compute too.
pub(crate) const DEVICE_NODE: u64 = 42;
pub(crate) const OWNER: [u8; 20] = [0x70; 20];
pub(crate) const SECRET: [u8; 32] = [7; 32];

/// What is hashed and sealed.
const BYTES: [u8; 1024] = [0x5A; 1024];

pub fn run(bench: &mut dyn Bench) {
    hashes(bench);
    measure(bench, "chacha20poly1305-1024", &mut || Bytes(seal(black_box(BYTES))));
    let claim = claim();
    measure(bench, "claim", &mut || Bytes(*black_box(&claim).digest().as_bytes()));
    signatures(bench, &claim);
}

pub(crate) fn claim() -> Claim {
    Claim { registry: Registry::POLYGON, device_node: TokenId::from(DEVICE_NODE), owner: Address::new(OWNER) }
}

fn hashes(bench: &mut dyn Bench) {
    measure(bench, "keccak-32", &mut || Bytes(keccak256(black_box(&BYTES[..32]))));
    measure(bench, "keccak-1024", &mut || Bytes(keccak256(black_box(&BYTES))));
    measure(bench, "sha256-1024", &mut || Bytes(Sha256::digest(black_box(&BYTES)).into()));
}

pub(crate) fn seal(mut bytes: [u8; 1024]) -> [u8; 16] {
    let cipher = ChaCha20Poly1305::new(&Key::from([1; 32]));
    let tag = cipher.encrypt_inout_detached(&Nonce::from([1; 12]), b"header", bytes.as_mut_slice().into());
    black_box(&bytes);
    tag.map_or([0; 16], Into::into)
}

fn signatures(bench: &mut dyn Bench, claim: &Claim) {
    let digest = claim.digest();
    let mut key = SoftwareKey::from_bytes(SECRET).expect("in range");
    let public_key = key.public_key();
    measure(bench, "sign", &mut || black_box(&mut key).sign(black_box(claim)));
    let signature = key.sign(claim).expect("it has a recovery id");
    for (name, form, half) in
        [("finish", ChipForm::Raw, SHalf::Low), ("finish-der-high", ChipForm::Der, SHalf::High)]
    {
        let answer = ChipSignature::unfinished(&signature, form, half);
        measure(bench, name, &mut || finish_signature(&public_key, black_box(&digest), black_box(&answer)));
    }
    measure(bench, "recover", &mut || recover(black_box(claim), black_box(&signature)));

    let mut sec1 = [4; 65];
    sec1[1..].copy_from_slice(&public_key.to_bytes());
    let theirs = VerifyingKey::from_sec1_bytes(&sec1).expect("a public key");
    let signature = k256::ecdsa::Signature::from_slice(&signature.r_and_s()).expect("in range");
    measure(bench, "k256-verify", &mut || {
        theirs.verify_prehash(black_box(digest.as_bytes()), black_box(&signature)).is_ok()
    });
}

/// What `work` costs, the second time it runs, and what it gives.
pub(crate) fn measure<T: fmt::Debug>(bench: &mut dyn Bench, name: &str, work: &mut dyn FnMut() -> T) {
    let mut result = work();
    let instructions = bench.instructions(&mut || result = work());
    let stack = bench.stack(&mut || {
        black_box(work());
    });
    bench.print(format_args!(
        "crypto {name}: instructions={instructions} stack={stack} x-result={}",
        OneWord(&result)
    ));
}

/// Bytes in hexadecimal.
pub(crate) struct Bytes<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> fmt::Debug for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A value without the spaces that `Debug` puts into it.
struct OneWord<'a, T>(&'a T);

impl<T: fmt::Debug> fmt::Display for OneWord<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct NoSpaces<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl fmt::Write for NoSpaces<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                text.split(' ').try_for_each(|part| self.0.write_str(part))
            }
        }
        fmt::Write::write_fmt(&mut NoSpaces(f), format_args!("{:?}", self.0))
    }
}
