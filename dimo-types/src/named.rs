//! The catalogue's enums have one text form each, an id such as `power-management`: [`UnknownName`] when a text is none.

use thiserror::Error;

/// The text is no id of its kind. Ids are written in lower case with hyphens; see the type's `id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not the id of {kind}")]
#[non_exhaustive]
pub struct UnknownName {
    /// What was asked for, such as "an obligation".
    pub kind: &'static str,
}

/// Gives an enum without fields its ids: `id`, `Display`, `FromStr` and, with `serde`, both directions as text.
macro_rules! named {
    ($type:ident, $kind:literal, { $($variant:ident => $id:literal),* $(,)? }) => {
        impl $type {
            /// The id, lower case with hyphens.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.id())
            }
        }

        /// The id, exactly.
        impl core::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($id => Ok(Self::$variant),)*
                    _ => Err($crate::UnknownName { kind: $kind }),
                }
            }
        }

        #[cfg(feature = "serde")]
        $crate::text::serde_as_text!($type, $kind);
    };
}

pub(crate) use named;
