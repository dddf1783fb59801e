//! Files damaged by a person, a crash or a bad disk: whatever they contain, reading gives a result or an error, and
//! what was read is played. Packets, MIDI bytes, maps, web messages and sound files have their fuzz tests next to their
//! readers.

use std::path::Path;

use proptest::prelude::*;
use untrained::CATALOGUE;
use untrained::cli::load::SceneSource;
use untrained::show::program::{CueList, ShowProgram, TimeOfDay, TriggerInputs};
use untrained::world::engine::Engine;
use untrained::world::frame::Frame;
use untrained::world::scene::{Problem, Scene};

/// One change of a text: where (as a fraction of it), how much is removed, what is inserted.
#[derive(Clone, Debug)]
pub struct Cut {
    at: f64,
    length: usize,
    put: String,
}

/// Some changes, with tokens that matter to all readers of TOML and with `more`.
pub fn cuts(more: &[&'static str]) -> impl Strategy<Value = Vec<Cut>> + use<> {
    let words = [
        "",
        "\"",
        "[",
        "]",
        "[[",
        "=",
        "\n",
        "0",
        "-1",
        "1e309",
        "nan",
        "inf",
        "99999999999999999999",
        "true",
        "#",
        "{",
        "}",
        "\u{0}",
        "é",
        "....",
        "x.y",
        "''",
        "\"\"\"",
    ];
    let words = prop::sample::select([&words, more].concat());
    let put = prop_oneof![6 => words.prop_map(String::from), 2 => "\\PC{0,12}", 1 => Just("x".repeat(400))];
    let cut = (0.0..1.0f64, 0usize..40, put).prop_map(|(at, length, put)| Cut { at, length, put });
    prop::collection::vec(cut, 1..5)
}

/// The text after them.
pub fn damaged(text: &str, cuts: &[Cut]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for cut in cuts {
        let at = (cut.at * chars.len() as f64) as usize;
        let end = (at + cut.length).min(chars.len());
        chars.splice(at..end, cut.put.chars());
    }
    chars.into_iter().collect()
}

/// Tokens of scenes, and of shows.
const SCENES: &[&str] = &["[node.x]\n", "[[layer]]\n", "system = \"life\"\n", "size = [1, 1]\n", "link"];
const SHOWS: &[&str] = &["[[cue]]\n", "scene = \"ink\"\n", "then = {}\n", "hours = []\n", "at"];

const SHOW: &str = "title = \"x\"\nloop = true\nlocked = true\nallow = [\"cue.*\", \"touch\"]\nattract = 60\nhours = [\"10:00\", \
                    \"18:30\"]\n[[cue]]\nname = \"a\"\nscene = \"ink\"\ntransition = \"black\"\nseconds = 4\nthen = { after = 90, at \
                    = \"23:05\", idle = 3, beats = 4, bored = 2, quiet = 8 }\n[[cue]]\nscene = \"coast\"\n";

fn scene(text: &str) -> Result<Scene, Vec<Problem>> {
    Scene::parse(text, "x", Path::new("scenes"), CATALOGUE)
}

/// The same scene on a small canvas, with small worlds.
fn small(scene: Scene) -> Scene {
    const SIDES: (usize, usize) = (48, 27);
    let mut scene = scene.with_size(SIDES);
    scene.nodes.iter_mut().for_each(|n| n.size = (n.size.0.min(SIDES.0), n.size.1.min(SIDES.1)));
    scene
}

/// A scene runs for a few ticks, twice with the same result; the file that it would be saved as is a scene again.
fn lives(scene: &Scene) -> Result<(), TestCaseError> {
    let mut pictures = Vec::new();
    for _ in 0..2 {
        let mut engine = match Engine::new(scene.clone(), Some(7)) {
            Ok(engine) => engine,
            Err(problems) => {
                prop_assert!(!problems.is_empty() && problems.iter().all(|p| !p.message.is_empty()));
                return Ok(());
            }
        };
        (0..3).for_each(|_| engine.step(&[]));
        let mut frame = Frame::default();
        engine.compose(&mut frame);
        prop_assert_eq!(frame.rgba.len(), frame.width * frame.height * 4);
        let saved = engine.scene().print(&engine.knobs());
        let again = self::scene(&saved);
        let knobs = again.as_ref().map(|s| s.nodes.iter().map(|n| n.knobs.clone()).collect::<Vec<_>>());
        prop_assert_eq!(knobs, Ok(engine.knobs()), "{}", saved);
        pictures.push(frame.rgba);
    }
    prop_assert!(pictures[0] == pictures[1]);
    Ok(())
}

/// A show runs through some days, with every trigger of cues; its current cue is always one of its own.
fn plays(program: ShowProgram) -> Result<(), TestCaseError> {
    let count = program.cues.len();
    prop_assert!(count > 0 && program.cues.iter().all(|c| !c.about().is_empty()));
    prop_assert!((0..1440).all(|m| program.scheduled_cue(m).is_none_or(|c| c < count)));
    let mut list = CueList::new(program);
    prop_assert!(list.begin(0) && !list.begin(count));
    for t in 0..400u32 {
        let moment = TimeOfDay { day: (t / 60) as i32, minute: t * 24 % 1440 };
        let waits = f64::from(t) * 7.0;
        let facts = TriggerInputs { dt: 60.0, beats: waits, bored: waits, quiet: waits, idle: waits, moment };
        let next = list.tick(&facts).or(list.next().filter(|_| t % 50 == 49));
        if let Some(cue) = next {
            prop_assert!(list.begin(cue), "{cue} of {count}");
        }
        let here = list.now().is_some_and(|c| c < count) && list.before().is_none_or(|c| c < count);
        prop_assert!(here && list.plan().is_some() && list.seconds().is_finite());
        prop_assert!(list.still(Some(3.0)).is_none_or(|s| s > 0.0));
    }
    Ok(())
}

fn assert_located(problems: &[Problem], text: &str) -> Result<(), TestCaseError> {
    let lines = text.lines().count() + 1;
    prop_assert!(!problems.is_empty());
    for p in problems {
        prop_assert!((1..=lines).contains(&p.line) && !p.message.is_empty(), "{p:?}");
    }
    Ok(())
}

/// The originals of the damaged files are valid.
#[test]
fn the_originals_are_read_and_play() {
    for source in SceneSource::all() {
        let scene = scene(&source.text().unwrap()).unwrap_or_else(|p| panic!("{}: {p:?}", source.name()));
        lives(&small(scene)).unwrap();
    }
    let show = ShowProgram::parse(SHOW, |_| None).unwrap();
    assert_eq!((show.cues.len(), show.cues[0].then.len()), (2, 6));
    plays(show).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twenty_thousand_damaged_scenes(which in 0usize..1000, cuts in cuts(SCENES), born in 0u8..8) {
        let all = SceneSource::all();
        let text = all[which % all.len()].text().unwrap();
        let text = damaged(&text, &cuts);
        match scene(&text) {
            Ok(scene) if born == 0 => lives(&small(scene))?,
            Ok(_) => {}
            Err(problems) => assert_located(&problems, &text)?,
        }
    }

    #[test]
    fn twenty_thousand_damaged_shows(cuts in cuts(SHOWS)) {
        let text = damaged(SHOW, &cuts);
        match ShowProgram::parse(&text, |_| None) {
            Ok(show) => plays(show)?,
            Err(problems) => assert_located(&problems, &text)?,
        }
    }
}

/// Scenes in which only a number differs: most of them run.
#[test]
fn six_hundred_scenes_with_other_numbers_run() {
    let number =
        prop::sample::select(vec!["0", "1", "-1", "2", "0.5", "3.7", "16", "255", "1e-9", "1e6", "-0.0"]);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let living = std::cell::Cell::new(0);
    let outcome = runner.run(&(0usize..1000, 0.0..1.0f64, number), |(which, at, number)| {
        let all = SceneSource::all();
        let text = all[which % all.len()].text().unwrap();
        let is_number = |w: &str| w.trim_matches(|c: char| "[],".contains(c)).parse::<f64>().is_ok();
        let mut words: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
        let places: Vec<usize> = (0..words.len()).filter(|i| is_number(words[*i].trim())).collect();
        let place = places[(at * places.len() as f64) as usize];
        let other =
            words[place].replace(words[place].trim().trim_matches(|c: char| "[],".contains(c)), number);
        words[place] = &other;
        let text = words.concat();
        match scene(&text) {
            Ok(scene) => {
                living.set(living.get() + 1);
                lives(&small(scene))
            }
            Err(problems) => assert_located(&problems, &text),
        }
    });
    outcome.unwrap();
    assert!(living.get() > 200, "{}", living.get());
}
