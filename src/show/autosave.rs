//! Autosave: the state of the show on disk at all times, so that it resumes after a crash or a power cut. Written on a
//! background thread whenever it has changed, each time as a whole new file that replaces the old one.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::MasterState;
use super::history::Preset;
use world::frame::write_durable;
use world::limits;
use world::scene::{Address, ParameterOverrides};

/// Version of the file.
const VERSION: u32 = 1;
/// Between two saves; `kill -9` never loses more than twice this.
pub const EVERY: Duration = Duration::from_millis(800);

/// What is needed to resume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedState {
    /// Version of the file.
    pub version: u32,
    /// Name of the scene.
    pub scene: String,
    /// The active cue.
    pub cue: Option<usize>,
    /// Local time of day at the last save: cues that became due since then are caught up.
    #[serde(default)]
    pub moment: Option<super::program::TimeOfDay>,
    /// Seed of the run.
    pub seed: u64,
    /// Knobs with which its worlds were created, where they differ from the scene file.
    #[serde(default)]
    pub born: ParameterOverrides,
    /// Knobs and switches by address, as set by hand or by the scene.
    pub knobs: Vec<(Address, f64)>,
    /// Whether each link is enabled.
    pub links: Vec<bool>,
    /// Presets by slot.
    pub kept: Preset,
    /// Beats per minute; 0 for none.
    pub bpm: f64,
    /// Master state (brightness, volume, pause) when the show was cut off; a show that ends normally saves the
    /// defaults.
    #[serde(default)]
    pub standing: MasterState,
}

impl SavedState {
    /// Reads what was saved; `None` if there is no file yet.
    ///
    /// # Errors
    /// The file exists but is unreadable or invalid: one sentence.
    pub fn load(path: &Path) -> Result<Option<Self>, String> {
        let text = match limits::read_text(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("cannot read the state {}: {e}", path.display())),
        };
        let wrong = |e: String| format!("the saved state {} is ignored: {e}", path.display());
        let saved: Self = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        match saved.version {
            VERSION => saved.check().map(|()| Some(saved)).map_err(wrong),
            other => Err(wrong(format!("it has version {other}, expected {VERSION}"))),
        }
    }
}

impl SavedState {
    fn check(&self) -> Result<(), String> {
        limits::name("the scene", &self.scene)?;
        limits::within("bpm", self.bpm, 0.0..=1e4)?;
        limits::within("light", self.standing.light, 0.0..=1.0)?;
        limits::within("volume", self.standing.volume, 0.0..=1.0)?;
        limits::within("links", self.links.len(), 0..=limits::ENTRIES)?;
        self.kept.check()?;
        limits::knobs(&self.knobs)
    }
}

/// Writes the newest state on a separate thread.
pub struct Autosave {
    queue: Arc<SaveQueue>,
    writer: Option<JoinHandle<()>>,
    last: Option<Instant>,
}

/// What the show and the writer share.
#[derive(Default)]
struct SaveQueue {
    waiting: Mutex<PendingSave>,
    changed: Condvar,
}

#[derive(Default)]
struct PendingSave {
    /// The newest unwritten state: a slow disk skips earlier ones, never the last.
    newest: Option<SavedState>,
    ended: bool,
    problem: Option<String>,
}

impl SaveQueue {
    /// Ignores poisoning: the queue is consistent whatever happened to the thread that held it.
    fn lock(&self) -> MutexGuard<'_, PendingSave> {
        self.waiting.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Waits for the newest state; `None` at the end.
    fn take(&self) -> Option<SavedState> {
        let waits = |w: &mut PendingSave| w.newest.is_none() && !w.ended;
        let waiting = self.changed.wait_while(self.lock(), waits);
        waiting.unwrap_or_else(|e| e.into_inner()).newest.take()
    }
}

impl Autosave {
    /// Starts saving to a file.
    pub fn start(path: &Path) -> Self {
        let queue = Arc::new(SaveQueue::default());
        let (path, own) = (path.to_path_buf(), queue.clone());
        let writer = std::thread::Builder::new().name("save".into());
        let writer = writer.spawn(move || write(&path, &own)).ok();
        Self { queue, writer, last: None }
    }

    /// Saves what `make` returns if a save is due.
    pub fn offer(&mut self, make: impl FnOnce() -> SavedState) {
        if self.last.is_some_and(|t| t.elapsed() < EVERY) {
            return;
        }
        self.last = Some(Instant::now());
        self.put(make());
    }

    /// Saves the last state of a show at once; returns why it could not be saved.
    pub fn end(mut self, state: SavedState) -> Option<String> {
        self.put(state);
        self.close();
        self.problem()
    }

    fn put(&self, state: SavedState) {
        self.queue.lock().newest = Some(SavedState { version: VERSION, ..state });
        self.queue.changed.notify_one();
    }

    /// Why the last save failed.
    pub fn problem(&self) -> Option<String> {
        self.queue.lock().problem.clone()
    }

    /// Waits until everything is written.
    fn close(&mut self) {
        self.queue.lock().ended = true;
        self.queue.changed.notify_one();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write(path: &Path, queue: &SaveQueue) {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let mut last = Vec::new();
    while let Some(state) = queue.take() {
        // An unchanged state is not rewritten, which spares the disk.
        let mut keep = |bytes: Vec<u8>| {
            if bytes != last || !path.exists() {
                write_durable(path, &bytes).map_err(|e| e.to_string())?;
                last = bytes;
            }
            Ok(())
        };
        let written = serde_json::to_vec(&state).map_err(|e| e.to_string()).and_then(&mut keep);
        let folder = folder.as_ref().map_err(ToString::to_string).copied();
        let problem = folder.and(written).err().map(|e| format!("the state is not saved: {e}"));
        queue.lock().problem = problem;
    }
}

impl Drop for Autosave {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
