//! The first byte of a message (SPEC.md, Messages).

pub(super) const GRANT: u8 = 0x01;
pub(super) const IDENTIFY: u8 = 0x02;
pub(super) const CLAIM: u8 = 0x03;
pub(super) const PAIR: u8 = 0x04;
pub(super) const UNPAIR: u8 = 0x05;
pub(super) const READ_VIN: u8 = 0x06;
pub(super) const READ_PROTOCOL: u8 = 0x07;
pub(super) const READ_TROUBLE_CODES: u8 = 0x08;
pub(super) const CLEAR_TROUBLE_CODES: u8 = 0x09;
pub(super) const LIST_WIFI: u8 = 0x0A;
pub(super) const JOIN_WIFI: u8 = 0x0B;
pub(super) const WIFI_STATUS: u8 = 0x0C;
pub(super) const SET_APN: u8 = 0x0D;
pub(super) const CELLULAR_STATUS: u8 = 0x0E;
pub(super) const READ_IMSI: u8 = 0x0F;
pub(super) const FIRMWARE_STATUS: u8 = 0x10;
pub(super) const OFFER_FIRMWARE: u8 = 0x11;
pub(super) const HOLD_AWAKE: u8 = 0x12;
pub(super) const BEGIN_UPLOAD: u8 = 0x13;
pub(super) const UPLOAD_CHUNK: u8 = 0x14;
pub(super) const FINISH_UPLOAD: u8 = 0x15;
pub(super) const LOG_TAIL: u8 = 0x16;
pub(super) const LIST_PHONES: u8 = 0x17;
pub(super) const REVOKE_PHONE: u8 = 0x18;
pub(super) const FORGET_ME: u8 = 0x19;
pub(super) const FACTORY_RESET: u8 = 0x1A;

/// An answer has the kind of its request and this bit.
pub(super) const ANSWER: u8 = 0x80;
pub(super) const DEVICE_PROOF: u8 = 0x80;
pub(super) const WORKING: u8 = 0xFE;
pub(super) const REFUSED: u8 = 0xFF;

/// What *clear trouble codes* must carry.
pub(super) const CLEAR_CONFIRMATION: [u8; 4] = *b"CLR!";
/// What *factory reset* must carry.
pub(super) const RESET_CONFIRMATION: [u8; 4] = *b"RST!";
