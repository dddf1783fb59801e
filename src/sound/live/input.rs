//! Audio input: a thread that analyses the samples of an input device and publishes the signals.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use super::status::AudioStatus;
use crate::analysis::{Analyser, silence};
use crate::file::{Layout, mix};
use crate::resample::Resampler;
use show::Worker;
use world::audible::AUDIO_RATE;

/// Polling interval of the ring: much shorter than the latency of the analysis.
const POLL: Duration = Duration::from_millis(3);

/// The end in the device's callback: takes samples, never waits.
pub struct InputCallback {
    ring: Producer<f32>,
    channels: usize,
    frames: Arc<AtomicU64>,
}

impl InputCallback {
    /// Takes one frame. Channels are analysed one by one: a balanced signal in opposite phase on two of them would
    /// cancel in their sum.
    #[inline]
    pub fn take(&mut self, frame: impl IntoIterator<Item = f32>) {
        // If the analysis cannot keep up, whole frames are dropped.
        if self.ring.slots() >= self.channels {
            for v in frame.into_iter().take(self.channels) {
                let _ = self.ring.push(v);
            }
        }
    }
    /// Counts the frames of a block: a heartbeat of the device.
    pub fn count(&self, frames: u64) {
        self.frames.fetch_add(frames, Relaxed);
    }
}

/// The analysis thread; it ends when this is dropped.
pub struct AudioInput {
    frames: Arc<AtomicU64>,
    worker: Option<Worker>,
    status: Arc<AudioStatus>,
}

impl AudioInput {
    /// Starts the analysis of a device with a sample rate, Hz, and a number of channels; returns the end for its
    /// callback.
    pub fn open(rate: u32, channels: usize, status: Arc<AudioStatus>) -> (Self, InputCallback) {
        let channels = channels.max(1);
        let (ring, samples) = RingBuffer::new(rate as usize * channels);
        let frames = Arc::new(AtomicU64::new(0));
        let shared = status.clone();
        let worker =
            Worker::start("audio input", move |end| listen(rate, channels, samples, end, &shared)).ok();
        (Self { frames: frames.clone(), worker, status }, InputCallback { ring, channels, frames })
    }

    /// Frames received so far: constant while the device is stalled.
    pub fn frames(&self) -> u64 {
        self.frames.load(Relaxed)
    }
}

impl Drop for AudioInput {
    fn drop(&mut self) {
        self.worker = None;
        // Without input the signals are those of silence.
        self.status.set_signals(silence());
    }
}

/// What the worlds hear of the input: its channels as one, at their rate.
struct Room {
    status: Arc<AudioStatus>,
    /// Where the device has another rate.
    resampler: Option<Resampler>,
    mono: Vec<f32>,
    resampled: Vec<f32>,
}

impl Room {
    fn new(rate: u32, status: Arc<AudioStatus>) -> Self {
        let resampler = (rate != AUDIO_RATE).then(|| Resampler::new(rate, AUDIO_RATE, 1));
        Self { status, resampler, mono: Vec::new(), resampled: Vec::new() }
    }

    fn take(&mut self, channels: usize, frames: &[f32]) {
        self.mono.clear();
        mix(channels, frames, &mut self.mono);
        match &mut self.resampler {
            None => self.status.room().push(&self.mono),
            Some(resampler) => {
                self.resampled.clear();
                resampler.push(&self.mono, &mut self.resampled);
                self.status.room().push(&self.resampled);
            }
        }
    }
}

fn listen(
    rate: u32,
    channels: usize,
    mut samples: Consumer<f32>,
    ending: &AtomicBool,
    status: &Arc<AudioStatus>,
) {
    let (mut analyser, layout) = (Analyser::new(rate), Layout::inputs(channels));
    let mut frames = Vec::new();
    let mut room = Room::new(rate, status.clone());
    let mut hops = 0.0;
    while !ending.load(Relaxed) {
        let n = samples.slots() / channels * channels;
        if let Ok(chunk) = samples.read_chunk(n) {
            let (a, b) = chunk.as_slices();
            frames.clear();
            frames.extend_from_slice(a);
            frames.extend_from_slice(b);
            chunk.commit_all();
            analyser.process(&layout, &frames);
            room.take(channels, &frames);
        }
        let now = analyser.get("hops");
        if now > hops {
            hops = now;
            status.set_signals(analyser.signals().to_vec());
        }
        std::thread::sleep(POLL);
    }
}
