//! Atomic file writes: the bytes go to a temporary file next to the target, which is then renamed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::picture_error::PictureError;

/// Suffix of temporary files.
const ENDING: &str = ".untrained.tmp";
/// Age up to which a dead process's temporary file is kept: it may be another machine's.
const OLD: Duration = Duration::from_secs(600);

/// Writes a file atomically: a reader sees the whole file or none of it. For what can be made again: after a power cut
/// it may be missing or empty. Use [`write_durable`] for what must not be lost.
///
/// # Errors
/// [`PictureError::File`] if the folder is missing or cannot be written, or the disk is full.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), PictureError> {
    write(path, bytes, false).map_err(PictureError::file("write", path))
}

/// The same, durably: when this returns the file is on the disk, and after a power cut there is either the old file or
/// the new one. It blocks on the disk, for milliseconds or much longer: never call it on a thread that others wait for.
///
/// # Errors
/// As [`write_atomic`].
pub fn write_durable(path: &Path, bytes: &[u8]) -> Result<(), PictureError> {
    write(path, bytes, true).map_err(PictureError::file("write", path))
}

fn write(path: &Path, bytes: &[u8], durable: bool) -> std::io::Result<()> {
    // A device is written directly: nothing can be renamed onto it.
    if std::fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return File::options().write(true).open(path).and_then(|mut f| f.write_all(bytes));
    }
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sweep(folder);
    let temporary = temporary_of(path);
    let whole = || {
        let mut file = File::options().write(true).create_new(true).open(&temporary)?;
        file.write_all(bytes)?;
        if durable {
            file.sync_all()?;
        }
        drop(file);
        std::fs::rename(&temporary, path)
    };
    // The partial file is of no use; if it cannot be removed either, the first error says why.
    whole().inspect_err(|_| drop(std::fs::remove_file(&temporary)))?;
    if durable {
        // Syncs the name too. Some file systems cannot sync a folder.
        let _ = File::open(folder).and_then(|f| f.sync_all());
    }
    Ok(())
}

/// A name that no other thread or process uses.
fn temporary_of(path: &Path) -> PathBuf {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}-{}{ENDING}", std::process::id(), NUMBER.fetch_add(1, Relaxed)));
    path.with_file_name(name)
}

/// Removes temporary files of processes that were killed while writing; once for each folder.
fn sweep(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if !SWEPT.lock().unwrap_or_else(|e| e.into_inner()).insert(folder.into()) {
        return;
    }
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let old =
            || file.metadata().and_then(|m| m.modified()).is_ok_and(|t| t.elapsed().is_ok_and(|e| e > OLD));
        let writer = file.file_name().to_str().and_then(writer_of);
        if writer.is_some_and(|process| !is_running(process)) && old() {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// Process id in the name of a temporary file.
fn writer_of(name: &str) -> Option<u32> {
    let (process, number) = name.strip_suffix(ENDING)?.rsplit_once('.')?.1.split_once('-')?;
    number.parse::<u64>().ok()?;
    process.parse().ok()
}

/// Without /proc this is unknown, and what is old enough counts as abandoned.
fn is_running(process: u32) -> bool {
    process == std::process::id() || Path::new("/proc").join(process.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let all = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
        let mut all: Vec<String> = all.collect();
        all.sort();
        all
    }

    /// Regression: two threads wrote to one temporary file, and the result was half of each.
    #[test]
    fn many_threads_that_write_one_file_leave_one_whole_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let threads: Vec<_> = (0..8u8)
            .map(|n| {
                let path = path.clone();
                std::thread::spawn(move || {
                    for i in 0..40usize {
                        let bytes = vec![n; 50_000 + 1000 * i];
                        if i % 2 == 0 { write_atomic(&path, &bytes) } else { write_durable(&path, &bytes) }
                            .unwrap();
                        let read = std::fs::read(&path).unwrap();
                        assert!(
                            read.len() >= 50_000 && read.iter().all(|b| *b == read[0]),
                            "{} bytes",
                            read.len()
                        );
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|t| t.join().unwrap());
        assert_eq!(names(folder.path()), ["state.json"]);
    }

    #[test]
    fn temporary_files_of_dead_processes_are_removed_and_all_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let own = std::process::id();
        let mine = format!("a.json.{own}-3{ENDING}");
        // Process numbers end far below this one.
        let left = [format!("a.json.4294967290-0{ENDING}"), format!("b.png.4294967291-17{ENDING}")];
        let others =
            [mine, format!("a.json{ENDING}"), format!("a.json.7{ENDING}"), "a.json.4294967290.tmp".into()];
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(3600);
        for name in left.iter().chain(&others) {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(long_ago).unwrap();
        }
        let fresh = format!("c.json.4294967290-0{ENDING}");
        std::fs::write(folder.path().join(&fresh), "").unwrap();
        write_durable(&folder.path().join("a.json"), b"x").unwrap();
        let mut stay: Vec<String> = others.into_iter().chain([fresh, "a.json".into()]).collect();
        stay.sort();
        assert_eq!(names(folder.path()), stay);
    }

    #[test]
    fn a_file_in_the_current_folder_and_one_that_cannot_be_written() {
        assert!(write_durable(Path::new("/proc/nowhere/a"), b"x").is_err());
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("taken/inner")).unwrap();
        assert!(write_durable(&folder.path().join("taken"), b"x").is_err());
        assert_eq!(names(folder.path()), ["taken"]);
        if Path::new("/dev/full").exists() {
            assert!(write_durable(Path::new("/dev/full"), b"x").is_err());
        }
    }
}
