//! What happens when a generator is fed its own output (Shumailov et al. 2024, Nature 631; Gerstgrasser et al. 2024):
//! train on real pictures, sample, train on the samples, and so on.
//!
//! [`gaussian`] is the case with exact laws; [`chain`] does the same with learned generators, each generation kept on disk as
//! soon as it is finished; [`control`] runs a rule beside them; [`measure`] tells what is left of the origin; [`page`] draws it.

pub mod control;
pub mod gaussian;
pub mod measure;
pub mod page;
pub mod recursion;

/// What a generation learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Regime {
    /// Only what the generation before it made.
    Replace,
    /// The origin and all that was made since (Gerstgrasser et al. 2024).
    Accumulate,
    /// What the generation before it made, but one in ten from the origin.
    Keep10,
}

impl Regime {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Replace, Self::Accumulate, Self::Keep10];

    /// Name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Accumulate => "accumulate",
            Self::Keep10 => "keep10",
        }
    }

    /// For people.
    pub fn about(self) -> &'static str {
        match self {
            Self::Replace => "only the last generation's output",
            Self::Accumulate => "the origin and all output since",
            Self::Keep10 => "the last generation's output, a tenth real",
        }
    }

    /// The regime of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}
