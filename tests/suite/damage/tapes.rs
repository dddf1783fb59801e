//! Tapes, states and favourites, played through the director.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use untrained::CATALOGUE;
use untrained::show::Director;
use untrained::show::autosave::SavedState;
use untrained::show::favourites::Favourites;
use untrained::world::frame::Frame;
use untrained::world::scene::{Address, Scene};
use untrained::world::tape::{Event, SceneEntry, Tape, Transition};

use super::{Change, changed, changes, cut, cuts, over};

/// Most cells of a world, and pixels of a canvas, that a test has time for.
const SMALL: usize = 96 * 96;

const SCENE: &str = "size = [24, 16]\n[node.a]\nsystem = \"noise\"\nsize = [24, 16]\n[node.b]\nsystem = \"life\"\nsize = [24, 16]\n\
                     [wave.w]\nperiod = 1\n[[link]]\nfrom = \"wave.w\"\nto = \"a.scale\"\n[[layer]]\nshow = \"a.value\"\n[[layer]]\nshow = \
                     \"b.alive\"\nblend = \"add\"\n";

fn entry(name: &str, way: Transition, size: Option<(usize, usize)>) -> SceneEntry {
    SceneEntry {
        name: name.into(),
        folder: ".".into(),
        text: SCENE.into(),
        seed: Some(3),
        size,
        knobs: Vec::new(),
        way,
        ticks: 4,
    }
}

/// The lines of a tape with an event of every kind.
fn lines() -> Vec<Value> {
    let touch = json!({"id": 1, "x": 0.5, "y": 0.5, "dx": 0.1, "dy": 0.0, "radius": 0.1, "strength": 1.0, "phase": "Down"});
    let enter = |tick: u64, way, size| json!([tick, {"Enter": entry("s", way, size)}]);
    vec![
        json!({"tape": 3, "version": "0", "scene": "s", "rate": 60.0}),
        enter(0, Transition::Cut, None),
        json!([0, {"Set": ["a.scale", 3.5]}]),
        json!([1, {"Signal": ["judge.novelty", 0.25]}]),
        json!([1, {"Touch": touch}]),
        json!([2, {"Link": [0, false]}]),
        enter(3, Transition::Morph, Some((20, 20))),
        json!([4, {"Swap": entry("s", Transition::Cut, Some((20, 20)))}]),
        json!([5, {"Reseed": 7}]),
        enter(6, Transition::Black, None),
        json!([7, {"Set": ["layer.1.opacity", 0.5]}]),
        json!([8, {"Reborn": {"seed": 9, "knobs": [["a.scale", 2.5]]}}]),
        json!([9, {"Hurry": 3}]),
        json!([10, "Mark"]),
    ]
}

/// Whether a test has time for the worlds of an entry.
fn is_small(entry: &SceneEntry) -> bool {
    let parsed = Scene::parse(&entry.text, &entry.name, &entry.folder, CATALOGUE);
    let fits = |(w, h): (usize, usize)| w * h <= SMALL;
    parsed.is_ok_and(|s| fits(s.size) && s.nodes.len() < 5 && s.nodes.iter().all(|n| fits(n.size)))
        && entry.size.is_none_or(fits)
}

fn replay(tape: &Tape) -> Result<(), TestCaseError> {
    let entries = || {
        tape.events.iter().filter_map(|(_, e)| match e {
            Event::Enter(entry) | Event::Swap(entry) => Some(entry),
            _ => None,
        })
    };
    let Some((_, Event::Enter(first))) = tape.events.first() else { return Ok(()) };
    if !entries().all(|e| is_small(e)) {
        return Ok(());
    }
    let Ok(mut director) = Director::new(untrained::CATALOGUE, first, Some((24, 16))) else {
        return Ok(());
    };
    let mut frame = Frame::default();
    // The ticks with events, one after the other, however far apart.
    let mut ticks: Vec<u64> = tape.events.iter().map(|e| e.0).collect();
    ticks.dedup();
    for tick in ticks.into_iter().take(12) {
        let events: Vec<Event> = tape.at(tick).skip(usize::from(director.tick() == 0)).cloned().collect();
        let _ = director.step(&events);
        director.compose(&mut frame);
        prop_assert_eq!(frame.rgba.len(), frame.width * frame.height * 4);
    }
    Ok(())
}

fn tapes(cases: u32) {
    let lines = lines();
    let change = prop::collection::vec((0..lines.len(), changes()), 1..3);
    over(cases, &(change, cuts()), |(change, cuts)| {
        let mut lines = lines.clone();
        for (line, changes) in &change {
            lines[*line] = changed(&lines[*line], changes);
        }
        let text: String = lines.iter().map(|l| format!("{l}\n")).collect();
        match Tape::read(&cut(text.into_bytes(), &cuts)[..]) {
            Ok(tape) => replay(&tape),
            Err(e) => {
                prop_assert!(!e.to_string().is_empty());
                Ok(())
            }
        }
    });
}

fn states(cases: u32) {
    let dir = tempfile::tempdir().unwrap();
    let (state, kept) = (dir.path().join("s.json"), dir.path().join("f.json"));
    let knobs = json!([["a.scale", 2.5], ["layer.1.opacity", 0.5]]);
    let saved = json!({"version": 1, "scene": "s", "cue": 1, "seed": 7, "knobs": knobs, "links": [true, false],
                       "kept": {"s": {"0": knobs}}, "bpm": 120.0});
    let favourites = json!([{"scene": "s", "seed": 7, "knobs": knobs, "links": [true]}]);
    let act = |seed: u64, knobs: &[(Address, f64)], links: &[bool]| -> Result<(), TestCaseError> {
        let mut director =
            Director::new(untrained::CATALOGUE, &entry("s", Transition::Cut, None), None).unwrap();
        let set = knobs.iter().take(200).map(|(a, v)| Event::Set(a.clone(), *v));
        let join = links.iter().take(200).enumerate().map(|(i, on)| Event::Link(i, *on));
        let events: Vec<Event> = [Event::Reseed(seed)].into_iter().chain(set).chain(join).collect();
        let _ = director.step(&events);
        events.iter().for_each(|e| drop(director.apply(e)));
        let mut frame = Frame::default();
        director.compose(&mut frame);
        prop_assert!(frame.rgba.len() == 24 * 16 * 4);
        Ok(())
    };
    over(cases, &(changes(), cuts(), any::<bool>()), |(change, cuts, which): (Vec<Change>, _, _)| {
        if which {
            let text = changed(&saved, &change).to_string();
            std::fs::write(&state, cut(text.into_bytes(), &cuts)).unwrap();
            let Ok(Some(saved)) = SavedState::load(&state) else { return Ok(()) };
            assert!((0..10).all(|slot| {
                saved.kept.recall("s", slot).is_none_or(|k| k.iter().all(|(_, v)| v.is_finite()))
            }));
            return act(saved.seed, &saved.knobs, &saved.links);
        }
        let text = changed(&favourites, &change).to_string();
        std::fs::write(&kept, cut(text.into_bytes(), &cuts)).unwrap();
        let mut favourites = Favourites::open(&kept);
        match favourites.next(|_| true) {
            Some((_, f)) => act(f.seed, &f.knobs, &f.links),
            None => Ok(()),
        }
    });
}

#[test]
fn an_undamaged_tape_plays() {
    let text: String = lines().iter().map(|l| format!("{l}\n")).collect();
    let tape = Tape::read(text.as_bytes()).unwrap();
    assert_eq!(tape.events.len(), lines().len() - 1);
    assert!(
        is_small(&entry("s", Transition::Cut, None)),
        "{:?}",
        Scene::parse(SCENE, "s", Path::new("."), CATALOGUE).err()
    );
    replay(&tape).unwrap();
}

#[test]
fn four_thousand_damaged_tapes() {
    tapes(4_000);
}

#[test]
fn four_thousand_damaged_states() {
    states(4_000);
}

#[test]
#[ignore = "half an hour"]
fn a_hundred_thousand_damaged_tapes_and_states() {
    tapes(60_000);
    states(40_000);
}
