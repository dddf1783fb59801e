//! The map's file, written by a thread of its own, so that a stalled disk or a network folder delays nothing. Mappings
//! learnt meanwhile are written once it responds, and the end of the show waits for the last of them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::map::{ControlMap, ControlMapping};
use super::map_file::MapError;

/// Writes a map over what the file held last; external edits since then are merged into the map.
type Write = Box<dyn FnMut(&mut ControlMap, &[ControlMapping]) -> Result<(), MapError> + Send>;

/// Saves a map to a file.
pub struct Store {
    path: PathBuf,
    jobs: Sender<ControlMap>,
    done: Receiver<Result<ControlMap, String>>,
    /// What is being written now.
    sent: Option<ControlMap>,
    /// Whether a newer map is to be written.
    newer: bool,
    /// Whether the last write failed.
    failed: bool,
}

impl Store {
    /// Saves to a file that holds these entries.
    pub fn open(path: &Path, holds: &[ControlMapping]) -> Self {
        let file = path.to_path_buf();
        let write = move |map: &mut ControlMap, base: &[ControlMapping]| {
            map.merge(base, &file).and_then(|()| map.save(&file))
        };
        Self::with(path, holds, Box::new(write))
    }

    fn with(path: &Path, holds: &[ControlMapping], mut write: Write) -> Self {
        let (jobs, inbox) = channel::<ControlMap>();
        let (results, done) = channel();
        let mut saved = holds.to_vec();
        let work = move || {
            for mut map in inbox {
                let result = write(&mut map, &saved).map_err(|e| e.to_string());
                if result.is_ok() {
                    saved.clone_from(&map.entries);
                }
                // It is written even if nothing waits for the result.
                let _ = results.send(result.map(|()| map));
            }
        };
        // Without a thread nothing is saved.
        let _ = std::thread::Builder::new().name("map".into()).spawn(work);
        Self { path: path.into(), jobs, done, sent: None, newer: false, failed: false }
    }

    /// Saves a map in the background; never blocks.
    pub fn save(&mut self, map: &ControlMap) {
        // One write at a time: edits found in the file belong in the next map.
        if self.sent.is_some() {
            self.newer = true;
        } else if self.jobs.send(map.clone()).is_ok() {
            self.sent = Some(map.clone());
        }
    }

    /// The result of the last write, once it is done; external edits of the file are merged into `map`.
    pub fn poll(&mut self, map: &mut ControlMap) -> Option<Result<(), String>> {
        let result = self.done.try_recv().ok()?;
        Some(self.finish(result, map))
    }

    fn finish(&mut self, result: Result<ControlMap, String>, map: &mut ControlMap) -> Result<(), String> {
        let sent = self.sent.take().unwrap_or_default();
        self.failed = result.is_err();
        let result = result.map(|written| {
            map.entries.retain(|e| !sent.entries.contains(e) || written.entries.contains(e));
            let new = written.entries.into_iter().filter(|e| !sent.entries.contains(e));
            map.entries.extend(new.filter(|e| !map.entries.contains(e)).collect::<Vec<_>>());
        });
        if std::mem::take(&mut self.newer) {
            self.save(map);
        }
        result
    }

    /// Waits until everything is written, at most for `timeout`; returns whether it is. A failed write is retried once.
    pub fn settle(&mut self, map: &mut ControlMap, timeout: Duration) -> bool {
        let until = Instant::now() + timeout;
        if self.failed && self.sent.is_none() {
            self.save(map);
        }
        while self.sent.is_some() {
            match self.done.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(result) => drop(self.finish(result, map)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return false,
            }
        }
        !self.failed
    }

    /// Whether something is still to be written.
    #[cfg(test)]
    pub fn is_busy(&self) -> bool {
        self.sent.is_some()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::map::ControlSource;
    use std::sync::{Arc, Mutex};

    fn map(notes: &[u8]) -> ControlMap {
        let mut map = ControlMap::default();
        notes.iter().for_each(|n| map.learn("pads", ControlSource::Note(0, *n), &format!("cue.{n}"), false));
        map
    }

    #[test]
    fn a_stalled_disk_delays_nothing_and_the_newest_map_is_written() {
        let (gate, open) = channel::<()>();
        let written: Arc<Mutex<Vec<usize>>> = Arc::default();
        let kept = written.clone();
        let write = move |map: &mut ControlMap, _: &[ControlMapping]| {
            let _ = open.recv();
            kept.lock().unwrap().push(map.entries.len());
            Ok(())
        };
        let mut store = Store::with(Path::new("slow"), &[], Box::new(write));
        let mut now = ControlMap::default();
        for n in 0..100 {
            now = map(&(0..=n).collect::<Vec<_>>());
            store.save(&now);
            assert!(store.poll(&mut now).is_none());
        }
        assert!(!store.settle(&mut now, Duration::from_millis(20)), "it is still stalled");
        drop(gate);
        assert!(store.settle(&mut now, Duration::from_secs(20)));
        assert_eq!(*written.lock().unwrap(), [1, 100], "the maps in between are skipped");
    }

    #[test]
    fn external_edits_are_merged_into_the_newest_map() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("midi.toml");
        map(&[1, 2]).save(&file).unwrap();
        let mut store = Store::open(&file, &map(&[1, 2]).entries);
        // By hand: 2 removed, 3 added. In the show: 4 added, then 5 before the file was written.
        map(&[1, 3]).save(&dir.path().join("other.toml")).unwrap();
        std::fs::rename(dir.path().join("other.toml"), &file).unwrap();
        store.save(&map(&[1, 2, 4]));
        let mut now = map(&[1, 2, 4, 5]);
        store.save(&now);
        assert!(store.settle(&mut now, Duration::from_secs(20)));
        let notes = |m: &ControlMap| {
            let mut all: Vec<String> = m.entries.iter().map(|e| e.to.clone()).collect();
            all.sort();
            all
        };
        assert_eq!(notes(&now), ["cue.1", "cue.3", "cue.4", "cue.5"]);
        assert_eq!(notes(&ControlMap::load(&file).unwrap()), notes(&now));
    }

    #[test]
    fn a_failed_write_is_retried_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("midi.toml");
        let mut store = Store::open(&file, &[]);
        std::fs::write(&file, "[[pads").unwrap();
        let mut now = map(&[7]);
        store.save(&now);
        assert!(!store.settle(&mut now, Duration::from_secs(20)));
        std::fs::remove_file(&file).unwrap();
        assert!(store.settle(&mut now, Duration::from_secs(20)));
        assert_eq!(ControlMap::load(&file).unwrap(), now);
    }
}
