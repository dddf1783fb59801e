//! The map's file, kept by a thread of its own: a disk that stands still, or a folder on a network, holds up nobody. What
//! is learnt meanwhile is written once it moves again, and at the end of the show the last of it is waited for.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::map::{ControlMap, ControlMapping};
use super::map_file::MapError;

/// Writes a map over what the file held last; what somebody has changed there since is taken over into the map.
type Write = Box<dyn FnMut(&mut ControlMap, &[ControlMapping]) -> Result<(), MapError> + Send>;

/// Keeps a file.
pub struct Store {
    path: PathBuf,
    jobs: Sender<ControlMap>,
    done: Receiver<Result<ControlMap, String>>,
    /// What is being written now.
    sent: Option<ControlMap>,
    /// Whether there is something newer, or what was written last could not be.
    newer: bool,
    failed: bool,
}

impl Store {
    /// Keeps a file that holds these entries.
    pub fn open(path: &Path, holds: &[ControlMapping]) -> Self {
        let file = path.to_path_buf();
        let write = move |map: &mut ControlMap, base: &[ControlMapping]| {
            map.merge(base, &file).and_then(|()| map.save(&file))
        };
        Self::with(path, holds, Box::new(write))
    }

    fn with(path: &Path, holds: &[ControlMapping], mut write: Write) -> Self {
        let (jobs, inbox) = channel::<ControlMap>();
        let (told, done) = channel();
        let mut saved = holds.to_vec();
        let work = move || {
            for mut map in inbox {
                let result = write(&mut map, &saved).map_err(|e| e.to_string());
                if result.is_ok() {
                    saved.clone_from(&map.entries);
                }
                // If nobody wants to know any more, it is written all the same.
                let _ = told.send(result.map(|()| map));
            }
        };
        // Without a thread nothing is taken, and `poll` says that nobody is there.
        let _ = std::thread::Builder::new().name("map".into()).spawn(work);
        Self { path: path.into(), jobs, done, sent: None, newer: false, failed: false }
    }

    /// A map is to be written; never waits.
    pub fn save(&mut self, map: &ControlMap) {
        // What the file's thread finds in the file belongs into the next map: one at a time.
        if self.sent.is_some() {
            self.newer = true;
        } else if self.jobs.send(map.clone()).is_ok() {
            self.sent = Some(map.clone());
        }
    }

    /// What became of what was written, if it is done: what somebody has changed in the file is taken over into `map`.
    pub fn poll(&mut self, map: &mut ControlMap) -> Option<Result<(), String>> {
        let result = self.done.try_recv().ok()?;
        Some(self.finish(result, map))
    }

    fn finish(&mut self, result: Result<ControlMap, String>, map: &mut ControlMap) -> Result<(), String> {
        let sent = self.sent.take().unwrap_or_default();
        self.failed = result.is_err();
        let told = result.map(|written| {
            map.entries.retain(|e| !sent.entries.contains(e) || written.entries.contains(e));
            let new = written.entries.into_iter().filter(|e| !sent.entries.contains(e));
            map.entries.extend(new.filter(|e| !map.entries.contains(e)).collect::<Vec<_>>());
        });
        if std::mem::take(&mut self.newer) {
            self.save(map);
        }
        told
    }

    /// Waits until everything is written, at most so long; whether it is. What failed is tried once more.
    pub fn settle(&mut self, map: &mut ControlMap, patience: Duration) -> bool {
        let until = Instant::now() + patience;
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
    fn a_disk_that_stands_still_holds_nobody_up_and_the_newest_map_is_written() {
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
        assert!(!store.settle(&mut now, Duration::from_millis(20)), "it still stands");
        drop(gate);
        assert!(store.settle(&mut now, Duration::from_secs(20)));
        assert_eq!(*written.lock().unwrap(), [1, 100], "what lay between was never needed");
    }

    #[test]
    fn what_others_wrote_meanwhile_is_taken_over_into_the_newest_map() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("midi.toml");
        map(&[1, 2]).save(&file).unwrap();
        let mut store = Store::open(&file, &map(&[1, 2]).entries);
        // By hand: 2 goes, 3 comes. In the show: 4, and then 5 before the file was written.
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
    fn what_could_not_be_written_is_tried_again_at_the_end() {
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
