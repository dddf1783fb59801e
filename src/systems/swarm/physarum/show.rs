//! Trails as fields, and as light.

use std::ops::Range;

use super::Physarum;
use super::knobs::{Output, SPECIES};
use world::field::Field;
use world::view::{Sampling, View};

/// Colours of the species, linear light: amber, a cold blue, rose.
const COLOURS: [[f32; 3]; 3] = [[1.0, 0.5, 0.1], [0.10, 0.42, 1.0], [0.95, 0.16, 0.34]];
/// What thick veins tend to.
const HOT: [f32; 3] = [1.0, 0.95, 0.85];
/// Trail, in means, of which a vein is halfway from its colour to the hot one.
const BRIGHT: f32 = 22.0;

impl Physarum {
    pub(super) fn show_port(&self, port: Output, view: &View, into: &mut Field) {
        match port {
            Output::Picture => self.project(view, into, |plane, y, row| self.light_row(plane, y, row)),
            Output::Trail => self.project(view, into, |_, y, row| self.trail_row(0..1, y, row)),
            Output::Trail2 => self.project(view, into, |_, y, row| self.trail_row(1..2, y, row)),
            Output::Trail3 => self.project(view, into, |_, y, row| self.trail_row(2..3, y, row)),
            Output::All => self.project(view, into, |_, y, row| self.trail_row(0..SPECIES, y, row)),
        }
    }

    fn project(&self, view: &View, into: &mut Field, native: impl Fn(usize, usize, &mut [f32]) + Sync) {
        let sampling = if self.torus { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        view.project(into, self.size, sampling, native);
    }

    /// A row of the trails of some species together, in means.
    fn trail_row(&self, of: Range<usize>, y: usize, row: &mut [f32]) {
        row.fill(0.0);
        for species in self.species.iter().skip(of.start).take(of.len()) {
            let (trail, scale) = (&species.trail.now[y * self.size.0..], 1.0 / species.mean);
            row.iter_mut().zip(trail).for_each(|(v, t)| *v += t * scale);
        }
    }

    /// A row of one plane of the picture: light as of luminous ink, which adds up.
    fn light_row(&self, plane: usize, y: usize, row: &mut [f32]) {
        row.fill(0.0);
        let part = y * self.size.0..(y + 1) * self.size.0;
        for (species, colour) in self.species.iter().zip(COLOURS) {
            glow(row, &species.trail.now[part.clone()], 1.0 / species.mean, [colour[plane], HOT[plane]]);
        }
        expose(row);
    }
}

world::widest! {
    /// Adds the light of a trail: thick veins burn out from its colour to the hot one.
    fn glow(row: &mut [f32], trail: &[f32], scale: f32, ends: [f32; 2]) {
        let n = row.len().min(trail.len());
        let (row, trail, [cold, hot]) = (&mut row[..n], &trail[..n], ends);
        for i in 0..n {
            let t = trail[i] * scale;
            let t = if t < 1e4 { t } else { 1e4 };
            let heat = t / (t + BRIGHT);
            row[i] += 0.2 * t * t / (t + 6.0) * (cold + heat * heat * (hot - cold));
        }
    }
}

world::widest! {
    /// From any light to 0..1.
    fn expose(row: &mut [f32]) {
        for light in row.iter_mut() {
            let shown = 1.25 * *light / (1.0 + *light);
            *light = if shown < 1.0 { shown } else { 1.0 };
        }
    }
}
