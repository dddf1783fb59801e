//! The sound of a recording on its way to the disk, on a thread of its own: nothing that plays waits for it. It keeps
//! the picture's time: where no device played, and where blocks found no place, it is silent for as long.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crate::file::WavWriter;
use crate::rate_adapter::RateAdapter;
use output::Audio;

/// Blocks that may wait for the disk.
const BLOCKS: usize = 256;
/// Sound that is later than this, in seconds, is not merely late: some of it is missing. So much too early, it is too much.
const LATE: f64 = 0.25;
/// The clock of a device and the one of the show drift apart, by seconds a day. What is usual is followed with this
/// time constant, in seconds, so that the drift is never taken for a gap.
const USUAL: f64 = 60.0;

/// A piece of a recording.
enum RecordedChunk {
    /// Left and right in turn, at a sample rate.
    Sound(Vec<f32>, u32),
    /// For so many seconds.
    Silence(f64),
}

/// A recording; it ends when it is dropped. The file is closed after that, by itself: a disk that stands still must not
/// hold the sound.
pub struct AudioRecording {
    path: PathBuf,
    blocks: SyncSender<RecordedChunk>,
    begun: Instant,
    pace: DriftTracker,
}

impl AudioRecording {
    /// Begins a file at a sample rate: .wav as it is, anything else encoded.
    pub fn begin(path: PathBuf, rate: u32) -> Option<Self> {
        let (take, inbox) = Self::new(path);
        let file = take.path.clone();
        let write = move || {
            if let Err(e) = write(&file, rate, &inbox) {
                eprintln!("{e}; the show goes on");
            }
        };
        std::thread::Builder::new().name("sound file".into()).spawn(write).ok()?;
        Some(take)
    }

    fn new(path: PathBuf) -> (Self, Receiver<RecordedChunk>) {
        let (blocks, inbox) = sync_channel(BLOCKS);
        (Self { path, blocks, begun: Instant::now(), pace: DriftTracker::default() }, inbox)
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds what was played up to now at a sample rate, left and right in turn; false if there is no place for it.
    pub fn add(&mut self, block: Vec<f32>, rate: u32) -> bool {
        self.add_at(self.begun.elapsed(), block, rate)
    }

    fn add_at(&mut self, now: Duration, mut block: Vec<f32>, rate: u32) -> bool {
        let length = |block: &[f32]| block.len() as f64 / 2.0 / rate as f64;
        let missing = self.pace.missing(now.as_secs_f64(), length(&block));
        if missing < 0.0 {
            // A device with a large buffer takes all of it at once when it is opened.
            let kept = (length(&block) + missing).max(0.0);
            block.truncate(2 * (kept * rate as f64).round() as usize);
        }
        let seconds = length(&block);
        (missing <= 0.0 || self.send(RecordedChunk::Silence(missing), missing))
            && self.send(RecordedChunk::Sound(block, rate), seconds)
    }

    fn send(&mut self, block: RecordedChunk, seconds: f64) -> bool {
        let sent = self.blocks.try_send(block).is_ok();
        self.pace.given += if sent { seconds } else { 0.0 };
        sent
    }
}

/// How far a recording has come, against the time that has passed, in seconds.
#[derive(Default)]
struct DriftTracker {
    given: f64,
    usual: f64,
    seen: f64,
}

impl DriftTracker {
    /// What is missing before a piece that was played up to `now`; less than nothing where there is too much.
    fn missing(&mut self, now: f64, seconds: f64) -> f64 {
        let more = now - self.given - seconds - self.usual;
        if more.abs() > LATE {
            return more;
        }
        self.usual += more * ((now - self.seen) / USUAL).min(1.0);
        self.seen = now;
        0.0
    }
}

type WriteOutcome = Result<(), Box<dyn std::error::Error>>;

fn write(path: &Path, rate: u32, inbox: &Receiver<RecordedChunk>) -> WriteOutcome {
    if path.extension().is_some_and(|e| e == "wav") {
        let mut wav = WavWriter::create(path, rate)?;
        pour(inbox, rate, |samples| Ok(wav.add(samples)?))?;
        wav.finish()?;
    } else {
        let mut audio = Audio::create(path, rate)?;
        pour(inbox, rate, |samples| Ok(audio.add(samples)?))?;
        audio.finish()?;
    }
    Ok(())
}

/// Everything that comes, at one rate.
fn pour(
    inbox: &Receiver<RecordedChunk>,
    rate: u32,
    mut into: impl FnMut(&[f32]) -> WriteOutcome,
) -> WriteOutcome {
    let (mut bridge, mut samples) = (RateAdapter::new(rate), Vec::new());
    for block in inbox {
        match block {
            RecordedChunk::Sound(block, from) => bridge.bring(&block, from, &mut samples),
            RecordedChunk::Silence(seconds) => {
                bridge.end(&mut samples);
                into(&std::mem::take(&mut samples))?;
                let second = vec![0.0; 2 * rate as usize];
                let mut left = 2 * (seconds * rate as f64).round() as usize;
                while left > 0 {
                    let now = left.min(second.len());
                    into(&second[..now])?;
                    left -= now;
                }
            }
        }
        into(&samples)?;
        samples.clear();
    }
    bridge.end(&mut samples);
    into(&samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a click every tenth of a second for five, at the rate that `rate` gives, or nothing; where the clicks are
    /// in the file, and how long it is.
    fn clicks(rate: impl Fn(u32) -> Option<u32>) -> (Vec<f64>, f64) {
        let (mut take, inbox) = AudioRecording::new(PathBuf::new());
        for (i, rate) in (0..50).filter_map(|i| Some((i, rate(i)?))) {
            let mut block = vec![0.0; rate as usize / 5];
            let middle = rate as usize / 10;
            block[middle..middle + rate as usize / 500].fill(0.5);
            assert!(take.add_at(Duration::from_millis(100 * (i as u64 + 1)), block, rate));
        }
        drop(take);
        let mut left = Vec::new();
        pour(&inbox, 48_000, |samples| {
            left.extend(samples.iter().step_by(2).copied());
            Ok(())
        })
        .unwrap();
        let begins =
            |i: &usize| left[*i] > 0.25 && left[i.saturating_sub(2000)..*i].iter().all(|v| *v < 0.25);
        ((0..left.len()).filter(begins).map(|i| i as f64 / 48_000.0).collect(), left.len() as f64 / 48_000.0)
    }

    fn at(i: u32) -> f64 {
        i as f64 / 10.0 + 0.05
    }

    #[test]
    fn where_no_device_played_it_is_silent_for_as_long() {
        // Gone from 2.0 to 2.8, then back with another rate.
        let (heard, seconds) = clicks(|i| match i {
            0..20 => Some(48_000),
            20..28 => None,
            _ => Some(44_100),
        });
        let wanted: Vec<f64> = (0..20).chain(28..50).map(at).collect();
        assert_eq!(heard.len(), wanted.len(), "{heard:?}");
        heard.iter().zip(&wanted).for_each(|(h, w)| assert!((h - w).abs() < 0.002, "{h} for {w}"));
        assert!((seconds - 5.0).abs() < 0.01, "{seconds}");
    }

    #[test]
    fn a_buffer_that_is_filled_at_once_is_not_heard_before_its_time() {
        let (mut take, inbox) = AudioRecording::new(PathBuf::new());
        for i in 0..40u64 {
            // At 2.0 another device takes a second and a half.
            let seconds = if i == 20 { 1.5 } else { 0.1 };
            assert!(take.add_at(
                Duration::from_millis(100 * (i + 1)),
                vec![0.1; (seconds * 96_000.0) as usize],
                48_000
            ));
        }
        drop(take);
        let mut samples = 0;
        pour(&inbox, 48_000, |block| {
            samples += block.len();
            Ok(())
        })
        .unwrap();
        assert!((samples as f64 / 96_000.0 - 4.0).abs() < 0.02, "{samples}");
    }

    #[test]
    fn blocks_that_come_late_or_from_a_drifting_clock_are_no_gap() {
        for drift in [-2e-4, 2e-4] {
            let mut pace = DriftTracker::default();
            for i in 0..864_000u32 {
                let late = 0.09 * ((i * 7919) % 10) as f64 / 10.0;
                let now = (i + 1) as f64 / 10.0 * (1.0 + drift) + late;
                assert_eq!(pace.missing(now, 0.1), 0.0, "tenth {i} of a day that drifts by {drift}");
                pace.given += 0.1;
            }
            assert!(pace.missing(86_400.0 * (1.0 + drift) + 0.6, 0.1) > 0.3);
        }
    }
}
