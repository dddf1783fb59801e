//! The thread that runs a world by the clock.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use triple_buffer::{Input, Output, triple_buffer};

use super::health::Health;
use super::{Clock, Command, Hub, State};
use crate::world::frame::Frame;
use crate::world::tape::Event;

/// How long the end waits for the worlds, with their tape, devices and judge: those that hang end with the process.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the show thread drives: an engine with its scenes.
pub trait World: Send {
    /// One tick, in which these events act first.
    fn tick(&mut self, events: &[Event]);
    /// Events while the clock stands: they take hold, but no time passes.
    fn poke(&mut self, events: &[Event]);
    /// Writes the picture as it is now.
    fn picture(&mut self, into: &mut Frame);
    /// Writes what the panel shows; `tick_ms` and `paused` are not its business.
    fn state(&mut self, into: &mut State);
    /// Goes to another scene, by its place in [`super::Face::scenes`].
    fn go(&mut self, scene: usize);
    /// Looks four times a second whether files have changed.
    fn refresh(&mut self);
    /// Ticks a second that the scene wants.
    fn rate(&self) -> f64;
    /// Everything else that hands can ask for; what it does not know it leaves alone.
    fn act(&mut self, _command: Command) {}
    /// Whether it wants a picture even if nobody has looked at the last one.
    fn is_watched(&self) -> bool {
        false
    }
}

/// A running show, seen from the window. Dropping it ends the thread.
pub struct Show {
    hub: Arc<Hub>,
    frames: Output<Frame>,
    thread: Option<JoinHandle<()>>,
}

impl Show {
    /// Starts the thread.
    pub fn start(world: Box<dyn World>) -> Self {
        let (hub, inbox) = Hub::new();
        Self::at(hub, inbox, world)
    }

    /// Starts the thread at a hub that others hold already.
    pub fn at(hub: Arc<Hub>, inbox: Receiver<Command>, world: Box<dyn World>) -> Self {
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
    pub fn state(&self) -> Arc<State> {
        self.hub.state()
    }

    /// Whether the thread has ended by itself, which only a fault does.
    pub fn has_died(&self) -> bool {
        self.thread.as_ref().is_none_or(|t| t.is_finished())
    }
}

impl Drop for Show {
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
    world: Box<dyn World>,
    inbox: Receiver<Command>,
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
        let (mut events, mut previewed) = (Vec::new(), Instant::now());
        self.publish(&mut previewed);
        while !self.hub.is_closing() {
            std::thread::sleep(clock.until_next(Instant::now()));
            self.hub.beat();
            let start = Instant::now();
            clock.set_rate(self.world.rate());
            events.clear();
            let step = self.receive(&mut events);
            if step || !self.paused {
                self.world.tick(&events);
            } else if !events.is_empty() {
                self.world.poke(&events);
            }
            let moved = step || !self.paused || !events.is_empty();
            if start.duration_since(refreshed) >= Duration::from_millis(250) {
                refreshed = start;
                self.world.refresh();
            }
            self.stale |= moved;
            self.publish(&mut previewed);
            if moved {
                self.tick_ms = start.elapsed().as_secs_f32() * 1e3;
                self.health.tick(self.tick_ms);
            }
        }
    }

    /// Takes all waiting commands; says whether to make a single step.
    fn receive(&mut self, events: &mut Vec<Event>) -> bool {
        let mut step = false;
        while let Ok(command) = self.inbox.try_recv() {
            match command {
                Command::Event(event) => events.push(event),
                Command::Pause(paused) => self.paused = paused,
                Command::Step => step = true,
                Command::Scene(scene) => self.world.go(scene),
                other => self.world.act(other),
            }
            self.stale = true;
        }
        step
    }

    /// A picture that nobody has looked at yet is not worth replacing, unless someone else watches.
    fn publish(&mut self, previewed: &mut Instant) {
        if self.stale && (self.frames.consumed() || self.world.is_watched()) {
            self.world.picture(self.frames.input_buffer_mut());
            self.hub.offer(self.frames.input_buffer_mut(), previewed);
            self.frames.publish();
            self.stale = false;
        }
        let mut state = State::default();
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
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Counts ticks, pokes and pictures; the tick is the picture's only content.
    #[derive(Default)]
    struct Dummy {
        tick: u64,
        heard: Vec<Event>,
        pictures: Arc<AtomicU64>,
        scene: usize,
    }

    impl World for Dummy {
        fn tick(&mut self, events: &[Event]) {
            self.tick += 1;
            self.heard.extend_from_slice(events);
        }
        fn poke(&mut self, events: &[Event]) {
            self.heard.extend_from_slice(events);
        }
        fn picture(&mut self, into: &mut Frame) {
            self.pictures.fetch_add(1, Ordering::SeqCst);
            into.provenance.tick = self.tick;
        }
        fn state(&mut self, into: &mut State) {
            into.tick = self.tick;
            into.notice = (self.heard.len() as u64, format!("scene {}", self.scene));
        }
        fn go(&mut self, scene: usize) {
            self.scene = scene;
        }
        fn refresh(&mut self) {}
        fn rate(&self) -> f64 {
            1000.0
        }
    }

    /// Waits until the state is as wanted; a show that never gets there fails.
    fn wait(show: &mut Show, wanted: impl Fn(&State) -> bool) -> State {
        for _ in 0..5000 {
            if wanted(&show.state()) {
                return State::clone(&show.state());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("the show never got there: {:?}", show.state());
    }

    #[test]
    fn time_stands_while_paused_and_events_take_hold_all_the_same() {
        let mut show = Show::start(Box::new(Dummy::default()));
        wait(&mut show, |s| s.tick > 3);
        show.send(Command::Pause(true));
        let tick = wait(&mut show, |s| s.paused).tick;
        show.send(Command::Event(Event::Link(0, false)));
        assert_eq!(wait(&mut show, |s| s.notice.0 == 1).tick, tick);
        show.send(Command::Step);
        wait(&mut show, |s| s.tick == tick + 1);
        show.send(Command::Scene(4));
        assert_eq!(wait(&mut show, |s| s.notice.1 == "scene 4").tick, tick + 1);
        show.send(Command::Pause(false));
        wait(&mut show, |s| s.tick > tick + 5);
    }

    #[test]
    fn a_picture_that_nobody_took_is_not_made_again_and_the_last_one_is_never_lost() {
        let pictures = Arc::new(AtomicU64::new(0));
        let mut show = Show::start(Box::new(Dummy { pictures: pictures.clone(), ..Dummy::default() }));
        wait(&mut show, |s| s.tick > 50);
        assert_eq!(pictures.load(Ordering::SeqCst), 1);
        show.send(Command::Pause(true));
        let tick = wait(&mut show, |s| s.paused).tick;
        let newest = (0..5000).find_map(|_| {
            std::thread::sleep(Duration::from_millis(1));
            show.new_frame().map(|f| f.provenance.tick).filter(|&t| t == tick)
        });
        assert_eq!(newest, Some(tick));
        drop(show);
        assert_eq!(Arc::strong_count(&pictures), 1, "dropping the show ends its thread");
    }

    #[test]
    fn a_world_that_breaks_is_noticed() {
        struct Broken;
        impl World for Broken {
            fn tick(&mut self, _: &[Event]) {
                panic!("on purpose");
            }
            fn poke(&mut self, _: &[Event]) {}
            fn picture(&mut self, _: &mut Frame) {}
            fn state(&mut self, _: &mut State) {}
            fn go(&mut self, _: usize) {}
            fn refresh(&mut self) {}
            fn rate(&self) -> f64 {
                1000.0
            }
        }
        let show = Show::start(Box::new(Broken));
        let died = (0..5000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            show.has_died()
        });
        assert!(died);
    }
}
