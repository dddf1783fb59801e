//! Fire: fuel that is hot and has air burns to heat and soot and swells the gas; gas cools by radiation ∝ T⁴ (Nguyen,
//! Fedkiw and Jensen 2002; Feldman, O'Brien and Arikan 2003).
//!
//! Fuel f burns at the rate k f (1 − spent) where it is above ignition, and no more than its air allows; a unit takes
//! `need` units of air. All rates are implicit, so no step is too long.

use super::gas::{FUEL, Gas, HEAT, MOST, SMOKE};
use super::params::SmokeKnobs;
use world::stencil::flushed;

/// Excess temperature to which `cooling` refers, K.
const REFERENCE: f32 = 2000.0;
/// Ignition sets in over this many kelvin.
const ONSET: f32 = 150.0;

/// Rates of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Burning in a step.
    pub burning: f32,
    /// Ignition, K above the air outside.
    pub ignition: f32,
    /// Air a unit of fuel needs.
    pub need: f32,
    /// 1 / `need`, at most a million.
    pub per_need: f32,
    /// K a unit of fuel.
    pub heat: f32,
    /// Smoke a unit of fuel.
    pub soot: f32,
    /// Radiation in a step at the reference.
    pub cooling: f32,
    /// What is left of heat after a step.
    pub warmth: f32,
    /// What is left of smoke after a step.
    pub keep: f32,
    /// What is left of spent air after a step.
    pub stale: f32,
}

impl Rates {
    /// Of a step of `dt` seconds.
    pub fn new(knobs: &SmokeKnobs, dt: f32) -> Self {
        let left = |rate: f32| libm::expf(-rate * dt);
        Self {
            burning: knobs.burning * dt,
            ignition: knobs.ignition - knobs.ambient,
            need: knobs.air_need,
            per_need: 1.0 / knobs.air_need.max(1e-6),
            heat: knobs.heat,
            soot: knobs.soot,
            cooling: knobs.cooling * dt,
            warmth: left(knobs.chill),
            keep: left(knobs.fade),
            stale: left(knobs.fresh_air),
        }
    }

    /// One step of one cell; what burnt.
    ///
    /// Radiation alone, dT/dt = −c T (T/T₀)³, has the solution T (1 + 3k)^(−1/3) with k = c dt (T/T₀)³; its third-order
    /// approximation (1 + k)/(1 + 2k) needs no root and is stable.
    #[inline(always)]
    pub fn burn(&self, gas: &mut Gas) -> f32 {
        let [smoke, heat, fuel, spent] = *gas;
        // Advection without a limiter overshoots.
        let fuel = fuel.max(0.0);
        let air = (1.0 - spent).max(0.0);
        let share = if self.need > 0.0 { air } else { 1.0 };
        let hot = ((heat - self.ignition) * (1.0 / ONSET)).clamp(0.0, 1.0);
        let rate = self.burning * hot * share;
        let wish = fuel * rate / (1.0 + rate);
        let most = if self.need > 0.0 { air * self.per_need } else { fuel };
        let burnt = if wish < most { wish } else { most };
        let hot = (heat + self.heat * burnt).clamp(0.0, MOST[HEAT]);
        let part = hot * (1.0 / REFERENCE);
        let k = self.cooling * (part * part * part);
        let next = [
            ((smoke + self.soot * burnt) * self.keep).clamp(0.0, MOST[SMOKE]),
            hot * self.warmth * ((1.0 + k) / (1.0 + 2.0 * k)),
            ((fuel - burnt) * self.keep).clamp(0.0, MOST[FUEL]),
            ((spent + self.need * burnt) * self.stale).clamp(0.0, 1.0),
        ];
        *gas = next.map(flushed);
        burnt
    }

    /// One step of a row of cells; writes what burnt.
    pub fn burn_row(&self, gas: &mut [Gas], burnt: &mut [f32]) {
        burn_row(gas, burnt, self);
    }

    /// Dye thins out as smoke does.
    pub fn thin_row(&self, dye: &mut [Gas]) {
        dye.iter_mut().for_each(|c| *c = c.map(|v| flushed(v * self.keep)));
    }
}

world::widest! {
    fn burn_row(gas: &mut [Gas], burnt: &mut [f32], rates: &Rates) {
        let n = gas.len();
        let burnt = &mut burnt[..n];
        for x in 0..n {
            burnt[x] = rates.burn(&mut gas[x]);
        }
    }
}
