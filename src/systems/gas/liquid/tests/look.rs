//! What is seen.

use world::field::Field;
use world::rng::Rng;
use world::system::{Env, InitContext, System, Texts};
use world::view::View;

use super::super::*;
use super::*;

/// A wave gathers light below its crest and spreads it below its trough; none is lost but at the sides.
#[test]
fn waves_gather_light_below_their_crests() {
    let surface = |x: f32| 20.0 - 2.5 * libm::cosf(core::f32::consts::TAU * x / 40.0);
    let tank = tank((160, 60), [Edge::Closed; 4], |x, y| y > surface(x));
    let light = light::Light::through(&tank.grid, &tank.cells.fill);
    let at = |x: usize| light.brightness[tank.grid.at(x, 45)];
    let mean = (0..160).map(at).sum::<f32>() / 160.0;
    assert!((mean - 1.0).abs() < 0.03, "{mean}");
    // The surface is high where the cosine is 1.
    assert!(at(80) > 1.2 && at(100) < 0.95, "{} {}", at(80), at(100));
    let deep = light.depth[tank.grid.at(80, 59)];
    assert!((deep - 42.0).abs() < 4.0, "{deep}");
}

#[test]
fn the_picture_shows_liquid_where_it_is_at_any_size() {
    let texts = Texts::default();
    let knobs = LiquidKnobs { start: params::Start::Pool, level: 0.5, ..Default::default() };
    let liquid =
        Liquid::new(&knobs, &InitContext { width: 80, height: 45, rng: Rng::new(1), texts: &texts }).unwrap();
    for (w, h) in [(80, 45), (320, 180), (40, 20), (801, 333)] {
        let mut shown = Field::new(w, h, 3);
        liquid.show(Output::Picture, &View::WHOLE, &mut shown);
        let light = |y: usize| (0..3).map(|c| shown.at(c, w / 2, y)).sum::<f32>();
        assert!(
            light(h * 3 / 5) > 2.0 * light(h * 2 / 5),
            "{w}×{h}: {} {}",
            light(h * 3 / 5),
            light(h * 2 / 5)
        );
        assert!(shown.data().iter().all(|v| (0.0..=4.0).contains(v)));
    }
}

/// A hole in the liquid shows the liquid behind it, open air does not.
#[test]
fn a_hole_is_no_dark_blot() {
    let hole = |x: f32, y: f32| libm::hypotf(x - 40.0, y - 40.0) < 2.5;
    let tank = tank((80, 60), [Edge::Closed; 4], |x, y| y > 20.0 && !hole(x, y));
    let mut colours = colours::Colours::new(&tank.grid);
    colours.collect(&tank.grid, &tank.sorted, &tank.cells, &tank.solids);
    let scene = picture::Scene {
        grid: &tank.grid,
        fill: &tank.cells.fill,
        colours: &colours,
        drops: &[],
        clarity: 30.0,
        backdrop: 0.4,
    };
    let mut shown = Field::new(160, 120, 3);
    scene.draw(&View::WHOLE, &mut shown);
    let blue = |x: usize, y: usize| shown.at(2, x, y);
    assert!(tank.cells.fill[tank.grid.at(40, 40)] < 0.1, "it is a hole");
    assert!(blue(80, 80) > 0.4 * blue(120, 80) && blue(80, 80) > 2.0 * blue(80, 20), "{}", blue(80, 80));
    assert!(blue(80, 80) < 0.9 * blue(120, 80), "and is seen");
}

/// Air that a lid of water cuts off rings once, with the radius of its area; a hole that opens within the water does not.
#[test]
fn air_that_is_cut_off_rings_and_a_hole_does_not() {
    let grid = Grid::new((60, 40), [Edge::Closed; 4]);
    let water = |holds: &dyn Fn(usize, usize) -> bool| {
        let mut fill = vec![0.0; grid.len()];
        for y in 0..40 {
            (0..60).for_each(|x| fill[grid.at(x, y)] = if holds(x, y) { 1.0 } else { 0.0 });
        }
        fill
    };
    let pit = |x: usize, y: usize| (20..26).contains(&x) && y < 28;
    let mut ear = sound::Ear::new();
    let mut listen = |fill: &[f32]| {
        ear.listen(&grid, fill, &[], 100.0, 1.0 / 60.0);
        ear.heard.clone()
    };
    assert!(listen(&water(&|x, y| y >= 20 && !pit(x, y))).is_empty(), "open");
    let shut = water(&|x, y| y >= 20 && !pit(x, y) || pit(x, y) && y < 24);
    let heard = listen(&shut);
    assert_eq!(heard.len(), 1, "{heard:?}");
    let radius = (24.0 / core::f32::consts::PI).sqrt();
    assert!(heard[0].kind == sound::BUBBLE && (heard[0].size - radius).abs() < 1e-3, "{heard:?}");
    assert!((heard[0].x - 23.0 / 60.0).abs() < 1e-3 && (heard[0].y - 26.0 / 40.0).abs() < 1e-3, "{heard:?}");
    assert!(listen(&shut).is_empty(), "once");
    let hole = |x: usize, y: usize| (40..44).contains(&x) && (30..34).contains(&y);
    assert!(listen(&water(&|x, y| y >= 20 && !pit(x, y) && !hole(x, y))).is_empty(), "a hole");
}

/// Nothing dies out or blows up in two minutes, and colours stay apart.
#[test]
fn it_stays_alive() {
    let (texts, knobs) = (Texts::default(), LiquidKnobs::default());
    let mut liquid =
        Liquid::new(&knobs, &InitContext { width: 96, height: 54, rng: Rng::new(1), texts: &texts }).unwrap();
    let start = liquid.read(Readout::Volume);
    let mut energies = Vec::new();
    for tick in 0..3600 {
        let rng = Rng::new(2).fork(tick);
        liquid.step(
            &knobs,
            &Env { tick, dt: 1.0 / 60.0, rng, inputs: &[None; 5], touches: &[], switches: &[] },
        );
        energies.push(liquid.read(Readout::Kinetic));
    }
    for second in energies[600..].chunks(600) {
        let mean = second.iter().sum::<f32>() / 600.0;
        assert!((0.005..0.4).contains(&mean), "{mean}");
    }
    let volume = liquid.read(Readout::Volume) / start;
    assert!((volume - 1.0).abs() < 0.02, "{volume}");
    let blue = liquid.tank().sorted.all().iter().map(|p| p.paint[2]);
    let (low, high) = blue.fold((9.0f32, 0.0f32), |(a, b), v| (a.min(v), b.max(v)));
    assert!(high - low > 0.2, "{low} {high}");
}
