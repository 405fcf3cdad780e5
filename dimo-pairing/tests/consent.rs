//! A sharing consent as it is uploaded.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it expects")]

mod util;

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::{Registry, SharingConsent};
use dimo_pairing::{ConsentError, MessageError, UploadedConsent};
use dimo_types::{Grant, Privilege, PrivilegeSet, SharingPolicy, Timestamp};
use proptest::prelude::*;
use util::{device_address, hex, owner, owner_wallet};

fn grant(number: u8) -> Grant {
    Grant {
        recipient: [number.max(1); 20].into(),
        privileges: PrivilegeSet::EMPTY.with(Privilege::NonLocationData),
        from: Timestamp::from_micros(1_000).unwrap(),
        until: Timestamp::from_micros(2_000).unwrap(),
    }
}

fn file(grants: &[Grant], buffer: &mut [u8]) -> Vec<u8> {
    let policy = SharingPolicy::new(1337.into(), 7, grants).unwrap();
    let consent = SharingConsent { registry: Registry::POLYGON, device: device_address(), policy };
    let signature = owner_wallet().sign(&consent).unwrap();
    UploadedConsent { consent, signature }.write(buffer).unwrap().to_vec()
}

#[test]
fn its_bytes_are_those_of_the_specification() {
    let file = file(&[grant(0xAB)], &mut [0; 512]);
    let fields = "0000000000000089".to_owned() // chain 137
        + "fa8bec73cebb9d88ff88a2f75e7d7312f2fd39ec"
        + &"0".repeat(61)
        + "539" // vehicle 1337
        + "0000000000000007"
        + "01"
        + &"ab".repeat(20)
        + "000000000000000c" // the second privilege: both bits of index 1
        + "00000000000003e8"
        + "00000000000007d0";
    assert_eq!(hex(&file[..file.len() - 65]), fields);
}

#[test]
fn what_is_cut_off_or_longer_or_unknown_is_refused() {
    let whole = file(&[grant(1), grant(2)], &mut [0; 512]);
    let mut room = [grant(0); 4];
    for len in 0..whole.len() {
        assert!(UploadedConsent::parse(&whole[..len], owner(), &mut room).is_err());
    }
    let longer = [&whole[..], &[0]].concat();
    let refused = UploadedConsent::parse(&longer, owner(), &mut room).unwrap_err();
    assert_eq!(refused, ConsentError::Fields(MessageError::Trailing { extra: 1 }));
    let mut newer = whole.clone();
    newer[69 + 20] = 0x80; // a permission beyond those known
    let refused = UploadedConsent::parse(&newer, owner(), &mut room).unwrap_err();
    assert!(matches!(refused, ConsentError::Permissions { .. }), "{refused}");
    let refused = UploadedConsent::parse(&whole, owner(), &mut room[..1]).unwrap_err();
    assert_eq!(refused, ConsentError::TooMany { count: 2, room: 1 });
}

proptest! {
    #[test]
    fn what_is_written_is_read(count in 0_usize..=20) {
        let grants: Vec<Grant> = (0..count).map(|number| grant(u8::try_from(number).unwrap())).collect();
        let mut buffer = [0; 2048];
        let file = file(&grants, &mut buffer);
        let mut room = [grant(0); 20];
        let uploaded = UploadedConsent::parse(&file, device_address(), &mut room).unwrap();
        prop_assert_eq!(uploaded.consent.policy.grants(), &grants[..]);
        dimo_crypto::verify(uploaded.consent, &uploaded.signature, owner()).unwrap();
        let mut small = vec![0; file.len() - 1];
        let refused = uploaded.write(&mut small).is_err();
        prop_assert!(refused);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = UploadedConsent::parse(&bytes, owner(), &mut [grant(0); 3]);
    }
}
