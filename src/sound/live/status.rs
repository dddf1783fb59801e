//! State shared by the show, its controllers and the device manager.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;

use show::{DeviceState, SoundControl};

use super::room::RoomBuffer;

/// The choice of an input or output device.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DeviceChoice {
    /// No device.
    #[default]
    Nothing,
    /// The default of the system.
    Default,
    /// The device with this name, or with it as a part of its name.
    Named(String),
}

impl DeviceChoice {
    /// From the command line: `none`, `default`, or a name.
    pub fn from_word(word: &str) -> Self {
        match word {
            "none" => Self::Nothing,
            "default" => Self::Default,
            name => Self::Named(name.into()),
        }
    }
}

/// Shared state of the audio devices.
#[derive(Default)]
pub struct AudioStatus {
    volume: AtomicU32,
    closing: AtomicBool,
    states: ArcSwap<Vec<DeviceState>>,
    signals: ArcSwap<Vec<f64>>,
    recording: Mutex<Option<PathBuf>>,
    room: RoomBuffer,
    lost: AtomicU64,
    suppression_db: AtomicU32,
}

impl AudioStatus {
    /// Full volume, no signals.
    pub fn new() -> Arc<Self> {
        let status = Self::default();
        status.set_volume(1.0);
        Arc::new(status)
    }
    /// 0..1, mute included.
    pub fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Relaxed))
    }
    /// Whether the device manager is to end.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Relaxed)
    }
    /// Tells the device manager to end.
    pub fn close(&self) {
        self.closing.store(true, Relaxed);
    }
    /// States of the devices.
    pub fn states(&self) -> Arc<Vec<DeviceState>> {
        self.states.load_full()
    }
    pub(super) fn set_states(&self, states: Vec<DeviceState>) {
        if **self.states.load() != states {
            self.states.store(Arc::new(states));
        }
    }
    /// Signals of the audio input, in the order of [`SIGNALS`](crate::analysis::SIGNALS); empty without input.
    pub fn signals(&self) -> Arc<Vec<f64>> {
        self.signals.load_full()
    }
    pub(super) fn set_signals(&self, values: Vec<f64>) {
        self.signals.store(Arc::new(values));
    }
    /// Samples of the audio input, for worlds that hear the room.
    pub(super) fn room(&self) -> &RoomBuffer {
        &self.room
    }
    /// The file that sound is to be recorded to.
    pub(super) fn recording(&self) -> Option<PathBuf> {
        self.recording.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }
    pub(super) fn count_lost(&self) {
        self.lost.fetch_add(1, Relaxed);
    }
    /// The current attenuation of the feedback suppression, dB.
    pub fn suppression_db(&self) -> f32 {
        f32::from_bits(self.suppression_db.load(Relaxed))
    }
    pub(super) fn set_suppression_db(&self, db: f32) {
        self.suppression_db.store(db.to_bits(), Relaxed);
    }
}

impl SoundControl for AudioStatus {
    fn set_volume(&self, volume: f32) {
        self.volume.store(volume.clamp(0.0, 1.0).to_bits(), Relaxed);
    }
    fn write_to(&self, file: Option<PathBuf>) {
        *self.recording.lock().unwrap_or_else(|e| e.into_inner()) = file;
    }
    fn lost(&self) -> u64 {
        self.lost.load(Relaxed)
    }
}
