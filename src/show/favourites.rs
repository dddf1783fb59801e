//! Favourites: scene, seed, knobs and links, in a file that outlives the show.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};

use world::frame::write_durable;
use world::limits;
use world::scene::{Address, ParameterOverrides};

/// One favourite.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Favourite {
    /// Name of the scene.
    pub scene: String,
    /// Seed of the run.
    pub seed: u64,
    /// Knobs with which its worlds were created, where they differ from the scene file.
    #[serde(default)]
    pub born: ParameterOverrides,
    /// Knobs and switches by address, as they were set.
    pub knobs: Vec<(Address, f64)>,
    /// Whether each link is enabled.
    pub links: Vec<bool>,
}

/// All favourites, oldest first. Their file is written on a background thread, and is complete when this is dropped.
#[derive(Debug, Default)]
pub struct Favourites {
    path: PathBuf,
    all: Vec<Favourite>,
    shown: Option<usize>,
    /// Why the file is left untouched: it holds something else.
    foreign: Option<String>,
    writer: Option<Writer>,
    problem: Arc<Mutex<Option<String>>>,
}

impl Favourites {
    /// Reads a file; empty if there is none yet. An invalid file is left untouched, and nothing can be saved.
    pub fn open(path: &Path) -> Self {
        let own = Self { path: path.into(), ..Self::default() };
        let text = match limits::read_text(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return own,
            Err(e) => return Self { foreign: Some(e.to_string()), ..own },
        };
        match serde_json::from_str::<Vec<Favourite>>(&text) {
            Ok(all) => match Self::check(&all) {
                Ok(()) => Self { all, ..own },
                Err(e) => Self { foreign: Some(e), ..own },
            },
            Err(e) => Self { foreign: Some(format!("expected a list of favourites: {e}")), ..own },
        }
    }

    fn check(all: &[Favourite]) -> Result<(), String> {
        limits::within("favourites", all.len(), 0..=limits::ENTRIES)?;
        all.iter().try_for_each(|f| {
            limits::name("a scene", &f.scene)?;
            limits::within("links", f.links.len(), 0..=limits::ENTRIES)?;
            limits::knobs(&f.knobs)
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Adds one; returns its number, from 1. A failed write is reported by [`Self::problem`].
    ///
    /// # Errors
    /// One sentence: the file holds something else.
    pub fn keep(&mut self, favourite: Favourite) -> Result<usize, String> {
        if let Some(e) = &self.foreign {
            return Err(format!("cannot save the favourite in {}: {e}", self.path.display()));
        }
        self.all.push(favourite);
        let all = self.all.clone();
        let sent = self.writer().is_some_and(|w| w.send(all).is_ok());
        if sent {
            Ok(self.all.len())
        } else {
            Err("cannot save the favourite: no thread could be started".into())
        }
    }

    fn writer(&mut self) -> Option<&Sender<Vec<Favourite>>> {
        if self.writer.is_none() {
            self.writer = Writer::start(&self.path, self.problem.clone());
        }
        self.writer.as_ref()?.lists.as_ref()
    }

    /// Why the file is not written.
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// The next favourite whose scene `plays`, with its number from 1; after the last, the first.
    pub fn next(&mut self, plays: impl Fn(&str) -> bool) -> Option<(usize, &Favourite)> {
        let n = self.all.len();
        let from = self.shown.map_or(0, |i| i + 1);
        let found = (from..from + n).map(|i| i % n).find(|&i| plays(&self.all[i].scene))?;
        self.shown = Some(found);
        Some((found + 1, &self.all[found]))
    }
}

/// Writes the newest list received.
fn write(path: &Path, lists: &Receiver<Vec<Favourite>>, problem: &Mutex<Option<String>>) {
    while let Ok(first) = lists.recv() {
        let all = lists.try_iter().last().unwrap_or(first);
        let whole = || -> std::io::Result<()> {
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            write_durable(path, &serde_json::to_vec_pretty(&all)?).map_err(std::io::Error::other)
        };
        let reported = whole().err().map(|e| format!("favourites are not saved in {}: {e}", path.display()));
        *problem.lock().unwrap_or_else(|e| e.into_inner()) = reported;
    }
}

/// Writes the file on a separate thread; dropping it waits until the newest list is written.
#[derive(Debug)]
struct Writer {
    lists: Option<Sender<Vec<Favourite>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    fn start(path: &Path, problem: Arc<Mutex<Option<String>>>) -> Option<Self> {
        let (sender, lists) = channel();
        let path = path.to_path_buf();
        let work = move || write(&path, &lists, &problem);
        let thread = std::thread::Builder::new().name("favourites".into()).spawn(work).ok()?;
        Some(Self { lists: Some(sender), thread: Some(thread) })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.lists = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(scene: &str, seed: u64) -> Favourite {
        let (born, knobs) = (vec![("a.c".into(), 1.0 / 3.0)], vec![("a.b".into(), 0.1 + 0.2)]);
        Favourite { scene: scene.into(), seed, born, knobs, links: vec![true] }
    }

    #[test]
    fn they_outlive_the_show_and_are_recalled_in_turn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/favourites.json");
        let mut all = Favourites::open(&path);
        assert!(all.next(|_| true).is_none());
        for (i, (scene, seed)) in [("ink", 1), ("gone", 2), ("coast", 3)].into_iter().enumerate() {
            assert_eq!(all.keep(moment(scene, seed)), Ok(i + 1));
        }
        let kept = all.all.clone();
        drop(all);
        let mut again = Favourites::open(&path);
        let seeds: Vec<u64> = (0..4).map(|_| again.next(|s| s != "gone").unwrap().1.seed).collect();
        assert_eq!(seeds, [1, 3, 1, 3]);
        assert_eq!(again.all, kept, "values round-trip bit for bit");
        assert!(again.next(|_| false).is_none());
    }

    #[test]
    fn a_file_of_something_else_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.json");
        std::fs::write(&path, "my diary").unwrap();
        let reported = Favourites::open(&path).keep(moment("ink", 1)).unwrap_err();
        assert!(reported.contains("f.json") && reported.contains("expected a list"), "{reported}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "my diary");
        let mut nowhere = Favourites::open(Path::new("/proc/nowhere/f"));
        assert_eq!(nowhere.keep(moment("ink", 1)), Ok(1), "it is there for this show");
        let reported = (0..5000).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            nowhere.problem()
        });
        assert!(reported.is_some_and(|t| t.contains("/proc/nowhere/f")));
    }

    #[test]
    fn each_has_its_number_and_they_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let mut all = Favourites::open(&folder.path().join("f.json"));
        assert_eq!((all.count(), all.problem()), (0, None));
        for (i, scene) in ["ink", "gone", "coast"].into_iter().enumerate() {
            all.keep(moment(scene, i as u64)).unwrap();
        }
        assert_eq!(all.count(), 3);
        let numbers: Vec<usize> = (0..5).map(|_| all.next(|s| s != "gone").unwrap().0).collect();
        assert_eq!(numbers, [1, 3, 1, 3, 1]);
    }

    #[test]
    fn a_list_beyond_the_limits_and_a_folder_are_left_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.json");
        let rejected = |all: &[Favourite]| {
            let text = serde_json::to_string(all).unwrap();
            std::fs::write(&path, &text).unwrap();
            let mut opened = Favourites::open(&path);
            let reported = opened.keep(moment("ink", 1)).err();
            drop(opened);
            (reported, std::fs::read_to_string(&path).unwrap() == text)
        };
        assert_eq!(rejected(&[moment("ink", 1)]), (None, false));
        let long = "x".repeat(limits::NAME + 1);
        let bad = [
            Favourite { scene: long.clone(), ..moment("ink", 1) },
            Favourite { links: vec![true; limits::ENTRIES + 1], ..moment("ink", 1) },
            Favourite { knobs: vec![(long.into(), 1.0)], ..moment("ink", 1) },
        ];
        for one in bad {
            let (reported, same) = rejected(&[moment("ink", 1), one]);
            assert!(same && reported.unwrap().contains("expected"));
        }
        let many = vec![Favourite::default(); limits::ENTRIES + 1];
        let (reported, same) = rejected(&many);
        assert!(same && reported.unwrap().contains("favourites"));
        let reported = Favourites::open(folder.path()).keep(moment("ink", 1)).unwrap_err();
        assert!(reported.contains("folder"), "{reported}");
    }
}
