//! A hand at the remote: moves a knob ten times a second and looks at the preview, as a person would.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use crate::show::Worker;

/// What the hand has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserStats {
    /// Knobs moved.
    pub moves: u64,
    /// Previews seen.
    pub previews: u64,
    /// Times the connection was lost.
    pub losses: u64,
}

/// What is counted while it works.
#[derive(Default)]
pub struct UserCounters {
    pub moves: AtomicU64,
    pub previews: AtomicU64,
    losses: AtomicU64,
}

/// A hand that is at work.
pub struct SimulatedUser {
    counts: Arc<UserCounters>,
    worker: Option<Worker>,
}

impl SimulatedUser {
    /// Takes the remote whose link stands in a line that the show said, to move the knob at `address`.
    pub fn take(line: &str, address: &str) -> Option<Self> {
        let link = line.split_whitespace().find(|w| w.starts_with("http://"))?.to_string();
        let counts = Arc::new(UserCounters::default());
        let (own, address) = (counts.clone(), address.to_string());
        let worker = Worker::start("hand", move |end| work(&link, &address, &own, end)).ok();
        Some(Self { counts, worker })
    }

    /// Ends it.
    pub fn end(mut self) -> UserStats {
        self.worker = None;
        UserStats {
            moves: self.counts.moves.load(Relaxed),
            previews: self.counts.previews.load(Relaxed),
            losses: self.counts.losses.load(Relaxed),
        }
    }
}

#[cfg(not(feature = "network"))]
fn work(_: &str, _: &str, _: &UserCounters, _: &AtomicBool) {}

#[cfg(feature = "network")]
fn work(link: &str, address: &str, counts: &UserCounters, ending: &AtomicBool) {
    let mut first = true;
    while !ending.load(Relaxed) {
        if !std::mem::take(&mut first) {
            counts.losses.fetch_add(1, Relaxed);
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
        if let Some(mut line) = super::net::RemoteConnection::open(link, address) {
            // A turn waits for what comes.
            while !ending.load(Relaxed) {
                if !line.turn(counts) {
                    break;
                }
            }
        }
    }
}
