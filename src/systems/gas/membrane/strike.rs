//! Touches: a hammer that strikes, a finger that mutes.

use super::knobs::MembraneKnobs;
use super::outline::Outline;
use super::skin::Skin;
use world::brush::Brush;
use world::system::{Phase, Touch};

/// Most hammers on the skin at once.
const MOST: usize = 32;
/// Most cells under one hammer or finger; a larger touch acts on its first ones.
const MOST_CELLS: usize = 4096;
/// Movement of a touch, in its radii, that strikes as hard as a blow.
const SCRAPE: f32 = 3.0;

/// A blow: a force that rises and falls as a raised cosine.
struct Blow {
    cells: Vec<(u32, f32)>,
    /// Change of speed that it gives in all, per second.
    kick: f32,
    /// Steps that it has lasted, and will last.
    age: u32,
    length: u32,
}

/// Hammers and fingers on the skin.
#[derive(Default)]
pub struct Hands {
    blows: Vec<Blow>,
    mutes: Vec<(u32, f32)>,
    /// Blows that began in the tick.
    pub struck: u32,
}

impl Hands {
    /// Takes the touches of a tick. `rate` is that of the steps.
    pub fn take(&mut self, outline: &Outline, knobs: &MembraneKnobs, touches: &[Touch], rate: f64) {
        self.mutes.clear();
        self.struck = 0;
        let size = (outline.width, outline.height);
        for touch in touches {
            let brush = Brush::wrapping(touch, size, [false; 2]);
            if brush.strength() == 0.0 {
                continue;
            }
            let mut cells = Vec::new();
            brush.for_each(|x, y, weight| {
                if cells.len() < MOST_CELLS {
                    cells.push((outline.at(x, y) as u32, weight));
                }
            });
            let [dx, dy] = brush.moved();
            let moved = (dx * dx + dy * dy).sqrt() / (SCRAPE * brush.radius());
            let force = if touch.phase == Phase::Down { 1.0 } else { moved.min(1.0) };
            if brush.takes() || force < 0.02 {
                let share = brush.amount() * knobs.mute * if brush.takes() { 1.0 } else { 0.1 };
                self.mutes.extend(cells.into_iter().map(|(at, weight)| (at, share * weight * 0.1)));
            } else if self.blows.len() < MOST {
                let kick = force * brush.amount() * knobs.strike * knobs.turn();
                let length = libm::round(knobs.hammer as f64 * 1e-3 * rate).clamp(1.0, 1e6) as u32;
                self.blows.push(Blow { cells, kick, age: 0, length });
                self.struck += 1;
            }
        }
    }

    /// What hammers and fingers do in one step of `seconds`.
    pub fn act(&mut self, skin: &mut Skin, seconds: f32) {
        for blow in &mut self.blows {
            let turn = core::f32::consts::TAU * (blow.age as f32 + 0.5) / blow.length as f32;
            // The mean of 1 − cos is 1: the whole blow gives the kick.
            let force = blow.kick * seconds / blow.length as f32 * (1.0 - libm::cosf(turn));
            blow.cells.iter().for_each(|&(at, weight)| skin.add(at as usize, force * weight));
            blow.age += 1;
        }
        self.blows.retain(|blow| blow.age < blow.length);
        self.mutes.iter().for_each(|&(at, share)| skin.brake(at as usize, share));
    }
}
