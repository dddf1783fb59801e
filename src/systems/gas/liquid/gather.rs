//! From the grid to particles: velocity, its gradient, and where they move to.

use rayon::prelude::*;
use world::widest;

use super::grid::{Edge, Grid};
use super::particle::Particle;
use super::solids::Solids;

/// Farthest that a particle moves in a step, cells.
pub const FARTHEST: f32 = 6.0;
/// Less foam is none.
const LEAST_FOAM: f32 = 1e-3;
/// Steepest velocity that is carried, cells/step per cell.
const STEEPEST: f32 = 4.0;
/// Least distance from walls, cells.
const MARGIN: f32 = 0.01;
/// Density below which a particle flies.
pub const FLYING: f32 = 0.3;
/// Density above which it is within the liquid again.
const LANDED: f32 = 0.55;
/// Shortest flight that ends with a splash, s.
const SHORTEST: f32 = 0.06;
/// Particles that move together.
const CHUNK: usize = 4096;

/// A particle that fell back into the liquid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landing {
    /// Where, cells.
    pub at: [f32; 2],
    /// Speed against the liquid, cells/s.
    pub speed: f32,
}

/// What happened to a chunk of particles.
#[derive(Default)]
pub struct Report {
    /// Particles that fell back.
    pub landings: Vec<Landing>,
    /// Particles that were too fast.
    pub limited: u64,
    /// Particles near the surface.
    pub surface: u64,
    /// Sum of their speeds, cells/s.
    pub splash: f64,
    /// Sum of half the squared speeds of all that stay in the world, cells²/s².
    pub kinetic: f64,
}

/// All that moves particles.
pub struct Motion<'a> {
    /// The world.
    pub grid: &'a Grid,
    /// Velocity across, cells/s, padded.
    pub u: &'a [f32],
    /// Velocity down.
    pub v: &'a [f32],
    /// Density of cells, padded.
    pub fill: &'a [f32],
    /// Solids.
    pub solids: &'a Solids,
    /// Length of the step, s.
    pub dt: f32,
    /// How much of the gradient a particle keeps: 1, but for tests.
    pub affinity: f32,
    /// Change of velocity in a step above which foam forms, cells/s.
    pub foaming: f32,
    /// Foam per change of velocity above that, s/cell.
    pub froth: f32,
    /// What is left of foam after the step.
    pub keep_foam: f32,
}

/// A value and its gradient between four, at (tx, ty) from the first: left, right above; left, right below.
#[inline(always)]
fn bilinear(plane: &[f32], at: usize, stride: usize, tx: f32, ty: f32) -> [f32; 3] {
    let (above, below) = (&plane[at..at + 2], &plane[at + stride..at + stride + 2]);
    let (a, b, c, d) = (above[0], above[1], below[0], below[1]);
    let (top, bottom) = (a + (b - a) * tx, c + (d - c) * tx);
    [top + (bottom - top) * ty, (b - a) + ((d - c) - (b - a)) * ty, bottom - top]
}

/// Within ±`limit`; 0 if it is no number.
#[inline(always)]
fn sane(v: f32, limit: f32) -> f32 {
    let low = if v > -limit { v } else { -limit };
    let both = if low < limit { low } else { limit };
    if v.is_nan() { 0.0 } else { both }
}

impl Motion<'_> {
    #[inline(always)]
    fn advance(&self, p: &mut Particle, report: &mut Report) {
        let (s, [x, y]) = (self.grid.stride(), p.at);
        let (i, j) = (x as usize, y as usize);
        let (fx, fy) = (x - i as f32, y - j as f32);
        // Faces across lie at whole columns and half rows, the centres of cells at half of both.
        let (hi, hj) = ((x + 0.5) as usize, (y + 0.5) as usize);
        let (hx, hy) = (x + 0.5 - hi as f32, y + 0.5 - hj as f32);
        let [u, ux, uy] = bilinear(self.u, hj * s + i + 1, s, fx, hy);
        let [v, vx, vy] = bilinear(self.v, (j + 1) * s + hi, s, hx, fy);
        let [fill, ..] = bilinear(self.fill, hj * s + hi, s, hx, hy);
        let [u, v] = [u, v].map(|c| sane(c, 1e6));
        let [ux, uy, vx, vy] = [ux, uy, vx, vy].map(|c| sane(c, STEEPEST / self.dt.max(1e-6)));
        self.feel(p, [u, v], fill, report);
        p.velocity = [u, v];
        p.affine = [ux, uy, vx, vy].map(|c| c * self.affinity);
        // Straight on: so x × v is kept, and with it angular momentum (Jiang et al. 2015).
        self.walk(p, [u * self.dt, v * self.dt], report);
        if !p.is_gone() {
            let [u, v] = p.velocity;
            report.kinetic += 0.5 * (u * u + v * v) as f64;
        }
    }

    /// Foam, flight and landing.
    #[inline(always)]
    fn feel(&self, p: &mut Particle, [u, v]: [f32; 2], fill: f32, report: &mut Report) {
        let (du, dv) = (u - p.velocity[0], v - p.velocity[1]);
        let change = (du * du + dv * dv).sqrt();
        let near = ((1.05 - fill) * 4.0).clamp(0.0, 1.0);
        let new = near * ((change - self.foaming) * self.froth).clamp(0.0, 1.0);
        // Within the liquid bubbles rise or dissolve.
        let keep = self.keep_foam * (1.0 - (1.0 - near) * 2.0 * (1.0 - self.keep_foam));
        let foam = (p.paint[3] * keep).max(new);
        // What fades for ever becomes subnormal, and slow.
        p.paint[3] = if foam > LEAST_FOAM { foam } else { 0.0 };
        let square = u * u + v * v;
        if fill < 0.8 {
            report.surface += 1;
            report.splash += square.sqrt() as f64;
        }
        if fill < FLYING {
            p.flight += self.dt;
            p.paint[3] = p.paint[3].max((2.0 * p.flight).min(0.7));
        } else if fill > LANDED {
            if p.flight > SHORTEST && change > self.foaming {
                report.landings.push(Landing { at: p.at, speed: change });
            }
            p.flight = 0.0;
        }
    }

    #[inline(always)]
    fn walk(&self, p: &mut Particle, path: [f32; 2], report: &mut Report) {
        let square = path[0] * path[0] + path[1] * path[1];
        let mut path = path;
        if square > FARTHEST * FARTHEST {
            let scale = FARTHEST / square.sqrt();
            path = path.map(|v| v * scale);
            p.velocity = p.velocity.map(|v| v * scale);
            report.limited += 1;
        }
        p.at = [p.at[0] + path[0], p.at[1] + path[1]];
        if self.solids.any() {
            self.avoid(p);
        }
        let [left, right, top, bottom] = self.grid.edges();
        let sides = [(left, right, self.grid.w), (top, bottom, self.grid.h)];
        for (axis, (low, high, n)) in sides.into_iter().enumerate() {
            let (at, n) = (p.at[axis], n as f32);
            let edge = if at < MARGIN { low } else { high };
            if (MARGIN..=n - MARGIN).contains(&at) {
                continue;
            }
            match edge {
                Edge::Closed if axis == 1 && at > 0.5 * n && self.falls(p.at[0]) => return p.remove(),
                Edge::Closed => p.at[axis] = at.max(MARGIN).min(n - MARGIN),
                Edge::Periodic => p.at[axis] = (at - libm::floorf(at / n) * n).max(0.0).min(n - MARGIN),
                Edge::Open if at < 0.0 || at >= n => return p.remove(),
                _ => {}
            }
        }
    }

    /// Whether there is a hole in the bottom below.
    fn falls(&self, x: f32) -> bool {
        self.grid.hole().contains(&(x.max(0.0) as usize + 1))
    }

    /// Out of solids, to their border.
    #[inline(always)]
    fn avoid(&self, p: &mut Particle) {
        let inside = |v: f32, n: usize| v.max(0.0).min(n as f32 - MARGIN);
        let at = [inside(p.at[0], self.grid.w), inside(p.at[1], self.grid.h)];
        let (distance, [gx, gy]) = self.solids.distance_at(self.grid, at);
        let length = (gx * gx + gy * gy).sqrt();
        if distance >= MARGIN || length < 1e-3 {
            return;
        }
        let out = (MARGIN - distance).min(FARTHEST);
        p.at = [p.at[0] + out * gx / length, p.at[1] + out * gy / length];
    }
}

widest! {
    fn advance_all(motion: &Motion, particles: &mut [Particle], report: &mut Report) {
        for p in particles {
            motion.advance(p, report);
        }
    }
}

/// Moves all particles over one step.
pub fn advance(motion: &Motion, particles: &mut [Particle]) -> Report {
    let reports = particles.par_chunks_mut(CHUNK).map(|particles| {
        let mut report = Report::default();
        advance_all(motion, particles, &mut report);
        report
    });
    let mut all = Report::default();
    for mut report in reports.collect::<Vec<_>>() {
        all.landings.append(&mut report.landings);
        all.limited += report.limited;
        all.surface += report.surface;
        all.splash += report.splash;
        all.kinetic += report.kinetic;
    }
    all
}
