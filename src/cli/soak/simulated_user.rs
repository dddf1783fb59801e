//! A simulated user at the remote: moves a knob ten times a second and watches the preview, as a person would.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::user_counters::{UserCounters, UserStats};
use crate::show::Worker;

/// A running simulated user.
pub struct SimulatedUser {
    counts: Arc<UserCounters>,
    worker: Option<Worker>,
}

impl SimulatedUser {
    /// Opens the remote whose link is in a line that the show printed, to move the knob at `address`.
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
            // A turn waits for messages.
            while !ending.load(Relaxed) {
                if !line.turn(counts) {
                    break;
                }
            }
        }
    }
}
