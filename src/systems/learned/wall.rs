//! Pictures side by side, as one world.

use learn::ImageShape;
use world::field::Field;
use world::frame::colour::linear_of_srgb;
use world::view::{Sampling, View};

/// A wall of pictures of one size.
pub struct ImageWall {
    /// Pictures across and down.
    pub grid: (usize, usize),
    /// Pixels of one picture, across and down.
    pub tile: (usize, usize),
    channels: usize,
    /// Linear RGB planes of the whole wall.
    planes: [Vec<f32>; 3],
    /// Light of each of 1024 steps of sRGB.
    light: Vec<f32>,
}

const STEPS: usize = 1024;

impl ImageWall {
    /// The given rows and columns of pictures; 0 columns gives as many as keep pictures square on a canvas of `size`.
    pub fn new(size: (usize, usize), (columns, rows): (usize, usize), shape: ImageShape) -> Self {
        let square = ((size.0 * rows) as f64 / size.1.max(1) as f64).round().max(1.0) as usize;
        let columns = if columns == 0 { square } else { columns };
        Self::of((columns, rows), (shape.side, shape.side), shape.channels)
    }

    /// A wall of a grid of tiles.
    pub fn of(grid: (usize, usize), tile: (usize, usize), channels: usize) -> Self {
        let light = (0..=STEPS).map(|i| linear_of_srgb(i as f64 / STEPS as f64) as f32).collect();
        let plane = vec![0f32; grid.0 * grid.1 * tile.0 * tile.1];
        Self { grid, tile, channels, planes: [plane.clone(), plane.clone(), plane], light }
    }

    /// Pictures on the wall.
    pub fn count(&self) -> usize {
        self.grid.0 * self.grid.1
    }

    /// Pixels of the wall.
    pub fn size(&self) -> (usize, usize) {
        (self.grid.0 * self.tile.0, self.grid.1 * self.tile.1)
    }

    /// Puts a picture (planes in 0..1) at a position of the wall.
    pub fn put(&mut self, place: usize, picture: &[f32]) {
        let (w, h) = self.tile;
        let wide = self.size().0;
        let corner = place / self.grid.0 * h * wide + place % self.grid.0 * w;
        for (c, plane) in self.planes.iter_mut().enumerate() {
            let source = &picture[c.min(self.channels - 1) * w * h..][..w * h];
            for (y, row) in source.chunks_exact(w).enumerate() {
                let line = &mut plane[corner + y * wide..][..w];
                line.iter_mut()
                    .zip(row)
                    .for_each(|(p, v)| *p = self.light[(v.clamp(0.0, 1.0) * STEPS as f32) as usize]);
            }
        }
    }

    /// The picture at a position of the world (fractions), and the position in it (fractions).
    pub fn under(&self, x: f32, y: f32) -> (usize, f32, f32) {
        let along = |v: f32, n: usize| {
            let v = v.clamp(0.0, 0.999_99) * n as f32;
            (v as usize, v - (v as usize) as f32)
        };
        let ((column, u), (row, v)) = (along(x, self.grid.0), along(y, self.grid.1));
        (row * self.grid.0 + column, u, v)
    }

    /// Shows colour (three planes) or light (one plane, Rec. 709).
    pub fn show(&self, view: &View, into: &mut Field, colour: bool) {
        let wide = self.size().0;
        view.project(into, self.size(), Sampling::SmoothBound, |plane, y, row| {
            let line = |p: usize| &self.planes[p][y * wide..][..wide];
            match colour {
                true => row.copy_from_slice(line(plane)),
                false => {
                    let (r, g, b) = (line(0), line(1), line(2));
                    for (i, v) in row.iter_mut().enumerate() {
                        *v = 0.2126 * r[i] + 0.7152 * g[i] + 0.0722 * b[i];
                    }
                }
            }
        });
    }

    /// Mean light of the wall.
    pub fn mean(&self) -> f32 {
        let n = self.planes[0].len().max(1) as f64;
        let weighted = self.planes.iter().zip([0.2126, 0.7152, 0.0722]);
        weighted.map(|(p, w)| w * p.iter().map(|v| *v as f64).sum::<f64>() / n).sum::<f64>() as f32
    }
}
