//! What folders hold: the one walker for all that is read from them. Names that systems leave behind are no data; the
//! order is that of the names in Unicode's composed form, whatever the file system or the locale.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::DataError;
use world::names::LEFT_BEHIND;

/// Folders within folders that are gone down into.
const DEPTH: usize = 64;

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in Unicode's composed form (NFC), so that one name is one name however it was spelt.
    pub name: String,
    /// Whether it is a folder, or a link to one.
    pub is_folder: bool,
}

/// Whether a name may be data: it does not begin with a dot and no system leaves it behind.
pub fn is_data(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    !name.starts_with('.') && !LEFT_BEHIND.contains(&name.to_lowercase().as_str())
}

/// A name on one line in Unicode's composed form. What is no UTF-8 comes from an older system: a byte is a letter.
pub fn composed(name: &OsStr) -> String {
    let plain = |c: char| if c.is_control() { '_' } else { c };
    match name.to_str() {
        Some(text) => text.nfc().map(plain).collect(),
        None => name.as_encoded_bytes().iter().map(|b| plain(*b as char)).nfc().collect(),
    }
}

/// The data in a folder, in order.
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

/// All files in folders and the folders within them, each folder once: links that lead back are not followed.
///
/// # Errors
/// A folder cannot be read, or lies too deep.
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
        return Err(DataError::input(folder, format!("expected at most {DEPTH} folders within folders")));
    }
    let real = folder.canonicalize().map_err(|e| DataError::io("read", folder, e))?;
    // A link to a folder that it lies in would bring in everything beside: the pictures of other classes, for example.
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

/// Files that were left out, for one line to people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    names: Vec<String>,
    count: usize,
}

impl Skipped {
    /// Names that are told; of further ones only how many.
    const TOLD: usize = 3;

    /// One more.
    pub fn add(&mut self, path: &Path) {
        if self.count < Self::TOLD {
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
    fn what_systems_leave_behind_is_no_data() {
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
        // é as one letter and as e with an accent: between "z" and "ê" in one form, before "f" in the other.
        put(dir.path(), &["e\u{301}1", "\u{e9}2", "z", "f", "\u{ea}", "Z", "10", "9"]);
        let names: Vec<String> = entries(dir.path()).unwrap().into_iter().map(|e| e.name).collect();
        assert_eq!(names, ["10", "9", "Z", "f", "z", "\u{e9}1", "\u{e9}2", "\u{ea}"]);
    }

    #[test]
    #[cfg(unix)]
    fn names_of_any_system_are_one_line_each_and_none_is_another() {
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
    fn only_the_first_few_names_are_told() {
        let mut skipped = Skipped::default();
        ["a", "b/c"].iter().for_each(|p| skipped.add(Path::new(p)));
        assert_eq!(skipped.names(), "a, c");
        (0..4).for_each(|i| skipped.add(Path::new(&i.to_string())));
        assert_eq!((skipped.count(), skipped.names().as_str()), (6, "a, c, 0 and 3 more"));
    }
}
