//! The commands of the applet that this driver sends (NXP AN12413).

use super::apdu::{Command, Expects, tag};
use super::attributes::Rules;
use super::curve;

/// The applet of the SE05x family.
pub(crate) const APPLET: [u8; 16] = [0xA0, 0, 0, 0x03, 0x96, 0x54, 0x53, 0, 0, 0, 0x01, 0x03, 0, 0, 0, 0];
/// How many random bytes are asked for at once: an answer then fits a block.
pub(crate) const MAX_RANDOM: usize = 128;
/// The bytes of a counter.
pub(crate) const COUNTER_SIZE: usize = 8;

mod instruction {
    pub(super) const WRITE: u8 = 0x01;
    pub(super) const READ: u8 = 0x02;
    pub(super) const CRYPTO: u8 = 0x03;
    pub(super) const MANAGE: u8 = 0x04;
}

mod p1 {
    pub(super) const DEFAULT: u8 = 0x00;
    pub(super) const COUNTER: u8 = 0x08;
    pub(super) const CURVE: u8 = 0x0B;
    pub(super) const SIGNATURE: u8 = 0x0C;
    /// An elliptic curve, both halves.
    pub(super) const EC_KEY_PAIR: u8 = 0x61;
}

mod p2 {
    pub(super) const DEFAULT: u8 = 0x00;
    pub(super) const CREATE: u8 = 0x04;
    pub(super) const SIGN: u8 = 0x09;
    pub(super) const LIST: u8 = 0x25;
    pub(super) const EXISTS: u8 = 0x27;
    pub(super) const DELETE: u8 = 0x28;
    pub(super) const ATTRIBUTES: u8 = 0x3B;
    pub(super) const PARAMETER: u8 = 0x40;
    pub(super) const RANDOM: u8 = 0x49;
}

/// ECDSA over a digest of 32 bytes. The element takes the digest as it is, whatever hash it is of.
const ECDSA_32_BYTES: u8 = 0x21;

/// An object id on the bus.
fn id(object: u32) -> [u8; 4] {
    object.to_be_bytes()
}

/// One rule for everybody: any session, no session.
fn policy(rules: Rules) -> [u8; 9] {
    let [a, b, c, d] = rules.0.to_be_bytes();
    [8, 0, 0, 0, 0, a, b, c, d]
}

pub(crate) fn exists(object: u32) -> Command {
    Command::new(instruction::MANAGE, p1::DEFAULT, p2::EXISTS, Expects::Data).with(tag::FIRST, &id(object))
}

pub(crate) fn read(object: u32) -> Command {
    Command::new(instruction::READ, p1::DEFAULT, p2::DEFAULT, Expects::LongData).with(tag::FIRST, &id(object))
}

pub(crate) fn read_attributes(object: u32) -> Command {
    let command = Command::new(instruction::READ, p1::DEFAULT, p2::ATTRIBUTES, Expects::LongData);
    command.with(tag::FIRST, &id(object))
}

pub(crate) fn delete(object: u32) -> Command {
    Command::new(instruction::MANAGE, p1::DEFAULT, p2::DELETE, Expects::Status).with(tag::FIRST, &id(object))
}

pub(crate) fn generate_key(object: u32, rules: Rules) -> Command {
    Command::new(instruction::WRITE, p1::EC_KEY_PAIR, p2::DEFAULT, Expects::Status)
        .with(tag::POLICY, &policy(rules))
        .with(tag::FIRST, &id(object))
        .with(tag::SECOND, &[curve::SECP256K1])
}

pub(crate) fn sign(object: u32, digest: &[u8; 32]) -> Command {
    Command::new(instruction::CRYPTO, p1::SIGNATURE, p2::SIGN, Expects::Data)
        .with(tag::FIRST, &id(object))
        .with(tag::SECOND, &[ECDSA_32_BYTES])
        .with(tag::THIRD, digest)
}

pub(crate) fn random(count: u16) -> Command {
    let command = Command::new(instruction::MANAGE, p1::DEFAULT, p2::RANDOM, Expects::LongData);
    command.with(tag::FIRST, &count.to_be_bytes())
}

pub(crate) fn create_counter(object: u32) -> Command {
    Command::new(instruction::WRITE, p1::COUNTER, p2::DEFAULT, Expects::Status)
        .with(tag::POLICY, &policy(Rules::COUNTER))
        .with(tag::FIRST, &id(object))
        .with(tag::SECOND, &(COUNTER_SIZE as u16).to_be_bytes())
}

pub(crate) fn set_counter(object: u32, value: u64) -> Command {
    Command::new(instruction::WRITE, p1::COUNTER, p2::DEFAULT, Expects::Status)
        .with(tag::FIRST, &id(object))
        .with(tag::THIRD, &value.to_be_bytes())
}

pub(crate) fn list_curves() -> Command {
    Command::new(instruction::READ, p1::CURVE, p2::LIST, Expects::Data)
}

pub(crate) fn create_curve() -> Command {
    let command = Command::new(instruction::WRITE, p1::CURVE, p2::CREATE, Expects::Status);
    command.with(tag::FIRST, &[curve::SECP256K1])
}

pub(crate) fn set_curve_parameter(parameter: u8, value: &[u8]) -> Command {
    Command::new(instruction::WRITE, p1::CURVE, p2::PARAMETER, Expects::Status)
        .with(tag::FIRST, &[curve::SECP256K1])
        .with(tag::SECOND, &[parameter])
        .with(tag::THIRD, value)
}
