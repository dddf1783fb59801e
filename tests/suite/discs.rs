//! Hard discs against collisions computed in 72 digits, and against equations of state.

use serde_json::Value;
use untrained::systems::gas::discs::arena::Arena;
use untrained::systems::gas::discs::disc::Disc;
use untrained::systems::gas::discs::dynamics::{Dynamics, Limits};
use untrained::systems::gas::discs::lattice::Region;
use untrained::systems::gas::discs::place::{Crowd, place};
use untrained::systems::gas::discs::record::Struck;
use untrained::systems::gas::discs::start::thermal;
use untrained::world::rng::Rng;

fn reference(name: &str) -> Option<Value> {
    let file = crate::skip::shared()?.join("reference/hard_discs").join(name);
    Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap()
}

fn pair(value: &Value) -> [f64; 2] {
    [number(&value[0]), number(&value[1])]
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// The discs of a case, at its start.
fn begin(case: &Value) -> Dynamics {
    let side = number(&case["box"]);
    let disc = |(at, v): (&Value, &Value)| Disc::new(pair(at), pair(v), 0.5 * number(&case["diameter"]));
    let discs = list(&case["positions"]).iter().zip(list(&case["velocities"])).map(disc).collect();
    let masses = list(&case["masses"]).iter().map(number).collect();
    Dynamics::new(Arena::new([side, side], [true; 2]), discs, masses)
}

#[test]
fn the_first_sixty_collisions_are_those_of_72_digits() {
    let Some(cases) = reference("collisions.json") else { return };
    assert!(list(&cases).len() >= 3);
    for case in list(&cases) {
        let name = case["id"].as_str().unwrap();
        let mut discs = begin(case);
        let (energy, momentum) = (discs.energy(), discs.momentum());
        assert!((energy - number(&case["energy"])).abs() < 1e-12 * energy, "{name}");
        let wanted = list(&case["collisions"]);
        // Rounding grows about tenfold every two or three collisions; plain f64 keeps the order at least for so many.
        let same = (number(&case["f64_naive_same_pairs_for"]) as usize).min(wanted.len() - 5);
        for (k, hit) in wanted.iter().enumerate().take(same) {
            discs.advance(1e6, Limits { collisions: 1, ..Limits::NONE });
            let found = discs.collisions()[0];
            let (i, j) = (number(&hit["i"]) as u32, number(&hit["j"]) as u32);
            assert_eq!((found.disc, found.struck), (i, Struck::Disc(j)), "{name}, collision {}", k + 1);
            let tolerance = if k < 10 { 1e-10 } else { 1e-5 };
            if k < 30 {
                let off = found.time - number(&hit["t"]);
                assert!(off.abs() < tolerance, "{name}, collision {}: {off} late", k + 1);
                let push = found.impulse - number(&hit["impulse"]);
                assert!(push.abs() < 1e3 * tolerance, "{name}, collision {}: {push}", k + 1);
            }
            if let Some(after) = case["velocities_after"].get((k + 1).to_string()).filter(|_| k < 30) {
                let places = &case["positions_wrapped_at"][(k + 1).to_string()];
                for (d, disc) in discs.discs().iter().enumerate() {
                    let (at, v) = disc.state(discs.now(), [0.0; 2]);
                    let (place, velocity) = (pair(&places[d]), pair(&after[d]));
                    let r = discs.arena().nearest([at[0] - place[0], at[1] - place[1]]);
                    let off = r[0].hypot(r[1]).max((v[0] - velocity[0]).hypot(v[1] - velocity[1]));
                    assert!(off < 1e3 * tolerance, "{name}, disc {d} after {}: {off}", k + 1);
                }
            }
        }
        assert!(same >= 30, "{name}: {same}");
        assert!((discs.energy() / energy - 1.0).abs() < 1e-12, "{name}");
        let drift = |k: usize| (discs.momentum()[k] - momentum[k]).abs();
        assert!(drift(0).max(drift(1)) < 1e-12 * (1.0 + momentum[0].hypot(momentum[1])), "{name}");
    }
}

/// Pressure (Z = pV/NkT) and collisions for each disc in the time in which one of mean energy crosses a diameter.
fn measured(n: usize, eta: f64, collisions: u64) -> (f64, f64) {
    let side = (n as f64 * std::f64::consts::PI * 0.25 / eta).sqrt();
    let arena = Arena::new([side, side], [true; 2]);
    let region = Region { low: [0.0; 2], high: arena.size, wraps: arena.wraps };
    let crowd = |count| Crowd { count, radius: 0.5, region };
    let mut discs: Vec<Disc> =
        place(&arena, [crowd(n), crowd(0)], Rng::new(3)).into_iter().map(|d| d.0).collect();
    assert_eq!(discs.len(), n);
    discs
        .iter_mut()
        .enumerate()
        .for_each(|(i, d)| d.velocity = thermal(1.0, 1.0, Rng::new(4).fork(i as u64)));
    let mut all = Dynamics::new(arena, discs, vec![1.0; n]);
    let run = |all: &mut Dynamics, count| {
        all.advance(1e9, Limits { collisions: count, ..Limits::NONE });
        all.settle();
    };
    run(&mut all, collisions / 5);
    let before = *all.tally();
    run(&mut all, collisions);
    let (tally, temperature) = (all.tally().since(&before), all.energy() / n as f64);
    let z = 1.0 + tally.virial / (2.0 * n as f64 * temperature * tally.time);
    (z, 2.0 * tally.pairs as f64 / n as f64 / tally.time / temperature.sqrt())
}

#[test]
fn pressure_is_that_of_hendersons_equation_and_of_another_simulation() {
    let Some(theory) = reference("equilibrium.json") else { return };
    for row in list(&theory["eos"]).iter().filter(|row| number(&row["eta"]) <= 0.5) {
        let eta = number(&row["eta"]);
        let (z, rate) = measured(400, eta, 250_000);
        let exact = number(&row["Z_henderson"]);
        assert!((z / exact - 1.0).abs() < 0.01, "{eta}: {z} against {exact}");
        // Enskog: 2 √π n σ g √(kT/m), with σ = 1.
        let density = 4.0 * eta / std::f64::consts::PI;
        let enskog = 2.0 * std::f64::consts::PI.sqrt() * density * number(&row["contact_g"]);
        assert!((rate / enskog - 1.0).abs() < 0.01, "{eta}: {rate} against {enskog}");
    }
    let Some(other) = reference("md_check.json") else { return };
    for run in list(&other) {
        let (eta, n) = (number(&run["eta"]), number(&run["N"]) as usize);
        let (z, _) = measured(n, eta, 280_000);
        let wanted = number(&run["Z_measured_with_kT_E_over_N"]);
        assert!((z / wanted - 1.0).abs() < 0.01, "{eta}: {z} against {wanted}");
    }
}

/// Speeds in equilibrium, in units of √(kT/m).
#[test]
fn moments_of_the_speed_are_maxwells() {
    let Some(theory) = reference("equilibrium.json") else { return };
    let maxwell = &theory["maxwell"];
    let n = 2000;
    let arena = Arena::new([100.0, 100.0], [true; 2]);
    let region = Region { low: [0.0; 2], high: arena.size, wraps: arena.wraps };
    let crowd = |count| Crowd { count, radius: 0.5, region };
    let mut discs: Vec<Disc> =
        place(&arena, [crowd(n), crowd(0)], Rng::new(3)).into_iter().map(|d| d.0).collect();
    for (i, disc) in discs.iter_mut().enumerate() {
        let turn = std::f64::consts::TAU * Rng::new(5).unit64(i as u64);
        disc.velocity = [2f64.sqrt() * turn.cos(), 2f64.sqrt() * turn.sin()];
    }
    let mut all = Dynamics::new(arena, discs, vec![1.0; n]);
    let mut speeds = Vec::new();
    for sample in 0..60 {
        all.advance(1e9, Limits { collisions: 5 * n as u64, ..Limits::NONE });
        all.settle();
        if sample >= 2 {
            speeds.extend(all.discs().iter().map(|d| d.square_speed().sqrt()));
        }
    }
    let mean = |f: &dyn Fn(f64) -> f64| speeds.iter().map(|v| f(*v)).sum::<f64>() / speeds.len() as f64;
    let near = |found: f64, name: &str, part: f64| {
        let exact = number(&maxwell[name]);
        assert!((found / exact - 1.0).abs() < part, "{name}: {found} against {exact}");
    };
    near(mean(&|v| v), "mean_speed", 0.005);
    near(mean(&|v| v * v), "mean_v2", 1e-9);
    near(mean(&|v| v * v * v * v), "mean_v4", 0.01);
    near(mean(&|v| v * v * v * v * v * v), "mean_v6", 0.03);
    near(mean(&|v| 1.0 / v), "mean_inverse_speed", 0.02);
    for (speed, share) in maxwell["fraction_below"].as_object().unwrap() {
        let limit: f64 = speed.parse().unwrap();
        let found = mean(&|v| (v < limit) as u8 as f64);
        assert!((found - number(share)).abs() < 0.005, "below {speed}: {found} against {share}");
    }
}
