//! What is created when, with what, and what happens if it cannot be.

use super::super::sample::{performance, set, setup, with};
use super::super::{Performance, PerformanceSetup, SetupError};
use super::{CELLS, CLOUD, folder, state};
use show::program::ShowProgram;
use show::source::SourceError;
use show::{Command, CueTarget, ShowDriver};
use world::tape::Event;

/// Regression: knobs that take effect on restart once never did: worlds were created from the file's values, and then
/// claimed the manual ones.
#[test]
fn worlds_restart_with_manually_set_knobs_and_report_them() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CELLS]);
    let alive = |p: &Performance| p.engine().field(0, 0).mean(0);
    let provenance = |p: &mut Performance| {
        let mut frame = world::frame::Frame::default();
        p.picture(&mut frame);
        frame.provenance.knobs
    };
    assert!((0.2..0.4).contains(&alive(&p)));
    p.pause(true);
    p.command(set("cells.density", 1.0));
    assert!((0.2..0.4).contains(&alive(&p)), "not before the next restart");
    assert!(!provenance(&mut p).contains("density"), "the picture is of a world of the old density");
    let now = state(&mut p).nodes.remove(0);
    assert!(now.set[0] == 1.0 && now.now[0] != 1.0);
    p.command(Command::Event(Event::Reseed(5)));
    p.rest_until(|p| p.engine().seed() == 5);
    assert_eq!(alive(&p), 1.0);
    assert!(provenance(&mut p).contains("cells.density=1"), "{}", provenance(&mut p));
    assert_eq!(state(&mut p).nodes[0].now[0], 1.0);
}

#[test]
fn a_favourite_and_a_saved_state_restore_the_world_that_was_created() {
    let folder = folder();
    let files = |setup: PerformanceSetup| PerformanceSetup {
        favourites: Some(folder.path().join("f.json")),
        state: Some(folder.path().join("s.json")),
        ..setup
    };
    let linked =
        format!("{CELLS}[[link]]\nfrom = \"osc.x\"\nto = \"layer.cells-alive.opacity\"\nspan = [0.5, 1]\n");
    let scenes = &[linked.as_str(), CLOUD];
    let mut p = with(folder.path(), scenes, files);
    p.pause(true);
    p.command(set("cells.density", 0.7));
    p.command(Command::Event(Event::Reseed(5)));
    p.rest_until(|p| p.engine().seed() == 5);
    let world = p.engine().field(0, 0);
    // Set, but not at creation.
    p.command(set("cells.density", 0.1));
    p.command(set("cells.spark", 0.25));
    p.command(Command::Event(Event::Link(0, false)));
    p.command(Command::Keep(3));
    p.command(Command::Tempo(93.0));
    p.command(Command::Favour);
    p.command(Command::Scene(1));
    p.rest_until(|p| p.current == 1);
    p.command(Command::Favourite);
    p.rest_until(|p| p.current == 0);
    let same = |p: &Performance| {
        assert_eq!(p.engine().field(0, 0), world);
        assert_eq!((p.engine().get("cells.density"), p.engine().get("cells.spark")), (Some(0.1), Some(0.25)));
        assert_eq!((p.engine().seed(), p.engine().links()[0].on), (5, false));
    };
    same(&p);
    p.refresh();
    drop(p);
    let mut again = with(folder.path(), scenes, files);
    same(&again);
    let snapshot = state(&mut again);
    assert_eq!((snapshot.kept, snapshot.tempo.bpm), (vec![3], 93.0));
    again.command(Command::Favourite);
    again.rest_until(|p| p.generation == 1);
    same(&again);
}

fn show(program: &str, scenes: &[&str], folder: &tempfile::TempDir) -> Performance {
    let program = ShowProgram::parse(program, |_| None).unwrap();
    with(folder.path(), scenes, |setup| PerformanceSetup { program: Some(program), ..setup })
}

/// Regression: Go and Back once got stuck at a cue that cannot be played.
#[test]
fn go_and_back_skip_cues_that_cannot_be_played_and_problems_name_the_file() {
    let folder = folder();
    let cues = ["0", "1", "2", "3"].map(|s| format!("[[cue]]\nscene = \"{s}\"\n")).concat();
    let mut p = show(&cues, &[CLOUD, CELLS, CELLS, CLOUD], &folder);
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    ["1.toml", "2.toml"].iter().for_each(|name| write(name, "rubbish = ["));
    p.command(Command::Cue(CueTarget::Go));
    p.until(|p| p.current == 3);
    p.command(Command::Cue(CueTarget::Back));
    p.until(|p| p.current == 0);
    ["1.toml", "2.toml", "3.toml"].iter().for_each(|name| write(name, "rubbish = ["));
    p.command(Command::Cue(CueTarget::Go));
    p.until(|p| p.failed.count() == 3);
    p.until(|p| p.notice.1 == "no cue in that direction can be played");
    p.command(Command::Cue(CueTarget::Back));
    assert_eq!(p.notice.1, "there is no cue in that direction".to_string());
    // One that is requested by its number is tried again; its problems clear as soon as its file is fixed.
    p.command(Command::Cue(CueTarget::To(1)));
    p.until(|p| p.problems.first().is_some_and(|text| text.starts_with("1.toml: ")));
    p.refresh();
    assert!(!p.problems.is_empty());
    write("1.toml", CELLS);
    p.refresh();
    assert_eq!((p.problems.len(), p.current), (0, 0));
    p.command(Command::Cue(CueTarget::To(1)));
    p.until(|p| p.current == 1);
}

/// Regression: a cue that could not be created was once retried in every tick, on a new thread each time, and never
/// skipped.
#[test]
fn a_cue_that_cannot_be_created_is_skipped() {
    let folder = folder();
    let cues = "loop = true\n".to_string()
        + &["0", "1", "2"].map(|s| format!("[[cue]]\nscene = \"{s}\"\nthen = {{ after = 0 }}\n")).concat();
    let mut p = show(&cues, &[CLOUD, CELLS, CLOUD], &folder);
    let broken = CELLS.replace("\"life\"", "\"life\"\nfile = \"nowhere.rle\"");
    std::fs::write(folder.path().join("1.toml"), broken).unwrap();
    p.until(|p| p.failed.count() == 1);
    let snapshot = state(&mut p);
    assert!(
        snapshot.notice.1.contains("cue 2 (1) cannot be played")
            && snapshot.problems[0].contains("nowhere.rle")
    );
    p.until(|p| p.current == 2);
    assert!(state(&mut p).problems.is_empty());
    // All fail: the active scene continues, and they are not retried in every tick.
    ["0", "2"]
        .iter()
        .for_each(|s| std::fs::write(folder.path().join(s).with_extension("toml"), "size = 3").unwrap());
    p.until(|p| p.failed.count() == 3);
    let (generation, current) = (p.generation, p.current);
    for _ in 0..50 {
        p.tick();
        std::thread::sleep(std::time::Duration::from_millis(1));
        assert!(!p.loader.is_scene_loading());
    }
    assert_eq!((p.generation, p.current), (generation, current));
}

#[test]
fn cues_go_forward_and_back_running_or_paused() {
    let folder = folder();
    let cues = "[[cue]]\nscene = \"0\"\ntransition = \"cut\"\n[[cue]]\nscene = \"1\"\ntransition = \"cut\"\n";
    let mut p = show(cues, &[CLOUD, CELLS], &folder);
    p.pause(true);
    p.command(Command::Cue(CueTarget::Go));
    p.rest_until(|p| p.current == 1);
    p.command(Command::Cue(CueTarget::Go));
    assert!(state(&mut p).notice.1.contains("no cue in that direction"));
    p.pause(false);
    p.command(Command::Cue(CueTarget::Back));
    p.until(|p| p.current == 0);
    assert_eq!(state(&mut p).cue.now, Some(0));
}

#[test]
fn a_reloaded_scene_creates_only_what_cannot_keep_running() {
    let folder = folder();
    let two = format!("{CELLS}[node.cloud]\nsystem = \"noise\"\n");
    let mut p = performance(folder.path(), &[&two]);
    (0..9).for_each(|_| p.tick());
    let world = |p: &Performance, name: &str| p.engine().field(p.engine().scene().node(name).unwrap(), 0);
    let (cells, cloud) = (world(&p, "cells"), world(&p, "cloud"));
    let text = two.replace("\"noise\"", "\"noise\"\ndetail = 0.75").replace("bone", "inferno");
    let scene = world::scene::Scene::parse(&text, "0", folder.path(), systems::CATALOGUE).unwrap();
    assert_eq!(p.engine().would_instantiate(&scene), [false, false]);
    let other = text.replace("[node.cells]\n", "[node.cells]\nsize = [16, 10]\n");
    let scene = world::scene::Scene::parse(&other, "0", folder.path(), systems::CATALOGUE).unwrap();
    assert_eq!(p.engine().would_instantiate(&scene), [true, false]);
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

#[test]
fn a_file_that_is_fixed_clears_its_problems_and_is_reloaded_once() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD]);
    p.pause(true);
    let write = |text: &str| std::fs::write(folder.path().join("0.toml"), text).unwrap();
    write("size = [1");
    p.refresh();
    assert!(!p.problems.is_empty());
    write(&format!("{CLOUD}# mended\n"));
    let notice = p.notice.0;
    p.refresh();
    p.refresh();
    p.rest_until(|p| p.problems.is_empty());
    for _ in 0..20 {
        p.refresh();
        p.rest();
    }
    assert_eq!((p.notice.0, p.notice.1.as_str()), (notice + 1, "0 reloaded"));
}

#[test]
fn an_unwritable_folder_for_tapes_does_not_prevent_the_start() {
    let folder = folder();
    let tape = super::super::TapeTarget::Folder("/proc/nowhere".into());
    let mut p = with(folder.path(), &[CLOUD], |setup| PerformanceSetup { tape, ..setup });
    p.tick();
    assert_eq!((state(&mut p).tape, p.end()), (None, Vec::new()));
}

#[test]
fn nothing_to_play_and_a_tape_that_cannot_be_written_are_errors() {
    assert!(setup(&[]).start().err().unwrap().to_string().contains("no scene"));
    let folder = folder();
    let file = folder.path().join("a.toml");
    std::fs::write(&file, CLOUD).unwrap();
    let tape = super::super::TapeTarget::File("/proc/nowhere/t.tape".into());
    let error =
        PerformanceSetup { tape, ..setup(std::slice::from_ref(&file)) }.start().err().unwrap().to_string();
    assert!(error.contains("/proc/nowhere/t.tape"), "{error}");
    std::fs::write(&file, format!("{CLOUD}[[layer]]\nshow = \"nothing.here\"\n")).unwrap();
    match setup(&[file]).start().err() {
        Some(SetupError::Source(SourceError::Problems { problems, .. })) => {
            assert_eq!((problems.len(), problems[0].line), (1, CLOUD.lines().count() + 2), "{problems:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_scene_whose_file_is_gone_plays_on_and_one_that_ships_has_none() {
    let folder = folder();
    let mut p = performance(folder.path(), &[CLOUD]);
    let file = folder.path().join("0.toml");
    let stamp = super::super::stamp::stamp(&show::source::SceneSource::File(file.clone())).unwrap();
    assert_eq!((p.stamp, stamp.1), (Some(stamp), CLOUD.len() as u64));
    std::fs::remove_file(&file).unwrap();
    p.refresh();
    assert!(p.problems.is_empty() && p.stamp == Some(stamp));
    assert_eq!(super::super::stamp::stamp(&show::source::SceneSource::Shipped(0)), None);
    (0..3).for_each(|_| p.tick());
    assert_eq!(p.ticks(), 3);
}
