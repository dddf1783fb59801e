//! Limbed bodies in front of a wall, like hands, animals and plants before a camera: overlapping parts, each shaded as
//! round, some jointed, often cut by the picture's edge, casting a shadow.

use super::paint::{Colour, colour, mix, paint};
use data::reduce::SIDE;
use world::rng::Rng;

type Point = [f32; 2];

/// A tapered capsule: its end points, two radii and brightness.
struct Capsule {
    from: Point,
    to: Point,
    radius: [f32; 2],
    tint: f32,
}

impl Capsule {
    /// Distance of a point from the axis, over the radius there: 1 on the outline.
    fn depth(&self, [x, y]: Point) -> f32 {
        let (dx, dy) = (self.to[0] - self.from[0], self.to[1] - self.from[1]);
        let (px, py) = (x - self.from[0], y - self.from[1]);
        let t = ((px * dx + py * dy) / (dx * dx + dy * dy).max(1e-6)).clamp(0.0, 1.0);
        let (ax, ay) = (px - t * dx, py - t * dy);
        let away = (ax * ax + ay * ay).sqrt();
        away / (self.radius[0] + (self.radius[1] - self.radius[0]) * t)
    }
}

/// The point at distance `long` in direction `angle` (radians).
fn reach([x, y]: Point, long: f32, angle: f32) -> Point {
    [x + long * libm::cosf(angle), y + long * libm::sinf(angle)]
}

/// A trunk that enters from outside the picture or ends inside, a bulk at its end, and limbs of one to three joints on
/// it.
fn parts(r: Rng) -> Vec<Capsule> {
    let size = r.range(0, 0.09, 0.22);
    let centre = [r.range(1, 0.3, 0.7), r.range(2, 0.3, 0.7)];
    let upright = r.unit(3) < 0.6;
    let up = if upright { r.range(4, -2.2, -0.9) } else { r.range(4, -3.2, 3.2) };
    let tint = |r: Rng| r.range(20, 0.82, 1.12);
    let long = if r.unit(5) < 0.75 { 1.5 } else { r.range(6, 1.0, 3.0) * size };
    let foot = reach(centre, long, up + std::f32::consts::PI + r.range(7, -0.3, 0.3));
    let thick = size * r.range(8, 0.5, 0.95);
    let mut all = vec![Capsule { from: centre, to: foot, radius: [size * 0.8, thick], tint: tint(r) }];
    let bulk = reach(centre, size * r.range(9, 0.2, 0.9), up);
    all.push(Capsule {
        from: centre,
        to: bulk,
        radius: [size, size * r.range(10, 0.8, 1.1)],
        tint: tint(r.fork(1)),
    });
    let limbs = r.below(11, 7);
    let spread = r.range(12, 0.15, 0.6);
    let curl = r.named("curl").range(0, -1.2, 1.2);
    for i in 0..limbs {
        let l = r.named("limb").fork(i);
        let mut angle = up + (i as f32 - 0.5 * limbs as f32) * spread + l.range(0, -0.2, 0.2);
        let mut at = reach(bulk, size * l.range(1, 0.4, 0.9), angle);
        let mut wide = size * l.range(2, 0.2, 0.42);
        let shade = tint(l);
        for j in 0..1 + l.below(3, 3) {
            let next = reach(at, size * l.fork(j).range(4, 0.5, 1.3), angle);
            let thin = wide * l.fork(j).range(5, 0.75, 1.0);
            all.push(Capsule { from: at, to: next, radius: [wide, thin], tint: shade });
            (at, wide) = (next, thin);
            angle += curl * l.fork(j).range(6, 0.3, 1.3);
        }
    }
    all
}

/// Lighting that falls off from one side and towards the corners.
struct Lighting {
    slope: Point,
    corner: f32,
    rim: f32,
}

impl Lighting {
    fn new(r: Rng) -> Self {
        let slope = [r.range(0, -0.5, 0.5), r.range(1, -0.5, 0.5)];
        Self { slope, corner: 0.9 * r.unit(2) * r.unit(3), rim: r.range(4, 0.1, 0.5) }
    }
    fn at(&self, [x, y]: Point) -> f32 {
        let (x, y) = (x - 0.5, y - 0.5);
        1.0 + x * self.slope[0] + y * self.slope[1] - self.corner * (x * x + y * y)
    }
}

/// A picture of a body.
pub fn body(r: Rng) -> Vec<f32> {
    let parts = parts(r.named("parts"));
    let lighting = Lighting::new(r.named("lamp"));
    let vivid = if r.unit(0) < 0.8 { 0.12 } else { 0.8 };
    let (wall, ground) = (colour(r.named("wall"), vivid), colour(r.named("ground"), vivid));
    let ground = if r.unit(1) < 0.7 { wall } else { ground };
    let skin = colour(r.named("skin"), if r.unit(2) < 0.7 { 0.35 } else { 1.0 });
    let horizon = r.range(3, 0.5, 0.9);
    let shade = (r.range(4, -0.06, 0.06), r.range(5, -0.03, 0.08), 0.6 * r.unit(6));
    let weave = r.unit(7) * r.unit(8) * 0.15;
    paint(|x, y| {
        let front = parts.iter().rev().map(|p| (p.depth([x, y]), p.tint)).find(|d| d.0 < 1.0);
        let c: Colour = match front {
            Some((depth, tint)) => {
                let spot = 1.0 + weave * libm::sinf(90.0 * x + 7.0 * libm::sinf(40.0 * y));
                skin.map(|c| c * tint * spot * (1.1 - lighting.rim * depth * depth))
            }
            None => {
                let behind = parts.iter().map(|p| p.depth([x - shade.0, y - shade.1]));
                let soft = (1.6 - behind.fold(2.0, f32::min)).clamp(0.0, 1.0);
                mix(wall, ground, (y - horizon) * SIDE as f32).map(|c| c * (1.0 - shade.2 * soft))
            }
        };
        c.map(|c| c * lighting.at([x, y]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_hides_part_of_a_wall() {
        let mut reaching = 0;
        for i in 0..60 {
            let parts = parts(Rng::new(i));
            let covered = |x: usize, y: usize| {
                let at = [x as f32 / SIDE as f32, y as f32 / SIDE as f32];
                parts.iter().any(|p| p.depth(at) < 1.0)
            };
            let count = (0..SIDE * SIDE).filter(|k| covered(k % SIDE, k / SIDE)).count();
            assert!((SIDE * SIDE / 50..SIDE * SIDE * 9 / 10).contains(&count), "{i}: {count}");
            let edge = (0..SIDE)
                .any(|k| covered(k, 0) || covered(k, SIDE - 1) || covered(0, k) || covered(SIDE - 1, k));
            reaching += edge as usize;
        }
        assert!((40..60).contains(&reaching), "{reaching} of 60 reach over the edge");
    }
}
