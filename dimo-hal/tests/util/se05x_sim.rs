//! An SE05x on an I2C bus, from its documents and without the driver's code: link (UM11225), commands and applet (AN12413), keys
//! of k256 underneath. Faults happen where a test asks for them.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers over constants; each test file uses its part"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{Signature, SigningKey};

pub(crate) const ADDRESS: u8 = 0x48;
/// The answer to reset of a real part, as its makers' forum shows it.
pub(crate) const ATR: [u8; 35] = *b"\x00\xA0\x00\x00\x03\x96\x04\x03\xE8\x00\xFE\x02\x0B\x03\xE8\x08\x01\x00\x00\x00\x00\x64\x00\x00\x0A\x4A\x43\x4F\x50\x34\x20\x41\x54\x50\x4F";
const SECP256K1: u8 = 0x10;
const NOT_ACKNOWLEDGED: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);

/// What goes wrong with one block from the host, or with the answer to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// The element does not acknowledge so many attempts to write.
    BusyToWrite(u32),
    /// It does not acknowledge so many attempts to read.
    BusyToRead(u32),
    /// The block never arrives.
    LoseCommand,
    /// The block arrives with a bit flipped.
    DamageCommand,
    /// The answer never leaves.
    LoseAnswer,
    /// The answer arrives with a bit flipped in the byte.
    DamageAnswer(usize),
    /// The element asks for more time first.
    WaitingTime(u8),
    /// The bus fails in another way.
    Bus,
    /// The power of the element fails before the block arrives; what it stored stays.
    PowerBefore,
    /// The power of the element fails after it did what was asked.
    PowerAfter,
}

#[derive(Clone)]
pub(crate) enum Object {
    KeyPair { curve: u8, key: Box<SigningKey> },
    Counter { size: usize, value: u64 },
    File,
}

#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) object: Object,
    pub(crate) policy: Vec<u8>,
    pub(crate) origin: u8,
}

impl Stored {
    fn allows(&self, rule: u32) -> bool {
        self.policy.is_empty()
            || u32::from_be_bytes(self.policy[self.policy.len() - 4..].try_into().unwrap()) & rule != 0
    }
}

const SIGN: u32 = 0x1000_0000;
const READ: u32 = 0x0020_0000;
const WRITE: u32 = 0x0010_0000;
const GENERATE: u32 = 0x0008_0000;
const DELETE: u32 = 0x0004_0000;

/// The element: what it stores, and its end of the link.
pub(crate) struct Element {
    pub(crate) objects: BTreeMap<u32, Stored>,
    /// The parameters of secp256k1 that were set, once it was created.
    pub(crate) curve: Option<BTreeSet<u8>>,
    /// Without the curve: as some variants.
    pub(crate) has_curve: bool,
    /// Answers all commands but SELECT with this status.
    pub(crate) refuses: Option<u16>,
    /// The most information in one of its blocks.
    pub(crate) information: usize,
    /// What it says that it takes in a block.
    pub(crate) takes: u8,
    /// Faults by the number of the block from the host, from 0.
    pub(crate) faults: BTreeMap<usize, Fault>,
    /// Says that it raised a counter, and does not.
    pub(crate) forgets_counters: bool,
    /// The blocks from the host, and the commands in them.
    pub(crate) blocks: Vec<Vec<u8>>,
    pub(crate) commands: Vec<Vec<u8>>,
    /// Bus transfers of any kind, so that a test sees that they end.
    pub(crate) transfers: usize,
    seed: u64,
    signatures: u64,
    selected: bool,
    expected: u8,
    sending: u8,
    partial: Vec<u8>,
    pending: VecDeque<Vec<u8>>,
    last: Option<(u8, Vec<u8>)>,
    /// An answer withheld until the host grants more time.
    withheld: Option<Vec<u8>>,
    out: VecDeque<u8>,
    busy_to_write: u32,
    busy_to_read: u32,
    handled: Option<usize>,
}

impl Element {
    pub(crate) fn new() -> Self {
        Self {
            objects: BTreeMap::new(),
            curve: None,
            has_curve: true,
            refuses: None,
            information: 254,
            takes: 254,
            faults: BTreeMap::new(),
            forgets_counters: false,
            blocks: Vec::new(),
            commands: Vec::new(),
            transfers: 0,
            seed: 1,
            signatures: 0,
            selected: false,
            expected: 0,
            sending: 0,
            partial: Vec::new(),
            pending: VecDeque::new(),
            last: None,
            withheld: None,
            out: VecDeque::new(),
            busy_to_write: 0,
            busy_to_read: 0,
            handled: None,
        }
    }

    /// Its power goes and comes back.
    pub(crate) fn cycle_power(&mut self) {
        self.selected = false;
        self.reset_link();
    }

    fn reset_link(&mut self) {
        (self.expected, self.sending) = (0, 0);
        self.partial.clear();
        self.pending.clear();
        self.last = None;
        self.withheld = None;
        self.out.clear();
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ErrorKind> {
        self.transfers += 1;
        if self.busy_to_write > 0 {
            self.busy_to_write -= 1;
            return Err(NOT_ACKNOWLEDGED);
        }
        let number = self.blocks.len();
        let fault = self.faults.get(&number).copied().filter(|_| self.handled != Some(number));
        self.handled = Some(number);
        match fault {
            Some(Fault::BusyToWrite(times)) => {
                self.busy_to_write = times - 1;
                return Err(NOT_ACKNOWLEDGED);
            }
            Some(Fault::Bus) => return Err(ErrorKind::ArbitrationLoss),
            Some(Fault::PowerBefore) => self.cycle_power(),
            _ => {}
        }
        self.blocks.push(bytes.to_vec());
        self.out.clear();
        let mut arrived = bytes.to_vec();
        match fault {
            Some(Fault::LoseCommand) => return Ok(()),
            Some(Fault::DamageCommand) => *arrived.last_mut().unwrap() ^= 0x10,
            _ => {}
        }
        let Some(mut answer) = self.receive(&arrived) else { return Ok(()) };
        match fault {
            Some(Fault::BusyToRead(times)) => self.busy_to_read = times,
            Some(Fault::LoseAnswer) => return Ok(()),
            Some(Fault::DamageAnswer(at)) => {
                let at = at.min(answer.len() - 1);
                answer[at] ^= 0x04;
            }
            Some(Fault::PowerAfter) => {
                self.cycle_power();
                return Ok(());
            }
            Some(Fault::WaitingTime(times)) => {
                self.withheld = Some(answer);
                answer = frame(0xC3, &[times]);
            }
            _ => {}
        }
        self.out = answer.into();
        Ok(())
    }

    fn read(&mut self, into: &mut [u8]) -> Result<(), ErrorKind> {
        self.transfers += 1;
        if self.busy_to_read > 0 {
            self.busy_to_read -= 1;
            return Err(NOT_ACKNOWLEDGED);
        }
        if self.out.is_empty() {
            return Err(NOT_ACKNOWLEDGED);
        }
        for byte in into {
            *byte = self.out.pop_front().unwrap_or(0xFF);
        }
        Ok(())
    }

    /// One block from the host, and the block that answers it.
    fn receive(&mut self, block: &[u8]) -> Option<Vec<u8>> {
        let (covered, sum) = block.split_at(block.len().checked_sub(2)?);
        if covered.len() < 3 || covered[0] != 0x5A || sum != checksum(covered) {
            return Some(self.receipt(1));
        }
        let information = &covered[3..];
        assert_eq!(usize::from(covered[2]), information.len(), "the length byte of {block:02X?}");
        assert!(
            information.len() <= usize::from(self.takes),
            "{block:02X?} is longer than the element takes"
        );
        match covered[1] {
            control @ (0x00 | 0x20 | 0x40 | 0x60) => self.information(control, information),
            control @ 0x80..=0x93 => Some(self.asked(control >> 4 & 1)),
            0xC0 => {
                self.reset_link();
                Some(frame(0xE0, &[]))
            }
            0xC7 => Some(frame(0xE7, &self.atr())),
            0xCF => {
                self.cycle_power();
                Some(frame(0xEF, &self.atr()))
            }
            0xE3 => self.withheld.take().or_else(|| self.last.clone().map(|(_, block)| block)),
            control => panic!("the host sent control byte {control:02X}"),
        }
    }

    fn information(&mut self, control: u8, information: &[u8]) -> Option<Vec<u8>> {
        if control >> 6 & 1 != self.expected {
            return Some(self.receipt(2));
        }
        self.expected ^= 1;
        (self.last, self.pending) = (None, VecDeque::new());
        self.partial.extend_from_slice(information);
        if control & 0x20 != 0 {
            return Some(self.receipt(0));
        }
        let command = core::mem::take(&mut self.partial);
        let (mut answer, status) = self.run(&command);
        self.commands.push(command);
        answer.extend_from_slice(&status.to_be_bytes());
        self.pending = answer.chunks(self.information).map(<[u8]>::to_vec).collect();
        self.next_block()
    }

    fn next_block(&mut self) -> Option<Vec<u8>> {
        let information = self.pending.pop_front()?;
        let control = self.sending << 6 | if self.pending.is_empty() { 0 } else { 0x20 };
        let block = frame(control, &information);
        self.last = Some((self.sending, block.clone()));
        self.sending ^= 1;
        Some(block)
    }

    /// The host asks for the block of that number: the last one again, or the next.
    fn asked(&mut self, number: u8) -> Vec<u8> {
        match &self.last {
            Some((last, block)) if *last == number => block.clone(),
            Some(_) => self.next_block().unwrap_or_else(|| self.receipt(0)),
            None => self.receipt(0),
        }
    }

    fn receipt(&self, error: u8) -> Vec<u8> {
        frame(0x80 | self.expected << 4 | error, &[])
    }

    fn atr(&self) -> Vec<u8> {
        let mut atr = ATR.to_vec();
        atr[10] = self.takes;
        atr
    }

    fn run(&mut self, command: &[u8]) -> (Vec<u8>, u16) {
        let Some((header, data)) = parse(command) else { return (vec![], 0x6700) };
        if header == [0x00, 0xA4, 0x04, 0x00] {
            let known = data == *b"\xA0\x00\x00\x03\x96\x54\x53\x00\x00\x00\x01\x03\x00\x00\x00\x00";
            self.selected = known;
            // As the real part of the forum.
            return if known { (vec![3, 1, 1, 0x6F, 0xFF, 1, 0x0B], 0x9000) } else { (vec![], 0x6A82) };
        }
        if !self.selected {
            return (vec![], 0x6D00);
        }
        if let Some(status) = self.refuses {
            return (vec![], status);
        }
        let Some(fields) = fields(data) else { return (vec![], 0x6A80) };
        match self.applet(header, &fields) {
            Ok(answer) => (answer, 0x9000),
            Err(status) => (vec![], status),
        }
    }

    /// A command with one field, past the link.
    pub(crate) fn apply(&mut self, header: [u8; 4], tag: u8, value: &[u8]) -> Result<Vec<u8>, u16> {
        self.applet(header, &BTreeMap::from([(tag, value.to_vec())]))
    }

    fn applet(&mut self, header: [u8; 4], fields: &BTreeMap<u8, Vec<u8>>) -> Result<Vec<u8>, u16> {
        let id = || {
            Ok::<u32, u16>(u32::from_be_bytes(
                fields.get(&0x41).ok_or(0x6A80u16)?[..].try_into().map_err(|_| 0x6A80u16)?,
            ))
        };
        match header {
            [0x80, 0x04, 0x00, 0x27] => {
                Ok(field(0x41, &[if self.objects.contains_key(&id()?) { 1 } else { 2 }]))
            }
            [0x80, 0x04, 0x00, 0x28] => {
                let id = id()?;
                let stored = self.objects.get(&id).ok_or(0x6985u16)?;
                if !stored.allows(DELETE) {
                    return Err(0x6986);
                }
                self.objects.remove(&id);
                Ok(vec![])
            }
            [0x80, 0x04, 0x00, 0x49] => {
                let count = u16::from_be_bytes(fields.get(&0x41).ok_or(0x6A80u16)?[..].try_into().unwrap());
                Ok(field(0x41, &(0..count).map(|_| self.random()).collect::<Vec<u8>>()))
            }
            [0x80, 0x02, 0x00, 0x00] => {
                let stored = self.objects.get(&id()?).ok_or(0x6985u16)?;
                if !stored.allows(READ) {
                    return Err(0x6986);
                }
                match &stored.object {
                    Object::KeyPair { key, .. } => {
                        Ok(field(0x41, key.verifying_key().to_sec1_point(false).as_bytes()))
                    }
                    Object::Counter { size, value } => Ok(field(0x41, &value.to_be_bytes()[8 - size..])),
                    Object::File => Ok(field(0x41, b"a certificate, say")),
                }
            }
            [0x80, 0x02, 0x00, 0x3B] => {
                let id = id()?;
                let stored = self.objects.get(&id).ok_or(0x6985u16)?;
                let mut attributes = id.to_be_bytes().to_vec();
                let kind = match stored.object {
                    Object::KeyPair { .. } => 0x01,
                    Object::Counter { .. } => 0x0D,
                    Object::File => 0x0B,
                };
                attributes.extend_from_slice(&[kind, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
                attributes.extend_from_slice(&stored.policy);
                attributes.extend_from_slice(&[stored.origin, 0]);
                Ok(field(0x42, &attributes))
            }
            [0x80, 0x02, 0x0B, 0x25] => {
                let mut list = [1; 17];
                list[2] = 2;
                if self.curve.as_ref().is_some_and(|set| set.len() == 5) {
                    list[usize::from(SECP256K1) - 1] = 2;
                }
                Ok(field(0x41, &list))
            }
            [0x80, 0x01, 0x0B, 0x04] => {
                if !self.has_curve || self.curve.is_some() || fields.get(&0x41) != Some(&vec![SECP256K1]) {
                    return Err(0x6985);
                }
                self.curve = Some(BTreeSet::new());
                Ok(vec![])
            }
            [0x80, 0x01, 0x0B, 0x40] => self.curve_parameter(fields),
            [0x80, 0x01, 0x61, 0x00] => self.write_key(id()?, fields),
            [0x80, 0x01, 0x08, 0x00] => self.write_counter(id()?, fields),
            [0x80, 0x03, 0x0C, 0x09] => {
                let stored = self.objects.get(&id()?).ok_or(0x6985u16)?;
                let Object::KeyPair { key, .. } = &stored.object else { return Err(0x6985) };
                let digest = fields.get(&0x43).filter(|digest| digest.len() == 32).ok_or(0x6A80u16)?;
                if fields.get(&0x42) != Some(&vec![0x21]) {
                    return Err(0x6A80);
                }
                if !stored.allows(SIGN) {
                    return Err(0x6986);
                }
                let signature: Signature = key.sign_prehash(digest).unwrap();
                self.signatures += 1;
                // The manual promises nothing of s: either half, in turns.
                let (r, s) = signature.split_scalars();
                let s = if self.signatures.is_multiple_of(2) { *s } else { -*s };
                Ok(field(0x41, Signature::from_scalars(*r, s).unwrap().to_der().as_bytes()))
            }
            _ => Err(0x6D00),
        }
    }

    fn curve_parameter(&mut self, fields: &BTreeMap<u8, Vec<u8>>) -> Result<Vec<u8>, u16> {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
        };
        let set = self.curve.as_mut().ok_or(0x6985u16)?;
        let parameter = fields.get(&0x42).ok_or(0x6A80u16)?[0];
        // SEC 2, version 2, section 2.4.1.
        let expected = match parameter {
            0x01 => vec![0; 32],
            0x02 => hex("0000000000000000000000000000000000000000000000000000000000000007"),
            0x04 => hex(concat!(
                "0479BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798",
                "483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8"
            )),
            0x08 => hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141"),
            0x10 => hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F"),
            _ => return Err(0x6A80),
        };
        if fields.get(&0x41) != Some(&vec![SECP256K1]) || fields.get(&0x43) != Some(&expected) {
            return Err(0x6A80);
        }
        set.insert(parameter);
        Ok(vec![])
    }

    fn write_key(&mut self, id: u32, fields: &BTreeMap<u8, Vec<u8>>) -> Result<Vec<u8>, u16> {
        if let Some(stored) = self.objects.get(&id) {
            let private = fields.contains_key(&0x43);
            return Err(if stored.allows(if private { WRITE } else { GENERATE }) { 0x6985 } else { 0x6986 });
        }
        let curve = fields.get(&0x42).ok_or(0x6985u16)?[0];
        if curve != SECP256K1 || self.curve.as_ref().is_none_or(|set| set.len() < 5) {
            return Err(0x6985);
        }
        let (secret, origin) = match fields.get(&0x43) {
            Some(secret) => (secret.clone(), 1),
            None => ((0..32).map(|_| self.random()).collect(), 2),
        };
        let key = Box::new(SigningKey::from_slice(&secret).map_err(|_| 0x6A80u16)?);
        let policy = fields.get(&0x11).cloned().unwrap_or_default();
        self.objects.insert(id, Stored { object: Object::KeyPair { curve, key }, policy, origin });
        Ok(vec![])
    }

    fn write_counter(&mut self, id: u32, fields: &BTreeMap<u8, Vec<u8>>) -> Result<Vec<u8>, u16> {
        let value = fields.get(&0x43);
        let number =
            |value: &Vec<u8>| value.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        if let Some(stored) = self.objects.get_mut(&id) {
            if !stored.allows(WRITE) {
                return Err(0x6986);
            }
            let Object::Counter { size, value: now } = &mut stored.object else { return Err(0x6985) };
            let next = match value {
                Some(value) if value.len() != *size => return Err(0x6A80),
                Some(value) => number(value),
                None => *now + 1,
            };
            if next < *now {
                return Err(0x6985);
            }
            *now = if self.forgets_counters { *now } else { next };
            return Ok(vec![]);
        }
        let size = match (fields.get(&0x42), value) {
            (Some(size), _) => usize::from(u16::from_be_bytes(size[..].try_into().map_err(|_| 0x6A80u16)?)),
            (None, Some(value)) => value.len(),
            (None, None) => return Err(0x6A80),
        };
        let object = Object::Counter { size, value: value.map_or(0, number) };
        let policy = fields.get(&0x11).cloned().unwrap_or_default();
        self.objects.insert(id, Stored { object, policy, origin: 1 });
        Ok(vec![])
    }

    fn random(&mut self) -> u8 {
        // SplitMix64.
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as u8
    }
}

/// Header and data of a command, in the short or the extended form of its lengths.
pub(crate) fn parse(command: &[u8]) -> Option<([u8; 4], &[u8])> {
    let (header, rest) = command.split_first_chunk::<4>()?;
    let data = match rest {
        [] | [_] => &[],
        [0, high, low, rest @ ..] => {
            let len = usize::from(u16::from_be_bytes([*high, *low]));
            let (data, expected) = rest.split_at_checked(len)?;
            matches!(expected.len(), 0 | 2).then_some(data)?
        }
        [len, rest @ ..] => {
            let (data, expected) = rest.split_at_checked(usize::from(*len))?;
            (expected.len() <= 1).then_some(data)?
        }
    };
    Some((*header, data))
}

fn fields(mut data: &[u8]) -> Option<BTreeMap<u8, Vec<u8>>> {
    let mut fields = BTreeMap::new();
    while let [tag, rest @ ..] = data {
        let (len, rest) = match rest {
            [len @ 0..=0x7F, rest @ ..] | [0x81, len, rest @ ..] => (usize::from(*len), rest),
            [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(len)?;
        fields.insert(*tag, value.to_vec());
        data = rest;
    }
    Some(fields)
}

fn field(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut field = vec![tag];
    match value.len() {
        len @ 0..=0x7F => field.push(len as u8),
        len @ 0x80..=0xFF => field.extend_from_slice(&[0x81, len as u8]),
        len => field.extend_from_slice(&[0x82, (len >> 8) as u8, len as u8]),
    }
    field.extend_from_slice(value);
    field
}

pub(crate) fn frame(control: u8, information: &[u8]) -> Vec<u8> {
    let mut block = vec![0xA5, control, information.len() as u8];
    block.extend_from_slice(information);
    block.extend_from_slice(&checksum(&block));
    block
}

/// CRC-16/X-25 by its definition: polynomial 0x1021 over reflected bits.
pub(crate) fn checksum(bytes: &[u8]) -> [u8; 2] {
    let mut register = 0xFFFFu16;
    for byte in bytes {
        register ^= u16::from(byte.reverse_bits()) << 8;
        for _ in 0..8 {
            let out = register >> 15;
            register = (register << 1) ^ (out * 0x1021);
        }
    }
    (!register).reverse_bits().to_le_bytes()
}

impl ErrorType for Element {
    type Error = ErrorKind;
}

impl I2c for Element {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        if address != ADDRESS {
            return Err(NOT_ACKNOWLEDGED);
        }
        for operation in operations {
            match operation {
                Operation::Read(into) => self.read(into)?,
                Operation::Write(bytes) => self.write(bytes)?,
            }
        }
        Ok(())
    }
}

/// A delay that counts and does not wait.
#[derive(Default)]
pub(crate) struct Elapsed {
    pub(crate) ns: u64,
}

impl embedded_hal::delay::DelayNs for Elapsed {
    fn delay_ns(&mut self, ns: u32) {
        self.ns += u64::from(ns);
    }
}
