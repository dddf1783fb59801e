//! Directory walker, the one for all data read from folders. Operating-system files are ignored; entries are sorted by
//! name in Unicode's composed form, on any file system and in any locale.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::DataError;
use world::names::SYSTEM_FILES;

/// Maximum depth of nested folders.
const DEPTH: usize = 64;

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in Unicode's composed form (NFC), so that equal names compare equal.
    pub name: String,
    /// Whether it is a folder, or a link to one.
    pub is_folder: bool,
}

/// Whether a name may be data: no dot file, and no operating-system file.
pub fn is_data(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    !name.starts_with('.') && !SYSTEM_FILES.contains(&name.to_lowercase().as_str())
}

/// A name on one line in Unicode's composed form. What is not UTF-8 is read as Latin-1.
pub fn composed(name: &OsStr) -> String {
    let plain = |c: char| if c.is_control() { '_' } else { c };
    match name.to_str() {
        Some(text) => text.nfc().map(plain).collect(),
        None => name.as_encoded_bytes().iter().map(|b| plain(*b as char)).nfc().collect(),
    }
}

/// The data in a folder, sorted.
///
/// # Errors
/// The folder cannot be read.
pub fn entries(folder: &Path) -> Result<Vec<DirEntry>, DataError> {
    let io = |e| DataError::io("read", folder, e);
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        if is_data(&entry.file_name()) {
            let path = entry.path();
            all.push(DirEntry { name: composed(&entry.file_name()), is_folder: path.is_dir(), path });
        }
    }
    all.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    Ok(all)
}

/// All files in folders and the folders within them, each folder once: links to a parent are not followed.
///
/// # Errors
/// A folder cannot be read, or is nested too deeply.
pub fn files(folders: &[PathBuf]) -> Result<Vec<PathBuf>, DataError> {
    let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
    for folder in folders {
        descend(folder, None, 0, &mut seen, &mut all)?;
    }
    Ok(all)
}

fn descend(
    folder: &Path,
    above: Option<&Path>,
    depth: usize,
    seen: &mut BTreeSet<PathBuf>,
    all: &mut Vec<PathBuf>,
) -> Result<(), DataError> {
    if depth > DEPTH {
        return Err(DataError::input(folder, format!("expected at most {DEPTH} levels of folders")));
    }
    let real = folder.canonicalize().map_err(|e| DataError::io("read", folder, e))?;
    // A link to a parent folder would bring in its siblings: the pictures of other classes, for example.
    let leads_back = above.is_some_and(|a| a.starts_with(&real));
    if leads_back || !seen.insert(real.clone()) {
        return Ok(());
    }
    for entry in entries(folder)? {
        match entry.is_folder {
            true => descend(&entry.path, Some(&real), depth + 1, seen, all)?,
            false => all.push(entry.path),
        }
    }
    Ok(())
}

/// Skipped files, for a one-line report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    names: Vec<String>,
    count: usize,
}

impl Skipped {
    /// Names that are listed; further ones are only counted.
    const LISTED: usize = 3;

    /// One more.
    pub fn add(&mut self, path: &Path) {
        if self.count < Self::LISTED {
            self.names.push(path.file_name().map_or_else(|| path.display().to_string(), composed));
        }
        self.count += 1;
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Their names: all of them, or the first few.
    pub fn names(&self) -> String {
        let more = self.count - self.names.len();
        match more {
            0 => self.names.join(", "),
            _ => format!("{} and {more} more", self.names.join(", ")),
        }
    }
}

impl<'a> Extend<&'a PathBuf> for Skipped {
    fn extend<T: IntoIterator<Item = &'a PathBuf>>(&mut self, paths: T) {
        paths.into_iter().for_each(|p| self.add(p));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, names: &[&str]) {
        for name in names {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
    }

    fn below(root: &Path, files: &[PathBuf]) -> Vec<String> {
        files.iter().map(|f| f.strip_prefix(root).unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn operating_system_files_are_ignored() {
        let dir = tempfile::tempdir().unwrap();
        put(
            dir.path(),
            &[
                "b.png",
                "a/c.png",
                "._b.png",
                ".DS_Store",
                "Thumbs.db",
                "desktop.ini",
                "__MACOSX/b.png",
                ".ipynb_checkpoints/b-checkpoint.png",
                "a/.hidden/d.png",
                "a/@eaDir/c.png",
                "#recycle/a/c.png",
                "@Recycle/a/c.png",
                "$RECYCLE.BIN/c.png",
                "System Volume Information/c.png",
                "lost+found/c.png",
                "a/__pycache__/c.png",
                "a/Picasa.ini",
                "a/Icon\r",
            ],
        );
        assert_eq!(below(dir.path(), &files(&[dir.path().into()]).unwrap()), ["a/c.png", "b.png"]);
    }

    #[test]
    fn the_order_is_that_of_composed_names() {
        let dir = tempfile::tempdir().unwrap();
        // é precomposed and decomposed: between "z" and "ê" in one form, before "f" in the other.
        put(dir.path(), &["e\u{301}1", "\u{e9}2", "z", "f", "\u{ea}", "Z", "10", "9"]);
        let names: Vec<String> = entries(dir.path()).unwrap().into_iter().map(|e| e.name).collect();
        assert_eq!(names, ["10", "9", "Z", "f", "z", "\u{e9}1", "\u{e9}2", "\u{ea}"]);
    }

    #[test]
    #[cfg(unix)]
    fn names_of_any_encoding_are_one_line_each_and_stay_distinct() {
        use std::os::unix::ffi::OsStrExt;
        let name = |bytes: &[u8]| composed(OsStr::from_bytes(bytes));
        assert_eq!([name(b"caf\xe9"), name("cafe\u{301}".as_bytes())], ["caf\u{e9}", "caf\u{e9}"]);
        assert_eq!([name(b"caf\xe8"), name(b"a\nb\r\x85")], ["caf\u{e8}", "a_b__"]);
        assert_eq!(name("it's \"so\", 日本".as_bytes()), "it's \"so\", 日本");
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_and_loops_are_not() {
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), &["set/a/1.png", "elsewhere/2.png"]);
        let link = |to: &str, at: &str| {
            std::os::unix::fs::symlink(dir.path().join(to), dir.path().join(at)).unwrap();
        };
        link("set", "set/a/loop");
        link("set/a", "set/a/self");
        link("elsewhere", "set/b");
        link("nowhere", "set/dangling.png");
        let found = below(dir.path(), &files(&[dir.path().join("set")]).unwrap());
        assert_eq!(found, ["set/a/1.png", "set/b/2.png", "set/dangling.png"]);
        // Nor does a link upwards bring the pictures of one class into another.
        let found = below(dir.path(), &files(&[dir.path().join("set/a")]).unwrap());
        assert_eq!(found, ["set/a/1.png"]);
    }

    #[test]
    fn only_the_first_few_names_are_listed() {
        let mut skipped = Skipped::default();
        ["a", "b/c"].iter().for_each(|p| skipped.add(Path::new(p)));
        assert_eq!(skipped.names(), "a, c");
        (0..4).for_each(|i| skipped.add(Path::new(&i.to_string())));
        assert_eq!((skipped.count(), skipped.names().as_str()), (6, "a, c, 0 and 3 more"));
    }
}
