//! The wallet: what leaves it is a right signature of the device's key, whatever the chip does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers over constants")]
#![cfg(feature = "dev")]

mod util;

use dimo_crypto::dev::{block_on, check_blocking_signer, check_signer};
use dimo_crypto::{
    BlockingAsync, ChipForm, Claim, DeviceSigner, FinishError, PublicKeyError, Registry, SoftwareKey,
    blocking, verify,
};
use dimo_hal::secure_element::Error as _;
use dimo_hal::secure_element::ErrorKind;
use dimo_hal::{KeyProtection, KeySlot, SoftwareSecureElement, Wallet, WalletError};
use dimo_types::TokenId;
use util::{Element, ElementError, Wrong};

const SLOT: KeySlot = KeySlot(0);

/// The device of the network's published vectors.
fn device(form: ChipForm) -> SoftwareSecureElement {
    let mut secret = [0; 32];
    let hex = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    for (i, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
    }
    let element = SoftwareSecureElement::new([1; 32]).with_form(form);
    element.with_key(SLOT, SoftwareKey::from_bytes(secret).unwrap()).unwrap()
}

fn claim() -> Claim {
    Claim {
        registry: Registry::POLYGON,
        device_node: TokenId::from(42),
        owner: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8".parse().unwrap(),
    }
}

const CLAIM_SIGNATURE: &str = "0x82a9441b724d50c8f1192a0ce41ecd2f961b703ed252afa51b57fa05a320036719dfc8782f0e6d8bc9279af5483862df016c879e4a3c30c71848ebf8bc44dee31b";

#[test]
fn a_claim_through_a_chip_is_the_claim_of_the_network_byte_for_byte() {
    for form in [ChipForm::Raw, ChipForm::Der] {
        let mut wallet = Wallet::open_blocking(device(form), SLOT).unwrap();
        assert_eq!(wallet.address().to_string(), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        let signature = blocking::DeviceSigner::sign(&mut wallet, &claim()).unwrap();
        assert_eq!(signature.to_string(), CLAIM_SIGNATURE);

        let mut wallet = block_on(Wallet::open(device(form), SLOT)).unwrap();
        let signature = block_on(DeviceSigner::sign(&mut wallet, &claim())).unwrap();
        assert_eq!(signature.to_string(), CLAIM_SIGNATURE);
    }
}

#[test]
fn a_wallet_passes_the_suite_of_signers_blocking_and_async() {
    let mut wallet = Wallet::open_blocking(device(ChipForm::Der), SLOT).unwrap();
    check_blocking_signer(&mut wallet).unwrap();
    block_on(check_signer(&mut wallet)).unwrap();
    assert_eq!(wallet.refused_answers(), 0);
    let adapted = BlockingAsync::new(device(ChipForm::Raw));
    block_on(async { check_signer(&mut Wallet::open(adapted, SLOT).await.unwrap()).await }).unwrap();
}

#[test]
fn a_wallet_is_created_once() {
    let mut element = SoftwareSecureElement::new([2; 32]);
    let address = Wallet::create_blocking(&mut element, SLOT).unwrap().address();
    let again = Wallet::create_blocking(&mut element, SLOT);
    assert!(matches!(again, Err(WalletError::Element(error)) if error.kind() == ErrorKind::SlotTaken));
    let again = block_on(Wallet::create(&mut element, SLOT));
    assert!(matches!(again, Err(WalletError::Element(error)) if error.kind() == ErrorKind::SlotTaken));
    let opened = Wallet::open_blocking(element, SLOT).unwrap();
    assert_eq!((opened.address(), opened.key_protection()), (address, KeyProtection::Extractable));
}

#[test]
fn opening_a_wallet_before_it_was_created_names_the_empty_slot() {
    let opened = Wallet::open_blocking(SoftwareSecureElement::new([2; 32]), SLOT);
    assert!(matches!(opened, Err(WalletError::Element(error)) if error.kind() == ErrorKind::SlotEmpty));
}

fn created(wrong: Wrong) -> Wallet<Element> {
    Wallet::create_blocking(Element::new(wrong), SLOT).unwrap()
}

#[test]
fn a_bit_flipped_once_is_healed_by_asking_again_and_counted() {
    let mut wallet = created(Wrong::PrehashBit { times: 1 });
    let signature = blocking::DeviceSigner::sign(&mut wallet, &claim()).unwrap();
    verify(claim(), &signature, wallet.address()).unwrap();
    assert_eq!((wallet.refused_answers(), wallet.into_element().asked), (1, 2));
}

#[test]
fn a_chip_that_is_wrong_twice_signs_nothing() {
    for wrong in [Wrong::PrehashBit { times: 2 }, Wrong::SigningKey] {
        let mut wallet = created(wrong);
        let refused = blocking::DeviceSigner::sign(&mut wallet, &claim());
        assert_eq!(refused, Err(WalletError::Finish(FinishError::NotThisKey)), "{wrong:?}");
        assert_eq!((wallet.refused_answers(), wallet.into_element().asked), (2, 2), "{wrong:?}");
    }
}

#[test]
fn a_public_key_damaged_on_the_bus_opens_no_wallet() {
    let mut element = Element::new(Wrong::PublicKeyBit);
    Wallet::create_blocking(&mut element, SLOT).unwrap();
    let opened = Wallet::open_blocking(element, SLOT);
    assert_eq!(opened.unwrap_err(), WalletError::PublicKey(PublicKeyError::NotOnCurve));
}

#[test]
fn an_error_of_the_bus_is_passed_on_as_it_is() {
    let mut element = Element::new(Wrong::Bus);
    Wallet::create_blocking(&mut element, SLOT).unwrap();
    let refused = Wallet::open_blocking(element, SLOT).unwrap_err();
    assert_eq!(refused, WalletError::Element(ElementError::Bus));
    assert_eq!(refused.to_string(), "the secure element failed: Bus");
}

#[test]
fn the_address_costs_no_trip_to_the_chip() {
    let wallet = created(Wrong::Nothing);
    let _ = (wallet.address(), wallet.public_key(), wallet.key_protection());
    assert_eq!(wallet.into_element().asked, 0);
}
