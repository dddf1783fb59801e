//! Moments worth keeping: scene, seed, knobs and links, in a file that outlives the show.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::world::frame::write_durable;

/// One moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Favourite {
    /// Name of the scene.
    pub scene: String,
    /// Seed of the run.
    pub seed: u64,
    /// Knobs and switches by address.
    pub knobs: Vec<(String, f64)>,
    /// Whether each link is joined.
    pub links: Vec<bool>,
}

/// All that were kept, oldest first.
#[derive(Debug, Default)]
pub struct Favourites {
    path: PathBuf,
    all: Vec<Favourite>,
    shown: Option<usize>,
    /// The file holds something else and is left as it is.
    foreign: Option<String>,
}

impl Favourites {
    /// Those of a file; none if there is no file yet. A file that cannot be used is left alone, and nothing can be kept.
    pub fn open(path: &Path) -> Self {
        let own = Self { path: path.into(), ..Self::default() };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return own,
            Err(e) => return Self { foreign: Some(e.to_string()), ..own },
        };
        match serde_json::from_str(&text) {
            Ok(all) => Self { all, ..own },
            Err(e) => Self { foreign: Some(format!("expected a list of favourites: {e}")), ..own },
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// One more, on disk at once; gives its number, from 1.
    ///
    /// # Errors
    /// One sentence: the file cannot be written, or is none of ours.
    pub fn keep(&mut self, favourite: Favourite) -> Result<usize, String> {
        let wrong = |e: String| format!("cannot keep it in {}: {e}", self.path.display());
        if let Some(e) = &self.foreign {
            return Err(wrong(e.clone()));
        }
        self.all.push(favourite);
        let write = || -> std::io::Result<()> {
            self.path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            write_durable(&self.path, &serde_json::to_vec_pretty(&self.all)?).map_err(std::io::Error::other)
        };
        write().map_err(|e| wrong(e.to_string()))?;
        Ok(self.all.len())
    }

    /// The next one of a scene that `plays`, with its number from 1; after the last comes the first.
    pub fn next(&mut self, plays: impl Fn(&str) -> bool) -> Option<(usize, &Favourite)> {
        let n = self.all.len();
        let from = self.shown.map_or(0, |i| i + 1);
        let found = (from..from + n).map(|i| i % n).find(|&i| plays(&self.all[i].scene))?;
        self.shown = Some(found);
        Some((found + 1, &self.all[found]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(scene: &str, seed: u64) -> Favourite {
        Favourite { scene: scene.into(), seed, knobs: vec![("a.b".into(), 0.1 + 0.2)], links: vec![true] }
    }

    #[test]
    fn they_outlive_the_show_and_come_back_in_turn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/favourites.json");
        let mut all = Favourites::open(&path);
        assert!(all.next(|_| true).is_none());
        for (i, (scene, seed)) in [("ink", 1), ("gone", 2), ("coast", 3)].into_iter().enumerate() {
            assert_eq!(all.keep(moment(scene, seed)), Ok(i + 1));
        }
        let mut again = Favourites::open(&path);
        let seeds: Vec<u64> = (0..4).map(|_| again.next(|s| s != "gone").unwrap().1.seed).collect();
        assert_eq!(seeds, [1, 3, 1, 3]);
        assert_eq!(again.all, all.all, "numbers come back to the bit");
        assert!(again.next(|_| false).is_none());
    }

    #[test]
    fn a_file_of_something_else_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.json");
        std::fs::write(&path, "my diary").unwrap();
        let said = Favourites::open(&path).keep(moment("ink", 1)).unwrap_err();
        assert!(said.contains("f.json") && said.contains("expected a list"), "{said}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "my diary");
        assert!(Favourites::open(Path::new("/proc/nowhere/f")).keep(moment("ink", 1)).is_err());
    }
}
