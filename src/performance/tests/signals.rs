//! The input signals of a performance: verdicts, sound, silence, time, idleness; and how the cue list reacts to them.

use std::time::Duration;

use super::super::judge::FrameJudge;
use super::super::sample::{performance, set, with};
use super::super::{Performance, PerformanceSetup, VerdictSignals};
use super::state;
use show::program::ShowProgram;
use show::{Command, ShowDriver};
use world::frame::Frame;
use world::tape::{Event, Tape};

const CLOUD: &str = "size = [32, 20]\n[node.cloud]\nsystem = \"noise\"\n[[layer]]\nshow = \"cloud.value\"\n";

/// Reports the tick that it sees, and that nothing is new.
struct ConstantJudge;
impl FrameJudge for ConstantJudge {
    fn verdict(&mut self, frame: &Frame, tick: u64) -> VerdictSignals {
        assert_eq!((frame.width, frame.height), (32, 20));
        let signals = [("life", 0.75), ("noise", 0.2), ("lbm", 0.04), ("ants", 0.01), ("confidence", 0.75)];
        let rest = [("novelty", 0.2), ("unsure", 1.0), ("tick", tick as f64), ("none", f64::NAN)];
        signals.into_iter().chain(rest).map(|(n, v)| (format!("judge.{n}"), v)).collect()
    }
}

fn judged(
    folder: &std::path::Path,
    scenes: &[&str],
    more: impl FnOnce(PerformanceSetup) -> PerformanceSetup,
) -> Performance {
    let judge = || Some(Box::new(ConstantJudge) as Box<dyn FrameJudge>);
    with(folder, scenes, |setup| more(PerformanceSetup { judge: Some(Box::new(judge)), ..setup }))
}

/// The judge's verdict feeds back into the world where it is read, and only then is it on the tape.
#[test]
fn a_verdict_moves_what_is_linked_to_it_and_is_on_the_tape() {
    let folder = tempfile::tempdir().unwrap();
    let link = |from: &str, to: &str| format!("[[link]]\nfrom = \"judge.{from}\"\nto = \"{to}\"\n");
    let links = [
        link("life", "layer.cloud-value.opacity"),
        link("tick", "cloud.warp"),
        link("none", "cloud.speed"),
        link("cat", "cloud.detail"),
    ];
    let scene = format!("{CLOUD}{}", links.concat());
    let mut p = judged(folder.path(), &[&scene], |s| s);
    p.until(|p| p.engine().now("layer.cloud-value.opacity") == Some(0.75));
    assert_eq!(p.engine().signals().get("judge.none"), 0.0, "NaN becomes 0");
    let verdict = state(&mut p).verdict.unwrap();
    assert_eq!(verdict.top[0], ("life".to_string(), 0.75));
    assert_eq!(
        (verdict.top.len(), verdict.unsure, verdict.confidence, verdict.novelty),
        (3, true, 0.75, 0.2)
    );
    assert!(verdict.rate > 0.0 && verdict.age < 60.0);
    // It sees the newest pictures, by the ticks of the performance, which keep counting from scene to scene.
    let seen = |p: &Performance| p.engine().signals().get("judge.tick");
    p.until(|p| seen(p) > 3.0);
    let before = seen(&p);
    p.command(Command::Reset);
    p.until(|p| p.generation == 1 && seen(p) > before);
    assert!(p.engine().tick() < p.ticks());
    drop(p);
    let tape = Tape::read(&std::fs::read(folder.path().join("t.tape")).unwrap()[..]).unwrap();
    let mut names: Vec<String> = tape
        .events
        .into_iter()
        .filter_map(|e| if let Event::Signal(n, _) = e.1 { Some(n) } else { None })
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names, ["judge.life", "judge.none", "judge.tick"]);
}

fn show(then: &str) -> ShowProgram {
    let text = format!(
        "[[cue]]\nscene = \"0\"\ntransition = \"cut\"\nthen = {{ {then} }}\n[[cue]]\nscene = \"1\"\ntransition = \"cut\"\n"
    );
    ShowProgram::parse(&text, |_| None).unwrap()
}

#[test]
fn a_bored_judge_triggers_the_next_cue() {
    let folder = tempfile::tempdir().unwrap();
    let mut p = judged(folder.path(), &[CLOUD, CLOUD], |s| PerformanceSetup {
        program: Some(show("bored = 0.2")),
        ..s
    });
    p.until(|p| p.current == 1);
    assert!(p.bored >= 0.2);
    // Without a judge there is no boredom.
    let mut alone = with(folder.path(), &[CLOUD, CLOUD], |s| PerformanceSetup {
        program: Some(show("bored = 0.01")),
        ..s
    });
    for _ in 0..30 {
        std::thread::sleep(Duration::from_millis(2));
        alone.tick();
    }
    assert_eq!((alone.current, alone.bored), (0, 0.0));
}

/// Lets `seconds` pass before the next tick.
fn wait(p: &mut Performance, seconds: f64) {
    p.last = p.last.map(|last| last - seconds);
}

#[test]
fn time_quiet_and_idleness_run_with_the_clock_and_pause_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut p = performance(folder.path(), &[CLOUD]);
    p.tick();
    let first = p.time;
    p.audio.heard = vec![("rms", 0.001)];
    wait(&mut p, 0.5);
    p.pass_time();
    assert!((p.time - first - 0.5).abs() < 0.3 && p.quiet >= 0.5, "{} {}", p.time - first, p.quiet);
    p.audio.heard = vec![("rms", 0.5)];
    wait(&mut p, 0.5);
    p.pass_time();
    assert_eq!(p.quiet, 0.0, "somebody speaks");
    p.audio.heard.clear();
    wait(&mut p, 0.5);
    p.pass_time();
    assert_eq!(p.quiet, 0.0, "without audio input there is no silence");
    // A show that was stalled for an hour has not played for an hour.
    let before = p.time;
    wait(&mut p, 3600.0);
    assert!((p.time_now() - before - 1.0).abs() < 1e-9);
    p.pass_time();
    assert!((p.time - before - 1.0).abs() < 1e-9);
    let idle = p.trigger_inputs(0.0).idle;
    assert!(idle > 1.0);
    p.command(set("cloud.scale", 2.0));
    assert!(p.trigger_inputs(0.0).idle >= idle, "a knob is no touch");
    let (x, y, dx, dy, radius, strength, phase) = (0.5, 0.5, 0.0, 0.0, 0.1, 1.0, world::system::Phase::Down);
    let touch = world::system::Touch { id: 1, x, y, dx, dy, radius, strength, phase };
    p.command(Command::Event(Event::Touch(touch)));
    assert_eq!(p.trigger_inputs(0.0).idle, 0.0);
    // While paused the beat continues, the performance does not.
    p.command(Command::Tempo(120.0));
    p.pause(true);
    p.rest();
    let (time, beats) = (p.time, p.tempo.beats());
    wait(&mut p, 2.0);
    p.rest();
    assert_eq!(p.time, time);
    assert!(p.tempo.beats() >= beats + 4.0);
    p.pause(false);
    p.tick();
    assert!(p.time - time < 1.0, "the pause is no part of it");
}

#[test]
fn cues_that_all_failed_are_tried_again_after_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let mut p =
        with(folder.path(), &[CLOUD, CLOUD], |s| PerformanceSetup { program: Some(show("after = 0")), ..s });
    let write = |text: &str| std::fs::write(folder.path().join("1.toml"), text).unwrap();
    write("size = 3");
    p.until(|p| p.failed.count() == 1);
    (0..20).for_each(|_| p.tick());
    assert!(!p.loader.is_scene_loading());
    write(CLOUD);
    p.time += 11.0;
    p.until(|p| p.current == 1);
    assert_eq!(p.failed.count(), 0);
}

#[test]
fn single_layers_are_recorded_with_the_names_of_their_systems() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    let scene =
        format!("{CLOUD}[node.cells]\nsystem = \"life\"\n[[layer]]\nshow = \"cells.alive\"\nopacity = 0.1\n");
    let mut p = with(folder.path(), &[&scene], |s| PerformanceSetup { learn: Some(set.clone()), ..s });
    (0..250).for_each(|_| p.tick());
    drop(p);
    let rows = data::dataset::rows(&set).unwrap();
    let labels: Vec<&str> = rows.iter().map(|r| r.origin.label.as_str()).collect();
    assert_eq!(labels, ["life", "noise", "life", "noise"]);
}

#[test]
fn a_curator_cycles_through_all_scenes_and_a_single_one_is_left_alone() {
    let curator = "[curator]\nwatch = \"osc.x\"\nbelow = 0.5\nseconds = 0.1\naction = \"next\"\n";
    let scene = format!("{CLOUD}{curator}");
    let folder = tempfile::tempdir().unwrap();
    let mut p = performance(folder.path(), &[&scene, &scene, &scene]);
    let mut seen = vec![0];
    for generation in 1..=4 {
        p.command(Command::Event(Event::Signal("osc.x".into(), 0.0)));
        p.until(|p| p.generation >= generation);
        seen.push(p.current);
    }
    assert_eq!(seen, [0, 1, 2, 0, 1]);
    let folder = tempfile::tempdir().unwrap();
    let mut alone = performance(folder.path(), &[&scene]);
    alone.command(Command::Event(Event::Signal("osc.x".into(), 0.0)));
    for _ in 0..30 {
        std::thread::sleep(Duration::from_millis(1));
        alone.tick();
        assert!(!alone.loader.is_scene_loading());
    }
    assert!(alone.engine().curator_acts() > 3 && alone.generation == 0);
}

#[test]
fn the_beat_is_sent_where_it_is_read_or_needed_for_quantisation() {
    let names = |link: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut p = performance(folder.path(), &[&format!("{CLOUD}{link}")]);
        p.command(Command::Tempo(120.0));
        (0..3).for_each(|_| p.tick());
        let now = p.engine().signals().get("tempo.bpm");
        drop(p);
        let tape = Tape::read(&std::fs::read(folder.path().join("t.tape")).unwrap()[..]).unwrap();
        let mut all: Vec<String> = tape
            .events
            .into_iter()
            .filter_map(|e| if let Event::Signal(n, _) = e.1 { Some(n) } else { None })
            .collect();
        all.sort();
        all.dedup();
        (all, now)
    };
    let link = |from: &str, more: &str| format!("[[link]]\nfrom = \"{from}\"\nto = \"cloud.scale\"\n{more}");
    assert_eq!(names(""), (vec![], 0.0));
    assert_eq!(names(&link("tempo.phase", "")), (vec!["tempo.phase".into()], 0.0));
    let all = ["tempo.beat", "tempo.bpm", "tempo.phase"].map(String::from).to_vec();
    assert_eq!(names(&link("wave.w", "quantise = 1\n[wave.w]\nperiod = 1\n")), (all, 120.0));
}
