//! Pictures that anybody can learn from without a data set: the digits as strokes, each drawn anew with bent strokes, at
//! another place, angle, size and width, in noise.

use data::sample::Samples;
use rand::RngExt;
use world::rng::{Rng, Sequence};

/// Points of a stroke, in the unit square, y downwards.
type Stroke = &'static [[f32; 2]];

/// The strokes of the ten digits.
const DIGITS: [&[Stroke]; 10] = [
    &[&[[0.5, 0.05], [0.2, 0.25], [0.2, 0.75], [0.5, 0.95], [0.8, 0.75], [0.8, 0.25], [0.5, 0.05]]],
    &[&[[0.3, 0.25], [0.55, 0.05], [0.55, 0.95]]],
    &[&[[0.2, 0.25], [0.5, 0.05], [0.8, 0.3], [0.2, 0.95], [0.85, 0.95]]],
    &[&[[0.2, 0.1], [0.8, 0.1], [0.45, 0.45], [0.8, 0.7], [0.5, 0.95], [0.2, 0.85]]],
    &[&[[0.65, 0.95], [0.65, 0.05], [0.15, 0.65], [0.9, 0.65]]],
    &[&[[0.8, 0.05], [0.25, 0.05], [0.25, 0.45], [0.7, 0.45], [0.8, 0.7], [0.55, 0.95], [0.2, 0.9]]],
    &[&[[0.7, 0.05], [0.3, 0.4], [0.2, 0.75], [0.5, 0.95], [0.8, 0.75], [0.6, 0.5], [0.25, 0.65]]],
    &[&[[0.15, 0.05], [0.85, 0.05], [0.4, 0.95]], &[[0.35, 0.5], [0.8, 0.5]]],
    &[&[
        [0.5, 0.5],
        [0.25, 0.25],
        [0.5, 0.05],
        [0.75, 0.25],
        [0.5, 0.5],
        [0.2, 0.75],
        [0.5, 0.95],
        [0.8, 0.75],
        [0.5, 0.5],
    ]],
    &[&[[0.75, 0.35], [0.4, 0.5], [0.25, 0.25], [0.5, 0.05], [0.75, 0.25], [0.75, 0.6], [0.5, 0.95]]],
];

/// So many glyphs of `side` pixels, the classes in turn.
pub fn drawn(n: usize, side: usize, rng: Rng) -> Samples {
    let mut all = Samples::empty(1, side, (0..DIGITS.len()).map(|d| d.to_string()).collect());
    for i in 0..n {
        let class = i % DIGITS.len();
        all.push(glyph(class, side, &mut rng.fork(i as u64).sequence()), class, None);
    }
    all
}

fn glyph(class: usize, side: usize, s: &mut Sequence) -> Vec<u8> {
    let (angle, size, slant) =
        (s.random_range(-0.3..0.3f32), s.random_range(0.55..0.85), s.random_range(-0.25..0.25));
    let (sin, cos) = (libm::sinf(angle) * size, libm::cosf(angle) * size);
    let room = 0.5 * (0.95 - size);
    let [x, y] = [(); 2].map(|()| 0.5 + s.random_range(-room..room));
    let (width, ink, noise) =
        (s.random_range(0.035..0.075f32), s.random_range(0.6..1.0), s.random_range(0.0..0.35f32));
    let mut placed = |p: &[f32; 2]| {
        let [u, v] = [0, 1].map(|i| p[i] - 0.5 + s.random_range(-0.07..0.07));
        let u = u + slant * v;
        [x + cos * u - sin * v, y + sin * u + cos * v]
    };
    let strokes: Vec<Vec<[f32; 2]>> =
        DIGITS[class].iter().map(|s| s.iter().map(&mut placed).collect()).collect();
    let pixel = |i: usize| {
        let at = [i % side, i / side].map(|c| (c as f32 + 0.5) / side as f32);
        let parts = strokes.iter().flat_map(|s| s.windows(2));
        let near = parts.map(|p| distance(at, p[0], p[1])).fold(f32::INFINITY, f32::min);
        // From the middle of the stroke to half a pixel beyond its border.
        ink * (1.0 - (near - width) * side as f32).clamp(0.0, 1.0)
    };
    let clean: Vec<f32> = (0..side * side).map(pixel).collect();
    clean.iter().map(|v| (255.0 * (v + noise * s.random_range(0.0..1.0f32)).min(1.0)) as u8).collect()
}

/// Distance of a point from the line between two others.
fn distance([x, y]: [f32; 2], [ax, ay]: [f32; 2], [bx, by]: [f32; 2]) -> f32 {
    let (dx, dy) = (bx - ax, by - ay);
    let t = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy).max(1e-9)).clamp(0.0, 1.0);
    let (ex, ey) = (x - ax - t * dx, y - ay - t * dy);
    (ex * ex + ey * ey).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_drawn_as_often_and_no_picture_twice() {
        let all = drawn(200, 16, Rng::new(1));
        for class in 0..10 {
            assert_eq!(all.labels.iter().filter(|l| **l == class).count(), 20);
        }
        let mut pictures = all.pictures.clone();
        pictures.sort();
        pictures.dedup();
        assert_eq!(pictures.len(), 200);
        assert_eq!(all.pictures, drawn(200, 16, Rng::new(1)).pictures);
        for p in &all.pictures {
            let bright = p.iter().filter(|v| **v > 120).count();
            assert!((8..160).contains(&bright), "{bright} of 256 pixels are bright");
        }
    }

    /// The nearest of other glyphs is much more often of the same class than by chance, but not always: there is
    /// something to learn.
    #[test]
    fn classes_are_alike_but_not_the_same() {
        let (known, asked) = (drawn(400, 16, Rng::new(1)), drawn(100, 16, Rng::new(2)));
        let apart = |a: &[u8], b: &[u8]| -> i64 {
            a.iter().zip(b).map(|(a, b)| (i64::from(*a) - i64::from(*b)).pow(2)).sum()
        };
        let right = (0..asked.len()).filter(|i| {
            let nearest = (0..known.len()).min_by_key(|k| apart(&known.pictures[*k], &asked.pictures[*i]));
            known.labels[nearest.unwrap()] == asked.labels[*i]
        });
        let right = right.count();
        assert!((25..90).contains(&right), "{right} of 100");
    }
}
