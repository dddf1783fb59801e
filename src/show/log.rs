//! Terminal output of a show. A terminal stopped with Ctrl-S, or a pipe that nobody reads, blocks whoever writes to it;
//! so lines are queued for a separate thread, and the show continues. Lines that do not fit are dropped and counted.

use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Capacity of the queue, lines.
const LINES: usize = 256;

/// A line, and whether it is a result (stdout) rather than a status message (stderr).
type LogLine = (String, bool);

struct Log {
    lines: Option<SyncSender<LogLine>>,
    queued: AtomicU64,
    written: AtomicU64,
    dropped: AtomicU64,
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let (lines, inbox) = sync_channel::<LogLine>(LINES);
        let write = move || {
            while let Ok((line, result)) = inbox.recv() {
                // If the terminal is gone, there is nobody left to report it to.
                let _ = match result {
                    true => writeln!(std::io::stdout(), "{line}"),
                    false => writeln!(std::io::stderr(), "{line}"),
                };
                let dropped = log().dropped.swap(0, SeqCst);
                if dropped > 0 {
                    let _ = writeln!(std::io::stderr(), "({dropped} lines dropped)");
                }
                log().written.fetch_add(1, SeqCst);
            }
        };
        let writer = std::thread::Builder::new().name("log".into()).spawn(write);
        let [queued, written, dropped] = [0; 3].map(AtomicU64::new);
        Log { lines: writer.ok().map(|_| lines), queued, written, dropped }
    })
}

/// Prints a status message (stderr).
pub fn status(line: impl Into<String>) {
    enqueue(line.into(), false);
}

/// Prints a result (stdout).
pub fn result(line: impl Into<String>) {
    enqueue(line.into(), true);
}

fn enqueue(line: String, result: bool) {
    let log = log();
    match log.lines.as_ref().map(|lines| lines.try_send((line, result))) {
        Some(Ok(())) => log.queued.fetch_add(1, SeqCst),
        _ => log.dropped.fetch_add(1, SeqCst),
    };
}

/// Waits until everything is written, for `at_most`: before a process ends.
pub fn flush(at_most: Duration) {
    let (log, begun) = (log(), Instant::now());
    while log.written.load(SeqCst) < log.queued.load(SeqCst) && begun.elapsed() < at_most {
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    /// A test of this program that runs alone in a separate process, as a part of another.
    pub fn alone(test: &str) -> Command {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", test, "--nocapture", "--include-ignored"]).env("UNTRAINED_TEST_ALONE", "1");
        child.stdout(Stdio::piped()).stderr(Stdio::piped());
        child
    }

    /// Whether this is such a process.
    pub fn is_alone() -> bool {
        std::env::var_os("UNTRAINED_TEST_ALONE").is_some()
    }

    const MANY: usize = 20_000;

    #[test]
    #[ignore = "a part of the next test"]
    fn more_lines_than_fit() {
        if !is_alone() {
            return;
        }
        println!();
        result("a result");
        (0..MANY).for_each(|i| status(format!("line {i} {}", "x".repeat(40))));
        println!("all are queued");
        flush(Duration::from_secs(60));
        // The last dropped lines are reported with the next line.
        status("the end");
        flush(Duration::from_secs(60));
    }

    #[test]
    fn lines_reach_their_streams_and_dropped_ones_are_counted() {
        let mut child = alone("log::tests::more_lines_than_fit").spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // Until then nobody reads the other end, and the show is not held up by it.
        let results: Vec<String> = out.by_ref().take_while(|l| l != "all are queued").collect();
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        let rest: Vec<String> = out.collect();
        assert!(child.wait().unwrap().success());
        assert_eq!(
            results.iter().chain(&rest).filter(|l| *l == "a result").count(),
            1,
            "{results:?} {rest:?}"
        );
        let lines = errors.lines().filter(|l| l.starts_with("line ")).count();
        let dropped = |l: &str| l.strip_prefix('(')?.strip_suffix(" lines dropped)")?.parse::<usize>().ok();
        let dropped: Vec<usize> = errors.lines().filter_map(dropped).collect();
        assert!(!dropped.is_empty() && dropped.iter().all(|n| *n > 0), "{dropped:?}");
        assert_eq!(lines + dropped.iter().sum::<usize>(), MANY);
        assert!(errors.lines().any(|l| l == "the end") && !errors.contains("a result"));
    }

    #[test]
    fn a_flush_waits_for_the_lines_queued_and_for_no_more() {
        (0..100).for_each(|i| status(format!("line {i}")));
        let queued = log().queued.load(SeqCst);
        assert!(queued + log().dropped.load(SeqCst) >= 100 && queued >= 1);
        flush(Duration::from_secs(3600));
        assert!(log().written.load(SeqCst) >= queued);
    }
}
