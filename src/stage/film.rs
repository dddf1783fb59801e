//! A film of what the audience sees: effects and limiter included, panel and notes not.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use super::gpu;
use super::notes::Notes;
use super::output::Output;
use crate::output::add_sound;
use crate::show::{Hub, Recorder, StageState};

/// Frames a second of a film.
const RATE: f64 = 30.0;

/// Between two looks whether the sound of a film is whole.
const SETTLE: std::time::Duration = std::time::Duration::from_millis(50);

/// The sound of a film on its way.
struct Sound {
    film: PathBuf,
    wav: PathBuf,
    hub: Arc<Hub>,
}

/// Films while somebody wants it.
pub struct Film {
    path: Option<PathBuf>,
    recorder: Option<Recorder>,
    sound: Option<Sound>,
    time: f64,
    told: bool,
    ending: Vec<JoinHandle<()>>,
}

impl Film {
    /// No film yet; the first goes to `path`, others to a name of their own in `captures`.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path, recorder: None, sound: None, time: 0.0, told: false, ending: Vec::new() }
    }

    /// Begins, feeds or ends the film as the hands want it.
    pub fn follow(&mut self, hub: &Arc<Hub>, output: &mut Output, notes: &mut Notes, seconds: f32) {
        self.time += seconds as f64;
        let size = output.picture_size();
        match (hub.wishes().record(), &mut self.recorder, size) {
            (true, None, Some(size)) if !self.told => self.begin(size, hub, notes),
            (true, Some(recorder), Some(size)) if recorder.size() == size => {
                recorder.offer(self.time, |frame| output.read(gpu::gl(), frame));
                let problem = recorder.state().problem;
                if let Some(problem) = problem.filter(|_| !std::mem::replace(&mut self.told, true)) {
                    notes.say(format!("the film ends here: {problem}"));
                }
            }
            // Another picture size is another film.
            (true, Some(_), Some(_)) | (false, Some(_), _) => self.end(notes),
            (false, None, _) => self.told = false,
            _ => {}
        }
        let record = self.recorder.as_ref().map(Recorder::state);
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
                let sound = path.with_extension("sound.part.wav");
                let heard = is_video(&path) && hub.write_sound(Some(sound.clone()));
                self.sound = heard.then(|| Sound { film: path.clone(), wav: sound, hub: hub.clone() });
                notes.say(format!("filming to {}", path.display()));
                self.recorder = Some(recorder);
            }
            Err(e) => {
                notes.say(format!("no film: {e}"));
                eprintln!("no film: {e}");
                self.told = true;
            }
        }
    }

    fn end(&mut self, notes: &mut Notes) {
        let Some(recorder) = self.recorder.take() else { return };
        let state = recorder.state();
        // The encoder may need a moment for its end; the show does not wait for it.
        self.ending.retain(|e| !e.is_finished());
        let sound = self.sound.take();
        self.ending.push(std::thread::spawn(move || close(recorder, sound)));
        let lost = if state.dropped > 0 { format!(", {} dropped", state.dropped) } else { String::new() };
        notes.say(format!("filmed {}{lost}", state.path));
    }
}

fn is_video(path: &Path) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| ["mp4", "mkv", "webm"].contains(&e))
}

/// Ends the picture, then puts the sound to it, once its file is whole.
fn close(recorder: Recorder, sound: Option<Sound>) {
    if let Some(s) = &sound {
        s.hub.write_sound(None);
    }
    drop(recorder);
    let Some(Sound { film, wav, .. }) = sound else { return };
    let whole = (0..60).any(|_| {
        std::thread::sleep(SETTLE);
        is_whole(&wav)
    });
    if whole {
        // A long film takes its time, and whoever ends the show wants to know for what.
        println!("putting the sound to {}", film.display());
    }
    match whole.then(|| add_sound(&film, &wav)) {
        Some(Ok(())) => drop(std::fs::remove_file(&wav)),
        Some(Err(e)) => eprintln!("{e}"),
        None => eprintln!("{}: the sound was not finished; the film is without it", wav.display()),
    }
}

/// A WAV file whose head tells the length that it has: it was closed.
fn is_whole(wav: &Path) -> bool {
    let read = || {
        use std::io::Read;
        let mut head = [0u8; 8];
        let mut file = std::fs::File::open(wav).ok()?;
        file.read_exact(&mut head).ok()?;
        let told = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as u64 + 8;
        Some(file.metadata().ok()?.len() == told && told > 44)
    };
    read().unwrap_or(false)
}

impl Drop for Film {
    /// Films that are being ended are ended.
    fn drop(&mut self) {
        let sound = self.sound.take();
        let last = self.recorder.take().map(|r| std::thread::spawn(move || close(r, sound)));
        self.ending.extend(last);
        self.ending.drain(..).for_each(|e| drop(e.join()));
    }
}
