//! Records the sound to disk on a thread of its own: playback never waits for it. The recording stays in sync with the
//! picture: where no device played, and where blocks were dropped, it has silence of the same length.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crate::file::WavWriter;
use crate::rate_adapter::RateAdapter;
use output::Audio;

/// Capacity of the queue to the disk, blocks.
const BLOCKS: usize = 256;
/// Deviation, in seconds, above which sound is not merely late but missing, or not merely early but surplus.
const LATE: f64 = 0.25;
/// Clock drift compensation: device and show clocks drift by seconds a day. The mean deviation is tracked with this
/// time constant, in seconds, so that drift is never taken for a gap.
const TRACKING: f64 = 60.0;

/// A chunk of a recording.
enum RecordedChunk {
    /// Interleaved stereo, at a sample rate, Hz.
    Sound(Vec<f32>, u32),
    /// Its duration, s.
    Silence(f64),
}

/// A recording; it ends when dropped. The file is then closed in the background: a stalled disk must not block the
/// sound.
pub struct AudioRecording {
    path: PathBuf,
    blocks: SyncSender<RecordedChunk>,
    begun: Instant,
    drift: DriftTracker,
}

impl AudioRecording {
    /// Starts a file at a sample rate, Hz: .wav as PCM, anything else encoded.
    pub fn begin(path: PathBuf, rate: u32) -> Option<Self> {
        let (recording, inbox) = Self::new(path);
        let file = recording.path.clone();
        let write = move || {
            if let Err(e) = write(&file, rate, &inbox) {
                eprintln!("{e}; the show continues without the sound recording");
            }
        };
        std::thread::Builder::new().name("sound file".into()).spawn(write).ok()?;
        Some(recording)
    }

    fn new(path: PathBuf) -> (Self, Receiver<RecordedChunk>) {
        let (blocks, inbox) = sync_channel(BLOCKS);
        (Self { path, blocks, begun: Instant::now(), drift: DriftTracker::default() }, inbox)
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds what was played up to now, interleaved stereo at a sample rate, Hz; false if it was dropped.
    pub fn add(&mut self, block: Vec<f32>, rate: u32) -> bool {
        self.add_at(self.begun.elapsed(), block, rate)
    }

    fn add_at(&mut self, now: Duration, mut block: Vec<f32>, rate: u32) -> bool {
        let length = |block: &[f32]| block.len() as f64 / 2.0 / rate as f64;
        let missing = self.drift.missing(now.as_secs_f64(), length(&block));
        if missing < 0.0 {
            // A device with a large buffer fills all of it at once when it is opened.
            let kept = (length(&block) + missing).max(0.0);
            block.truncate(2 * (kept * rate as f64).round() as usize);
        }
        let seconds = length(&block);
        (missing <= 0.0 || self.send(RecordedChunk::Silence(missing), missing))
            && self.send(RecordedChunk::Sound(block, rate), seconds)
    }

    fn send(&mut self, block: RecordedChunk, seconds: f64) -> bool {
        let sent = self.blocks.try_send(block).is_ok();
        self.drift.given += if sent { seconds } else { 0.0 };
        sent
    }
}

/// Duration recorded against time elapsed, s.
#[derive(Default)]
struct DriftTracker {
    given: f64,
    offset: f64,
    seen: f64,
}

impl DriftTracker {
    /// Seconds missing before a chunk that was played up to `now`; negative for surplus.
    fn missing(&mut self, now: f64, seconds: f64) -> f64 {
        let more = now - self.given - seconds - self.offset;
        if more.abs() > LATE {
            return more;
        }
        self.offset += more * ((now - self.seen) / TRACKING).min(1.0);
        self.seen = now;
        0.0
    }
}

type WriteOutcome = Result<(), Box<dyn std::error::Error>>;

fn write(path: &Path, rate: u32, inbox: &Receiver<RecordedChunk>) -> WriteOutcome {
    if path.extension().is_some_and(|e| e == "wav") {
        let mut wav = WavWriter::create(path, rate)?;
        write_chunks(inbox, rate, |samples| Ok(wav.add(samples)?))?;
        wav.finish()?;
    } else {
        let mut audio = Audio::create(path, rate)?;
        write_chunks(inbox, rate, |samples| Ok(audio.add(samples)?))?;
        audio.finish()?;
    }
    Ok(())
}

/// Writes all chunks, resampled to one rate.
fn write_chunks(
    inbox: &Receiver<RecordedChunk>,
    rate: u32,
    mut into: impl FnMut(&[f32]) -> WriteOutcome,
) -> WriteOutcome {
    let (mut adapter, mut samples) = (RateAdapter::new(rate), Vec::new());
    for block in inbox {
        match block {
            RecordedChunk::Sound(block, from) => adapter.push(&block, from, &mut samples),
            RecordedChunk::Silence(seconds) => {
                adapter.flush(&mut samples);
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
    adapter.flush(&mut samples);
    into(&samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a click every tenth of a second for five seconds, at the rate that `rate` returns, or nothing; returns the
    /// times of the clicks in the file, and its length.
    fn clicks(rate: impl Fn(u32) -> Option<u32>) -> (Vec<f64>, f64) {
        let (mut recording, inbox) = AudioRecording::new(PathBuf::new());
        for (i, rate) in (0..50).filter_map(|i| Some((i, rate(i)?))) {
            let mut block = vec![0.0; rate as usize / 5];
            let middle = rate as usize / 10;
            block[middle..middle + rate as usize / 500].fill(0.5);
            assert!(recording.add_at(Duration::from_millis(100 * (i as u64 + 1)), block, rate));
        }
        drop(recording);
        let mut left = Vec::new();
        write_chunks(&inbox, 48_000, |samples| {
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
    fn gaps_without_a_device_become_silence_of_the_same_length() {
        // Lost from 2.0 to 2.8, then back at another rate.
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
    fn a_buffer_that_is_filled_at_once_does_not_shift_the_recording() {
        let (mut recording, inbox) = AudioRecording::new(PathBuf::new());
        for i in 0..40u64 {
            // At 2.0 another device fills a buffer of a second and a half.
            let seconds = if i == 20 { 1.5 } else { 0.1 };
            assert!(recording.add_at(
                Duration::from_millis(100 * (i + 1)),
                vec![0.1; (seconds * 96_000.0) as usize],
                48_000
            ));
        }
        drop(recording);
        let mut samples = 0;
        write_chunks(&inbox, 48_000, |block| {
            samples += block.len();
            Ok(())
        })
        .unwrap();
        assert!((samples as f64 / 96_000.0 - 4.0).abs() < 0.02, "{samples}");
    }

    #[test]
    fn late_blocks_and_clock_drift_are_not_gaps() {
        for drift in [-2e-4, 2e-4] {
            let mut tracker = DriftTracker::default();
            for i in 0..864_000u32 {
                let late = 0.09 * ((i * 7919) % 10) as f64 / 10.0;
                let now = (i + 1) as f64 / 10.0 * (1.0 + drift) + late;
                assert_eq!(tracker.missing(now, 0.1), 0.0, "tenth {i} of a day that drifts by {drift}");
                tracker.given += 0.1;
            }
            assert!(tracker.missing(86_400.0 * (1.0 + drift) + 0.6, 0.1) > 0.3);
        }
    }
}
