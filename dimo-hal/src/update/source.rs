//! [`ChunkSource`]: where chunks come from, and [`fetch`], which asks it for one after the other.

use core::fmt::Debug;

use dimo_crypto::merkle::Proof;
use embedded_io_async::{Read, ReadExactError, Seek, SeekFrom};
use thiserror::Error;

use super::error::UpdateError;
use super::updater::{Updater, Wanted};
use crate::boot_control::BootControl;
use crate::clock::Monotonic;
use crate::key_value::KeyValue;

/// Anything that hands out chunks with their proofs: a server, a phone, a file. Nobody has to trust it.
#[expect(
    async_fn_in_trait,
    reason = "as embedded-hal-async: no Send bound, the executor of a device is single-threaded"
)]
pub trait ChunkSource {
    /// Why it failed.
    type Error: Debug;

    /// The chunk that is wanted and its proof, in a buffer of the caller.
    ///
    /// # Errors
    ///
    /// When there is none, or the buffer is too short. Ask again, here or elsewhere.
    async fn chunk<'b>(
        &mut self,
        wanted: &Wanted,
        buffer: &'b mut [u8],
    ) -> Result<(&'b [u8], Proof<'b>), Self::Error>;
}

/// Fetches what is left, one chunk after the other. The buffer takes a chunk and its proof: its length and 32 bytes for each hash.
///
/// # Errors
///
/// What stopped it; it may be called again, with another source.
pub async fn fetch<K: KeyValue, B: BootControl, C: ChunkSource>(
    updater: &mut Updater<K>,
    source: &mut C,
    boot: &mut B,
    clock: &impl Monotonic,
    buffer: &mut [u8],
) -> Result<(), FetchError<C::Error, B::Error, K::Error>> {
    updater.go_on(clock.uptime());
    while let Some(wanted) = updater.wanted() {
        let (bytes, proof) = source.chunk(&wanted, buffer).await.map_err(FetchError::Source)?;
        let _ = updater.handle_chunk(clock.uptime(), wanted.index, bytes, proof, boot).await?;
    }
    Ok(())
}

/// Why fetching stopped.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum FetchError<S: Debug, B: Debug, K: Debug> {
    /// The source failed.
    #[error("source: {0:?}")]
    Source(S),
    /// The update does not go on.
    #[error(transparent)]
    Update(#[from] UpdateError<B, K>),
}

/// A payload with its proofs in a file, or anything that can be read from any place.
///
/// For each chunk it has a place of the same length: the hashes of its proof, the chunk, and zeros up to the length of the chunk size and of the longest proof.
#[derive(Debug)]
pub struct PayloadReader<R> {
    reader: R,
}

impl<R> PayloadReader<R> {
    /// Over this reader.
    pub const fn new(reader: R) -> Self {
        Self { reader }
    }
}

/// The longest proof of so many chunks, in bytes.
pub(super) const fn longest_proof(count: u32) -> u64 {
    32 * (u32::BITS - count.saturating_sub(1).leading_zeros()) as u64
}

impl<R: Read + Seek> ChunkSource for PayloadReader<R> {
    type Error = PayloadReaderError<R::Error>;

    async fn chunk<'b>(
        &mut self,
        wanted: &Wanted,
        buffer: &'b mut [u8],
    ) -> Result<(&'b [u8], Proof<'b>), Self::Error> {
        let place = u64::from(wanted.chunk_len) + longest_proof(wanted.count);
        let start = SeekFrom::Start(u64::from(wanted.index) * place);
        self.reader.seek(start).await.map_err(PayloadReaderError::Reader)?;
        let proof_len = wanted.proof_len * 32;
        let len = usize::try_from(wanted.len).ok().and_then(|len| len.checked_add(proof_len));
        let needed = len.ok_or(PayloadReaderError::Buffer)?;
        let bytes = buffer.get_mut(..needed).ok_or(PayloadReaderError::Buffer)?;
        self.reader.read_exact(bytes).await.map_err(|error| match error {
            ReadExactError::UnexpectedEof => PayloadReaderError::End,
            ReadExactError::Other(error) => PayloadReaderError::Reader(error),
        })?;
        let (proof, chunk) = bytes.split_at_checked(proof_len).ok_or(PayloadReaderError::Buffer)?;
        Ok((chunk, Proof::from_bytes(proof).map_err(|_| PayloadReaderError::Buffer)?))
    }
}

/// Why a payload was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayloadReaderError<E: Debug> {
    /// The reader failed.
    #[error("the reader failed: {0:?}")]
    Reader(E),
    /// It ends before the chunk does.
    #[error("it ends before the chunk does")]
    End,
    /// The buffer takes no chunk and its proof.
    #[error("the buffer takes no chunk and its proof")]
    Buffer,
}

/// What a [`PayloadReader`] reads.
///
/// # Errors
///
/// [`TreeError`](dimo_crypto::merkle::TreeError) without a byte, or with more chunks than a tree has leaves.
#[cfg(feature = "alloc")]
pub fn payload_with_proofs(
    payload: &[u8],
    size: dimo_crypto::manifest::ChunkSize,
) -> Result<alloc::vec::Vec<u8>, dimo_crypto::merkle::TreeError> {
    use dimo_crypto::merkle::{LeafHash, Prover, TreeError};

    let len = usize::try_from(size.bytes()).unwrap_or(usize::MAX);
    let leaves: alloc::vec::Vec<_> = payload.chunks(len).map(LeafHash::of).collect();
    let count = u32::try_from(leaves.len()).map_err(|_| TreeError::Full { count: u32::MAX })?;
    let place = len.saturating_add(usize::try_from(longest_proof(count)).unwrap_or(usize::MAX));
    let mut out = alloc::vec::Vec::new();
    for (index, chunk) in (0..).zip(payload.chunks(len)) {
        let mut siblings = [[0; 32]; 32];
        let mut prover = Prover::<32>::new(index, &mut siblings);
        leaves.iter().try_for_each(|leaf| prover.push(*leaf))?;
        let (_, proof) = prover.finish()?;
        let end = out.len().saturating_add(place);
        out.extend_from_slice(proof.as_bytes());
        out.extend_from_slice(chunk);
        out.resize(end, 0);
    }
    Ok(out)
}
