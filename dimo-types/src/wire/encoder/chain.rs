//! [`Blocks`]: memory that many lists grow in side by side, none of which knows how long it will be.

use super::varint;

/// Stands for no block.
const NONE: u32 = u32::MAX;

/// A piece of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    next: u32,
    bytes: [u8; Self::BYTES],
}

impl Block {
    /// How many bytes of a list it holds.
    pub(super) const BYTES: usize = 28;
    /// Memory for a block: zeros.
    pub(super) const UNUSED: Self = Self { next: 0, bytes: [0; Self::BYTES] };
}

/// A list of bytes that lies in blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    head: u32,
    tail: u32,
    /// Bytes in the blocks before the last one.
    before: u32,
    /// Bytes in the last block.
    fill: u8,
}

impl Chain {
    /// Memory for a list: zeros.
    pub(super) const UNUSED: Self = Self { head: 0, tail: 0, before: 0, fill: 0 };
    /// No bytes, and no block.
    pub(super) const EMPTY: Self = Self { head: NONE, tail: NONE, before: 0, fill: 0 };

    /// How many bytes it has.
    pub(super) const fn len(&self) -> u32 {
        self.before + self.fill as u32
    }
}

/// All blocks, how many of them lists have taken, and how many bytes those lists have.
#[derive(Debug)]
pub(super) struct Blocks<'m> {
    blocks: &'m mut [Block],
    taken: usize,
    bytes: usize,
}

impl<'m> Blocks<'m> {
    pub(super) const fn new(blocks: &'m mut [Block]) -> Self {
        Self { blocks, taken: 0, bytes: 0 }
    }

    /// Gives all blocks back. Lists that lie in them are void.
    pub(super) const fn clear(&mut self) {
        (self.taken, self.bytes) = (0, 0);
    }

    /// Bytes of all lists.
    #[inline]
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many blocks no list has taken.
    #[inline]
    pub(super) const fn left(&self) -> usize {
        self.blocks.len() - self.taken
    }

    /// Whether lists can take up to `bytes` more, in whatever pieces up to `pieces`.
    #[inline]
    pub(super) const fn can_take(&self, bytes: usize, pieces: usize) -> bool {
        self.left() >= bytes / Block::BYTES + pieces
    }

    /// Appends `bytes` to `chain`. [`Self::can_take`] has said that there is room; without, the rest is lost.
    #[inline]
    pub(super) fn push(&mut self, chain: &mut Chain, bytes: &[u8]) {
        for byte in bytes {
            self.push_byte(chain, *byte);
        }
    }

    /// Appends the varint of `value`. Most are one byte.
    #[inline(always)]
    pub(super) fn push_varint(&mut self, chain: &mut Chain, value: u64) {
        if value < 0x80 { self.push_byte(chain, value as u8) } else { self.push_long(chain, value) }
    }

    /// Appends a varint of more bytes than one.
    #[inline(never)]
    fn push_long(&mut self, chain: &mut Chain, value: u64) {
        // Nearly all fit into four bytes, and those mostly into what is left of a block: they are written at once.
        let block = self.blocks.get_mut(chain.tail as usize);
        let room = block.and_then(|block| block.bytes.get_mut(usize::from(chain.fill)..));
        match (varint::word(value), room.and_then(<[u8]>::first_chunk_mut)) {
            (Some((word, len)), Some(place)) => {
                // What is behind the varint is written again by what comes next.
                *place = word;
                chain.fill += len;
                self.bytes += usize::from(len);
            }
            _ => self.push_bytewise(chain, value),
        }
    }

    /// Appends a varint that is longer, or that does not end in the block in which it begins.
    #[inline(never)]
    fn push_bytewise(&mut self, chain: &mut Chain, mut value: u64) {
        // The casts keep the seven bits that count, and one that is set anyway.
        while value >= 0x80 {
            self.push_byte(chain, value as u8 | 0x80);
            value >>= 7;
        }
        self.push_byte(chain, value as u8);
    }

    #[inline(always)]
    fn push_byte(&mut self, chain: &mut Chain, byte: u8) {
        let block = self.blocks.get_mut(chain.tail as usize);
        match block.and_then(|block| block.bytes.get_mut(usize::from(chain.fill))) {
            Some(place) => {
                *place = byte;
                chain.fill += 1;
                self.bytes += 1;
            }
            None => self.push_into_next(chain, byte),
        }
    }

    /// Appends the first byte of a block that the chain takes now.
    #[inline(never)]
    fn push_into_next(&mut self, chain: &mut Chain, byte: u8) {
        self.extend(chain);
        let block = self.blocks.get_mut(chain.tail as usize);
        if let Some(place) = block.and_then(|block| block.bytes.get_mut(usize::from(chain.fill))) {
            *place = byte;
            chain.fill += 1;
            self.bytes += 1;
        }
    }

    fn extend(&mut self, chain: &mut Chain) {
        let Some(block) = self.blocks.get_mut(self.taken) else { return };
        block.next = NONE;
        // A caller's memory of more than 2^32 blocks is never filled to there: lists count their bytes in 32 bits.
        let index = self.taken as u32;
        self.taken += 1;
        match self.blocks.get_mut(chain.tail as usize) {
            Some(tail) => tail.next = index,
            None => chain.head = index,
        }
        chain.before += u32::from(chain.fill);
        (chain.tail, chain.fill) = (index, 0);
    }

    /// The varints of `chain`.
    pub(super) fn varints(&self, chain: Chain) -> impl Iterator<Item = u64> {
        let mut bytes = self.pieces(chain).flatten();
        core::iter::from_fn(move || {
            let (mut value, mut shift) = (0, 0);
            loop {
                let byte = bytes.next()?;
                value |= u64::from(byte & 0x7F).unbounded_shl(shift);
                shift += 7;
                if *byte < 0x80 {
                    return Some(value);
                }
            }
        })
    }

    /// How many bytes the first `varints` of `chain` have.
    pub(super) fn prefix_len(&self, chain: Chain, varints: u32) -> u32 {
        let mut left = varints;
        let bytes = self.pieces(chain).flatten();
        // A chain counts its bytes in 32 bits.
        bytes
            .take_while(|byte| {
                let within = left > 0;
                left -= u32::from(within && **byte < 0x80);
                within
            })
            .count() as u32
    }

    /// A copy of the first `varints` of `chain`. There is room for it.
    pub(super) fn copy_varints(&mut self, chain: Chain, varints: u32) -> Chain {
        let (mut copy, mut left) = (Chain::EMPTY, varints);
        let mut index = chain.head;
        while left > 0 {
            let Some(block) = self.blocks.get(index as usize).copied() else { break };
            for byte in block.bytes {
                self.push_byte(&mut copy, byte);
                left -= u32::from(byte < 0x80);
                if left == 0 {
                    break;
                }
            }
            index = block.next;
        }
        copy
    }

    /// The bytes of `chain`, piece by piece.
    pub(super) fn pieces(&self, chain: Chain) -> impl Iterator<Item = &[u8]> {
        let (mut index, mut left) = (chain.head, chain.len() as usize);
        core::iter::from_fn(move || {
            let block = self.blocks.get(index as usize).filter(|_| left > 0)?;
            let piece = block.bytes.get(..left.min(Block::BYTES))?;
            index = block.next;
            left -= piece.len();
            Some(piece)
        })
    }
}
