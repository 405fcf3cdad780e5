//! As much JSON as Gen 1 needs: one object of strings (RFC 8259), read once from front to back, without a heap.

use core::str::Chars;

use zeroize::Zeroize;

/// Up to `N` bytes of UTF-8, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Bounded<const N: usize> {
    // Behind `len` the bytes are zero, so that equal texts are equal values.
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Bounded<N> {
    const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    pub(super) fn of(text: &str) -> Option<Self> {
        let mut bounded = Self::new();
        text.chars().try_for_each(|character| bounded.push(character))?;
        Some(bounded)
    }

    fn push(&mut self, character: char) -> Option<()> {
        let mut buffer = [0; 4];
        let bytes = character.encode_utf8(&mut buffer).as_bytes();
        self.bytes.get_mut(self.len..)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
        self.len += bytes.len();
        Some(())
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.len).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl<const N: usize> Zeroize for Bounded<N> {
    fn zeroize(&mut self) {
        self.bytes.zeroize();
        self.len = 0;
    }
}

impl<const N: usize> Drop for Bounded<N> {
    fn drop(&mut self) {
        self.zeroize();
    }
}

/// Why a string could not be read.
pub(super) enum NoString {
    /// It is none.
    Form,
    /// It is longer than its room.
    TooLong,
}

impl NoString {
    pub(super) fn or<E>(self, form: E, too_long: E) -> E {
        match self {
            Self::Form => form,
            Self::TooLong => too_long,
        }
    }
}

/// An object that is being read.
pub(super) struct Object<'a> {
    rest: Chars<'a>,
    first: bool,
}

/// The longest key that is looked at; one that is longer is none of ours.
type Key = Bounded<16>;

impl<'a> Object<'a> {
    /// Behind its opening brace.
    pub(super) fn begin(json: &'a [u8]) -> Option<Self> {
        let mut object = Self { rest: core::str::from_utf8(json).ok()?.chars(), first: true };
        object.expect('{')?;
        Some(object)
    }

    /// The next key, its colon read too; `Some(None)` behind the closing brace, `None` for what is no JSON.
    pub(super) fn next_key(&mut self) -> Option<Option<Key>> {
        let first = core::mem::replace(&mut self.first, false);
        match self.peek()? {
            '}' => {
                self.rest.next();
                return Some(None);
            }
            ',' if !first => {
                self.rest.next();
            }
            '"' if first => {}
            _ => return None,
        }
        let key = self.string().ok()?;
        self.expect(':')?;
        Some(Some(key))
    }

    /// A string, without its quotes and escapes.
    pub(super) fn string<const N: usize>(&mut self) -> Result<Bounded<N>, NoString> {
        self.expect('"').ok_or(NoString::Form)?;
        let mut text = Bounded::new();
        loop {
            let character = match self.rest.next().ok_or(NoString::Form)? {
                '"' => return Ok(text),
                '\\' => self.escaped().ok_or(NoString::Form)?,
                '\0'..='\x1F' => return Err(NoString::Form),
                other => other,
            };
            text.push(character).ok_or(NoString::TooLong)?;
        }
    }

    /// What a backslash stands before.
    fn escaped(&mut self) -> Option<char> {
        Some(match self.rest.next()? {
            same @ ('"' | '\\' | '/') => same,
            'b' => '\x08',
            'f' => '\x0C',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            _ => return None,
        })
    }

    /// Four digits, or two times four where they are halves of a pair; half a pair is no character.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.four_digits()?;
        if let Some(character) = char::from_u32(unit.into()) {
            return Some(character);
        }
        if (self.rest.next()?, self.rest.next()?) != ('\\', 'u') {
            return None;
        }
        let pair = [unit, self.four_digits()?];
        char::decode_utf16(pair).next()?.ok()
    }

    fn four_digits(&mut self) -> Option<u16> {
        (0..4).try_fold(0, |number: u16, _| {
            let digit = u16::try_from(self.rest.next()?.to_digit(16)?).ok()?;
            Some(number << 4 | digit)
        })
    }

    /// Nothing may follow.
    pub(super) fn end(mut self) -> Option<()> {
        self.peek().is_none().then_some(())
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        (self.peek()? == wanted).then(|| {
            self.rest.next();
        })
    }

    /// The next character that is no white space, which stays.
    fn peek(&mut self) -> Option<char> {
        loop {
            let next = self.rest.clone().next()?;
            if !matches!(next, ' ' | '\t' | '\n' | '\r') {
                return Some(next);
            }
            self.rest.next();
        }
    }
}
