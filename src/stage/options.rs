//! How to open the stage.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::monitors::WindowPlacement;
use super::script::Script;
use control::keys::Keys;
use show::lock::ALLOWED;
use show::{CommandReceiver, Hub};

/// How to open the stage.
#[derive(Default)]
pub struct Options {
    /// Window size in pixels.
    pub size: (usize, usize),
    /// Whether it starts on the full screen.
    pub fullscreen: bool,
    /// Where the window is placed, if not by the system.
    pub place: Option<WindowPlacement>,
    /// Whether it starts with the panel open.
    pub panel: bool,
    /// Whether the flash limiter is on.
    pub limiter: bool,
    /// Whether it starts in show mode.
    pub locked: bool,
    /// Addresses allowed in show mode; [`ALLOWED`](show::lock::ALLOWED) if none are given.
    pub allow: Option<Vec<String>>,
    /// A hub that other control inputs hold already, and its command receiver.
    pub seat: Option<(Arc<Hub>, CommandReceiver)>,
    /// Record video from the start, to here.
    pub record: Option<PathBuf>,
    /// Live output to another program: a named pipe, or a virtual camera.
    pub feed: Option<PathBuf>,
    /// Effects that are on at the start.
    pub effects: Vec<String>,
    /// Quit after this many frames.
    pub frames: Option<u64>,
    /// Quit after this many seconds.
    pub seconds: Option<f64>,
    /// Where to save what the window shows at the last frame.
    pub screenshot: Option<PathBuf>,
    /// User-defined key mappings.
    pub keys: Keys,
    /// Scripted keys and mouse, for tests.
    pub script: Script,
    /// Quit as soon as this is true (Ctrl-C).
    pub leave: Arc<AtomicBool>,
}

impl Options {
    /// Addresses allowed in show mode.
    pub fn allowed(&self) -> Vec<String> {
        let own = || ALLOWED.iter().map(|a| a.to_string()).collect();
        self.allow.clone().unwrap_or_else(own)
    }
}
