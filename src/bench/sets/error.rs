//! Errors in reading sets.

use std::path::{Path, PathBuf};

use crate::metrics::MetricError;
use judge::JudgeError;

/// Why a set cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// A file or folder is not what it should be.
    #[error("{}: {message}", path.display())]
    Input {
        /// The file or folder.
        path: PathBuf,
        /// What was expected, what was found.
        message: String,
    },
    /// Pictures or weights cannot be used.
    #[error(transparent)]
    Judge(#[from] JudgeError),
}

impl SetError {
    /// A file that is not what it should be.
    pub fn input(path: &Path, message: impl std::fmt::Display) -> Self {
        Self::Input { path: path.into(), message: message.to_string() }
    }
    /// Values that do not form a table.
    pub fn table(path: &Path, error: MetricError) -> Self {
        Self::input(path, error)
    }
    /// Whether the cause is the user's input (exit code 2) rather than the machine (1).
    pub fn is_input(&self) -> bool {
        match self {
            Self::Input { .. } => true,
            Self::Judge(e) => e.is_input(),
        }
    }
}
