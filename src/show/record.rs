//! Recording while the show runs: a bounded queue to a thread of its own, which feeds the encoder's process. The show
//! never waits; frames that found no place are counted, and the next one stands in for them, so the film keeps its
//! time.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::RecordState;
use crate::output::{Format, OutputError, Sink, open_live};
use crate::world::frame::Frame;

/// Bytes of frames that may wait for the encoder, and the fewest and most frames.
const WAITING: (usize, usize, usize) = (96 << 20, 4, 24);
/// Half a frame of a stage that draws sixty a second, seconds. Pictures come a little early or late; a film of that rate or
/// half of it takes each, or each second one, if it begins so much before its first.
const EARLY: f64 = 1.0 / 120.0;
/// How long the end of a film waits for an encoder that stands still.
const PATIENCE: Duration = Duration::from_secs(5);

/// A recording on its way.
pub struct Recorder {
    path: PathBuf,
    rate: f64,
    size: (usize, usize),
    begun: Option<f64>,
    /// Frames of the film that are sent, stand-ins included.
    sent: u64,
    /// Frames up to which those without a place are counted.
    counted: u64,
    frames: Option<SyncSender<(Frame, u64)>>,
    spare: Receiver<Frame>,
    pool: Vec<Frame>,
    dropped: u64,
    shared: Arc<Mutex<Shared>>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    written: u64,
    let_go: u64,
    problem: Option<String>,
}

impl Recorder {
    /// Begins a film (.mp4, .mkv, .webm, .gif, or a folder of pictures; a named pipe gets raw RGBA).
    ///
    /// # Errors
    /// What can be told before the first frame: an unknown ending, an unwritable place, no ffmpeg.
    pub fn start(path: &Path, size: (usize, usize), rate: f64) -> Result<Self, OutputError> {
        Ok(Self::with(open_live(path, Format { width: size.0, height: size.1, rate })?, path, size, rate))
    }

    /// The same into any sink.
    pub fn with(sink: Box<dyn Sink>, path: &Path, size: (usize, usize), rate: f64) -> Self {
        let places = if sink.never_waits() { WAITING.1 } else { places(size) };
        let (frames, inbox) = sync_channel(places);
        let (back, spare) = channel();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let told = shared.clone();
        let writer = std::thread::Builder::new().name("record".into());
        let writer = writer.spawn(move || write(sink, &inbox, &back, &told)).ok();
        // As many frames as places: a frame at hand always finds one. They are made at once, or memory would grow in the
        // midst of the show, whenever the encoder falls further behind than before.
        let pool = (0..places).map(|_| Frame::new(size.0, size.1)).collect();
        Self {
            path: path.into(),
            rate,
            size,
            begun: None,
            sent: 0,
            counted: 0,
            frames: Some(frames),
            spare,
            pool,
            dropped: 0,
            shared,
            writer,
        }
    }

    /// Hands it the picture of `now` (seconds), written by `write`, if one is due and there is a place for it.
    pub fn offer(&mut self, now: f64, write: impl FnOnce(&mut Frame)) {
        let begun = *self.begun.get_or_insert(now);
        let due = ((now - begun + EARLY) * self.rate).floor() as u64 + 1;
        if due <= self.sent {
            return;
        }
        self.pool.extend(self.spare.try_iter());
        let (Some(frames), Some(mut frame)) = (&self.frames, self.pool.pop()) else {
            self.dropped += due.saturating_sub(self.counted.max(self.sent));
            self.counted = due;
            return;
        };
        write(&mut frame);
        if frames.try_send((frame, due - self.sent)).is_err() {
            // The writer has ended; its last words are in the state.
            self.frames = None;
        }
        self.sent = due;
    }

    /// The size that frames must have.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// Brings the film to its end: what waits is written, and the last picture stands for those that were dropped
    /// after it. How it went; that it could not be closed is a problem too.
    pub fn finish(mut self) -> RecordState {
        self.close();
        self.state()
    }

    fn close(&mut self) {
        if self.counted > self.sent {
            let last = self.pool.pop().or_else(|| self.spare.recv_timeout(PATIENCE).ok());
            if let (Some(frames), Some(frame)) = (&self.frames, last) {
                let _ = frames.try_send((frame, self.counted - self.sent));
            }
        }
        self.frames = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }

    /// How it stands.
    pub fn state(&self) -> RecordState {
        let shared = self.shared.lock().unwrap_or_else(|e| e.into_inner());
        RecordState {
            path: self.path.display().to_string(),
            frames: shared.written,
            dropped: self.dropped + shared.let_go,
            problem: shared.problem.clone(),
        }
    }
}

/// Frames of a size that may wait: half a second and more of an encoder that hesitates.
fn places(size: (usize, usize)) -> usize {
    (WAITING.0 / (size.0 * size.1 * 4).max(1)).clamp(WAITING.1, WAITING.2)
}

fn write(
    mut sink: Box<dyn Sink>,
    inbox: &Receiver<(Frame, u64)>,
    back: &Sender<Frame>,
    shared: &Mutex<Shared>,
) {
    let tell = |e: OutputError| {
        shared.lock().unwrap_or_else(|e| e.into_inner()).problem.get_or_insert(e.to_string());
    };
    while let Ok((frame, times)) = inbox.recv() {
        for time in 0..times {
            let taken = if time == 0 { sink.frame(&frame) } else { sink.again(&frame) };
            if let Err(e) = taken {
                return tell(e);
            }
            let mut told = shared.lock().unwrap_or_else(|e| e.into_inner());
            told.written += 1;
            told.let_go = sink.dropped();
        }
        if back.send(frame).is_err() {
            break;
        }
    }
    if let Err(e) = sink.finish() {
        tell(e);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Done;

    /// Remembers the ticks of its frames; takes each only when it may.
    struct Slow {
        seen: Arc<Mutex<Vec<u64>>>,
        may: Receiver<()>,
        full_after: usize,
    }

    impl Sink for Slow {
        fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
            let _ = self.may.recv();
            let mut seen = self.seen.lock().unwrap();
            if seen.len() >= self.full_after {
                let source = std::io::Error::other("No space left on device");
                return Err(OutputError::Write { path: "film.mp4".into(), source });
            }
            seen.push(frame.provenance.tick);
            Ok(())
        }
        fn finish(self: Box<Self>) -> Result<Done, OutputError> {
            Ok(Done { path: "film.mp4".into(), frames: 0 })
        }
    }

    fn slow(full_after: usize) -> (Recorder, SyncSender<()>, Arc<Mutex<Vec<u64>>>) {
        let (go, may) = sync_channel(10_000);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Slow { seen: seen.clone(), may, full_after };
        (Recorder::with(Box::new(sink), Path::new("film.mp4"), (4, 4), 30.0), go, seen)
    }

    fn offer(recorder: &mut Recorder, ticks: std::ops::Range<u64>) {
        ticks.for_each(|t| recorder.offer(t as f64 / 30.0, |f| f.provenance.tick = t));
    }

    #[test]
    fn an_encoder_that_stands_still_stops_nothing_and_the_film_keeps_its_time() {
        let (mut recorder, go, seen) = slow(usize::MAX);
        offer(&mut recorder, 0..60);
        let dropped = recorder.state().dropped;
        assert_eq!(dropped, 60 - WAITING.2 as u64, "those that found no place");
        (0..9_000).for_each(|_| go.send(()).unwrap());
        while recorder.state().frames < WAITING.2 as u64 {
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
        offer(&mut recorder, 60..64);
        drop(recorder);
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 64, "one for each 30th of a second");
        assert_eq!(
            (seen[0], seen[63], seen.iter().filter(|t| **t == 60).count() as u64),
            (0, 63, dropped + 1)
        );
    }

    /// Once every fourth picture was left out and the next one doubled.
    #[test]
    fn pictures_that_come_about_as_often_as_they_are_wanted_go_once_each() {
        let rng = crate::world::rng::Rng::new(3);
        for every in [1, 2] {
            let (go, may) = sync_channel(10_000);
            let seen = Arc::new(Mutex::new(Vec::new()));
            let sink = Slow { seen: seen.clone(), may, full_after: usize::MAX };
            let mut recorder =
                Recorder::with(Box::new(sink), Path::new("film.mp4"), (4, 4), 60.0 / every as f64);
            (0..9_000).for_each(|_| go.send(()).unwrap());
            for i in 0..600u64 {
                let late = 0.008 * (rng.unit64(i) - 0.5);
                recorder.offer((i as f64 + 1.0) / 60.0 + late, |f| f.provenance.tick = i);
                while recorder.state().frames < recorder.sent {
                    std::thread::yield_now();
                }
            }
            drop(recorder);
            let wanted: Vec<u64> = (0..600).step_by(every).collect();
            assert_eq!(*seen.lock().unwrap(), wanted);
        }
    }

    #[test]
    fn a_full_disk_is_told_and_nothing_else() {
        let (mut recorder, go, seen) = slow(3);
        (0..100).for_each(|_| go.send(()).unwrap());
        for t in 0..40 {
            offer(&mut recorder, t..t + 1);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let state = recorder.state();
        assert!(state.problem.is_some_and(|p| p.contains("No space left")));
        assert_eq!((state.frames, seen.lock().unwrap().len()), (3, 3));
        // A film that cannot be closed is told as well.
        let (recorder, go, _) = slow(0);
        let _ = go.send(());
        assert_eq!(recorder.finish().problem, None);
        let (mut recorder, go, _) = slow(0);
        let _ = go.send(());
        offer(&mut recorder, 0..1);
        assert!(recorder.finish().problem.is_some());
    }

    #[test]
    fn a_real_film_has_as_many_frames_as_its_time_wants() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        let mut recorder = match Recorder::start(&path, (64, 36), 30.0) {
            Err(OutputError::NoFfmpeg) => return crate::skip::skip("ffmpeg", "it is not installed"),
            recorder => recorder.unwrap(),
        };
        // Drawn at an uneven 50 to 70 a second for two seconds.
        let mut now = 0.0;
        let mut i = 0u64;
        while now < 2.0 {
            recorder.offer(now, |f| *f = Frame::new(64, 36));
            std::thread::sleep(std::time::Duration::from_millis(2));
            i += 1;
            now += 1.0 / (50.0 + (i * 7 % 20) as f64);
        }
        drop(recorder);
        let probe = std::process::Command::new("ffprobe")
            .args([
                "-v",
                "error",
                "-count_frames",
                "-show_entries",
                "stream=nb_read_frames",
                "-of",
                "csv=p=0",
            ])
            .arg(&path)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&probe.stdout).trim(), "60");
    }
}
