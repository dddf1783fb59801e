//! Recordings into sinks that are slow, full or broken.

use super::*;
use output::Done;

/// Remembers the ticks of its frames; takes each only when it may.
struct SlowSink {
    seen: Arc<Mutex<Vec<u64>>>,
    may: Receiver<()>,
    full_after: usize,
}

impl Sink for SlowSink {
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
    let sink = SlowSink { seen: seen.clone(), may, full_after };
    (Recorder::with(Box::new(sink), Path::new("film.mp4"), (4, 4), 30.0), go, seen)
}

fn offer(recorder: &mut Recorder, ticks: std::ops::Range<u64>) {
    ticks.for_each(|t| recorder.offer(t as f64 / 30.0, |f| f.provenance.tick = t));
}

#[test]
fn a_stalled_encoder_blocks_nothing_and_the_recording_keeps_time() {
    let (mut recorder, go, seen) = slow(usize::MAX);
    offer(&mut recorder, 0..60);
    let dropped = recorder.state().dropped;
    assert_eq!(dropped, 60 - WAITING.2 as u64, "those that did not fit");
    (0..9_000).for_each(|_| go.send(()).unwrap());
    while recorder.state().frames < WAITING.2 as u64 {
        std::thread::yield_now();
    }
    std::thread::sleep(std::time::Duration::from_millis(20));
    offer(&mut recorder, 60..64);
    drop(recorder);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 64, "one for each 30th of a second");
    assert_eq!((seen[0], seen[63], seen.iter().filter(|t| **t == 60).count() as u64), (0, 63, dropped + 1));
}

/// Regression: every fourth picture was once dropped and the next one doubled.
#[test]
fn pictures_at_about_the_rate_of_the_recording_are_written_once_each() {
    let rng = world::rng::Rng::new(3);
    for every in [1, 2] {
        let (go, may) = sync_channel(10_000);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = SlowSink { seen: seen.clone(), may, full_after: usize::MAX };
        let mut recorder = Recorder::with(Box::new(sink), Path::new("film.mp4"), (4, 4), 60.0 / every as f64);
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
fn a_full_disk_is_reported_and_blocks_nothing() {
    let (mut recorder, go, seen) = slow(3);
    (0..100).for_each(|_| go.send(()).unwrap());
    for t in 0..40 {
        offer(&mut recorder, t..t + 1);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let state = recorder.state();
    assert!(state.problem.is_some_and(|p| p.contains("No space left")));
    assert_eq!((state.frames, seen.lock().unwrap().len()), (3, 3));
    let (mut recorder, go, _) = slow(0);
    let _ = go.send(());
    offer(&mut recorder, 0..1);
    assert!(recorder.finish().problem.is_some());
}

#[test]
fn a_real_recording_has_the_frames_of_its_duration() {
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
        .args(["-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"])
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&probe.stdout).trim(), "60");
}

/// Records its calls; cannot be closed, and drops every third frame.
#[derive(Default)]
struct FlakySink {
    calls: Arc<Mutex<Vec<&'static str>>>,
    waits_never: bool,
    closes: bool,
}

impl Sink for FlakySink {
    fn frame(&mut self, _: &Frame) -> Result<(), OutputError> {
        self.calls.lock().unwrap().push("frame");
        Ok(())
    }
    fn again(&mut self, _: &Frame) -> Result<(), OutputError> {
        self.calls.lock().unwrap().push("again");
        Ok(())
    }
    fn never_waits(&self) -> bool {
        self.waits_never
    }
    fn finish(self: Box<Self>) -> Result<Done, OutputError> {
        let source = std::io::Error::other("the index cannot be written");
        let path = PathBuf::from("film.mp4");
        if self.closes { Ok(Done { path, frames: 0 }) } else { Err(OutputError::Write { path, source }) }
    }
    fn dropped(&self) -> u64 {
        self.calls.lock().unwrap().len() as u64 / 3
    }
}

#[test]
fn a_recording_that_cannot_be_closed_is_reported_with_all_of_its_frames() {
    for (closes, problem) in [(true, None), (false, Some("the index cannot be written"))] {
        let sink = FlakySink { closes, ..FlakySink::default() };
        let mut recorder = Recorder::with(Box::new(sink), Path::new("film.mp4"), (4, 4), 30.0);
        offer(&mut recorder, 0..5);
        let outcome = recorder.finish();
        assert_eq!((outcome.path.as_str(), outcome.frames), ("film.mp4", 5));
        assert_eq!(outcome.problem.is_some(), problem.is_some());
        assert!(problem.is_none_or(|p| outcome.problem.unwrap().contains(p)));
    }
}

#[test]
fn a_gap_is_filled_with_the_picture_after_it_and_frames_the_sink_drops_are_counted() {
    let sink = FlakySink { closes: true, ..FlakySink::default() };
    let calls = sink.calls.clone();
    let mut recorder = Recorder::with(Box::new(sink), Path::new("film.mp4"), (4, 4), 30.0);
    // At 30 a second: the first, the second, and after a gap the fifth, repeated for the gap.
    [10.0, 10.0 + 1.0 / 30.0, 10.0 + 4.0 / 30.0].into_iter().for_each(|now| recorder.offer(now, |_| ()));
    recorder.offer(10.0 + 4.1 / 30.0, |_| panic!("none is due"));
    assert_eq!(recorder.size(), (4, 4));
    let outcome = recorder.finish();
    assert_eq!(*calls.lock().unwrap(), ["frame", "frame", "frame", "again", "again"]);
    assert_eq!((outcome.frames, outcome.dropped), (5, 1));
}

#[test]
fn the_queue_is_bounded_by_memory_and_time() {
    assert_eq!([(1, 1), (640, 360), (0, 0)].map(capacity), [24; 3]);
    assert_eq!([(1920, 1080), (3840, 2160), (16384, 16384)].map(capacity), [12, 4, 4]);
    for (waits_never, capacity) in [(true, 4), (false, 24)] {
        let sink = FlakySink { waits_never, closes: true, ..FlakySink::default() };
        let recorder = Recorder::with(Box::new(sink), Path::new("film.mp4"), (4, 4), 30.0);
        assert_eq!(recorder.pool.len(), capacity, "all are allocated up front");
    }
}

/// Frames that did not fit are counted once each, whatever comes after them.
#[test]
fn a_recording_whose_encoder_hangs_to_the_end_repeats_its_last_picture_for_the_dropped_ones() {
    let (mut recorder, go, seen) = slow(usize::MAX);
    offer(&mut recorder, 0..30);
    offer(&mut recorder, 30..40);
    assert_eq!(recorder.state().dropped, 40 - WAITING.2 as u64);
    (0..9_000).for_each(|_| go.send(()).unwrap());
    let outcome = recorder.finish();
    assert_eq!((outcome.frames, outcome.dropped), (40, 40 - WAITING.2 as u64));
    assert_eq!(seen.lock().unwrap().len(), 40);
}
