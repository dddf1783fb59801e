//! Video recording while the show runs: a bounded queue to a separate thread, which feeds the encoder process. The show
//! never waits; frames that do not fit are dropped and counted, and the next one is repeated for them, so that the
//! recording keeps time.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::RecordState;
use output::{Format, OutputError, Sink, open_live};
use world::frame::Frame;

/// Capacity of the queue: bytes, and the fewest and most frames.
const WAITING: (usize, usize, usize) = (96 << 20, 4, 24);
/// Half a frame of a stage that draws sixty a second, seconds. Frames jitter; a recording at that rate or half of it
/// takes each, or each second one, if it starts this much before its first.
const EARLY: f64 = 1.0 / 120.0;
/// How long the end of a recording waits for a stalled encoder.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A recording in progress.
pub struct Recorder {
    path: PathBuf,
    rate: f64,
    size: (usize, usize),
    begun: Option<f64>,
    /// Frames sent, repeats included.
    sent: u64,
    /// Frame up to which drops are counted.
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
    sink_dropped: u64,
    problem: Option<String>,
}

impl Recorder {
    /// Starts a recording (.mp4, .mkv, .webm, .gif, or a folder of pictures; a named pipe gets raw RGBA).
    ///
    /// # Errors
    /// What is known before the first frame: an unknown extension, an unwritable path, no ffmpeg.
    pub fn start(path: &Path, size: (usize, usize), rate: f64) -> Result<Self, OutputError> {
        Ok(Self::with(open_live(path, Format { width: size.0, height: size.1, rate })?, path, size, rate))
    }

    /// The same into any sink.
    pub fn with(sink: Box<dyn Sink>, path: &Path, size: (usize, usize), rate: f64) -> Self {
        let capacity = if sink.never_waits() { WAITING.1 } else { capacity(size) };
        let (frames, inbox) = sync_channel(capacity);
        let (back, spare) = channel();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let own = shared.clone();
        let writer = std::thread::Builder::new().name("record".into());
        let writer = writer.spawn(move || write(sink, &inbox, &back, &own)).ok();
        // One frame per slot of the queue, so that a frame from the pool always fits. They are allocated up front, or
        // memory would grow in the middle of the show, whenever the encoder falls further behind than before.
        let pool = (0..capacity).map(|_| Frame::new(size.0, size.1)).collect();
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

    /// Queues the picture of `now` (seconds), written by `write`, if one is due and there is room for it.
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
            // The writer has ended; its error is in the state.
            self.frames = None;
        }
        self.sent = due;
    }

    /// The size that frames must have.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// Finishes the recording: the queue is written, and the last picture is repeated for those dropped after it.
    /// Returns the final state, with any error on closing.
    pub fn finish(mut self) -> RecordState {
        self.close();
        self.state()
    }

    fn close(&mut self) {
        if self.counted > self.sent {
            let last = self.pool.pop().or_else(|| self.spare.recv_timeout(TIMEOUT).ok());
            if let (Some(frames), Some(frame)) = (&self.frames, last) {
                let _ = frames.try_send((frame, self.counted - self.sent));
            }
        }
        self.frames = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }

    /// Its state.
    pub fn state(&self) -> RecordState {
        let shared = self.shared.lock().unwrap_or_else(|e| e.into_inner());
        RecordState {
            path: self.path.display().to_string(),
            frames: shared.written,
            dropped: self.dropped + shared.sink_dropped,
            problem: shared.problem.clone(),
        }
    }
}

/// Capacity of the queue for a frame size: half a second or more of encoder delay.
fn capacity(size: (usize, usize)) -> usize {
    (WAITING.0 / (size.0 * size.1 * 4).max(1)).clamp(WAITING.1, WAITING.2)
}

fn write(
    mut sink: Box<dyn Sink>,
    inbox: &Receiver<(Frame, u64)>,
    back: &Sender<Frame>,
    shared: &Mutex<Shared>,
) {
    let report = |e: OutputError| {
        shared.lock().unwrap_or_else(|e| e.into_inner()).problem.get_or_insert(e.to_string());
    };
    while let Ok((frame, times)) = inbox.recv() {
        for time in 0..times {
            let taken = if time == 0 { sink.frame(&frame) } else { sink.again(&frame) };
            if let Err(e) = taken {
                return report(e);
            }
            let mut status = shared.lock().unwrap_or_else(|e| e.into_inner());
            status.written += 1;
            status.sink_dropped = sink.dropped();
        }
        if back.send(frame).is_err() {
            break;
        }
    }
    if let Err(e) = sink.finish() {
        report(e);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
