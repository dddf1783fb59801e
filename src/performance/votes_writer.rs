//! Appends votes to their file, on a thread of its own, so that the show never waits for the disk. Each is synced: a power
//! cut loses none that was cast a moment before.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// Votes that may wait for the disk.
const WAITING: usize = 4096;

/// A file of votes that grows.
pub struct VotesWriter {
    path: PathBuf,
    votes: Option<SyncSender<String>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    problem: Mutex<Option<String>>,
    written: AtomicU64,
}

impl Shared {
    /// The first problem is kept, and printed: show mode hides what the window says of it.
    fn report(&self, text: String) {
        let mut problem = self.problem.lock().unwrap_or_else(|e| e.into_inner());
        if problem.is_none() {
            show::log::status(text.clone());
            *problem = Some(text);
        }
    }
}

impl VotesWriter {
    /// Opens the file in the background; what is there already is kept, missing folders are created.
    pub fn start(path: &Path) -> Self {
        let (votes, inbox) = sync_channel(WAITING);
        let shared = Arc::new(Shared::default());
        let (own, place) = (shared.clone(), path.to_path_buf());
        let work = move || {
            if let Err(e) = open(&place).and_then(|file| write(file, &inbox, &own.written)) {
                own.report(format!("votes are not saved in {}: {e}", place.display()));
            }
        };
        let thread = std::thread::Builder::new().name("votes".into()).spawn(work);
        if let Err(e) = &thread {
            shared.report(format!("votes are not saved: {e}"));
        }
        Self { path: path.into(), votes: Some(votes), thread: thread.ok(), shared }
    }

    /// Adds the line of a vote. If it could not be made, or the disk cannot keep up, it is lost, and [`Self::problem`]
    /// says so.
    pub fn record(&mut self, line: serde_json::Result<String>) {
        let Some(votes) = &self.votes else { return };
        let line = match line {
            Ok(line) => line,
            Err(e) => return self.shared.report(format!("a vote is lost: {e}")),
        };
        match votes.try_send(line) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => self.shared.report("votes are lost: the disk is too slow".into()),
            Err(TrySendError::Disconnected(_)) => self.votes = None,
        }
    }

    /// What went wrong.
    pub fn problem(&self) -> Option<String> {
        self.shared.problem.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Waits until all votes are written; returns the message about them.
    pub fn end(&mut self) -> String {
        self.votes = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let written = self.shared.written.load(Relaxed);
        let saved = format!("votes: {written} in {}", self.path.display());
        self.problem().map_or(saved.clone(), |problem| format!("{saved}; {problem}"))
    }
}

impl Drop for VotesWriter {
    fn drop(&mut self) {
        self.end();
    }
}

/// Opens a file to append lines to it; a line that was cut off is ended first.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    if file.metadata()?.len() > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

fn write(mut file: File, inbox: &Receiver<String>, written: &AtomicU64) -> io::Result<()> {
    for line in inbox {
        file.write_all(line.as_bytes())?;
        // Not every file can be synced (pipes, devices).
        file.sync_data().or_else(|e| if e.kind() == ErrorKind::InvalidInput { Ok(()) } else { Err(e) })?;
        written.fetch_add(1, Relaxed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::votes::{VERSION, Vote, VoteSide, VotedGenerator, Voter, VotesFile};

    fn vote(round: u64) -> Vote {
        let generator = |name: &str| VotedGenerator { name: name.into(), hash: format!("{round:016x}") };
        let (ruled, vote) = (VoteSide::Left, VoteSide::Right);
        let (rule, rival) = (generator("a"), generator("b"));
        let (version, voter) = (VERSION, Voter::Page(round));
        Vote { version, show: 1, round, seed: 2, ruled, vote, voter, seconds: 0.5, rule, rival }
    }

    #[test]
    fn votes_are_appended_to_those_of_earlier_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/down/votes.jsonl");
        for show in 0..3u64 {
            let mut writer = VotesWriter::start(&path);
            (1..=4).for_each(|n| writer.record(vote(10 * show + n).line()));
            let said = writer.end();
            assert!(said.starts_with("votes: 4 in ") && writer.problem().is_none(), "{said}");
        }
        let read = VotesFile::parse(&std::fs::read(&path).unwrap());
        let rounds: Vec<u64> = read.votes.iter().map(|v| v.round).collect();
        assert_eq!((rounds, read.damages), (vec![1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24], 0));
    }

    #[test]
    fn a_line_that_a_crash_has_cut_off_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("votes.jsonl");
        let whole = vote(1).line().unwrap();
        std::fs::write(&path, format!("{whole}{}", &whole[..40])).unwrap();
        let mut writer = VotesWriter::start(&path);
        writer.record(vote(2).line());
        writer.end();
        let read = VotesFile::parse(&std::fs::read(&path).unwrap());
        assert_eq!(read.votes.iter().map(|v| v.round).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((read.damages, read.damaged[0].line), (1, 2));
    }

    #[test]
    fn what_cannot_be_written_is_reported_and_nobody_waits() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = VotesWriter::start(folder.path());
        (0..9).for_each(|n| writer.record(vote(n + 1).line()));
        let said = writer.end();
        assert!(said.contains("votes: 0 in") && said.contains("votes are not saved in"), "{said}");
        if cfg!(target_os = "linux") {
            let mut full = VotesWriter::start(Path::new("/dev/full"));
            full.record(vote(1).line());
            assert!(full.end().contains("votes are not saved in /dev/full"));
        }
    }
}
