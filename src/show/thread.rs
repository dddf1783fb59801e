//! The thread that runs a world by the clock.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use triple_buffer::{Input, Output, triple_buffer};

use super::health::Health;
use super::{Clock, Command, CommandReceiver, Hub, MasterState, ShowState};
use world::frame::Frame;

/// How long the end waits for the worlds, with their tape, devices and judge: those that hang end with the process.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the show thread drives: a performance with its scenes.
pub trait ShowDriver: Send {
    /// Does what a hand asks, now: after all that was asked before, before all that is asked later, whether the clock
    /// goes on or stands. What it does not know it leaves alone.
    fn command(&mut self, command: Command);
    /// The clock stands from now on, or goes on.
    fn pause(&mut self, _paused: bool) {}
    /// One tick.
    fn tick(&mut self);
    /// A moment in which the clock stands; whether anything has changed all the same.
    fn rest(&mut self) -> bool {
        false
    }
    /// Writes the picture as it is now.
    fn picture(&mut self, into: &mut Frame);
    /// Writes what the panel shows; `tick_ms` and `paused` are not its business.
    fn state(&mut self, into: &mut ShowState);
    /// Looks four times a second whether files have changed.
    fn refresh(&mut self);
    /// Where light, sound and clock stand; told before each [`ShowDriver::refresh`].
    fn keep(&mut self, _standing: MasterState) {}
    /// Where they stood when an earlier run was cut off; asked once, before the first picture.
    fn stood(&mut self) -> Option<MasterState> {
        None
    }
    /// Ticks a second that the scene wants.
    fn rate(&self) -> f64;
    /// Brings to its end what is open, such as a tape; what is to be said of it then.
    fn end(&mut self) -> Vec<String> {
        Vec::new()
    }
    /// Whether it wants a picture even if nobody has looked at the last one.
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

    /// Starts the thread at a hub that others hold already.
    pub fn at(hub: Arc<Hub>, inbox: CommandReceiver, world: Box<dyn ShowDriver>) -> Self {
        let (frame_in, frames) = triple_buffer(&Frame::default());
        let (stale, paused, tick_ms, health) = (true, false, 0.0, Health::default());
        let runner =
            Runner { world, inbox, hub: hub.clone(), frames: frame_in, stale, paused, tick_ms, health };
        let thread = std::thread::Builder::new().name("show".into()).spawn(move || runner.run());
        Self { hub, frames, thread: thread.ok() }
    }

    /// Sends a command. It is lost if the show has ended.
    pub fn send(&self, command: Command) {
        self.hub.send(command);
    }

    /// Where all hands meet.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// The newest picture, if there is one that was not taken yet.
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

    /// Whether the thread has ended by itself, which only a fault does.
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
            if begun.elapsed() > PATIENCE {
                return super::log::tell("the worlds hang; the show ends without them");
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
    /// The published picture is not that of the world as it is now.
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
        if let Some(stood) = self.world.stood() {
            self.hub.stand(stood);
            self.pause(stood.paused);
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
                self.world.keep(self.hub.master().standing(self.paused));
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

    /// Does what has been asked, in that order; whether anything was. The clock is the show's, all else the world's.
    fn execute(&mut self) -> bool {
        let commands = self.inbox.take();
        let asked = !commands.is_empty();
        for command in commands {
            match command {
                Command::Pause(paused) => self.pause(paused),
                Command::Step if self.paused => self.world.tick(),
                Command::Step => {}
                other => self.world.command(other),
            }
        }
        asked
    }

    fn pause(&mut self, paused: bool) {
        if paused != self.paused {
            self.paused = paused;
            self.world.pause(paused);
        }
    }

    /// A picture that nobody has looked at yet is not worth replacing, unless someone else watches.
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
