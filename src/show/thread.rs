//! The thread that runs a world by the clock.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use triple_buffer::{Input, Output, triple_buffer};

use super::health::Health;
use super::{Clock, Command, CommandReceiver, Hub, MasterState, ShowState};
use world::frame::Frame;

/// How long the end waits for the show thread, with its tape, devices and judge: if it hangs, it ends with the process.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the show thread drives: a performance with its scenes.
///
/// ```
/// use std::time::Duration;
///
/// use show::{Command, ShowDriver, ShowState, ShowThread};
/// use world::frame::Frame;
///
/// /// Counts ticks.
/// struct Counter(u64);
///
/// impl ShowDriver for Counter {
///     fn command(&mut self, command: Command) {
///         if command == Command::Reset {
///             self.0 = 0;
///         }
///     }
///     fn tick(&mut self) {
///         self.0 += 1;
///     }
///     fn picture(&mut self, into: &mut Frame) {
///         into.copy(&Frame::new(16, 9));
///     }
///     fn state(&mut self, into: &mut ShowState) {
///         into.tick = self.0;
///     }
///     fn refresh(&mut self) {}
///     fn rate(&self) -> f64 {
///         1000.0
///     }
/// }
///
/// let mut show = ShowThread::start(Box::new(Counter(0)));
/// while show.state().tick < 10 && !show.has_died() {
///     std::thread::sleep(Duration::from_millis(1));
/// }
/// assert!(show.state().tick >= 10);
/// assert_eq!(show.new_frame().map(|frame| frame.width), Some(16));
/// ```
pub trait ShowDriver: Send {
    /// Executes a command now, in order, whether running or paused. Unknown commands are ignored.
    fn command(&mut self, command: Command);
    /// The clock is paused or resumed.
    fn pause(&mut self, _paused: bool) {}
    /// One tick.
    fn tick(&mut self);
    /// One round while paused; whether anything has changed all the same.
    fn rest(&mut self) -> bool {
        false
    }
    /// Writes the picture as it is now.
    fn picture(&mut self, into: &mut Frame);
    /// Writes what the panel shows; the thread fills in `tick_ms` and `paused`.
    fn state(&mut self, into: &mut ShowState);
    /// Checks for changed files, four times a second.
    fn refresh(&mut self);
    /// The master state, to be autosaved; passed before each [`ShowDriver::refresh`].
    fn save_master(&mut self, _master: MasterState) {}
    /// The master state when an earlier run was cut off; read once, before the first picture.
    fn saved_master(&mut self) -> Option<MasterState> {
        None
    }
    /// Tick rate of the scene, Hz.
    fn rate(&self) -> f64;
    /// Finishes what is open, such as a tape; returns the messages for the exit report.
    fn end(&mut self) -> Vec<String> {
        Vec::new()
    }
    /// Whether it needs a picture even if nobody has taken the last one.
    fn is_watched(&self) -> bool {
        false
    }
}

/// A running show, seen from the window. Dropping it ends the thread.
pub struct ShowThread {
    hub: Arc<Hub>,
    frames: Output<Frame>,
    thread: Option<JoinHandle<()>>,
}

impl ShowThread {
    /// Starts the thread.
    pub fn start(world: Box<dyn ShowDriver>) -> Self {
        let (hub, inbox) = Hub::new();
        Self::at(hub, inbox, world)
    }

    /// Starts the thread with an existing hub.
    pub fn at(hub: Arc<Hub>, inbox: CommandReceiver, world: Box<dyn ShowDriver>) -> Self {
        let (frame_in, frames) = triple_buffer(&Frame::default());
        let (stale, paused, tick_ms, health) = (true, false, 0.0, Health::default());
        let runner =
            Runner { world, inbox, hub: hub.clone(), frames: frame_in, stale, paused, tick_ms, health };
        let thread = std::thread::Builder::new().name("show".into()).spawn(move || runner.run());
        Self { hub, frames, thread: thread.ok() }
    }

    /// Sends a command. It is dropped if the show has ended.
    pub fn send(&self, command: Command) {
        self.hub.send(command);
    }

    /// The hub, where all control inputs meet.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// The newest picture, if it has not been taken yet.
    pub fn new_frame(&mut self) -> Option<&Frame> {
        self.frames.update().then(|| self.frames.output_buffer())
    }

    /// The picture taken last.
    pub fn frame(&self) -> &Frame {
        self.frames.output_buffer()
    }

    /// The newest state.
    pub fn state(&self) -> Arc<ShowState> {
        self.hub.state()
    }

    /// Whether the thread has ended by itself, which only happens on a fault.
    pub fn has_died(&self) -> bool {
        self.thread.as_ref().is_none_or(|t| t.is_finished())
    }
}

impl Drop for ShowThread {
    fn drop(&mut self) {
        self.hub.close();
        let Some(thread) = self.thread.take() else { return };
        let begun = Instant::now();
        while !thread.is_finished() {
            if begun.elapsed() > TIMEOUT {
                return super::log::status("the simulation thread has stalled; the show ends without it");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = thread.join();
    }
}

struct Runner {
    world: Box<dyn ShowDriver>,
    inbox: CommandReceiver,
    hub: Arc<Hub>,
    frames: Input<Frame>,
    /// The published picture is out of date.
    stale: bool,
    paused: bool,
    tick_ms: f32,
    health: Health,
}

impl Runner {
    fn run(mut self) {
        let mut clock = Clock::new(self.world.rate(), Instant::now());
        let mut refreshed = Instant::now();
        let mut previewed = Instant::now();
        if let Some(saved) = self.world.saved_master() {
            self.hub.restore(saved);
            self.pause(saved.paused);
        }
        self.publish(&mut previewed);
        while !self.hub.is_closing() {
            std::thread::sleep(clock.until_next(Instant::now()));
            self.hub.beat();
            let start = Instant::now();
            clock.set_rate(self.world.rate());
            let mut moved = self.execute();
            if self.paused {
                moved |= self.world.rest();
            } else {
                self.world.tick();
                moved = true;
            }
            if start.duration_since(refreshed) >= Duration::from_millis(250) {
                refreshed = start;
                self.world.save_master(self.hub.master().state(self.paused));
                self.world.refresh();
            }
            self.stale |= moved;
            self.publish(&mut previewed);
            if moved {
                self.tick_ms = start.elapsed().as_secs_f32() * 1e3;
                self.health.tick(self.tick_ms);
            }
        }
        self.hub.set_exit_report(self.world.end());
    }

    /// Executes the queued commands in order; whether there were any. The clock is the show's, all else the world's.
    fn execute(&mut self) -> bool {
        let commands = self.inbox.take();
        let any = !commands.is_empty();
        for command in commands {
            match command {
                Command::Pause(paused) => self.pause(paused),
                Command::Step if self.paused => self.world.tick(),
                Command::Step => {}
                other => self.world.command(other),
            }
        }
        any
    }

    fn pause(&mut self, paused: bool) {
        if paused != self.paused {
            self.paused = paused;
            self.world.pause(paused);
        }
    }

    /// A picture that nobody has taken yet is not worth replacing, unless something else needs it.
    fn publish(&mut self, previewed: &mut Instant) {
        if self.stale && (self.frames.consumed() || self.world.is_watched()) {
            self.world.picture(self.frames.input_buffer_mut());
            self.hub.offer(self.frames.input_buffer_mut(), previewed);
            self.frames.publish();
            self.stale = false;
        }
        let mut state = ShowState::default();
        self.world.state(&mut state);
        (state.paused, state.tick_ms) = (self.paused, self.tick_ms);
        let stage = self.hub.stage();
        (state.record, state.limiter) = (stage.record.clone(), stage.limiter);
        state.devices.extend(self.hub.devices());
        self.health.write(&mut state);
        state.health.frames = self.hub.frames();
        state.locked = self.hub.lock().is_locked();
        self.hub.publish(state);
    }
}

#[cfg(test)]
mod tests;
