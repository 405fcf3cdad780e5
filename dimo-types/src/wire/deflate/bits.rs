//! [`BitWriter`]: bits, the lowest first, into the caller's buffer.

/// What does not fit is dropped, and [`BitWriter::finish`] says so.
pub(super) struct BitWriter<'a> {
    out: &'a mut [u8],
    used: usize,
    pending: u32,
    pending_bits: u32,
    overflow: bool,
}

impl<'a> BitWriter<'a> {
    pub(super) fn new(out: &'a mut [u8]) -> Self {
        Self { out, used: 0, pending: 0, pending_bits: 0, overflow: false }
    }

    /// Up to 16 bits.
    #[inline]
    pub(super) fn put(&mut self, value: u32, bits: u32) {
        self.pending |= value << self.pending_bits;
        self.pending_bits += bits;
        while self.pending_bits >= 8 {
            self.byte(self.pending as u8);
            self.pending >>= 8;
            self.pending_bits -= 8;
        }
    }

    /// Fills the byte that is begun with zeros.
    pub(super) fn align(&mut self) {
        if self.pending_bits > 0 {
            self.put(0, 8 - self.pending_bits);
        }
    }

    /// Whole bytes; what is before them must be aligned.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let end = self.used.saturating_add(bytes.len());
        match self.out.get_mut(self.used..end) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.used = end;
            }
            None => self.overflow = true,
        }
    }

    /// How many bits the byte that is begun lacks.
    pub(super) fn bits_to_align(&self) -> u32 {
        (8 - self.pending_bits) % 8
    }

    /// Whether something was dropped.
    pub(super) fn has_overflowed(&self) -> bool {
        self.overflow
    }

    /// How many bytes were written, if all of them fit.
    pub(super) fn finish(mut self) -> Option<usize> {
        self.align();
        (!self.overflow).then_some(self.used)
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        match self.out.get_mut(self.used) {
            Some(room) => {
                *room = byte;
                self.used += 1;
            }
            None => self.overflow = true,
        }
    }
}
