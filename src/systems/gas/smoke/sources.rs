//! Where smoke, fuel and dye come from: burners that flicker, and input fields.

use rayon::prelude::*;

use super::advect::Carried;
use super::air::Air;
use super::gas::{FUEL, Gas, HEAT, MOST, SMOKE};
use super::params::SmokeKnobs;
use world::brush::Brush;
use world::field::{Field, rows_per_task};
use world::rng::Rng;

/// Flames of one burner.
const FLAMES: usize = 3;
/// How fast a source brings gas to its temperature, 1/s.
const WARMING: f32 = 20.0;
/// How fast flames forget where they were, 1/s.
const RESTLESS: f32 = 5.0;

/// The flicker of all burners: each flame's place and strength wander (Ornstein and Uhlenbeck 1930), with mean 0 and
/// variance 1.
#[derive(Clone, Debug, Default)]
pub struct Flicker {
    flames: Vec<[f32; 3]>,
}

impl Flicker {
    /// Flames somewhere.
    pub fn new(rng: Rng) -> Self {
        let mut flicker = Self::default();
        flicker.grow(16, rng);
        flicker
    }

    fn grow(&mut self, burners: usize, rng: Rng) {
        for i in self.flames.len()..burners * FLAMES {
            self.flames.push(core::array::from_fn(|k| rng.fork(i as u64).normal(k as u64)));
        }
    }

    /// Lets them wander for a tick.
    pub fn wander(&mut self, dt: f32, rng: Rng) {
        let stay = libm::expf(-RESTLESS * dt);
        let stray = (1.0 - stay * stay).max(0.0).sqrt();
        for (i, flame) in self.flames.iter_mut().enumerate() {
            let rng = rng.fork(i as u64);
            for (k, value) in flame.iter_mut().enumerate() {
                *value = (stay * *value + stray * rng.normal(k as u64)).clamp(-4.0, 4.0);
            }
        }
    }
}

/// What a source gives each second at weight 1.
struct Gift {
    smoke: f32,
    fuel: f32,
    /// Temperature of what it gives, above the air outside.
    heat: f32,
}

impl Gift {
    #[inline(always)]
    fn give(&self, gas: &mut Gas, amount: f32, warming: f32) {
        gas[SMOKE] = (gas[SMOKE] + self.smoke * amount).clamp(0.0, MOST[SMOKE]);
        gas[FUEL] = (gas[FUEL] + self.fuel * amount).clamp(0.0, MOST[FUEL]);
        gas[HEAT] += warming.clamp(0.0, 1.0) * (self.heat - gas[HEAT]).max(0.0);
    }
}

/// Burners give for a tick.
pub fn burners(air: &mut Air, knobs: &SmokeKnobs, flicker: &Flicker, dt: f32) {
    let ((w, h), wraps) = (air.size, air.sides.wraps());
    let radius = knobs.burner_radius * h as f32;
    let gift = Gift { smoke: knobs.burner_smoke, fuel: knobs.burner_fuel, heat: knobs.burner_heat };
    for burner in 0..knobs.burners as usize {
        let part = if knobs.burners > 1 { burner as f32 / (knobs.burners - 1) as f32 - 0.5 } else { 0.0 };
        let x = (knobs.burner_x + knobs.burner_spread * part) * w as f32;
        for flame in 0..FLAMES {
            let [sway, bob, strength] = flicker.flames[burner * FLAMES + flame];
            let shift = 0.45 * radius * knobs.flicker;
            let at = [x + shift * sway, knobs.burner_y * h as f32 + 0.5 * shift * bob];
            let strength = (1.0 + 0.8 * knobs.flicker * strength).max(0.0) / FLAMES as f32;
            let brush = Brush::disc(at, radius, (w, h), wraps);
            let gas = &mut air.gas.now;
            brush.for_each(|x, y, weight| {
                gift.give(&mut gas[y * w + x], strength * weight * dt, WARMING * strength * weight * dt);
            });
        }
    }
}

/// Input fields give for a tick: smoke, fuel, dye.
pub fn inputs(air: &mut Air, knobs: &SmokeKnobs, [smoke, fuel, dye]: [Option<&Field>; 3], dt: f32) {
    let w = air.size.0;
    let smoke = smoke.map(|f| (f, Gift { smoke: knobs.source_gain, fuel: 0.0, heat: 0.0 }));
    let fuel = fuel.map(|f| (f, Gift { smoke: 0.0, fuel: knobs.fuel_gain, heat: knobs.fuel_heat }));
    for (field, gift) in [smoke, fuel].into_iter().flatten() {
        let rows = air.gas.now.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, row)| {
            for (gas, &value) in row.iter_mut().zip(field.row(0, y)) {
                let value = value.clamp(-4.0, 4.0);
                gift.give(gas, value * dt, WARMING * value * dt);
            }
        });
    }
    if let Some(field) = dye {
        let cells = air.gas.now.len();
        let dye = air.dye.get_or_insert_with(|| Carried::new(vec![[0.0; 4]; cells]));
        let share = knobs.dye_gain * dt;
        let rows = dye.now.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, row)| {
            for c in 0..3 {
                row.iter_mut().zip(field.row(c, y)).for_each(|(dye, &v)| {
                    dye[c] = (dye[c] + share * v.clamp(0.0, 4.0)).min(MOST[SMOKE]);
                });
            }
        });
    }
}
