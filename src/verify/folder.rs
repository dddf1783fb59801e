//! The folder of one family, whose files may hold anything.

use std::path::{Path, PathBuf};

use world::limits;

use crate::case::Job;
use crate::fault::{Fault, shown};
use crate::json::{Document, Field};

/// The folder of one family.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    name: String,
}

impl Folder {
    /// A folder, and its name in messages.
    pub fn new(path: &Path, name: impl Into<String>) -> Self {
        Self { path: path.into(), name: name.into() }
    }

    /// Its name in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A file's name in messages.
    pub fn shown(&self, file: &str) -> String {
        format!("{}/{file}", self.name)
    }

    /// Where a file is.
    pub fn path(&self, file: &str) -> PathBuf {
        self.path.join(file)
    }

    /// Whether there is anything of this name.
    pub fn has(&self, file: &str) -> bool {
        self.path(file).symlink_metadata().is_ok()
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// It cannot be read, or is larger than `most`.
    pub fn bytes(&self, file: &str, most: u64) -> Result<Vec<u8>, Fault> {
        self.regular(file)?;
        limits::read(&self.path(file), most).map_err(|e| self.unreadable(file, &e))
    }

    /// A file's text.
    ///
    /// # Errors
    /// It cannot be read, is not UTF-8, or is larger than [`limits::TEXT`].
    pub fn text(&self, file: &str) -> Result<String, Fault> {
        self.regular(file)?;
        limits::read_text(&self.path(file)).map_err(|e| self.unreadable(file, &e))
    }

    /// Checks that reading a file ends: no pipe and no device.
    ///
    /// # Errors
    /// It is something else, or not there.
    pub fn regular(&self, file: &str) -> Result<(), Fault> {
        let of = self.path(file).metadata().map_err(|e| self.unreadable(file, &e))?;
        match of.is_file() {
            true => Ok(()),
            false => Err(Fault::file(&self.shown(file), "expected a file, found something else")),
        }
    }

    fn unreadable(&self, file: &str, e: &std::io::Error) -> Fault {
        Fault::file(&self.shown(file), format!("cannot be read: {e}"))
    }

    /// A JSON file.
    ///
    /// # Errors
    /// As [`Self::text`], or it is not JSON; the message has the line and the column.
    pub fn json(&self, file: &str) -> Result<Document, Fault> {
        Document::parse(self.shown(file), &self.text(file)?)
    }

    /// A job for every entry of a JSON file that is a list. A mistake is the answer to the case of its entry.
    pub fn each_case(&self, file: &str, job: impl Fn(&Field) -> Result<Job, Fault>) -> Vec<Job> {
        let document = match self.json(file) {
            Ok(document) => document,
            Err(fault) => return vec![Job::answered(file, Err(fault))],
        };
        let list = match document.root().list() {
            Ok(list) => list,
            Err(fault) => return vec![Job::answered(file, Err(fault))],
        };
        if list.is_empty() {
            return vec![self.no_cases(file)];
        }
        list.iter().map(|f| Job::or_fault(&format!("{file}{}", f.path()), job(f))).collect()
    }

    /// A file that should have cases and has none.
    pub fn no_cases(&self, file: &str) -> Job {
        Job::answered(file, Err(Fault::file(&self.shown(file), "expected cases, found none")))
    }

    /// A name from a file, checked to lead to nothing outside of this folder.
    ///
    /// # Errors
    /// It does.
    pub fn inside<'a>(&self, name: &'a str) -> Result<&'a str, String> {
        let steps = Path::new(name).components();
        let plain = steps.into_iter().all(|c| matches!(c, std::path::Component::Normal(_)));
        match plain && !name.is_empty() && name.len() <= 4 * limits::NAME && !name.contains('\0') {
            true => Ok(name),
            false => Err(format!("expected the name of a file in this folder, found {}", shown(name))),
        }
    }

    /// The first file, by its name, of which `is` holds.
    pub fn first(&self, is: impl Fn(&str) -> bool) -> Option<String> {
        let names = std::fs::read_dir(&self.path).ok()?.flatten();
        names.filter_map(|e| e.file_name().into_string().ok()).filter(|n| is(n)).min()
    }

    /// Files of the family that are not there, each as a case that is not covered.
    pub fn absent(&self, files: &[&'static str]) -> Vec<Job> {
        let gone = files.iter().filter(|f| !self.has(f));
        let not = |f: &&str| Job::answered(*f, Err(Fault::NotCovered("the file is not there".into())));
        gone.map(not).collect()
    }
}
