//! Watches effect files for changes, on a separate thread: a stalled disk must not block the stage.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

/// How often files are checked.
const CHECK_EVERY: Duration = Duration::from_millis(250);
/// Longest text of a shader, bytes.
const LONGEST: u64 = 1 << 20;

/// The text of a file, `None` if there is no file, or why it cannot be read.
pub type FileText = Result<Option<String>, String>;

/// Watches files until it is dropped.
pub struct FileWatcher {
    changes: Receiver<(usize, FileText)>,
    _watched: Arc<()>,
}

impl FileWatcher {
    /// Starts watching; every file is reported once at the start, and again whenever it has changed.
    pub fn start(files: Vec<PathBuf>) -> Self {
        let (out, changes) = channel();
        let watched = Arc::new(());
        let alive = Arc::downgrade(&watched);
        let watch = move || {
            let mut stamps = vec![None; files.len()];
            while alive.strong_count() > 0 {
                for (i, file) in files.iter().enumerate() {
                    check(i, file, &mut stamps[i], &out);
                }
                std::thread::sleep(CHECK_EVERY);
            }
        };
        // Not joined at the end: it may hang as long as the disk does. Without it the built-in shaders are used.
        let _ = std::thread::Builder::new().name("effects".into()).spawn(watch);
        Self { changes, _watched: watched }
    }

    /// What has changed since the last call: (index of the file, its text).
    pub fn changes(&self) -> impl Iterator<Item = (usize, FileText)> {
        self.changes.try_iter()
    }
}

/// When a file was written, and its length; `None` if there is no file.
type Stamp = Option<(SystemTime, u64)>;

fn check(i: usize, file: &Path, last: &mut Option<Stamp>, out: &Sender<(usize, FileText)>) {
    let stamp = std::fs::metadata(file).ok().and_then(|m| Some((m.modified().ok()?, m.len())));
    if last.replace(stamp) != Some(stamp) {
        // The receiver may be gone.
        let _ = out.send((i, stamp.map(|_| read(file)).transpose()));
    }
}

fn read(file: &Path) -> Result<String, String> {
    let mut text = String::new();
    let opened = std::fs::File::open(file).and_then(|f| f.take(LONGEST + 1).read_to_string(&mut text));
    match opened {
        Err(e) => Err(format!("{} cannot be read: {e}", file.display())),
        Ok(n) if n as u64 > LONGEST => Err(format!("{} is longer than {LONGEST} bytes", file.display())),
        Ok(_) => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_reported_at_the_start_and_whenever_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<PathBuf> = ["a.glsl", "b.glsl"].map(|n| folder.path().join(n)).into();
        std::fs::write(&files[0], "one").unwrap();
        let watch = FileWatcher::start(files.clone());
        let next = || loop {
            match watch.changes.recv_timeout(Duration::from_secs(30)).unwrap() {
                // A file that is read while it is being written is reported again.
                (_, Ok(Some(text))) if text.is_empty() => {}
                changes => return changes,
            }
        };
        assert_eq!([next(), next()], [(0, Ok(Some("one".into()))), (1, Ok(None))]);
        std::fs::write(&files[1], "another").unwrap();
        assert_eq!(next(), (1, Ok(Some("another".into()))));
        std::fs::write(&files[0], [0xff, 0xfe, 0xfd, 0xfc]).unwrap();
        assert!(matches!(next(), (0, Err(e)) if e.contains("a.glsl cannot be read")));
        std::fs::write(&files[0], vec![b'x'; LONGEST as usize + 1]).unwrap();
        loop {
            // Long files may be read half written.
            match next() {
                (0, Err(e)) if e.contains("longer than") => break,
                (0, Ok(Some(_))) => {}
                other => panic!("{other:?}"),
            }
        }
        std::fs::remove_file(&files[0]).unwrap();
        assert_eq!(next(), (0, Ok(None)));
        assert_eq!(watch.changes().count(), 0);
    }
}
