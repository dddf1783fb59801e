//! The discs at the start.

use world::rng::Rng;

use super::arena::Arena;
use super::disc::Disc;
use super::lattice::Region;
use super::params::{DiscKnobs, Speeds, Start};
use super::place::{Crowd, place};

/// Most that discs may cover of the world at the start.
const PACKING: f64 = 0.72;

/// Discs with velocities, and the species of each. There are fewer than the knob says if they do not fit.
pub fn begin(knobs: &DiscKnobs, arena: &Arena, rng: Rng) -> (Vec<Disc>, Vec<u8>) {
    let placed = place(arena, crowds(knobs, arena), rng.named("places"));
    let (mut discs, species): (Vec<Disc>, Vec<u8>) = placed.into_iter().unzip();
    let masses: Vec<f64> = species.iter().map(|kind| knobs.masses()[*kind as usize]).collect();
    set_moving(&mut discs, &masses, knobs.speeds, knobs.temperature as f64, rng.named("velocities"));
    (discs, species)
}

fn crowds(knobs: &DiscKnobs, arena: &Arena) -> [Crowd; 2] {
    let whole = Region { low: [0.0; 2], high: arena.size, wraps: arena.wraps };
    let middle = 0.5 * arena.size[0];
    let wraps = [false, arena.wraps[1]];
    let left = Region { high: [middle, arena.size[1]], wraps, ..whole };
    let right = Region { low: [middle, 0.0], wraps, ..whole };
    let regions = match knobs.start {
        Start::Everywhere => [whole, whole],
        Start::Half => [left, left],
        Start::Apart => [left, right],
    };
    let radii = knobs.radii(arena.size);
    let total = knobs.count as f64;
    let second = libm::round(total * knobs.share.clamp(0.0, 1.0) as f64);
    let wanted = [total - second, second];
    let area = |kind: usize| wanted[kind] * core::f64::consts::PI * radii[kind] * radii[kind];
    let crowd = |kind: usize| {
        let here: f64 = (0..2).filter(|&k| regions[k] == regions[kind]).map(area).sum();
        let fit = (PACKING * regions[kind].area() / here.max(f64::MIN_POSITIVE)).min(1.0);
        let count = libm::round(wanted[kind] * fit) as usize;
        Crowd { count, radius: radii[kind], region: regions[kind] }
    };
    [crowd(0), crowd(1)]
}

/// Sets velocities at a temperature, without momentum as a whole and with exactly this mean energy.
fn set_moving(discs: &mut [Disc], masses: &[f64], speeds: Speeds, temperature: f64, rng: Rng) {
    for (i, (disc, mass)) in discs.iter_mut().zip(masses).enumerate() {
        disc.velocity = match speeds {
            Speeds::Maxwell => thermal(temperature, *mass, rng.fork(i as u64)),
            Speeds::Equal => {
                let turn = core::f64::consts::TAU * rng.unit64(i as u64);
                let speed = (2.0 * temperature / mass).sqrt();
                [speed * libm::cos(turn), speed * libm::sin(turn)]
            }
        };
    }
    let whole: f64 = masses.iter().sum();
    let momentum = |k: usize| discs.iter().zip(masses).map(|(d, mass)| mass * d.velocity[k]).sum::<f64>();
    let drift = [momentum(0) / whole, momentum(1) / whole];
    if discs.len() > 1 {
        discs.iter_mut().for_each(|d| d.velocity = [d.velocity[0] - drift[0], d.velocity[1] - drift[1]]);
    }
    let energy: f64 = discs.iter().zip(masses).map(|(d, mass)| 0.5 * mass * d.square_speed()).sum();
    if energy > 0.0 {
        let scale = (temperature * discs.len() as f64 / energy).sqrt();
        discs.iter_mut().for_each(|d| d.velocity = d.velocity.map(|v| v * scale));
    }
}

/// A velocity from Maxwell's distribution.
pub fn thermal(temperature: f64, mass: f64, rng: Rng) -> [f64; 2] {
    let width = (temperature / mass).sqrt();
    [width * rng.normal(0) as f64, width * rng.normal(1) as f64]
}
