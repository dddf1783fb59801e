//! What the audience sees, for other programs: raw frames into a named pipe, or a virtual camera.

use std::path::{Path, PathBuf};

use super::gpu;
use super::output::Output;
use crate::show::{DeviceState, Hub, Recorder};
use crate::world::frame::fit;

/// Frames a second.
const RATE: f64 = 60.0;

/// One program that is fed.
pub struct Feed {
    path: PathBuf,
    recorder: Option<Recorder>,
    wrong: Option<String>,
    time: f64,
    told: f64,
}

impl Feed {
    /// Begins with the first picture.
    pub fn new(path: &Path) -> Self {
        Self { path: path.into(), recorder: None, wrong: None, time: 0.0, told: -1.0 }
    }

    /// Feeds the picture of this frame. The size is that of the first picture; others lie in its middle.
    pub fn follow(&mut self, hub: &Hub, output: &Output, seconds: f32) {
        self.time += seconds as f64;
        let Some(size) = output.picture_size() else { return };
        if self.recorder.is_none() && self.wrong.is_none() {
            match Recorder::start(&self.path, size, RATE) {
                Ok(recorder) => {
                    println!("feeding {}: raw frames of {} × {}", self.path.display(), size.0, size.1);
                    self.recorder = Some(recorder);
                }
                Err(e) => {
                    eprintln!("no feed: {e}; the show goes on without");
                    self.wrong = Some(e.to_string());
                }
            }
        }
        if let Some(recorder) = &mut self.recorder {
            let size = recorder.size();
            recorder.offer(self.time, |frame| {
                gpu::with_gl(|gl| output.read(gl, frame));
                fit(frame, size);
            });
        }
        if self.time - self.told >= 1.0 {
            self.told = self.time;
            hub.tell_devices("feed", vec![self.state()]);
        }
    }

    fn state(&self) -> DeviceState {
        let name = self.path.display().to_string();
        let Some(state) = self.recorder.as_ref().map(Recorder::state) else {
            return DeviceState {
                what: "feed",
                name,
                fine: false,
                word: self.wrong.clone().unwrap_or_default(),
            };
        };
        let word = format!("{} frames, {} dropped", state.frames, state.dropped);
        DeviceState { what: "feed", name, fine: state.problem.is_none(), word: state.problem.unwrap_or(word) }
    }
}
