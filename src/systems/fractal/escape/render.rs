//! A picture's worth of orbits: tiles of 8×8 pixels, bands of tiles in parallel.

use rayon::prelude::*;

use super::formula::{Real, degree, escape_square};
use super::interior::certain;
use super::kernel::{Job, OrbitOutputs, Tile};
use super::lanes::LANES;
use super::plane_view::{PlaneSampler, PlaneView};
use super::shade;
use world::field::Field;
use world::view::View;
use world::widest;

/// Pixels across and down a tile: neighbours escape after similar counts.
const SIDE: usize = 8;

/// All that determines the orbits of a node's plane.
#[derive(Clone, Debug, PartialEq)]
pub struct OrbitSpec {
    /// The part of the plane that is shown.
    pub plane_view: PlaneView,
    /// See [`super::formula`].
    pub formula: u8,
    /// Whether the plane is the orbit's start and the constant is given, or the other way round.
    pub julia: bool,
    /// The constant (Julia) or the start (Mandelbrot).
    pub constant: [f64; 2],
    /// What is added to `constant` from place to place, 2 planes.
    pub shift: Option<Field>,
    /// Maximum number of iterations.
    pub iterations: u32,
    /// See [`Job::trap`].
    pub trap: usize,
    /// See [`Job::trap_at`].
    pub trap_at: [f64; 2],
    /// Whether the inside may be determined without iterating to the end.
    pub shortcuts: bool,
}

/// The result of the orbit of every pixel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrbitImage {
    /// Smooth iteration count; −1 where the orbit never escaped.
    pub count: Field,
    /// Least distance to the trap, if requested.
    pub trap: Option<Field>,
    /// Distance to the set in heights of the node, if requested.
    pub distance: Option<Field>,
}

impl OrbitSpec {
    /// The picture through a view, at a size, with the requested outputs of its orbits.
    pub fn render(&self, view: &View, size: (usize, usize), follow: OrbitOutputs) -> OrbitImage {
        let sight = self.plane_view.sight(view, size);
        if sight.coarse() {
            self.render_as::<f32>(&sight, size, follow)
        } else {
            self.render_as::<f64>(&sight, size, follow)
        }
    }

    /// The same in a given precision.
    pub fn render_as<T: Real>(
        &self,
        sight: &PlaneSampler,
        (w, h): (usize, usize),
        follow: OrbitOutputs,
    ) -> OrbitImage {
        let mut fields: Vec<Field> = (0..=follow as usize).map(|_| Field::new(w, h, 1)).collect();
        let mut bands: Vec<Vec<&mut [f32]>> = (0..h.div_ceil(SIDE)).map(|_| Vec::new()).collect();
        for field in &mut fields {
            let rows = field.data_mut().chunks_mut(w * SIDE);
            bands.iter_mut().zip(rows).for_each(|(band, rows)| band.push(rows));
        }
        bands.par_iter_mut().enumerate().for_each(|(j, out)| self.band::<T>(sight, j * SIDE, w, out));
        let mut fields = fields.into_iter();
        OrbitImage { count: fields.next().unwrap_or_default(), trap: fields.next(), distance: fields.next() }
    }

    fn job(&self, follow: OrbitOutputs) -> Job {
        Job {
            formula: self.formula,
            iterations: self.iterations,
            limit: escape_square(self.formula),
            plane_is_constant: !self.julia,
            cycles: self.shortcuts,
            follow,
            trap: self.trap,
            trap_at: self.trap_at,
        }
    }

    /// One band of tiles from row `top` on: counts and, if there are more slices, trap and distance.
    fn band<T: Real>(&self, sight: &PlaneSampler, top: usize, w: usize, out: &mut [&mut [f32]]) {
        wide_tiles::<T>(self, sight, top, w, out);
    }

    #[inline(always)]
    fn tiles<T: Real>(&self, sight: &PlaneSampler, top: usize, w: usize, out: &mut [&mut [f32]]) {
        let rows = out[0].len() / w;
        let job = self.job([OrbitOutputs::Count, OrbitOutputs::Trap, OrbitOutputs::Slope][out.len() - 1]);
        let radius = self.radius();
        let mut tile = Tile::<T>::new();
        for left in (0..w).step_by(SIDE) {
            let columns = SIDE.min(w - left);
            self.aim(&mut tile, sight, (left, top), (columns, rows), job.follow);
            tile.run(&job);
            let counts = self.counts(&tile, radius);
            let (mut trap, mut distance) = ([0f32; LANES], [0f32; LANES]);
            if job.follow >= OrbitOutputs::Trap {
                near(&tile, &mut trap);
            }
            if job.follow == OrbitOutputs::Slope {
                self.distance(&tile, &counts, &mut distance);
            }
            for y in 0..rows {
                let to = y * w + left..y * w + left + columns;
                let from = y * SIDE..y * SIDE + columns;
                for (out, values) in out.iter_mut().zip([&counts, &trap, &distance]) {
                    out[to.clone()].copy_from_slice(&values[from.clone()]);
                }
            }
        }
    }

    /// Start and constant of every pixel of a tile. Pixels beyond the picture, and those known to be inside, are idle.
    #[inline(always)]
    fn aim<T: Real>(
        &self,
        tile: &mut Tile<T>,
        sight: &PlaneSampler,
        (left, top): (usize, usize),
        (columns, rows): (usize, usize),
        follow: OrbitOutputs,
    ) {
        // The trap needs the orbit, so only counts can do without it.
        let standing = self.constant == [0.0, 0.0] && self.shift.is_none();
        let skip =
            self.shortcuts && follow == OrbitOutputs::Count && !self.julia && self.formula == 0 && standing;
        let (mut p, mut q) = ([0f64; LANES], [0f64; LANES]);
        for i in 0..LANES {
            (p[i], q[i]) = sight.plane(left + i % SIDE, top + i / SIDE);
        }
        for y in 0..rows {
            sight.bend((left, top + y), &mut p[y * SIDE..][..columns], &mut q[y * SIDE..][..columns]);
        }
        let (mut a, mut b) = ([self.constant[0]; LANES], [self.constant[1]; LANES]);
        if let Some(shift) = &self.shift {
            for i in 0..LANES {
                let (u, v) = sight.world(left + i % SIDE, top + i / SIDE);
                (a[i], b[i]) = (a[i] + shift.at_fraction(0, u, v), b[i] + shift.at_fraction(1, u, v));
            }
        }
        let (start, constant) = if self.julia { ((&p, &q), (&a, &b)) } else { ((&a, &b), (&p, &q)) };
        for i in 0..LANES {
            (tile.x[i], tile.y[i]) = (T::of(start.0[i]), T::of(start.1[i]));
            (tile.cx[i], tile.cy[i]) = (T::of(constant.0[i]), T::of(constant.1[i]));
            let beyond = (i % SIDE >= columns) | (i / SIDE >= rows);
            let rest = beyond | (skip & certain(tile.cx[i].wide(), tile.cy[i].wide()));
            tile.live[i] = if rest { T::ZERO } else { T::ONE };
        }
    }

    #[inline(always)]
    fn counts<T: Real>(&self, tile: &Tile<T>, (log2_limit, per_log2_degree): (f32, f32)) -> [f32; LANES] {
        let mut counts = [0f32; LANES];
        for (i, out) in counts.iter_mut().enumerate() {
            let n = tile.count[i].wide() as f32;
            let (x, y) = (tile.x[i].wide() as f32, tile.y[i].wide() as f32);
            let v = shade::smooth_count(n, x * x + y * y, log2_limit, per_log2_degree);
            *out = if n == 0.0 { -1.0 } else { v };
        }
        counts
    }

    /// Logarithm of the escape radius' square, and of 2 by the degree.
    fn radius(&self) -> (f32, f32) {
        let limit = escape_square(self.formula);
        (libm::log2(limit) as f32, (1.0 / libm::log2(degree(self.formula) as f64)) as f32)
    }

    /// |z|² ln|z| / |Jᵀz|, the potential over its slope (Milnor 1989): for small values the distance to the set, else
    /// within a factor of 2 (4 where the set is pointed).
    #[inline(always)]
    fn distance<T: Real>(&self, tile: &Tile<T>, counts: &[f32; LANES], out: &mut [f32; LANES]) {
        for i in 0..LANES {
            let (x, y) = (tile.x[i].wide(), tile.y[i].wide());
            let along = x * tile.ux[i].wide() + y * tile.uy[i].wide();
            let down = x * tile.vx[i].wide() + y * tile.vy[i].wide();
            let r2 = x * x + y * y;
            let ln = shade::log2((r2 as f32).min(f32::MAX)) as f64 * core::f64::consts::LN_2;
            let d = r2 * 0.5 * ln / (along * along + down * down).sqrt() / self.plane_view.span;
            // Tangents that overflow belong to points indistinguishable from the set.
            let near = (counts[i] >= 0.0) & (d.abs() < f64::INFINITY);
            out[i] = if near { d.min(1e3) as f32 } else { 0.0 };
        }
    }
}

/// Least distance to the trap: the root of the kernel's square.
#[inline(always)]
fn near<T: Real>(tile: &Tile<T>, out: &mut [f32; LANES]) {
    for (out, square) in out.iter_mut().zip(&tile.trap) {
        *out = square.wide().min(1e12).sqrt() as f32;
    }
}

widest! {
    fn wide_tiles<T: Real>(shot: &OrbitSpec, sight: &PlaneSampler, top: usize, w: usize, out: &mut [&mut [f32]]) {
        shot.tiles::<T>(sight, top, w, out);
    }
}
