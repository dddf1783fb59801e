//! A clip that a show listens to, in step with its clock: from the beginning again when it ends.

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

/// Frames of a piece that is decoded ahead, and how many of them: 2.7 seconds.
const PIECE: u64 = 2048;
const PIECES: usize = 64;
/// How long the thread sleeps while nobody wants more.
const SLEEP: Duration = Duration::from_millis(5);
/// No place.
const NOWHERE: u64 = u64::MAX;

/// Where the sound comes from.
enum ClipReader {
    /// Decoded on the spot: what is heard is a function of file and tick.
    Sync(Box<Stream>),
    /// Decoded ahead by a thread: a show never waits for a disk.
    Ahead(AsyncReader),
}

/// Listens to a clip.
pub struct ClipAnalyser {
    analyser: Analyser,
    input: ClipReader,
    tick: f64,
    heard: u64,
}

impl ClipAnalyser {
    /// Listens to a clip at so many ticks a second; it is decoded when it is heard, so that the same ticks always hear the
    /// same.
    pub fn new(clip: &Clip, ticks: f64) -> Self {
        Self::with(ClipReader::Sync(Box::new(Stream::open(clip, RATE, false))), ticks)
    }

    /// The same beside a show, which must not wait: a thread decodes ahead, and what is not there yet is heard later.
    pub fn beside(clip: &Clip, ticks: f64) -> Self {
        Self::with(ClipReader::Ahead(AsyncReader::open(Stream::open(clip, RATE, false))), ticks)
    }

    fn with(input: ClipReader, ticks: f64) -> Self {
        Self { analyser: Analyser::new(RATE), input, tick: RATE as f64 / ticks.max(1.0), heard: 0 }
    }

    /// Hears what sounds until the end of tick `tick`, and gives the signals: (name without `sound.`, value).
    pub fn tick(&mut self, tick: u64) -> impl Iterator<Item = (&'static str, f64)> {
        let until = ((tick + 1) as f64 * self.tick + 1e-6) as u64;
        // After a jump of the clock only the newest second counts.
        let from = self.heard.max(until.saturating_sub(RATE as u64)).min(until);
        let analyser = &mut self.analyser;
        match &mut self.input {
            ClipReader::Sync(stream) => {
                if from != self.heard {
                    stream.seek(from);
                }
                stream.read(until - from, &mut |layout, frames| analyser.hear(layout, frames));
                self.heard = until;
            }
            ClipReader::Ahead(ahead) => {
                if from != self.heard {
                    ahead.go(from);
                }
                self.heard =
                    from + ahead.read(until - from, &mut |layout, frames| analyser.hear(layout, frames));
            }
        }
        SIGNALS.iter().map(|s| s.name).zip(self.analyser.signals().iter().copied())
    }
}

/// Frames in a row, from a place on.
struct AudioChunk {
    place: u64,
    layout: Arc<Layout>,
    samples: Vec<f32>,
}

/// The end of the show's thread.
struct AsyncReader {
    pieces: Receiver<AudioChunk>,
    wanted: Arc<AtomicU64>,
    /// Where the next frame is expected, and where the queue has come.
    place: u64,
    queue: u64,
    /// Whether another place was asked for that has not come yet.
    asked: bool,
    front: Option<AudioChunk>,
    _worker: Option<Worker>,
}

impl AsyncReader {
    fn open(stream: Stream) -> Self {
        let (send, pieces) = sync_channel(PIECES);
        let wanted = Arc::new(AtomicU64::new(NOWHERE));
        let asked = wanted.clone();
        let work = move |end: &AtomicBool| decode(stream, &send, &asked, end);
        let worker = Worker::start("sound ahead", work).ok();
        Self { pieces, wanted, place: 0, queue: 0, asked: false, front: None, _worker: worker }
    }

    /// Frames from `place` on come next. What lies a little ahead is in the queue, or soon will be.
    fn go(&mut self, place: u64) {
        self.place = place;
        let begin = self.front.as_ref().map_or(self.queue, |p| p.place);
        if !(begin..begin + PIECE * PIECES as u64).contains(&place) {
            self.ask();
        }
    }

    fn ask(&mut self) {
        (self.asked, self.front) = (true, None);
        self.wanted.store(self.place, Ordering::Release);
    }

    /// Gives as many of the next frames as are there; how many these were.
    fn read(&mut self, frames: u64, each: &mut dyn FnMut(&Layout, &[f32])) -> u64 {
        let (begun, until) = (self.place, self.place + frames);
        while self.place < until {
            if self.front.is_none() {
                self.front = self.pieces.try_recv().ok();
            }
            let Some(piece) = &self.front else { break };
            let n = piece.layout.channels();
            let end = piece.place + (piece.samples.len() / n) as u64;
            if !(piece.place..end).contains(&self.place) {
                // From before a jump, unless the place was lost.
                let lost = piece.place > self.place && !self.asked;
                (self.queue, self.front) = (end, None);
                if lost {
                    self.ask();
                }
                continue;
            }
            let (from, to) = (self.place - piece.place, until.min(end) - piece.place);
            each(&piece.layout, &piece.samples[n * from as usize..n * to as usize]);
            (self.place, self.asked) = (piece.place + to, false);
        }
        self.place - begun
    }
}

/// Decodes ahead until nobody listens.
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
            stream.read(PIECE, &mut |layout, frames| {
                ready.push(AudioChunk { place, layout: Arc::new(layout.clone()), samples: frames.to_vec() });
                place += (frames.len() / layout.channels()) as u64;
            });
        }
        let piece = ready.remove(0);
        match send.try_send(piece) {
            Ok(()) => {}
            Err(TrySendError::Full(piece)) => {
                ready.insert(0, piece);
                std::thread::sleep(SLEEP);
            }
            Err(TrySendError::Disconnected(_)) => return,
        }
    }
}
