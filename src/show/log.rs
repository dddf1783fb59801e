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
type LogLine = (String, bool);

struct Log {
    lines: Option<SyncSender<LogLine>>,
    handed: AtomicU64,
    written: AtomicU64,
    lost: AtomicU64,
}

fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let (lines, inbox) = sync_channel::<LogLine>(LINES);
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    /// A test of this program that runs alone in a process of its own, as a part of another.
    pub fn alone(test: &str) -> Command {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", test, "--nocapture", "--include-ignored"]).env("UNTRAINED_TEST_ALONE", "1");
        child.stdout(Stdio::piped()).stderr(Stdio::piped());
        child
    }

    /// Whether this process is such a one.
    pub fn is_alone() -> bool {
        std::env::var_os("UNTRAINED_TEST_ALONE").is_some()
    }

    const MANY: usize = 20_000;

    #[test]
    #[ignore = "a part of the next test"]
    fn more_lines_than_find_a_place() {
        if !is_alone() {
            return;
        }
        println!();
        say("a result");
        (0..MANY).for_each(|i| tell(format!("line {i} {}", "x".repeat(40))));
        println!("all are handed over");
        flush(Duration::from_secs(60));
        // The last that were lost are told with the next line.
        tell("the end");
        flush(Duration::from_secs(60));
    }

    #[test]
    fn lines_reach_their_ends_and_those_that_find_no_place_are_counted() {
        let mut child = alone("log::tests::more_lines_than_find_a_place").spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // Until then nobody reads the other end, and the show is not held up by it.
        let said: Vec<String> = out.by_ref().take_while(|l| l != "all are handed over").collect();
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        let rest: Vec<String> = out.collect();
        assert!(child.wait().unwrap().success());
        assert_eq!(said.iter().chain(&rest).filter(|l| *l == "a result").count(), 1, "{said:?} {rest:?}");
        let lines = told.lines().filter(|l| l.starts_with("line ")).count();
        let lost =
            |l: &str| l.strip_prefix('(')?.strip_suffix(" lines found no place here)")?.parse::<usize>().ok();
        let lost: Vec<usize> = told.lines().filter_map(lost).collect();
        assert!(!lost.is_empty() && lost.iter().all(|n| *n > 0), "{lost:?}");
        assert_eq!(lines + lost.iter().sum::<usize>(), MANY);
        assert!(told.lines().any(|l| l == "the end") && !told.contains("a result"));
    }

    #[test]
    fn a_flush_waits_for_what_was_handed_over_and_for_no_more() {
        (0..100).for_each(|i| tell(format!("line {i}")));
        let handed = log().handed.load(SeqCst);
        assert!(handed + log().lost.load(SeqCst) >= 100 && handed >= 1);
        flush(Duration::from_secs(3600));
        assert!(log().written.load(SeqCst) >= handed);
    }
}
