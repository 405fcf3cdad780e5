//! A phone meets the device by its PIN.

use dimo_pairing::spake2plus::{Ephemeral, Prover, RANDOM_LEN};
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
    let setup = Setup::new(identity, NoiseKey::from_bytes(workshop::DEVICE_STATIC)).with_pin(record);
    let mut scene = Scene::of(setup)?;
    let randomness = Randomness::of_connection(3);
    scene.connect(randomness, Opening::Pin(PIN.parse()?)).and_then(expect_proven)?;
    let secret = exchange(page, &mut scene, &PIN.parse()?, &parameters, randomness)?;
    page.say("The handshake by the PIN, its pre-shared key K_shared:");
    let (mut witness, _) = Witness::of_handshake(page, &mut scene, &[0x05, 1, 1], &secret, randomness, 2)?;
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

/// The six packets. What the phone makes of them is made a second time.
fn exchange(
    page: &mut Page,
    scene: &mut Scene,
    pin: &Pin,
    parameters: &PinParameters,
    randomness: Randomness,
) -> Outcome<PreSharedKey> {
    let random = |side| -> Outcome<[u8; RANDOM_LEN]> {
        let draws = [randomness.draw(side, 0)?, randomness.draw(side, 1)?].concat();
        Ok(*draws.first_chunk().ok_or("too few")?)
    };
    let packets: Vec<Sent> = (0..6).map(|_| scene.next_sent()).collect::<Outcome<_>>()?;
    let [_, _, share, answer, confirm, _] = packets.as_slice() else { return Err("six packets".into()) };
    let (phone, own) = Prover::begin(&pin.secrets(parameters), Ephemeral::from_random(random(Side::Phone)?)?);
    same(&[&[4, 3], &own[..]].concat(), &share.packet)?;
    let (theirs, confirmation) =
        answer.packet.get(2..).and_then(|rest| rest.split_first_chunk()).ok_or("too short")?;
    let (own, key) = phone.finish(&PIN_NAMES, theirs, confirmation.try_into()?)?;
    same(&[&[4, 5], &own[..]].concat(), &confirm.packet)?;
    page.values(&[
        ("x, 48 random bytes", hex(&random(Side::Phone)?)),
        ("y, 48 random bytes", hex(&random(Side::Device)?)),
    ]);
    let names: Vec<_> = packets.iter().map(|sent| format!("packet, {}", from(sent))).collect();
    let mut rows: Vec<_> =
        names.iter().zip(&packets).map(|(name, sent)| (name.as_str(), hex(&sent.packet))).collect();
    rows.push(("K_shared", hex(key.as_bytes())));
    page.values(&rows);
    Ok(PreSharedKey::from_bytes(*key.as_bytes()))
}
