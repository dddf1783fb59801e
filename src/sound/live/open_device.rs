//! The audio backend, an open device, and the back-off between attempts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::input::InputCallback;
use crate::synth::Synth;

/// Timeout: without a callback for this long, a device is lost.
pub const TIMEOUT: Duration = Duration::from_millis(700);
/// Back-off between attempts to open a device: shortest and longest.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// An audio backend: the sound devices of the system, or a mock.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::AtomicBool;
///
/// use sound::live::{Backend, InputCallback};
/// use sound::{Synth, synth};
///
/// /// One output that nobody hears; its stream is the synth itself.
/// struct NullSink;
///
/// impl Backend for NullSink {
///     type Stream = Synth;
///     fn speakers(&self) -> Vec<String> {
///         vec!["null".into()]
///     }
///     fn microphones(&self) -> Vec<String> {
///         Vec::new()
///     }
///     fn play(
///         &mut self,
///         _: Option<&str>,
///         make: &mut dyn FnMut(u32) -> Synth,
///         _: Arc<AtomicBool>,
///     ) -> Result<(Synth, String), String> {
///         Ok((make(44_100), "null".into()))
///     }
///     fn listen(
///         &mut self,
///         _: Option<&str>,
///         _: &mut dyn FnMut(u32, usize) -> InputCallback,
///         _: Arc<AtomicBool>,
///     ) -> Result<(Synth, String), String> {
///         Err("there is no input".into())
///     }
/// }
///
/// let (stream, name) = NullSink.play(None, &mut |rate| synth(rate, 60.0, None).0, Arc::default())?;
/// assert_eq!((stream.rate(), name.as_str()), (44_100, "null"));
/// # Ok::<(), String>(())
/// ```
pub trait Backend: Send + 'static {
    /// An open device, closed when dropped.
    type Stream: Send + 'static;
    /// Names of the output devices.
    fn speakers(&self) -> Vec<String>;
    /// Names of the input devices.
    fn microphones(&self) -> Vec<String>;
    /// Opens an output device (`None`: the system's default) with a synth that `make` creates for its sample rate.
    /// `failed` is set when the system reports an error later. Returns the stream and the device's name.
    fn play(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32) -> Synth,
        failed: Arc<AtomicBool>,
    ) -> Result<(Self::Stream, String), String>;
    /// Opens an input device likewise; `make` also gets its number of channels.
    fn listen(
        &mut self,
        name: Option<&str>,
        make: &mut dyn FnMut(u32, usize) -> InputCallback,
        failed: Arc<AtomicBool>,
    ) -> Result<(Self::Stream, String), String>;
}

/// An open device.
pub struct OpenDevice<S> {
    stream: S,
    /// Its name.
    pub name: String,
    /// Whether it is the wanted one, not a fallback.
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

    /// Whether it is lost; `count` is the frame count of its callbacks.
    pub fn is_lost(&mut self, count: u64) -> bool {
        if count != self.seen {
            (self.seen, self.since) = (count, Instant::now());
        }
        self.failed.load(Relaxed) || self.since.elapsed() > TIMEOUT
    }

    /// Closes the stream on a thread of its own: that of a lost device may take long.
    pub fn release(self) -> Option<JoinHandle<()>> {
        std::thread::Builder::new().name("sound close".into()).spawn(move || drop(self.stream)).ok()
    }
}

/// Exponential back-off.
pub struct RetryBackoff {
    next: Instant,
    wait: Duration,
}

impl RetryBackoff {
    /// The first attempt is due at once.
    pub fn new() -> Self {
        Self { next: Instant::now(), wait: BACKOFF.0 }
    }
    /// Whether the next attempt is due.
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.next
    }
    /// After a failure: the next wait is longer.
    pub fn failed(&mut self) {
        self.next = Instant::now() + self.wait;
        self.wait = (self.wait * 2).min(BACKOFF.1);
    }
    /// After a success: resets the back-off.
    pub fn succeeded(&mut self) {
        *self = Self::new();
    }
}

/// The device with a name: an exact match, else the first that contains it, ignoring case.
pub fn find<'a>(names: &'a [String], wanted: &str) -> Option<&'a String> {
    let low = wanted.to_lowercase();
    names.iter().find(|n| *n == wanted).or_else(|| names.iter().find(|n| n.to_lowercase().contains(&low)))
}
