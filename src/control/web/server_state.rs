//! What all connections share: the hub, the access token, the newest snapshot.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};

use super::hosts::AllowedHosts;
use super::request_error::RateLimitedLog;
use super::snapshot::{PreviewCache, Snapshot, SnapshotCache};
use super::token::Token;
use show::{DeviceState, Hub};

/// Most clients at once.
pub const CLIENTS: usize = 16;

/// Shared by all connections.
pub struct ServerState {
    /// The show.
    pub hub: Arc<Hub>,
    pub(super) token: Token,
    /// The names of this machine.
    pub(super) names: AllowedHosts,
    pub(super) rejections: RateLimitedLog,
    /// Where it listens, for the list of devices.
    place: String,
    ending: AtomicBool,
    pub(super) connections: AtomicUsize,
    pub(super) clients: AtomicUsize,
    pub(super) number: AtomicU32,
    dropped: AtomicU64,
    snapshots: Mutex<SnapshotCache>,
    pictures: Mutex<PreviewCache>,
}

/// The newest snapshot is intact even if another thread panicked while it held the lock: it is replaced as a whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

impl ServerState {
    /// Without connections.
    pub fn new(
        hub: Arc<Hub>,
        token: Token,
        names: AllowedHosts,
        place: String,
        rejections: RateLimitedLog,
    ) -> Self {
        let zero = || AtomicUsize::new(0);
        Self {
            hub,
            token,
            names,
            rejections,
            place,
            ending: AtomicBool::new(false),
            connections: zero(),
            clients: zero(),
            number: AtomicU32::new(0),
            dropped: AtomicU64::new(0),
            snapshots: Mutex::default(),
            pictures: Mutex::default(),
        }
    }

    /// Number of connected clients.
    pub fn clients(&self) -> usize {
        self.clients.load(SeqCst).min(CLIENTS)
    }

    /// Messages dropped by the rate limit so far.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(SeqCst)
    }

    /// Counts a dropped message.
    pub fn count_dropped(&self) {
        self.dropped.fetch_add(1, SeqCst);
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        locked(&self.snapshots).latest(&self.hub, self.clients())
    }

    /// The newest picture, if it is not number `last`.
    pub fn picture(&self, last: u64) -> Option<(u64, Vec<u8>)> {
        let mut pictures = locked(&self.pictures);
        let (number, bytes) = pictures.latest(&self.hub);
        (number != last && number != 0).then(|| (number, bytes.to_vec()))
    }

    /// Whether all connections are to close.
    pub fn is_closing(&self) -> bool {
        self.ending.load(SeqCst) || self.hub.is_closing()
    }

    /// Closes all connections.
    pub fn close(&self) {
        self.ending.store(true, SeqCst);
    }

    /// Whether no connection is left.
    pub fn is_empty(&self) -> bool {
        self.connections.load(SeqCst) == 0
    }

    /// Reports the number of clients to the hub.
    pub fn report_devices(&self) {
        let word = match self.clients() {
            0 => "no clients".into(),
            1 => "1 client".into(),
            n => format!("{n} clients"),
        };
        let device = DeviceState { what: "remote", name: self.place.clone(), fine: true, word };
        self.hub.report_devices("remote", vec![device]);
    }
}
