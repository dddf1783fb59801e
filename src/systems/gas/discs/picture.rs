//! Pictures of the discs, drawn at the reader's own size: each pixel gets the share of it that a disc covers.

use rayon::prelude::*;

use world::field::Field;
use world::view::{Sampling, View};

/// Rows that are drawn together.
const BAND: usize = 16;
/// Images of a world that repeats, along each side: beyond that it is drawn once, and the picture repeated.
const IMAGES: i64 = 4;

/// How a disc is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Evenly.
    Flat,
    /// As a ball, lit from the upper left.
    Ball,
}

/// A disc to be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sprite {
    /// Centre, cells.
    pub place: [f64; 2],
    /// Radius, cells.
    pub radius: f64,
    /// Brightness.
    pub value: f32,
}

/// The world that is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// Width and height, cells.
    pub size: [usize; 2],
    /// Along which axes it repeats.
    pub wraps: [bool; 2],
    /// How discs are filled.
    pub fill: Fill,
    /// The brightest that a pixel is.
    pub most: f32,
}

/// A disc in pixels: an ellipse, where the picture has other proportions than the world.
#[derive(Clone, Copy)]
struct Spot {
    x: f32,
    y: f32,
    /// Half its width and height.
    half: [f32; 2],
    radius: f32,
    value: f32,
}

/// From pixels to cells and back.
struct Lens {
    /// Cells per pixel: (across by x, across by y, down by x, down by y).
    cells: [f64; 4],
    origin: [f64; 2],
    pixels: [f64; 4],
    /// Side of a pixel, cells.
    pixel: f64,
}

impl Canvas {
    /// Draws discs, each the sum of what covers a pixel times its brightness.
    pub fn draw(&self, sprites: &[Sprite], view: &View, into: &mut Field) {
        match self.lens(view, into.size()) {
            Some((lens, images)) => self.draw_through(sprites, &lens, images, into),
            None => self.draw_small(sprites, view, into),
        }
    }

    /// The map, and which images of the world are in sight; `None` if they are too many.
    fn lens(&self, view: &View, (w, h): (usize, usize)) -> Option<(Lens, [[i64; 2]; 2])> {
        let (map, [width, height]) = (view.map((w, h)), self.size.map(|n| n as f64));
        let cells = [map.ax * width, map.ay * width, map.bx * height, map.by * height];
        let det = cells[0] * cells[3] - cells[1] * cells[2];
        if !(det.abs() > 1e-12 && det.abs() < 1e12) {
            return None;
        }
        let pixels = [cells[3] / det, -cells[1] / det, -cells[2] / det, cells[0] / det];
        let lens = Lens { cells, origin: [map.a0 * width, map.b0 * height], pixels, pixel: det.abs().sqrt() };
        let corners = [(-1.0, -1.0), (w as f64, -1.0), (-1.0, h as f64), (w as f64, h as f64)];
        let mut images = [[0i64; 2]; 2];
        for k in (0..2).filter(|&k| self.wraps[k]) {
            let at = corners.map(|(x, y)| if k == 0 { map.at(x, y).0 } else { map.at(x, y).1 });
            let (low, high) = at.iter().fold((f64::MAX, f64::MIN), |(a, b), &v| (a.min(v), b.max(v)));
            if !(low.abs() < 1e6 && high.abs() < 1e6) {
                return None;
            }
            // A disc reaches into the next image.
            images[k] = [libm::floor(low) as i64 - 1, libm::floor(high) as i64 + 1];
            if images[k][1] - images[k][0] > IMAGES {
                return None;
            }
        }
        Some((lens, images))
    }

    /// Draws the world at its own size, and the picture from that.
    fn draw_small(&self, sprites: &[Sprite], view: &View, into: &mut Field) {
        let mut whole = Field::new(self.size[0], self.size[1], 1);
        if let Some((lens, images)) = self.lens(&View::WHOLE, whole.size()) {
            self.draw_through(sprites, &lens, images, &mut whole);
        }
        let sampling = if self.wraps == [true; 2] { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        view.project(into, (self.size[0], self.size[1]), sampling, |_, y, row| {
            row.copy_from_slice(whole.row(0, y))
        });
    }

    fn draw_through(&self, sprites: &[Sprite], lens: &Lens, images: [[i64; 2]; 2], into: &mut Field) {
        let (w, h) = into.size();
        let bands = self.bands(sprites, lens, images, (w, h));
        let shade = Shade { fill: self.fill, cells: lens.cells.map(|v| v as f32), pixel: lens.pixel as f32 };
        into.plane_mut(0).par_chunks_mut(w * BAND).zip(&bands).enumerate().for_each(
            |(band, (rows, spots))| {
                rows.fill(0.0);
                for spot in spots {
                    for (i, row) in rows.chunks_exact_mut(w).enumerate() {
                        shade.row(spot, (band * BAND + i) as f32, row);
                    }
                }
                rows.iter_mut().for_each(|v| *v = v.min(self.most));
            },
        );
    }

    /// The discs in pixels, those that reach into each band of rows.
    fn bands(
        &self,
        sprites: &[Sprite],
        lens: &Lens,
        [across, down]: [[i64; 2]; 2],
        (w, h): (usize, usize),
    ) -> Vec<Vec<Spot>> {
        let mut bands = vec![Vec::new(); h.div_ceil(BAND)];
        let images: Vec<[f32; 2]> = (down[0]..=down[1])
            .flat_map(|j| (across[0]..=across[1]).map(move |i| [i, j]))
            .map(|i| self.offset(lens, i))
            .collect();
        for sprite in sprites {
            let spot = lens.spot(sprite);
            for [x, y] in &images {
                let image = Spot { x: spot.x + x, y: spot.y + y, ..spot };
                let visible = |at: f32, half: f32, n: usize| at + half > -0.5 && at - half < n as f32 - 0.5;
                if visible(image.x, image.half[0], w) && visible(image.y, image.half[1], h) {
                    let row = |y: f32| (y.clamp(0.0, h as f32 - 1.0) as usize).min(h - 1) / BAND;
                    let (first, last) = (row(image.y - image.half[1]), row(image.y + image.half[1] + 1.0));
                    bands[first..=last].iter_mut().for_each(|band| band.push(image));
                }
            }
        }
        bands
    }

    /// Where an image of the world lies in the picture, pixels.
    fn offset(&self, lens: &Lens, image: [i64; 2]) -> [f32; 2] {
        let [dx, dy] = [0, 1].map(|k| image[k] as f64 * self.size[k] as f64);
        let [a, b, c, d] = lens.pixels;
        [(a * dx + b * dy) as f32, (c * dx + d * dy) as f32]
    }
}

impl Lens {
    fn spot(&self, sprite: &Sprite) -> Spot {
        let [dx, dy] = [0, 1].map(|k| sprite.place[k] - self.origin[k]);
        let [a, b, c, d] = self.pixels;
        // One smaller than a pixel is drawn as large as one, and fainter.
        let large = sprite.radius.max(0.5 * self.pixel);
        let faint = sprite.radius * sprite.radius / (large * large);
        // A rim that fades across a pixel adds that much to the area.
        let radius = (large * large - self.pixel * self.pixel / 12.0).sqrt();
        let reach = radius + 0.5 * self.pixel;
        let half = [reach * (a * a + b * b).sqrt(), reach * (c * c + d * d).sqrt()];
        Spot {
            x: (a * dx + b * dy) as f32,
            y: (c * dx + d * dy) as f32,
            half: half.map(|v| v as f32),
            radius: radius as f32,
            value: sprite.value * faint as f32,
        }
    }
}

/// What a pixel shows of a disc.
struct Shade {
    fill: Fill,
    cells: [f32; 4],
    pixel: f32,
}

impl Shade {
    /// Adds the part of a disc that lies in a row.
    #[inline]
    fn row(&self, spot: &Spot, y: f32, row: &mut [f32]) {
        let dy = y - spot.y;
        if dy.abs() > spot.half[1] {
            return;
        }
        let limit = |x: f32| x.clamp(0.0, row.len() as f32) as usize;
        let (from, to) = (limit(spot.x - spot.half[0]), limit(spot.x + spot.half[0] + 1.0));
        let [a, b, c, d] = self.cells;
        let sharp = 1.0 / self.pixel;
        for (i, value) in row[from..to.max(from)].iter_mut().enumerate() {
            let dx = (from + i) as f32 - spot.x;
            let (u, v) = (a * dx + b * dy, c * dx + d * dy);
            let distance = (u * u + v * v).sqrt();
            let cover = ((spot.radius - distance) * sharp + 0.5).clamp(0.0, 1.0);
            let bright = match self.fill {
                Fill::Flat => 1.0,
                Fill::Ball => ball(u / spot.radius, v / spot.radius),
            };
            *value += cover * bright * spot.value;
        }
    }
}

/// Brightness of a ball at a place on it: diffuse light from the upper left, and a highlight.
#[inline(always)]
fn ball(u: f32, v: f32) -> f32 {
    let up = (1.0 - u * u - v * v).max(0.0).sqrt();
    let light = (0.6 * up - 0.48 * u - 0.64 * v).max(0.0);
    let glance = light * light;
    let glance = glance * glance;
    0.12 + 0.63 * light + 0.25 * glance * glance
}
