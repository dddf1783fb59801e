//! A film of what the audience sees: effects and limiter included, panel and notes not.

use std::path::PathBuf;
use std::thread::JoinHandle;

use super::gpu;
use super::notes::Notes;
use super::output::Output;
use crate::show::{Hub, Recorder, StageState};

/// Frames a second of a film.
const RATE: f64 = 30.0;

/// Films while somebody wants it.
pub struct Film {
    path: Option<PathBuf>,
    recorder: Option<Recorder>,
    time: f64,
    told: bool,
    ending: Vec<JoinHandle<()>>,
}

impl Film {
    /// No film yet; the first goes to `path`, others to a name of their own in `captures`.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path, recorder: None, time: 0.0, told: false, ending: Vec::new() }
    }

    /// Begins, feeds or ends the film as the hands want it.
    pub fn follow(&mut self, hub: &Hub, output: &mut Output, notes: &mut Notes, seconds: f32) {
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
            (true, Some(_), Some(_)) => self.end(notes),
            (false, Some(_), _) => self.end(notes),
            (false, None, _) => self.told = false,
            _ => {}
        }
        let record = self.recorder.as_ref().map(Recorder::state);
        hub.report(StageState { record, limiter: output.safety.state() });
    }

    fn begin(&mut self, size: (usize, usize), hub: &Hub, notes: &mut Notes) {
        let scene = hub.state();
        let face = &scene.face;
        let name = face.scenes.get(face.scene).cloned().unwrap_or("show".into());
        let stamp = chrono::Local::now().format("%Y%m%d-%H%M%S");
        let own = || PathBuf::from("captures").join(format!("{name}-{stamp}.mp4"));
        let path = self.path.take().unwrap_or_else(own);
        match Recorder::start(&path, size, RATE) {
            Ok(recorder) => {
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
        self.ending.push(std::thread::spawn(move || drop(recorder)));
        let lost = if state.dropped > 0 { format!(", {} dropped", state.dropped) } else { String::new() };
        notes.say(format!("filmed {}{lost}", state.path));
    }
}

impl Drop for Film {
    /// Films that are being ended are ended.
    fn drop(&mut self) {
        self.recorder = None;
        self.ending.drain(..).for_each(|e| drop(e.join()));
    }
}
