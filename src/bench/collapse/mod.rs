//! Recursive training and model collapse (Shumailov et al. 2024, Nature 631; Gerstgrasser et al. 2024): train on real
//! pictures, sample, train on the samples, and so on.
//!
//! [`gaussian`] is the case with exact laws; [`recursion`] does the same with learned generators, [`worlds`] with
//! learned worlds; [`control`] runs a rule as a control; [`measure`] compares generations with the origin. A [`chain`]
//! saves each generation as soon as it is finished, an [`experiment`] says what determines all of them, and [`page`]
//! reports what is there, with [`statistics`] over seeds.

pub mod chain;
pub mod control;
pub mod experiment;
pub mod gaussian;
pub mod group;
pub mod lock;
pub mod measure;
pub mod page;
pub mod recipe;
pub mod recursion;
pub mod statistics;
pub mod worlds;

/// What each generation is trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Regime {
    /// Only the previous generation's output.
    Replace,
    /// The origin and all output since (Gerstgrasser et al. 2024).
    Accumulate,
    /// The previous generation's output, with one in ten samples from the origin.
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

    /// For reports.
    pub fn about(self) -> &'static str {
        match self {
            Self::Replace => "only the previous generation's output",
            Self::Accumulate => "the origin and all output since",
            Self::Keep10 => "the previous generation's output, a tenth real",
        }
    }

    /// The regime with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}
