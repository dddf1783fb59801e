//! The output fields.

use rayon::prelude::*;

use world::field::Field;
use world::view::{Sampling, View};

use super::descent::{Lenia, Sum, potential};
use super::energy::Energy;
use crate::swarm::particle_life::crowd::Space;
use crate::swarm::particle_life::glow::{Dot, Fall, draw};
use crate::swarm::particle_life::near::Near;

/// Samples of the field per width of the kernel's ring.
const DETAIL: f32 = 1.8;
/// Most samples along an axis.
const MOST: usize = 512;
/// Rim of a particle's dot, units.
const RIM: f32 = 0.9;
/// Light of the field, of the growth, and of particles with little and much growth, linear RGB.
const COLOURS: [[f32; 3]; 4] =
    [[0.012, 0.014, 0.075], [0.000, 0.130, 0.105], [0.62, 0.06, 0.34], [1.0, 0.60, 0.16]];

/// What is drawn.
pub struct Scene<'a> {
    /// The particles.
    pub lenia: &'a Lenia<f32>,
    /// Their energy.
    pub energy: Energy<f32>,
    /// How long a unit is.
    pub unit: f32,
    /// Where they are.
    pub space: Space<f32>,
    /// Cells of the world.
    pub cells: (usize, usize),
}

impl Scene<'_> {
    /// The field on a grid of its own, coarse because it is smooth.
    pub fn sample(&self) -> Field {
        let detail = DETAIL / self.energy.sigma_k.min(1.0);
        let samples =
            |length: f32, cells: usize| ((length / self.unit * detail) as usize + 1).min(cells).min(MOST);
        let [w, h] =
            [samples(self.space.extent[0], self.cells.0), samples(self.space.extent[1], self.cells.1)];
        let mut grid = Field::new(w, h, 1);
        grid.data_mut().par_chunks_mut(w).enumerate().for_each_init(Near::default, |near, (y, row)| {
            self.sample_row(near, (y as f32 + 0.5) * self.space.extent[1] / h as f32, row);
        });
        grid
    }

    fn sample_row(&self, near: &mut Near<f32>, y: f32, row: &mut [f32]) {
        let (crowd, [width, height]) = (&self.lenia.crowd, self.space.extent);
        let ([columns, rows], sum) = (crowd.bins().counts(), Sum::new(&self.energy, self.unit, &self.space));
        let x: Vec<f32> = (0..row.len()).map(|i| (i as f32 + 0.5) * width / row.len() as f32).collect();
        let cell = |v: f32, length: f32, n: usize| ((v * (n as f32 / length)) as usize).min(n - 1);
        let mut from = 0;
        while from < row.len() {
            let column = cell(x[from], width, columns);
            let run =
                from..from + x[from..].iter().take_while(|x| cell(**x, width, columns) == column).count();
            near.take(crowd, [column, cell(y, height, rows)], self.space.extent, self.lenia.most().0);
            let (at, into) = ([&x[run.clone()], &vec![y; run.len()][..]], &mut row[run.clone()]);
            match crowd.bins().is_narrow() {
                true => potential::<f32, true>(at, near, &sum, into),
                false => potential::<f32, false>(at, near, &sum, into),
            }
            from = run.end;
        }
    }

    /// Field U.
    pub fn field(&self, grid: &Field, view: &View, into: &mut Field) {
        let sampling =
            if self.space.wraps == [true; 2] { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        view.project(into, grid.size(), sampling, |_, y, row| row.copy_from_slice(grid.row(0, y)));
    }

    /// Growth G.
    pub fn growth(&self, grid: &Field, view: &View, into: &mut Field) {
        self.field(grid, view, into);
        let energy = &self.energy;
        into.data_mut().par_chunks_mut(1 << 12).for_each(|row| grow(energy, row));
    }

    /// Energy R − G.
    pub fn energy(&self, grid: &Field, view: &View, into: &mut Field) {
        let mut growth = Field::new(into.width(), into.height(), 1);
        self.growth(grid, view, &mut growth);
        let light = [self.energy.repulsion(0.0)[0]; 3];
        self.draw(Fall::Square, self.unit, view, into, |_| light);
        into.data_mut().iter_mut().zip(growth.data()).for_each(|(v, growth)| *v -= growth);
    }

    /// Particles as dots.
    pub fn density(&self, view: &View, into: &mut Field) {
        self.draw(Fall::Halo, RIM * self.unit, view, into, |_| [1.0; 3]);
    }

    /// All of it in colours.
    pub fn picture(&self, grid: &Field, glow: f32, view: &View, into: &mut Field) {
        let (w, h) = into.size();
        let mut field = Field::new(w, h, 1);
        self.field(grid, view, &mut field);
        let [_, _, poor, rich] = COLOURS;
        self.draw(Fall::Halo, RIM * self.unit, view, into, |i| {
            let growth = self.energy.growth(self.lenia.field[i])[0];
            [0, 1, 2].map(|k| glow * (poor[k] + growth * (rich[k] - poor[k])))
        });
        let energy = &self.energy;
        let rows = into.data_mut().par_chunks_mut(w).enumerate();
        rows.for_each(|(i, row)| light(energy, field.row(0, i % h), glow, i / h, row));
    }

    fn draw(&self, fall: Fall, rim: f32, view: &View, into: &mut Field, light: impl Fn(usize) -> [f32; 3]) {
        let crowd = &self.lenia.crowd;
        let dot = |i: usize| Dot { at: [crowd.x[i], crowd.y[i]], rim, light: light(i) };
        let dots: Vec<Dot> = (0..crowd.len()).map(dot).collect();
        draw(&dots, fall, &self.space, self.cells, view, into);
    }
}

world::widest! {
    /// Growth of each value of a field.
    fn grow(energy: &Energy<f32>, row: &mut [f32]) {
        for v in row.iter_mut() {
            *v = energy.growth(*v)[0];
        }
    }
}

world::widest! {
    /// Adds the light of the field and of the growth in it to a row of a plane, and limits it.
    fn light(energy: &Energy<f32>, field: &[f32], glow: f32, plane: usize, row: &mut [f32]) {
        let [sea, land] = [glow * COLOURS[0][plane], glow * COLOURS[1][plane]];
        for (v, u) in row.iter_mut().zip(field) {
            let light = *v + u.min(4.0) * sea + energy.growth(*u)[0] * land;
            *v = light / (1.0 + 0.4 * light);
        }
    }
}
