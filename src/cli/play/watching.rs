//! What is written for those who watch the show from outside: the heartbeat for a supervisor, the health for people.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::supervise::BEAT;
use crate::show::{Hub, Worker, log, report};
use crate::world::frame::write_atomic;

/// Between two beats.
const PULSE: Duration = Duration::from_millis(250);
/// Between two writings of the health.
const EVERY: Duration = Duration::from_secs(1);
/// Between two looks whether to end.
const LOOK: Duration = Duration::from_millis(50);

/// Writes the heartbeat where a supervisor has asked for it.
pub fn heartbeat(hub: &Arc<Hub>) {
    let Some(file) = std::env::var_os(BEAT).map(PathBuf::from) else { return };
    let hub = hub.clone();
    let beat = move || {
        loop {
            let pulse = hub.pulse();
            if let Ok(text) = serde_json::to_vec(&pulse) {
                // A lost beat is made good by the next.
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

/// Writes the health to a file until the worker is dropped, and then once more.
pub fn health(file: &Path, hub: Arc<Hub>) -> Option<Worker> {
    let file = file.to_path_buf();
    let work = move |end: &AtomicBool| {
        let (mut told, mut last) = (false, Instant::now() - EVERY);
        loop {
            let ends = end.load(Relaxed);
            if ends || last.elapsed() >= EVERY {
                last = Instant::now();
                let text = report::health(&hub).to_string();
                if let Err(e) = write_atomic(&file, text.as_bytes())
                    && !std::mem::replace(&mut told, true)
                {
                    log::tell(format!("the health cannot be written: {e}"));
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
