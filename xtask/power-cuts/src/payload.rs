//! [`Payload`]: where an update comes from.

use dimo_crypto::merkle::Proof;
use dimo_hal::update::{ChunkSource, Wanted};

/// What `payload_with_proofs` made of a release.
pub(crate) struct Payload<'p>(pub(crate) &'p [u8]);

impl ChunkSource for Payload<'_> {
    type Error = &'static str;

    async fn chunk<'b>(
        &mut self,
        wanted: &Wanted,
        buffer: &'b mut [u8],
    ) -> Result<(&'b [u8], Proof<'b>), &'static str> {
        let size = |number| usize::try_from(number).map_err(|_| "too long");
        let place = self.0.len() / size(wanted.count)?;
        let all = self.0.get(place * size(wanted.index)?..).unwrap_or_default();
        buffer.iter_mut().zip(all).for_each(|(to, from)| *to = *from);
        let (proof, rest) = buffer.split_at(wanted.proof_len * 32);
        let chunk = rest.get(..size(wanted.len)?).ok_or("too short")?;
        Ok((chunk, Proof::from_bytes(proof).map_err(|_| "no proof")?))
    }
}
