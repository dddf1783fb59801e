//! Motion by itself or by touch: the constant along a path, the zoom in and out, the constant under a touch.

use super::knobs::{DEEPEST, EscapeKnobs, Path};
use world::brush::strength;
use world::system::Env;

/// Motion so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MotionState {
    /// Turns along the path.
    turns: f64,
    /// Displacement of the constant by touches.
    pulled: [f64; 2],
}

/// How fast the constant follows a touch, per second.
const FOLLOW: f64 = 3.0;
/// Greatest displacement of the constant by touches.
const FARTHEST: f64 = 2.0;

impl MotionState {
    /// One tick.
    pub fn step(&mut self, knobs: &EscapeKnobs, env: &Env, aspect: f64) {
        let dt = env.dt as f64;
        let turns = self.turns + knobs.pace * dt;
        self.turns = turns - libm::floor(turns);
        let mut held = false;
        for (t, strength) in env.touches.iter().map(|t| (t, strength(t))).filter(|(_, s)| *s != 0.0) {
            held = true;
            // The picture as a map of constants: its height spans −1..1.
            let home = knobs.constant();
            let under = [(2.0 * t.x as f64 - 1.0) * aspect, 2.0 * t.y as f64 - 1.0];
            let share = 1.0 - libm::exp(-FOLLOW * strength.abs() as f64 * dt);
            for k in 0..2 {
                // One that takes releases the constant to go home.
                let goal = if strength < 0.0 { 0.0 } else { under[k] - home[k] };
                self.pulled[k] += (goal - self.pulled[k]) * share;
                self.pulled[k] = self.pulled[k].clamp(-FARTHEST, FARTHEST);
            }
        }
        if !held {
            let keep = libm::exp(-dt / knobs.memory);
            self.pulled = self.pulled.map(|p| if p.abs() < 1e-9 { 0.0 } else { p * keep });
        }
    }

    /// The constant of Julia sets, or the start of Mandelbrot sets.
    pub fn constant(&self, knobs: &EscapeKnobs) -> [f64; 2] {
        let angle = self.turns * core::f64::consts::TAU;
        let on_circle = |a: f64| [libm::cos(a), libm::sin(a)];
        let [x, y] = knobs.constant();
        let [x, y] = match (knobs.is_julia(), knobs.path) {
            (true, Path::Circle) => {
                let [c, s] = on_circle(angle);
                [x + knobs.reach * c, y + knobs.reach * s]
            }
            (true, Path::Cardioid) => {
                let ([c1, s1], [c2, s2]) = (on_circle(angle), on_circle(2.0 * angle));
                let r = 1.0 + knobs.reach;
                [r * (0.5 * c1 - 0.25 * c2), r * (0.5 * s1 - 0.25 * s2)]
            }
            _ => [x, y],
        };
        [x + self.pulled[0], y + self.pulled[1]]
    }

    /// Magnification: the knob's, swinging through `swing` octaves.
    pub fn zoom(&self, knobs: &EscapeKnobs) -> f64 {
        if knobs.swing == 0.0 {
            return knobs.zoom;
        }
        let breath = 0.5 - 0.5 * libm::cos(self.turns * core::f64::consts::TAU);
        (knobs.zoom * libm::exp2(knobs.swing * breath)).min(DEEPEST)
    }
}
