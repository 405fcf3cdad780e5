//! [`ByteOrder`]: how the bits of a signal follow each other.

/// How the bits of a signal follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the DBC format has these two")]
pub enum ByteOrder {
    /// Least significant byte first, `@1`.
    #[default]
    Intel,
    /// Most significant byte first, `@0`.
    Motorola,
}
