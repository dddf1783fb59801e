//! The show thread with worlds that count their calls.

use super::*;
use crate::{DeviceState, LimiterState, RecordState, StageState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts ticks, commands and pictures; the tick is the picture's only content.
#[derive(Default)]
struct Dummy {
    tick: u64,
    received: Vec<(u64, Command)>,
    pictures: Arc<AtomicU64>,
    calls: Arc<Calls>,
    /// Whether something changes while paused.
    restless: bool,
    /// Whether the round after a command changes something.
    echoes: bool,
    news: bool,
    /// How long a tick takes.
    slow: Duration,
    watched: bool,
}

/// How often each was called.
#[derive(Default)]
struct Calls {
    pauses: AtomicU64,
    rests: AtomicU64,
    refreshes: AtomicU64,
}

impl ShowDriver for Dummy {
    fn command(&mut self, command: Command) {
        self.received.push((self.tick, command));
        self.news = self.echoes;
    }
    fn tick(&mut self) {
        self.tick += 1;
        std::thread::sleep(self.slow);
    }
    fn pause(&mut self, _: bool) {
        self.calls.pauses.fetch_add(1, Ordering::SeqCst);
    }
    fn rest(&mut self) -> bool {
        self.calls.rests.fetch_add(1, Ordering::SeqCst);
        self.restless | std::mem::take(&mut self.news)
    }
    fn is_watched(&self) -> bool {
        self.watched
    }
    fn picture(&mut self, into: &mut Frame) {
        self.pictures.fetch_add(1, Ordering::SeqCst);
        into.provenance.tick = self.tick;
    }
    fn state(&mut self, into: &mut ShowState) {
        into.tick = self.tick;
        into.notice = (self.received.len() as u64, format!("{:?}", self.received));
    }
    fn refresh(&mut self) {
        self.calls.refreshes.fetch_add(1, Ordering::SeqCst);
    }
    fn rate(&self) -> f64 {
        1000.0
    }
    fn end(&mut self) -> Vec<String> {
        vec![format!("ended after {} commands", self.received.len())]
    }
}

/// Waits until the state is as wanted; a show that never gets there fails.
fn wait(show: &mut ShowThread, wanted: impl Fn(&ShowState) -> bool) -> ShowState {
    for _ in 0..5000 {
        if wanted(&show.state()) {
            return ShowState::clone(&show.state());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("the show never got there: {:?}", show.state());
}

#[test]
fn time_stops_while_paused_and_commands_act_all_the_same() {
    let mut show = ShowThread::start(Box::new(Dummy::default()));
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
    assert_eq!(hub.exit_report(), ["ended after 2 commands"]);
}

#[test]
fn commands_act_in_the_order_in_which_they_were_sent_and_a_step_has_its_place_among_them() {
    let (hub, inbox) = Hub::new();
    // A step while running and a repeated pause do nothing, and never reach the world.
    let sent = [
        Command::Step,
        Command::Pause(true),
        Command::Pause(true),
        Command::Keep(1),
        Command::Step,
        Command::Undo,
        Command::Step,
        Command::Step,
        Command::Keep(2),
        Command::Pause(true),
        Command::Tap,
    ];
    sent.into_iter().for_each(|c| hub.send(c));
    let mut show = ShowThread::at(hub, inbox, Box::new(Dummy::default()));
    let received = wait(&mut show, |s| s.notice.0 == 4).notice.1;
    assert_eq!(received, "[(0, Keep(1)), (1, Undo), (3, Keep(2)), (3, Tap)]");
}

#[test]
fn a_picture_that_nobody_took_is_not_made_again_and_the_last_one_is_never_lost() {
    let pictures = Arc::new(AtomicU64::new(0));
    let mut show = ShowThread::start(Box::new(Dummy { pictures: pictures.clone(), ..Dummy::default() }));
    wait(&mut show, |s| s.tick > 50);
    assert_eq!(pictures.load(Ordering::SeqCst), 1);
    show.send(Command::Pause(true));
    let tick = wait(&mut show, |s| s.paused).tick;
    let newest = (0..5000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(1));
        show.new_frame().map(|f| f.provenance.tick).filter(|&t| t == tick)
    });
    assert_eq!(newest, Some(tick));
    assert!(show.new_frame().is_none(), "it was taken");
    assert_eq!(show.frame().provenance.tick, tick, "and can be read again");
    drop(show);
    assert_eq!(Arc::strong_count(&pictures), 1, "dropping the show ends its thread");
}

#[test]
fn a_world_that_panics_is_noticed() {
    struct Broken;
    impl ShowDriver for Broken {
        fn command(&mut self, _: Command) {}
        fn tick(&mut self) {
            panic!("on purpose");
        }
        fn picture(&mut self, _: &mut Frame) {}
        fn state(&mut self, _: &mut ShowState) {}
        fn refresh(&mut self) {}
        fn rate(&self) -> f64 {
            1000.0
        }
    }
    let show = ShowThread::start(Box::new(Broken));
    let died = (0..5000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        show.has_died()
    });
    assert!(died);
}

#[test]
fn while_paused_the_world_rests_checks_files_and_shows_what_changes() {
    let (pictures, calls) = (Arc::new(AtomicU64::new(0)), Arc::new(Calls::default()));
    let dummy =
        Dummy { pictures: pictures.clone(), calls: calls.clone(), restless: true, ..Dummy::default() };
    let mut show = ShowThread::start(Box::new(dummy));
    [true, true].into_iter().for_each(|p| show.send(Command::Pause(p)));
    wait(&mut show, |s| s.paused);
    let count = |of: &AtomicU64| of.load(Ordering::SeqCst);
    assert_eq!(count(&calls.pauses), 1, "it is called once");
    let (rests, made) = (count(&calls.rests), count(&pictures));
    for _ in 0..20_000 {
        show.new_frame();
        std::thread::sleep(Duration::from_millis(1));
        if count(&calls.rests) > rests + 50 && count(&pictures) > made + 3 && count(&calls.refreshes) > 1 {
            return;
        }
    }
    panic!("{} rests, {} pictures, {} looks", count(&calls.rests), count(&pictures), count(&calls.refreshes));
}

#[test]
fn a_world_that_is_watched_makes_pictures_that_nobody_takes() {
    let pictures = Arc::new(AtomicU64::new(0));
    let dummy = Dummy { pictures: pictures.clone(), watched: true, ..Dummy::default() };
    let mut show = ShowThread::start(Box::new(dummy));
    wait(&mut show, |_| pictures.load(Ordering::SeqCst) > 20);
}

#[test]
fn the_state_holds_what_stage_devices_and_lock_report() {
    let mut show = ShowThread::start(Box::new(Dummy::default()));
    let hub = show.hub().clone();
    let limiter = LimiterState { on: true, acting: true, held: 7 };
    let record = Some(RecordState { path: "a.mp4".into(), frames: 3, dropped: 1, problem: None });
    hub.report(StageState { record: record.clone(), limiter });
    hub.report_devices("midi", vec![DeviceState { what: "midi", ..DeviceState::default() }]);
    hub.drew(Some(12.0), true, false);
    hub.lock().lock(&[]);
    let state = wait(&mut show, |s| s.locked && s.health.ticks.count() > 5 && !s.devices.is_empty());
    assert_eq!((state.record, state.limiter, state.devices[0].what), (record, limiter, "midi"));
    assert!(state.health.frames.count() == 1 && state.tick_ms > 0.0 && hub.silent_for() < 60.0);
}

#[test]
fn a_world_that_hangs_does_not_block_the_end_for_ever() {
    struct Hanging(Arc<AtomicU64>);
    impl ShowDriver for Hanging {
        fn command(&mut self, _: Command) {}
        fn tick(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_secs(600));
        }
        fn picture(&mut self, _: &mut Frame) {}
        fn state(&mut self, _: &mut ShowState) {}
        fn refresh(&mut self) {}
        fn rate(&self) -> f64 {
            1000.0
        }
    }
    let ticks = Arc::new(AtomicU64::new(0));
    let show = ShowThread::start(Box::new(Hanging(ticks.clone())));
    while ticks.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(!show.has_died());
    let begun = Instant::now();
    drop(show);
    assert!((TIMEOUT..Duration::from_secs(300)).contains(&begun.elapsed()));
}

/// A world with the default methods.
struct Plain;
impl ShowDriver for Plain {
    fn command(&mut self, _: Command) {}
    fn tick(&mut self) {}
    fn picture(&mut self, _: &mut Frame) {}
    fn state(&mut self, _: &mut ShowState) {}
    fn refresh(&mut self) {}
    fn rate(&self) -> f64 {
        1000.0
    }
}

#[test]
fn the_default_methods_do_nothing() {
    assert!(!Plain.rest() && !Plain.is_watched() && Plain.end().is_empty());
}

/// A world whose earlier run was cut off.
struct CutOff(Arc<std::sync::Mutex<Vec<MasterState>>>);
impl ShowDriver for CutOff {
    fn command(&mut self, _: Command) {}
    fn tick(&mut self) {}
    fn picture(&mut self, _: &mut Frame) {}
    fn state(&mut self, _: &mut ShowState) {}
    fn refresh(&mut self) {}
    fn saved_master(&mut self) -> Option<MasterState> {
        Some(MasterState { black: true, light: 0.5, volume: 0.25, mute: true, paused: true })
    }
    fn save_master(&mut self, master: MasterState) {
        self.0.lock().unwrap().push(master);
    }
    fn rate(&self) -> f64 {
        1000.0
    }
}

#[test]
fn the_master_state_is_restored() {
    let kept = Arc::default();
    let mut show = ShowThread::start(Box::new(CutOff(Arc::clone(&kept))));
    // The first picture is not shown before the blackout.
    while show.new_frame().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let saved = MasterState { black: true, light: 0.5, volume: 0.25, mute: true, paused: true };
    assert_eq!(show.hub().master().state(true), saved);
    wait(&mut show, |s| s.paused);
    show.hub().master().blackout(false);
    show.send(Command::Pause(false));
    wait(&mut show, |_| {
        kept.lock().unwrap().last() == Some(&MasterState { black: false, paused: false, ..saved })
    });
    assert_eq!(Plain.saved_master(), None);
}

/// Polls until a world has rested `times` times, and takes each picture.
fn rest(show: &mut ShowThread, calls: &Calls, times: u64) {
    let until = calls.rests.load(Ordering::SeqCst) + times;
    for _ in 0..20_000 {
        show.new_frame();
        if calls.rests.load(Ordering::SeqCst) >= until {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("it does not rest");
}

#[test]
fn while_paused_without_changes_no_picture_is_made_and_no_tick_is_timed() {
    let (pictures, calls) = (Arc::new(AtomicU64::new(0)), Arc::new(Calls::default()));
    let dummy = Dummy { pictures: pictures.clone(), calls: calls.clone(), echoes: true, ..Dummy::default() };
    let mut show = ShowThread::start(Box::new(dummy));
    show.send(Command::Pause(true));
    wait(&mut show, |s| s.paused);
    rest(&mut show, &calls, 20);
    let seen = |show: &ShowThread| (pictures.load(Ordering::SeqCst), show.state().health.ticks.count());
    let before = seen(&show);
    rest(&mut show, &calls, 100);
    assert_eq!(seen(&show), before);
    // What a command changes at once, and what it changes in the round after it, are both shown.
    show.send(Command::Undo);
    wait(&mut show, |s| s.notice.0 == 1);
    rest(&mut show, &calls, 20);
    assert!(seen(&show).0 > before.0 && seen(&show).1 == before.1 + 1, "{before:?} {:?}", seen(&show));
}

#[test]
fn files_are_checked_four_times_a_second_and_a_tick_is_timed_in_milliseconds() {
    let (calls, begun) = (Arc::new(Calls::default()), Instant::now());
    let slow = Duration::from_millis(15);
    let mut show = ShowThread::start(Box::new(Dummy { calls: calls.clone(), slow, ..Dummy::default() }));
    let state = wait(&mut show, |s| s.tick > 40);
    // However slow this machine is, these bounds hold.
    let looks = calls.refreshes.load(Ordering::SeqCst);
    let most = begun.elapsed().as_secs_f32() * 1e3;
    assert!(looks >= 1 && looks as f32 <= most / 250.0, "{looks} looks in {most} ms");
    assert!((15.0..most).contains(&state.tick_ms), "{} of {most} ms", state.tick_ms);
    assert!(state.health.ticks.quantile(0.0) >= 15.0 && state.health.longest <= most);
}
