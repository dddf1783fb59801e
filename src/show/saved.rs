//! Where the show stands, on disk at every moment: after a crash or a power cut it goes on from there. Written beside the
//! show whenever it has changed, each time as a whole new file that takes the old one's name.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::history::Kept;
use crate::world::engine::Moved;
use crate::world::frame::write_durable;
use crate::world::limits;
use crate::world::scene::Address;

/// Version of the file.
const VERSION: u32 = 1;
/// Between two writings; what is lost by `kill -9` is never older than twice this.
pub const EVERY: Duration = Duration::from_millis(800);

/// What is needed to go on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Version of the file.
    pub version: u32,
    /// Name of the scene.
    pub scene: String,
    /// The cue that plays.
    pub cue: Option<usize>,
    /// What the clock in the room showed: what it has called since then is made good.
    #[serde(default)]
    pub moment: Option<super::program::Moment>,
    /// Seed of the run.
    pub seed: u64,
    /// Knobs that its worlds were born with, where they are not those of the scene's file.
    #[serde(default)]
    pub born: Moved,
    /// Knobs and switches by address, as set by hand or by the scene.
    pub knobs: Vec<(Address, f64)>,
    /// Whether each link is joined.
    pub links: Vec<bool>,
    /// Knobs in slots.
    pub kept: Kept,
    /// Beats a minute; 0 for none.
    pub bpm: f64,
}

impl Saved {
    /// Reads what was saved; `None` if there is no file yet.
    ///
    /// # Errors
    /// The file is there and is not what it should be: one sentence.
    pub fn load(path: &Path) -> Result<Option<Self>, String> {
        let text = match limits::read_text(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("cannot read the state {}: {e}", path.display())),
        };
        let wrong = |e: String| format!("the state {} is not used: {e}", path.display());
        let saved: Self = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        match saved.version {
            VERSION => saved.check().map(|()| Some(saved)).map_err(wrong),
            other => Err(wrong(format!("it has version {other}, expected {VERSION}"))),
        }
    }
}

impl Saved {
    fn check(&self) -> Result<(), String> {
        limits::name("the scene", &self.scene)?;
        limits::within("bpm", self.bpm, 0.0..=1e4)?;
        limits::within("links", self.links.len(), 0..=limits::ENTRIES)?;
        self.kept.check()?;
        limits::knobs(&self.knobs)
    }
}

/// Writes the newest state on a thread of its own.
pub struct Saver {
    states: Option<SyncSender<Saved>>,
    writer: Option<JoinHandle<()>>,
    problem: Arc<Mutex<Option<String>>>,
    last: Option<Instant>,
}

impl Saver {
    /// Begins to save to a file.
    pub fn start(path: &Path) -> Self {
        let (states, inbox) = sync_channel(1);
        let problem = Arc::new(Mutex::new(None));
        let (path, told) = (path.to_path_buf(), problem.clone());
        let writer = std::thread::Builder::new().name("save".into());
        let writer = writer.spawn(move || write(&path, &inbox, &told)).ok();
        Self { states: Some(states), writer, problem, last: None }
    }

    /// Saves what `make` gives if it is time. A disk that is still busy with the last one is left alone.
    pub fn offer(&mut self, make: impl FnOnce() -> Saved) {
        if self.last.is_some_and(|t| t.elapsed() < EVERY) {
            return;
        }
        self.last = Some(Instant::now());
        if let Some(states) = &self.states {
            let _ = states.try_send(Saved { version: VERSION, ..make() });
        }
    }

    /// Why the last one could not be saved.
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }
}

fn write(path: &Path, inbox: &Receiver<Saved>, problem: &Mutex<Option<String>>) {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let mut last = Vec::new();
    while let Ok(state) = inbox.recv() {
        // A show that stands still for days does not wear the disk out.
        let mut keep = |bytes: Vec<u8>| {
            if bytes != last || !path.exists() {
                write_durable(path, &bytes).map_err(|e| e.to_string())?;
                last = bytes;
            }
            Ok(())
        };
        let written = serde_json::to_vec(&state).map_err(|e| e.to_string()).and_then(&mut keep);
        let folder = folder.as_ref().map_err(ToString::to_string).copied();
        let told = folder.and(written).err().map(|e| format!("the state is not saved: {e}"));
        *problem.lock().unwrap_or_else(|e| e.into_inner()) = told;
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.states = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

#[cfg(test)]
mod tests;
