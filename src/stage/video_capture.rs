//! Video recording of what the audience sees: with effects and limiter, without panel and notifications.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::capture::FOLDER;
use super::gpu;
use super::notifications::Notifications;
use super::output::Output;
use super::pending_open::PendingOpen;
use output::{OutputError, add_sound, part_of, rescue, sound_of};
use show::health::AGAIN;
use show::{DeviceState, Hub, RecordState, Recorder, StageState, log};
use world::frame::Frame;
use world::names::component;

/// Frame rate of a recording, Hz.
const RATE: f64 = 30.0;

/// Between two checks whether the audio of a recording is complete.
const SETTLE: Duration = Duration::from_millis(50);
/// How long it may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A recording in progress.
struct ActiveRecording {
    recorder: Recorder,
    path: PathBuf,
    /// Its audio, until it is muxed.
    sound: Option<PathBuf>,
    hub: Arc<Hub>,
    /// What went wrong, once it is reported.
    reported: Option<String>,
}

/// A recording that can start: its path, its encoder, and the path of its audio.
type PreparedRecording = (PathBuf, Recorder, Option<PathBuf>);

/// Records while requested.
pub struct VideoCapture {
    path: Option<PathBuf>,
    opening: Option<PendingOpen<PreparedRecording>>,
    recording: Option<ActiveRecording>,
    clock: Instant,
    /// Whether it has been reported that none can start.
    reported: bool,
    ending: Vec<JoinHandle<()>>,
}

impl VideoCapture {
    /// No recording yet; the first goes to `path`, others get a name in `captures`.
    pub fn new(path: Option<PathBuf>) -> Self {
        let ending = vec![rescue_in(path.clone())];
        Self { path, opening: None, recording: None, clock: Instant::now(), reported: false, ending }
    }

    /// Starts, feeds or stops the recording as requested.
    pub fn follow(&mut self, hub: &Arc<Hub>, output: &mut Output, notifications: &mut Notifications) {
        let size = output.picture_size();
        match (hub.requests().record(), &mut self.recording, size) {
            (true, None, Some(size)) if !self.reported => self.begin(size, hub, notifications),
            (true, Some(recording), Some(size)) if recording.recorder.size() == size => {
                recording.offer(self.clock.elapsed().as_secs_f64(), notifications, |frame| {
                    gpu::with_gl(|gl| output.read(gl, frame));
                });
            }
            // A new picture size needs a new recording.
            (true, Some(_), Some(_)) | (false, Some(_), _) => self.end(notifications),
            (false, None, _) => self.give_up(),
            _ => {}
        }
        let record = self.recording.as_ref().map(|r| r.recorder.state());
        hub.report(StageState { record, limiter: output.safety.state() });
    }

    /// Starts the encoder; once it runs, picture and audio start together.
    fn begin(&mut self, size: (usize, usize), hub: &Arc<Hub>, notifications: &mut Notifications) {
        let Some(opening) = self.opening.take() else {
            let (wanted, scene) = (self.path.take(), scene(hub));
            match PendingOpen::begin("encoder", move || begin(wanted, &scene, size)) {
                Ok(opening) => self.opening = Some(opening),
                Err(e) => self.report_failure(&e.to_string(), notifications),
            }
            return;
        };
        match opening.ready() {
            Err(opening) => self.opening = Some(opening),
            Ok(Ok((path, recorder, sound))) => {
                let sound = sound.filter(|sound| hub.write_sound(Some(sound.clone())));
                notifications.show(format!("recording to {}", path.display()));
                hub.report_devices("film", Vec::new());
                self.recording =
                    Some(ActiveRecording { recorder, path, sound, hub: hub.clone(), reported: None });
            }
            Ok(Err(e)) => self.report_failure(&e, notifications),
        }
    }

    fn report_failure(&mut self, why: &str, notifications: &mut Notifications) {
        notifications.show(format!("cannot record: {why}"));
        log::status(format!("cannot record: {why}"));
        self.reported = true;
    }

    /// It is no longer requested, before its first picture.
    fn give_up(&mut self) {
        self.reported = false;
        if let Some(opening) = self.opening.take() {
            self.finish_in_background(move || drop(opening.wait()));
        }
    }

    /// Stops the recording in progress, and waits for those that are being finished.
    pub fn finish(&mut self) {
        if let Some(recording) = self.recording.take() {
            recording.end_sound();
            recording.close();
        }
        self.give_up();
        self.ending.drain(..).for_each(|e| drop(e.join()));
    }

    fn end(&mut self, notifications: &mut Notifications) {
        let Some(recording) = self.recording.take() else { return };
        notifications.show(outcome(&recording.recorder.state()));
        recording.end_sound();
        self.finish_in_background(move || recording.close());
    }

    /// An encoder may need a moment to finish; the show does not wait for it.
    fn finish_in_background(&mut self, work: impl FnOnce() + Send + 'static) {
        self.ending.retain(|e| !e.is_finished());
        // Without a thread the recording is abandoned, and the next show recovers it.
        self.ending.extend(std::thread::Builder::new().name("encoder end".into()).spawn(work));
    }
}

/// Finds a path for a recording and starts its encoder.
fn begin(
    wanted: Option<PathBuf>,
    scene: &str,
    size: (usize, usize),
) -> Result<PreparedRecording, OutputError> {
    let path = free(wanted.unwrap_or_else(|| own_name(scene)));
    let sound = place_of_sound(&path);
    Ok((path.clone(), Recorder::start(&path, size, RATE)?, sound))
}

impl ActiveRecording {
    /// Offers it the picture of `now`. A recording that has failed gets no more, so that no more drops are counted.
    fn offer(&mut self, now: f64, notifications: &mut Notifications, write: impl FnOnce(&mut Frame)) {
        if self.reported.is_none() {
            self.recorder.offer(now, write);
            self.report(notifications);
        }
    }

    /// Reports once that the recording has stopped; it no longer uses the disk then.
    fn report(&mut self, notifications: &mut Notifications) {
        if let Some(problem) = self.recorder.state().problem {
            notifications.show(format!("recording stopped: {problem}"));
            log::status(format!("recording stopped: {problem}; the show continues"));
            self.reported = Some(problem);
            self.end_sound();
        }
    }

    /// At once, or it would end the audio of the next recording.
    fn end_sound(&self) {
        if self.sound.is_some() {
            self.hub.write_sound(None);
        }
    }

    /// Finishes the video, then muxes the audio, once its file is complete.
    fn close(self) {
        if let Some(problem) = self.recorder.finish().problem {
            if self.reported.is_none() {
                log::status(&problem);
            }
            let name = self.path.display().to_string();
            let state = DeviceState { what: "film", name, fine: false, word: problem };
            return self.hub.report_devices("film", vec![state]);
        }
        if let Some(sound) = self.sound {
            mux_audio(&self.path, &sound);
        }
    }
}

/// The outcome of a recording.
fn outcome(state: &RecordState) -> String {
    match (&state.problem, state.dropped) {
        (Some(_), _) => format!("{} is incomplete", state.path),
        (None, 0) => format!("recorded {}", state.path),
        (None, lost) => format!("recorded {}, {lost} frames dropped", state.path),
    }
}

/// The name of the active scene.
fn scene(hub: &Hub) -> String {
    let state = hub.state();
    let name = state.description.scenes.get(state.description.scene).map_or("show", String::as_str);
    component(name)
}

/// The scene's name and the time.
fn own_name(scene: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{scene}-{}.mp4", chrono::Local::now().format("%Y%m%d-%H%M%S")))
}

/// The path, or that with the next number: no recording overwrites another, complete or not.
fn free(path: PathBuf) -> PathBuf {
    // The unfinished file first: it may be being renamed just now.
    let taken = |p: &Path| part_of(p).exists() || p.is_file();
    let parts = (path.file_stem().and_then(|s| s.to_str()), path.extension().and_then(|e| e.to_str()));
    let (true, (Some(stem), Some(extension))) = (taken(&path), parts) else { return path };
    let others = (2..).map(|n| path.with_file_name(format!("{stem}-{n}.{extension}")));
    others.into_iter().find(|p| !taken(p)).unwrap_or(path)
}

/// Recordings of earlier shows that were killed are recovered, in the background.
fn rescue_in(video: Option<PathBuf>) -> JoinHandle<()> {
    let mut places = vec![(PathBuf::from(FOLDER), None)];
    places.extend(video.and_then(|video| {
        let folder = video.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Those of this show's earlier runs too.
        let name = video.file_stem()?.to_str()?.split(AGAIN).next()?;
        Some((folder.into(), Some(name.to_string())))
    }));
    std::thread::spawn(move || {
        for (video, done) in places.iter().flat_map(|(folder, stem)| rescue(folder, stem.as_deref())) {
            match done {
                Ok(()) => log::result(format!("{} was cut short; it has been recovered", video.display())),
                Err(e) => {
                    log::status(format!("{} was cut short and cannot be recovered: {e}", video.display()))
                }
            }
        }
    })
}

/// Where the audio of a recording goes, if its format has any.
fn place_of_sound(video: &Path) -> Option<PathBuf> {
    let extension = video.extension()?.to_str()?.to_ascii_lowercase();
    let sound = ["mp4", "mkv", "webm"].contains(&extension.as_str()).then(|| sound_of(video))?;
    // An older one of that name would be taken for the new one.
    let _ = std::fs::remove_file(&sound);
    Some(sound)
}

/// Muxes the audio, whose file has its name once it is complete.
fn mux_audio(video: &Path, sound: &Path) {
    let begun = Instant::now();
    while !sound.exists() && begun.elapsed() < TIMEOUT {
        std::thread::sleep(SETTLE);
    }
    let put = sound.exists().then(|| {
        // A long recording takes a while, and whoever ends the show should know why.
        log::result(format!("muxing audio into {}", video.display()));
        add_sound(video, sound)
    });
    match put {
        Some(Ok(())) => drop(std::fs::remove_file(sound)),
        Some(Err(e)) => log::status(e.to_string()),
        None => log::status(format!(
            "{}: the audio was not finished; the recording is without it",
            sound.display()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use output::{Done, Sink};

    #[test]
    fn no_recording_overwrites_another() {
        let folder = tempfile::tempdir().unwrap();
        let video = folder.path().join("set.mp4");
        assert_eq!(free(video.clone()), video);
        for (made, next) in
            [("set.mp4.part", "set-2.mp4"), ("set-2.mp4", "set-3.mp4"), ("set.mp4", "set-3.mp4")]
        {
            std::fs::write(folder.path().join(made), "").unwrap();
            assert_eq!(free(video.clone()), folder.path().join(next));
        }
        // A folder of pictures is no file.
        assert_eq!(free(folder.path().into()), folder.path());
    }

    /// A disk that is full after some frames.
    struct Full(u64);

    impl Sink for Full {
        fn frame(&mut self, _: &Frame) -> Result<(), OutputError> {
            self.0 = self.0.checked_sub(1).ok_or_else(|| OutputError::Kind("film.mp4".into()))?;
            Ok(())
        }
        fn finish(self: Box<Self>) -> Result<Done, OutputError> {
            Ok(Done { path: "film.mp4".into(), frames: 0 })
        }
    }

    /// Regression: frames were once counted as dropped long after the recording had stopped.
    #[test]
    fn a_recording_that_has_failed_drops_no_more_frames() {
        let (path, hub) = (PathBuf::from("film.mp4"), Hub::new().0);
        let recorder = Recorder::with(Box::new(Full(3)), &path, (4, 4), RATE);
        let mut recording = ActiveRecording { recorder, path, sound: None, hub, reported: None };
        let (mut notifications, mut frame) = (Notifications::default(), 0);
        let mut offer = |recording: &mut ActiveRecording| {
            frame += 1;
            recording.offer(frame as f64 / RATE, &mut notifications, |_| {});
        };
        while recording.reported.is_none() {
            offer(&mut recording);
            std::thread::sleep(Duration::from_millis(1));
        }
        let failed = recording.recorder.state();
        (0..100).for_each(|_| offer(&mut recording));
        assert_eq!(recording.recorder.state(), failed);
        assert!(failed.frames == 3 && outcome(&failed).contains("is incomplete"));
        assert_eq!(notifications.texts().count(), 1, "it is reported once");
    }

    #[test]
    fn the_outcome_says_how_many_frames_were_dropped() {
        let reported =
            |dropped| outcome(&RecordState { path: "a.mp4".into(), dropped, ..Default::default() });
        assert_eq!([reported(0), reported(7)], ["recorded a.mp4", "recorded a.mp4, 7 frames dropped"]);
    }
}
