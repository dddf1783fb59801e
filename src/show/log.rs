//! What a show says on the terminal. A terminal that is held with Ctrl-S, or a pipe that nobody reads, stops whoever
//! writes to it; so lines are handed to a thread of their own, and the show goes on. Lines that find no place are counted.

use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Lines that may wait.
const LINES: usize = 256;

/// A line, and whether it is for whoever reads the results rather than for whoever watches.
type Line = (String, bool);

struct Log {
    lines: Option<SyncSender<Line>>,
    handed: AtomicU64,
    written: AtomicU64,
    lost: AtomicU64,
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let (lines, inbox) = sync_channel::<Line>(LINES);
        let write = move || {
            while let Ok((line, result)) = inbox.recv() {
                // Nobody is left to be told of a terminal that is gone.
                let _ = match result {
                    true => writeln!(std::io::stdout(), "{line}"),
                    false => writeln!(std::io::stderr(), "{line}"),
                };
                let lost = log().lost.swap(0, SeqCst);
                if lost > 0 {
                    let _ = writeln!(std::io::stderr(), "({lost} lines found no place here)");
                }
                log().written.fetch_add(1, SeqCst);
            }
        };
        let writer = std::thread::Builder::new().name("log".into()).spawn(write);
        let [handed, written, lost] = [0; 3].map(AtomicU64::new);
        Log { lines: writer.ok().map(|_| lines), handed, written, lost }
    })
}

/// Tells whoever watches (stderr).
pub fn tell(line: impl Into<String>) {
    hand(line.into(), false);
}

/// Says what came out of it (stdout).
pub fn say(line: impl Into<String>) {
    hand(line.into(), true);
}

fn hand(line: String, result: bool) {
    let log = log();
    match log.lines.as_ref().map(|lines| lines.try_send((line, result))) {
        Some(Ok(())) => log.handed.fetch_add(1, SeqCst),
        _ => log.lost.fetch_add(1, SeqCst),
    };
}

/// Waits until everything is written, at most so long: before a process ends.
pub fn flush(at_most: Duration) {
    let (log, begun) = (log(), Instant::now());
    while log.written.load(SeqCst) < log.handed.load(SeqCst) && begun.elapsed() < at_most {
        std::thread::sleep(Duration::from_millis(2));
    }
}
