//! Where all control inputs meet: window, MIDI, OSC, web. Each holds a [`Hub`], sends commands, and reads the newest
//! state. No side waits for another.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::command_queue::{CommandReceiver, CommandSender, command_queue};
use super::lock::Lock;
use super::watchdog::Heartbeat;
use super::{
    Command, DeviceState, LimiterState, MappingControl, Master, MasterState, RecordState, ShowState,
    TimeHistogram,
};
use world::frame::Frame;

/// Widest preview, pixels.
pub const PREVIEW: usize = 480;
/// Between previews.
const PREVIEW_EVERY: Duration = Duration::from_millis(100);
/// Previews are made while somebody has asked within this time, milliseconds.
const PREVIEW_ASKED: u64 = 2000;

/// A small copy of the picture, RGB.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// `width · height · 3` bytes.
    pub rgb: Vec<u8>,
    /// Grows with each preview.
    pub number: u64,
}

/// State of the stage: published by it, read along with the show's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageState {
    /// The recording in progress.
    pub record: Option<RecordState>,
    /// The flash limiter.
    pub limiter: LimiterState,
}

/// Requests of control inputs to the stage.
#[derive(Debug, Default)]
pub struct StageRequests {
    record: AtomicBool,
    no_limiter: AtomicBool,
}

impl StageRequests {
    /// Whether a recording is requested.
    pub fn record(&self) -> bool {
        self.record.load(Relaxed)
    }
    /// Whether the flash limiter is to be on.
    pub fn limiter(&self) -> bool {
        !self.no_limiter.load(Relaxed)
    }
}

/// What control inputs, show and stage share.
pub struct Hub {
    commands: CommandSender,
    state: ArcSwap<ShowState>,
    preview: ArcSwap<Preview>,
    master: Master,
    started: Instant,
    stage: ArcSwap<StageState>,
    requests: StageRequests,
    asked: AtomicU64,
    ticked: AtomicU64,
    rounds: AtomicU64,
    drawn: AtomicU64,
    handed: AtomicU64,
    changed: AtomicU64,
    meant: AtomicBool,
    closing: AtomicBool,
    lock: Lock,
    frames: Mutex<TimeHistogram>,
    sound: OnceLock<Arc<dyn SoundControl>>,
    mapping: OnceLock<Arc<dyn MappingControl>>,
    devices: Mutex<BTreeMap<&'static str, Vec<DeviceState>>>,
    ports: Mutex<BTreeMap<&'static str, (u64, Option<String>)>>,
    exit_report: Mutex<Vec<String>>,
}

/// Control of the sound; acts at once, bypassing the show thread.
///
/// ```
/// use std::path::PathBuf;
/// use std::sync::{Arc, Mutex};
///
/// use show::{Hub, SoundControl};
///
/// /// Holds the volume, and records nothing.
/// #[derive(Default)]
/// struct Fader(Mutex<f32>);
///
/// impl SoundControl for Fader {
///     fn set_volume(&self, volume: f32) {
///         *self.0.lock().unwrap() = volume;
///     }
///     fn write_to(&self, _: Option<PathBuf>) {}
///     fn lost(&self) -> u64 {
///         0
///     }
/// }
///
/// let (hub, _inbox) = Hub::new();
/// let fader = Arc::new(Fader::default());
/// hub.attach_sound(fader.clone());
/// hub.set_volume(0.5, false);
/// assert_eq!(*fader.0.lock().unwrap(), 0.25, "loudness is the square of the fader");
/// ```
pub trait SoundControl: Send + Sync {
    /// Master volume, 0..1.
    fn set_volume(&self, volume: f32);
    /// Starts recording the sound to a WAV file, or stops.
    fn write_to(&self, file: Option<PathBuf>);
    /// Audio blocks lost from the recording so far.
    fn lost(&self) -> u64;
}

impl Hub {
    /// A hub, and the receiving end of its command queue.
    pub fn new() -> (Arc<Self>, CommandReceiver) {
        let (commands, inbox) = command_queue();
        let hub = Self {
            commands,
            state: ArcSwap::default(),
            preview: ArcSwap::default(),
            master: Master::default(),
            started: Instant::now(),
            stage: ArcSwap::default(),
            requests: StageRequests::default(),
            asked: AtomicU64::new(0),
            ticked: AtomicU64::new(0),
            rounds: AtomicU64::new(0),
            drawn: AtomicU64::new(0),
            handed: AtomicU64::new(0),
            changed: AtomicU64::new(0),
            meant: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            lock: Lock::default(),
            frames: Mutex::default(),
            sound: OnceLock::new(),
            mapping: OnceLock::new(),
            devices: Mutex::default(),
            ports: Mutex::default(),
            exit_report: Mutex::default(),
        };
        (Arc::new(hub), inbox)
    }

    /// Sends a command. It is dropped if the show has ended, or show mode locks it out. A reset also releases the
    /// master, at once.
    pub fn send(&self, command: Command) {
        if !self.permits(&command) {
            return;
        }
        match command {
            Command::Reset => self.master.release(),
            Command::Record(on) => self.requests.record.store(on, Relaxed),
            Command::Limiter(on) => self.limit(on),
            _ => {}
        }
        self.commands.send(command);
    }

    /// Whether show mode permits a command; rejections are counted.
    pub fn permits(&self, command: &Command) -> bool {
        self.lock.permits(command, &self.state.load().description)
    }

    /// Switching the limiter is a deliberate act, and leaves a line in the log.
    fn limit(&self, on: bool) {
        if self.requests.no_limiter.swap(!on, Relaxed) == on {
            super::log::status(format!("the flash limiter was switched {}", if on { "on" } else { "off" }));
        }
    }

    /// Commands rejected because the queue was full.
    pub fn rejected(&self) -> u64 {
        self.commands.rejected()
    }

    /// The show-mode lock.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// The newest state of the show.
    pub fn state(&self) -> Arc<ShowState> {
        self.state.load_full()
    }

    /// The master: acts at once, even while the engine hangs.
    pub fn master(&self) -> &Master {
        &self.master
    }

    /// Attaches the sound, which follows the master volume from now on.
    pub fn attach_sound(&self, sound: Arc<dyn SoundControl>) {
        sound.set_volume(self.master.loudness());
        let _ = self.sound.set(sound);
    }

    /// Attaches controller mapping (MIDI learn).
    pub fn attach_mapping(&self, mapping: Arc<dyn MappingControl>) {
        let _ = self.mapping.set(mapping);
    }

    /// Controller mapping, if attached.
    pub fn learn(&self) -> Option<&dyn MappingControl> {
        self.mapping.get().map(|mapping| &**mapping)
    }

    /// Restores a saved master state at once.
    pub fn restore(&self, saved: MasterState) {
        self.master.blackout(saved.black);
        if saved.light != self.master.goal().0 {
            self.master.fade(saved.light, 0.0);
        }
        self.set_volume(saved.volume, saved.mute);
    }

    /// Sets master volume (0..1) and mute, at once.
    pub fn set_volume(&self, volume: f32, mute: bool) {
        self.master.set_volume(volume, mute);
        if let Some(sound) = self.sound.get() {
            sound.set_volume(self.master.loudness());
        }
    }

    /// Starts recording the sound to a file, or stops; whether there is any sound.
    pub fn write_sound(&self, file: Option<PathBuf>) -> bool {
        self.sound.get().map(|sound| sound.write_to(file)).is_some()
    }

    /// Audio blocks lost from the recording so far.
    pub fn sound_lost(&self) -> u64 {
        self.sound.get().map_or(0, |sound| sound.lost())
    }

    /// Reports the states of all devices of one kind (`midi`, `osc`, `remote`).
    pub fn report_devices(&self, kind: &'static str, states: Vec<DeviceState>) {
        self.devices.lock().unwrap_or_else(|e| e.into_inner()).insert(kind, states);
    }

    /// All devices reported.
    pub fn devices(&self) -> Vec<DeviceState> {
        self.devices.lock().unwrap_or_else(|e| e.into_inner()).values().flatten().cloned().collect()
    }

    /// Reports how many messages a port (`osc`, `tuio`) has rejected, and why the last.
    pub fn report_rejected(&self, port: &'static str, messages: u64, last: Option<String>) {
        self.ports.lock().unwrap_or_else(|e| e.into_inner()).insert(port, (messages, last));
    }

    /// How many messages a port has rejected, and why the last; `None` if it never listened.
    pub fn rejected_at(&self, port: &str) -> Option<(u64, Option<String>)> {
        self.ports.lock().unwrap_or_else(|e| e.into_inner()).get(port).cloned()
    }

    /// Requests of control inputs to the stage.
    pub fn requests(&self) -> &StageRequests {
        &self.requests
    }

    /// Publishes the state of the stage.
    pub fn report(&self, stage: StageState) {
        if **self.stage.load() != stage {
            self.stage.store(Arc::new(stage));
        }
    }

    /// The newest state of the stage.
    pub fn stage(&self) -> Arc<StageState> {
        self.stage.load_full()
    }

    /// The newest preview; asking for it keeps previews coming for two seconds.
    pub fn preview(&self) -> Arc<Preview> {
        self.asked.store(self.milliseconds().max(1), Relaxed);
        self.preview.load_full()
    }

    /// Seconds since the show thread's last round; grows while it hangs.
    pub fn silent_for(&self) -> f32 {
        (self.milliseconds().saturating_sub(self.ticked.load(Relaxed))) as f32 / 1e3
    }

    /// Whether the show is about to end.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Relaxed)
    }

    /// Asks all threads to end.
    pub fn close(&self) {
        self.closing.store(true, Relaxed);
    }

    fn milliseconds(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    /// The current heartbeat.
    pub fn heartbeat(&self) -> Heartbeat {
        let state = self.state.load();
        Heartbeat {
            drawn: self.drawn.load(Relaxed),
            handed: self.handed.load(Relaxed),
            rounds: self.rounds.load(Relaxed),
            ticks: state.tick,
            paused: state.paused,
            changed: self.changed.load(Relaxed),
            meant: self.meant.load(Relaxed),
            still: state.still,
            ending: self.is_closing(),
        }
    }

    /// The stage has drawn a frame, `milliseconds` after the last; whether it differed from that one and was not of one
    /// colour (`changed`), and whether it is meant to be still or dark (`meant`).
    pub fn drew(&self, milliseconds: Option<f32>, changed: bool, meant: bool) {
        if let Some(time) = milliseconds {
            self.frames.lock().unwrap_or_else(|e| e.into_inner()).add(time);
        }
        self.drawn.fetch_add(1, Relaxed);
        self.changed.fetch_add(changed as u64, Relaxed);
        let master = &self.master;
        let dark = master.is_black() || master.is_closed() || master.goal().0 == 0.0;
        self.meant.store(meant || dark || master.is_frozen(), Relaxed);
    }

    /// The stage has taken a new picture.
    pub fn took(&self) {
        self.handed.fetch_add(1, Relaxed);
    }

    /// Frame intervals of the stage, milliseconds.
    pub fn frames(&self) -> TimeHistogram {
        self.frames.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// The show thread has started a round.
    pub(super) fn beat(&self) {
        self.rounds.fetch_add(1, Relaxed);
        self.ticked.store(self.milliseconds(), Relaxed);
    }

    /// Publishes the state.
    pub fn publish(&self, state: ShowState) {
        self.state.store(Arc::new(state));
    }

    pub(super) fn set_exit_report(&self, messages: Vec<String>) {
        *self.exit_report.lock().unwrap_or_else(|e| e.into_inner()) = messages;
    }

    /// Messages of the show when it ended, such as where its tape is; empty before.
    pub fn exit_report(&self) -> Vec<String> {
        self.exit_report.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Makes a preview if somebody wants one and the last is old enough.
    pub(super) fn offer(&self, frame: &Frame, last: &mut Instant) {
        let asked = self.asked.load(Relaxed);
        let wanted = asked > 0 && self.milliseconds() < asked + PREVIEW_ASKED;
        if wanted && last.elapsed() >= PREVIEW_EVERY && frame.width > 0 {
            *last = Instant::now();
            let number = self.preview.load().number + 1;
            self.preview.store(Arc::new(shrunk(frame, number)));
        }
    }
}

/// Nearest-neighbour sampling: every pixel of the preview is one of the frame's, faithful to shape, not to noise.
fn shrunk(frame: &Frame, number: u64) -> Preview {
    let width = frame.width.min(PREVIEW);
    let height = (frame.height * width / frame.width).max(1);
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        let row = (2 * y + 1) * frame.height / (2 * height);
        for x in 0..width {
            rgb.extend(frame.pixel((2 * x + 1) * frame.width / (2 * width), row));
        }
    }
    Preview { width, height, rgb, number }
}

#[cfg(test)]
mod tests;
