//! [`PageHeader`] and [`ItemHeader`]: what stands in the flash.

use dimo_types::Priority;

use crate::record::Crc32;

const PAGE_MARK: [u8; 2] = [0xD1, 0x51];
const ITEM_MARK: u8 = 0xA6;
/// The format that this code writes, and the only one that there was.
const FORMAT: u8 = 1;

/// What a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Items(Priority),
    Acknowledgements,
}

impl Content {
    const ACKNOWLEDGEMENTS: u8 = 0x80;

    const fn code(self) -> u8 {
        match self {
            Self::Items(priority) => priority.level(),
            Self::Acknowledgements => Self::ACKNOWLEDGEMENTS,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        match code {
            Self::ACKNOWLEDGEMENTS => Some(Self::Acknowledgements),
            level => Priority::from_level(level).map(Self::Items),
        }
    }
}

/// What a page says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageHeader {
    pub(super) content: Content,
    pub(super) number: u32,
    /// No id from here on was given when the page was begun.
    pub(super) next_id: u64,
    /// The greatest id that was acknowledged when the page was begun.
    pub(super) acknowledged: u64,
    /// The numbers of the pages that this one stands for: two that it is a copy of, or one that gave way to it, and 0.
    pub(super) replaces: [u32; 2],
}

/// The first bytes of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Header(PageHeader),
    /// A page of ours in a format of a later time.
    Foreign,
    Nothing,
}

impl PageHeader {
    /// A copy stands for its sources once it is whole; other pages stand for theirs at once.
    pub(super) fn is_copy(&self) -> bool {
        !self.replaces.contains(&0)
    }

    pub(super) const LEN: usize = 40;
    /// All but the sum over it.
    const SUMMED: usize = Self::LEN - 4;

    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let [m0, m1] = PAGE_MARK;
        let [first, second] = self.replaces.map(u32::to_le_bytes);
        let parts: [&[u8]; 6] = [
            &[m0, m1, FORMAT, self.content.code()],
            &self.number.to_le_bytes(),
            &self.next_id.to_le_bytes(),
            &self.acknowledged.to_le_bytes(),
            &first,
            &second,
        ];
        fill(&mut bytes, parts.into_iter().flatten());
        let crc = crc(bytes.get(..Self::SUMMED).unwrap_or_default());
        fill(bytes.get_mut(Self::SUMMED..).unwrap_or_default(), &crc.to_le_bytes());
        bytes
    }

    pub(super) fn parse(bytes: &[u8; Self::LEN]) -> Read {
        let [m0, m1, format, content, n0, n1, n2, n3, ..] = *bytes;
        let sum: Option<&[u8; 4]> = bytes.last_chunk();
        let fits = sum.is_some_and(|sum| {
            u32::from_le_bytes(*sum) == crc(bytes.get(..Self::SUMMED).unwrap_or_default())
        });
        if [m0, m1] != PAGE_MARK || !fits {
            return Read::Nothing;
        }
        let number = u32::from_le_bytes([n0, n1, n2, n3]);
        let long = |place: usize| {
            bytes.get(place..).and_then(|rest| rest.first_chunk()).map(|long| u64::from_le_bytes(*long))
        };
        let short = |place: usize| {
            bytes.get(place..).and_then(|rest| rest.first_chunk()).map(|short| u32::from_le_bytes(*short))
        };
        match (format, Content::from_code(content), long(8), long(16), short(24), short(28)) {
            (FORMAT, Some(content), Some(next_id), Some(acknowledged), Some(first), Some(second)) => {
                Read::Header(Self { content, number, next_id, acknowledged, replaces: [first, second] })
            }
            _ => Read::Foreign,
        }
    }
}

/// What stands before the bytes of an item; without bytes, in a page of such, an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ItemHeader {
    pub(super) id: u64,
    pub(super) len: u16,
    pub(super) crc: u32,
}

impl ItemHeader {
    pub(super) const LEN: usize = 16;

    pub(super) fn new(id: u64, bytes: &[u8]) -> Option<Self> {
        let len = u16::try_from(bytes.len()).ok()?;
        let head = Self { id, len, crc: 0 };
        Some(Self { crc: head.sum().with(bytes), ..head })
    }

    /// `None` when it is none: the page ends here.
    pub(super) fn parse(bytes: &[u8; Self::LEN]) -> Option<Self> {
        let [mark, check, l0, l1, i0, i1, i2, i3, i4, i5, i6, i7, c0, c1, c2, c3] = *bytes;
        let header = Self {
            id: u64::from_le_bytes([i0, i1, i2, i3, i4, i5, i6, i7]),
            len: u16::from_le_bytes([l0, l1]),
            crc: u32::from_le_bytes([c0, c1, c2, c3]),
        };
        (mark == ITEM_MARK && check == header.check()).then_some(header)
    }

    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let parts: [&[u8]; 4] = [
            &[ITEM_MARK, self.check()],
            &self.len.to_le_bytes(),
            &self.id.to_le_bytes(),
            &self.crc.to_le_bytes(),
        ];
        fill(&mut bytes, parts.into_iter().flatten());
        bytes
    }

    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        usize::from(self.len) == bytes.len() && self.sum().with(bytes) == self.crc
    }

    /// The sum of what stands before the bytes.
    pub(super) fn sum(&self) -> Sum {
        let mut crc = Crc32::new();
        crc.update(&self.len.to_le_bytes());
        crc.update(&self.id.to_le_bytes());
        Sum(crc)
    }

    /// Of the header alone: a damaged item is to be stepped over, so its length has to be trusted.
    fn check(&self) -> u8 {
        let mut crc = Crc32::new();
        crc.update(&self.len.to_le_bytes());
        crc.update(&self.id.to_le_bytes());
        crc.update(&self.crc.to_le_bytes());
        crc.finish().to_le_bytes()[0]
    }
}

/// A checksum under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum(Crc32);

impl Sum {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) const fn finish(self) -> u32 {
        self.0.finish()
    }

    fn with(mut self, bytes: &[u8]) -> u32 {
        self.update(bytes);
        self.finish()
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc32::new();
    crc.update(bytes);
    crc.finish()
}

fn fill<'b>(to: &mut [u8], from: impl IntoIterator<Item = &'b u8>) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}
