//! Places in a text.

/// A position in a text, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextPosition {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

impl TextPosition {
    /// A fault, as a sentence without its subject.
    pub(super) fn fault(self, kind: &str, what: &str) -> String {
        format!("is {kind}, line {}, column {}: {what}", self.line, self.column)
    }
}

/// A rule that a text names, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// As it is written.
    pub text: String,
    /// Where it begins.
    pub place: TextPosition,
}
