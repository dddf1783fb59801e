//! The tape of a performance, written while it runs: a thread of its own, so that the show never waits for the disk,
//! and line by line, so that a crash costs two seconds at most.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::world::tape::{Event, Header};

/// Events that may wait for the disk.
const WAITING: usize = 1 << 14;
/// Between two flushes.
const FLUSH: Duration = Duration::from_secs(1);

/// A tape that is being recorded.
pub struct Reel {
    path: PathBuf,
    events: Option<SyncSender<(u64, Event)>>,
    writer: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
    last: u64,
}

/// What the writer tells.
#[derive(Default)]
struct Shared {
    problem: Mutex<Option<String>>,
    bytes: AtomicU64,
    open: AtomicBool,
}

impl Reel {
    /// Begins a tape; folders on the way are made.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path, header: &Header) -> std::io::Result<Self> {
        let file = open(path, header)?;
        Ok(Self::with(path, move |shared| {
            shared.open.store(true, Relaxed);
            Ok(file)
        }))
    }

    /// The same without waiting for the disk: whether the file can be written is known later, from [`Self::is_open`] or
    /// [`Self::problem`].
    pub fn begin(path: &Path, header: Header) -> Self {
        let place = path.to_path_buf();
        Self::with(path, move |shared| {
            let file = open(&place, &header)?;
            shared.open.store(true, Relaxed);
            Ok(file)
        })
    }

    fn with(
        path: &Path,
        open: impl FnOnce(&Shared) -> std::io::Result<BufWriter<File>> + Send + 'static,
    ) -> Self {
        let (events, inbox) = sync_channel::<(u64, Event)>(WAITING);
        let shared = Arc::new(Shared::default());
        let own = shared.clone();
        let work = move || {
            if let Err(e) = open(&own).and_then(|file| write(file, &inbox, &own.bytes)) {
                own.tell(format!("the tape ends here: {e}"));
            }
        };
        let writer = std::thread::Builder::new().name("tape".into()).spawn(work);
        if let Err(e) = &writer {
            shared.tell(format!("the tape ends here: {e}"));
        }
        Self { path: path.into(), events: Some(events), writer: writer.ok(), shared, last: 0 }
    }

    /// Adds an event; ticks never fall. A tape that cannot follow ends, and [`Self::problem`] says so.
    pub fn record(&mut self, tick: u64, event: Event) {
        self.last = self.last.max(tick);
        let Some(events) = &self.events else { return };
        match events.try_send((self.last, event)) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                self.shared.tell("the tape ends here: the disk is too slow".into());
                self.events = None;
            }
            Err(TrySendError::Disconnected(_)) => self.events = None,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that events have taken so far.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Relaxed)
    }

    /// Whether its file is there.
    pub fn is_open(&self) -> bool {
        self.shared.open.load(Relaxed)
    }

    /// Why it ended early.
    pub fn problem(&self) -> Option<String> {
        self.shared.problem.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Waits until all is written; why it is not.
    pub fn close(&mut self) -> Option<String> {
        self.events = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        self.problem()
    }
}

impl Shared {
    fn tell(&self, text: String) {
        self.problem.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert(text);
    }
}

fn open(path: &Path, header: &Header) -> std::io::Result<BufWriter<File>> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{}", serde_json::to_string(header)?)?;
    file.flush()?;
    Ok(file)
}

/// Writes events until no more can come; the last of them are on the disk then.
fn write(
    mut file: BufWriter<File>,
    inbox: &Receiver<(u64, Event)>,
    written: &AtomicU64,
) -> std::io::Result<()> {
    let mut flushed = Instant::now();
    loop {
        match inbox.recv_timeout(FLUSH) {
            Ok(event) => drop(written.fetch_add(write_line(&mut file, &event)?, Relaxed)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                file.flush()?;
                return keep(file.get_ref());
            }
        }
        if flushed.elapsed() >= FLUSH {
            flushed = Instant::now();
            file.flush()?;
        }
    }
}

/// A tape that has come to its end outlives a power cut. What is no file on a disk cannot.
fn keep(file: &std::fs::File) -> std::io::Result<()> {
    file.sync_all().or_else(|e| if e.kind() == std::io::ErrorKind::InvalidInput { Ok(()) } else { Err(e) })
}

/// Bytes that the line has.
fn write_line(file: &mut impl Write, event: &(u64, Event)) -> std::io::Result<u64> {
    let mut line = serde_json::to_vec(event)?;
    line.push(b'\n');
    file.write_all(&line)?;
    Ok(line.len() as u64)
}

impl Drop for Reel {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::tape::Tape;

    #[test]
    fn what_was_recorded_is_read_again_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/down/a.tape");
        let mut reel = Reel::create(&path, &Header::new("a", 60.0)).unwrap();
        for t in [0, 3, 2, 900] {
            reel.record(t, Event::Set("a.b".into(), t as f64));
        }
        drop(reel);
        let tape = Tape::read(&std::fs::read(&path).unwrap()[..]).unwrap();
        assert_eq!(tape.events.iter().map(|e| e.0).collect::<Vec<_>>(), [0, 3, 3, 900]);
    }

    #[test]
    fn a_full_disk_ends_the_tape_with_a_word_and_nothing_else() {
        if !crate::skip::full() {
            return;
        }
        let mut file = std::fs::File::create("/dev/full").unwrap();
        assert!(write_line(&mut file, &(0, Event::Mark)).is_err());
        assert!(Reel::create(Path::new("/dev/full"), &Header::new("a", 60.0)).is_err());
        assert!(Reel::create(Path::new("/proc/nowhere/a.tape"), &Header::new("a", 60.0)).is_err());
    }
}
