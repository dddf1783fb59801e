//! The surface as several threads share it, and as panels see it.

use std::sync::{Arc, Mutex, MutexGuard};

use super::Surface;
use crate::show::{Hub, LearnDesk, LearnState};

/// One surface, shared by the ports and the panels.
#[derive(Clone)]
pub struct Desk {
    surface: Arc<Mutex<Surface>>,
    hub: Arc<Hub>,
}

impl Desk {
    /// Shares a surface.
    pub fn new(surface: Surface, hub: Arc<Hub>) -> Self {
        Self { surface: Arc::new(Mutex::new(surface)), hub }
    }

    /// The surface, for as long as it is held.
    pub fn lock(&self) -> MutexGuard<'_, Surface> {
        self.surface.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Where its moves go.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }
}

impl LearnDesk for Desk {
    fn arm(&self, address: Option<String>) {
        self.lock().arm(address);
    }

    fn forget(&self, address: &str) {
        self.lock().forget(address);
    }

    fn state(&self) -> LearnState {
        let own = self.lock();
        let entries = own.map().entries.iter();
        LearnState {
            armed: own.armed().map(String::from),
            moved: entries
                .map(|e| (e.to.clone(), format!("{} · {}", e.source.short(), brief(&e.device))))
                .collect(),
            conflicts: own.map().conflicts(),
            waiting: own.waiting(&self.hub),
            news: own.news().clone(),
        }
    }
}

/// ALSA calls a controller by its maker's name twice: `nano:nano MIDI 1`.
fn brief(device: &str) -> &str {
    device.split(':').next().filter(|d| !d.is_empty()).unwrap_or(device)
}
