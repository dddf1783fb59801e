//! How close a metric comes to another program's.

use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Relative, where both are exact to rounding.
pub const CLOSE: f64 = 1e-6;
/// Relative, of methods that iterate until they are close enough.
pub const ITERATED: f64 = 1e-3;
/// Values smaller than this are compared as if they were as large: what is left of differences of larger ones.
pub const LEAST: f64 = 1e-3;

/// A comparison of a value that is exact to rounding.
pub fn close(what: impl Into<String>, found: f64, given: f64) -> Check {
    Check::above(what, found, given, CLOSE, LEAST)
}

/// Comparisons to be made.
pub type Task = Box<dyn Fn() -> Answer + Send + Sync>;

/// A task of one comparison.
pub fn task(work: impl Fn() -> Result<Check, Fault> + Send + Sync + 'static) -> Task {
    Box::new(move || Ok(vec![work()?]))
}

/// A case that makes all comparisons; it needs one at least.
pub fn case(name: String, tasks: Vec<Task>) -> Job {
    Job::one(name, move || {
        let mut checks = Vec::new();
        tasks.iter().try_for_each(|task| task().map(|more| checks.extend(more)))?;
        Ok(checks)
    })
}

/// A case for a value that no metric of this program is.
pub fn unknown(name: String) -> Job {
    Job::answered(name, Err(Fault::NotCovered("no metric of this program".into())))
}

/// The number after a word in a key, such as 5 after `_k` in `prdc_k5_real`.
pub fn number_in<T: std::str::FromStr>(key: &str, word: &str) -> Option<T> {
    let rest = key.split_once(word)?.1;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// The same, as a whole number in a range.
///
/// # Errors
/// There is none, or it is outside.
pub fn count_in(
    field: &Field,
    key: &str,
    word: &str,
    range: std::ops::RangeInclusive<usize>,
) -> Result<usize, Fault> {
    let number = number_in(key, word).filter(|n| range.contains(n));
    number.ok_or_else(|| {
        let (low, high) = (range.start(), range.end());
        field.fault(format!("expected a number from {low} to {high} after `{word}` in this key"))
    })
}
