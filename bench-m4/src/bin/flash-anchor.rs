//! All of a device's identity from k256 0.13 and the packages of its generation: signs, verifies, recovers, hashes and seals.
#![no_std]
#![no_main]

use core::hint::black_box;

use chacha20poly1305_010::ChaCha20Poly1305;
use chacha20poly1305_010::aead::{AeadInPlace, KeyInit};
use k256_013::ecdsa::signature::hazmat::PrehashVerifier;
use k256_013::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use sha2_010::{Digest as _, Sha256};
use sha3_010::Keccak256;

#[cortex_m_rt::entry]
fn main() -> ! {
    // Any firmware copies memory; the function that does so is not the measured one's.
    *black_box(&mut [0u32; 64]) = *black_box(&[1; 64]);
    loop {
        black_box(Keccak256::digest(black_box(&[0; 200])));
        black_box(Sha256::digest(black_box(&[0; 200])));
        seal();
        let _ = signatures();
    }
}

fn seal() {
    let mut bytes = black_box([0; 1024]);
    let cipher = ChaCha20Poly1305::new(&[1; 32].into());
    let _ = black_box(cipher.encrypt_in_place_detached(&[1; 12].into(), b"header", &mut bytes));
    black_box(&bytes);
}

fn signatures() -> Result<(), k256_013::ecdsa::Error> {
    let digest = black_box([0; 32]);
    let key = SigningKey::from_slice(black_box(&[0; 32]))?;
    black_box(key.sign_prehash_recoverable(&digest)?);
    let signature = Signature::from_der(black_box(&[0; 70]))?;
    let public_key = VerifyingKey::from_sec1_bytes(black_box(&[4; 65]))?;
    public_key.verify_prehash(&digest, &signature)?;
    black_box(RecoveryId::trial_recovery_from_prehash(&public_key, &digest, &signature)?);
    let signature = Signature::from_slice(black_box(&[0; 64]))?;
    black_box(VerifyingKey::recover_from_prehash(
        &digest,
        &signature,
        black_box(RecoveryId::new(false, false)),
    )?);
    Ok(())
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
