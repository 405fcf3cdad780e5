//! Why a trip ends early. Every variant ends the program with exit code 2 and leaves no partial output behind.

use std::path::PathBuf;

use thiserror::Error;

/// What a person has to know to mend it.
#[derive(Debug, Error)]
pub(crate) enum TripError {
    #[error("{}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{}:{line}:{column}: {reason}", path.display())]
    Dbc { path: PathBuf, line: u32, column: u32, reason: String },
    #[error("{}: {reason}", path.display())]
    Plan { path: PathBuf, reason: String },
    #[error("{}: {reason}", path.display())]
    Mapping { path: PathBuf, reason: String },
    #[error("{part} failed: {reason}")]
    Part { part: &'static str, reason: String },
}

impl TripError {
    /// A part of the trip that failed although its input was sound.
    pub(crate) fn part(part: &'static str) -> impl FnOnce(&dyn std::fmt::Display) -> Self {
        move |reason| Self::Part { part, reason: reason.to_string() }
    }
}
