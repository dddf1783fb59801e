//! The picture: each light a soft point, at the reader's own size, and around them a halo.

use rayon::prelude::*;

use world::field::Field;
use world::view::View;

/// Rows that are painted together.
const BAND: usize = 16;
/// Least radius of a point, pixels; a smaller one is as large, and fainter.
const LEAST: f32 = 1.2;
/// Pixels that all points together may cover, of each plane.
const MOST: f32 = 6e6;

/// A light.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Light {
    /// Across and down, fractions of the world.
    pub place: [f32; 2],
    /// Radius, heights of the world.
    pub radius: f32,
    /// Brightness in each plane, at the centre.
    pub light: [f32; 3],
}

/// A light in pixels.
#[derive(Clone, Copy, Default)]
pub struct Spot {
    /// Across.
    pub x: f32,
    /// Down.
    pub y: f32,
    /// Radius.
    pub radius: f32,
    /// Brightness in each plane.
    pub light: [f32; 3],
}

/// From fractions of a world to pixels of a picture.
pub struct Lens {
    pixels: [f64; 4],
    origin: [f64; 2],
    /// Pixels per height of the world.
    pub pixels_per_height: f32,
}

impl Lens {
    /// Of a view of a world this many times as wide as high; none if it is too extreme.
    pub fn new(view: &View, size: (usize, usize), aspect: f64) -> Option<Self> {
        let map = view.map(size);
        let det = map.ax * map.by - map.ay * map.bx;
        if !(det.abs() > 1e-18 && det.abs() < 1e12) {
            return None;
        }
        let pixels = [map.by / det, -map.ay / det, -map.bx / det, map.ax / det];
        let pixel = (det.abs() * aspect).sqrt();
        Some(Self { pixels, origin: [map.a0, map.b0], pixels_per_height: (1.0 / pixel) as f32 })
    }

    /// Where a light appears; radii are at most `most` pixels.
    fn spot(&self, light: &Light, most: f32) -> Spot {
        let [u, v] = [0, 1].map(|k| light.place[k] as f64 - self.origin[k]);
        let [a, b, c, d] = self.pixels;
        let wanted = (light.radius * self.pixels_per_height).min(1e3);
        let radius = wanted.min(most).max(LEAST);
        let faint = (wanted * wanted / (radius * radius)).min(1.0);
        let (x, y) = ((a * u + b * v).clamp(-1e6, 1e6), (c * u + d * v).clamp(-1e6, 1e6));
        Spot { x: x as f32, y: y as f32, radius, light: light.light.map(|v| v * faint) }
    }

    /// All lights in pixels.
    pub fn spots(&self, lights: &[Light]) -> Vec<Spot> {
        let most = (MOST / (4.0 * lights.len().max(1) as f32)).sqrt();
        lights.par_iter().with_min_len(1024).map(|light| self.spot(light, most)).collect()
    }
}

/// Adds points to the three planes of a picture, or to its only one.
pub fn points(spots: &[Spot], into: &mut Field) {
    let ((w, h), planes) = (into.size(), into.planes());
    let (order, starts) = by_band(spots, h);
    let shown = |band: usize| &order[starts[band] as usize..starts[band + 1] as usize];
    let (first, rest) = into.data_mut().split_at_mut(w * h);
    let first = first.par_chunks_mut(w * BAND).enumerate();
    if planes < 3 {
        first.for_each(|(band, rows)| {
            shown(band).iter().for_each(|&who| dab(&spots[who as usize], band * BAND, w, [rows]));
        });
        return;
    }
    let (second, third) = rest.split_at_mut(w * h);
    let others = second.par_chunks_mut(w * BAND).zip(third.par_chunks_mut(w * BAND));
    first.zip(others).for_each(|((band, a), (b, c))| {
        shown(band).iter().for_each(|&who| dab(&spots[who as usize], band * BAND, w, [a, b, c]));
    });
}

/// The spots that reach into each band of rows, in their order.
fn by_band(spots: &[Spot], height: usize) -> (Vec<u32>, Vec<u32>) {
    let bands = height.div_ceil(BAND);
    let reached = |spot: &Spot| {
        let band = |y: f32| (y.clamp(0.0, (height - 1) as f32) as usize) / BAND;
        let is_seen = spot.y + spot.radius >= 0.0 && spot.y - spot.radius <= (height - 1) as f32;
        if is_seen { band(spot.y - spot.radius)..band(spot.y + spot.radius) + 1 } else { 0..0 }
    };
    let mut starts = vec![0u32; bands + 2];
    spots.iter().flat_map(reached).for_each(|band| starts[band + 2] += 1);
    (2..bands + 2).for_each(|band| starts[band] += starts[band - 1]);
    let mut order = vec![0u32; starts[bands + 1] as usize];
    for (i, spot) in spots.iter().enumerate() {
        for band in reached(spot) {
            order[starts[band + 1] as usize] = i as u32;
            starts[band + 1] += 1;
        }
    }
    starts.truncate(bands + 1);
    (order, starts)
}

/// Adds what a band of rows of some planes, the first of which is `top`, shows of a spot: (1 − d²/r²)².
fn dab<const N: usize>(spot: &Spot, top: usize, width: usize, mut planes: [&mut [f32]; N]) {
    let limit = |v: f32, n: usize| v.clamp(0.0, n as f32) as usize;
    let (left, right) =
        (limit((spot.x - spot.radius).ceil(), width), limit(spot.x + spot.radius + 1.0, width));
    let rows = planes[0].len() / width;
    let y = |v: f32| limit(v - top as f32, rows);
    let inverse = 1.0 / (spot.radius * spot.radius);
    for row in y((spot.y - spot.radius).ceil())..y(spot.y + spot.radius + 1.0) {
        let dy = (top + row) as f32 - spot.y;
        let rest = 1.0 - dy * dy * inverse;
        for x in left..right {
            let dx = x as f32 - spot.x;
            let part = (rest - dx * dx * inverse).max(0.0);
            for (plane, light) in planes.iter_mut().zip(spot.light) {
                plane[row * width + x] += light * part * part;
            }
        }
    }
}
