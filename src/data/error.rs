//! What can go wrong with data, weights and training.

use std::path::{Path, PathBuf};

/// Why data or weights cannot be read, written or computed.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// An error of the file system.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// `read` or `write`.
        action: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Invalid input.
    #[error("{}: {message}", path.display())]
    Input {
        /// Which file or folder.
        path: PathBuf,
        /// What was expected, what was found.
        message: String,
    },
    /// The work itself failed.
    #[error("{0}")]
    Failed(String),
}

impl DataError {
    /// An error of the file system.
    pub fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.into(), source }
    }
    /// Invalid input: the file, and what is wrong with it.
    pub fn input(path: &Path, message: impl std::fmt::Display) -> Self {
        Self::Input { path: path.into(), message: message.to_string() }
    }
    /// The message without the file's name.
    pub fn reason(&self) -> String {
        match self {
            Self::Io { source, .. } => source.to_string(),
            Self::Input { message, .. } | Self::Failed(message) => message.clone(),
        }
    }
    /// Whether the input is at fault (exit code 2) rather than the machine (1).
    pub fn is_input(&self) -> bool {
        match self {
            Self::Io { action, .. } => *action == "read",
            Self::Input { .. } => true,
            Self::Failed(_) => false,
        }
    }
}
