//! The type of a field: a built-in type or a struct, and the arrays around it.

use alloc::string::String;
use alloc::vec::Vec;

use super::TypedDataFault;

/// A type as it is written, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldType {
    pub(crate) text: String,
    pub(crate) base: Base,
    /// The arrays around the base, the outermost last; a fixed length where there is one.
    pub(crate) arrays: Vec<Option<usize>>,
}

/// What an array is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    Bool,
    Address,
    Text,
    Bytes,
    /// 1 to 32 bytes.
    FixedBytes(usize),
    /// 8 to 256 bits.
    Unsigned(u32),
    /// 8 to 256 bits.
    Signed(u32),
    Struct(String),
}

/// A [`FieldType`], or that of an element of it.
#[derive(Clone, Copy)]
pub(crate) struct TypeView<'a> {
    whole: &'a FieldType,
    /// How many of its arrays are still around.
    arrays: usize,
}

/// What a type is from outside.
pub(crate) enum Shape<'a> {
    /// Of so many elements, of that type.
    Array(Option<usize>, TypeView<'a>),
    Single(&'a Base),
}

impl<'a> TypeView<'a> {
    pub(crate) fn shape(self) -> Shape<'a> {
        match self.arrays.checked_sub(1).and_then(|inner| Some((inner, self.whole.arrays.get(inner)?))) {
            Some((arrays, length)) => Shape::Array(*length, Self { arrays, ..self }),
            None => Shape::Single(&self.whole.base),
        }
    }

    /// The type as it is written.
    pub(crate) fn spelled(self) -> String {
        let pieces = self.whole.text.split_inclusive(']');
        let without = if self.arrays == 0 { self.whole.text.split('[').next() } else { None };
        without.map_or_else(|| pieces.take(self.arrays).collect(), String::from)
    }
}

impl FieldType {
    pub(crate) fn view(&self) -> TypeView<'_> {
        TypeView { whole: self, arrays: self.arrays.len() }
    }

    /// Reads a type. Whether its struct is defined is another question.
    pub(crate) fn parse(text: &str) -> Result<Self, TypedDataFault> {
        let malformed = || TypedDataFault::Type { text: text.into() };
        let (base, mut suffix) =
            text.split_at_checked(text.find('[').unwrap_or(text.len())).unwrap_or_default();
        let base = Base::parse(base).ok_or_else(malformed)?;
        let mut arrays = Vec::new();
        while !suffix.is_empty() {
            let (length, rest) =
                suffix.strip_prefix('[').and_then(|inside| inside.split_once(']')).ok_or_else(malformed)?;
            arrays.push(if length.is_empty() { None } else { Some(number(length).ok_or_else(malformed)?) });
            suffix = rest;
        }
        Ok(Self { text: text.into(), base, arrays })
    }
}

impl Base {
    /// `None` where the text is neither a built-in type nor a name that a struct may have.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "bool" => return Some(Self::Bool),
            "address" => return Some(Self::Address),
            "string" => return Some(Self::Text),
            "bytes" => return Some(Self::Bytes),
            // The standard has no aliases, and no functions.
            "uint" | "int" | "function" => return None,
            _ => {}
        }
        for (prefix, sized) in [
            ("bytes", fixed_bytes as fn(usize) -> Option<Self>),
            ("uint", |bits| integer_bits(bits).map(Self::Unsigned)),
            ("int", |bits| integer_bits(bits).map(Self::Signed)),
        ] {
            let digits =
                text.strip_prefix(prefix).filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            if let Some(digits) = digits {
                return number(digits).and_then(sized);
            }
        }
        is_identifier(text).then(|| Self::Struct(text.into()))
    }
}

fn fixed_bytes(len: usize) -> Option<Base> {
    (1..=32).contains(&len).then_some(Base::FixedBytes(len))
}

fn integer_bits(bits: usize) -> Option<u32> {
    (bits.is_multiple_of(8) && (8..=256).contains(&bits)).then_some(bits as u32)
}

/// Decimal, with one spelling only: another one would be another type string.
fn number(digits: &str) -> Option<usize> {
    let one_spelling = digits == "0" || !digits.starts_with('0');
    if one_spelling && digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Whether a struct or field may have this name, as in Solidity. Anything else could make one type string of two types.
pub(crate) fn is_identifier(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
    name.bytes().next().is_some_and(letter) && name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn arrays_are_read_from_the_inside_out() {
        let parsed = FieldType::parse("Stop[2][][0]").unwrap();
        assert_eq!(parsed.base, Base::Struct("Stop".into()));
        assert_eq!(parsed.arrays, vec![Some(2), None, Some(0)]);
    }

    #[test]
    fn the_types_of_elements_are_spelled_without_the_arrays_around_them() {
        let parsed = FieldType::parse("Stop[2][][0]").unwrap();
        let (mut view, mut spelled) = (parsed.view(), vec![parsed.view().spelled()]);
        while let Shape::Array(_, element) = view.shape() {
            view = element;
            spelled.push(view.spelled());
        }
        assert_eq!(spelled, ["Stop[2][][0]", "Stop[2][]", "Stop[2]", "Stop"]);
    }

    #[test]
    fn every_width_of_the_standard_is_a_type_and_no_other() {
        for width in 0..600 {
            let unsigned = Base::parse(&alloc::format!("uint{width}"));
            let signed = Base::parse(&alloc::format!("int{width}"));
            let integer = (width % 8 == 0 && width != 0 && width <= 256).then_some(width);
            assert_eq!(unsigned, integer.map(Base::Unsigned), "{width}");
            assert_eq!(signed, integer.map(Base::Signed), "{width}");
            let bytes = Base::parse(&alloc::format!("bytes{width}"));
            assert_eq!(
                bytes,
                (1..=32).contains(&width).then_some(Base::FixedBytes(width as usize)),
                "{width}"
            );
        }
    }

    #[test]
    fn names_that_only_begin_like_a_built_in_type_are_structs() {
        for name in ["uint8x", "bytes_", "int256_t", "boolean", "Uint8", "$", "_a1"] {
            assert_eq!(Base::parse(name), Some(Base::Struct(name.into())), "{name}");
        }
    }

    #[test]
    fn types_that_are_written_otherwise_are_refused() {
        for text in [
            "",
            "[]",
            "uint",
            "int",
            "function",
            "uint08",
            "uint264",
            "bytes0",
            "bytes33",
            "bytes032",
            "A[",
            "A]",
            "A[]]",
            "A[[]]",
            "A[]B",
            "A[-1]",
            "A[+1]",
            "A[01]",
            "A[ ]",
            "A[1 ]",
            "A b",
            "A,B",
            "A(",
            "1A",
            "Ä",
            " A",
            "A[99999999999999999999999]",
            "A.B",
        ] {
            assert_eq!(FieldType::parse(text), Err(TypedDataFault::Type { text: text.into() }), "{text:?}");
        }
    }
}
