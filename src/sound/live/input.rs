//! The ear: a thread that listens to what a microphone hands over, and publishes what it hears.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use super::status::AudioStatus;
use crate::analysis::{Analyser, silence};
use crate::file::Layout;
use show::Worker;

/// Between two looks into the ring: much shorter than the analysis is late anyway.
const LOOK: Duration = Duration::from_millis(3);

/// The end that lies in a device's callback: takes samples, never waits.
pub struct InputCallback {
    ring: Producer<f32>,
    channels: usize,
    frames: Arc<AtomicU64>,
}

impl InputCallback {
    /// One more sample of every channel. They are measured one by one: a line that comes in opposite phase on two of them
    /// would cancel in their sum.
    #[inline]
    pub fn take(&mut self, frame: impl IntoIterator<Item = f32>) {
        // If the ear cannot follow, sound is lost, not time; and whole frames of it.
        if self.ring.slots() >= self.channels {
            for v in frame.into_iter().take(self.channels) {
                let _ = self.ring.push(v);
            }
        }
    }
    /// A block is over: it tells that the device lives.
    pub fn count(&self, frames: u64) {
        self.frames.fetch_add(frames, Relaxed);
    }
}

/// A thread that listens. It ends when this is dropped.
pub struct AudioInput {
    frames: Arc<AtomicU64>,
    worker: Option<Worker>,
    status: Arc<AudioStatus>,
}

impl AudioInput {
    /// Listens to a device of a sample rate and so many channels; gives the end for its callback.
    pub fn open(rate: u32, channels: usize, status: Arc<AudioStatus>) -> (Self, InputCallback) {
        let channels = channels.max(1);
        let (ring, samples) = RingBuffer::new(rate as usize * channels);
        let frames = Arc::new(AtomicU64::new(0));
        let told = status.clone();
        let worker = Worker::start("ear", move |end| listen(rate, channels, samples, end, &told)).ok();
        (Self { frames: frames.clone(), worker, status }, InputCallback { ring, channels, frames })
    }

    /// Frames heard so far: it stands when the device does.
    pub fn frames(&self) -> u64 {
        self.frames.load(Relaxed)
    }
}

impl Drop for AudioInput {
    fn drop(&mut self) {
        self.worker = None;
        // What nobody hears any more is silence.
        self.status.hear(silence());
    }
}

fn listen(rate: u32, channels: usize, mut samples: Consumer<f32>, ending: &AtomicBool, status: &AudioStatus) {
    let (mut analyser, layout) = (Analyser::new(rate), Layout::inputs(channels));
    let mut frames = Vec::new();
    let mut hops = 0.0;
    while !ending.load(Relaxed) {
        let n = samples.slots() / channels * channels;
        if let Ok(chunk) = samples.read_chunk(n) {
            let (a, b) = chunk.as_slices();
            frames.clear();
            frames.extend_from_slice(a);
            frames.extend_from_slice(b);
            chunk.commit_all();
            analyser.hear(&layout, &frames);
        }
        let now = analyser.get("hops");
        if now > hops {
            hops = now;
            status.hear(analyser.signals().to_vec());
        }
        std::thread::sleep(LOOK);
    }
}
