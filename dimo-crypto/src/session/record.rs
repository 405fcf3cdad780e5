//! Records: a header of 8 bytes, the sealed bytes, a tag of 16.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce, Tag};

use super::chain::RecordKeys;
use super::error::{RecordError, SealError};
use super::number::{OpeningCounter, SequenceNumber};

/// Bytes before the sealed ones: session id and number.
pub const HEADER_LEN: usize = 8;
/// Bytes behind the sealed ones.
pub const TAG_LEN: usize = 16;
/// What sealing adds to a record.
pub const OVERHEAD: usize = HEADER_LEN + TAG_LEN;

/// Which keys a record is sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// From the opening on: the ephemeral key of the device and the lasting key of the server.
    Base,
    /// After the reply of the server: also its ephemeral key, so that no lasting key opens the records later.
    Upgraded,
}

/// The first two bytes of a record: the low 15 bits of the opening's counter, below a bit for the stage.
///
/// It says which session of a device to try. Whether a record is of that session, only its tag says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(u16);

const UPGRADED: u16 = 0x8000;

impl SessionId {
    /// The id of the session that an opening of this counter began.
    #[must_use]
    pub const fn new(counter: OpeningCounter) -> Self {
        Self((counter.get() & 0x7FFF) as u16)
    }

    /// 15 bits.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// The first 8 bytes of a record, which anybody can read and nobody can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RecordHeader {
    /// Which session.
    pub session: SessionId,
    /// Which keys.
    pub stage: Stage,
    /// Which record.
    pub sequence: SequenceNumber,
}

impl RecordHeader {
    /// Reads the header of a record, for those who have more than one session.
    ///
    /// # Errors
    ///
    /// [`RecordError::Truncated`] when the bytes are too few for any record.
    pub fn parse(record: &[u8]) -> Result<Self, RecordError> {
        let truncated = RecordError::Truncated { len: record.len() };
        let (header, rest) = record.split_first_chunk::<HEADER_LEN>().ok_or(truncated)?;
        if rest.len() < TAG_LEN {
            return Err(truncated);
        }
        let [id_high, id_low, sequence @ ..] = *header;
        let id = u16::from_be_bytes([id_high, id_low]);
        Ok(Self {
            session: SessionId(id & !UPGRADED),
            stage: if id & UPGRADED == 0 { Stage::Base } else { Stage::Upgraded },
            sequence: SequenceNumber::from_bytes(sequence),
        })
    }

    pub(super) fn to_bytes(self) -> [u8; HEADER_LEN] {
        let id = match self.stage {
            Stage::Base => self.session.0,
            Stage::Upgraded => self.session.0 | UPGRADED,
        };
        let [id_high, id_low] = id.to_be_bytes();
        let [a, b, c, d, e, f] = self.sequence.to_bytes();
        [id_high, id_low, a, b, c, d, e, f]
    }
}

/// The header's place, the plaintext's and the tag's in a buffer; nothing is written.
pub(super) fn places(buffer: &mut [u8], len: usize) -> Result<Places<'_>, SealError> {
    let too_small = SealError::BufferTooSmall { len: buffer.len(), needed: len.saturating_add(OVERHEAD) };
    let (header, rest) = buffer.split_first_chunk_mut::<HEADER_LEN>().ok_or(too_small)?;
    let (text, rest) = rest.split_at_mut_checked(len).ok_or(too_small)?;
    let (tag, _) = rest.split_first_chunk_mut::<TAG_LEN>().ok_or(too_small)?;
    Ok(Places { header, text, tag })
}

pub(super) struct Places<'b> {
    pub(super) header: &'b mut [u8; HEADER_LEN],
    pub(super) text: &'b mut [u8],
    pub(super) tag: &'b mut [u8; TAG_LEN],
}

/// Seals in place. On an error nothing was written.
pub(super) fn seal(keys: &RecordKeys, header: RecordHeader, places: Places<'_>) -> Result<(), SealError> {
    let Places { header: header_place, text, tag: tag_place } = places;
    let (bytes, len) = (header.to_bytes(), text.len());
    let tag = cipher(keys)
        .encrypt_inout_detached(&nonce(keys, header.sequence), &bytes, text.into())
        .map_err(|_| SealError::TooLong { len })?;
    *header_place = bytes;
    *tag_place = tag.into();
    Ok(())
}

/// Opens in place. On an error nothing was written.
pub(super) fn open<'r>(keys: &RecordKeys, record: &'r mut [u8]) -> Result<&'r mut [u8], RecordError> {
    let header = RecordHeader::parse(record)?;
    let truncated = RecordError::Truncated { len: record.len() };
    let (header_bytes, rest) = record.split_first_chunk_mut::<HEADER_LEN>().ok_or(truncated)?;
    let (text, tag) = rest.split_last_chunk_mut::<TAG_LEN>().ok_or(truncated)?;
    cipher(keys)
        .decrypt_inout_detached(
            &nonce(keys, header.sequence),
            header_bytes,
            (&mut *text).into(),
            &Tag::from(*tag),
        )
        .map_err(|_| RecordError::Forged { sequence: header.sequence })?;
    Ok(text)
}

fn cipher(keys: &RecordKeys) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new((&*keys.key).into())
}

/// The number, in the low bytes, over the initialization vector.
fn nonce(keys: &RecordKeys, sequence: SequenceNumber) -> Nonce {
    let mut nonce = *keys.iv;
    for (byte, number) in nonce.iter_mut().rev().zip(sequence.get().to_be_bytes().iter().rev()) {
        *byte ^= number;
    }
    nonce.into()
}

#[cfg(test)]
mod tests {
    use super::super::kdf::Secret;
    use super::*;
    use alloc::vec::Vec;
    use zeroize::Zeroizing;

    /// RFC 8439, section 2.8.2: its constant and its counter of a nonce are an iv here, and a number of 0.
    #[test]
    fn the_cipher_is_that_of_rfc_8439() {
        let keys = RecordKeys {
            key: Secret::new(core::array::from_fn(|i| 0x80 + i as u8)),
            iv: Zeroizing::new([7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47]),
        };
        let mut text =
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
            sunscreen would be it."
                .to_vec();
        let aad = [0x50, 0x51, 0x52, 0x53, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7];
        let nonce = nonce(&keys, SequenceNumber::ZERO);
        let tag = cipher(&keys).encrypt_inout_detached(&nonce, &aad, text.as_mut_slice().into()).unwrap();
        assert_eq!(text[..8], [0xD3, 0x1A, 0x8D, 0x34, 0x64, 0x8E, 0x60, 0xDB]);
        assert_eq!(text[112..], [0x61, 0x16]);
        let expected =
            [0x1A, 0xE1, 0x0B, 0x59, 0x4F, 0x09, 0xE2, 0x6A, 0x7E, 0x90, 0x2E, 0xCB, 0xD0, 0x60, 0x06, 0x91];
        assert_eq!(Into::<[u8; 16]>::into(tag), expected);
    }

    #[test]
    fn the_number_is_laid_over_the_low_bytes_of_the_iv() {
        let keys = RecordKeys { key: Secret::new([0; 32]), iv: Zeroizing::new([0xF0; 12]) };
        let nonce: [u8; 12] = nonce(&keys, SequenceNumber::new(0x0102_0304_0506).unwrap()).into();
        assert_eq!(nonce, [0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6]);
    }

    #[test]
    fn a_header_is_read_as_it_is_written() {
        for stage in [Stage::Base, Stage::Upgraded] {
            let session = SessionId::new(OpeningCounter::new(0x1_FFFE).unwrap());
            let header = RecordHeader { session, stage, sequence: SequenceNumber::MAX };
            let mut record: Vec<u8> = header.to_bytes().into();
            record.extend([0; TAG_LEN]);
            assert_eq!(RecordHeader::parse(&record), Ok(header));
            record.pop();
            assert_eq!(RecordHeader::parse(&record), Err(RecordError::Truncated { len: 23 }));
        }
    }
}
