//! Read-ahead of a clip for a synth: a ring of two seconds. The synth runs in a device's callback, where nothing may
//! wait, so a thread of its own decodes; in offline rendering the ring is filled in step.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use super::clip::Clip;
use super::stream::Stream;
use show::Worker;

/// Read-ahead, s.
const AHEAD: usize = 2;
/// Frames decoded at once.
const BLOCK: usize = 1024;
/// How long the thread sleeps while the ring is full.
const SLEEP: Duration = Duration::from_millis(5);

/// State shared by both ends.
#[derive(Default)]
struct Shared {
    /// The frame of the latest seek request, and the number of requests.
    wanted: AtomicU64,
    requested: AtomicU64,
    /// Number of the last request that was answered, and the sample count of the ring at that point.
    answered: AtomicU64,
    boundary: AtomicU64,
}

/// The consumer end, in the synth.
pub struct ReadAheadConsumer {
    ring: Consumer<f32>,
    shared: Arc<Shared>,
    popped: u64,
    /// The next frame.
    place: u64,
    requested: u64,
    awaits: Option<u64>,
    /// Frames to pause until the show has caught up.
    hold: u64,
    rate: u64,
}

/// The worker end, which decodes.
pub struct ReadAheadWorker {
    stream: Stream,
    ring: Producer<f32>,
    shared: Arc<Shared>,
    pushed: u64,
    answered: u64,
    block: Vec<f32>,
}

/// The read-ahead thread; it ends when this is dropped.
pub struct ReadAhead {
    _worker: Option<Worker>,
}

impl Clip {
    /// Both ends of a read-ahead at a sample rate, Hz, for a synth.
    pub fn feed(&self, rate: u32) -> (ReadAheadConsumer, ReadAheadWorker) {
        read_ahead(Stream::open(self, rate, true), rate)
    }
}

/// Both ends for a stereo stream at a sample rate, Hz.
pub fn read_ahead(stream: Stream, rate: u32) -> (ReadAheadConsumer, ReadAheadWorker) {
    let (ring, samples) = RingBuffer::new(2 * AHEAD * rate as usize);
    let shared = Arc::new(Shared::default());
    let track = ReadAheadConsumer {
        ring: samples,
        shared: shared.clone(),
        popped: 0,
        place: 0,
        requested: 0,
        awaits: None,
        hold: 0,
        rate: rate as u64,
    };
    (track, ReadAheadWorker { stream, ring, shared, pushed: 0, answered: 0, block: Vec::new() })
}

impl ReadAheadWorker {
    /// Executes a seek request, and decodes a block if there is room; returns whether it decoded.
    pub fn fill(&mut self) -> bool {
        let requested = self.shared.requested.load(Ordering::Acquire);
        if requested != self.answered {
            self.stream.seek(self.shared.wanted.load(Ordering::Acquire));
            self.answered = requested;
            self.shared.boundary.store(self.pushed, Ordering::Release);
            self.shared.answered.store(requested, Ordering::Release);
        }
        if self.ring.slots() < 2 * BLOCK {
            return false;
        }
        self.block.clear();
        let block = &mut self.block;
        self.stream.read(BLOCK as u64, &mut |_, frames| block.extend_from_slice(frames));
        for v in &self.block {
            // There was room, and nobody else writes.
            let _ = self.ring.push(*v);
        }
        self.pushed += self.block.len() as u64;
        true
    }

    /// Decodes on a thread of its own.
    pub fn run(mut self) -> ReadAhead {
        let work = move |end: &std::sync::atomic::AtomicBool| {
            while !end.load(Ordering::Relaxed) {
                if !self.fill() {
                    std::thread::sleep(SLEEP);
                }
            }
        };
        ReadAhead { _worker: Worker::start("sound ahead", work).ok() }
    }
}

impl ReadAheadConsumer {
    /// Follows the show to a frame: skips a little ahead, pauses if it is early, and seeks otherwise. Never waits.
    pub fn go(&mut self, wanted: u64) {
        let near = self.rate / 10;
        if self.awaits.is_some() {
            return;
        }
        if wanted > self.place + near {
            let there = (self.ring.slots() / 2) as u64;
            let skipped = (wanted - self.place).min(there);
            self.discard(2 * skipped as usize);
            self.place += skipped;
            self.hold = 0;
            if wanted > self.place + self.rate * AHEAD as u64 {
                self.request_seek(wanted);
            }
        } else if self.place > wanted + near {
            match self.place - wanted {
                early if early < self.rate => self.hold = early,
                _ => self.request_seek(wanted),
            }
        }
    }

    fn request_seek(&mut self, wanted: u64) {
        self.shared.wanted.store(wanted, Ordering::Release);
        self.requested += 1;
        self.shared.requested.store(self.requested, Ordering::Release);
        (self.awaits, self.hold) = (Some(wanted), 0);
    }

    fn discard(&mut self, samples: usize) {
        if let Ok(chunk) = self.ring.read_chunk(samples) {
            self.popped += samples as u64;
            chunk.commit_all();
        }
    }

    /// Sample rate, Hz.
    pub fn rate(&self) -> u32 {
        self.rate as u32
    }

    /// The next frame; silence while it is not decoded yet.
    #[inline]
    pub fn frame(&mut self) -> [f32; 2] {
        if let Some(wanted) = self.awaits {
            self.complete_seek(wanted);
            return [0.0; 2];
        }
        if self.hold > 0 {
            // The frames stay in the ring while the show catches up.
            self.hold -= 1;
            return [0.0; 2];
        }
        if self.ring.slots() < 2 {
            return [0.0; 2];
        }
        self.place += 1;
        self.popped += 2;
        [self.ring.pop().unwrap_or(0.0), self.ring.pop().unwrap_or(0.0)]
    }

    /// Completes a seek once it is answered, and discards older samples in the ring.
    fn complete_seek(&mut self, wanted: u64) {
        if self.shared.answered.load(Ordering::Acquire) != self.requested {
            return;
        }
        let old = self.shared.boundary.load(Ordering::Acquire).saturating_sub(self.popped) as usize;
        self.discard(old.min(self.ring.slots()));
        if self.popped >= self.shared.boundary.load(Ordering::Acquire) {
            (self.place, self.awaits) = (wanted, None);
        }
    }
}
