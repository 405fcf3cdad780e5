//! What the live network exchanges: published vectors, and vectors computed from its contracts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(feature = "software-key")]

mod util;

use dimo_crypto::blocking::DeviceSigner;
use dimo_crypto::{
    BurnSynthetic, BurnVehicle, Claim, LoginChallenge, Message, MintSynthetic, MintVehicleAndSynthetic, Pair,
    Personal, ReceivedTelemetry, Registry, Signature, SignatureError, Unpair, Verifiable, VerifyError,
    hazmat, keccak256, recover, verify,
};
use dimo_types::TokenId;
use util::{address, bytes, claim, device, owner, pair, signature, unpair};

const TELEMETRY: &[u8] = br#"{"timestamp":1709656316768}"#;
const TELEMETRY_SIGNATURE: &str = "0xed107d9e947ce3208f2a349fe9de841295252ed3157a6a6c3725c5b2fd47ccaf1407ba498f09a872ce409d3434162512f7d0b08fbc0561f407015b39953bb6d61c";

#[test]
fn t1_a_telemetry_message_of_the_network_verifies_against_its_subject() {
    let data = ReceivedTelemetry(TELEMETRY);
    assert_eq!(
        data.signed_digest().to_string(),
        "0x464876443570fa210eb389482304a43ef7ae1edb834772c99125b19f43226192"
    );
    let subject = address("0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61");
    let verified = verify(data, &signature(TELEMETRY_SIGNATURE), subject).unwrap();
    assert_eq!((verified.0, verified.signer()), (TELEMETRY, subject));
}

#[test]
fn t1n_the_same_message_is_refused_for_another_subject() {
    let expected = address("0xDC1eE274BCA98b421293f3737D1b9E4563c60cb3");
    let refused = verify(ReceivedTelemetry(TELEMETRY), &signature(TELEMETRY_SIGNATURE), expected);
    let recovered = address("0x318F53cC0775fdfcb95A378Fd3228Dc564A28c61");
    assert_eq!(refused, Err(VerifyError::WrongSigner { expected, recovered }));
}

#[test]
fn t1i_a_signature_with_another_recovery_id_is_refused() {
    let invalid: [u8; 65] = bytes(
        "5fb985f758c6224ab45630d055c7aca163329b88accfb8fd76a0dbb13b2ebcfe3c5bd8b801851f683f7a288c174a11ed8fc2631d95929c3b3cc85c75fb10ea001a",
    );
    assert_eq!(Signature::from_bytes(&invalid), Err(SignatureError::RecoveryId { v: 26 }));
}

#[test]
fn t3_signatures_of_older_devices_with_v_of_0_and_1_are_taken_and_given_back_as_27_and_28() {
    let hash = keccak256(b"testmessage");
    assert_eq!(hash, bytes("1c37b8e52b87629910dcc67dc45e49972920b01bf8828ac1410cf66b80471ce4"));
    let other = bytes("83206f8dc9e7119d9e063237f9a4f35a7b97af2192e219aeb761edd326391ced");
    let cases = [
        (
            hash,
            "0xeb3e92bc01b32e4f7cce5729fe6e7b91281f47bf1e78fcacf86a64a59c2ad4ce4c458f761b18a7f8d7bd44b9394a916e977c9e0b637537f0c69e15f5348152f901",
            28,
        ),
        (
            other,
            "0xd089c437525f44cbe9cdb9fed96b8d3a7e2856185621566a5118be1632adb55f7e47dc0d909f61f977f9c90fae792220446cef148a5d52e7cf09f789d226130a00",
            27,
        ),
    ];
    for (hash, text, v) in cases {
        let signature = signature(text);
        assert_eq!(signature.v(), v);
        let signer = hazmat::recover_public_key(&hazmat::digest(hash), &signature).unwrap().address();
        assert_eq!(signer, address("0x275C1973120cA0064630869D0a122A9b15D5D667"));
    }
}

#[test]
fn t4_an_attestation_of_the_network_verifies_under_the_personal_prefix() {
    let data = br#"{"subject":"did:erc721:80002:0x45fbCD3ef7361d156e8b16F5538AE36DEdf61Da8:1005","insured":true,"provider":"State Farm","coverageStartDate":1744751357,"expirationDate":1807822654,"policyNumber":"SF-12345678"}"#;
    let message = Personal(data);
    assert_eq!(
        message.signed_digest().to_string(),
        "0x1fa0cd4b8de6a7bbe56c5ae5b1f7bc7397ca0fd0b3df8325fb85deb1ea3ddf01"
    );
    let signature = signature(
        "0xa2f41b51853db03749da01976aaef503252c3e240e4edb3c5651856c7b4842fa54be0cb843ee380561f5583ed7b38c99f8db6f3d3aa345856449e85be6e29af91b",
    );
    assert_eq!(recover(&message, &signature), Ok(address("0x07B584f6a7125491C991ca2a45ab9e641B1CeE1b")));
}

#[test]
fn a_login_challenge_is_a_personal_message() {
    let account = device().address();
    let text =
        format!("auth.dimo.zone wants you to sign in with your Ethereum account:\n{account}\n\nNonce: 1");
    let challenge = LoginChallenge::new(&text, "auth.dimo.zone", account).unwrap();
    assert_eq!(challenge.digest(), Personal(text.as_bytes()).signed_digest());
    assert_eq!(challenge.as_str(), text);
}

#[test]
fn the_separators_of_both_live_registries_are_those_of_the_contracts() {
    let cases = [
        (Registry::POLYGON, "cb89132abc52743bee8f285474e19d5c75d7aaac8514d68f1281e4c3c329ee9a"),
        (Registry::AMOY, "e69a6a0b5af29ab5f93e914d7b45583aea4c564995930b0dafb6b4c8706b4d50"),
        (
            Registry { chain_id: 80001, contract: address("0x4De1bCf2B7E851E31216fC07989caA902A604784") },
            "41eed52a84c777140d57ba5928377d6e731531911676103c90c607cd52fe9a17",
        ),
    ];
    for (registry, expected) in cases {
        assert_eq!(registry.domain_separator(), bytes(expected), "{registry:?}");
    }
    assert_eq!(Registry::POLYGON.contract, address("0xFA8beC73cebB9D88FF88a2f75E7D7312f2Fd39EC"));
    assert_eq!(Registry::AMOY.contract, address("0x5eAA326fB2fc97fAcCe6A79A304876daD0F2e96c"));
}

#[test]
fn every_type_hash_is_the_contracts_and_the_hash_of_its_type_string() {
    let cases = [
        (Claim::TYPE, Claim::TYPE_HASH, "e9c1553360948ae2a8aaa5056ec0959a02b1ace8e17c82131834e17c50221d99"),
        (Pair::TYPE, Pair::TYPE_HASH, "2fc20392fbe0e33f2f54b3485f76af2689a66f0e9ab139988ebc81c81bfb063e"),
        (Unpair::TYPE, Unpair::TYPE_HASH, "f0c476233066480b8071a70befc1d91744ed1c267bb0ad3e3c651594466c63b7"),
        (
            BurnVehicle::TYPE,
            BurnVehicle::TYPE_HASH,
            "b8ff1c3a10797a4f2fbbe3a6f1a978106a3c6a48dfefbbd0669f45c1eb9fa1f0",
        ),
        (
            MintSynthetic::TYPE,
            MintSynthetic::TYPE_HASH,
            "91d6d5079d33d9c0673893369cff4980c95c70d96632cb85c5fb4a963388dc77",
        ),
        (
            BurnSynthetic::TYPE,
            BurnSynthetic::TYPE_HASH,
            "6717e3752bf2fca30452fcbf2ec42560ab93244dab83029dab37c7e18a3dabb4",
        ),
        (
            MintVehicleAndSynthetic::TYPE,
            MintVehicleAndSynthetic::TYPE_HASH,
            "1eb239156a8c1dda65a6498179df42b8bba8f4959a767d8a2a2207c5f7cd886c",
        ),
    ];
    for (type_string, type_hash, expected) in cases {
        assert_eq!(type_hash, bytes(expected), "{type_string}");
        assert_eq!(type_hash, keccak256(type_string.as_bytes()), "{type_string}");
    }
}

#[test]
fn claim_pair_and_unpair_have_the_digests_of_the_contracts_on_polygon_and_amoy() {
    let cases: [(&dyn Message, &str); 7] = [
        (&claim(Registry::POLYGON), "0x2d1da40d8729f3706fc5a8a1e7ffaba251d1d5fd9733d60c82a5d2a66d31d252"),
        (&pair(Registry::POLYGON), "0x15e323b4725c6ee384281efd8d8c0e8c0973e6ed3504e6ba874472c8c14e4bad"),
        (&unpair(Registry::POLYGON), "0xb31279fb49c33b3a0c4817915430b746f74a71565dbef10d4c44a8428f7ba1b3"),
        (&claim(Registry::AMOY), "0x8f15ac66a26521076063686701acfb0b77dbba55eca0c519391451cbc27f883b"),
        (&pair(Registry::AMOY), "0x69b74b1839b39ceec6739b31982a834458142115ffb8333ada00a75c167188cc"),
        (&unpair(Registry::AMOY), "0x754dbd7f91194269b947f61938bcae0604d45ad2b0a69db9a7f2f80329d5d341"),
        (
            &MintSynthetic {
                registry: Registry::POLYGON,
                connection: TokenId::from(1),
                vehicle_node: TokenId::from(1337),
            },
            "0x2ae591b9433713d8e378594f3694b1536961062b18064a3f2c41e1e2e94e6b87",
        ),
    ];
    for (message, digest) in cases {
        assert_eq!(message.digest().to_string(), digest);
    }
    assert_eq!(
        claim(Registry::POLYGON).struct_hash(),
        bytes("22292235a2a739b35f8da099e2c39350b5398615f0f20864095599379a035828")
    );
    assert_eq!(
        pair(Registry::AMOY).struct_hash(),
        bytes("b6c3122f874c36da5806861232421ca7570c7271ed8310c033478d896aa56b8d")
    );
    assert_eq!(
        unpair(Registry::AMOY).struct_hash(),
        bytes("c38e0bc08d47cf017399e63dbf06db3e55224e060dd7511958487b3887b53810")
    );
}

#[test]
fn device_and_owner_sign_claim_pair_unpair_and_telemetry_as_every_ethereum_library_does() {
    assert_eq!(device().address(), address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
    assert_eq!(owner().address(), address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"));
    let (claim, pair, unpair) =
        (claim(Registry::POLYGON), pair(Registry::POLYGON), unpair(Registry::POLYGON));
    let cases: [(_, &dyn Message, &str); 6] = [
        (
            device(),
            &claim,
            "0x82a9441b724d50c8f1192a0ce41ecd2f961b703ed252afa51b57fa05a320036719dfc8782f0e6d8bc9279af5483862df016c879e4a3c30c71848ebf8bc44dee31b",
        ),
        (
            owner(),
            &claim,
            "0x9a47ecde48555762ad8c04d52e39569e6d79180e0d3afce5bf1df867397c4bd47754973e884aa4751f0fd76c6c2048ac07165a64a7429d4ba8c38b1a20c65ba31b",
        ),
        (
            device(),
            &pair,
            "0x58985f1d026e0300e33bc37456b477bd915a6095c56fe54b7c040d79964c9dda0f10f6b4b2ad819ff80b92df5893ea0454e82ced4d7a431c3c3618785539c7f71c",
        ),
        (
            owner(),
            &pair,
            "0xf77de519e339797f60180807a974a2f8eeced4c6293e03beb4014334b2191a020e5379180f68726298c4f9e96eb5fbb4de1e4bf350e3a1a1de60d4d07b7418391c",
        ),
        (
            owner(),
            &unpair,
            "0x8e3f488dc9355d69e956c7fdf2bae7943f6e94d672c532f5ab93e10211cc1c27214c2a28b65b867ce1bef1d4abdd970f9692a024ccc336be1f2327842ca6f0a71b",
        ),
        (
            device(),
            &hazmat::gen1_telemetry(TELEMETRY).unwrap(),
            "0x680044ecc49c5da75fc19b530048a537185968e23e873a7f9deb196a2bcc8b62770b88e54ebfecd6e0417ddcac2fc64a7e82122326cbc079f990f35c219cba211b",
        ),
    ];
    for (mut signer, message, expected) in cases {
        let signature = DeviceSigner::sign(&mut signer, message).unwrap();
        assert_eq!(signature.to_string(), expected);
        assert_eq!(recover(message, &signature), Ok(signer.address()));
    }
}

#[test]
fn ids_up_to_2_to_the_256_are_signed_whole() {
    let largest = Pair { device_node: TokenId::from_be_bytes([0xFF; 32]), ..pair(Registry::POLYGON) };
    let truncated = Pair { device_node: TokenId::from(u64::MAX), ..largest };
    assert_ne!(largest.digest(), truncated.digest());
}
