//! What opens devices, a device that runs, and the patience between attempts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::input::InputCallback;
use crate::synth::Synth;

/// Without a callback for so long, a device has gone.
pub const GONE: Duration = Duration::from_millis(700);
/// Waits between attempts to open: the first, and the longest.
const AGAIN: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// What can open devices. The sound cards are one; tests have another.
pub trait Backend: Send + 'static {
    /// A device that plays or listens until it is dropped.
    type Stream: Send + 'static;
    /// Names of devices that play.
    fn speakers(&self) -> Vec<String>;
    /// Names of devices that listen.
    fn microphones(&self) -> Vec<String>;
    /// Opens a device that plays (`None`: the system's own choice) with a synth that `make` makes for its sample rate.
    /// `failed` is set when the system reports an error later. Gives the stream and the device's name.
    fn play(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32) -> Synth,
        failed: Arc<AtomicBool>,
    ) -> Result<(Self::Stream, String), String>;
    /// Opens a device that listens, likewise; `make` is told its channels too.
    fn listen(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32, usize) -> InputCallback,
        failed: Arc<AtomicBool>,
    ) -> Result<(Self::Stream, String), String>;
}

/// A device that runs.
pub struct OpenDevice<S> {
    stream: S,
    /// Its name.
    pub name: String,
    /// Whether it is the one that is wanted, and not one that stands in.
    pub wanted: bool,
    failed: Arc<AtomicBool>,
    seen: u64,
    since: Instant,
}

impl<S: Send + 'static> OpenDevice<S> {
    /// A device that was just opened.
    pub fn new(stream: S, name: String, wanted: bool, failed: Arc<AtomicBool>) -> Self {
        Self { stream, name, wanted, failed, seen: 0, since: Instant::now() }
    }

    /// Whether it has gone; `count` is what its callbacks count.
    pub fn is_gone(&mut self, count: u64) -> bool {
        if count != self.seen {
            (self.seen, self.since) = (count, Instant::now());
        }
        self.failed.load(Relaxed) || self.since.elapsed() > GONE
    }

    /// A stream whose device has gone may take its time to close: it does so by itself.
    pub fn release(self) -> Option<JoinHandle<()>> {
        std::thread::Builder::new().name("sound close".into()).spawn(move || drop(self.stream)).ok()
    }
}

/// When to try again.
pub struct RetryBackoff {
    next: Instant,
    wait: Duration,
}

impl RetryBackoff {
    /// At once.
    pub fn new() -> Self {
        Self { next: Instant::now(), wait: AGAIN.0 }
    }
    /// Whether it is time.
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.next
    }
    /// It failed: the next wait is longer.
    pub fn failed(&mut self) {
        self.next = Instant::now() + self.wait;
        self.wait = (self.wait * 2).min(AGAIN.1);
    }
    /// It went well.
    pub fn well(&mut self) {
        *self = Self::new();
    }
}

/// The device of a name: the same, or the only or first one that has it as a part, capitals or not.
pub fn find<'a>(names: &'a [String], wanted: &str) -> Option<&'a String> {
    let low = wanted.to_lowercase();
    names.iter().find(|n| *n == wanted).or_else(|| names.iter().find(|n| n.to_lowercase().contains(&low)))
}
