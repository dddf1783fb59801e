use std::path::Path;

use crate::CATALOGUE;
use world::engine::Engine;
use world::frame::Frame;
use world::scene::Scene;
use world::system::{Phase, Touch};
use world::tape::Event;

fn engine(nodes: &str) -> Engine {
    let text = format!("size = [96, 96]\n{nodes}\n[[layer]]\nshow = \"it.picture\"\n");
    let scene = Scene::parse(&text, "a", Path::new("."), CATALOGUE).unwrap_or_else(|p| panic!("{p:?}"));
    Engine::new(scene, Some(5)).unwrap()
}

fn picture(engine: &mut Engine) -> Frame {
    let mut frame = Frame::default();
    engine.compose(&mut frame);
    frame
}

/// Variance of the green channel over the pixels that `within` names.
fn variance(frame: &Frame, within: impl Fn(f64, f64) -> bool) -> f64 {
    let all = (0..96).flat_map(|y| (0..96).map(move |x| (x, y)));
    let inside = all.filter(|&(x, y)| within(x as f64 / 96.0, y as f64 / 96.0));
    let values: Vec<f64> = inside.map(|(x, y)| frame.pixel(x, y)[1] as f64).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64
}

fn touch(x: f32, radius: f32, phase: Phase) -> Event {
    Event::Touch(Touch { id: 1, x, y: 0.5, dx: 0.0, dy: 0.0, radius, strength: 1.0, phase })
}

#[test]
fn a_damaged_texture_regenerates_where_it_was_touched_and_runs_on_elsewhere() {
    let mut engine = engine("[node.it]\nsystem = \"nca\"\nsize = [96, 96]\ncells = 48\n");
    (0..120).for_each(|_| engine.step(&[]));
    let within = |x: f64, y: f64| (x - 0.5).hypot(y - 0.5) < 0.2;
    let before = picture(&mut engine);
    let whole = variance(&before, within);
    engine.step(&[touch(0.5, 0.25, Phase::Down)]);
    let wounded = picture(&mut engine);
    assert!(variance(&wounded, within) < 0.5 * whole, "{} of {whole}", variance(&wounded, within));
    let outside = |x: f64, y: f64| (x - 0.5).hypot(y - 0.5) > 0.35;
    assert!(variance(&wounded, outside) > 0.7 * variance(&before, outside));
    engine.step(&[touch(0.5, 0.25, Phase::Up)]);
    (0..120).for_each(|_| engine.step(&[]));
    let healed = variance(&picture(&mut engine), within);
    assert!(healed > 0.6 * whole, "{healed} of {whole}");
}

/// A field with one high pixel kills the one cell that contains it.
#[test]
fn damage_comes_from_a_field_at_any_size() {
    let cut = "wound = { from = \"cut.value\", gain = 1000 }\n";
    let cloud = "[node.cut]\nsystem = \"noise\"\nsize = [200, 200]\n";
    let mut cuts = engine(&format!("[node.it]\nsystem = \"nca\"\nsize = [96, 96]\ncells = 48\n{cut}{cloud}"));
    let mut free = engine("[node.it]\nsystem = \"nca\"\nsize = [96, 96]\ncells = 48\n");
    for _ in 0..80 {
        cuts.step(&[]);
        free.step(&[]);
    }
    let (cut, free) =
        (variance(&picture(&mut cuts), |_, _| true), variance(&picture(&mut free), |_, _| true));
    assert!(cut < 0.5 * free, "everywhere wounded: {cut}, else {free}");
}

#[test]
fn a_walk_advances_with_time_and_faster_under_a_touch() {
    let text = "[node.it]\nsystem = \"latent\"\nsize = [96, 96]\ncolumns = 1\nevery = 1\n";
    let (mut still, mut walking, mut pushed) =
        (engine(&format!("{text}pace = 0\n")), engine(text), engine(text));
    let first = picture(&mut still);
    assert!(variance(&first, |_, _| true) > 100.0);
    for t in 0..30 {
        still.step(&[]);
        walking.step(&[]);
        pushed.step(&[touch(0.5, 0.1, if t == 0 { Phase::Down } else { Phase::Move })]);
    }
    let apart = |a: &Frame| a.rgba.iter().zip(&first.rgba).map(|(a, b)| a.abs_diff(*b) as u64).sum::<u64>();
    let [still, walking, pushed] = [&mut still, &mut walking, &mut pushed].map(|e| apart(&picture(e)));
    assert!(still == 0 && walking > 10_000 && pushed > walking, "{still}, {walking}, {pushed}");
}
