//! What an updater keeps through restarts.

use dimo_crypto::manifest::{DirectorMark, ManifestHash};

use crate::boot::BootSlot;
use crate::key_value::Key;

/// Under this name it is kept.
pub(super) const KEY: Key = Key::new(0xD0, 1);

/// The longest form of it, in bytes.
pub(super) const LEN: usize = 1 + 44 + 1 + 32 + 1 + 4 + 1 + 32;

/// How far a release has been fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) manifest: ManifestHash,
    pub(super) slot: BootSlot,
    /// So many chunks from the first on are written.
    pub(super) chunks: u32,
}

/// What is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// The last directive that was taken.
    pub(super) mark: Option<DirectorMark>,
    pub(super) note: Option<Note>,
    /// What was staged last on that directive.
    pub(super) staged: Option<ManifestHash>,
}

impl Kept {
    pub(super) fn to_bytes(self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        let mark = self.mark.unwrap_or(DirectorMark { epoch: 0, seq: 0, hash: [0; 32] });
        let note =
            self.note.unwrap_or(Note { manifest: ManifestHash([0; 32]), slot: BootSlot::A, chunks: 0 });
        let staged = self.staged.unwrap_or(ManifestHash([0; 32]));
        let parts: [&[u8]; 9] = [
            &[u8::from(self.mark.is_some())],
            &mark.epoch.to_le_bytes(),
            &mark.seq.to_le_bytes(),
            &mark.hash,
            &[u8::from(self.note.is_some())],
            &note.manifest.0,
            &[note.slot.number()],
            &note.chunks.to_le_bytes(),
            &[u8::from(self.staged.is_some())],
        ];
        let flat = parts.into_iter().flatten().chain(&staged.0);
        bytes.iter_mut().zip(flat).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// `None` for bytes that this firmware does not understand.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let has_mark = flag(&mut rest)?;
        let epoch = u32::from_le_bytes(take(&mut rest)?);
        let seq = u64::from_le_bytes(take(&mut rest)?);
        let mark = DirectorMark { epoch, seq, hash: take(&mut rest)? };
        let has_note = flag(&mut rest)?;
        let manifest = ManifestHash(take(&mut rest)?);
        let [slot] = take(&mut rest)?;
        let slot = BootSlot::ALL.into_iter().find(|known| known.number() == slot)?;
        let note = Note { manifest, slot, chunks: u32::from_le_bytes(take(&mut rest)?) };
        let has_staged = flag(&mut rest)?;
        let staged = ManifestHash(take(&mut rest)?);
        let kept = Self {
            mark: has_mark.then_some(mark),
            note: has_note.then_some(note),
            staged: has_staged.then_some(staged),
        };
        rest.is_empty().then_some(kept)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

fn flag(rest: &mut &[u8]) -> Option<bool> {
    match take(rest)? {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use dimo_crypto::manifest::{DirectorMark, ManifestHash};

    use super::{Kept, Note};
    use crate::boot::BootSlot;

    #[test]
    fn what_is_kept_comes_back_and_other_bytes_do_not() {
        let mark = DirectorMark { epoch: 3, seq: 1 << 40, hash: [7; 32] };
        let note = Note { manifest: ManifestHash([8; 32]), slot: BootSlot::B, chunks: 70_000 };
        let all = Kept { mark: Some(mark), note: Some(note), staged: Some(ManifestHash([9; 32])) };
        for kept in [all, Kept { note: None, ..all }, Kept { staged: None, ..all }, Kept::default()] {
            assert_eq!(Kept::from_bytes(&kept.to_bytes()), Some(kept));
        }
        let bytes = all.to_bytes();
        assert_eq!(Kept::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Kept::from_bytes(&[&bytes[..], &[0]].concat()), None);
        assert_eq!(Kept::from_bytes(&[2; super::LEN]), None);
    }
}
