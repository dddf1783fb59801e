//! Why a case has no answer.

/// Why a case has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A mistake in a file.
    #[error("{file}: {}{}{message}", field, if field.is_empty() { "" } else { ": " })]
    Mistake {
        /// The file, with its folder.
        file: String,
        /// Where in the file, such as `[1].positions[3]` or `line 4, population`; may be empty.
        field: String,
        /// What was expected, and what was found.
        message: String,
    },
    /// The program does not do this.
    #[error("{0}")]
    NotCovered(String),
    /// The value cannot be computed.
    #[error("{0}")]
    Failed(String),
}

impl Fault {
    /// A mistake in a file as a whole.
    pub fn file(file: &str, message: impl std::fmt::Display) -> Self {
        Self::Mistake { file: file.into(), field: String::new(), message: message.to_string() }
    }
}

impl From<bench::metrics::MetricError> for Fault {
    fn from(e: bench::metrics::MetricError) -> Self {
        Self::Failed(e.to_string())
    }
}

/// What is found in place of what was expected, cut to fit into a message.
pub fn shown(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
