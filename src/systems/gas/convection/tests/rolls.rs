//! Rolls between plates, against `reference/rayleigh_benard`.

use super::super::observe::{statistics, streamfunction};
use super::super::{ConvectionKnobs, params::Sides};
use super::{rolls, run, stir};

fn knobs(rayleigh: f32) -> ConvectionKnobs {
    ConvectionKnobs { rayleigh, prandtl: 0.71, free_fall: 0.1, ..ConvectionKnobs::default() }
}

/// Growth rate of a faint pair of rolls, per h²/κ.
fn growth(rayleigh: f32) -> f64 {
    let knobs = knobs(rayleigh);
    let mut fluid = rolls((40, 20), &knobs, 1e-3);
    run(&mut fluid, &knobs, 0.6);
    let then = stir(&fluid);
    run(&mut fluid, &knobs, 0.6);
    0.5 * libm::log(stir(&fluid) / then) / 0.6
}

#[test]
fn rolls_die_below_the_critical_rayleigh_number_and_grow_above() {
    let (below, above) = (growth(1650.0), growth(1770.0));
    assert!(below < -0.05 && above > 0.05, "growth {below} at 1650, {above} at 1770");
    let critical = 1650.0 - below * 120.0 / (above - below);
    assert!((critical / 1707.76 - 1.0).abs() < 0.01, "critical Rayleigh number {critical}");
}

#[test]
fn heat_is_carried_as_by_the_exact_rolls() {
    let Some(shared) = crate::skip::shared() else { return };
    let file = std::fs::read(shared.join("reference/rayleigh_benard/rayleigh_benard.json")).unwrap();
    let table: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let exact = |rayleigh: f64, name: &str| {
        let rows = table["steady_rolls_Pr_0_71"].as_array().unwrap();
        // A box twice as wide as high.
        let wide = |r: &&serde_json::Value| (r["k"].as_f64().unwrap() - core::f64::consts::PI).abs() < 1e-6;
        let row = rows.iter().filter(wide).find(|r| r["Ra"].as_f64() == Some(rayleigh));
        row.unwrap()[name].as_f64().unwrap()
    };
    for (rayleigh, diffusions) in [(5000.0, 1.2), (10_000.0, 1.0), (30_000.0, 0.8)] {
        let knobs = knobs(rayleigh as f32);
        let physics = knobs.physics(32);
        let mut fluid = rolls((64, 32), &knobs, 0.1);
        run(&mut fluid, &knobs, diffusions);
        let found = statistics(&fluid, &physics);
        let off = |name: &str, value: f64| {
            let off = value / exact(rayleigh, name) - 1.0;
            assert!(off.abs() < 0.01, "{name} at {rayleigh}: {value}, {:.2} % off", 100.0 * off);
        };
        off("Nu_volume", found.nusselt);
        off("Nu", found.nusselt_wall);
        let rows = (0..32).flat_map(|y| fluid.moment(2, y));
        let fastest = rows.fold(0f32, |most, v| most.max(v.abs()));
        off("v_max_kappa_over_d", (fastest * 32.0 / physics.diffusivity) as f64);
        assert!((physics.rayleigh / rayleigh as f32 - 1.0).abs() < 1e-5);
    }
}

#[test]
fn upside_down_nothing_moves() {
    let knobs = ConvectionKnobs { tilt: 180.0, ..knobs(10_000.0) };
    let mut fluid = rolls((40, 20), &knobs, 0.1);
    run(&mut fluid, &knobs, 1.2);
    let figures = statistics(&fluid, &knobs.physics(20));
    let speed = libm::sqrt(stir(&fluid));
    assert!(speed < 1e-4 * 0.1, "{speed}");
    assert!((figures.nusselt - 1.0).abs() < 1e-3 && (figures.nusselt_wall - 1.0).abs() < 1e-3);
}

#[test]
fn on_its_side_a_box_turns_one_way_and_the_streamfunction_says_so() {
    let knobs = ConvectionKnobs { tilt: 90.0, sides: Sides::Closed, ..knobs(10_000.0) };
    let mut fluid = rolls((24, 24), &knobs, 0.0);
    run(&mut fluid, &knobs, 0.5);
    // Gravity pulls to the right: hot fluid at the bottom goes left, cold at the top right; anticlockwise rolls have
    // rightward flow between the top and the middle.
    let psi = streamfunction(&fluid);
    let (middle, bottom) = (psi[12 * 24 + 12], psi[23 * 24 + 12]);
    assert!(middle > 0.1, "{middle}");
    assert!(bottom.abs() < 0.05 * middle, "no flow through a closed box: {bottom} of {middle}");
    assert!(fluid.moment(1, 20)[12] < 0.0 && fluid.moment(1, 3)[12] > 0.0);
}
