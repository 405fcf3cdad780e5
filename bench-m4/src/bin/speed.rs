//! On the host: how long a backend or a gateway takes, beside the packages it would take otherwise.
//!
//! Prints `speed NAME: nanoseconds=...`. Both sides of a comparison take turns in one run, and the best turn of each counts.

use std::hint::black_box;
use std::time::{Duration, Instant};

use alloy_sol_types::private::{Address, U256};
use alloy_sol_types::{SolStruct, eip712_domain, sol};
use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::merkle::{BatchRoot, LeafHash, RootBuilder};
use dimo_crypto::session::{
    DeviceSession, Ephemeral, OVERHEAD, OpeningCounter, Reservation, ServerKey, SessionAction, SessionRequest,
};
use dimo_crypto::{
    ChipForm, ChipSignature, Claim, LibSecp256k1Verifier, Message, ReceivedTelemetry, Registry, SHalf,
    Signature, SoftwareKey, Verifier, finish_signature, hazmat, keccak256, verify,
};
use dimo_types::{RecordId, Timestamp, TokenId};
use k256::ecdsa::{RecoveryId, VerifyingKey};
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId as Libsecp256k1Id};
use sha3::{Digest as _, Keccak256};

/// How long one side is measured before the other has its turn: shorter than what a busy machine interrupts every time.
const TURN: Duration = Duration::from_millis(2);
const TURNS: usize = 200;

sol! {
    struct ClaimAftermarketDeviceSign {
        uint256 aftermarketDeviceNode;
        address owner;
    }
}

/// What is measured, and the shortest time it took once.
struct Side<'a> {
    name: String,
    work: Box<dyn FnMut() + 'a>,
    best: f64,
    /// Times in one turn.
    count: u32,
}

fn side<'a, T>(name: impl Into<String>, mut work: impl FnMut() -> T + 'a) -> Side<'a> {
    let work = Box::new(move || {
        black_box(work());
    });
    Side { name: name.into(), work, best: f64::INFINITY, count: 1 }
}

/// Measures all sides of one comparison.
fn compare(mut sides: Vec<Side<'_>>) {
    for side in &mut sides {
        side.count = 1 + (TURN.as_nanos() / time(side).as_nanos().max(1)) as u32;
    }
    for _ in 0..TURNS {
        for side in &mut sides {
            side.best = side.best.min(time(side).as_secs_f64() * 1e9 / f64::from(side.count));
        }
    }
    for side in sides {
        println!("speed {}: nanoseconds={:.1}", side.name, side.best);
    }
}

/// How long `count` times take.
fn time(side: &mut Side<'_>) -> Duration {
    let started = Instant::now();
    for _ in 0..side.count {
        (side.work)();
    }
    started.elapsed()
}

fn main() {
    let mut key = SoftwareKey::from_bytes([7; 32]).expect("in range");
    let claim = Claim {
        registry: Registry::POLYGON,
        device_node: TokenId::from(42),
        owner: dimo_crypto::Address::new([0x70; 20]),
    };
    let signature = key.sign(&claim).expect("it has a recovery id");
    hashes();
    digests(&claim);
    verifying(&key, &claim, &signature);
    batches(&mut key);
    signing(&mut key, &claim, &signature);
    records(&mut key, &signature);
}

fn hashes() {
    for length in [32, 136, 1024, 1 << 20] {
        let bytes = vec![0x5A; length];
        assert_eq!(keccak256(&bytes)[..], Keccak256::digest(&bytes)[..]);
        compare(vec![
            side(format!("keccak-{length}"), || keccak256(black_box(&bytes))),
            side(format!("keccak-{length}-sha3"), || Keccak256::digest(black_box(&bytes))),
        ]);
    }
}

fn digests(claim: &Claim) {
    let theirs = ClaimAftermarketDeviceSign {
        aftermarketDeviceNode: U256::from(42),
        owner: Address::from(*claim.owner.as_bytes()),
    };
    let domain = eip712_domain! {
        name: "DIMO",
        version: "1",
        chain_id: claim.registry.chain_id,
        verifying_contract: Address::from(*claim.registry.contract.as_bytes()),
    };
    assert_eq!(theirs.eip712_signing_hash(&domain).0, *claim.digest().as_bytes());
    compare(vec![
        side("claim", || black_box(claim).digest()),
        side("claim-alloy", || black_box(&theirs).eip712_signing_hash(black_box(&domain))),
    ]);
}

/// What a backend does with the signature of a device: from the message and 65 bytes to the account.
fn verifying(key: &SoftwareKey, claim: &Claim, signature: &Signature) {
    let (bytes, digest) = (signature.to_bytes(), *claim.digest().as_bytes());
    let r_and_s = signature.r_and_s();
    let odd = signature.v() == 28;
    compare(vec![
        side("verify", || {
            let signature = Signature::from_bytes(black_box(&bytes)).expect("well formed");
            verify(black_box(claim), &signature, key.address()).expect("of this key")
        }),
        side("verify-libsecp256k1", || {
            let signature = Signature::from_bytes(black_box(&bytes)).expect("well formed");
            LibSecp256k1Verifier.verify(black_box(claim), &signature, key.address()).expect("of this key")
        }),
        side("recover-k256", || {
            let signature = k256::ecdsa::Signature::from_slice(black_box(&r_and_s)).expect("in range");
            let id = RecoveryId::new(odd, false);
            VerifyingKey::recover_from_prehash(black_box(&digest), &signature, id).expect("a key")
        }),
        side("recover-libsecp256k1", || {
            let id = if odd { Libsecp256k1Id::One } else { Libsecp256k1Id::Zero };
            let signature = RecoverableSignature::from_compact(black_box(&r_and_s), id).expect("in range");
            let message = secp256k1::Message::from_digest(black_box(digest));
            signature.recover_ecdsa(message).expect("a key").serialize_uncompressed()
        }),
    ]);
}

/// 64 messages of 512 bytes, each with a signature or all under one root.
fn batches(key: &mut SoftwareKey) {
    const MESSAGES: usize = 64;
    let messages: Vec<[u8; 512]> = (0..MESSAGES)
        .map(|number| {
            let mut message = [number as u8; 512];
            message[0] = b'{';
            message
        })
        .collect();
    let signatures: Vec<Signature> = messages
        .iter()
        .map(|message| key.sign(&hazmat::gen1_telemetry(message).expect("an object")).expect("it has an id"))
        .collect();
    let device = key.address();
    let batch = RecordId::new(Timestamp::from_secs(1_700_000_000).expect("in range"), [7; 16]);
    let root_of = |messages: &[[u8; 512]]| {
        let mut tree = RootBuilder::<7>::new();
        messages.iter().for_each(|message| tree.push(LeafHash::of(message)).expect("room for all"));
        BatchRoot::new(device, batch, tree.finish().expect("not empty"))
    };
    let signature = key.sign(&root_of(&messages)).expect("it has a recovery id");
    compare(vec![
        side("batch-of-64", || {
            LibSecp256k1Verifier
                .verify(root_of(black_box(&messages)), &signature, device)
                .expect("of this key")
        }),
        side("messages-64", || {
            for (message, signature) in black_box(&messages).iter().zip(&signatures) {
                let received = ReceivedTelemetry(message);
                LibSecp256k1Verifier.verify(received, signature, device).expect("of this key");
            }
        }),
    ]);
}

fn signing(key: &mut SoftwareKey, claim: &Claim, signature: &Signature) {
    let secret = secp256k1::SecretKey::from_secret_bytes([7; 32]).expect("in range");
    let (digest, public_key) = (claim.digest(), key.public_key());
    let answer = ChipSignature::unfinished(signature, ChipForm::Der, SHalf::High);
    compare(vec![
        side("sign", || key.sign(black_box(claim)).expect("it has a recovery id")),
        side("sign-libsecp256k1", || {
            let message = secp256k1::Message::from_digest(*black_box(claim).digest().as_bytes());
            RecoverableSignature::sign_ecdsa_recoverable(message, &secret).serialize_compact()
        }),
        side("finish", || finish_signature(&public_key, &digest, black_box(&answer)).expect("of this key")),
    ]);
}

/// What a sealed record adds to what is in it, and what today's signature does.
fn records(key: &mut SoftwareKey, signature: &Signature) {
    let request = SessionRequest {
        device: key.address(),
        server: ServerKey::from_bytes([1; 32]).public_key(),
        recipient: key.address(),
        counter: OpeningCounter::new(1).expect("not zero"),
        not_after: Timestamp::MAX,
    };
    let ephemeral = Ephemeral::from_bytes(core::array::from_fn(|at| at as u8)).expect("not all equal");
    let mut session = DeviceSession::new(request, ephemeral, Reservation::NONE).expect("numbers are left");
    while let Some(action) = session.poll_action() {
        match action {
            SessionAction::Persist(reservation) => session.handle_persisted(reservation).expect("asked for"),
            SessionAction::Sign(opening) => {
                let signature = key.sign(&opening).expect("it has a recovery id");
                session.handle_signature(&signature).expect("asked for");
            }
            _ => unreachable!("nothing else is asked for"),
        }
    }
    let message = [7; 1024];
    let mut record = [0; 1024 + OVERHEAD];
    compare(vec![side("seal-1024", || {
        // Numbers are reserved in blocks, as a device does it.
        if let Some(SessionAction::Persist(reservation)) = session.poll_action() {
            session.handle_persisted(reservation).expect("asked for");
        }
        session.seal(black_box(&message), &mut record).expect("numbers are left")
    })]);
    let added = record.len() - message.len();
    println!("speed added: record={added} signature={}", signature.to_string().len());
}
