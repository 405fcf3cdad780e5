//! What the programs whose sizes are compared do, with arguments and results that the compiler knows nothing of.

use core::hint::black_box;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::{ChipSignature, Claim, Message, PublicKey, Signature, SoftwareKey};
use dimo_types::wire::{BatchEncoder, EncoderMemory, ZlibEncoder, ZlibOptions};
use dimo_types::{BatchParts, Reading, SignalIndex, SignalValue, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::measures::{crypto, telemetry};

/// Hashes.
pub fn keccak() {
    black_box(dimo_crypto::keccak256(black_box(&[0; 200])));
}

/// Reads a public key and finishes what a chip signed.
pub fn finish() {
    let claim: Claim = black_box(crypto::claim());
    let Ok(key) = PublicKey::from_bytes(black_box(&[0; 64])) else { return };
    let Ok(answer) = ChipSignature::der(black_box(&[0; 70])) else { return };
    let _ = black_box(dimo_crypto::finish_signature(&key, &claim.digest(), &answer));
}

/// Reads a signature and finds out who signed.
pub fn recover() {
    let claim: Claim = black_box(crypto::claim());
    let Ok(signature) = Signature::from_bytes(black_box(&[0; 65])) else { return };
    let _ = black_box(dimo_crypto::recover(&claim, &signature));
}

/// Reads a key and signs with it.
pub fn sign() {
    let claim: Claim = black_box(crypto::claim());
    let Ok(mut key) = SoftwareKey::from_bytes(black_box([0; 32])) else { return };
    let _ = black_box(key.sign(&claim));
}

/// Hashes as firmware images are.
pub fn sha256() {
    black_box(Sha256::digest(black_box(&[0; 200])));
}

/// Encodes a batch of readings.
pub fn encoder() {
    let mut memory = EncoderMemory::<8, 8, 16>::new();
    let mut encoder = BatchEncoder::new(memory.as_mut(), 512);
    let value: SignalValue<'_> = black_box(SignalValue::Bool(true));
    let _ = encoder.push(black_box(&Reading { time: Timestamp::EPOCH, signal: SignalIndex(1), value }));
    let parts: BatchParts<'_> = black_box(BatchParts::default());
    let _ = black_box(encoder.seal(&telemetry::header(), &parts, black_box(&mut [0; 512])));
}

/// Writes a zlib stream.
pub fn deflate(encoder: &mut ZlibEncoder) {
    let mut out = [0; 400];
    let Ok(options) = ZlibOptions::new(black_box(7), black_box(2048)) else { return };
    let _ = black_box(encoder.encode(black_box(&[0; 300]), options, black_box(&mut out)));
}

/// Seals a record.
pub fn seal() {
    black_box(crypto::seal(black_box([0; 1024])));
}
