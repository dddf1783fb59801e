//! Cases, and the jobs that run them.

#![expect(clippy::disallowed_types, reason = "cases are timed; no value depends on it")]

use std::time::Instant;

use crate::check::Check;
use crate::fault::Fault;

/// What comes of a case: its comparisons, or why there are none.
pub type Answer = Result<Vec<Check>, Fault>;

/// A case that was run.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// Its name, unique enough to be found in the file.
    pub name: String,
    /// What came of it.
    pub answer: Answer,
    /// How long it took.
    pub seconds: f64,
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Every comparison is within its tolerance.
    Passed,
    /// One is not, or the value cannot be computed.
    Failed,
    /// A mistake in a file.
    Mistake,
    /// The program does not do this.
    NotCovered,
}

impl CaseResult {
    /// How it ended. A case that compares nothing has failed.
    pub fn status(&self) -> Status {
        match &self.answer {
            Ok(checks) if !checks.is_empty() && checks.iter().all(Check::passed) => Status::Passed,
            Ok(_) | Err(Fault::Failed(_)) => Status::Failed,
            Err(Fault::Mistake { .. }) => Status::Mistake,
            Err(Fault::NotCovered(_)) => Status::NotCovered,
        }
    }

    /// Its worst comparison.
    pub fn worst(&self) -> Option<&Check> {
        Check::worst(self.answer.as_ref().ok()?)
    }
}

/// What a job does.
type Work = Box<dyn Fn(&mut Record) + Send + Sync>;

/// Cases that are run together, one after the other: later ones may use what earlier ones computed.
pub struct Job {
    cases: Vec<String>,
    work: Work,
    is_mistake: bool,
}

impl Job {
    /// One case.
    pub fn one(name: impl Into<String>, work: impl Fn() -> Answer + Send + Sync + 'static) -> Self {
        let name = name.into();
        let cases = vec![name.clone()];
        let work = move |record: &mut Record| record.answer(name.clone(), work());
        Self { cases, work: Box::new(work), is_mistake: false }
    }

    /// Several, which `work` answers in this order.
    pub fn of(cases: Vec<String>, work: impl Fn(&mut Record) + Send + Sync + 'static) -> Self {
        Self { cases, work: Box::new(work), is_mistake: false }
    }

    /// A file, or a part of one, that is answered already. A mistake in it is told whichever cases are selected, for nobody
    /// knows which they would have been.
    pub fn answered(name: impl Into<String>, answer: Answer) -> Self {
        let is_mistake = matches!(answer, Err(Fault::Mistake { .. }));
        Self { is_mistake, ..Self::one(name, move || answer.clone()) }
    }

    /// A job, or what keeps it from being run.
    pub fn or_fault(name: &str, job: Result<Self, Fault>) -> Self {
        job.unwrap_or_else(|fault| Self::one(name, move || Err(fault.clone())))
    }

    /// One that broke before it was run.
    pub fn broken(name: &str, cause: &(dyn std::any::Any + Send)) -> Self {
        Self::answered(name, Err(Fault::Failed(told(cause))))
    }

    /// Whether a mistake keeps its cases from being known.
    pub fn is_mistake(&self) -> bool {
        self.is_mistake
    }

    /// Names of its cases.
    pub fn cases(&self) -> &[String] {
        &self.cases
    }

    /// Runs it. A case that panics has failed, and so have those after it.
    pub fn run(&self) -> Vec<CaseResult> {
        let mut record = Record { since: Instant::now(), results: Vec::with_capacity(self.cases.len()) };
        let run = std::panic::AssertUnwindSafe(|| (self.work)(&mut record));
        let broke = std::panic::catch_unwind(run).err().map(|cause| told(&*cause));
        for name in self.cases.iter().skip(record.results.len()) {
            let why = broke.clone().unwrap_or_else(|| "it was not run".into());
            record.answer(name.clone(), Err(Fault::Failed(why)));
        }
        record.results
    }
}

/// The words of a panic.
fn told(cause: &(dyn std::any::Any + Send)) -> String {
    let words = cause.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| cause.downcast_ref::<&str>().copied());
    format!("{BROKE}: {}", words.unwrap_or("no reason given"))
}

/// How the reason begins if the program itself is at fault.
pub const BROKE: &str = "the program broke";

/// Answers of a job, each with the time since the one before.
pub struct Record {
    since: Instant,
    results: Vec<CaseResult>,
}

impl Record {
    /// The answer to the next case.
    pub fn answer(&mut self, name: impl Into<String>, answer: Answer) {
        let now = Instant::now();
        let seconds = (now - self.since).as_secs_f64();
        self.since = now;
        self.results.push(CaseResult { name: name.into(), answer, seconds });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_panics_fails_and_those_before_it_keep_their_answers() {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let job = Job::of(names, |record| {
            record.answer("a", Ok(vec![Check::same("", 1, 1)]));
            panic!("out of {}", "luck");
        });
        let results = job.run();
        let all: Vec<_> = results.iter().map(|r| (r.name.as_str(), r.status())).collect();
        assert_eq!(all, [("a", Status::Passed), ("b", Status::Failed), ("c", Status::Failed)]);
        assert_eq!(results[1].answer.as_ref().unwrap_err().to_string(), "the program broke: out of luck");
    }

    #[test]
    fn a_case_without_comparisons_has_failed() {
        assert_eq!(Job::answered("a", Ok(Vec::new())).run()[0].status(), Status::Failed);
        let not = Job::answered("a", Err(Fault::NotCovered("hexagons".into())));
        assert_eq!(not.run()[0].status(), Status::NotCovered);
        assert_eq!(Job::or_fault("x", Err(Fault::file("f", "is gone"))).run()[0].status(), Status::Mistake);
        let idle = Job::of(vec!["a".into()], |_| ());
        assert_eq!(idle.run()[0].status(), Status::Failed);
    }
}
