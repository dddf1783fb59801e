//! Flocks as fields and as light.

use super::Boids;
use super::knobs::Output;
use world::field::Field;
use world::view::{Sampling, View};

/// Colours of those who fly left, right, and of the vertical, linear light.
const COOL: [f32; 3] = [0.10, 0.36, 1.0];
const WARM: [f32; 3] = [1.0, 0.47, 0.12];
const UPRIGHT: [f32; 3] = [0.62, 0.74, 0.82];
/// Colour of predators.
const RED: [f32; 3] = [1.0, 0.05, 0.03];
/// Radius of a predator, cells.
const PREDATOR: f32 = 2.2;

/// Of a picture that is not square a plane's row.
type Row<'a> = &'a mut [f32];

impl Boids {
    pub(super) fn show_port(&self, port: Output, view: &View, into: &mut Field) {
        let sampling = if self.torus { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        let counts = if port == Output::Boids { self.counts() } else { Vec::new() };
        view.project(into, self.size, sampling, |plane, y, row| match port {
            Output::Picture => self.light_row(plane, y, row),
            Output::Glow => row.iter_mut().zip(self.light.row(y)).for_each(|(v, cell)| *v = cell[0]),
            Output::Flow => {
                for (v, cell) in row.iter_mut().zip(self.light.row(y)) {
                    *v = if cell[0] > 1e-6 { cell[1 + plane] / (cell[0] * self.top) } else { 0.0 };
                }
            }
            Output::Boids => row.copy_from_slice(&counts[y * self.size.0..][..self.size.0]),
        });
    }

    /// Bodies in each cell.
    fn counts(&self) -> Vec<f32> {
        let (w, h) = self.size;
        let mut counts = vec![0.0; w * h];
        for (&x, &y) in self.flock.x.iter().zip(&self.flock.y) {
            counts[(y as usize).min(h - 1) * w + (x as usize).min(w - 1)] += 1.0;
        }
        counts
    }

    /// A row of one plane of the picture.
    fn light_row(&self, plane: usize, y: usize, row: Row) {
        expose(row, self.light.row(y), [COOL[plane], WARM[plane], UPRIGHT[plane]]);
        for predator in &self.predators {
            let [px, py] = predator.place;
            let (w, h) = (self.size.0 as f32, self.size.1 as f32);
            let dy = y as f32 + 0.5 - py;
            let dy = if self.torus { crate::swarm::bins::nearest(dy, h) } else { dy };
            if dy.abs() > PREDATOR + 1.0 {
                continue;
            }
            for (x, v) in row.iter_mut().enumerate() {
                let dx = x as f32 + 0.5 - px;
                let dx = if self.torus { crate::swarm::bins::nearest(dx, w) } else { dx };
                let cover = (PREDATOR + 0.5 - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0);
                *v += cover * (RED[plane] - *v);
            }
        }
    }
}

world::widest! {
    /// From light and flow to a plane of a picture: the colour follows the direction.
    fn expose(row: &mut [f32], cells: &[[f32; 3]], ends: [f32; 3]) {
        let n = row.len().min(cells.len());
        let (row, cells, [cool, warm, upright]) = (&mut row[..n], &cells[..n], ends);
        for i in 0..n {
            let [light, u, v] = cells[i];
            let square = u * u + v * v;
            let side = if square > 1e-9 { u / square.sqrt() } else { 0.0 };
            let mix = 0.5 + 0.5 * side;
            let level = 1.0 - side * side;
            let along = cool + mix * (warm - cool);
            let colour = along + level * level * (upright - along);
            let glow = 0.9 * light;
            let shown = colour * glow / (0.8 + glow) * 1.25;
            row[i] = if shown < 1.0 { shown } else { 1.0 };
        }
    }
}
