//! [`Release`]: a signed release as the rig hands it out, chunk by chunk.

use std::fs;
use std::path::Path;

use dimo_crypto::manifest::{ManifestHash, SignedManifest};
use dimo_crypto::merkle::{LeafHash, Prover};

/// A release, as `tool release` wrote it.
pub(crate) struct Release {
    pub(crate) hash: ManifestHash,
    chunks: Vec<Vec<u8>>,
    leaves: Vec<LeafHash>,
}

impl Release {
    pub(crate) fn read(folder: &Path, name: &str) -> Result<Self, String> {
        let read = |extension| {
            let path = folder.join(name).with_extension(extension);
            fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let (image, signed) = (read("image")?, read("manifest")?);
        let parsed = SignedManifest::parse(&signed).map_err(|error| error.to_string())?;
        let len = parsed.unverified().chunk_size.bytes() as usize;
        let chunks: Vec<_> = image.chunks(len).map(<[u8]>::to_vec).collect();
        let leaves = chunks.iter().map(|chunk| LeafHash::of(chunk)).collect();
        Ok(Self { hash: parsed.hash(), chunks, leaves })
    }

    /// The command with a chunk and its proof.
    pub(crate) fn chunk(&self, index: u32) -> Option<Vec<u8>> {
        let mut siblings = [[0; 32]; 32];
        let mut prover = Prover::<32>::new(index, &mut siblings);
        self.leaves.iter().try_for_each(|leaf| prover.push(*leaf)).ok()?;
        let (_, proof) = prover.finish().ok()?;
        let proof = proof.as_bytes();
        let chunk = self.chunks.get(usize::try_from(index).ok()?)?;
        let count = u16::try_from(proof.len()).ok()?.to_le_bytes();
        Some([&[18], index.to_le_bytes().as_slice(), &count, proof, chunk].concat())
    }
}
