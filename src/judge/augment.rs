//! Variations of training pictures that keep their label.

use data::sample::Kind;
use world::rng::Rng;

/// A variation of a picture (`side`², channels last) that its label survives.
pub fn vary(picture: &[u8], side: usize, channels: usize, kind: Kind, r: Rng) -> Vec<f32> {
    let mut map = Affine::shift(r, if kind == Kind::Frames { 0.08 } else { 0.07 } * side as f32);
    let (mut gain, mut lift) = (1.0f32, 0.0f32);
    match kind {
        Kind::Frames => {
            map = map.turned(r.below(10, 8));
            (gain, lift) = (r.range(11, 0.8, 1.25), r.range(12, -0.08, 0.08));
            // A palette may run either way.
            if r.unit(14) < 0.5 {
                (gain, lift) = (-gain, 1.0 - lift);
            }
        }
        Kind::Glyphs => {
            map = map.bent(r.range(10, -0.2, 0.2), r.range(11, 0.9, 1.12), r.range(12, -0.15, 0.15))
        }
        Kind::Things => {
            map = map.bent(0.0, r.range(11, 0.93, 1.08), 0.0);
            map.a *= if r.unit(10) < 0.5 { -1.0 } else { 1.0 };
        }
    }
    let order = match kind == Kind::Frames && channels == 3 {
        true => [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][r.below(13, 6) as usize],
        false => [0, 1, 2],
    };
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
    if kind == Kind::Things {
        erase(&mut out, side, channels, r.named("erase"));
    }
    out
}

/// The picture as it is, 0..1.
pub fn plain(picture: &[u8]) -> Vec<f32> {
    picture.iter().map(|v| *v as f32 / 255.0).collect()
}

/// Half of the time a rectangle is painted over (Zhong et al. 2020, random erasing).
fn erase(out: &mut [f32], side: usize, channels: usize, r: Rng) {
    if r.unit(0) < 0.5 {
        return;
    }
    let extent = |i| 2 + r.below(i, (side / 3) as u64) as usize;
    let (w, h) = (extent(1), extent(2));
    let (x0, y0) = (r.below(3, (side - w) as u64) as usize, r.below(4, (side - h) as u64) as usize);
    for y in y0..y0 + h {
        for v in &mut out[(y * side + x0) * channels..(y * side + x0 + w) * channels] {
            *v = r.unit(5);
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
    fn shift(r: Rng, most: f32) -> Self {
        Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, x: r.range(0, -most, most), y: r.range(1, -most, most) }
    }
    /// One of the eight symmetries of the square.
    fn turned(self, which: u64) -> Self {
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
    /// Turned by `angle` radians, scaled, sheared.
    fn bent(self, angle: f32, scale: f32, shear: f32) -> Self {
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
            let mass: f32 = vary(&glyph, 28, 1, Kind::Glyphs, Rng::new(i)).iter().sum();
            assert!((45.0..90.0).contains(&mass), "{mass}");
            let again = vary(&glyph, 28, 1, Kind::Glyphs, Rng::new(i)).iter().sum::<f32>();
            assert_eq!(mass, again);
        }
    }
}
