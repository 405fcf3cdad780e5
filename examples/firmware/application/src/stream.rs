//! The `StreamMessage` of `dimo.v1` that goes into a record: one field of protobuf around a payload.

/// Fields of `StreamMessage`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A zlib stream of a `TelemetryBatch`.
    Batch = 1,
    /// A zlib stream of a `Dictionary`.
    Dictionary = 2,
}

/// A tag, and a length of two bytes, which protobuf allows for shorter ones too.
const HEAD: usize = 3;

/// Writes a payload of less than 16 KiB, which `fill` puts into the room it is given, behind its head.
pub(crate) fn write(
    kind: Kind,
    out: &mut [u8],
    fill: impl FnOnce(&mut [u8]) -> Option<usize>,
) -> Option<&[u8]> {
    let (head, room) = out.split_first_chunk_mut::<HEAD>()?;
    let len = u16::try_from(fill(room)?).ok().filter(|len| *len < 1 << 14)?;
    let [low, high] = [len & 0x7F | 0x80, len >> 7].map(|byte| byte.to_le_bytes()[0]);
    *head = [(kind as u8) << 3 | 2, low, high];
    out.get(..HEAD + usize::from(len))
}
