use std::path::Path;

use world::engine::Engine;
use world::scene::Scene;
use world::system::{Phase, Touch};
use world::tape::Event;

use crate::CATALOGUE;

fn engine(knobs: &str) -> Result<Engine, String> {
    let text = format!(
        "size = [96, 64]\n[node.w]\nsystem = \"noise\"\nsize = [96, 64]\n[node.p]\nsystem = \"painter\"\n\
         size = [96, 64]\nrows = 64\nevery = 1\n{knobs}[[layer]]\nshow = \"p.picture\"\n"
    );
    let scene = Scene::parse(&text, "a", Path::new("."), CATALOGUE).map_err(|p| format!("{p:?}"))?;
    Ok(Engine::new(scene, Some(5)).unwrap())
}

fn after(knobs: &str, ticks: usize) -> Engine {
    let mut engine = engine(knobs).unwrap();
    (0..ticks).for_each(|_| engine.step(&[]));
    engine
}

/// Mean of the output `change`: how far what is seen is from what is wired.
fn change(engine: &Engine) -> f64 {
    engine.field(1, 1).mean(0)
}

const WIRED: &str = "picture = \"w.value\"\nease = 1\n";

#[test]
fn what_is_seen_is_painted_as_far_as_it_covers() {
    let [none, half, all] = [0.0, 0.5, 1.0].map(|c| after(&format!("{WIRED}cover = {c}\n"), 3));
    assert_eq!(change(&none), 0.0);
    assert!(change(&all) > 0.03 && (change(&half) - 0.5 * change(&all)).abs() < 1e-3);
    assert!((all.signals().get("p.change") - change(&all)).abs() < 1e-4);
    let nowhere = after(&format!("{WIRED}heal = 1\nwhere = {{ from = \"w.value\", gain = 0 }}\n"), 2);
    assert_eq!(change(&nowhere), 0.0, "it paints only where it is told");
}

#[test]
fn what_was_painted_is_painted_again() {
    let pictures = [0.0, 0.5].map(|a| after(&format!("{WIRED}again = {a}\n"), 4).field(1, 0).data().to_vec());
    assert_ne!(pictures[0], pictures[1]);
    let soft = |ease: f32| change(&after(&format!("picture = \"w.value\"\nease = {ease}\n"), 1));
    assert!(soft(0.1) < 0.2 * soft(1.0), "and fades in");
}

#[test]
fn a_touch_wipes_the_paint_away_and_it_comes_back() {
    let touched = |heal: f32| {
        let mut engine = after(&format!("{WIRED}heal = {heal}\n"), 2);
        let before = change(&engine);
        let touch =
            Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.5, strength: 1.0, phase: Phase::Down };
        let held = Touch { phase: Phase::Move, ..touch };
        engine.step(&[Event::Touch(touch)]);
        (0..30).for_each(|_| engine.step(&[Event::Touch(held)]));
        let wiped = change(&engine);
        let touch = Touch { phase: Phase::Up, ..touch };
        engine.step(&[Event::Touch(touch)]);
        (0..20).for_each(|_| engine.step(&[]));
        [before, wiped, change(&engine)]
    };
    let [before, wiped, later] = touched(0.1);
    assert!(wiped < 0.7 * before && later > 1.2 * wiped, "{before}, {wiped}, {later}");
    let [_, wiped, later] = touched(0.0);
    assert!(later < 1.1 * wiped, "unless nothing heals: {wiped}, {later}");
}

#[test]
fn a_file_that_paints_nothing_is_a_fault_of_the_setting() {
    let error = engine("file = \"no.safetensors\"\n").err().unwrap();
    assert!(error.contains("file") && error.contains("no.safetensors"), "{error}");
}
