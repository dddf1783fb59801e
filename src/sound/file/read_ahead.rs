//! A clip on its way to a synth: a ring of two seconds, filled ahead. The synth lives in a device's callback, where nothing
//! may wait, so what decodes is a thread of its own; where sound is made for a file, it is filled in step.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use super::stream::Stream;
use show::Worker;

/// Seconds that are decoded ahead.
const AHEAD: usize = 2;
/// Frames that are decoded at once.
const BLOCK: usize = 1024;
/// How long the thread sleeps while the ring is full.
const SLEEP: Duration = Duration::from_millis(5);

/// What both ends share.
#[derive(Default)]
struct Shared {
    /// The frame that is wanted next, and how often another one was.
    wanted: AtomicU64,
    asked: AtomicU64,
    /// How many of these wishes are fulfilled, and after how many samples in the ring.
    answered: AtomicU64,
    boundary: AtomicU64,
}

/// The synth's end.
pub struct ReadAheadConsumer {
    ring: Consumer<f32>,
    shared: Arc<Shared>,
    popped: u64,
    /// The frame that comes next.
    place: u64,
    asked: u64,
    awaits: Option<u64>,
    /// Frames for which it stands, until the show has caught up.
    hold: u64,
    rate: u64,
}

/// The other end: decodes.
pub struct ReadAheadWorker {
    stream: Stream,
    ring: Producer<f32>,
    shared: Arc<Shared>,
    pushed: u64,
    answered: u64,
    block: Vec<f32>,
}

/// A thread that decodes ahead; it ends when this is dropped.
pub struct ReadAhead {
    _worker: Option<Worker>,
}

/// Both ends for a stereo stream at a sample rate.
pub fn read_ahead(stream: Stream, rate: u32) -> (ReadAheadConsumer, ReadAheadWorker) {
    let (ring, samples) = RingBuffer::new(2 * AHEAD * rate as usize);
    let shared = Arc::new(Shared::default());
    let track = ReadAheadConsumer {
        ring: samples,
        shared: shared.clone(),
        popped: 0,
        place: 0,
        asked: 0,
        awaits: None,
        hold: 0,
        rate: rate as u64,
    };
    (track, ReadAheadWorker { stream, ring, shared, pushed: 0, answered: 0, block: Vec::new() })
}

impl ReadAheadWorker {
    /// Decodes a block, if there is room or another place is wanted; whether it did.
    pub fn fill(&mut self) -> bool {
        let asked = self.shared.asked.load(Ordering::Acquire);
        if asked != self.answered {
            self.stream.seek(self.shared.wanted.load(Ordering::Acquire));
            self.answered = asked;
            self.shared.boundary.store(self.pushed, Ordering::Release);
            self.shared.answered.store(asked, Ordering::Release);
        }
        if self.ring.slots() < 2 * BLOCK {
            return false;
        }
        self.block.clear();
        let block = &mut self.block;
        self.stream.read(BLOCK as u64, &mut |_, frames| block.extend_from_slice(frames));
        for v in &self.block {
            // There was room just now, and nobody else puts anything in.
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
    /// The show is at this frame: what lies a little ahead is skipped to, what was played too early is waited for, and
    /// anything else is fetched. Never waits.
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
                self.ask(wanted);
            }
        } else if self.place > wanted + near {
            match self.place - wanted {
                early if early < self.rate => self.hold = early,
                _ => self.ask(wanted),
            }
        }
    }

    fn ask(&mut self, wanted: u64) {
        self.shared.wanted.store(wanted, Ordering::Release);
        self.asked += 1;
        self.shared.asked.store(self.asked, Ordering::Release);
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

    /// The next frame; silence while it is still on its way.
    #[inline]
    pub fn frame(&mut self) -> [f32; 2] {
        if let Some(wanted) = self.awaits {
            self.look(wanted);
            return [0.0; 2];
        }
        if self.hold > 0 {
            // The frames stay in the ring; the show comes nearer.
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

    /// Whether what was asked for has come: what lies before it in the ring is let go.
    fn look(&mut self, wanted: u64) {
        if self.shared.answered.load(Ordering::Acquire) != self.asked {
            return;
        }
        let old = self.shared.boundary.load(Ordering::Acquire).saturating_sub(self.popped) as usize;
        self.discard(old.min(self.ring.slots()));
        if self.popped >= self.shared.boundary.load(Ordering::Acquire) {
            (self.place, self.awaits) = (wanted, None);
        }
    }
}
