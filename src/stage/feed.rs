//! What the audience sees, for other programs: raw frames into a named pipe, or a virtual camera.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::gpu;
use super::opening::Opening;
use super::output::Output;
use crate::show::{DeviceState, Hub, Recorder, log};
use crate::world::frame::fit;

/// Frames a second.
const RATE: f64 = 60.0;
/// Between two tellings how it stands, seconds.
const TOLD: f64 = 1.0;

/// How far it is.
enum Stage {
    /// No picture came yet.
    New,
    /// A camera is being opened, which may take its time.
    Opening(Opening<Recorder>),
    Feeding(Recorder),
    /// It goes no further, and why.
    Over(String),
}

/// One program that is fed.
pub struct Feed {
    path: PathBuf,
    stage: Stage,
    begun: Instant,
    told: f64,
}

impl Feed {
    /// Begins with the first picture.
    pub fn new(path: &Path) -> Self {
        Self { path: path.into(), stage: Stage::New, begun: Instant::now(), told: -TOLD }
    }

    /// Feeds the picture of this frame. The size is that of the first picture; others lie in its middle.
    pub fn follow(&mut self, hub: &Hub, output: &Output) {
        let Some(size) = output.picture_size() else { return };
        let now = self.begun.elapsed().as_secs_f64();
        if let Stage::Feeding(recorder) = &mut self.stage {
            let size = recorder.size();
            recorder.offer(now, |frame| {
                gpu::with_gl(|gl| output.read(gl, frame));
                fit(frame, size);
            });
        } else {
            self.open(size);
        }
        if now - self.told >= TOLD {
            self.told = now;
            hub.tell_devices("feed", vec![self.state()]);
        }
    }

    fn open(&mut self, size: (usize, usize)) {
        let path = self.path.clone();
        self.stage = match std::mem::replace(&mut self.stage, Stage::New) {
            Stage::New => match Opening::begin("feed", move || Recorder::start(&path, size, RATE)) {
                Ok(opening) => Stage::Opening(opening),
                Err(e) => over(e.to_string()),
            },
            Stage::Opening(opening) => match opening.ready() {
                Err(opening) => Stage::Opening(opening),
                Ok(Ok(recorder)) => {
                    let (w, h) = size;
                    log::say(format!("feeding {}: raw frames of {w} × {h}", self.path.display()));
                    Stage::Feeding(recorder)
                }
                Ok(Err(e)) => over(e),
            },
            other => other,
        };
    }

    fn state(&self) -> DeviceState {
        let (fine, word) = match &self.stage {
            Stage::New | Stage::Opening(_) => (true, "begins".into()),
            Stage::Over(why) => (false, why.clone()),
            Stage::Feeding(recorder) => {
                let state = recorder.state();
                let word = format!("{} frames, {} dropped", state.frames, state.dropped);
                (state.problem.is_none(), state.problem.unwrap_or(word))
            }
        };
        DeviceState { what: "feed", name: self.path.display().to_string(), fine, word }
    }
}

fn over(why: String) -> Stage {
    log::tell(format!("no feed: {why}; the show goes on without"));
    Stage::Over(why)
}
