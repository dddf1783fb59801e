//! Commands one at a time: running or paused, in order, with restarts and other scenes.

use std::sync::Arc;

use super::super::sample::{performance, set, with};
use super::super::{Performance, PerformanceSetup};
use super::{CELLS, CLOUD, folder, state};
use show::{Command, ShowDriver};
use world::system::{Phase, Touch};
use world::tape::{Event, Tape, Transition};

fn tape(folder: &tempfile::TempDir) -> Tape {
    Tape::read(&std::fs::read(folder.path().join("t.tape")).unwrap()[..]).unwrap()
}

fn touch(id: u32, x: f32, phase: Phase) -> Command {
    let (y, dx, dy, radius, strength) = (0.5, 0.01, 0.0, 0.1, 1.0);
    Command::Event(Event::Touch(Touch { id, x, y, dx, dy, radius, strength, phase }))
}

/// Regression: these once queued up while paused, and all acted at once on resuming.
#[test]
fn while_paused_every_command_acts_at_once() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD, CELLS]);
    (0..3).for_each(|_| p.tick());
    p.pause(true);
    let scale = |p: &Performance| p.engine().get("cloud.scale").unwrap();
    let first = scale(&p);
    p.command(Command::Keep(3));
    p.command(Command::Travel("cloud.scale".into(), 0.9));
    let moved = scale(&p);
    assert_ne!(moved, first);
    p.command(Command::Undo);
    assert_eq!(scale(&p), first);
    p.command(Command::Redo);
    assert_eq!(scale(&p), moved);
    p.command(Command::Recall(3));
    assert_eq!(scale(&p), first);
    let before = p.seen();
    p.command(set("layer.cloud-value.opacity", 0.25));
    assert_ne!(p.seen(), before, "and it is visible");
    p.command(Command::Scene(1));
    p.rest_until(|p| p.current == 1);
    assert_eq!(p.engine().scene().nodes[0].name, "cells");
    assert_eq!((p.director.transition(), p.ticks()), (None, 3), "it is there, and no time has passed");
    p.command(set("cells.spark", 0.5));
    p.command(Command::Reset);
    p.rest_until(|p| p.engine().get("cells.spark") != Some(0.5));
    p.command(Command::Event(Event::Reseed(77)));
    p.rest_until(|p| p.engine().seed() == 77);
    assert_eq!(p.ticks(), 3);
    p.pause(false);
    p.tick();
    assert_eq!((p.ticks(), p.engine().tick()), (4, 1), "nothing waited");
}

#[test]
fn a_scene_selected_while_paused_cuts_in_at_once_and_on_the_tape_too() {
    let folder = folder();
    let slow = |setup| PerformanceSetup { manual_transition: (Transition::Dissolve, 9.0), ..setup };
    let mut p = with(folder.path(), &[CLOUD, CELLS], slow);
    p.tick();
    p.pause(true);
    p.command(Command::Scene(1));
    p.rest_until(|p| p.current == 1);
    assert_eq!(p.director.transition(), None);
    drop(p);
    let enters: Vec<Transition> = tape(&folder)
        .events
        .into_iter()
        .filter_map(|e| if let Event::Enter(entry) = e.1 { Some(entry.way) } else { None })
        .collect();
    assert_eq!(enters, [Transition::Cut, Transition::Cut]);
}

/// Regression: an OSC bundle that sets a knob and stores a preset once stored the old value.
#[test]
fn within_one_tick_commands_act_in_their_order() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD]);
    p.tick();
    let before = p.engine().get("cloud.scale").unwrap();
    for command in [
        set("cloud.scale", 7.0),
        Command::Keep(0),
        set("cloud.scale", 3.0),
        Command::Keep(1),
        Command::Undo,
        Command::Keep(2),
    ] {
        p.command(command);
    }
    p.tick();
    let mut kept = |slot| {
        p.command(Command::Recall(slot));
        p.engine().get("cloud.scale").unwrap()
    };
    // Both changes were one edit, and it was undone.
    assert_eq!([kept(0), kept(1), kept(2)], [7.0, 3.0, before]);
}

/// Regression: each event while paused once made a new description, and so each phone rebuilt its page during a touch.
#[test]
fn the_description_changes_with_the_scene_and_with_nothing_else() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD, CELLS]);
    p.tick();
    let description = state(&mut p).description;
    p.pause(true);
    for i in 0..50 {
        p.command(set("cloud.scale", 1.0 + i as f64 / 10.0));
        p.rest();
    }
    p.command(Command::Event(Event::Reseed(9)));
    p.rest_until(|p| p.engine().seed() == 9);
    p.pause(false);
    (0..5).for_each(|_| p.tick());
    assert!(Arc::ptr_eq(&description, &state(&mut p).description));
    assert_eq!(state(&mut p).seed, 9);
    p.command(set("cloud.scale", 2.5));
    assert!(state(&mut p).undo.0 > 0);
    p.command(Command::Scene(1));
    p.until(|p| p.current == 1);
    assert!(!Arc::ptr_eq(&description, &state(&mut p).description));
    p.command(Command::Undo);
    assert_eq!(state(&mut p).notice.1, "nothing to undo", "the knobs are those of another scene");
}

/// A fader that is moved while paused must not pile up touches or events for the first tick afterwards.
#[test]
fn touch_points_while_paused_leave_one_touch_each() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CELLS]);
    p.tick();
    p.pause(true);
    p.command(touch(1, 0.2, Phase::Down));
    (0..5000).for_each(|i| p.command(touch(1, 0.2 + i as f32 * 1e-4, Phase::Move)));
    p.command(touch(2, 0.4, Phase::Down));
    p.command(touch(2, 0.4, Phase::Up));
    let before = p.engine().field(0, 0);
    p.rest();
    assert_eq!(p.engine().field(0, 0), before, "touches need time");
    p.pause(false);
    p.tick();
    drop(p);
    let touches: Vec<Touch> = tape(&folder)
        .events
        .into_iter()
        .filter_map(|e| if let Event::Touch(t) = e.1 { Some(t) } else { None })
        .collect();
    assert_eq!(touches.len(), 1);
    assert_eq!((touches[0].id, touches[0].phase), (1, Phase::Down));
    assert!((touches[0].x - 0.6999).abs() < 1e-5 && touches[0].dx > 40.0);
}

/// A controller sends its signals all evening; they once all went to the tape, read or not.
#[test]
fn signals_that_no_scene_reads_stay_off_the_tape_and_a_new_scene_receives_their_values() {
    let folder = folder();
    let link = "[[link]]\nfrom = \"midi.cc1\"\nto = \"cloud.scale\"\n";
    let mut p = performance(folder.path(), &[CLOUD, &format!("{CLOUD}{link}")]);
    let signal = |name: &str, v: f64| Command::Event(Event::Signal(name.into(), v));
    for i in 0..9 {
        p.command(signal("midi.cc1", i as f64 / 10.0));
        p.command(signal("midi.note3", 1.0));
        p.tick();
    }
    p.command(Command::Scene(1));
    p.until(|p| p.current == 1);
    assert_eq!(p.engine().signals().get("midi.cc1"), 0.8, "the fader keeps its value");
    p.command(signal("midi.cc1", 0.1));
    p.command(signal("midi.note3", f64::NAN));
    assert_eq!(p.engine().signals().get("midi.cc1"), 0.1);
    drop(p);
    let signals: Vec<Event> =
        tape(&folder).events.into_iter().map(|e| e.1).filter(|e| matches!(e, Event::Signal(..))).collect();
    let kept = |v| Event::Signal("midi.cc1".into(), v);
    assert_eq!(signals, [kept(0.8), kept(0.1)]);
}

/// Non-finite values and unknown addresses change nothing and leave no trace on the tape, which they would corrupt.
#[test]
fn invalid_commands_are_ignored() {
    let folder = folder();
    let linked = format!("{CLOUD}[[link]]\nfrom = \"osc.x\"\nto = \"cloud.scale\"\n");
    let mut p = performance(folder.path(), &[&linked]);
    p.tick();
    let Command::Event(Event::Touch(good)) = touch(1, 0.5, Phase::Down) else { panic!("a touch") };
    let signal = |v| Command::Event(Event::Signal("osc.x".into(), v));
    for command in [
        Command::Event(Event::Touch(Touch { x: f32::NAN, ..good })),
        Command::Event(Event::Touch(Touch { dy: f32::INFINITY, ..good })),
        Command::Event(Event::Link(1, false)),
        Command::Event(Event::Mark),
        Command::Event(Event::Hurry(9)),
        Command::Travel("cloud.scale".into(), f64::NAN),
        Command::Travel("cloud.nothing".into(), 0.5),
        set("nobody.scale", 0.5),
        Command::Recall(7),
        Command::Keep(99),
        Command::Scene(9),
        Command::Turn(show::SplitCommand::Swap),
        signal(f64::NAN),
    ] {
        p.command(command);
    }
    p.tick();
    assert_eq!(p.engine().signals().get("osc.x"), 0.0);
    drop(p);
    let events: Vec<Event> =
        tape(&folder).events.into_iter().map(|e| e.1).filter(|e| *e != Event::Mark).collect();
    assert!(matches!(&events[..], [Event::Enter(_), Event::Signal(_, 0.0)]), "{events:?}");
}

#[test]
fn a_running_tick_handles_every_touch_move_and_a_limited_number_of_touch_points() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CELLS]);
    (0..3).for_each(|i| p.command(touch(1, 0.1 * i as f32, Phase::Move)));
    p.tick();
    (0..300).for_each(|i| p.command(touch(i, 0.5, Phase::Down)));
    p.command(touch(7, 0.75, Phase::Move));
    p.tick();
    drop(p);
    let at = |tick: u64| {
        let felt = tape(&folder).events.into_iter().filter(move |e| e.0 == tick);
        felt.filter_map(|e| if let Event::Touch(t) = e.1 { Some(t) } else { None }).collect::<Vec<_>>()
    };
    assert_eq!(at(0).iter().map(|t| t.x).collect::<Vec<_>>(), [0.0, 0.1, 0.2]);
    let many = at(1);
    assert_eq!(many.len(), 256);
    assert_eq!((many[7].x, many[7].phase), (0.75, Phase::Down), "a touch point already there continues");
}

#[test]
fn tempo_taps_and_beats_are_received() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD]);
    p.command(Command::Tempo(120.0));
    assert_eq!((state(&mut p).tempo.bpm, state(&mut p).tempo.source), (120.0, "clock"));
    p.command(Command::Tempo(0.0));
    p.command(Command::Tap);
    std::thread::sleep(std::time::Duration::from_millis(200));
    p.command(Command::Tap);
    assert!(state(&mut p).tempo.source == "tap" && state(&mut p).tempo.bpm < 301.0);
    p.command(Command::Tempo(60.0));
    p.tempo.pass(0.4);
    p.command(Command::Beat);
    assert_eq!(state(&mut p).tempo.phase, 0.0);
}

#[test]
fn the_state_holds_what_panels_show() {
    let folder = folder();
    let scene = format!(
        "{CLOUD}[node.cells]\nsystem = \"life\"\n[voice.v]\nkind = \"wind\"\nread = \"cloud.value\"\nlevel = -20\n\
         [[link]]\nfrom = \"osc.x\"\nto = \"cloud.scale\"\nspan = [1, 3]\n\
         [[link]]\nfrom = \"osc.x\"\nto = \"layer.cloud-value.opacity\"\nmode = \"suppress\"\nvalue = 0.5\nabove = 0.6\n"
    );
    let slow = |setup: PerformanceSetup| PerformanceSetup {
        manual_transition: (Transition::Dissolve, 9.0),
        ..setup
    };
    let mut p = with(folder.path(), &[&scene, CELLS], slow);
    p.command(Command::Event(Event::Signal("osc.x".into(), 0.5)));
    p.tick();
    let snapshot = state(&mut p);
    let [modulates, suppresses] = [snapshot.links[0], snapshot.links[1]];
    assert_eq!((modulates.signal, modulates.level, modulates.active), (0.5, 0.5, true));
    assert!(!suppresses.active && suppresses.on);
    let scale = snapshot.description.directory.find("cloud.scale").unwrap().target;
    assert_eq!((snapshot.now_at(scale), snapshot.set_at(scale)), (Some(2.0), p.engine().get("cloud.scale")));
    assert_eq!(snapshot.nodes[1].readouts.len(), p.engine().scene().nodes[1].kind.readouts.len());
    assert_eq!(snapshot.voices[0].set[0], -20.0);
    assert_eq!((snapshot.transition, snapshot.tape.is_some(), snapshot.undo), (None, true, (0, 0)));
    p.command(Command::Event(Event::Signal("osc.x".into(), 1.0)));
    p.command(Command::Event(Event::Link(0, false)));
    p.command(Command::Keep(4));
    p.command(set("cloud.scale", 2.5));
    p.tick();
    let snapshot = state(&mut p);
    assert!(!snapshot.links[0].active && !snapshot.links[0].on && snapshot.links[1].active);
    assert_eq!((snapshot.layers[0].now[0], snapshot.kept, snapshot.undo), (0.5, vec![4], (1, 0)));
    p.command(Command::Scene(1));
    p.until(|p| p.current == 1);
    assert!(state(&mut p).transition.is_some_and(|t| t < 0.1) && state(&mut p).kept.is_empty());
}
