//! Blocks of T=1 over I2C: node address, control byte, length, information, CRC (NXP UM11225, section 2.1; ISO 7816-3, section 11).

use zeroize::Zeroize;

/// The most information one block carries: a length byte of 255 is reserved.
pub(crate) const MAX_INFORMATION: usize = 254;
pub(crate) const HEADER: usize = 3;
pub(crate) const CRC: usize = 2;
const MAX_BLOCK: usize = HEADER + MAX_INFORMATION + CRC;

/// Node addresses: from the host to the element, and back.
const TO_ELEMENT: u8 = 0x5A;
const TO_HOST: u8 = 0xA5;

/// The number of a block of information: it alternates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sequence {
    Zero,
    One,
}

impl Sequence {
    pub(crate) const fn next(self) -> Self {
        match self {
            Self::Zero => Self::One,
            Self::One => Self::Zero,
        }
    }

    const fn bit(self, bit: u8) -> u8 {
        match self {
            Self::Zero => 0,
            Self::One => bit,
        }
    }

    const fn of(control: u8, bit: u8) -> Self {
        if control & bit == 0 { Self::Zero } else { Self::One }
    }
}

/// Whether more blocks of the same message follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chain {
    More,
    Last,
}

/// Why a block is wanted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Next,
    AfterCrc,
    AfterOther,
}

/// Supervision between the two ends. The number is that of the request; its response has bit 6 set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Supervision {
    Resync,
    InformationSize,
    Abort,
    WaitingTime,
    GetAtr,
    SoftReset,
}

impl Supervision {
    const fn number(self) -> u8 {
        match self {
            Self::Resync => 0x00,
            Self::InformationSize => 0x01,
            Self::Abort => 0x02,
            Self::WaitingTime => 0x03,
            Self::GetAtr => 0x07,
            Self::SoftReset => 0x0F,
        }
    }

    const fn of(number: u8) -> Option<Self> {
        Some(match number {
            0x00 => Self::Resync,
            0x01 => Self::InformationSize,
            0x02 => Self::Abort,
            0x03 => Self::WaitingTime,
            0x07 => Self::GetAtr,
            0x0F => Self::SoftReset,
            _ => return None,
        })
    }
}

/// The control byte of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    Information(Sequence, Chain),
    Receipt(Sequence, Wanted),
    Request(Supervision),
    Response(Supervision),
}

impl Control {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Information(sequence, Chain::Last) => sequence.bit(0x40),
            Self::Information(sequence, Chain::More) => sequence.bit(0x40) | 0x20,
            Self::Receipt(sequence, Wanted::Next) => 0x80 | sequence.bit(0x10),
            Self::Receipt(sequence, Wanted::AfterCrc) => 0x81 | sequence.bit(0x10),
            Self::Receipt(sequence, Wanted::AfterOther) => 0x82 | sequence.bit(0x10),
            Self::Request(what) => 0xC0 | what.number(),
            Self::Response(what) => 0xE0 | what.number(),
        }
    }

    pub(crate) const fn parse(byte: u8) -> Option<Self> {
        Some(match byte {
            0x00 | 0x40 => Self::Information(Sequence::of(byte, 0x40), Chain::Last),
            0x20 | 0x60 => Self::Information(Sequence::of(byte, 0x40), Chain::More),
            0x80 | 0x90 => Self::Receipt(Sequence::of(byte, 0x10), Wanted::Next),
            0x81 | 0x91 => Self::Receipt(Sequence::of(byte, 0x10), Wanted::AfterCrc),
            0x82 | 0x92 => Self::Receipt(Sequence::of(byte, 0x10), Wanted::AfterOther),
            0xC0..=0xDF => match Supervision::of(byte & 0x1F) {
                Some(what) => Self::Request(what),
                None => return None,
            },
            0xE0..=0xFF => match Supervision::of(byte & 0x1F) {
                Some(what) => Self::Response(what),
                None => return None,
            },
            _ => return None,
        })
    }
}

/// What is wrong with bytes that should be a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    Crc,
    /// Not from the element, an unknown control byte or a reserved length.
    Form,
    /// None came in time.
    Silence,
}

/// One block on its way in or out. Wiped when dropped: random numbers pass through it.
pub(crate) struct Block {
    bytes: [u8; MAX_BLOCK],
    len: usize,
}

impl Block {
    pub(crate) const fn empty() -> Self {
        Self { bytes: [0; MAX_BLOCK], len: 0 }
    }

    /// Becomes a block to the element. Of `information` no more than a block holds is taken.
    pub(crate) fn set(&mut self, control: Control, information: &[u8]) {
        let taken = information.get(..information.len().min(MAX_INFORMATION)).unwrap_or_default();
        // At most 254, by the line above.
        let header = [TO_ELEMENT, control.byte(), taken.len() as u8];
        self.len = 0;
        self.append(&header);
        self.append(taken);
        self.append(&crc(self.bytes()));
    }

    fn append(&mut self, bytes: &[u8]) {
        let end = self.len.saturating_add(bytes.len());
        if let Some(place) = self.bytes.get_mut(self.len..end) {
            place.copy_from_slice(bytes);
            self.len = end;
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Where the header of a block from the element is read to.
    pub(crate) fn header_mut(&mut self) -> &mut [u8] {
        self.len = HEADER;
        self.bytes.get_mut(..HEADER).unwrap_or_default()
    }

    /// Where the rest is read to, as long as the header says.
    pub(crate) fn rest_mut(&mut self) -> Result<&mut [u8], Damage> {
        let [address, _, len, ..] = self.bytes;
        let end = HEADER + usize::from(len) + CRC;
        if address != TO_HOST || end > MAX_BLOCK {
            return Err(Damage::Form);
        }
        self.len = end;
        self.bytes.get_mut(HEADER..end).ok_or(Damage::Form)
    }

    /// The control byte and the information of a block from the element.
    pub(crate) fn parse(&self) -> Result<(Control, &[u8]), Damage> {
        let (covered, sum) = self.bytes().split_last_chunk::<CRC>().ok_or(Damage::Form)?;
        if crc(covered) != *sum {
            return Err(Damage::Crc);
        }
        match covered {
            [TO_HOST, control, len, information @ ..] if usize::from(*len) == information.len() => {
                Ok((Control::parse(*control).ok_or(Damage::Form)?, information))
            }
            _ => Err(Damage::Form),
        }
    }

    pub(crate) fn wipe(&mut self) {
        self.bytes.zeroize();
        self.len = 0;
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// CRC-16/X-25 (ISO 13239), low byte first.
fn crc(bytes: &[u8]) -> [u8; 2] {
    let sum = bytes.iter().fold(u16::MAX, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0x8408 } else { 0 })
    });
    (!sum).to_le_bytes()
}
