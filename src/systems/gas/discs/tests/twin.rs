//! A plain version: every pair, every image, every wall at every event, nothing kept from one event to the next.

use super::super::arena::{Arena, Side};
use super::super::dynamics::Limits;
use super::super::record::Struck;
use super::*;

struct Plain {
    place: Vec<[f64; 2]>,
    velocity: Vec<[f64; 2]>,
    radius: Vec<f64>,
    mass: Vec<f64>,
    arena: Arena,
    gravity: [f64; 2],
    now: f64,
}

impl Plain {
    fn of(dynamics: &Dynamics) -> Self {
        let all = dynamics.discs();
        Self {
            place: all.iter().map(|d| d.place).collect(),
            velocity: all.iter().map(|d| d.velocity).collect(),
            radius: all.iter().map(|d| d.radius).collect(),
            mass: dynamics.masses().to_vec(),
            arena: *dynamics.arena(),
            gravity: dynamics.gravity(),
            now: 0.0,
        }
    }

    /// When two discs meet, over all images; the vector between them now.
    fn pair(&self, i: usize, j: usize) -> (f64, [f64; 2]) {
        let images = |k: usize| if self.arena.wraps[k] { -1..=1 } else { 0..=0 };
        let v: [f64; 2] = std::array::from_fn(|k| self.velocity[i][k] - self.velocity[j][k]);
        let mut best = (f64::INFINITY, [0.0; 2]);
        for a in images(0) {
            for b in images(1) {
                let shift = [a as f64 * self.arena.size[0], b as f64 * self.arena.size[1]];
                let r: [f64; 2] = std::array::from_fn(|k| self.place[i][k] - self.place[j][k] + shift[k]);
                let reach = self.radius[i] + self.radius[j];
                let (b, vv) = (r[0] * v[0] + r[1] * v[1], v[0] * v[0] + v[1] * v[1]);
                let d = b * b - vv * (r[0] * r[0] + r[1] * r[1] - reach * reach);
                let wait = if b < 0.0 && d >= 0.0 { ((-b - d.sqrt()) / vv).max(0.0) } else { f64::INFINITY };
                if wait < best.0 {
                    best = (wait, [r[0] + wait * v[0], r[1] + wait * v[1]]);
                }
            }
        }
        best
    }

    fn wall(&self, i: usize, side: Side) -> f64 {
        let k = side.axis();
        if self.arena.wraps[k] {
            return f64::INFINITY;
        }
        let s = side.inwards();
        let wall = self.arena.walls[side as usize];
        let h = s * (self.place[i][k] - wall.place - wall.speed * self.now) - self.radius[i];
        let (v, a) = (s * (self.velocity[i][k] - wall.speed), s * self.gravity[k]);
        if a == 0.0 {
            return if v < 0.0 { h.max(0.0) / -v } else { f64::INFINITY };
        }
        // The root at which it falls; just off the wall, not the one at which it left.
        let d = v * v - 2.0 * a * h.max(0.0);
        let roots = [(-v - d.sqrt()) / a, (-v + d.sqrt()) / a];
        roots.into_iter().filter(|t| *t >= 0.0 && v + a * t < -1e-12).fold(f64::INFINITY, f64::min)
    }

    /// The next collision: its time, and who meets whom.
    fn next(&mut self) -> (f64, usize, Struck) {
        let (n, mut best) = (self.place.len(), (f64::INFINITY, 0, Struck::Solid));
        let mut contact = [0.0; 2];
        for i in 0..n {
            for side in Side::ALL {
                let wait = self.wall(i, side);
                if wait < best.0 {
                    best = (wait, i, Struck::Wall(side));
                }
            }
            for j in i + 1..n {
                let (wait, r) = self.pair(i, j);
                if wait < best.0 {
                    (best, contact) = ((wait, i, Struck::Disc(j as u32)), r);
                }
            }
        }
        let wait = best.0;
        for (p, v) in self.place.iter_mut().zip(&mut self.velocity) {
            for k in 0..2 {
                p[k] += wait * (v[k] + 0.5 * self.gravity[k] * wait);
                v[k] += wait * self.gravity[k];
                if self.arena.wraps[k] {
                    p[k] = p[k].rem_euclid(self.arena.size[k]);
                }
            }
        }
        self.now += wait;
        match best.2 {
            Struck::Wall(side) => {
                let k = side.axis();
                let v = &mut self.velocity[best.1][k];
                *v = 2.0 * self.arena.walls[side as usize].speed - *v;
            }
            Struck::Disc(j) => self.collide(best.1, j as usize, contact),
            Struck::Solid => unreachable!("there are none"),
        }
        (self.now, best.1, best.2)
    }

    fn collide(&mut self, i: usize, j: usize, r: [f64; 2]) {
        let length = r[0].hypot(r[1]);
        let n = [r[0] / length, r[1] / length];
        let closing: f64 = (0..2).map(|k| n[k] * (self.velocity[j][k] - self.velocity[i][k])).sum();
        let impulse = 2.0 * closing * self.mass[i] * self.mass[j] / (self.mass[i] + self.mass[j]);
        for (k, n) in n.into_iter().enumerate() {
            self.velocity[i][k] += n * impulse / self.mass[i];
            self.velocity[j][k] -= n * impulse / self.mass[j];
        }
    }
}

fn agrees(mut dynamics: Dynamics, count: usize, what: &str) {
    dynamics.settle();
    let mut plain = Plain::of(&dynamics);
    dynamics.advance(1e6, Limits { collisions: count as u64, ..Limits::NONE });
    assert_eq!(dynamics.collisions().len(), count, "{what}");
    for (k, found) in dynamics.collisions().iter().enumerate() {
        let (time, disc, struck) = plain.next();
        assert_eq!((found.disc as usize, found.struck), (disc, struck), "{what}: {k} at {time}");
        assert!((found.time - time).abs() < 1e-6 * time.max(1.0), "{what}: {k}: {} {time}", found.time);
    }
}

#[test]
fn every_event_is_that_of_a_plain_simulation() {
    for (wraps, size) in
        [([true; 2], [40.0, 30.0]), ([false; 2], [40.0, 30.0]), ([true, false], [26.0, 44.0])]
    {
        for (packing, mass) in [(0.1, 1.0), (0.45, 1.0), (0.45, 3.0)] {
            for gravity in [[0.0; 2], [0.02, 0.05]] {
                let arena = Arena::new(size, wraps);
                let each = packing * arena.area() / std::f64::consts::PI;
                let kinds = [((0.5 * each) as usize, 1.0, 1.0), ((0.5 * each / 2.25) as usize, 1.5, mass)];
                let (mut dynamics, _) = gas(arena, kinds, 5);
                dynamics.set_law(gravity, 1.0);
                // Errors grow faster where free paths are long.
                let count = if packing < 0.2 { 90 } else { 250 };
                agrees(dynamics, count, &format!("{wraps:?} {packing} {mass} {gravity:?}"));
            }
        }
    }
}

/// Two cells a side, where a disc meets others and their images.
#[test]
fn so_it_is_in_worlds_hardly_larger_than_the_discs() {
    for (size, count) in [([8.4, 8.4], 5), ([9.0, 17.0], 10), ([8.4, 40.0], 20)] {
        let (dynamics, _) = gas(Arena::new(size, [true; 2]), [(count, 2.0, 1.0), (0, 2.0, 1.0)], 3);
        assert!(dynamics.discs().len() > 3);
        agrees(dynamics, 100, &format!("{size:?}"));
    }
}

/// Small discs in cells, large ones in blocks.
#[test]
fn so_it_is_among_discs_of_very_different_size() {
    for (wraps, gravity) in [([true; 2], [0.0; 2]), ([false; 2], [0.0; 2]), ([true, false], [0.0, 0.02])] {
        for (size, large) in [([60.0, 50.0], 4), ([24.0, 90.0], 4)] {
            let arena = Arena::new(size, wraps);
            let (mut dynamics, kinds) = gas(arena, [(260, 0.5, 1.0), (large, 4.0, 20.0)], 31);
            assert!(
                dynamics.cells.limits == [0.5, 4.0] && kinds.iter().filter(|k| **k == 1).count() == large
            );
            dynamics.set_law(gravity, 1.0);
            agrees(dynamics, 300, &format!("{wraps:?} {size:?} {gravity:?}"));
        }
    }
}

#[test]
fn so_it_is_between_walls_that_move() {
    for gravity in [[0.0; 2], [0.0, 0.03]] {
        let arena = Arena::new([50.0, 30.0], [false; 2]);
        let (mut dynamics, _) = gas(arena, [(40, 1.0, 1.0), (15, 1.6, 2.0)], 9);
        dynamics.set_law(gravity, 1.0);
        dynamics.set_walls([0.3, -0.2, 0.0, 0.1], 20.0);
        agrees(dynamics, 200, &format!("pistons, {gravity:?}"));
    }
}
