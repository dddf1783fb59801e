//! A film of what the audience sees: effects and limiter included, panel and notes not.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::gpu;
use super::notes::Notes;
use super::output::Output;
use crate::output::{add_sound, sound_of};
use crate::show::{DeviceState, Hub, Recorder, StageState};

/// Frames a second of a film.
const RATE: f64 = 30.0;

/// Between two looks whether the sound of a film is whole.
const SETTLE: Duration = Duration::from_millis(50);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A film on its way.
struct Reel {
    recorder: Recorder,
    path: PathBuf,
    /// Its sound, until it is put to the picture.
    sound: Option<PathBuf>,
    hub: Arc<Hub>,
    /// What went wrong, as far as it was told.
    told: Option<String>,
}

/// Films while somebody wants it.
pub struct Film {
    path: Option<PathBuf>,
    reel: Option<Reel>,
    time: f64,
    /// Whether it was told that none can begin.
    told: bool,
    ending: Vec<JoinHandle<()>>,
}

impl Film {
    /// No film yet; the first goes to `path`, others to a name of their own in `captures`.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path, reel: None, time: 0.0, told: false, ending: Vec::new() }
    }

    /// Begins, feeds or ends the film as the hands want it.
    pub fn follow(&mut self, hub: &Arc<Hub>, output: &mut Output, notes: &mut Notes, seconds: f32) {
        self.time += seconds as f64;
        let size = output.picture_size();
        match (hub.wishes().record(), &mut self.reel, size) {
            (true, None, Some(size)) if !self.told => self.begin(size, hub, notes),
            (true, Some(reel), Some(size)) if reel.recorder.size() == size => {
                reel.recorder.offer(self.time, |frame| output.read(gpu::gl(), frame));
                reel.tell(notes);
            }
            // Another picture size is another film.
            (true, Some(_), Some(_)) | (false, Some(_), _) => self.end(notes),
            (false, None, _) => self.told = false,
            _ => {}
        }
        let record = self.reel.as_ref().map(|r| r.recorder.state());
        hub.report(StageState { record, limiter: output.safety.state() });
    }

    fn begin(&mut self, size: (usize, usize), hub: &Arc<Hub>, notes: &mut Notes) {
        let scene = hub.state();
        let face = &scene.face;
        let name = face.scenes.get(face.scene).cloned().unwrap_or("show".into());
        let stamp = chrono::Local::now().format("%Y%m%d-%H%M%S");
        let own = || PathBuf::from("captures").join(format!("{name}-{stamp}.mp4"));
        let path = self.path.take().unwrap_or_else(own);
        match Recorder::start(&path, size, RATE) {
            Ok(recorder) => {
                let sound = begin_sound(&path, hub);
                notes.say(format!("filming to {}", path.display()));
                hub.tell_devices("film", Vec::new());
                self.reel = Some(Reel { recorder, path, sound, hub: hub.clone(), told: None });
            }
            Err(e) => {
                notes.say(format!("no film: {e}"));
                eprintln!("no film: {e}");
                self.told = true;
            }
        }
    }

    fn end(&mut self, notes: &mut Notes) {
        let Some(reel) = self.reel.take() else { return };
        let state = reel.recorder.state();
        let lost = if state.dropped > 0 { format!(", {} dropped", state.dropped) } else { String::new() };
        notes.say(format!("filmed {}{lost}", state.path));
        reel.end_sound();
        // The encoder may need a moment for its end; the show does not wait for it.
        self.ending.retain(|e| !e.is_finished());
        self.ending.push(std::thread::spawn(move || reel.close()));
    }
}

impl Reel {
    /// Tells once that the film can go no further; the disk is left to others then.
    fn tell(&mut self, notes: &mut Notes) {
        if self.told.is_some() {
            return;
        }
        if let Some(problem) = self.recorder.state().problem {
            notes.say(format!("the film ends here: {problem}"));
            eprintln!("the film ends here: {problem}; the show goes on");
            self.told = Some(problem);
            self.end_sound();
        }
    }

    /// At once, or it would end the sound of the next film.
    fn end_sound(&self) {
        if self.sound.is_some() {
            self.hub.write_sound(None);
        }
    }

    /// Ends the picture, then puts the sound to it, once its file is whole.
    fn close(self) {
        if let Some(problem) = self.recorder.finish().problem {
            if self.told.is_none() {
                eprintln!("{problem}");
            }
            let name = self.path.display().to_string();
            let state = DeviceState { what: "film", name, fine: false, word: problem };
            return self.hub.tell_devices("film", vec![state]);
        }
        if let Some(sound) = self.sound {
            put_sound(&self.path, &sound);
        }
    }
}

/// Where the sound of a film goes, if it has one.
fn begin_sound(film: &Path, hub: &Hub) -> Option<PathBuf> {
    let ending = film.extension()?.to_str()?.to_ascii_lowercase();
    let sound = ["mp4", "mkv", "webm"].contains(&ending.as_str()).then(|| sound_of(film))?;
    // An older one of that name would pass for the new one.
    let _ = std::fs::remove_file(&sound);
    hub.write_sound(Some(sound.clone())).then_some(sound)
}

/// The sound has its name once it is whole.
fn put_sound(film: &Path, sound: &Path) {
    let begun = Instant::now();
    while !sound.exists() && begun.elapsed() < PATIENCE {
        std::thread::sleep(SETTLE);
    }
    let put = sound.exists().then(|| {
        // A long film takes its time, and whoever ends the show wants to know for what.
        println!("putting the sound to {}", film.display());
        add_sound(film, sound)
    });
    match put {
        Some(Ok(())) => drop(std::fs::remove_file(sound)),
        Some(Err(e)) => eprintln!("{e}"),
        None => eprintln!("{}: the sound was not finished; the film is without it", sound.display()),
    }
}

impl Drop for Film {
    /// Films that are being ended are ended.
    fn drop(&mut self) {
        if let Some(reel) = self.reel.take() {
            reel.end_sound();
            reel.close();
        }
        self.ending.drain(..).for_each(|e| drop(e.join()));
    }
}
