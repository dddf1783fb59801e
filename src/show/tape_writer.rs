//! Writes the tape of a performance while it runs: on a separate thread, so that the show never waits for the disk, and
//! line by line, so that a crash loses two seconds at most.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use world::tape::{Event, TapeHeader};

/// Capacity of the queue, events.
const WAITING: usize = 1 << 14;
/// Between two flushes.
const FLUSH: Duration = Duration::from_secs(1);

/// A tape that is being recorded.
pub struct TapeWriter {
    path: PathBuf,
    events: Option<SyncSender<(u64, Event)>>,
    writer: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
    last: u64,
}

/// Status of the writer.
#[derive(Default)]
struct Shared {
    problem: Mutex<Option<String>>,
    bytes: AtomicU64,
    open: AtomicBool,
}

impl TapeWriter {
    /// Starts a tape; missing folders are created.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path, header: &TapeHeader) -> std::io::Result<Self> {
        let file = open(path, header)?;
        Ok(Self::with(path, move |shared| {
            shared.open.store(true, Relaxed);
            Ok(file)
        }))
    }

    /// The same without waiting for the disk: whether the file can be written is known later, from [`Self::is_open`] or
    /// [`Self::problem`].
    pub fn begin(path: &Path, header: TapeHeader) -> Self {
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
                own.report(format!("tape recording stopped: {e}"));
            }
        };
        let writer = std::thread::Builder::new().name("tape".into()).spawn(work);
        if let Err(e) = &writer {
            shared.report(format!("tape recording stopped: {e}"));
        }
        Self { path: path.into(), events: Some(events), writer: writer.ok(), shared, last: 0 }
    }

    /// Adds an event; ticks never decrease. If the disk cannot keep up, recording stops, and [`Self::problem`] says so.
    pub fn record(&mut self, tick: u64, event: Event) {
        self.last = self.last.max(tick);
        let Some(events) = &self.events else { return };
        match events.try_send((self.last, event)) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                self.shared.report("tape recording stopped: the disk is too slow".into());
                self.events = None;
            }
            Err(TrySendError::Disconnected(_)) => self.events = None,
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of events written so far.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Relaxed)
    }

    /// Whether its file has been created.
    pub fn is_open(&self) -> bool {
        self.shared.open.load(Relaxed)
    }

    /// Why recording stopped early.
    pub fn problem(&self) -> Option<String> {
        self.shared.problem.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Waits until everything is written; returns why it was not.
    pub fn close(&mut self) -> Option<String> {
        self.events = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        self.problem()
    }
}

impl Shared {
    fn report(&self, text: String) {
        self.problem.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert(text);
    }
}

fn open(path: &Path, header: &TapeHeader) -> std::io::Result<BufWriter<File>> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{}", serde_json::to_string(header)?)?;
    file.flush()?;
    Ok(file)
}

/// Writes events until the channel closes, and then syncs them to disk.
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

/// Syncs a finished tape, which then survives a power cut. Not every file can be synced (pipes, devices).
fn keep(file: &std::fs::File) -> std::io::Result<()> {
    file.sync_all().or_else(|e| if e.kind() == std::io::ErrorKind::InvalidInput { Ok(()) } else { Err(e) })
}

/// Writes a line; returns its length in bytes.
fn write_line(file: &mut impl Write, event: &(u64, Event)) -> std::io::Result<u64> {
    let mut line = serde_json::to_vec(event)?;
    line.push(b'\n');
    file.write_all(&line)?;
    Ok(line.len() as u64)
}

impl Drop for TapeWriter {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::tape::Tape;

    #[test]
    fn what_was_recorded_is_read_again_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/down/a.tape");
        let mut tape_writer = TapeWriter::create(&path, &TapeHeader::new("a", 60.0)).unwrap();
        for t in [0, 3, 2, 900] {
            tape_writer.record(t, Event::Set("a.b".into(), t as f64));
        }
        drop(tape_writer);
        let tape = Tape::read(&std::fs::read(&path).unwrap()[..]).unwrap();
        assert_eq!(tape.events.iter().map(|e| e.0).collect::<Vec<_>>(), [0, 3, 3, 900]);
    }

    #[test]
    fn a_full_disk_or_an_unwritable_path_is_an_error() {
        if !crate::skip::full() {
            return;
        }
        let mut file = std::fs::File::create("/dev/full").unwrap();
        assert!(write_line(&mut file, &(0, Event::Mark)).is_err());
        assert!(TapeWriter::create(Path::new("/dev/full"), &TapeHeader::new("a", 60.0)).is_err());
        assert!(TapeWriter::create(Path::new("/proc/nowhere/a.tape"), &TapeHeader::new("a", 60.0)).is_err());
    }

    #[test]
    fn a_tape_reports_its_path_its_length_and_that_it_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let header = TapeHeader::new("a", 60.0);
        let mut tape_writer = TapeWriter::begin(&path, header.clone());
        tape_writer.record(1, Event::Mark);
        tape_writer.record(2, Event::Reseed(7));
        assert_eq!(tape_writer.path(), path);
        assert_eq!(tape_writer.close(), None);
        assert!(tape_writer.is_open());
        let text = std::fs::read_to_string(&path).unwrap();
        let (first, rest) = text.split_once('\n').unwrap();
        assert_eq!(first, serde_json::to_string(&header).unwrap());
        assert_eq!((rest, tape_writer.bytes()), ("[1,\"Mark\"]\n[2,{\"Reseed\":7}]\n", rest.len() as u64));
        // Nothing is written any more, and nothing breaks.
        tape_writer.record(3, Event::Mark);
        assert_eq!((tape_writer.close(), std::fs::read_to_string(&path).unwrap()), (None, text));
    }

    #[test]
    fn a_full_disk_is_reported_as_the_end_of_the_recording() {
        if !crate::skip::full() {
            return;
        }
        let mut tape_writer = TapeWriter::begin(Path::new("/dev/full"), TapeHeader::new("a", 60.0));
        tape_writer.record(0, Event::Mark);
        let reported = tape_writer.close().unwrap();
        assert!(reported.starts_with("tape recording stopped: ") && reported.contains("space"), "{reported}");
        assert!(!tape_writer.is_open() && tape_writer.bytes() == 0);
        // One that fills up while it is written.
        let mut tape_writer = TapeWriter::with(Path::new("a.tape"), |shared| {
            shared.open.store(true, Relaxed);
            Ok(BufWriter::new(File::create("/dev/full")?))
        });
        (0..10).for_each(|t| tape_writer.record(t, Event::Mark));
        let reported = tape_writer.close().unwrap();
        assert!(tape_writer.is_open() && reported.starts_with("tape recording stopped: "), "{reported}");
        assert_eq!(tape_writer.problem(), Some(reported), "and it stays reported");
    }

    #[test]
    fn a_disk_that_is_too_slow_stops_the_recording_and_what_was_queued_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let place = path.clone();
        let mut tape_writer = TapeWriter::with(&path, move |_| {
            let _ = wait.recv();
            open(&place, &TapeHeader::new("a", 60.0))
        });
        (0..WAITING as u64).for_each(|t| tape_writer.record(t, Event::Mark));
        assert_eq!(tape_writer.problem(), None, "the queue holds them");
        tape_writer.record(WAITING as u64, Event::Mark);
        let reported = "tape recording stopped: the disk is too slow";
        assert_eq!(tape_writer.problem().as_deref(), Some(reported));
        drop(go);
        assert_eq!(tape_writer.close().as_deref(), Some(reported));
        let tape = Tape::read(&std::fs::read(&path).unwrap()[..]).unwrap();
        assert_eq!((tape.events.len(), tape.end()), (WAITING, WAITING as u64 - 1));
    }

    /// A crash after a quiet time loses no more than one after a busy one.
    #[test]
    fn an_event_after_a_quiet_time_is_in_the_file_soon() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let mut tape_writer = TapeWriter::create(&path, &TapeHeader::new("a", 60.0)).unwrap();
        let there = |ticks: usize| {
            (0..60_000).any(|_| {
                std::thread::sleep(Duration::from_millis(1));
                std::fs::read_to_string(&path).unwrap().lines().count() == 1 + ticks
            })
        };
        std::thread::sleep(FLUSH * 2);
        tape_writer.record(0, Event::Mark);
        assert!(there(1));
        tape_writer.record(1, Event::Mark);
        assert!(there(2));
        drop(tape_writer);
    }

    #[test]
    fn what_cannot_be_synced_is_no_error() {
        if std::path::Path::new("/dev/null").exists() {
            let null = File::create("/dev/null").unwrap();
            assert!(keep(&null).is_ok());
        }
        let file = tempfile::tempfile().unwrap();
        assert!(keep(&file).is_ok());
    }
}
