//! What `untrained new-system` writes, compiled as it is and held to the promises before anyone builds on it.

#[path = "../../src/cli/new_system/sprout.rs"]
mod system;

use std::path::Path;

use untrained::systems::texture::noise::Noise;
use untrained::world::rng::Rng;
use untrained::world::scene::Scene;
use untrained::world::system::SystemKind;

use crate::promises::{assert_shows, torture};

const SPROUT: &SystemKind = &SystemKind::of::<system::Sprout>();
/// Its scene wires noise to it.
const KINDS: &[SystemKind] = &[SystemKind::of::<system::Sprout>(), SystemKind::of::<Noise>()];

#[test]
fn no_value_and_no_size_breaks_it() {
    for size in [(1, 1), (1, 9), (9, 1), (2, 2), (64, 5), (65, 5), (1, 300), (300, 1), (80, 60)] {
        (0..4).for_each(|seed| assert!(torture(SPROUT, size, seed, 6) > 0));
    }
}

#[test]
fn its_scene_has_no_problem_and_shows_a_changing_picture() {
    let text = include_str!("../../src/cli/new_system/sprout.toml");
    let load = || Scene::parse(text, "sprout", Path::new("."), KINDS).unwrap_or_else(|p| panic!("{p:?}"));
    assert_shows(load(), "sprout");
    let mut engine = untrained::world::engine::Engine::new(load(), None).unwrap();
    let mut share = || {
        (0..300).for_each(|_| engine.step(&[]));
        engine.signals().get("dish.excited")
    };
    let shares = [share(), share(), share()];
    let [lo, hi] = [SPROUT.readouts[0].lo as f64, SPROUT.readouts[0].hi as f64];
    assert!(shares.iter().all(|s| *s > lo + 0.02 && *s < hi), "{shares:?}");
}

#[test]
fn another_seed_is_another_world_and_the_same_seed_the_same() {
    let wake = |seed: u64| {
        let node = SPROUT.instantiate_default(48, 32, Rng::new(seed).bits(0), Path::new(".")).unwrap();
        let mut shown = untrained::world::field::Field::new(48, 32, 1);
        node.show(0, &untrained::world::view::View::WHOLE, &mut shown);
        shown
    };
    assert!(wake(1) == wake(1) && wake(1) != wake(2));
}
