//! The small scanner that formulas and DBC text share.

/// What is left of a line while it is read from the front. White space before a token is skipped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// Takes `mark` when it is next.
    pub(super) fn takes(&mut self, mark: char) -> bool {
        match self.rest.trim_ascii_start().strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes all up to `mark`, and `mark`; the part before it comes without white space around.
    pub(super) fn up_to(&mut self, mark: char) -> Option<&'a str> {
        let (part, rest) = self.rest.split_once(mark)?;
        self.rest = rest;
        Some(part.trim_ascii())
    }

    /// Takes the next word.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_ascii_start();
        let end = text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end)?;
        self.rest = rest;
        Some(word).filter(|word| !word.is_empty())
    }
}

/// A number of decimal digits only.
pub(super) fn digits<T: core::str::FromStr>(text: &str) -> Option<T> {
    let is_plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}
