//! Analyses a clip in step with the clock of a show; the clip loops.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use super::clip::Clip;
use super::layout::Layout;
use super::stream::Stream;
use crate::RATE;
use crate::analysis::{Analyser, SIGNALS};
use show::Worker;

/// Frames of a chunk that is read ahead, and the number of chunks: 2.7 seconds.
const CHUNK: u64 = 2048;
const CHUNKS: usize = 64;
/// How long the thread sleeps while the queue is full.
const SLEEP: Duration = Duration::from_millis(5);
/// No position.
const NOWHERE: u64 = u64::MAX;

/// The reader of the clip.
enum ClipReader {
    /// Decoded synchronously: the samples are a function of file and tick.
    Sync(Box<Stream>),
    /// Read ahead by a thread: a show never waits for a disk.
    Ahead(AsyncReader),
}

/// Analyses a clip.
pub struct ClipAnalyser {
    analyser: Analyser,
    input: ClipReader,
    tick: f64,
    analysed: u64,
    room: Vec<f32>,
}

impl ClipAnalyser {
    /// Analyses a clip at `ticks` a second, decoded synchronously, so that the same ticks always get the same signals.
    pub fn new(clip: &Clip, ticks: f64) -> Self {
        Self::with(ClipReader::Sync(Box::new(Stream::open(clip, RATE, false))), ticks)
    }

    /// The same for a live show, which must not wait: a thread reads ahead, and late samples are analysed later.
    pub fn read_ahead(clip: &Clip, ticks: f64) -> Self {
        Self::with(ClipReader::Ahead(AsyncReader::open(Stream::open(clip, RATE, false))), ticks)
    }

    fn with(input: ClipReader, ticks: f64) -> Self {
        Self {
            analyser: Analyser::new(RATE),
            input,
            tick: RATE as f64 / ticks.max(1.0),
            analysed: 0,
            room: Vec::new(),
        }
    }

    /// Analyses up to the end of tick `tick`; returns the signals: (name without `sound.`, value).
    pub fn tick(&mut self, tick: u64) -> impl Iterator<Item = (&'static str, f64)> {
        let until = ((tick + 1) as f64 * self.tick + 1e-6) as u64;
        // After a jump of the clock only the newest second counts.
        let from = self.analysed.max(until.saturating_sub(RATE as u64)).min(until);
        self.room.clear();
        let (analyser, room) = (&mut self.analyser, &mut self.room);
        let mut take = |layout: &Layout, frames: &[f32]| {
            analyser.process(layout, frames);
            mix(layout.channels(), frames, room);
        };
        match &mut self.input {
            ClipReader::Sync(stream) => {
                if from != self.analysed {
                    stream.seek(from);
                }
                stream.read(until - from, &mut take);
                self.analysed = until;
            }
            ClipReader::Ahead(ahead) => {
                if from != self.analysed {
                    ahead.go(from);
                }
                self.analysed = from + ahead.read(until - from, &mut take);
            }
        }
        SIGNALS.iter().map(|s| s.name).zip(self.analyser.signals().iter().copied())
    }

    /// The samples of the tick that was analysed last, mono at [`RATE`].
    pub fn room(&self) -> &[f32] {
        &self.room
    }
}

/// Appends the mean of the channels of interleaved frames.
pub(crate) fn mix(channels: usize, frames: &[f32], mono: &mut Vec<f32>) {
    let channels = channels.max(1);
    mono.extend(frames.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32));
}

/// Consecutive frames from a position.
struct AudioChunk {
    place: u64,
    layout: Arc<Layout>,
    samples: Vec<f32>,
}

/// The consumer end, on the show's thread.
struct AsyncReader {
    chunks: Receiver<AudioChunk>,
    wanted: Arc<AtomicU64>,
    /// Position of the next frame to read, and of the end of the queue so far.
    place: u64,
    queue: u64,
    /// Whether a seek is pending.
    pending: bool,
    front: Option<AudioChunk>,
    _worker: Option<Worker>,
}

impl AsyncReader {
    fn open(stream: Stream) -> Self {
        let (send, chunks) = sync_channel(CHUNKS);
        let wanted = Arc::new(AtomicU64::new(NOWHERE));
        let requests = wanted.clone();
        let work = move |end: &AtomicBool| decode(stream, &send, &requests, end);
        let worker = Worker::start("sound ahead", work).ok();
        Self { chunks, wanted, place: 0, queue: 0, pending: false, front: None, _worker: worker }
    }

    /// Seeks to a position; if it is a little ahead, it is in the queue or soon will be.
    fn go(&mut self, place: u64) {
        self.place = place;
        let begin = self.front.as_ref().map_or(self.queue, |p| p.place);
        if !(begin..begin + CHUNK * CHUNKS as u64).contains(&place) {
            self.request_seek();
        }
    }

    fn request_seek(&mut self) {
        (self.pending, self.front) = (true, None);
        self.wanted.store(self.place, Ordering::Release);
    }

    /// Passes on the next frames that are available; returns their number.
    fn read(&mut self, frames: u64, each: &mut dyn FnMut(&Layout, &[f32])) -> u64 {
        let (begun, until) = (self.place, self.place + frames);
        while self.place < until {
            if self.front.is_none() {
                self.front = self.chunks.try_recv().ok();
            }
            let Some(chunk) = &self.front else { break };
            let n = chunk.layout.channels();
            let end = chunk.place + (chunk.samples.len() / n) as u64;
            if !(chunk.place..end).contains(&self.place) {
                // From before a seek, unless the position was lost.
                let lost = chunk.place > self.place && !self.pending;
                (self.queue, self.front) = (end, None);
                if lost {
                    self.request_seek();
                }
                continue;
            }
            let (from, to) = (self.place - chunk.place, until.min(end) - chunk.place);
            each(&chunk.layout, &chunk.samples[n * from as usize..n * to as usize]);
            (self.place, self.pending) = (chunk.place + to, false);
        }
        self.place - begun
    }
}

/// Reads ahead until the consumer is dropped.
fn decode(mut stream: Stream, send: &SyncSender<AudioChunk>, wanted: &AtomicU64, end: &AtomicBool) {
    let mut ready: Vec<AudioChunk> = Vec::new();
    while !end.load(Ordering::Relaxed) {
        let place = wanted.swap(NOWHERE, Ordering::AcqRel);
        if place != NOWHERE {
            stream.seek(place);
            ready.clear();
        }
        if ready.is_empty() {
            let mut place = stream.place();
            stream.read(CHUNK, &mut |layout, frames| {
                ready.push(AudioChunk { place, layout: Arc::new(layout.clone()), samples: frames.to_vec() });
                place += (frames.len() / layout.channels()) as u64;
            });
        }
        let chunk = ready.remove(0);
        match send.try_send(chunk) {
            Ok(()) => {}
            Err(TrySendError::Full(chunk)) => {
                ready.insert(0, chunk);
                std::thread::sleep(SLEEP);
            }
            Err(TrySendError::Disconnected(_)) => return,
        }
    }
}
