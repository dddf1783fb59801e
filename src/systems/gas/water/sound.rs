//! What can be heard of the water: bubbles that drops, stones and breaking fronts trap. Their radii are in cells; a
//! voice turns them into metres, and by Minnaert's law into pitch.

use super::foam::Foam;
use super::shallow::Shallow;
use world::audible::Sounding;
use world::rng::Rng;

/// Sort of event, as [`Sounding::kind`] numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bubble that a breaking front or a rapid traps.
    Front = 0,
    /// The bubble under a drop that fell into water.
    Drop = 1,
    /// The cavity behind a stone.
    Stone = 2,
}

/// Bubbles a second of a cell that breaks at full strength.
const BUBBLES: f32 = 12.0;
/// Least depth that a drop needs to trap a bubble, cells.
const DEEP: f32 = 0.3;
/// Events looked at in a tick before the strongest are kept.
const MOST_CANDIDATES: usize = 4096;

/// Events of a tick.
#[derive(Default)]
pub struct Events {
    all: Vec<Sounding>,
}

impl Events {
    /// Forgets those of the last tick.
    pub fn begin(&mut self) {
        self.all.clear();
    }

    /// Something at a place in cells.
    pub fn at(&mut self, kind: Kind, water: &Shallow, [x, y]: [f32; 2], size: f32, strength: f32, at: f32) {
        if water.depth_at([x, y]) < DEEP || self.all.len() >= MOST_CANDIDATES {
            return;
        }
        let (w, h) = water.size();
        let place = [x / w as f32, y / h as f32];
        self.all.push(Sounding { at, x: place[0], y: place[1], strength, size, kind: kind as u8 });
    }

    /// A drop whose splash has this radius.
    pub fn drop_falls(&mut self, water: &Shallow, at: [f32; 2], radius: f32, r: Rng) {
        let size = 0.08 * radius * r.range(20, 0.6, 1.3);
        self.at(Kind::Drop, water, at, size, (0.12 * radius).min(1.0), r.unit(21));
    }

    /// Bubbles where water breaks, and the strongest of all.
    pub fn finish(&mut self, foam: &Foam, (w, h): (usize, usize), largest: f32, seconds: f32, rng: Rng) {
        for y in 0..h {
            let breaking = &foam.breaking()[y * w..(y + 1) * w];
            for (x, &b) in breaking.iter().enumerate().filter(|(_, b)| **b > 0.0) {
                let r = rng.fork((y * w + x) as u64);
                if r.unit(0) >= BUBBLES * b * seconds || self.all.len() >= MOST_CANDIDATES {
                    continue;
                }
                let place = [(x as f32 + r.unit(1)) / w as f32, (y as f32 + r.unit(2)) / h as f32];
                let size = largest * bubble(r.unit(3));
                let strength = ((0.3 + b) * size / largest).clamp(0.0, 1.0);
                self.all.push(Sounding {
                    at: r.unit(4),
                    x: place[0],
                    y: place[1],
                    strength,
                    size,
                    kind: Kind::Front as u8,
                });
            }
        }
        Sounding::keep_strongest(&mut self.all);
    }

    /// All of the tick, in the order in which they happened.
    pub fn all(&self) -> &[Sounding] {
        &self.all
    }
}

/// Radius of a bubble over Hinze's, from a uniform number: densities r^(−3/2) below it and r^(−10/3) above, from a tenth
/// to four of it (Deane and Stokes 2002).
pub fn bubble(u: f32) -> f32 {
    const ROOT: f32 = 3.162_277_7;
    let (below, above) = (2.0 * (ROOT - 1.0), 3.0 / 7.0 * (1.0 - libm::powf(4.0, -7.0 / 3.0)));
    let x = u * (below + above);
    if x < below {
        let root = ROOT - 0.5 * x;
        1.0 / (root * root)
    } else {
        libm::powf(1.0 - 7.0 / 3.0 * (x - below), -3.0 / 7.0).min(4.0)
    }
}
