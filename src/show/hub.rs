//! Where all hands meet: window, MIDI, OSC, web. Each holds a [`Hub`], sends commands, and reads the newest state.
//! Nobody waits for anybody.

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
/// A preview is made as long as somebody has asked within this time.
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

/// What the stage does beyond the show: published by it, read with the state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageState {
    /// The recording on its way.
    pub record: Option<RecordState>,
    /// The flash limiter.
    pub limiter: LimiterState,
}

/// What hands want of the stage.
#[derive(Debug, Default)]
pub struct StageRequests {
    record: AtomicBool,
    no_limiter: AtomicBool,
}

impl StageRequests {
    /// Whether a recording is wanted.
    pub fn record(&self) -> bool {
        self.record.load(Relaxed)
    }
    /// Whether flashes are to be held back.
    pub fn limiter(&self) -> bool {
        !self.no_limiter.load(Relaxed)
    }
}

/// The meeting point.
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
    learn: OnceLock<Arc<dyn MappingControl>>,
    devices: Mutex<BTreeMap<&'static str, Vec<DeviceState>>>,
    ports: Mutex<BTreeMap<&'static str, (u64, Option<String>)>>,
    exit_report: Mutex<Vec<String>>,
}

/// What hands can ask of the sound; it acts at once, past the show's thread.
pub trait SoundControl: Send + Sync {
    /// Volume of everything, 0..1.
    fn set_volume(&self, volume: f32);
    /// What is heard is written to a WAV file from now on, or no longer.
    fn write_to(&self, file: Option<PathBuf>);
    /// Blocks of a recording that were lost so far.
    fn lost(&self) -> u64;
}

impl Hub {
    /// A hub, and where its commands arrive.
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
            learn: OnceLock::new(),
            devices: Mutex::default(),
            ports: Mutex::default(),
            exit_report: Mutex::default(),
        };
        (Arc::new(hub), inbox)
    }

    /// Sends a command. It is lost if the show has ended, or locks it out. A reset also brings light and motion back,
    /// at once.
    pub fn send(&self, command: Command) {
        if !self.lets(&command) {
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

    /// Whether show mode lets a command through; a refusal is counted.
    pub fn lets(&self, command: &Command) -> bool {
        self.lock.lets(command, &self.state.load().description)
    }

    /// Switching the limiter is a deliberate act, and leaves a line in the log.
    fn limit(&self, on: bool) {
        if self.requests.no_limiter.swap(!on, Relaxed) == on {
            super::log::tell(format!("the flash limiter was switched {}", if on { "on" } else { "off" }));
        }
    }

    /// Commands that were refused because too many waited.
    pub fn rejected(&self) -> u64 {
        self.commands.rejected()
    }

    /// What hands may do.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// The newest state of the show.
    pub fn state(&self) -> Arc<ShowState> {
        self.state.load_full()
    }

    /// Light of the whole picture: acts at once, also while the engine hangs.
    pub fn master(&self) -> &Master {
        &self.master
    }

    /// The show has sound; its volume is the master's from now on.
    pub fn attach_sound(&self, desk: Arc<dyn SoundControl>) {
        desk.set_volume(self.master.loudness());
        let _ = self.sound.set(desk);
    }

    /// Controllers can be learnt from now on.
    pub fn attach_mapping(&self, desk: Arc<dyn MappingControl>) {
        let _ = self.learn.set(desk);
    }

    /// Where controllers are learnt, if there are any.
    pub fn learn(&self) -> Option<&dyn MappingControl> {
        self.learn.get().map(|desk| &**desk)
    }

    /// Light and sound are at once as they stood.
    pub fn stand(&self, stood: MasterState) {
        self.master.blackout(stood.black);
        if stood.light != self.master.goal().0 {
            self.master.fade(stood.light, 0.0);
        }
        self.set_volume(stood.volume, stood.mute);
    }

    /// The volume of all sound (0..1), and whether it is muted; at once.
    pub fn set_volume(&self, volume: f32, mute: bool) {
        self.master.set_volume(volume, mute);
        if let Some(desk) = self.sound.get() {
            desk.set_volume(self.master.loudness());
        }
    }

    /// What is heard is written to a file from now on, or no longer; whether there is any sound to write.
    pub fn write_sound(&self, file: Option<PathBuf>) -> bool {
        self.sound.get().map(|desk| desk.write_to(file)).is_some()
    }

    /// Blocks of sound that a recording has lost so far.
    pub fn sound_lost(&self) -> u64 {
        self.sound.get().map_or(0, |desk| desk.lost())
    }

    /// Devices of one kind (`midi`, `osc`, `remote`) stand like this now.
    pub fn tell_devices(&self, kind: &'static str, states: Vec<DeviceState>) {
        self.devices.lock().unwrap_or_else(|e| e.into_inner()).insert(kind, states);
    }

    /// Devices of all kinds that were told of.
    pub fn devices(&self) -> Vec<DeviceState> {
        self.devices.lock().unwrap_or_else(|e| e.into_inner()).values().flatten().cloned().collect()
    }

    /// A port (`osc`, `tuio`) has refused so many messages; why the last of them.
    pub fn report_rejected(&self, port: &'static str, messages: u64, last: Option<String>) {
        self.ports.lock().unwrap_or_else(|e| e.into_inner()).insert(port, (messages, last));
    }

    /// What a port has refused; nothing where it never listened.
    pub fn refused_at(&self, port: &str) -> Option<(u64, Option<String>)> {
        self.ports.lock().unwrap_or_else(|e| e.into_inner()).get(port).cloned()
    }

    /// What hands want of the stage.
    pub fn requests(&self) -> &StageRequests {
        &self.requests
    }

    /// The stage tells what it does.
    pub fn report(&self, stage: StageState) {
        if **self.stage.load() != stage {
            self.stage.store(Arc::new(stage));
        }
    }

    /// What the stage told last.
    pub fn stage(&self) -> Arc<StageState> {
        self.stage.load_full()
    }

    /// The newest preview; asking for it keeps previews coming for two seconds.
    pub fn preview(&self) -> Arc<Preview> {
        self.asked.store(self.milliseconds().max(1), Relaxed);
        self.preview.load_full()
    }

    /// Seconds since the show thread last came round; grows while it hangs.
    pub fn silent_for(&self) -> f32 {
        (self.milliseconds().saturating_sub(self.ticked.load(Relaxed))) as f32 / 1e3
    }

    /// Whether the show is about to end.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Relaxed)
    }

    /// Asks everybody to end.
    pub fn close(&self) {
        self.closing.store(true, Relaxed);
    }

    fn milliseconds(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    /// The heartbeat as it is.
    pub fn pulse(&self) -> Heartbeat {
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

    /// The stage has drawn a frame, so many milliseconds after the last; whether it differed from that one and was not
    /// of one colour, and whether it is meant to stand still or be dark.
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

    /// Milliseconds from frame to frame of the stage.
    pub fn frames(&self) -> TimeHistogram {
        self.frames.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// The show thread came round.
    pub(super) fn beat(&self) {
        self.rounds.fetch_add(1, Relaxed);
        self.ticked.store(self.milliseconds(), Relaxed);
    }

    /// What everybody sees from now on.
    pub fn publish(&self, state: ShowState) {
        self.state.store(Arc::new(state));
    }

    pub(super) fn set_exit_report(&self, words: Vec<String>) {
        *self.exit_report.lock().unwrap_or_else(|e| e.into_inner()) = words;
    }

    /// What the show had to say when it ended, such as where its tape is; nothing before.
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

/// Every pixel of the preview is one of the frame's: a judge of shape, not of noise.
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
