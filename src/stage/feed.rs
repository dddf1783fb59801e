//! What the audience sees, for other programs: raw frames into a named pipe, or a virtual camera.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::gpu;
use super::notes::Notes;
use super::opening::Opening;
use super::output::Output;
use output::{Format, OutputError, open_feed};
use show::{DeviceState, Hub, Recorder, log};
use world::frame::fit;

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
    pub fn follow(&mut self, hub: &Hub, output: &Output, notes: &mut Notes) {
        let Some(size) = output.picture_size() else { return };
        let now = self.begun.elapsed().as_secs_f64();
        if let Stage::Feeding(recorder) = &mut self.stage {
            let size = recorder.size();
            recorder.offer(now, |frame| {
                gpu::with_gl(|gl| output.read(gl, frame));
                fit(frame, size);
            });
        } else {
            self.open(size, notes);
        }
        if now - self.told >= TOLD {
            self.told = now;
            self.look(notes);
            hub.tell_devices("feed", vec![self.state()]);
        }
    }

    fn open(&mut self, size: (usize, usize), notes: &mut Notes) {
        let path = self.path.clone();
        self.stage = match std::mem::replace(&mut self.stage, Stage::New) {
            Stage::New => match Opening::begin("feed", move || start(&path, size)) {
                Ok(opening) => Stage::Opening(opening),
                Err(e) => over("no feed", e.to_string(), notes),
            },
            Stage::Opening(opening) => match opening.ready() {
                Err(opening) => Stage::Opening(opening),
                Ok(Ok(recorder)) => {
                    let (w, h) = size;
                    log::say(format!("feeding {}: raw frames of {w} × {h}", self.path.display()));
                    Stage::Feeding(recorder)
                }
                Ok(Err(e)) => over("no feed", e, notes),
            },
            other => other,
        };
    }

    /// A feed that goes no further is over.
    fn look(&mut self, notes: &mut Notes) {
        if let Stage::Feeding(recorder) = &self.stage
            && let Some(why) = recorder.state().problem
        {
            self.stage = over("the feed ends here", why, notes);
        }
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

fn start(path: &Path, size: (usize, usize)) -> Result<Recorder, OutputError> {
    let format = Format { width: size.0, height: size.1, rate: RATE };
    Ok(Recorder::with(open_feed(path, format)?, path, size, RATE))
}

fn over(what: &str, why: String, notes: &mut Notes) -> Stage {
    notes.say(format!("{what}: {why}"));
    log::tell(format!("{what}: {why}; the show goes on without"));
    Stage::Over(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws nothing, but lets what is being opened come to its end.
    fn opened(feed: &mut Feed, notes: &mut Notes) {
        while matches!(feed.stage, Stage::New | Stage::Opening(_)) {
            feed.open((8, 6), notes);
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_feed_into_nothing_is_told_and_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("camera");
        let (mut feed, mut notes) = (Feed::new(&path), Notes::default());
        opened(&mut feed, &mut notes);
        let state = feed.state();
        assert!(!state.fine && state.word.contains("found nothing at"), "{}", state.word);
        assert!(!path.exists() && notes.texts().any(|t| t.starts_with("no feed: expected a named pipe")));
    }

    #[cfg(unix)]
    #[test]
    fn a_feed_that_goes_no_further_is_over_and_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let (mut feed, mut notes) = (Feed::new(&path), Notes::default());
        opened(&mut feed, &mut notes);
        assert!(feed.state().fine, "{}", feed.state().word);
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "mine").unwrap();
        let mut now = 0.0;
        while let Stage::Feeding(recorder) = &mut feed.stage {
            now += 1.0 / RATE;
            recorder.offer(now, |_| {});
            feed.look(&mut notes);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        feed.look(&mut notes);
        assert!(!feed.state().fine && notes.texts().count() == 1);
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    }
}
