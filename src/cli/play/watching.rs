//! Files for monitoring the show from outside: the heartbeat for a supervisor, the health metrics for people.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::supervise::BEAT;
use crate::show::{Hub, Worker, log, report};
use crate::world::frame::write_atomic;

/// Interval between heartbeats.
const PULSE: Duration = Duration::from_millis(250);
/// Interval between writes of the health file.
const EVERY: Duration = Duration::from_secs(1);
/// Interval between checks whether to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Writes the heartbeat to the file that a supervisor named.
pub fn heartbeat(hub: &Arc<Hub>) {
    let Some(file) = std::env::var_os(BEAT).map(PathBuf::from) else { return };
    let hub = hub.clone();
    let beat = move || {
        loop {
            let pulse = hub.heartbeat();
            if let Ok(text) = serde_json::to_vec(&pulse) {
                // The next beat makes up for a lost one.
                let _ = write_atomic(&file, &text);
            }
            if pulse.ending {
                return;
            }
            std::thread::sleep(PULSE);
        }
    };
    let _ = std::thread::Builder::new().name("heartbeat".into()).spawn(beat);
}

/// Writes the health metrics to a file until the worker is dropped, and then once more.
pub fn health(file: &Path, hub: Arc<Hub>) -> Option<Worker> {
    let file = file.to_path_buf();
    let work = move |end: &AtomicBool| {
        let (mut reported, mut last) = (false, Instant::now() - EVERY);
        loop {
            let ends = end.load(Relaxed);
            if ends || last.elapsed() >= EVERY {
                last = Instant::now();
                let text = report::health(&hub).to_string();
                if let Err(e) = write_atomic(&file, text.as_bytes())
                    && !std::mem::replace(&mut reported, true)
                {
                    log::status(format!("cannot write the health file: {e}"));
                }
            }
            if ends {
                return;
            }
            std::thread::sleep(LOOK);
        }
    };
    Worker::start("health", work).ok()
}
