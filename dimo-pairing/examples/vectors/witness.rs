//! [`Witness`]: somebody who has the keys of both sides.

use dimo_pairing::{Handshake, NoiseKey, PreSharedKey, Side, Transport};

use super::Outcome;
use super::page::{Page, from, hex};
use super::scene::{PHONE_STATIC, Randomness, Scene, Sent};
use crate::workshop::DEVICE_STATIC;

/// What the device says it has chosen: version 1, of 1 to 1.
const CHOICE: [u8; 3] = [1, 1, 1];

/// The handshake of a session, made a second time, and its keys.
pub(crate) struct Witness {
    /// The device's end, which opens what the phone has sealed.
    up: Transport,
    /// The phone's end.
    down: Transport,
}

impl Witness {
    /// Makes the handshake that begins with `header` and writes it down.
    pub(crate) fn of_handshake(
        page: &mut Page,
        scene: &mut Scene,
        header: &[u8],
        secret: &PreSharedKey,
        randomness: Randomness,
    ) -> Outcome<(Self, Vec<Sent>)> {
        let resumes = header.len() == 4;
        let prologue = [b"DIMO-PAIR", header].concat();
        // The ephemeral keys stand at the beginning of the first two Noise messages.
        let ephemeral = |side, before| -> Outcome<[u8; 32]> {
            let sent = scene.unseen().find(|sent| sent.from == side).ok_or("no handshake")?;
            randomness.ephemeral(side, sent.packet.get(before..).unwrap_or_default())
        };
        let phone_once = ephemeral(Side::Phone, header.len())?;
        let device_once = ephemeral(Side::Device, 1)?;
        let of = |side, own: [u8; 32], once: [u8; 32], peer: [u8; 32]| {
            let (own, once) = (NoiseKey::from_bytes(own), NoiseKey::from_bytes(once));
            match resumes {
                true => {
                    Handshake::resume(side, &prologue, own, once, NoiseKey::from_bytes(peer).public(), secret)
                }
                false => Handshake::first(side, &prologue, own, once, secret),
            }
        };
        let mut phone = of(Side::Phone, PHONE_STATIC, phone_once, DEVICE_STATIC)?;
        let mut device = of(Side::Device, DEVICE_STATIC, device_once, PHONE_STATIC)?;
        page.values(&[
            ("pre-shared key", hex(secret.as_bytes())),
            ("prologue", hex(&prologue)),
            ("phone ephemeral, secret", hex(&phone_once)),
            ("phone ephemeral, public", hex(NoiseKey::from_bytes(phone_once).public().as_bytes())),
            ("device ephemeral, secret", hex(&device_once)),
            ("device ephemeral, public", hex(NoiseKey::from_bytes(device_once).public().as_bytes())),
        ]);
        let mut packets = Vec::new();
        let mut rows = Vec::new();
        while !phone.is_done() {
            let sent = scene.next_sent()?;
            let (writer, reader, payload, before): (_, _, &[u8], &[u8]) = match sent.from {
                Side::Phone if packets.is_empty() => (&mut phone, &mut device, &[], header),
                Side::Phone => (&mut phone, &mut device, &[], header.get(..1).unwrap_or_default()),
                Side::Device => (&mut device, &mut phone, &CHOICE, header.get(..1).unwrap_or_default()),
            };
            let (mut message, mut read) = ([0; 128], [0; 128]);
            let message = writer.write(payload, &mut message)?;
            same(&[before, message].concat(), &sent.packet)?;
            same(reader.read(message, &mut read)?, payload)?;
            rows.push(("packet, ", from(&sent), hex(&sent.packet)));
            packets.push(sent);
        }
        let names: Vec<_> = rows.iter().map(|(what, from, _)| format!("{what}{from}")).collect();
        let mut rows: Vec<_> =
            names.iter().map(String::as_str).zip(rows.iter().map(|row| row.2.clone())).collect();
        let (up, down) = (device.finish()?, phone.finish()?);
        same(up.hash(), down.hash())?;
        rows.push(("handshake hash", hex(up.hash())));
        page.values(&rows);
        Ok((Self { up, down }, packets))
    }

    /// The hash of the handshake.
    pub(crate) const fn hash(&self) -> &[u8; 32] {
        self.up.hash()
    }

    /// Takes the next packet, opens it and writes both down; the message.
    pub(crate) fn open(
        &mut self,
        page: &mut Page,
        scene: &mut Scene,
        title: &str,
        extra: &[(&str, String)],
    ) -> Outcome<Vec<u8>> {
        let sent = scene.next_sent()?;
        let (number, sealed) =
            sent.packet.strip_prefix(&[0x02]).and_then(<[u8]>::split_first_chunk).ok_or("not sealed")?;
        let end = match sent.from {
            Side::Phone => &mut self.up,
            Side::Device => &mut self.down,
        };
        let mut message = [0; 256];
        let message = end.open(u32::from_be_bytes(*number), sealed, &mut message)?;
        page.say(&format!("{title}, {}:", from(&sent)));
        let mut rows = extra.to_vec();
        rows.push(("message", hex(message)));
        rows.push(("packet", hex(&sent.packet)));
        page.values(&rows);
        Ok(message.to_vec())
    }
}

/// Two ways must lead to the same bytes.
pub(crate) fn same(one: &[u8], other: &[u8]) -> Outcome<()> {
    if one == other { Ok(()) } else { Err(format!("{} is not {}", hex(one), hex(other)).into()) }
}
