//! Enumerations whose numbers are those of the messages.

/// An enumeration of one byte: its values, its numbers, and how it is read.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $number:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum $name {
            $($(#[$value_doc])* $value = $number,)+
        }

        impl $name {
            /// All of them, by number.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// Its number in the messages.
            #[must_use]
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// The value of a number; `None` for one that this version does not have.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$value),)+
                    _ => None,
                }
            }

            pub(super) fn read(body: &mut crate::bytes::Reader<'_>) -> Result<Self, crate::MessageError> {
                let value = body.byte()?;
                Self::from_number(value)
                    .ok_or(crate::MessageError::Value { field: crate::Field::$name, value: value as u16 })
            }
        }
    };
}

pub(super) use numbered;
