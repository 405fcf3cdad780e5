//! A phone meets the device by its label.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::pairing::{PairingProof, Role};
use dimo_crypto::{Claim, Message as _, Registry};
use dimo_pairing::{
    Answer, Event, GrantForm, Opening, PreSharedKey, PresentedGrant, Request, Resumption, UnixSeconds,
    VinSource,
};

use super::Outcome;
use super::page::{Page, hex};
use super::scene::{Randomness, Scene};
use super::witness::Witness;
use crate::workshop::{self, UNIX};

/// Meets, proves, grants, identifies, claims and asks for the VIN. What the phone keeps, and the secret in it.
pub(crate) fn write(page: &mut Page, scene: &mut Scene) -> Outcome<(Resumption, PreSharedKey)> {
    page.say("### 13.2 A first pairing by the label");
    page.say("The payloads of the Noise messages are empty, but for the second: 010101.");
    let label = workshop::label()?;
    let secret = || label.secret.pre_shared_key(&label.address);
    let randomness = Randomness::of_connection(1);
    scene.connect(randomness, Opening::Label(secret())).and_then(expect_proven)?;
    let (mut witness, packets) = Witness::of_handshake(page, scene, &[0x01, 1, 1], &secret(), randomness)?;
    for (name, packet) in ["The first", "The second", "The third"].into_iter().zip(&packets) {
        page.cut(name, packet);
    }
    prove(page, scene, &mut witness)?;
    let granted = grant(page, scene, &mut witness)?;
    scene.ask(&Request::Identify).and_then(expect_answer)?;
    witness.open(page, scene, "Identify", &[])?;
    witness.open(page, scene, "Identity", &[])?;
    claim(page, scene, &mut witness)?;
    scene.ask(&Request::ReadVin(VinSource::Vehicle)).and_then(expect_answer)?;
    witness.open(page, scene, "Read VIN, asking the vehicle", &[])?;
    witness.open(page, scene, &format!("VIN, `{}`", workshop::VIN), &[])?;
    Ok(granted)
}

/// The device's proof, which came unasked.
pub(crate) fn prove(page: &mut Page, scene: &mut Scene, witness: &mut Witness) -> Outcome<()> {
    let proof = PairingProof { handshake_hash: *witness.hash(), device: Scene::address()? };
    let digest = ("digest signed", hex(proof.digest().as_bytes()));
    witness.open(page, scene, "Device proof", &[digest])?;
    Ok(())
}

fn grant(page: &mut Page, scene: &mut Scene, witness: &mut Witness) -> Outcome<(Resumption, PreSharedKey)> {
    let mut wallet = workshop::owner_wallet()?;
    let (owner, role, expires) = (wallet.address(), Role::Owner, UnixSeconds::new(UNIX + 30 * 24 * 3600));
    let to_sign = scene.phone.grant_to_sign(owner, role, expires).ok_or("nothing to grant")?;
    let signature = wallet.sign(&to_sign)?;
    scene
        .phone
        .grant(scene.now, PresentedGrant { form: GrantForm::Owner, owner, expires, role, signature })?;
    let Event::Granted(resumption) = scene.run()? else { return Err("not granted".into()) };
    let digest = ("digest signed", hex(to_sign.digest().as_bytes()));
    witness.open(page, scene, "Grant to the owner, for thirty days", &[digest])?;
    let welcome = witness.open(page, scene, "Welcome", &[])?;
    let secret = welcome.last_chunk().ok_or("too short")?;
    Ok((resumption, PreSharedKey::from_bytes(*secret)))
}

fn claim(page: &mut Page, scene: &mut Scene, witness: &mut Witness) -> Outcome<()> {
    let owner = workshop::owner_wallet()?.address();
    let claim = Claim { registry: Registry::POLYGON, device_node: 42.into(), owner };
    scene.ask(&Request::Claim(claim)).and_then(expect_answer)?;
    witness.open(page, scene, "Claim of the device 42 on Polygon", &[])?;
    let digest = ("digest signed", hex(claim.digest().as_bytes()));
    witness.open(page, scene, "Claim proof", &[digest])?;
    Ok(())
}

pub(crate) fn expect_proven(event: Event<'_>) -> Outcome<()> {
    match event {
        Event::Proven { .. } | Event::Resumed { .. } => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

pub(crate) fn expect_answer(event: Event<'_>) -> Outcome<()> {
    match event {
        Event::Answered(_, answer) if !matches!(answer, Answer::Refused(_)) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}
