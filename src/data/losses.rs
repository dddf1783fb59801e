//! Unreadable pictures of a set: reported, and skipped or rejected.

use std::path::{Path, PathBuf};

use super::DataError;
use super::picture::{FEW, UnreadablePolicy};

/// What was read of a set and what was not, class by class.
pub struct ReadReport {
    classes: Vec<String>,
    /// Pictures of each class, and how many of them are broken.
    counts: Vec<[usize; 2]>,
    first: Vec<(PathBuf, DataError)>,
}

/// Unreadable pictures that are reported by name.
const NAMED: usize = 3;

impl ReadReport {
    /// Nothing read yet. A set without classes has one, with an empty name.
    pub fn new(classes: Vec<String>) -> Self {
        Self { counts: vec![[0; 2]; classes.len()], classes, first: Vec::new() }
    }

    /// Counts a picture of a class; returns it if it was read.
    pub fn keep<T>(&mut self, class: usize, path: &Path, read: Result<T, DataError>) -> Option<T> {
        self.counts[class][0] += 1;
        match read {
            Ok(picture) => Some(picture),
            Err(e) => {
                self.counts[class][1] += 1;
                if self.first.len() < NAMED {
                    self.first.push((path.into(), e));
                }
                None
            }
        }
    }

    /// The note on the unreadable pictures of a set, if any.
    ///
    /// # Errors
    /// More are unreadable than may be skipped, or all of them.
    pub fn settle(mut self, set: &Path, broken: UnreadablePolicy) -> Result<Option<String>, DataError> {
        let [all, lost] = self.counts.iter().fold([0; 2], |[a, b], c| [a + c[0], b + c[1]]);
        if lost == 0 {
            return Ok(None);
        }
        if broken == UnreadablePolicy::Fail && lost == 1 {
            return Err(self.first.remove(0).1);
        }
        let reasons = self.reasons(set, lost);
        let rejected = |why: String| Err(DataError::input(set, format!("{why}: {reasons}")));
        let few = broken == UnreadablePolicy::SkipFew;
        if let Some(class) = self.counts.iter().position(|c| c[0] > 0 && c[0] == c[1])
            && (few || lost == all)
        {
            let [n, _] = self.counts[class];
            return rejected(match self.classes[class].as_str() {
                "" => format!("none of the {n} pictures can be read"),
                name => format!("none of the {n} pictures of the class `{name}` can be read"),
            });
        }
        match broken {
            UnreadablePolicy::Fail => rejected(format!("{lost} of {all} pictures cannot be read")),
            UnreadablePolicy::SkipFew if lost as f64 > FEW * all as f64 => {
                let many = format!("which is more than one in {:.0}", 1.0 / FEW);
                rejected(format!("{lost} of {all} pictures cannot be read, {many}"))
            }
            _ => Ok(Some(format!("skipped {lost} of {all} pictures that cannot be read: {reasons}"))),
        }
    }

    /// The first few with their reasons.
    fn reasons(&self, set: &Path, lost: usize) -> String {
        let one = |(path, error): &(PathBuf, DataError)| {
            let name = path.strip_prefix(set).unwrap_or(path).display().to_string();
            format!("{name} ({})", error.reason())
        };
        let named: Vec<String> = self.first.iter().map(one).collect();
        match lost - self.first.len() {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    }
}
