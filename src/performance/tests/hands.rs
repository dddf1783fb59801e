//! What hands ask for, one thing at a time: paused or not, in order, at birth, from where the show stood.

use std::sync::Arc;

use super::super::sample::{performance, set, setup, with};
use super::super::{Performance, Setup};
use super::state;
use crate::show::program::Program;
use crate::show::{Command, Cue, World};
use crate::world::system::{Phase, Touch};
use crate::world::tape::{Event, Passage, Tape};

const CLOUD: &str = "size = [32, 20]\n[node.cloud]\nsystem = \"noise\"\nspeed = 2\n[[layer]]\nshow = \"cloud.value\"\npalette = \"inferno\"\n";
const CELLS: &str = "size = [32, 20]\n[node.cells]\nsystem = \"life\"\n[[layer]]\nshow = \"cells.alive\"\npalette = \"bone\"\n";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn tape(folder: &tempfile::TempDir) -> Tape {
    Tape::read(&std::fs::read(folder.path().join("t.tape")).unwrap()[..]).unwrap()
}

fn touch(id: u32, x: f32, phase: Phase) -> Command {
    let (y, dx, dy, radius, strength) = (0.5, 0.01, 0.0, 0.1, 1.0);
    Command::Event(Event::Touch(Touch { id, x, y, dx, dy, radius, strength, phase }))
}

/// Once these waited in queues while the clock stood, and all came at once when it went on.
#[test]
fn while_the_clock_stands_every_hand_acts_at_once() {
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
    assert_ne!(p.seen(), before, "and is seen");
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
fn a_scene_picked_while_the_clock_stands_comes_at_once_and_on_the_tape_too() {
    let folder = folder();
    let slow = |setup| Setup { by_hand: (Passage::Dissolve, 9.0), ..setup };
    let mut p = with(folder.path(), &[CLOUD, CELLS], slow);
    p.tick();
    p.pause(true);
    p.command(Command::Scene(1));
    p.rest_until(|p| p.current == 1);
    assert_eq!(p.director.transition(), None);
    drop(p);
    let enters: Vec<Passage> = tape(&folder)
        .events
        .into_iter()
        .filter_map(|e| if let Event::Enter(entry) = e.1 { Some(entry.way) } else { None })
        .collect();
    assert_eq!(enters, [Passage::Cut, Passage::Cut]);
}

/// An OSC bundle that moves a knob and keeps a slot once kept the old value.
#[test]
fn within_one_tick_commands_act_in_their_order() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD]);
    p.tick();
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
    let first = kept(2);
    assert_eq!((kept(0), kept(1)), (7.0, 3.0));
    assert_ne!((first, first), (7.0, 3.0), "both moves were one drag, and it was taken back");
}

/// Each event while paused once made a new face, and each phone a new page, under the finger.
#[test]
fn the_face_changes_with_the_scene_and_with_nothing_else() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD, CELLS]);
    p.tick();
    let face = state(&mut p).face;
    p.pause(true);
    for i in 0..50 {
        p.command(set("cloud.scale", 1.0 + i as f64 / 10.0));
        p.rest();
    }
    p.command(Command::Event(Event::Reseed(9)));
    p.rest_until(|p| p.engine().seed() == 9);
    p.pause(false);
    (0..5).for_each(|_| p.tick());
    assert!(Arc::ptr_eq(&face, &state(&mut p).face));
    assert_eq!(state(&mut p).seed, 9);
    p.command(Command::Scene(1));
    p.until(|p| p.current == 1);
    assert!(!Arc::ptr_eq(&face, &state(&mut p).face));
}

/// A fader that is moved while the clock stands must not pile up touches or events for the first tick after it.
#[test]
fn fingers_while_the_clock_stands_leave_one_touch_each() {
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

/// Knobs that take effect at birth once never did: worlds were born from the file's values, and then claimed the hand's.
#[test]
fn worlds_are_born_with_the_knobs_that_hands_have_set_and_say_so() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CELLS]);
    let alive = |p: &Performance| p.engine().field(0, 0).mean(0);
    let said = |p: &mut Performance| {
        let mut frame = crate::world::frame::Frame::default();
        p.picture(&mut frame);
        frame.provenance.knobs
    };
    assert!((0.2..0.4).contains(&alive(&p)));
    p.pause(true);
    p.command(set("cells.density", 1.0));
    assert!((0.2..0.4).contains(&alive(&p)), "not before the next birth");
    assert!(!said(&mut p).contains("density"), "the picture is of a world of the old density");
    let now = state(&mut p).nodes.remove(0);
    assert!(now.set[0] == 1.0 && now.now[0] != 1.0);
    p.command(Command::Event(Event::Reseed(5)));
    p.rest_until(|p| p.engine().seed() == 5);
    assert_eq!(alive(&p), 1.0);
    assert!(said(&mut p).contains("cells.density=1"), "{}", said(&mut p));
    assert_eq!(state(&mut p).nodes[0].now[0], 1.0);
}

#[test]
fn a_favourite_and_a_saved_state_bring_back_the_world_that_was_born() {
    let folder = folder();
    let files = |setup: Setup| Setup {
        favourites: Some(folder.path().join("f.json")),
        state: Some(folder.path().join("s.json")),
        ..setup
    };
    let mut p = with(folder.path(), &[CELLS, CLOUD], files);
    p.pause(true);
    p.command(set("cells.density", 0.7));
    p.command(Command::Event(Event::Reseed(5)));
    p.rest_until(|p| p.engine().seed() == 5);
    let world = p.engine().field(0, 0);
    // Set, but not born with.
    p.command(set("cells.density", 0.1));
    p.command(set("cells.spark", 0.25));
    p.command(Command::Favour);
    p.command(Command::Scene(1));
    p.rest_until(|p| p.current == 1);
    p.command(Command::Favourite);
    p.rest_until(|p| p.current == 0);
    let same = |p: &Performance| {
        assert_eq!(p.engine().field(0, 0), world);
        assert_eq!((p.engine().get("cells.density"), p.engine().get("cells.spark")), (Some(0.1), Some(0.25)));
        assert_eq!(p.engine().seed(), 5);
    };
    same(&p);
    p.refresh();
    drop(p);
    let mut again = with(folder.path(), &[CELLS, CLOUD], files);
    same(&again);
    again.command(Command::Favourite);
    again.rest_until(|p| p.generation == 1);
    same(&again);
}

fn show(program: &str, scenes: &[&str], folder: &tempfile::TempDir) -> Performance {
    let program = Program::parse(program, |_| None).unwrap();
    with(folder.path(), scenes, |setup| Setup { program: Some(program), ..setup })
}

/// A cue that could not be born was once tried anew in every tick, on a new thread each time, and never passed over.
#[test]
fn a_cue_that_cannot_be_born_is_passed_over() {
    let folder = folder();
    let cues = "loop = true\n".to_string()
        + &["0", "1", "2"].map(|s| format!("[[cue]]\nscene = \"{s}\"\nthen = {{ after = 0 }}\n")).concat();
    let mut p = show(&cues, &[CLOUD, CELLS, CLOUD], &folder);
    let broken = CELLS.replace("\"life\"", "\"life\"\nfile = \"nowhere.rle\"");
    std::fs::write(folder.path().join("1.toml"), broken).unwrap();
    p.until(|p| p.failed.count() == 1);
    let told = state(&mut p);
    assert!(told.notice.1.contains("cue 2 (1) cannot be played") && told.problems[0].contains("nowhere.rle"));
    p.until(|p| p.current == 2);
    assert!(state(&mut p).problems.is_empty());
    // All fail: what plays goes on, and they are not tried in every tick.
    ["0", "2"]
        .iter()
        .for_each(|s| std::fs::write(folder.path().join(s).with_extension("toml"), "size = 3").unwrap());
    p.until(|p| p.failed.count() == 3);
    let (generation, current) = (p.generation, p.current);
    for _ in 0..50 {
        p.tick();
        std::thread::sleep(std::time::Duration::from_millis(1));
        assert!(!p.births.is_scene_coming());
    }
    assert_eq!((p.generation, p.current), (generation, current));
}

#[test]
fn cues_go_and_come_back_whether_the_clock_stands_or_not() {
    let folder = folder();
    let cues = "[[cue]]\nscene = \"0\"\ntransition = \"cut\"\n[[cue]]\nscene = \"1\"\ntransition = \"cut\"\n";
    let mut p = show(cues, &[CLOUD, CELLS], &folder);
    p.pause(true);
    p.command(Command::Cue(Cue::Go));
    p.rest_until(|p| p.current == 1);
    p.command(Command::Cue(Cue::Go));
    assert!(state(&mut p).notice.1.contains("no cue that way"));
    p.pause(false);
    p.command(Command::Cue(Cue::Back));
    p.until(|p| p.current == 0);
    assert_eq!(state(&mut p).cue.now, Some(0));
}

#[test]
fn a_saved_scene_bears_only_what_does_not_live_on() {
    let folder = folder();
    let two = format!("{CELLS}[node.cloud]\nsystem = \"noise\"\n");
    let mut p = performance(folder.path(), &[&two]);
    (0..9).for_each(|_| p.tick());
    let world = |p: &Performance, name: &str| p.engine().field(p.engine().scene().node(name).unwrap(), 0);
    let (cells, cloud) = (world(&p, "cells"), world(&p, "cloud"));
    let text = two.replace("\"noise\"", "\"noise\"\ndetail = 0.75").replace("bone", "inferno");
    let scene =
        crate::world::scene::Scene::parse(&text, "0", folder.path(), crate::systems::CATALOGUE).unwrap();
    assert_eq!(p.engine().would_be_born(&scene), [false, false]);
    let other = text.replace("[node.cells]\n", "[node.cells]\nsize = [16, 10]\n");
    let scene =
        crate::world::scene::Scene::parse(&other, "0", folder.path(), crate::systems::CATALOGUE).unwrap();
    assert_eq!(p.engine().would_be_born(&scene), [true, false]);
    p.pause(true);
    std::fs::write(folder.path().join("0.toml"), text).unwrap();
    p.refresh();
    p.rest_until(|p| p.engine().get("cloud.detail") == Some(0.75));
    assert_eq!(world(&p, "cells"), cells);
    assert_eq!(world(&p, "cloud"), cloud);
    std::fs::write(folder.path().join("0.toml"), "size = [1").unwrap();
    p.refresh();
    assert!(
        !p.problems.is_empty() && p.engine().get("cloud.detail") == Some(0.75),
        "a bad file changes nothing"
    );
}

/// A controller sends its signals all evening; once every one of them went to the tape, read or not.
#[test]
fn signals_that_no_scene_reads_stay_off_the_tape_and_a_scene_that_comes_hears_where_they_stand() {
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
    assert_eq!(p.engine().signals().get("midi.cc1"), 0.8, "the fader stands where it stood");
    p.command(signal("midi.cc1", 0.1));
    p.command(signal("midi.note3", f64::NAN));
    assert_eq!(p.engine().signals().get("midi.cc1"), 0.1);
    drop(p);
    let signals: Vec<Event> =
        tape(&folder).events.into_iter().map(|e| e.1).filter(|e| matches!(e, Event::Signal(..))).collect();
    let kept = |v| Event::Signal("midi.cc1".into(), v);
    assert_eq!(signals, [kept(0.8), kept(0.1)]);
}

#[test]
fn nothing_to_play_and_a_tape_that_cannot_be_written_are_errors() {
    assert!(setup(&[]).start().err().unwrap().to_string().contains("no scene"));
    let folder = folder();
    let file = folder.path().join("a.toml");
    std::fs::write(&file, CLOUD).unwrap();
    let tape = super::super::Tape::File("/proc/nowhere/t.tape".into());
    let told = Setup { tape, ..setup(std::slice::from_ref(&file)) }.start().err().unwrap().to_string();
    assert!(told.contains("/proc/nowhere/t.tape"), "{told}");
    std::fs::write(&file, "size = 3").unwrap();
    assert!(setup(&[file]).start().is_err());
}
