//! A film of what the audience sees: effects and limiter included, panel and notes not.

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

/// Frames a second of a film.
const RATE: f64 = 30.0;

/// Between two looks whether the sound of a film is whole.
const SETTLE: Duration = Duration::from_millis(50);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A film on its way.
struct ActiveRecording {
    recorder: Recorder,
    path: PathBuf,
    /// Its sound, until it is put to the picture.
    sound: Option<PathBuf>,
    hub: Arc<Hub>,
    /// What went wrong, as far as it was told.
    told: Option<String>,
}

/// A film that can begin: its place, its encoder, and where its sound is to go.
type PreparedRecording = (PathBuf, Recorder, Option<PathBuf>);

/// Films while somebody wants it.
pub struct VideoCapture {
    path: Option<PathBuf>,
    opening: Option<PendingOpen<PreparedRecording>>,
    recording: Option<ActiveRecording>,
    clock: Instant,
    /// Whether it was told that none can begin.
    told: bool,
    ending: Vec<JoinHandle<()>>,
}

impl VideoCapture {
    /// No film yet; the first goes to `path`, others to a name of their own in `captures`.
    pub fn new(path: Option<PathBuf>) -> Self {
        let ending = vec![rescue_in(path.clone())];
        Self { path, opening: None, recording: None, clock: Instant::now(), told: false, ending }
    }

    /// Begins, feeds or ends the film as the hands want it.
    pub fn follow(&mut self, hub: &Arc<Hub>, output: &mut Output, notifications: &mut Notifications) {
        let size = output.picture_size();
        match (hub.requests().record(), &mut self.recording, size) {
            (true, None, Some(size)) if !self.told => self.begin(size, hub, notifications),
            (true, Some(recording), Some(size)) if recording.recorder.size() == size => {
                recording.offer(self.clock.elapsed().as_secs_f64(), notifications, |frame| {
                    gpu::with_gl(|gl| output.read(gl, frame));
                });
            }
            // Another picture size is another film.
            (true, Some(_), Some(_)) | (false, Some(_), _) => self.end(notifications),
            (false, None, _) => self.give_up(),
            _ => {}
        }
        let record = self.recording.as_ref().map(|r| r.recorder.state());
        hub.report(StageState { record, limiter: output.safety.state() });
    }

    /// Starts the encoder; once it runs, picture and sound begin together.
    fn begin(&mut self, size: (usize, usize), hub: &Arc<Hub>, notifications: &mut Notifications) {
        let Some(opening) = self.opening.take() else {
            let (wanted, scene) = (self.path.take(), scene(hub));
            match PendingOpen::begin("film", move || begin(wanted, &scene, size)) {
                Ok(opening) => self.opening = Some(opening),
                Err(e) => self.tell_none(&e.to_string(), notifications),
            }
            return;
        };
        match opening.ready() {
            Err(opening) => self.opening = Some(opening),
            Ok(Ok((path, recorder, sound))) => {
                let sound = sound.filter(|sound| hub.write_sound(Some(sound.clone())));
                notifications.say(format!("filming to {}", path.display()));
                hub.tell_devices("film", Vec::new());
                self.recording =
                    Some(ActiveRecording { recorder, path, sound, hub: hub.clone(), told: None });
            }
            Ok(Err(e)) => self.tell_none(&e, notifications),
        }
    }

    fn tell_none(&mut self, why: &str, notifications: &mut Notifications) {
        notifications.say(format!("no film: {why}"));
        log::tell(format!("no film: {why}"));
        self.told = true;
    }

    /// Nobody wants it any more, before its first picture.
    fn give_up(&mut self) {
        self.told = false;
        if let Some(opening) = self.opening.take() {
            self.end_beside(move || drop(opening.wait()));
        }
    }

    /// Ends the film on its way, and waits for those that are being ended.
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
        notifications.say(outcome(&recording.recorder.state()));
        recording.end_sound();
        self.end_beside(move || recording.close());
    }

    /// An encoder may need a moment for its end; the show does not wait for it.
    fn end_beside(&mut self, work: impl FnOnce() + Send + 'static) {
        self.ending.retain(|e| !e.is_finished());
        // Without a thread the film is given up, and the next show finds it.
        self.ending.extend(std::thread::Builder::new().name("film's end".into()).spawn(work));
    }
}

/// Finds a place for a film and starts its encoder.
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
    /// Hands it the picture of `now`. A film that has failed gets no more: nothing of it is lost any longer.
    fn offer(&mut self, now: f64, notifications: &mut Notifications, write: impl FnOnce(&mut Frame)) {
        if self.told.is_none() {
            self.recorder.offer(now, write);
            self.tell(notifications);
        }
    }

    /// Tells once that the film can go no further; the disk is left to others then.
    fn tell(&mut self, notifications: &mut Notifications) {
        if let Some(problem) = self.recorder.state().problem {
            notifications.say(format!("the film ends here: {problem}"));
            log::tell(format!("the film ends here: {problem}; the show goes on"));
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
                log::tell(&problem);
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

/// How a film went.
fn outcome(state: &RecordState) -> String {
    match (&state.problem, state.dropped) {
        (Some(_), _) => format!("{} was not filmed to its end", state.path),
        (None, 0) => format!("filmed {}", state.path),
        (None, lost) => format!("filmed {}, {lost} dropped", state.path),
    }
}

/// The name of the scene that plays.
fn scene(hub: &Hub) -> String {
    let state = hub.state();
    let name = state.description.scenes.get(state.description.scene).map_or("show", String::as_str);
    component(name)
}

/// The scene's name and the time.
fn own_name(scene: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{scene}-{}.mp4", chrono::Local::now().format("%Y%m%d-%H%M%S")))
}

/// The name, or that with the next number: no film takes the place of another, whole or not.
fn free(path: PathBuf) -> PathBuf {
    // The unfinished file first: it may be getting its name just now.
    let taken = |p: &Path| part_of(p).exists() || p.is_file();
    let parts = (path.file_stem().and_then(|s| s.to_str()), path.extension().and_then(|e| e.to_str()));
    let (true, (Some(stem), Some(ending))) = (taken(&path), parts) else { return path };
    let others = (2..).map(|n| path.with_file_name(format!("{stem}-{n}.{ending}")));
    others.into_iter().find(|p| !taken(p)).unwrap_or(path)
}

/// Films of earlier shows that were killed are put together, beside this one.
fn rescue_in(video_capture: Option<PathBuf>) -> JoinHandle<()> {
    let mut places = vec![(PathBuf::from(FOLDER), None)];
    places.extend(video_capture.and_then(|video_capture| {
        let folder = video_capture.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Those of this show's earlier runs too.
        let name = video_capture.file_stem()?.to_str()?.split(AGAIN).next()?;
        Some((folder.into(), Some(name.to_string())))
    }));
    std::thread::spawn(move || {
        for (video_capture, done) in places.iter().flat_map(|(folder, stem)| rescue(folder, stem.as_deref()))
        {
            match done {
                Ok(()) => {
                    log::say(format!("{} was cut short; it is put together now", video_capture.display()))
                }
                Err(e) => log::tell(format!("{} was cut short: {e}", video_capture.display())),
            }
        }
    })
}

/// Where the sound of a film goes, if it can have one.
fn place_of_sound(video_capture: &Path) -> Option<PathBuf> {
    let ending = video_capture.extension()?.to_str()?.to_ascii_lowercase();
    let sound = ["mp4", "mkv", "webm"].contains(&ending.as_str()).then(|| sound_of(video_capture))?;
    // An older one of that name would pass for the new one.
    let _ = std::fs::remove_file(&sound);
    Some(sound)
}

/// The sound has its name once it is whole.
fn put_sound(video_capture: &Path, sound: &Path) {
    let begun = Instant::now();
    while !sound.exists() && begun.elapsed() < PATIENCE {
        std::thread::sleep(SETTLE);
    }
    let put = sound.exists().then(|| {
        // A long film takes its time, and whoever ends the show wants to know for what.
        log::say(format!("putting the sound to {}", video_capture.display()));
        add_sound(video_capture, sound)
    });
    match put {
        Some(Ok(())) => drop(std::fs::remove_file(sound)),
        Some(Err(e)) => log::tell(e.to_string()),
        None => log::tell(format!("{}: the sound was not finished; the film is without it", sound.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use output::{Done, Sink};

    #[test]
    fn no_film_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let video_capture = folder.path().join("set.mp4");
        assert_eq!(free(video_capture.clone()), video_capture);
        for (made, next) in
            [("set.mp4.part", "set-2.mp4"), ("set-2.mp4", "set-3.mp4"), ("set.mp4", "set-3.mp4")]
        {
            std::fs::write(folder.path().join(made), "").unwrap();
            assert_eq!(free(video_capture.clone()), folder.path().join(next));
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

    /// Once frames were counted as dropped long after the film had come to its end.
    #[test]
    fn a_film_that_has_failed_loses_no_more_frames() {
        let (path, hub) = (PathBuf::from("film.mp4"), Hub::new().0);
        let recorder = Recorder::with(Box::new(Full(3)), &path, (4, 4), RATE);
        let mut recording = ActiveRecording { recorder, path, sound: None, hub, told: None };
        let (mut notifications, mut frame) = (Notifications::default(), 0);
        let mut offer = |recording: &mut ActiveRecording| {
            frame += 1;
            recording.offer(frame as f64 / RATE, &mut notifications, |_| {});
        };
        while recording.told.is_none() {
            offer(&mut recording);
            std::thread::sleep(Duration::from_millis(1));
        }
        let failed = recording.recorder.state();
        (0..100).for_each(|_| offer(&mut recording));
        assert_eq!(recording.recorder.state(), failed);
        assert!(failed.frames == 3 && outcome(&failed).contains("not filmed to its end"));
        assert_eq!(notifications.texts().count(), 1, "it is told once");
    }

    #[test]
    fn a_film_is_told_with_what_it_lost() {
        let told = |dropped| outcome(&RecordState { path: "a.mp4".into(), dropped, ..Default::default() });
        assert_eq!([told(0), told(7)], ["filmed a.mp4", "filmed a.mp4, 7 dropped"]);
    }
}
