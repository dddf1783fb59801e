//! Zalesak's disc (1979) against the reference: one turn, four schemes.

use super::super::advect::{Carried, Place, Scheme, Traces, World};
use super::exact::reference;
use world::params::Choice;

/// A disc of radius 15 at (50, 75) in a square of 100, with a slot of width 5.
pub fn disc(n: usize) -> Vec<[f64; 1]> {
    let unit = 100.0 / n as f64;
    let cell = |i: usize| {
        let (x, y) = ((i % n) as f64 * unit + 0.5 * unit, (i / n) as f64 * unit + 0.5 * unit);
        let inside = (x - 50.0) * (x - 50.0) + (y - 75.0) * (y - 75.0) <= 225.0;
        let slot = (x - 50.0).abs() <= 2.5 && y <= 85.0;
        [(inside && !slot) as u8 as f64]
    };
    (0..n * n).map(cell).collect()
}

/// Displacements of a turn by the midpoint rule with the exact velocity.
fn turn(n: usize, angle: f64) -> Traces<f64> {
    let mut traces = Traces::new(n * n);
    let unit = 100.0 / n as f64;
    for i in 0..n * n {
        let [x, y] = [(i % n) as f64, (i / n) as f64].map(|c| (c + 0.5) * unit - 50.0);
        for (into, sign) in [(&mut traces.back, -1.0), (&mut traces.ahead, 1.0)] {
            let half = 0.5 * sign * angle;
            let (mx, my) = (x - half * y, y + half * x);
            (into.x[i], into.y[i]) = (-sign * angle * my / unit, sign * angle * mx / unit);
        }
    }
    traces
}

/// What a turn in so many steps loses of the disc.
pub fn loss(n: usize, steps: usize, scheme: Scheme) -> f64 {
    let start = disc(n);
    let traces = turn(n, core::f64::consts::TAU / steps as f64);
    let mut carried = Carried::new(start.clone());
    for _ in 0..steps {
        carried.carry(World { size: (n, n), wraps: [false; 2] }, Place::Centres, &traces, scheme);
    }
    let lost: f64 = carried.now.iter().zip(&start).map(|(a, b)| (a[0] - b[0]).abs()).sum();
    lost / start.iter().map(|v| v[0]).sum::<f64>()
}

#[test]
fn a_turned_disc_loses_what_the_reference_says() {
    let Some(data) = reference("zalesak.json") else { return };
    for record in data.as_array().expect("records") {
        let (n, steps) = (record["N"].as_u64().unwrap() as usize, record["steps"].as_u64().unwrap() as usize);
        let scheme = match record["scheme"].as_str().unwrap() {
            "sl" => Scheme::SemiLagrangian,
            "mc" => Scheme::MacCormack,
            "mc_clamp" => Scheme::Clamp,
            _ => Scheme::Revert,
        };
        let (found, expected) = (loss(n, steps, scheme), record["L1_relative"].as_f64().unwrap());
        println!("{n} {steps} {}: {found} {:e}", Scheme::NAMES[scheme.index()], found - expected);
        assert!((found - expected).abs() < 1e-11, "{n} {steps}: {found} {expected}");
    }
}
