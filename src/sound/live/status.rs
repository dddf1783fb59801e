//! What the show, the hands and the keeper of the devices share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;

use show::{DeviceState, SoundControl};

/// What the show listens to, or is heard from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DeviceChoice {
    /// Nothing.
    #[default]
    Nothing,
    /// Whatever the system thinks best.
    Default,
    /// The device whose name this is, or a part of it.
    Named(String),
}

impl DeviceChoice {
    /// From a word of the command line: `none`, `default`, or a name.
    pub fn from_word(word: &str) -> Self {
        match word {
            "none" => Self::Nothing,
            "default" => Self::Default,
            name => Self::Named(name.into()),
        }
    }
}

/// Shared by all.
#[derive(Default)]
pub struct AudioStatus {
    volume: AtomicU32,
    closing: AtomicBool,
    states: ArcSwap<Vec<DeviceState>>,
    heard: ArcSwap<Vec<f64>>,
    film: Mutex<Option<PathBuf>>,
    lost: AtomicU64,
    down: AtomicU32,
}

impl AudioStatus {
    /// Full volume, nothing heard.
    pub fn new() -> Arc<Self> {
        let status = Self::default();
        status.set_volume(1.0);
        Arc::new(status)
    }
    /// 0..1, mute included.
    pub fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Relaxed))
    }
    /// Whether all is to end.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Relaxed)
    }
    /// Asks the keeper to end.
    pub fn close(&self) {
        self.closing.store(true, Relaxed);
    }
    /// How the devices stand.
    pub fn states(&self) -> Arc<Vec<DeviceState>> {
        self.states.load_full()
    }
    pub(super) fn tell(&self, states: Vec<DeviceState>) {
        if **self.states.load() != states {
            self.states.store(Arc::new(states));
        }
    }
    /// Values of the analysis of what the microphone hears; empty without one.
    pub fn heard(&self) -> Arc<Vec<f64>> {
        self.heard.load_full()
    }
    pub(super) fn hear(&self, values: Vec<f64>) {
        self.heard.store(Arc::new(values));
    }
    /// The file that the sound is to be written to now.
    pub(super) fn film(&self) -> Option<PathBuf> {
        self.film.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }
    pub(super) fn lose(&self) {
        self.lost.fetch_add(1, Relaxed);
    }
    /// What the loop guard takes off now, dB.
    pub fn suppression_db(&self) -> f32 {
        f32::from_bits(self.down.load(Relaxed))
    }
    pub(super) fn set_suppression_db(&self, down: f32) {
        self.down.store(down.to_bits(), Relaxed);
    }
}

impl SoundControl for AudioStatus {
    fn set_volume(&self, volume: f32) {
        self.volume.store(volume.clamp(0.0, 1.0).to_bits(), Relaxed);
    }
    fn write_to(&self, file: Option<PathBuf>) {
        *self.film.lock().unwrap_or_else(|e| e.into_inner()) = file;
    }
    fn lost(&self) -> u64 {
        self.lost.load(Relaxed)
    }
}
