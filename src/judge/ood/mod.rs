//! Synthetic out-of-distribution samples: pictures of no class, of which the judge must learn to be unsure (outlier
//! exposure, Hendrycks, Mazeika and Dietterich 2019). Dead leaves, limbed bodies in front of walls, drawn figures,
//! nearly empty pictures.
//!
//! Dead leaves (Matheron 1968; Lee, Mumford and Huang 2001) are overlapping shapes whose sizes follow an inverse
//! cube law; their statistics are those of photographs, and no photograph is needed to make them.

mod body;
mod paint;
pub mod writing;

use data::reduce::SIDE;
use paint::{Colour, colour, mix, paint};
use world::rng::Rng;

/// A picture of `SIDE` × `SIDE`, RGB in 0..1, channels last.
pub fn ood_sample(r: Rng) -> Vec<f32> {
    let mut picture = match r.below(0, 20) {
        0..=6 => leaves(r.named("leaves")),
        7..=13 => body::body(r.named("body")),
        14 | 15 => figures(r.named("figures")),
        16 => stripes(r.named("stripes")),
        17 => ramp(r.named("ramp")),
        _ => near_empty(r.named("nothing")),
    };
    (0..r.below(1, 4)).for_each(|_| picture = blurred(&picture));
    expose(&mut picture, r.named("exposure"));
    picture
}

/// One shape: an ellipse or a box, rotated, lit from one side.
struct Leaf {
    at: [f32; 2],
    axis: [f32; 2],
    half: [f32; 2],
    boxy: bool,
    colour: Colour,
    light: [f32; 2],
    weave: [f32; 3],
}

impl Leaf {
    fn new(r: Rng, least: f32, strength: f32) -> Self {
        // Sizes by an inverse cube law between `least` and 0.7.
        let (a, b) = (1.0 / (least * least), 1.0 / (0.7 * 0.7));
        let size = 1.0 / (b + (a - b) * r.unit(0)).sqrt();
        let angle = r.range(1, 0.0, std::f32::consts::TAU);
        Self {
            at: [r.range(2, -0.1, 1.1), r.range(3, -0.1, 1.1)],
            axis: [libm::cosf(angle), libm::sinf(angle)],
            half: [size, size * r.range(4, 0.25, 1.0)],
            boxy: r.unit(5) < 0.4,
            colour: colour(r.named("colour"), strength),
            light: [r.range(6, -0.5, 0.5) / size, r.range(7, -0.5, 0.5) / size],
            weave: [r.range(8, 20.0, 200.0), r.range(9, -200.0, 200.0), r.unit(10) * r.unit(11) * 0.25],
        }
    }

    /// Its colour at a point, if it covers it.
    fn shade(&self, x: f32, y: f32) -> Option<Colour> {
        let (dx, dy) = (x - self.at[0], y - self.at[1]);
        let u = (dx * self.axis[0] + dy * self.axis[1]) / self.half[0];
        let v = (dy * self.axis[0] - dx * self.axis[1]) / self.half[1];
        let inside = if self.boxy { u.abs() < 1.0 && v.abs() < 1.0 } else { u * u + v * v < 1.0 };
        let wave = libm::sinf(x * self.weave[0] + y * self.weave[1]) * self.weave[2];
        let lit = 1.0 + (dx * self.light[0] + dy * self.light[1]) * 0.6 + wave;
        inside.then(|| self.colour.map(|c| c * lit))
    }
}

/// Dead leaves, from a few large to many small ones.
fn leaves(r: Rng) -> Vec<f32> {
    let count = (4.0 * libm::powf(40.0, r.unit(0))) as u64;
    let (least, strength) = (r.range(1, 0.015, 0.2), r.unit(2));
    let all: Vec<Leaf> = (0..count).map(|i| Leaf::new(r.named("leaf").fork(i), least, strength)).collect();
    let (ground, far) = (colour(r.named("ground"), strength), colour(r.named("far"), strength));
    paint(|x, y| {
        all.iter().find_map(|l| l.shade(x, y)).unwrap_or_else(|| mix(ground, far, 0.3 * x + 0.7 * y))
    })
}

/// Boxes, discs and strokes in any colours.
fn figures(r: Rng) -> Vec<f32> {
    let count = 1 + r.below(0, 9);
    paint(|x, y| {
        (0..count).fold(colour(r.named("ground"), 1.0), |below, i| {
            let f = r.named("figure").fork(i);
            let (cx, cy, w, h) = (f.unit(0), f.unit(1), 0.02 + 0.3 * f.unit(2), 0.02 + 0.3 * f.unit(3));
            let inside = match f.below(4, 3) {
                0 => (x - cx).abs() < w && (y - cy).abs() < h,
                1 => (x - cx) * (x - cx) + (y - cy) * (y - cy) < w * w,
                _ => ((x - cx) * h - (y - cy) * w).abs() < 0.006,
            };
            if inside { colour(f.named("colour"), 1.0) } else { below }
        })
    })
}

fn stripes(r: Rng) -> Vec<f32> {
    let (a, b) = (colour(r.named("a"), 1.0), colour(r.named("b"), 1.0));
    let (across, down, share) = (r.range(0, 1.0, 10.0), r.range(1, -10.0, 10.0), r.range(2, 0.2, 0.8));
    let checks = r.unit(3) < 0.4;
    paint(|x, y| {
        let (u, v) = ((x * across + y * down).rem_euclid(1.0) < share, (y * across).rem_euclid(1.0) < share);
        if u ^ (checks && v) { a } else { b }
    })
}

fn ramp(r: Rng) -> Vec<f32> {
    let (a, b) = (colour(r.named("a"), 1.0), colour(r.named("b"), 1.0));
    paint(|x, y| mix(a, b, 0.5 + (x - 0.5) * r.range(0, -1.5, 1.5) + (y - 0.5) * r.range(1, -1.5, 1.5)))
}

/// One colour, and at most a few specks.
fn near_empty(r: Rng) -> Vec<f32> {
    let mut picture = paint(|_, _| colour(r.named("ground"), 1.0));
    for i in 0..r.below(0, 12) {
        let (speck, place) = (colour(r.named("speck").fork(i), 1.0), r.below(1 + i, (SIDE * SIDE) as u64));
        picture[3 * place as usize..][..3].copy_from_slice(&speck);
    }
    picture
}

/// A 3 × 3 binomial filter (1 2 1 each way).
fn blurred(p: &[f32]) -> Vec<f32> {
    let at = |x: isize, y: isize, c: usize| {
        let (x, y) = (x.clamp(0, SIDE as isize - 1) as usize, y.clamp(0, SIDE as isize - 1) as usize);
        p[(y * SIDE + x) * 3 + c]
    };
    let pixel = |i: usize| {
        let (x, y, c) = ((i / 3 % SIDE) as isize, (i / 3 / SIDE) as isize, i % 3);
        let line = |dy: isize| at(x - 1, y + dy, c) + 2.0 * at(x, y + dy, c) + at(x + 1, y + dy, c);
        (line(-1) + 2.0 * line(0) + line(1)) / 16.0
    };
    (0..p.len()).map(pixel).collect()
}

/// Gamma, a colour cast and grain.
fn expose(p: &mut [f32], r: Rng) {
    let (gamma, grain) = (r.range(0, 0.6, 1.6), r.unit(1) * r.unit(2) * 0.12);
    let cast = [3, 4, 5].map(|k| r.range(k, 0.85, 1.15));
    for (i, v) in p.iter_mut().enumerate() {
        let noise = (r.fork(9).unit(i as u64) - 0.5) * grain;
        *v = (libm::powf(v.clamp(0.0, 1.0), gamma) * cast[i % 3] + noise).clamp(0.0, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ood_samples_vary_and_repeat_by_seed() {
        let all: Vec<Vec<f32>> = (0..80).map(|i| ood_sample(Rng::new(i))).collect();
        assert!(all.iter().all(|s| s.len() == SIDE * SIDE * 3 && s.iter().all(|v| (0.0..=1.0).contains(v))));
        let mean = |s: &Vec<f32>| s.iter().sum::<f32>() / s.len() as f32;
        let means: Vec<f32> = all.iter().map(mean).collect();
        let (lo, hi) = (means.iter().copied().fold(1.0, f32::min), means.iter().copied().fold(0.0, f32::max));
        assert!(lo < 0.25 && hi > 0.75, "{lo} {hi}");
        assert_eq!(all[7], ood_sample(Rng::new(7)));
    }

    /// Scale invariance, as of photographs: halving a picture keeps the deviation of differences between neighbours;
    /// noise loses half of it.
    #[test]
    fn dead_leaves_are_scale_invariant() {
        let step = |p: &[f32], side: usize| {
            let rows = (0..side).flat_map(|y| (1..side).map(move |x| (x, y)));
            let all: Vec<f32> = rows.map(|(x, y)| (p[y * side + x] - p[y * side + x - 1]).powi(2)).collect();
            (all.iter().sum::<f32>() / all.len() as f32).sqrt()
        };
        let (mut fine, mut coarse) = (0.0, 0.0);
        for i in 0..60 {
            let p: Vec<f32> = leaves(Rng::new(i)).chunks(3).map(|c| c[1]).collect();
            let half = SIDE / 2;
            let at = |x: usize, y: usize| p[y * SIDE + x];
            let small: Vec<f32> = (0..half * half)
                .map(|k| (2 * (k % half), 2 * (k / half)))
                .map(|(x, y)| (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4.0)
                .collect();
            (fine, coarse) = (fine + step(&p, SIDE), coarse + step(&small, half));
        }
        assert!((0.7..1.5).contains(&(coarse / fine)), "{}", coarse / fine);
    }
}
