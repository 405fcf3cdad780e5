//! Published vectors: cacophony's for 25519, ChaChaPoly and SHA256.

extern crate alloc;

use alloc::vec::Vec;

use clatter::handshakepattern::{HandshakePattern, noise_kk_psk0, noise_xx};

use super::{Handshake, NoiseKey, PreSharedKey, Side, Transport};

const PROLOGUE: &[u8] = b"John Galt";
const PSK: [u8; 32] = *b"This is my Austrian perspective!";
const STATICS: [&str; 2] = [
    "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1",
    "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
];
const EPHEMERALS: [&str; 2] = [
    "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
    "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
];
const PAYLOADS: [&[u8]; 6] = [
    b"Ludwig von Mises",
    b"Murray Rothbard",
    b"F. A. Hayek",
    b"Carl Menger",
    b"Jean-Baptiste Say",
    b"Eugen B\xf6hm von Bawerk",
];

struct Vector {
    pattern: HandshakePattern,
    hash: &'static str,
    messages: [&'static str; 6],
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn key(text: &str) -> NoiseKey {
    NoiseKey::from_bytes(hex(text).try_into().unwrap())
}

impl Vector {
    fn sides(&self) -> [Handshake; 2] {
        [(Side::Phone, 0), (Side::Device, 1)].map(|(side, own)| {
            let peer = Some(key(STATICS[1 - own]).public()).filter(|_| self.pattern.get_name() == "KKpsk0");
            let (own, once) = (key(STATICS[own]), key(EPHEMERALS[own]));
            let secret = PreSharedKey::from_bytes(PSK);
            Handshake::begin(self.pattern.clone(), side, PROLOGUE, own, once, peer, &secret).unwrap()
        })
    }

    fn check(&self) {
        let [mut phone, mut device] = self.sides();
        let mut sent = PAYLOADS.iter().zip(self.messages.map(hex));
        let (mut out, mut payload) = ([0; 256], [0; 256]);
        while !phone.is_done() {
            let (from, to) =
                if phone.is_write_turn() { (&mut phone, &mut device) } else { (&mut device, &mut phone) };
            let (text, message) = sent.next().unwrap();
            assert_eq!(from.write(text, &mut out).unwrap(), message);
            assert_eq!(to.read(&message, &mut payload).unwrap(), *text);
        }
        let transports: [Transport; 2] = [phone, device].map(|side| side.finish().unwrap());
        assert!(transports.iter().all(|side| side.hash()[..] == hex(self.hash)));
        let [mut phone, mut device] = transports;
        // After a handshake of an odd number of messages the device speaks next.
        let mut phone_speaks = self.pattern.get_name() == "KKpsk0";
        for (text, message) in sent {
            let (from, to) = if phone_speaks { (&mut phone, &mut device) } else { (&mut device, &mut phone) };
            let (number, sealed) = from.seal(text, &mut out).unwrap();
            assert_eq!(sealed, message);
            assert_eq!(to.open(number, &message, &mut payload).unwrap(), *text);
            phone_speaks = !phone_speaks;
        }
    }
}

#[test]
fn xx_agrees_with_the_published_vector() {
    let messages = [
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d69736573",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884381cbad1f276e038c48378ffce2b65285e08d6b68aaa3629a5a8639392490e5b9bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5c412f8a0db50f8814c7194e83f23dbd8d162c9326ad",
        "c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a80ae475b9df0f169ae80a89be0865b57f58c9fea0d4ec82a286427402f113e4b6ae769a1d95941d49b25030",
        "96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df",
        "3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5",
        "eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f",
    ];
    let hash = "c8e5f64e846193be2a834104c2a009868d6c9f3bd3c186299888b488b2f1f58e";
    Vector { pattern: noise_xx(), hash, messages }.check();
}

#[test]
fn xxpsk3_agrees_with_the_published_vector() {
    let messages = [
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944c9f5ff0e8079630cb7e270c20bbf480821b77a384a645c71a2fd9b3db1c16a5f",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843b123def17f71e6ae8e57e0e1dec5949c5f7415c6f33517398747d821a06dc23ad430aa1fd7381d46195c378a819fd574425462cbb2d4ca339e738a0b7001dc91423fbf55a99af0c6f1df21012ceb2f",
        "52187316111b118d4c060364f7b975dc0809b2590779aff2d63113c564f11744493384db7bf32d5ae6686df6ab06d508d2e07caaf1d6afc010b978735fc78900e71ae1d314130d042e729a",
        "eaedc672d4c21e0e2955758756fb98f194c4e90d5deb5b6cf30b27",
        "522d543c5fe799d09a3d9da7ff54d0dc03c8af1dc7751d2ff708339d2290943e98",
        "7d4e2c3873eef6a213b04e72f9df60a91666072d3544c5d96c34a09e2329b5030bee796741",
    ];
    let hash = "a477edf6a131bbdb54707f6ea30eab6cd935d9b560f0e5fd1f053a95a99669fb";
    Vector { pattern: noise_xx().add_psks(&[3], "XXpsk3"), hash, messages }.check();
}

#[test]
fn kkpsk0_agrees_with_the_published_vector() {
    let messages = [
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c794423f19812300a6051f02195db0722909fc920796814cfc886ab3a8083c66a5961",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884320acfe866b4ede922f007d89dbf507216d6aa8646c7fba098da374b1784d4b",
        "d213fdd768eeef05ee236c6d2983b2029bb472567a5831f4ff592c",
        "facf98016edcfc2566b16866935329b4da833dcd3bbb4173cf638e",
        "f46e7b19ebc94d697afc64b7f7d78d9b89276a6fbd438985d68c5d0261f4d4b774",
        "84119bc1a1a5f97a338c7affb30242cf3111e95c41a07d5e289b160015156a93cb70e8e73d",
    ];
    let hash = "32afcdbb63cf90f25409090bc11f7546c534dfb03f37c1626a0cf758881e746f";
    Vector { pattern: noise_kk_psk0(), hash, messages }.check();
}
