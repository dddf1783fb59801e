//! Touches: they pour, take away, and push.

use super::air::Air;
use super::gas::{FUEL, HEAT, LIMIT, MOST, SMOKE};
use super::params::{Hand, SmokeKnobs};
use world::brush::Brush;
use world::system::Touch;

/// Temperature of what the hand `fire` pours, K above the air outside.
const SPARK: f32 = 1200.0;
/// Temperature of what the hand `smoke` pours: it rises.
const WARM: f32 = 60.0;

/// A touch pours and pushes for a tick; `share` is a step's part of a tick.
pub fn apply(air: &mut Air, touch: &Touch, knobs: &SmokeKnobs, dt: f32, share: f32) {
    let (w, size) = (air.size.0, air.size);
    let brush = Brush::wrapping(touch, size, air.sides.wraps());
    if brush.strength() == 0.0 || knobs.hand == Hand::Solid {
        return;
    }
    let amount = brush.amount() * dt;
    let (gives, gas) = (brush.gives(), &mut air.gas.now);
    let (smoke, fuel, heat) = match knobs.hand {
        Hand::Smoke => (1.0, 0.0, WARM),
        Hand::Fire => (0.1, 1.0, SPARK),
        Hand::Fuel => (0.0, 1.0, 0.0),
        Hand::Push | Hand::Solid => (0.0, 0.0, 0.0),
    };
    brush.paint(gas, |_, _, gas, weight| {
        let poured = knobs.pour * amount * weight;
        if gives {
            gas[SMOKE] = (gas[SMOKE] + smoke * poured).min(MOST[SMOKE]);
            gas[FUEL] = (gas[FUEL] + fuel * poured).min(MOST[FUEL]);
            gas[HEAT] += poured.min(1.0) * (heat - gas[HEAT]).max(0.0);
        } else {
            let left = 1.0 / (1.0 + poured);
            gas[SMOKE] *= if smoke > 0.0 { left } else { 1.0 };
            gas[FUEL] *= if fuel > 0.0 { left } else { 1.0 };
            gas[HEAT] *= if heat > 0.0 { left } else { 1.0 };
        }
    });
    if let (Some(dye), false) = (&mut air.dye, gives) {
        brush.paint(&mut dye.now, |_, _, dye, weight| {
            let left = 1.0 / (1.0 + knobs.pour * amount * weight);
            *dye = dye.map(|v| v * left);
        });
    }
    push(air, &brush, w, knobs.push * brush.amount(), share);
}

/// A touch that gives drags the gas along; one that takes slows it.
fn push(air: &mut Air, brush: &Brush, w: usize, strength: f32, share: f32) {
    let goal = match brush.gives() {
        true => brush.moved().map(|cells| (cells * share).clamp(-LIMIT, LIMIT)),
        false => [0.0; 2],
    };
    if brush.gives() && goal == [0.0; 2] {
        return;
    }
    air.centred = false;
    let flow = &mut air.flow;
    let towards = |value: &mut f32, goal: f32, part: f32| {
        *value = (*value + part * (goal - *value)).clamp(-LIMIT, LIMIT);
    };
    brush.for_each(|x, y, weight| {
        let part = 0.5 * (strength * weight).min(1.0);
        towards(&mut flow.u[y * (w + 1) + x], goal[0], part);
        towards(&mut flow.u[y * (w + 1) + x + 1], goal[0], part);
        towards(&mut flow.v[y * w + x], goal[1], part);
        towards(&mut flow.v[(y + 1) * w + x], goal[1], part);
    });
}
