//! A phone meets the device by its PIN.

use dimo_pairing::spake2plus::{Ephemeral, Prover, RANDOM_LEN, Share, Verifier};
use dimo_pairing::{NoiseKey, Opening, PIN_NAMES, Pin, PinParameters, PinRecord, PreSharedKey, Setup, Side};

use super::Outcome;
use super::first::{expect_proven, prove};
use super::page::{Page, from, hex};
use super::scene::{Randomness, Scene, Sent};
use super::witness::{Witness, same};
use crate::workshop;

const PIN: &str = "04711337";
const SALT: &[u8; 16] = b"salt of a device";
const ITERATIONS: u32 = 10_000;

/// Goes through the exchange and the handshake after it.
pub(crate) fn write(page: &mut Page) -> Outcome<()> {
    page.say(
        "The keys of section 13.1. The device has a PIN and no label. A scalar is the 48 random bytes modulo the order of P-256.",
    );
    let parameters = PinParameters::new(*SALT, ITERATIONS)?;
    let record = PinRecord::enrol(&PIN.parse()?, parameters);
    secrets(page, &record);
    let identity = workshop::identity(Scene::address()?)?;
    let setup = Setup::new(identity, NoiseKey::from_bytes(workshop::DEVICE_STATIC)).with_pin(record.clone());
    let mut scene = Scene::of(setup)?;
    let randomness = Randomness::of_connection(3);
    scene.connect(randomness, Opening::Pin(PIN.parse()?)).and_then(expect_proven)?;
    let secret = exchange(page, &mut scene, &record, randomness)?;
    page.say("The handshake by the PIN, its pre-shared key K_shared:");
    let (mut witness, _) = Witness::of_handshake(page, &mut scene, &[0x05, 1, 1], &secret, randomness)?;
    prove(page, &mut scene, &mut witness)
}

fn secrets(page: &mut Page, record: &PinRecord) {
    let mut derived = [0; 80];
    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(PIN.as_bytes(), SALT, ITERATIONS, &mut derived);
    let (w0, l) = (record.registration().w0(), record.registration().l());
    page.values(&[
        ("PIN", PIN.to_owned()),
        ("salt", hex(SALT)),
        ("iterations", ITERATIONS.to_string()),
        ("w0s and w1s", hex(&derived)),
        ("w0", hex(&*w0)),
        ("L", hex(&*l)),
    ]);
}

/// The six packets, each made a second time.
fn exchange(
    page: &mut Page,
    scene: &mut Scene,
    record: &PinRecord,
    randomness: Randomness,
) -> Outcome<PreSharedKey> {
    let packets: Vec<Sent> = (0..6).map(|_| scene.next_sent()).collect::<Outcome<_>>()?;
    let [_, _, share, answer, confirm, _] = packets.as_slice() else { return Err("six packets".into()) };
    let secrets = PIN.parse::<Pin>()?.secrets(record.parameters());
    let (x, (phone, own)) =
        drawn(randomness, Side::Phone, share, |x| Ok(Prover::begin(&secrets, x)), |made| &made.1)?;
    same(&[&[4, 3], &own[..]].concat(), &share.packet)?;
    let respond = |y| Ok(Verifier::respond(record.registration(), y, &PIN_NAMES, &own)?);
    let (y, (device, theirs, confirmation)) =
        drawn(randomness, Side::Device, answer, respond, |made| &made.1)?;
    same(&[&[4, 4], &theirs[..], &confirmation[..]].concat(), &answer.packet)?;
    let (own, key) = phone.finish(&PIN_NAMES, &theirs, &confirmation)?;
    same(&[&[4, 5], &own[..]].concat(), &confirm.packet)?;
    same(device.verify(&own)?.as_bytes(), key.as_bytes())?;
    page.values(&[("x, 48 random bytes", hex(&x)), ("y, 48 random bytes", hex(&y))]);
    let names: Vec<_> = packets.iter().map(|sent| format!("packet, {}", from(sent))).collect();
    let mut rows: Vec<_> =
        names.iter().zip(&packets).map(|(name, sent)| (name.as_str(), hex(&sent.packet))).collect();
    rows.push(("K_shared", hex(key.as_bytes())));
    page.values(&rows);
    Ok(PreSharedKey::from_bytes(*key.as_bytes()))
}

/// The random bytes of a side's scalar, which the share in its packet tells from all else that it draws, and what is made of it.
fn drawn<T>(
    randomness: Randomness,
    side: Side,
    sent: &Sent,
    make: impl Fn(Ephemeral) -> Outcome<T>,
    share: impl Fn(&T) -> &Share,
) -> Outcome<([u8; RANDOM_LEN], T)> {
    for pair in randomness.draws(side)?.windows(2) {
        let random = *pair.concat().first_chunk().ok_or("too few")?;
        let made = make(Ephemeral::from_random(random)?)?;
        if sent.packet.get(2..).is_some_and(|rest| rest.starts_with(share(&made))) {
            return Ok((random, made));
        }
    }
    Err("the scalar is not among the draws".into())
}
