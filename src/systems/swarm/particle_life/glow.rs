//! Dots of soft light that add up, drawn at the reader's own size.

use rayon::prelude::*;

use world::field::Field;
use world::view::{Sampling, View};

use super::crowd::Space;

/// Rows that are drawn together.
const BAND: usize = 16;
/// Pixels that are drawn together.
const SPAN: usize = 16;
/// Images of a world that repeats, along each side: beyond that it is drawn once, and the picture repeated.
const IMAGES: i64 = 4;

/// How a dot's light falls off towards its rim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fall {
    /// A bright core in a faint halo; the core is a third as wide.
    Halo,
    /// As the square of the distance to the rim.
    Square,
}

/// A dot to be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Centre, in lengths of the space.
    pub at: [f32; 2],
    /// Distance at which nothing is left of it.
    pub rim: f32,
    /// Light in its middle, for each plane.
    pub light: [f32; 3],
}

/// A dot in pixels.
#[derive(Clone, Copy)]
struct Spot {
    at: [f32; 2],
    half: [f32; 2],
    /// 1 / rim², in lengths of the space.
    per_square: f32,
    light: [f32; 3],
}

/// From pixels to the space and back.
struct Lens {
    /// Lengths per pixel: (across by x, across by y, down by x, down by y).
    lengths: [f64; 4],
    pixels: [f64; 4],
    origin: [f64; 2],
    /// Side of a pixel.
    pixel: f64,
    images: [[i64; 2]; 2],
}

/// Draws dots of a space into up to three planes; `cells` is the size of the world that is drawn where its images are too
/// many to be drawn one by one.
pub fn draw(
    dots: &[Dot],
    fall: Fall,
    space: &Space<f32>,
    cells: (usize, usize),
    view: &View,
    into: &mut Field,
) {
    if let Some(lens) = Lens::new(space, view, into.size()) {
        return lens.draw(dots, fall, space, into);
    }
    let mut whole = Field::new(cells.0, cells.1, into.planes());
    if let Some(lens) = Lens::new(space, &View::WHOLE, cells) {
        lens.draw(dots, fall, space, &mut whole);
    }
    let sampling = if space.wraps == [true; 2] { Sampling::SmoothWrap } else { Sampling::SmoothBound };
    view.project(into, cells, sampling, |plane, y, row| row.copy_from_slice(whole.row(plane, y)));
}

impl Lens {
    /// `None` if it shows too many images of the world.
    fn new(space: &Space<f32>, view: &View, (w, h): (usize, usize)) -> Option<Self> {
        let (map, [width, height]) = (view.map((w, h)), space.extent.map(f64::from));
        let lengths = [map.ax * width, map.ay * width, map.bx * height, map.by * height];
        let det = lengths[0] * lengths[3] - lengths[1] * lengths[2];
        if !(det.abs() > 1e-18 && det.abs() < 1e12) {
            return None;
        }
        let pixels = [lengths[3] / det, -lengths[1] / det, -lengths[2] / det, lengths[0] / det];
        let corners = [(-1.0, -1.0), (w as f64, -1.0), (-1.0, h as f64), (w as f64, h as f64)];
        let mut images = [[0i64; 2]; 2];
        for k in (0..2).filter(|&k| space.wraps[k]) {
            let at = corners.map(|(x, y)| if k == 0 { map.at(x, y).0 } else { map.at(x, y).1 });
            let (low, high) = at.iter().fold((f64::MAX, f64::MIN), |(a, b), &v| (a.min(v), b.max(v)));
            if !(low.abs() < 1e6 && high.abs() < 1e6) {
                return None;
            }
            // A dot reaches into the next image.
            images[k] = [libm::floor(low) as i64 - 1, libm::floor(high) as i64 + 1];
            if images[k][1] - images[k][0] > IMAGES {
                return None;
            }
        }
        let origin = [map.a0 * width, map.b0 * height];
        Some(Self { lengths, pixels, origin, pixel: det.abs().sqrt(), images })
    }

    fn draw(&self, dots: &[Dot], fall: Fall, space: &Space<f32>, into: &mut Field) {
        let (w, h) = into.size();
        let spots = self.spots(dots, space, (w, h));
        let lengths = self.lengths.map(|v| v as f32);
        let mut bands: Vec<Vec<&mut [f32]>> = (0..h.div_ceil(BAND)).map(|_| Vec::new()).collect();
        for plane in into.data_mut().chunks_mut(w * h) {
            bands.iter_mut().zip(plane.chunks_mut(w * BAND)).for_each(|(band, rows)| band.push(rows));
        }
        bands.into_par_iter().zip(spots).enumerate().for_each(|(band, (mut planes, spots))| {
            planes.iter_mut().for_each(|rows| rows.fill(0.0));
            for spot in &spots {
                spot.add(fall, lengths, w, (band * BAND) as f32, &mut planes);
            }
        });
    }

    /// The dots in pixels, those that reach into each band of rows.
    fn spots(&self, dots: &[Dot], space: &Space<f32>, (w, h): (usize, usize)) -> Vec<Vec<Spot>> {
        let mut bands = vec![Vec::new(); h.div_ceil(BAND)];
        let [across, down] = self.images;
        let images: Vec<[f32; 2]> = (down[0]..=down[1])
            .flat_map(|j| (across[0]..=across[1]).map(move |i| [i, j]))
            .map(|image| self.offset(image, space))
            .collect();
        for dot in dots {
            let spot = self.spot(dot);
            for [x, y] in &images {
                let at = [spot.at[0] + x, spot.at[1] + y];
                let visible =
                    |k: usize, n: usize| at[k] + spot.half[k] > -0.5 && at[k] - spot.half[k] < n as f32 - 0.5;
                if visible(0, w) && visible(1, h) {
                    let band = |y: f32| y.clamp(0.0, h as f32 - 1.0) as usize / BAND;
                    let (first, last) = (band(at[1] - spot.half[1]), band(at[1] + spot.half[1] + 1.0));
                    bands[first..=last].iter_mut().for_each(|band| band.push(Spot { at, ..spot }));
                }
            }
        }
        bands
    }

    /// Where an image of the world lies in the picture, pixels.
    fn offset(&self, image: [i64; 2], space: &Space<f32>) -> [f32; 2] {
        let [dx, dy] = [0, 1].map(|k| image[k] as f64 * space.extent[k] as f64);
        let [a, b, c, d] = self.pixels;
        [(a * dx + b * dy) as f32, (c * dx + d * dy) as f32]
    }

    fn spot(&self, dot: &Dot) -> Spot {
        let [dx, dy] = [0, 1].map(|k| dot.at[k] as f64 - self.origin[k]);
        let [a, b, c, d] = self.pixels;
        // One smaller than some pixels is drawn as large as they are, and fainter.
        let rim = (dot.rim as f64).max(1.6 * self.pixel);
        let faint = dot.rim as f64 * dot.rim as f64 / (rim * rim);
        Spot {
            at: [(a * dx + b * dy) as f32, (c * dx + d * dy) as f32],
            half: [(rim * (a * a + b * b).sqrt()) as f32, (rim * (c * c + d * d).sqrt()) as f32],
            per_square: (1.0 / (rim * rim)) as f32,
            light: dot.light.map(|v| v * faint as f32),
        }
    }
}

impl Spot {
    /// Adds the part of a dot that lies in a band of rows, which begins at `top`.
    fn add(&self, fall: Fall, lengths: [f32; 4], w: usize, top: f32, planes: &mut [&mut [f32]]) {
        let rows = planes[0].len() / w;
        let limit = |v: f32, n: usize| v.clamp(0.0, n as f32) as usize;
        let columns = limit(self.at[0] - self.half[0], w)..limit(self.at[0] + self.half[0] + 1.0, w);
        for row in
            limit(self.at[1] - top - self.half[1], rows)..limit(self.at[1] - top + self.half[1] + 1.0, rows)
        {
            let dy = top + row as f32 - self.at[1];
            let mut column = columns.start;
            while column < columns.end {
                let n = SPAN.min(columns.end - column);
                let mut shares = [0.0; SPAN];
                shade(fall, [lengths, [column as f32 - self.at[0], dy, self.per_square, 0.0]], &mut shares);
                for (rows, light) in planes.iter_mut().zip(self.light) {
                    let row = &mut rows[row * w + column..][..n];
                    row.iter_mut().zip(&shares).for_each(|(v, share)| *v += share * light);
                }
                column += n;
            }
        }
    }
}

world::widest! {
    /// Light of a dot along a row: the lengths of a pixel, then where the row begins relative to the dot, 1 / rim².
    fn shade(fall: Fall, at: [[f32; 4]; 2], into: &mut [f32; SPAN]) {
        let ([a, b, c, d], [dx, dy, per_square, _]) = (at[0], at[1]);
        for (i, share) in into.iter_mut().enumerate() {
            let dx = dx + i as f32;
            let (u, v) = (a * dx + b * dy, c * dx + d * dy);
            *share = fall.of((1.0 - (u * u + v * v) * per_square).max(0.0));
        }
    }
}

impl Fall {
    /// Light where `left` is 1 − (distance / rim)², 0 or above.
    #[inline(always)]
    fn of(self, left: f32) -> f32 {
        let square = left * left;
        match self {
            Fall::Halo => 0.85 * square * square * square + 0.15 * square,
            Fall::Square => {
                let inward = 1.0 - (1.0 - left).max(0.0).sqrt();
                inward * inward
            }
        }
    }
}
