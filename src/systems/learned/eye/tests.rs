use std::path::Path;

use judge::calibration::best;
use judge::sight::Observer;
use judge::{Judge, sight::map::rank_correlation};
use world::engine::Engine;
use world::scene::Scene;

use crate::CATALOGUE;

fn eye(knobs: &str) -> Engine {
    let text = format!(
        "size = [64, 64]\n[node.w]\nsystem = \"life\"\nsize = [64, 64]\n[node.e]\nsystem = \"eye\"\nsize = [64, 64]\n\
         picture = \"w.alive\"\n{knobs}[[layer]]\nshow = \"e.seen\"\n"
    );
    let scene = Scene::parse(&text, "a", Path::new("."), CATALOGUE).unwrap_or_else(|p| panic!("{p:?}"));
    Engine::new(scene, Some(5)).unwrap()
}

/// Its gaze is the judge's own map of what its wire showed on the tick before.
#[test]
fn its_gaze_is_the_judges_map_of_what_is_wired() {
    let mut engine = eye("every = 1\nease = 1\n");
    (0..20).for_each(|_| engine.step(&[]));
    let seen = engine.field(0, 0);
    engine.step(&[]);
    let [gaze, ..] = [0, 1, 2].map(|port| engine.field(1, port));
    let judge = Judge::shipped().unwrap();
    let mut observer = Observer::new(&judge).unwrap();
    let picture: Vec<f32> = seen.plane(0).iter().flat_map(|v| [*v; 3]).collect();
    let class = best(&observer.look(&picture).logits);
    let layer = observer.usual_layer();
    let map = observer.grad_cam(&picture, class, layer).resized(64, 64).normalised();
    assert!(rank_correlation(&map.values, gaze.plane(0)) > 0.999);
    assert_eq!(engine.signals().get("e.class"), class as f64 + 1.0);
    let (x, y) = (engine.signals().get("e.x"), engine.signals().get("e.y"));
    assert!((0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y));
}

#[test]
fn it_looks_only_every_few_ticks_and_moves_smoothly_between() {
    let mut engine = eye("every = 10\nease = 0.3\n");
    let mut before = engine.field(1, 0);
    let mut steps = Vec::new();
    for _ in 0..20 {
        engine.step(&[]);
        let now = engine.field(1, 0);
        let moved = before.data().iter().zip(now.data()).map(|(a, b)| (a - b).abs()).sum::<f32>();
        steps.push(moved);
        before = now;
    }
    // Between two maps each step is 0.7 of that before.
    assert!((2..10).all(|i| (steps[i] - 0.7 * steps[i - 1]).abs() < 1e-2 * steps[i - 1] + 1e-3), "{steps:?}");
    assert!(steps[10] > 2.0 * steps[9], "{steps:?}");
}

/// Every method and class.
#[test]
fn other_methods_and_classes_look_elsewhere() {
    let gaze = |knobs: &str| {
        let mut engine = eye(&format!("every = 1\nease = 1\n{knobs}"));
        (0..10).for_each(|_| engine.step(&[]));
        engine.field(1, 0).data().to_vec()
    };
    let all = [
        "",
        "method = \"hires-cam\"\n",
        "method = \"windows\"\n",
        "method = \"gradient\"\n",
        "method = \"smooth-grad\"\n",
        "class = 2\n",
        "class = 5\n",
        "layer = 2\n",
    ];
    let all = all.map(gaze);
    for (i, a) in all.iter().enumerate() {
        assert!(a.iter().all(|v| (0.0..=1.0).contains(v)));
        assert!(all[..i].iter().all(|b| b != a), "{i}");
    }
}
