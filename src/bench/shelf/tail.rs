//! The last lines that a child process writes to its standard error.

use std::io::Read;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use world::scene::problem::printable;

/// Bytes that are kept.
const KEPT: usize = 4096;
/// Time given to a process that has closed its output, to end and to say why.
const PATIENCE: Duration = Duration::from_millis(300);

/// Reads a stream to its end, so that its writer never waits, and keeps the end of it.
pub struct Tail {
    kept: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Tail {
    /// Begins to read.
    pub fn of(stream: impl Read + Send + 'static) -> Self {
        let kept: Arc<Mutex<Vec<u8>>> = Arc::default();
        let into = kept.clone();
        let reader =
            std::thread::Builder::new().name("shelf errors".into()).spawn(move || drain(stream, &into));
        Self { kept, reader: reader.ok() }
    }

    /// `; exit status: 1; its last words: …` of a process that should end now, or already has; empty if it says nothing.
    pub fn last_words(&self, child: &mut Child) -> String {
        let until = Instant::now() + PATIENCE;
        let mut status = None;
        while Instant::now() < until {
            status = status.or_else(|| child.try_wait().ok().flatten());
            if status.is_some() && self.reader.as_ref().is_none_or(JoinHandle::is_finished) {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let bytes = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&bytes);
        let line = text.lines().map(str::trim).rfind(|l| !l.is_empty());
        let line = line.map_or(String::new(), |l| printable(format!("; its last words: {l}")));
        status.map_or(String::new(), |s| format!("; {s}")) + &line
    }
}

fn drain(mut stream: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut part = [0; 1024];
    while let Ok(n @ 1..) = stream.read(&mut part) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&part[..n]);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }
}
