//! Discs and obstacles: when a disc meets a contour, how deep it lies in one, and how it gets out.
//!
//! Between ticks an obstacle stands still. One that moves from tick to tick may come to lie over discs: these are ghosts
//! until they are clear of it. Obstacles do not stop ghosts but push them out, however narrow the gap, so nothing jams.

use world::field::Field;
use world::rng::Rng;

use super::cells::SOLIDS;
use super::contact::{approaches, approaches_falling, falls};
use super::contour::{Contour, Piece};
use super::dynamics::{Dynamics, largest};

/// Share of its radius by which a disc may overlap an obstacle and is still outside.
const TOUCHING: f64 = 1e-6;
/// Places that are tried for a disc on which the first obstacle has come down, and each tick for one that is deep inside.
const TRIES: [u64; 2] = [16, 2];

/// Steps after which a path is not followed further.
const FAR: f64 = 1e6;

/// The path of a centre from now on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path {
    /// Where it is, cells.
    pub place: [f64; 2],
    /// Velocity, cells/step.
    pub velocity: [f64; 2],
    /// Acceleration, cells/step².
    pub gravity: [f64; 2],
}

impl Path {
    #[inline(always)]
    fn at(&self, t: f64) -> [f64; 2] {
        std::array::from_fn(|k| self.place[k] + t * (self.velocity[k] + 0.5 * self.gravity[k] * t))
    }

    /// What a disc on it covers in so many steps.
    fn bounds(&self, steps: f64, radius: f64) -> ([f64; 2], [f64; 2]) {
        let end = self.at(steps);
        // A parabola leaves its chord by an eighth of the acceleration at most.
        let slack: [f64; 2] = std::array::from_fn(|k| radius + 0.125 * self.gravity[k].abs() * steps * steps);
        let low = std::array::from_fn(|k| self.place[k].min(end[k]) - slack[k]);
        (low, std::array::from_fn(|k| self.place[k].max(end[k]) + slack[k]))
    }

    /// When a disc meets the front of a segment, sooner than `until`, and the normal.
    #[inline(always)]
    fn meets_segment(
        &self,
        from: [f64; 2],
        way: [f64; 2],
        length: f64,
        radius: f64,
        until: f64,
    ) -> Option<(f64, [f64; 2])> {
        let n = [way[1], -way[0]];
        let height = dot(n, minus(self.place, from));
        // From behind it is another segment's.
        if height < 0.0 {
            return None;
        }
        let wait = falls(height - radius, dot(n, self.velocity), dot(n, self.gravity));
        let along = |t| dot(way, minus(self.at(t), from));
        (wait < until && (0.0..=length).contains(&along(wait))).then_some((wait, n))
    }

    /// When a disc meets a point, sooner than `until`, and the normal.
    #[inline(always)]
    fn meets_point(&self, point: [f64; 2], radius: f64, until: f64) -> Option<(f64, [f64; 2])> {
        let r = minus(self.place, point);
        let wait = match self.gravity == [0.0; 2] {
            true => approaches(r, self.velocity, radius),
            false => approaches_falling(r, self.velocity, self.gravity, radius, until),
        };
        if wait >= until {
            return None;
        }
        let r = minus(self.at(wait), point);
        let length = dot(r, r).sqrt().max(f64::MIN_POSITIVE);
        Some((wait, [r[0] / length, r[1] / length]))
    }
}

impl Contour {
    /// When a disc on this path meets an obstacle within `until` steps, and the outward normal there; how many parts of
    /// obstacles were looked at.
    pub(super) fn meets(&self, path: &Path, radius: f64, until: f64) -> (Option<(f64, [f64; 2])>, u64) {
        let (low, high) = path.bounds(until.min(FAR), radius);
        let (mut first, mut normal, mut pieces) = (until, None, 0);
        self.pieces(low, high, |piece| {
            pieces += 1;
            let found = match piece {
                Piece::Segment(from, way, length) => path.meets_segment(from, way, length, radius, first),
                Piece::Point(point) => path.meets_point(point, radius, first),
            };
            if let Some((wait, n)) = found {
                (first, normal) = (wait, Some(n));
            }
        });
        (normal.map(|normal| (first, normal)), pieces)
    }

    /// How far a disc has to move, and in which direction, to be clear of obstacles. No distance if it is clear; any
    /// direction if it is too deep inside to know.
    pub(super) fn depth(&self, place: [f64; 2], radius: f64) -> (f64, [f64; 2]) {
        let (low, high) = ([place[0] - radius, place[1] - radius], [place[0] + radius, place[1] + radius]);
        let (mut nearest, mut towards) = (radius, [0.0; 2]);
        self.pieces(low, high, |piece| {
            let r = match piece {
                Piece::Point(at) => minus(place, at),
                Piece::Segment(from, way, length) => {
                    let r = minus(place, from);
                    let along = dot(way, r).clamp(0.0, length);
                    [r[0] - along * way[0], r[1] - along * way[1]]
                }
            };
            let distance = dot(r, r).sqrt();
            if distance < nearest {
                (nearest, towards) = (distance, r);
            }
        });
        let length = nearest.max(f64::MIN_POSITIVE);
        let away = [towards[0] / length, towards[1] / length];
        match self.is_solid(place) {
            true => (radius + nearest, away.map(|v| -v)),
            false => (radius - nearest, away),
        }
    }
}

#[inline(always)]
fn minus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

#[inline(always)]
fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

impl Dynamics {
    /// Takes a new obstacle field, when settled. Discs on which the first one comes down are put elsewhere.
    pub fn set_solids(&mut self, field: Option<&Field>, threshold: f32, rng: Rng) {
        let is_first = !self.contour.is_there();
        if !self.contour.update(field, threshold, self.arena.wraps) {
            return;
        }
        let before: Vec<bool> = (0..self.discs.len()).map(|i| self.cells.hard(i) & SOLIDS != 0).collect();
        self.mark_solids();
        let mut changed = Vec::new();
        for (i, before) in before.into_iter().enumerate() {
            let after = self.cells.hard(i) & SOLIDS != 0;
            if self.contour.is_there() && (before || after || self.contour.is_solid(self.discs[i].place)) {
                let moved = is_first && self.is_inside(i) && self.elsewhere(i, TRIES[0], rng.fork(i as u64));
                self.ghosts[i] = !moved && self.is_inside(i);
            } else {
                self.ghosts[i] = false;
            }
            if before || after {
                changed.push(i as u32);
            }
        }
        self.predict_each(&changed);
    }

    /// Marks the cells near obstacles.
    pub(super) fn mark_solids(&mut self) {
        let margin = largest(&self.discs) * (1.0 + 1e-9) + 1e-9;
        let contour = &self.contour;
        self.cells
            .mark(SOLIDS, |low, high| contour.is_near(low.map(|v| v - margin), high.map(|v| v + margin)));
    }

    fn is_inside(&self, disc: usize) -> bool {
        let d = &self.discs[disc];
        self.contour.depth(d.place, d.radius).0 > TOUCHING * d.radius
    }

    /// Pushes ghosts out of obstacles, so fast that they are clear in `steps`, or puts those elsewhere that are too deep inside
    /// to know where out is; those that are clear become discs again. Returns how many are left.
    pub fn push_ghosts_out(&mut self, steps: f64, fastest: f64, rng: Rng) -> usize {
        let mut left = 0;
        for i in 0..self.discs.len() {
            if !self.ghosts[i] {
                continue;
            }
            let d = self.discs[i];
            let radius = d.radius;
            let (depth, away) = self.contour.depth(d.place, radius);
            if depth > TOUCHING * radius {
                if away == [0.0; 2] && self.elsewhere(i, TRIES[1], rng.fork(i as u64)) {
                    self.ghosts[i] = false;
                    self.predict(i);
                    continue;
                }
                left += 1;
                let wanted = (1.01 * depth / steps.max(0.25)).min(fastest);
                let missing = wanted - dot(away, d.velocity);
                if missing <= 0.0 || away == [0.0; 2] {
                    continue;
                }
                self.set_velocity(i, [d.velocity[0] + missing * away[0], d.velocity[1] + missing * away[1]]);
            } else {
                self.ghosts[i] = false;
            }
            self.predict(i);
        }
        left
    }

    /// Puts a disc to a free place, if one is found.
    fn elsewhere(&mut self, disc: usize, tries: u64, rng: Rng) -> bool {
        let radius = self.discs[disc].radius;
        let free = (0..tries).find_map(|k| {
            let place: [f64; 2] = std::array::from_fn(|axis| {
                let margin = if self.arena.wraps[axis] { 0.0 } else { radius };
                margin + rng.unit64(2 * k + axis as u64) * (self.arena.size[axis] - 2.0 * margin)
            });
            let clear = !self.contour.is_solid(place) && self.contour.depth(place, radius).0 <= 0.0;
            (clear && self.is_free(place, radius, disc)).then_some(place)
        });
        let Some(place) = free else { return false };
        let d = &mut self.discs[disc];
        d.place = place;
        d.stamp = d.stamp.wrapping_add(1);
        self.cells.put(&mut self.discs, disc);
        self.predict(disc);
        true
    }

    /// Whether a disc would overlap no other there, when settled.
    fn is_free(&self, place: [f64; 2], radius: f64, but: usize) -> bool {
        self.cells.is_free(&self.discs, place, radius, Some(but))
    }
}
