//! Data augmentation: label-preserving variations of training pictures.

use data::sample::ImageKind;
use rand::RngExt;
use rand::seq::SliceRandom;
use world::rng::{Rng, Sequence};

/// A label-preserving variation of a picture (`side`², channels last), in 0..1.
pub fn vary(picture: &[u8], side: usize, channels: usize, kind: ImageKind, r: Rng) -> Vec<f32> {
    if kind == ImageKind::Fixed {
        return plain(picture);
    }
    let mut s = r.sequence();
    let mut map = Affine::shift(&mut s, if kind == ImageKind::Frames { 0.08 } else { 0.07 } * side as f32);
    let (mut gain, mut lift) = (1.0f32, 0.0f32);
    match kind {
        ImageKind::Frames => {
            map = map.symmetry(s.random_range(0..8));
            (gain, lift) = (s.random_range(0.8..1.25), s.random_range(-0.08..0.08));
            // A palette may run either way.
            if s.random() {
                (gain, lift) = (-gain, 1.0 - lift);
            }
        }
        ImageKind::Glyphs => {
            let (angle, scale, shear) = (-0.2..0.2, 0.9..1.12, -0.15..0.15);
            map = map.distorted(s.random_range(angle), s.random_range(scale), s.random_range(shear))
        }
        ImageKind::Things => {
            map = map.distorted(0.0, s.random_range(0.93..1.08), 0.0);
            map.a *= if s.random() { -1.0 } else { 1.0 };
        }
        ImageKind::Fixed => {}
    }
    let mut order = [0, 1, 2];
    if kind == ImageKind::Frames && channels == 3 {
        order.shuffle(&mut s);
    }
    let mut out = vec![0f32; side * side * channels];
    let centre = (side as f32 - 1.0) / 2.0;
    for y in 0..side {
        for x in 0..side {
            let (u, v) = map.at(x as f32 - centre, y as f32 - centre);
            for c in 0..channels {
                let value = sample(picture, side, channels, order[c], u + centre, v + centre);
                out[(y * side + x) * channels + c] = (value * gain + lift).clamp(0.0, 1.0);
            }
        }
    }
    if kind == ImageKind::Things {
        erase(&mut out, side, channels, &mut s);
    }
    out
}

/// The picture as it is, 0..1.
pub fn plain(picture: &[u8]) -> Vec<f32> {
    picture.iter().map(|v| *v as f32 / 255.0).collect()
}

/// Half of the time fills a rectangle with one grey (random erasing, Zhong et al. 2020).
fn erase(out: &mut [f32], side: usize, channels: usize, s: &mut Sequence) {
    if s.random() {
        return;
    }
    let [w, h] = [(); 2].map(|()| 2 + s.random_range(0..side / 3));
    let [x0, y0] = [w, h].map(|extent| s.random_range(0..side - extent));
    let grey = s.random();
    for y in y0..y0 + h {
        for v in &mut out[(y * side + x0) * channels..(y * side + x0 + w) * channels] {
            *v = grey;
        }
    }
}

struct Affine {
    a: f32,
    b: f32,
    c: f32,
    d: f32,
    x: f32,
    y: f32,
}

impl Affine {
    fn shift(s: &mut Sequence, max: f32) -> Self {
        let [x, y] = [(); 2].map(|()| s.random_range(-max..max));
        Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, x, y }
    }
    /// One of the eight symmetries of the square.
    fn symmetry(self, which: u64) -> Self {
        let (a, b, c, d) = [
            (1.0, 0.0, 0.0, 1.0),
            (0.0, 1.0, -1.0, 0.0),
            (-1.0, 0.0, 0.0, -1.0),
            (0.0, -1.0, 1.0, 0.0),
            (-1.0, 0.0, 0.0, 1.0),
            (1.0, 0.0, 0.0, -1.0),
            (0.0, 1.0, 1.0, 0.0),
            (0.0, -1.0, -1.0, 0.0),
        ][which as usize % 8];
        Self { a, b, c, d, ..self }
    }
    /// Rotated by `angle` radians, scaled, sheared.
    fn distorted(self, angle: f32, scale: f32, shear: f32) -> Self {
        let (sin, cos) = (libm::sinf(angle) * scale, libm::cosf(angle) * scale);
        Self { a: cos, b: -sin + shear * cos, c: sin, d: cos + shear * sin, ..self }
    }
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.a * x + self.b * y + self.x, self.c * x + self.d * y + self.y)
    }
}

fn sample(p: &[u8], side: usize, channels: usize, c: usize, x: f32, y: f32) -> f32 {
    let top = side as f32 - 1.0;
    let (x, y) = (x.clamp(0.0, top), y.clamp(0.0, top));
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(side - 1), (y0 + 1).min(side - 1));
    let (tx, ty) = (x - x0 as f32, y - y0 as f32);
    let at = |x: usize, y: usize| p[(y * side + x) * channels + c] as f32;
    let upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * tx;
    let lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * tx;
    (upper + (lower - upper) * ty) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varied_glyphs_keep_their_mass_and_frames_their_values() {
        let mut glyph = vec![0u8; 28 * 28];
        (10..18).for_each(|y| (10..18).for_each(|x| glyph[y * 28 + x] = 255));
        for i in 0..50 {
            let mass: f32 = vary(&glyph, 28, 1, ImageKind::Glyphs, Rng::new(i)).iter().sum();
            assert!((45.0..90.0).contains(&mass), "{mass}");
            let again = vary(&glyph, 28, 1, ImageKind::Glyphs, Rng::new(i)).iter().sum::<f32>();
            assert_eq!(mass, again);
        }
    }

    /// Eight symmetries, six channel orders and two palette directions, all equally often.
    #[test]
    fn frames_take_every_symmetry_channel_order_and_palette_direction() {
        const SIDE: usize = 16;
        let quadrants = |p: usize| [0.7, 0.5, 0.3, 0.1][p % SIDE / 8 + p / SIDE / 8 * 2];
        let value = |i: usize| (quadrants(i / 3) * [255.0, 180.0, 110.0][i % 3]) as u8;
        let picture: Vec<u8> = (0..3 * SIDE * SIDE).map(value).collect();
        let ranks =
            |of: &[f32]| -> Vec<usize> { of.iter().map(|a| of.iter().filter(|b| *b > a).count()).collect() };
        let mut counts = std::collections::BTreeMap::new();
        for i in 0..4800 {
            let mut varied = vary(&picture, SIDE, 3, ImageKind::Frames, Rng::new(i));
            let inverted = varied.iter().sum::<f32>() > 0.5 * varied.len() as f32;
            if inverted {
                varied.iter_mut().for_each(|v| *v = 1.0 - *v);
            }
            let at = |x: usize, y: usize, c: usize| varied[(y * SIDE + x) * 3 + c];
            let of_colours = ranks(&[0, 1, 2].map(|c| varied.iter().skip(c).step_by(3).sum()));
            let bright = of_colours.iter().position(|r| *r == 0).unwrap_or(0);
            let of_places = ranks(&[(4, 4), (11, 4), (4, 11), (11, 11)].map(|(x, y)| at(x, y, bright)));
            *counts.entry((inverted, of_colours, of_places)).or_insert(0f64) += 1.0;
        }
        assert_eq!(counts.len(), 96);
        let chi2: f64 = counts.values().map(|c| (c - 50.0).powi(2) / 50.0).sum();
        assert!(chi2 < 95.0 + 5.0 * (2.0 * 95.0f64).sqrt(), "{chi2}: {counts:?}");
    }
}
