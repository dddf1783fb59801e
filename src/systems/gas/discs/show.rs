//! The output fields, and what is told in words.

use core::f64::consts::PI;

use world::field::{Field, LIMIT};
use world::view::{Sampling, View};

use super::blocks::Blocks;
use super::disc::Disc;
use super::params::Output;
use super::picture::{Canvas, Fill, Sprite};

/// What is shown of a gas.
pub struct Scene<'a> {
    /// The discs.
    pub discs: &'a [Disc],
    /// Their masses.
    pub masses: &'a [f64],
    /// Cells of the world.
    pub size: [usize; 2],
    /// Along which axes it repeats.
    pub wraps: [bool; 2],
}

impl Scene<'_> {
    /// Draws each disc in a brightness, of which pixels get at most `most`; those of none are left out.
    pub fn draw(&self, fill: Fill, most: f32, view: &View, into: &mut Field, value: impl Fn(usize) -> f32) {
        let sprite = |(i, d): (usize, &Disc)| Sprite { place: d.place, radius: d.radius, value: value(i) };
        let sprites: Vec<Sprite> =
            self.discs.iter().enumerate().map(sprite).filter(|s| s.value > 0.0).collect();
        Canvas { size: self.size, wraps: self.wraps, fill, most }.draw(&sprites, view, into);
    }

    /// A coarse field, in cells about `grain` wide.
    pub fn blocks(&self, port: Output, grain: usize, view: &View, into: &mut Field) {
        let blocks = Blocks::new(self.size.map(|n| n as f64), grain, self.wraps);
        let area = blocks.area();
        let (discs, mass) = (self.discs, |i: usize| self.masses[i]);
        let momentum = |k: usize| blocks.sum(discs, |i| mass(i) * discs[i].velocity[k] / area);
        let mean = |k: usize| blocks.mean(discs, mass, |i| discs[i].velocity[k]);
        let energy = |i: usize| 0.5 * mass(i) * discs[i].square_speed();
        let planes = match port {
            Output::Momentum => [momentum(0), momentum(1)],
            Output::Velocity => [mean(0), mean(1)],
            Output::Energy => [blocks.mean(discs, |_| 1.0, energy), Vec::new()],
            _ => {
                let covered = blocks.sum(discs, |i| PI * discs[i].radius * discs[i].radius / area);
                [covered.into_iter().map(|v| v.min(1.0)).collect(), Vec::new()]
            }
        };
        let planes =
            planes.map(|cells| cells.into_iter().map(|v| v.clamp(-LIMIT, LIMIT)).collect::<Vec<f32>>());
        self.project([&planes[0], &planes[1]], blocks.counts, view, into);
    }

    /// Shows planes of so many cells.
    pub fn project(&self, planes: [&[f32]; 2], [w, h]: [usize; 2], view: &View, into: &mut Field) {
        let sampling = if self.wraps == [true; 2] { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        view.project(into, (w, h), sampling, |plane, y, row| {
            row.copy_from_slice(&planes[plane][y * w..][..w])
        });
    }
}
