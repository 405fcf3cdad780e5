//! [`Blocks`]: memory that many lists grow in side by side, none of which knows how long it will be.

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
    /// A block of no list.
    pub(super) const EMPTY: Self = Self { next: NONE, bytes: [0; Self::BYTES] };
}

/// A list of bytes that lies in blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    head: u32,
    tail: u32,
    /// Bytes in the last block.
    fill: u8,
    pub(super) len: u32,
}

impl Chain {
    /// No bytes, and no block.
    pub(super) const EMPTY: Self = Self { head: NONE, tail: NONE, fill: 0, len: 0 };
}

/// All blocks, and how many of them lists have taken.
#[derive(Debug)]
pub(super) struct Blocks<'m> {
    blocks: &'m mut [Block],
    taken: usize,
}

impl<'m> Blocks<'m> {
    pub(super) const fn new(blocks: &'m mut [Block]) -> Self {
        Self { blocks, taken: 0 }
    }

    /// Gives all blocks back. Lists that lie in them are void.
    pub(super) const fn clear(&mut self) {
        self.taken = 0;
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

    #[inline(never)]
    fn push_long(&mut self, chain: &mut Chain, mut value: u64) {
        // Nearly all fit into four bytes, and those mostly into what is left of a block; one register holds them.
        let block = self.blocks.get_mut(chain.tail as usize);
        let room = block.and_then(|block| block.bytes.get_mut(usize::from(chain.fill)..));
        if let Some([a, b, c, d, ..]) = room
            && value < 1 << 28
        {
            let value = value as u32;
            let len = varint_of_four(value, [a, b, c, d]);
            chain.fill += len;
            chain.len += u32::from(len);
            return;
        }
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
                chain.len += 1;
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
            chain.len += 1;
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
        let (mut index, mut left) = (chain.head, chain.len as usize);
        core::iter::from_fn(move || {
            let block = self.blocks.get(index as usize).filter(|_| left > 0)?;
            let piece = block.bytes.get(..left.min(Block::BYTES))?;
            index = block.next;
            left -= piece.len();
            Some(piece)
        })
    }
}

/// Writes the varint of a value of 28 bits at most; how many bytes it has.
#[inline]
fn varint_of_four(mut value: u32, places: [&mut u8; 4]) -> u8 {
    let mut len = 0;
    for place in places {
        len += 1;
        if value < 0x80 {
            *place = value as u8;
            break;
        }
        *place = value as u8 | 0x80;
        value >>= 7;
    }
    len
}
