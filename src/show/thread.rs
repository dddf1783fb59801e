//! The thread that runs a world by the clock.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use triple_buffer::{Input, Output, triple_buffer};

use super::health::Health;
use super::{Clock, Command, Hub, Inbox, State};
use crate::world::frame::Frame;

/// How long the end waits for the worlds, with their tape, devices and judge: those that hang end with the process.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the show thread drives: a performance with its scenes.
pub trait World: Send {
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
    fn state(&mut self, into: &mut State);
    /// Looks four times a second whether files have changed.
    fn refresh(&mut self);
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
    pub fn at(hub: Arc<Hub>, inbox: Inbox, world: Box<dyn World>) -> Self {
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
    inbox: Inbox,
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
        self.publish(&mut previewed);
        while !self.hub.is_closing() {
            std::thread::sleep(clock.until_next(Instant::now()));
            self.hub.beat();
            let start = Instant::now();
            clock.set_rate(self.world.rate());
            let mut moved = self.obey();
            if self.paused {
                moved |= self.world.rest();
            } else {
                self.world.tick();
                moved = true;
            }
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
        self.hub.tell_last_words(self.world.end());
    }

    /// Does what has been asked, in that order; whether anything was. The clock is the show's, all else the world's.
    fn obey(&mut self) -> bool {
        let commands = self.inbox.take();
        let asked = !commands.is_empty();
        for command in commands {
            match command {
                Command::Pause(paused) if paused != self.paused => {
                    self.paused = paused;
                    self.world.pause(paused);
                }
                Command::Pause(_) => {}
                Command::Step if self.paused => self.world.tick(),
                Command::Step => {}
                other => self.world.command(other),
            }
        }
        asked
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
    use crate::show::{DeviceState, LimiterState, RecordState, StageState};
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Counts ticks, commands and pictures; the tick is the picture's only content.
    #[derive(Default)]
    struct Dummy {
        tick: u64,
        heard: Vec<(u64, Command)>,
        pictures: Arc<AtomicU64>,
        calls: Arc<Calls>,
        /// Whether something changes while the clock stands.
        restless: bool,
        watched: bool,
    }

    /// How often each was called.
    #[derive(Default)]
    struct Calls {
        pauses: AtomicU64,
        rests: AtomicU64,
        refreshes: AtomicU64,
    }

    impl World for Dummy {
        fn command(&mut self, command: Command) {
            self.heard.push((self.tick, command));
        }
        fn tick(&mut self) {
            self.tick += 1;
        }
        fn pause(&mut self, _: bool) {
            self.calls.pauses.fetch_add(1, Ordering::SeqCst);
        }
        fn rest(&mut self) -> bool {
            self.calls.rests.fetch_add(1, Ordering::SeqCst);
            self.restless
        }
        fn is_watched(&self) -> bool {
            self.watched
        }
        fn picture(&mut self, into: &mut Frame) {
            self.pictures.fetch_add(1, Ordering::SeqCst);
            into.provenance.tick = self.tick;
        }
        fn state(&mut self, into: &mut State) {
            into.tick = self.tick;
            into.notice = (self.heard.len() as u64, format!("{:?}", self.heard));
        }
        fn refresh(&mut self) {
            self.calls.refreshes.fetch_add(1, Ordering::SeqCst);
        }
        fn rate(&self) -> f64 {
            1000.0
        }
        fn end(&mut self) -> Vec<String> {
            vec![format!("ended after {} commands", self.heard.len())]
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
    fn time_stands_while_paused_and_commands_act_all_the_same() {
        let mut show = Show::start(Box::new(Dummy::default()));
        wait(&mut show, |s| s.tick > 3);
        assert!(!show.has_died());
        show.send(Command::Pause(true));
        let tick = wait(&mut show, |s| s.paused).tick;
        show.send(Command::Undo);
        assert_eq!(wait(&mut show, |s| s.notice.0 == 1).tick, tick);
        show.send(Command::Scene(4));
        assert_eq!(wait(&mut show, |s| s.notice.0 == 2).tick, tick);
        show.send(Command::Step);
        wait(&mut show, |s| s.tick == tick + 1);
        show.send(Command::Pause(false));
        wait(&mut show, |s| s.tick > tick + 5);
        let hub = show.hub().clone();
        drop(show);
        assert_eq!(hub.last_words(), ["ended after 2 commands"]);
    }

    #[test]
    fn commands_act_in_the_order_in_which_they_were_sent_and_a_step_has_its_place_among_them() {
        let (hub, inbox) = Hub::new();
        let sent = [
            Command::Pause(true),
            Command::Keep(1),
            Command::Step,
            Command::Undo,
            Command::Step,
            Command::Step,
            Command::Keep(2),
        ];
        sent.into_iter().for_each(|c| hub.send(c));
        let mut show = Show::at(hub, inbox, Box::new(Dummy::default()));
        let told = wait(&mut show, |s| s.notice.0 == 3).notice.1;
        assert_eq!(told, "[(0, Keep(1)), (1, Undo), (3, Keep(2))]");
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
            fn command(&mut self, _: Command) {}
            fn tick(&mut self) {
                panic!("on purpose");
            }
            fn picture(&mut self, _: &mut Frame) {}
            fn state(&mut self, _: &mut State) {}
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

    #[test]
    fn while_the_clock_stands_the_world_rests_looks_for_files_and_shows_what_changes() {
        let (pictures, calls) = (Arc::new(AtomicU64::new(0)), Arc::new(Calls::default()));
        let dummy =
            Dummy { pictures: pictures.clone(), calls: calls.clone(), restless: true, ..Dummy::default() };
        let mut show = Show::start(Box::new(dummy));
        [true, true].into_iter().for_each(|p| show.send(Command::Pause(p)));
        wait(&mut show, |s| s.paused);
        let count = |of: &AtomicU64| of.load(Ordering::SeqCst);
        assert_eq!(count(&calls.pauses), 1, "it is told once");
        let (rests, made) = (count(&calls.rests), count(&pictures));
        for _ in 0..20_000 {
            show.new_frame();
            std::thread::sleep(Duration::from_millis(1));
            if count(&calls.rests) > rests + 50 && count(&pictures) > made + 3 && count(&calls.refreshes) > 1
            {
                return;
            }
        }
        panic!(
            "{} rests, {} pictures, {} looks",
            count(&calls.rests),
            count(&pictures),
            count(&calls.refreshes)
        );
    }

    #[test]
    fn a_world_that_is_watched_makes_pictures_that_nobody_takes() {
        let pictures = Arc::new(AtomicU64::new(0));
        let dummy = Dummy { pictures: pictures.clone(), watched: true, ..Dummy::default() };
        let mut show = Show::start(Box::new(dummy));
        wait(&mut show, |_| pictures.load(Ordering::SeqCst) > 20);
    }

    #[test]
    fn the_state_holds_what_stage_devices_and_lock_tell() {
        let mut show = Show::start(Box::new(Dummy::default()));
        let hub = show.hub().clone();
        let limiter = LimiterState { on: true, acting: true, held: 7 };
        let record = Some(RecordState { path: "a.mp4".into(), frames: 3, dropped: 1, problem: None });
        hub.report(StageState { record: record.clone(), limiter });
        hub.tell_devices("midi", vec![DeviceState { what: "midi", ..DeviceState::default() }]);
        hub.drew(Some(12.0), true, false);
        hub.lock().lock(&[]);
        let told = wait(&mut show, |s| s.locked && s.health.ticks.count() > 5 && !s.devices.is_empty());
        assert_eq!((told.record, told.limiter, told.devices[0].what), (record, limiter, "midi"));
        assert!(told.health.frames.count() == 1 && told.tick_ms > 0.0 && hub.silent_for() < 60.0);
    }

    #[test]
    fn a_world_that_hangs_does_not_hold_up_the_end_for_ever() {
        struct Hanging(Arc<AtomicU64>);
        impl World for Hanging {
            fn command(&mut self, _: Command) {}
            fn tick(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_secs(600));
            }
            fn picture(&mut self, _: &mut Frame) {}
            fn state(&mut self, _: &mut State) {}
            fn refresh(&mut self) {}
            fn rate(&self) -> f64 {
                1000.0
            }
        }
        let ticks = Arc::new(AtomicU64::new(0));
        let show = Show::start(Box::new(Hanging(ticks.clone())));
        while ticks.load(Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(!show.has_died());
        let begun = Instant::now();
        drop(show);
        assert!((PATIENCE..Duration::from_secs(300)).contains(&begun.elapsed()));
    }
}
