//! Live output of what the audience sees, for other programs: raw frames into a named pipe, or a virtual camera.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::gpu;
use super::notifications::Notifications;
use super::output::Output;
use super::pending_open::PendingOpen;
use output::{Format, OutputError, open_feed};
use show::{DeviceState, Hub, Recorder, log};
use world::frame::fit;

/// Frames per second.
const RATE: f64 = 60.0;
/// Between two status reports, seconds.
const REPORT_EVERY: f64 = 1.0;

/// Its phase.
enum OutputPhase {
    /// No picture yet.
    New,
    /// A camera is being opened, which may take a while.
    Opening(PendingOpen<Recorder>),
    Feeding(Recorder),
    /// It has stopped, and why.
    Stopped(String),
}

/// One live output.
pub struct LiveOutput {
    path: PathBuf,
    stage: OutputPhase,
    begun: Instant,
    reported: f64,
}

impl LiveOutput {
    /// Starts with the first picture.
    pub fn new(path: &Path) -> Self {
        Self { path: path.into(), stage: OutputPhase::New, begun: Instant::now(), reported: -REPORT_EVERY }
    }

    /// Sends the picture of this frame. The size is that of the first picture; others are centred in it.
    pub fn follow(&mut self, hub: &Hub, output: &Output, notifications: &mut Notifications) {
        let Some(size) = output.picture_size() else { return };
        let now = self.begun.elapsed().as_secs_f64();
        if let OutputPhase::Feeding(recorder) = &mut self.stage {
            let size = recorder.size();
            recorder.offer(now, |frame| {
                gpu::with_gl(|gl| output.read(gl, frame));
                fit(frame, size);
            });
        } else {
            self.open(size, notifications);
        }
        if now - self.reported >= REPORT_EVERY {
            self.reported = now;
            self.check(notifications);
            hub.report_devices("feed", vec![self.state()]);
        }
    }

    fn open(&mut self, size: (usize, usize), notifications: &mut Notifications) {
        let path = self.path.clone();
        self.stage = match std::mem::replace(&mut self.stage, OutputPhase::New) {
            OutputPhase::New => match PendingOpen::begin("feed", move || start(&path, size)) {
                Ok(opening) => OutputPhase::Opening(opening),
                Err(e) => stopped("no live output", e.to_string(), notifications),
            },
            OutputPhase::Opening(opening) => match opening.ready() {
                Err(opening) => OutputPhase::Opening(opening),
                Ok(Ok(recorder)) => {
                    let (w, h) = size;
                    log::result(format!("live output to {}: raw frames of {w} × {h}", self.path.display()));
                    OutputPhase::Feeding(recorder)
                }
                Ok(Err(e)) => stopped("no live output", e, notifications),
            },
            other => other,
        };
    }

    /// Stops if the recorder has failed.
    fn check(&mut self, notifications: &mut Notifications) {
        if let OutputPhase::Feeding(recorder) = &self.stage
            && let Some(why) = recorder.state().problem
        {
            self.stage = stopped("live output stopped", why, notifications);
        }
    }

    fn state(&self) -> DeviceState {
        let (fine, word) = match &self.stage {
            OutputPhase::New | OutputPhase::Opening(_) => (true, "starting".into()),
            OutputPhase::Stopped(why) => (false, why.clone()),
            OutputPhase::Feeding(recorder) => {
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

fn stopped(what: &str, why: String, notifications: &mut Notifications) -> OutputPhase {
    notifications.show(format!("{what}: {why}"));
    log::status(format!("{what}: {why}; the show continues without it"));
    OutputPhase::Stopped(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws nothing, but waits until it is opened.
    fn opened(feed: &mut LiveOutput, notifications: &mut Notifications) {
        while matches!(feed.stage, OutputPhase::New | OutputPhase::Opening(_)) {
            feed.open((8, 6), notifications);
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_live_output_to_a_missing_path_is_reported_and_creates_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("camera");
        let (mut feed, mut notifications) = (LiveOutput::new(&path), Notifications::default());
        opened(&mut feed, &mut notifications);
        let state = feed.state();
        assert!(!state.fine && state.word.contains("found nothing at"), "{}", state.word);
        assert!(
            !path.exists()
                && notifications.texts().any(|t| t.starts_with("no live output: expected a named pipe"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_live_output_that_fails_stops_and_is_reported_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let (mut feed, mut notifications) = (LiveOutput::new(&path), Notifications::default());
        opened(&mut feed, &mut notifications);
        assert!(feed.state().fine, "{}", feed.state().word);
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "mine").unwrap();
        let mut now = 0.0;
        while let OutputPhase::Feeding(recorder) = &mut feed.stage {
            now += 1.0 / RATE;
            recorder.offer(now, |_| {});
            feed.check(&mut notifications);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        feed.check(&mut notifications);
        assert!(!feed.state().fine && notifications.texts().count() == 1);
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    }
}
