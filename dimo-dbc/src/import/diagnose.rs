//! Where exactly a message or signal statement departs from its form: the parser only knows the statement.

use alloc::format;
use alloc::string::String;

/// The first place in `statement` that is not as DBC files write it, and what should be there.
pub(super) fn diagnose(statement: &str) -> Option<(usize, String)> {
    let mut cursor = Cursor { text: statement, at: 0 };
    let result = if statement.starts_with("BO_") {
        message(&mut cursor)
    } else if statement.starts_with("SG_") {
        signal(&mut cursor)
    } else {
        Ok(())
    };
    result.err().map(|expected| (cursor.at, expected))
}

/// `BO_ id name: size transmitter`
fn message(cursor: &mut Cursor<'_>) -> Result<(), String> {
    cursor.mark("BO_")?;
    cursor.integer("a message identifier")?;
    cursor.word("the name of the message")?;
    cursor.mark(":")?;
    cursor.integer("a length in bytes")?;
    cursor.word("a transmitter")?;
    cursor.end()
}

/// `SG_ name switch : start|size@order sign (factor,offset) [min|max] "unit" receiver,receiver`
fn signal(cursor: &mut Cursor<'_>) -> Result<(), String> {
    cursor.mark("SG_")?;
    cursor.word("the name of the signal")?;
    // A switch or the value of one; the parser says what is wrong with it.
    if cursor.mark(":").is_err() {
        cursor.word("`:`")?;
        cursor.mark(":")?;
    }
    cursor.integer("a start bit")?;
    cursor.mark("|")?;
    cursor.integer("a size in bits")?;
    cursor.mark("@")?;
    cursor.integer("a byte order")?;
    cursor.mark("+").or_else(|_| cursor.mark("-")).map_err(|_| String::from("expected `+` or `-`"))?;
    cursor.mark("(")?;
    cursor.number("a factor")?;
    cursor.mark(",")?;
    cursor.number("an offset")?;
    cursor.mark(")")?;
    cursor.mark("[")?;
    cursor.number("a least value")?;
    cursor.mark("|")?;
    cursor.number("a greatest value")?;
    cursor.mark("]")?;
    cursor.unit()?;
    cursor.word("a receiver")?;
    while cursor.mark(",").is_ok() {
        cursor.word("a receiver")?;
    }
    cursor.end()
}

struct Cursor<'s> {
    text: &'s str,
    at: usize,
}

impl<'s> Cursor<'s> {
    /// What is left, without blanks before it.
    fn rest(&mut self) -> &'s str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t']);
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn mark(&mut self, mark: &str) -> Result<(), String> {
        if !self.rest().starts_with(mark) {
            return Err(format!("expected `{mark}`"));
        }
        self.at += mark.len();
        Ok(())
    }

    /// Takes the characters that `belongs` accepts; at least one.
    fn take(&mut self, belongs: impl Fn(char) -> bool, what: &str) -> Result<&'s str, String> {
        let rest = self.rest();
        let taken = rest.get(..rest.find(|next| !belongs(next)).unwrap_or(rest.len())).unwrap_or_default();
        if taken.is_empty() {
            return Err(format!("expected {what}"));
        }
        self.at += taken.len();
        Ok(taken)
    }

    fn word(&mut self, what: &str) -> Result<(), String> {
        self.take(|next| next.is_ascii_alphanumeric() || next == '_', what).map(|_| ())
    }

    fn integer(&mut self, what: &str) -> Result<(), String> {
        let start = self.at;
        let taken = self.take(|next| next.is_ascii_digit(), what)?;
        if taken.parse::<u64>().is_err() {
            self.at = start;
            self.rest();
            return Err(format!("{taken} is too large for {what}"));
        }
        Ok(())
    }

    fn number(&mut self, what: &str) -> Result<(), String> {
        let start = self.at;
        let taken = self.take(|next| next.is_ascii_alphanumeric() || "+-.".contains(next), what)?;
        let is_number = taken.ends_with(|last: char| last.is_ascii_digit()) && taken.parse::<f64>().is_ok();
        if !is_number {
            self.at = start;
            self.rest();
            return Err(format!("expected {what}"));
        }
        Ok(())
    }

    /// Its quotation marks are known to be two.
    fn unit(&mut self) -> Result<(), String> {
        self.mark("\"").map_err(|_| String::from("expected a unit in quotation marks"))?;
        while let Some(next) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            let escaped = self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\\""));
            self.at += if escaped { 2 } else { next.len_utf8() };
            if next == '"' {
                break;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        match self.rest() {
            "" | "\n" => Ok(()),
            _ => Err(String::from("expected the end of the statement")),
        }
    }
}
