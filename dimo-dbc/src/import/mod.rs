//! DBC text to [`Database`].

mod attributes;
mod can_dbc;
mod diagnose;
mod mend;
mod scan;
mod text;

use alloc::string::String;
use core::fmt;

use thiserror::Error;

use crate::Database;

/// Reads a DBC file: UTF-8 or Windows-1252, and tolerant of what real files get wrong.
///
/// What was put right is in [`Database::repairs`]; what is readable and suspect, [`crate::lint`] finds.
///
/// # Errors
///
/// [`ImportError`] with the line and column of the text as it stands in the file.
///
/// # Example: a signal, and where a broken one is
///
/// ```
/// let database = dimo_dbc::import(b"BO_ 291 Engine: 8 ECU\n SG_ Rpm : 0|16@1+ (0.25,0) [0|8000] \"rpm\" Cluster\n")?;
/// let rpm = database.message("Engine").unwrap().signal("Rpm").unwrap();
/// assert_eq!((rpm.size, rpm.scale.factor, rpm.unit.as_str()), (16, 0.25, "rpm"));
///
/// let error = dimo_dbc::import(b"BO_ 291 Engine: 8 ECU\n SG_ Rpm : 0|16 (0.25,0) [0|8000] \"rpm\" Cluster\n").unwrap_err();
/// assert_eq!((error.line, error.column), (2, 17));
/// # Ok::<(), dimo_dbc::ImportError>(())
/// ```
pub fn import(bytes: &[u8]) -> Result<Database, ImportError> {
    let source = text::decode(bytes);
    let lines = text::Lines::of(&source);
    let (mended, attributes) = mend::mend(&source, &lines)?;
    can_dbc::database(mended, attributes, &lines)
}

/// Why text makes no [`Database`]: a statement that cannot be read, and where. Mend it there and import again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub struct ImportError {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What was expected there.
    pub reason: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.reason)
    }
}
