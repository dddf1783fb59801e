//! Problems of a scene, as one report with their lines.

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};

use super::Failure;
use crate::performance::SetupError;
use crate::world::scene::Problem;

pub use crate::show::source::{SHIPPED, SceneSource, SourceError};

impl From<SourceError> for Failure {
    fn from(e: SourceError) -> Self {
        match e {
            SourceError::Problems { file, text, problems } => report(&file, text, &problems),
            other => Self::input(other),
        }
    }
}

impl From<SetupError> for Failure {
    fn from(e: SetupError) -> Self {
        match e {
            SetupError::Source(e) => e.into(),
            SetupError::Creation { name, text, problems } => report(&name, text, &problems),
            SetupError::Learn(e) => e.into(),
            SetupError::Nothing => Self::input(e),
            SetupError::Tape { .. } => Self::failed(e),
        }
    }
}

/// All problems of a scene as one report with their lines.
pub fn report(file: &str, text: String, problems: &[Problem]) -> Failure {
    let many = if problems.len() == 1 { "1 problem".into() } else { format!("{} problems", problems.len()) };
    let list: String = problems.iter().map(|p| format!("\n{file}:{}: {}", p.line, p.message)).collect();
    let labels =
        problems.iter().filter(|p| p.span.end <= text.len()).map(|p| LabeledSpan::underline(p.span.clone()));
    let diagnostic =
        MietteDiagnostic::new(format!("{many} in {file}{list}")).with_labels(labels.collect::<Vec<_>>());
    Failure { code: 2, report: Report::new(diagnostic).with_source_code(NamedSource::new(file, text)) }
}
