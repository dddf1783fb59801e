//! Frames for other programs: raw RGBA into a named pipe.
//!
//! A pipe holds an eighth of a 1080p frame, so a frame takes many writes, each of which may find it full. A dedicated
//! thread makes them, woken by the system as soon as there is room. A show never blocks: while there is no reader, or
//! it stalls, frames are dropped in favour of newer ones and counted. A render sends every frame, and blocks. Only
//! whole frames are sent, and every new reader starts with one.

#![expect(clippy::disallowed_types, reason = "a stalled reader is given up after a timeout")]

mod pipe;
#[cfg(test)]
mod tests;

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::interrupt::asked;
use super::mailbox::Mailbox;
use super::{Done, Format, OutputError, Sink};
use pipe::{NamedPipe, is_left};
use world::frame::Frame;

/// Maximum number of frames that wait, and of their bytes in total.
const WAITING: (usize, usize) = (3, 96 << 20);
/// Timeouts at the end of a show for a reader that takes nothing, and for one that takes little.
const TIMEOUTS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));
/// Polling interval for a new reader, or for a request to end.
const POLL: Duration = Duration::from_millis(20);

/// A named pipe that receives frames.
pub struct RawPipe {
    path: PathBuf,
    size: (usize, usize),
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
    bell: Option<UnixStream>,
}

/// What the sink and its thread share.
struct Shared {
    state: Mutex<State>,
    pipe: Mutex<NamedPipe>,
    /// Signalled when a slot becomes free, or the thread ends.
    room: Condvar,
    /// Whether every frame is sent, however long it takes.
    whole: bool,
}

struct State {
    mail: Mailbox,
    closing: Option<Instant>,
    problem: Option<std::io::Error>,
}

/// Whether a path is a named pipe.
pub fn is_pipe(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| m.file_type().is_fifo())
}

impl RawPipe {
    /// A pipe for frames of one size that never blocks; its reader may connect later.
    pub fn create(path: &Path, format: Format) -> Self {
        Self::new(path, format, false)
    }

    /// A pipe that sends every frame; it waits for a reader, and fails when the reader disconnects.
    pub fn whole(path: &Path, format: Format) -> Self {
        Self::new(path, format, true)
    }

    fn new(path: &Path, format: Format, whole: bool) -> Self {
        let size = (format.width, format.height);
        let places = (WAITING.1 / (size.0 * size.1 * 4).max(1)).clamp(1, WAITING.0);
        let state = State { mail: Mailbox::new(places), closing: None, problem: None };
        let (state, pipe) = (Mutex::new(state), Mutex::new(NamedPipe::new(path.into())));
        let shared = Arc::new(Shared { state, pipe, room: Condvar::new(), whole });
        Self { path: path.into(), size, shared, writer: None, bell: None }
    }

    /// Frames sent completely so far.
    pub fn sent(&self) -> u64 {
        self.shared.lock().mail.counts().0
    }

    fn start(&mut self) -> std::io::Result<()> {
        let (bell, wake) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        wake.set_nonblocking(true)?;
        let writer = Writer { path: self.path.clone(), shared: self.shared.clone(), wake };
        self.writer = Some(std::thread::Builder::new().name("feed".into()).spawn(move || writer.run())?);
        self.bell = Some(bell);
        Ok(())
    }

    /// Wakes the writer; if the socket is full, it has been woken already.
    fn ring(&mut self) {
        self.bell.iter_mut().for_each(|bell| drop(bell.write(&[1])));
    }

    /// Waits for a free slot if every frame is to be sent; returns what went wrong meanwhile.
    fn make_room(&self) -> std::io::Result<MutexGuard<'_, State>> {
        let mut state = self.shared.lock();
        while self.shared.whole && !state.mail.has_room() && state.problem.is_none() && !asked() {
            state = self.shared.room.wait_timeout(state, POLL).unwrap_or_else(|e| e.into_inner()).0;
        }
        state.problem.take().map_or(Ok(state), Err)
    }

    fn put(&mut self, frame: &Frame) -> std::io::Result<()> {
        if self.writer.is_none() {
            self.start()?;
        }
        // A reader that connects after this starts with a whole frame, however late the thread wakes up.
        self.shared.pipe().notice();
        let mut bytes = self.make_room()?.mail.spare();
        bytes.clear();
        bytes.extend_from_slice(&frame.rgba);
        self.shared.lock().mail.put(bytes);
        self.ring();
        Ok(())
    }

    fn close(&mut self) {
        self.shared.lock().closing.get_or_insert_with(Instant::now);
        self.ring();
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        self.shared.lock().mail.clear();
    }
}

impl Sink for RawPipe {
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
        if (frame.width, frame.height) != self.size {
            let (w, h) = self.size;
            let reason = format!("a frame of {}×{} in a stream of {w}×{h}", frame.width, frame.height);
            return Err(OutputError::Size { path: self.path.clone(), reason });
        }
        self.put(frame).map_err(|e| OutputError::write(&self.path)(e))
    }

    fn again(&mut self, frame: &Frame) -> Result<(), OutputError> {
        let goes = self.shared.lock().mail.again();
        if goes { Ok(()) } else { self.frame(frame) }
    }

    fn never_waits(&self) -> bool {
        !self.shared.whole
    }

    fn finish(mut self: Box<Self>) -> Result<Done, OutputError> {
        self.close();
        let mut state = self.shared.lock();
        let frames = state.mail.counts().0;
        let path = self.path.clone();
        state.problem.take().map_or(Ok(Done { path, frames }), |e| Err(OutputError::write(&self.path)(e)))
    }

    fn dropped(&self) -> u64 {
        self.shared.lock().mail.counts().1
    }
}

impl Drop for RawPipe {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Never held while waiting.
    fn pipe(&self) -> MutexGuard<'_, NamedPipe> {
        self.pipe.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// The thread that writes.
struct Writer {
    path: PathBuf,
    shared: Arc<Shared>,
    wake: UnixStream,
}

/// Result of sending one frame.
#[derive(PartialEq)]
enum SendOutcome {
    Whole,
    /// The reader has disconnected.
    Disconnected,
    /// The end was requested, and the reader takes nothing.
    TimedOut,
}

impl Writer {
    fn run(mut self) {
        while let Some(bytes) = self.next() {
            let outcome = self.deliver(&bytes);
            let mut state = self.shared.lock();
            state.mail.recycle(bytes);
            match outcome {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    state.problem = Some(e);
                    break;
                }
            }
            self.shared.room.notify_all();
        }
        self.shared.room.notify_all();
    }

    /// The next frame, as soon as there is one; `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let mut state = self.shared.lock();
            match state.mail.take() {
                Some(bytes) => return Some(bytes),
                None if state.closing.is_some() => return None,
                None => drop(state),
            }
            self.wait(PollFlags::empty(), None);
        }
    }

    /// Sends one frame as often as requested; false if no more need be sent.
    fn deliver(&mut self, bytes: &[u8]) -> std::io::Result<bool> {
        loop {
            let sent = if self.find_reader()? { self.send(bytes)? } else { SendOutcome::Disconnected };
            let mut state = self.shared.lock();
            if sent == SendOutcome::Whole {
                if state.mail.went() {
                    continue;
                }
                return Ok(true);
            }
            state.mail.lost();
            let whole = self.shared.whole;
            let ends = sent == SendOutcome::TimedOut || if whole { asked() } else { state.closing.is_some() };
            return match ends || !whole {
                true => Ok(!ends),
                false => Err(std::io::Error::new(ErrorKind::BrokenPipe, "the reader has disconnected")),
            };
        }
    }

    /// Writes until all of it is gone.
    fn send(&mut self, bytes: &[u8]) -> std::io::Result<SendOutcome> {
        let (mut at, mut moved) = (0, Instant::now());
        let departures = self.shared.pipe().departures();
        while at < bytes.len() {
            let mut pipe = self.shared.pipe();
            // The rest of a frame is only for the reader that has its beginning.
            if pipe.departures() != departures {
                return Ok(SendOutcome::Disconnected);
            }
            let written = pipe.write(&bytes[at..]);
            drop(pipe);
            match written {
                Ok(0) if self.is_timed_out(moved) => return Ok(SendOutcome::TimedOut),
                Ok(0) => self.wait(PollFlags::POLLOUT, Some(POLL)),
                Ok(n) => (at, moved) = (at + n, Instant::now()),
                Err(e) if e.kind() == ErrorKind::BrokenPipe => return Ok(SendOutcome::Disconnected),
                Err(e) => return Err(e),
            }
        }
        Ok(SendOutcome::Whole)
    }

    /// Whether the timeout at the end has expired for a reader that last took bytes at `moved`.
    fn is_timed_out(&self, moved: Instant) -> bool {
        let expired = |c: Instant| moved.max(c).elapsed() > TIMEOUTS.0 || c.elapsed() > TIMEOUTS.1;
        if self.shared.whole { asked() } else { self.shared.lock().closing.is_some_and(expired) }
    }

    /// Waits for a wake-up, for the pipe, or for its reader to disconnect.
    fn wait(&mut self, wanted: PollFlags, at_most: Option<Duration>) {
        let timeout = at_most.map_or(PollTimeout::NONE, |t| t.try_into().unwrap_or(PollTimeout::MAX));
        let end = self.shared.pipe().end();
        let mut all = vec![PollFd::new(self.wake.as_fd(), PollFlags::POLLIN)];
        all.extend(end.as_ref().map(|end| PollFd::new(end.as_fd(), wanted)));
        // A signal in between does no harm: the caller checks again.
        let _ = poll(&mut all, timeout);
        let left = all.get(1).is_some_and(is_left);
        let _ = self.wake.read(&mut [0; 64]);
        if left {
            self.shared.pipe().notice();
        }
    }

    /// Whether there is a reader. If every frame is to be sent, waits for the first one.
    fn find_reader(&mut self) -> std::io::Result<bool> {
        let mut reported = false;
        loop {
            let mut pipe = self.shared.pipe();
            let (was_read, there) = (pipe.was_read(), pipe.find_reader()?);
            drop(pipe);
            if there || was_read || !self.shared.whole || asked() {
                return Ok(there);
            }
            if !std::mem::replace(&mut reported, true) {
                eprintln!("waiting for a reader of {}", self.path.display());
            }
            std::thread::sleep(POLL);
        }
    }
}
