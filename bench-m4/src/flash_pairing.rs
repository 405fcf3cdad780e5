//! What the programs do whose sizes say what pairing takes, with arguments and results that the compiler knows nothing of.

use core::hint::black_box;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce, Tag};
use dimo_crypto::{Address, Message as _, Signature};
use dimo_pairing::{
    Action, Answer, Device, FRAGMENT_MAX, Identity, Ignition, LabelSecret, Limits, Memory, Mtu, NoiseKey,
    Percent, Presence, RecordKey, Refusal, Seed, Setup, SignRequest, SigningFailed, StorageFailed, Text,
};
use dimo_types::Timestamp;
use k256::ecdsa::{RecoveryId, VerifyingKey};
use sha2::{Digest as _, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};

/// Each package that pairing stands on, used by itself as pairing uses it.
pub fn primitives() {
    black_box(Sha256::digest(black_box(&[0; 200])));
    exchange();
    seal();
    let _ = recover();
}

fn exchange() {
    let secret = StaticSecret::from(black_box([1; 32]));
    black_box(PublicKey::from(&secret).to_bytes());
    let shared = secret.diffie_hellman(&PublicKey::from(black_box([2; 32])));
    black_box((shared.was_contributory(), shared.to_bytes()));
}

fn seal() {
    let mut bytes = black_box([0; 200]);
    let cipher = ChaCha20Poly1305::new(&Key::from(black_box([1; 32])));
    let nonce = Nonce::from(black_box([1; 12]));
    let tag: Result<Tag, _> =
        cipher.encrypt_inout_detached(&nonce, black_box(b"ad"), bytes.as_mut_slice().into());
    let tag = black_box(tag).unwrap_or_default();
    let _ =
        black_box(cipher.decrypt_inout_detached(&nonce, black_box(b"ad"), bytes.as_mut_slice().into(), &tag));
    black_box(&bytes);
}

fn recover() -> Result<(), k256::ecdsa::Error> {
    let signature = k256::ecdsa::Signature::from_slice(black_box(&[0; 64]))?;
    let id = black_box(RecoveryId::new(false, false));
    let key = VerifyingKey::recover_from_prehash(black_box(&[0; 32]), &signature, id)?;
    black_box(key.to_sec1_point(false));
    Ok(())
}

/// A device with a label, as from the factory.
pub fn setup() -> Setup {
    let identity = Identity {
        address: Address::new(black_box([7; 20])),
        serial: text("1"),
        hardware: text("2"),
        firmware: text("3"),
    };
    let label = LabelSecret::new(black_box([5; 16]));
    Setup::new(identity, NoiseKey::from_bytes(black_box([3; 32])))
        .with_label(&label)
        .with_verdicts_of(Address::new(black_box([8; 20])))
}

/// The same with a PIN.
#[cfg(feature = "pin")]
pub fn setup_with_pin() -> Setup {
    let record = dimo_pairing::PinRecord::from_bytes(black_box(&[0; dimo_pairing::PIN_RECORD_LEN]));
    match record {
        Ok(record) => setup().with_pin(record),
        Err(_) => setup(),
    }
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    let Ok(text) = Text::new(black_box(text)) else { loop {} };
    text
}

/// A device as it starts: it reads its records.
pub fn device(setup: Setup) -> Device {
    let mut memory = Memory::new();
    for key in RecordKey::ALL {
        let _ = black_box(memory.load(key, black_box(&[])));
    }
    Device::new(setup, memory, Limits::SPEC)
}

/// Everything that can happen to a device.
pub fn events(device: &mut Device) {
    let now = black_box(Timestamp::EPOCH);
    device.handle_connected(now, black_box(Mtu::MIN), Seed::from_bytes(black_box([9; 32])));
    device.handle_mtu(black_box(Mtu::MIN));
    let _ = black_box(device.handle_fragment(now, black_box(&[])));
    let mut buffer = [0; FRAGMENT_MAX];
    black_box(device.poll_transmit(&mut buffer));
    act(device, now);
    black_box(device.poll_timeout());
    black_box(device.handle_timeout(now));
    device.handle_clock(now, black_box(Timestamp::EPOCH));
    device.handle_ignition(black_box(Ignition::On));
    device.open_window(now, black_box(Presence::PluggedIn));
    device.close_window();
    device.set_owner(black_box(None));
    device.factory_reset();
    device.handle_disconnected();
}

fn act(device: &mut Device, now: Timestamp) {
    let signature = Signature::from_bytes(black_box(&[0; 65])).map_err(|_| SigningFailed);
    let Some(action) = black_box(device.poll_action()) else { return };
    match action {
        Action::Sign { job, request } => {
            black_box(digest(&request));
            let _ = black_box(device.handle_signature(now, job, signature));
        }
        Action::Store { job, record } => {
            black_box(record.bytes());
            let _ = black_box(device.handle_stored(now, job, black_box(Err(StorageFailed))));
        }
        Action::Perform { job, request } => {
            black_box(request);
            let _ = black_box(device.handle_progress(now, job, black_box(Percent::new(1)), black_box(30)));
            let _ = black_box(device.handle_answer(job, black_box(&Answer::Refused(Refusal::Busy))));
        }
        _ => {}
    }
}

/// What goes to the secure element.
fn digest(request: &SignRequest) -> [u8; 32] {
    let digest = match request {
        SignRequest::Claim(claim) => claim.digest(),
        SignRequest::Pair(pair) => pair.digest(),
        SignRequest::Unpair(unpair) => unpair.digest(),
        SignRequest::Proof(proof) => proof.digest(),
        _ => return [0; 32],
    };
    *digest.as_bytes()
}
