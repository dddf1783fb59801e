use std::path::Path;

use world::engine::Engine;
use world::scene::Scene;
use world::system::{Phase, Touch};
use world::tape::Event;

use crate::CATALOGUE;

fn engine(knobs: &str) -> Engine {
    let text = format!(
        "size = [96, 64]\n[node.w]\nsystem = \"noise\"\nsize = [96, 64]\n[node.d]\nsystem = \"deepdream\"\n\
         size = [96, 64]\nrows = 48\nevery = 1\n{knobs}[[layer]]\nshow = \"d.picture\"\n"
    );
    let scene = Scene::parse(&text, "a", Path::new("."), CATALOGUE).unwrap_or_else(|p| panic!("{p:?}"));
    Engine::new(scene, Some(5)).unwrap()
}

fn after(knobs: &str, ticks: usize) -> Engine {
    let mut engine = engine(knobs);
    (0..ticks).for_each(|_| engine.step(&[]));
    engine
}

/// Mean of the output `change`: how far the dream is from its source.
fn change(engine: &Engine) -> f64 {
    engine.field(1, 1).mean(0)
}

#[test]
fn it_dreams_more_the_stronger_it_is_and_not_at_all_without_strength() {
    let wired = "picture = \"w.value\"\nfollow = 1\nzoom = 1\n";
    let still = after(&format!("{wired}strength = 0\n"), 6);
    let [weak, strong] = [0.01, 0.05].map(|s| change(&after(&format!("{wired}strength = {s}\n"), 6)));
    assert!(change(&still) == 0.0 && weak > 0.0 && strong > 2.0 * weak, "{weak}, {strong}");
}

#[test]
fn the_response_grows_while_it_dreams_and_differs_by_layer_and_unit() {
    let response = |knobs: &str, ticks: usize| after(knobs, ticks).signals().get("d.response");
    let knobs = "octaves = 1\nzoom = 1\nfollow = 0\n";
    assert!(response(knobs, 16) > 1.5 * response(knobs, 1));
    let seen = ["", "layer = 2\n", "unit = 3\n", "unit = 4\n"].map(|more| {
        let engine = after(&format!("{knobs}{more}"), 8);
        engine.field(1, 0).data().to_vec()
    });
    for (i, a) in seen.iter().enumerate() {
        assert!(seen[..i].iter().all(|b| b != a), "{i}");
    }
}

#[test]
fn it_dreams_only_where_it_is_told() {
    let engine = after("follow = 1\nzoom = 1\nwhere = { from = \"w.value\", gain = 0 }\n", 4);
    assert_eq!(change(&engine), 0.0);
}

#[test]
fn a_touch_plants_dreams_and_its_opposite_wipes_them() {
    let touched = |strength: f32| {
        let mut engine = after("follow = 0\nzoom = 1\n", 20);
        let before = change(&engine);
        let touch =
            Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.5, strength, phase: Phase::Down };
        engine.step(&[Event::Touch(touch)]);
        (before, change(&engine))
    };
    let ((before, planted), (_, wiped)) = (touched(1.0), touched(-1.0));
    assert!(planted > 1.2 * before && wiped < 0.9 * before, "{before}: {planted}, {wiped}");
}
