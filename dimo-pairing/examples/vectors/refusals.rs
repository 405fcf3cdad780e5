//! What a device refuses before there is a session.

use dimo_pairing::{Device, FRAGMENT_MAX, Fragmenter, Mtu, PACKET_MAX, Reassembler, Seed};
use dimo_types::Timestamp;

use super::Outcome;
use super::page::{Page, hex};
use super::scene::Scene;

/// Refuses a version, a stranger, and whoever comes while nobody is present.
pub(crate) fn write(page: &mut Page) -> Outcome<()> {
    page.say("### 13.4 Refusals outside a session");
    let mut scene = Scene::by_label()?;
    let now = scene.now;
    // Made of no key: what is refused here is refused before the Noise message is read, or because of it.
    let offer = |versions: [u8; 2]| [&[0x01], &versions[..], &[0x42; 48]].concat();
    let device = &mut scene.device;
    let later = refusal(device, now, &offer([2, 3]))?;
    let wrong = refusal(device, now, &offer([1, 1]))?;
    device.close_window();
    let closed = refusal(device, now, &offer([1, 1]))?;
    page.values(&[
        ("versions 2 to 3 offered", hex(&later)),
        ("another label", hex(&wrong)),
        ("the window is closed", hex(&closed)),
    ]);
    Ok(())
}

fn refusal(device: &mut Device, now: Timestamp, packet: &[u8]) -> Outcome<Vec<u8>> {
    device.handle_connected(now, Mtu::MIN, Seed::from_bytes([0xD9; 32]));
    let (mut up, mut buffer) = (Fragmenter::<PACKET_MAX>::new(), [0; FRAGMENT_MAX]);
    up.load(packet)?;
    while let Some(fragment) = up.next_fragment(Mtu::MIN, &mut buffer) {
        device.handle_fragment(now, fragment)?;
    }
    let fragment = device.poll_transmit(&mut buffer).ok_or("no refusal")?;
    let mut down = Reassembler::<PACKET_MAX>::new();
    Ok(down.push(fragment)?.ok_or("longer than a refusal")?.to_vec())
}
