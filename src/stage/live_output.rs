//! What the audience sees, for other programs: raw frames into a named pipe, or a virtual camera.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::gpu;
use super::notifications::Notifications;
use super::output::Output;
use super::pending_open::PendingOpen;
use output::{Format, OutputError, open_feed};
use show::{DeviceState, Hub, Recorder, log};
use world::frame::fit;

/// Frames a second.
const RATE: f64 = 60.0;
/// Between two tellings how it stands, seconds.
const TOLD: f64 = 1.0;

/// How far it is.
enum OutputPhase {
    /// No picture came yet.
    New,
    /// A camera is being opened, which may take its time.
    Opening(PendingOpen<Recorder>),
    Feeding(Recorder),
    /// It goes no further, and why.
    Over(String),
}

/// One program that is fed.
pub struct LiveOutput {
    path: PathBuf,
    stage: OutputPhase,
    begun: Instant,
    told: f64,
}

impl LiveOutput {
    /// Begins with the first picture.
    pub fn new(path: &Path) -> Self {
        Self { path: path.into(), stage: OutputPhase::New, begun: Instant::now(), told: -TOLD }
    }

    /// Feeds the picture of this frame. The size is that of the first picture; others lie in its middle.
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
        if now - self.told >= TOLD {
            self.told = now;
            self.look(notifications);
            hub.tell_devices("feed", vec![self.state()]);
        }
    }

    fn open(&mut self, size: (usize, usize), notifications: &mut Notifications) {
        let path = self.path.clone();
        self.stage = match std::mem::replace(&mut self.stage, OutputPhase::New) {
            OutputPhase::New => match PendingOpen::begin("feed", move || start(&path, size)) {
                Ok(opening) => OutputPhase::Opening(opening),
                Err(e) => over("no feed", e.to_string(), notifications),
            },
            OutputPhase::Opening(opening) => match opening.ready() {
                Err(opening) => OutputPhase::Opening(opening),
                Ok(Ok(recorder)) => {
                    let (w, h) = size;
                    log::say(format!("feeding {}: raw frames of {w} × {h}", self.path.display()));
                    OutputPhase::Feeding(recorder)
                }
                Ok(Err(e)) => over("no feed", e, notifications),
            },
            other => other,
        };
    }

    /// A feed that goes no further is over.
    fn look(&mut self, notifications: &mut Notifications) {
        if let OutputPhase::Feeding(recorder) = &self.stage
            && let Some(why) = recorder.state().problem
        {
            self.stage = over("the feed ends here", why, notifications);
        }
    }

    fn state(&self) -> DeviceState {
        let (fine, word) = match &self.stage {
            OutputPhase::New | OutputPhase::Opening(_) => (true, "begins".into()),
            OutputPhase::Over(why) => (false, why.clone()),
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

fn over(what: &str, why: String, notifications: &mut Notifications) -> OutputPhase {
    notifications.say(format!("{what}: {why}"));
    log::tell(format!("{what}: {why}; the show goes on without"));
    OutputPhase::Over(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws nothing, but lets what is being opened come to its end.
    fn opened(feed: &mut LiveOutput, notifications: &mut Notifications) {
        while matches!(feed.stage, OutputPhase::New | OutputPhase::Opening(_)) {
            feed.open((8, 6), notifications);
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_feed_into_nothing_is_told_and_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("camera");
        let (mut feed, mut notifications) = (LiveOutput::new(&path), Notifications::default());
        opened(&mut feed, &mut notifications);
        let state = feed.state();
        assert!(!state.fine && state.word.contains("found nothing at"), "{}", state.word);
        assert!(
            !path.exists() && notifications.texts().any(|t| t.starts_with("no feed: expected a named pipe"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_feed_that_goes_no_further_is_over_and_told_once() {
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
            feed.look(&mut notifications);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        feed.look(&mut notifications);
        assert!(!feed.state().fine && notifications.texts().count() == 1);
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    }
}
