//! What a kind of cases is.

use crate::case::Job;
use crate::folder::Folder;

/// How much work one case may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Cells of an automaton times generations.
    pub cell_generations: f64,
}

impl Effort {
    /// Some seconds a case.
    pub const USUAL: Self = Self { cell_generations: 2e11 };
    /// Whatever it takes.
    pub const ANY: Self = Self { cell_generations: f64::INFINITY };
}

/// A kind of cases, in a format that a folder's README describes.
///
/// ```
/// use verify::case::Job;
/// use verify::check::Check;
/// use verify::family::{Effort, Family};
/// use verify::folder::Folder;
///
/// /// Square roots, in `roots.json`: `[{"of": 9, "is": 3}]`.
/// struct Roots;
///
/// impl Family for Roots {
///     fn name(&self) -> &'static str {
///         "roots"
///     }
///     fn about(&self) -> &'static str {
///         "square roots"
///     }
///     fn files(&self) -> &'static [&'static str] {
///         &["roots.json"]
///     }
///     fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
///         folder.each_case("roots.json", |case| {
///             let (of, is) = (case.get("of").number()?, case.get("is").number()?);
///             let name = format!("root of {of}");
///             Ok(Job::one(name, move || Ok(vec![Check::relative("root", of.sqrt(), is, 1e-15)])))
///         })
///     }
/// }
///
/// let dir = std::env::temp_dir().join(format!("verify-roots-{}", std::process::id()));
/// std::fs::create_dir_all(&dir)?;
/// std::fs::write(dir.join("roots.json"), r#"[{"of": 9, "is": 3}, {"of": 9, "is": "three"}]"#)?;
/// let jobs = Roots.jobs(&Folder::new(&dir, "roots"), Effort::USUAL);
/// let results: Vec<_> = jobs.iter().flat_map(Job::run).collect();
/// assert!(results[0].answer.as_ref().is_ok_and(|checks| checks[0].passed()));
/// assert_eq!(
///     results[1].answer.as_ref().unwrap_err().to_string(),
///     r#"roots/roots.json: [1].is: expected a number, found "three""#
/// );
/// std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Family: Sync {
    /// Its name: that of its folder.
    fn name(&self) -> &'static str;
    /// What its cases are about, in a few words.
    fn about(&self) -> &'static str;
    /// Its files. A folder of another name is recognised by any of them.
    fn files(&self) -> &'static [&'static str];
    /// What is to be run. A mistake in a file is the answer to a case named after the file or the entry that has it.
    fn jobs(&self, folder: &Folder, effort: Effort) -> Vec<Job>;
}
