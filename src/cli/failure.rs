//! How a command ends.

use crate::data::DataError;

/// Why a command failed: the report to print and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// 2 for bad usage or input, 1 for failure.
    pub code: u8,
    /// What is shown to the user.
    pub report: miette::Report,
}

impl Failure {
    /// Bad usage or input: exit code 2.
    pub fn input(message: impl std::fmt::Display) -> Self {
        Self { code: 2, report: miette::Report::msg(message.to_string()) }
    }
    /// The work itself failed: exit code 1.
    pub fn failed(message: impl std::fmt::Display) -> Self {
        Self { code: 1, report: miette::Report::msg(message.to_string()) }
    }
}

impl From<DataError> for Failure {
    fn from(e: DataError) -> Self {
        if e.is_input() { Self::input(e) } else { Self::failed(e) }
    }
}

/// What a command returns.
pub type Outcome = Result<(), Failure>;
