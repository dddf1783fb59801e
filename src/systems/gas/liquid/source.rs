//! What pours and what drains: the input `source`, the fountain, touches.

use super::grid::PER_CELL;
use super::hue;
use super::params::LiquidKnobs;
use super::particle::Particle;
use super::tank::Tank;
use world::brush::Brush;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Touch};

/// Cells fuller than this take no more.
const FULL: f32 = 1.0;
/// Rate at which a spring colours what is in it, 1/s.
const SPRING_RATE: f32 = 6.0;
/// Greatest push of a touch, cells a tick.
const FASTEST: f32 = 3.0;

/// Pours into a tank and takes from it during one tick.
pub struct Faucet<'a> {
    tank: &'a mut Tank,
    knobs: &'a LiquidKnobs,
    rng: Rng,
    dt: f32,
    seconds: f64,
    new: Vec<Particle>,
    /// Particles that there was no room for.
    pub refused: usize,
}

impl<'a> Faucet<'a> {
    /// For a tick of `dt` seconds of the liquid's time.
    pub fn new(tank: &'a mut Tank, knobs: &'a LiquidKnobs, env: &Env, dt: f32) -> Self {
        let seconds = env.tick as f64 * env.dt as f64;
        Self { tank, knobs, rng: env.rng.named("faucet"), dt, seconds, new: Vec::new(), refused: 0 }
    }

    /// Adds all that was poured; true if any particle came or went.
    pub fn finish(self, removed: bool) -> bool {
        let changed = removed || !self.new.is_empty();
        self.tank.sorted.all_mut().extend(self.new);
        changed
    }

    /// Pours `amount` of a full cell at this velocity; `kind` keeps the chances of different sources apart.
    fn pour(&mut self, (x, y): (usize, usize), amount: f32, velocity: [f32; 2], colour: [f32; 3], kind: u64) {
        let grid = self.tank.grid;
        let at = grid.at(x, y);
        let room = (FULL - self.tank.cells.fill[at]).clamp(0.0, 1.0);
        let blocked = self.tank.solids.any() && self.tank.solids.distance[at] < 0.0;
        let wanted = PER_CELL as f32 * amount.clamp(0.0, 1.0) * room;
        if blocked || wanted <= 0.0 {
            return;
        }
        let chances = self.rng.fork(kind).fork((y * grid.w + x) as u64);
        let count = (wanted + chances.unit(0)) as usize;
        for k in 0..count {
            if self.tank.sorted.all().len() + self.new.len() >= self.knobs.particles as usize {
                self.refused += 1;
                continue;
            }
            // Each in another quarter, so that none starts on top of another.
            let quarter = k + chances.below(1, 4) as usize;
            let corner = [0.5 * (quarter % 2) as f32, 0.5 * (quarter / 2 % 2) as f32];
            let part = |axis: usize| 0.05 + corner[axis] + 0.4 * chances.unit(2 + 2 * k as u64 + axis as u64);
            let mut p = Particle::new([x as f32 + part(0), y as f32 + part(1)], colour);
            p.velocity = velocity;
            self.new.push(p);
        }
    }

    fn colour(&self, offset: f64) -> [f32; 3] {
        hue::colour(self.knobs.hue as f64 + offset + self.knobs.hue_drift as f64 * self.seconds)
    }

    /// Pours where the field is above 0, takes away where it is below. True if it took any.
    pub fn field(&mut self, field: &Field, dye: Option<&Field>) -> bool {
        let (grid, rate) = (self.tank.grid, self.knobs.source_gain * self.dt);
        let own = self.colour(0.0);
        let mut drains = false;
        for y in 0..grid.h {
            for (x, &v) in field.row(0, y).iter().enumerate() {
                drains |= v < 0.0;
                if v > 0.0 {
                    let colour = dye.map_or(own, |d| [0, 1, 2].map(|c| d.at(c, x, y).clamp(0.0, 4.0)));
                    self.pour((x, y), rate * v, [0.0; 2], colour, 0);
                }
            }
        }
        if !drains || rate <= 0.0 {
            return false;
        }
        let chances = self.rng.fork(1);
        let mut took = false;
        for (i, p) in self.tank.sorted.all_mut().iter_mut().enumerate() {
            let v = field.at(0, (p.at[0] as usize).min(grid.w - 1), (p.at[1] as usize).min(grid.h - 1));
            if chances.unit(i as u64) < -v * rate {
                p.remove();
                took = true;
            }
        }
        took
    }

    /// The fountain: what is in its mouth has its velocity, and the mouth is kept full.
    pub fn fountain(&mut self) {
        let (grid, knobs) = (self.tank.grid, self.knobs);
        if knobs.fountain <= 0.0 {
            return;
        }
        let angle = core::f64::consts::TAU * knobs.fountain_angle as f64;
        let speed = (knobs.fountain * grid.h as f32) as f64;
        let velocity = [(speed * libm::sin(angle)) as f32, (-speed * libm::cos(angle)) as f32];
        let at = [knobs.fountain_x * grid.w as f32, knobs.fountain_y * grid.h as f32];
        let radius = 0.5 * knobs.fountain_width * grid.h as f32;
        let brush = Brush::disc(at, radius.max(1.0), (grid.w, grid.h), grid.wraps());
        let colour = self.colour(0.5 * knobs.hue_spread as f64);
        brush.for_each(|x, y, _| {
            for i in self.tank.sorted.cell(x, y) {
                let p = &mut self.tank.sorted.all_mut()[i];
                (p.velocity, p.affine) = (velocity, [0.0; 4]);
            }
            self.pour((x, y), 1.0, velocity, colour, 2);
        });
    }

    /// Springs of colour, spread evenly over the lower part of the world: liquid that passes one takes its colour.
    pub fn springs(&mut self, places: Rng) {
        let (grid, knobs) = (self.tank.grid, self.knobs);
        // Steps of the plastic number's powers fill a square evenly (Roberts 2018).
        let place = |axis: u64, k: u32, step: f64| (places.unit64(axis) + k as f64 * step).fract() as f32;
        let share = 1.0 - libm::expf(-SPRING_RATE * self.dt);
        for k in 0..knobs.springs {
            let (x, y) = (place(0, k, 0.754_877_666), 1.0 - 0.5 * place(1, k, 0.569_840_291));
            let part = k as f64 / (knobs.springs.max(2) - 1) as f64;
            let colour = self.colour(knobs.hue_spread as f64 * part);
            let (at, radius) = ([x * grid.w as f32, y * grid.h as f32], knobs.spring_radius * grid.h as f32);
            let brush = Brush::disc(at, radius, (grid.w, grid.h), grid.wraps());
            brush.for_each(|x, y, weight| {
                for i in self.tank.sorted.cell(x, y) {
                    let paint = &mut self.tank.sorted.all_mut()[i].paint;
                    (0..3).for_each(|c| paint[c] += share * weight * (colour[c] - paint[c]));
                }
            });
        }
    }

    /// A touch pushes; one that gives pours too, one that takes takes away. True if it took any.
    pub fn touch(&mut self, touch: &Touch, tick_dt: f32) -> bool {
        let (grid, knobs) = (self.tank.grid, self.knobs);
        let brush = Brush::wrapping(touch, (grid.w, grid.h), grid.wraps());
        let along = brush.moved();
        let length = (along[0] * along[0] + along[1] * along[1]).sqrt();
        let scale = if length > FASTEST { FASTEST / length } else { 1.0 } / tick_dt.max(1e-3);
        let goal = along.map(|a| a * scale);
        let colour = self.colour(0.5 + 0.19 * touch.id as f64);
        let chances = self.rng.fork(3).fork(touch.id as u64);
        let rate = knobs.pour * tick_dt * brush.amount();
        let mut took = false;
        brush.for_each(|x, y, weight| {
            let share = (weight * brush.amount() * knobs.push).min(1.0);
            for i in self.tank.sorted.cell(x, y) {
                let p = &mut self.tank.sorted.all_mut()[i];
                if brush.takes() && chances.unit(i as u64) < rate * weight {
                    p.remove();
                    took = true;
                } else if length > 0.0 {
                    (0..2).for_each(|a| p.velocity[a] += share * (goal[a] - p.velocity[a]));
                    p.affine = p.affine.map(|c| c * (1.0 - share));
                }
            }
            if brush.gives() {
                self.pour((x, y), rate * weight, goal, colour, 4 + touch.id as u64);
            }
        });
        took
    }
}
