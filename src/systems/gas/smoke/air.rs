//! The state of the gas: flow, what it carries, and the planes that a step needs.

use rayon::prelude::*;

use super::advect::{Carried, Place, Traces, World};
use super::combust::Rates;
use super::confine::Cells;
use super::diffuse::Work;
use super::gas::{Gas, LIMIT};
use super::mac::Flow;
use super::projection::Projection;
use super::sides::Sides;
use world::field::rows_per_task;

/// The gas and its flow.
pub struct Air {
    /// Cells across, down.
    pub size: (usize, usize),
    /// What is at the sides.
    pub sides: Sides,
    /// Velocity on faces, cells a step.
    pub flow: Flow<f32>,
    /// Velocity at centres, cells a step.
    pub centres: Vec<[f32; 2]>,
    /// What the gas carries.
    pub gas: Carried<f32, 4>,
    /// Coloured smoke, linear RGB; none until there is any.
    pub dye: Option<Carried<f32, 4>>,
    /// Vorticity at centres, 1/step.
    pub vorticity: Vec<f32>,
    /// Fuel burnt in the last step.
    pub burnt: Vec<f32>,
    /// Accelerations at centres, cells/step².
    pub force: Vec<[f32; 2]>,
    /// Pressure solver.
    pub projection: Projection<f32>,
    /// Where gas comes from and goes.
    pub traces: Traces<f32>,
    /// The two components of the flow while they are carried.
    pub carried: [Carried<f32, 1>; 2],
    /// For diffusion.
    pub work: Work<f32>,
    /// Whether the velocities at centres are those of the faces.
    pub centred: bool,
    /// Mean smoke and heat after the last tick.
    pub means: [f32; 2],
    /// Whether the next step carries the reflected flow.
    pub reflects: bool,
}

impl Air {
    /// Clear air at rest.
    pub fn new(size: (usize, usize), sides: Sides) -> Self {
        let (w, h) = size;
        let n = w * h;
        Self {
            size,
            sides,
            flow: Flow::new(size),
            centres: vec![[0.0; 2]; n],
            gas: Carried::new(vec![[0.0; 4]; n]),
            dye: None,
            vorticity: vec![0.0; n],
            burnt: vec![0.0; n],
            force: vec![[0.0; 2]; n],
            projection: Projection::new(size, sides, None),
            traces: Traces::new(n),
            carried: [Carried::room((w + 1) * h), Carried::room(w * (h + 1))],
            work: Work::default(),
            centred: false,
            means: [0.0; 2],
            reflects: false,
        }
    }

    /// Whether passes should use threads.
    pub fn wide(&self) -> bool {
        self.flow.wide()
    }

    /// The grid of centres.
    pub fn cells(&self) -> Cells {
        Cells { size: self.size, wraps: self.sides.wraps() }
    }

    /// Takes velocities at centres from those on faces, unless they are.
    pub fn centre(&mut self) {
        if std::mem::replace(&mut self.centred, true) {
            return;
        }
        let (w, flow) = (self.size.0, &self.flow);
        let rows = self.centres.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, row)| {
            let u = &flow.u[y * (w + 1)..(y + 1) * (w + 1)];
            let (above, below) = flow.v[y * w..(y + 2) * w].split_at(w);
            centre_row(row, u, above, below);
        });
    }

    /// Multiplies all velocities.
    pub fn scale(&mut self, by: f32) {
        let limit = LIMIT;
        self.centred = false;
        for plane in [&mut self.flow.u, &mut self.flow.v] {
            plane.iter_mut().for_each(|v| *v = (*v * by).clamp(-limit, limit));
        }
    }

    /// Follows the gas over a step and carries flow, gas and dye along; the gas burns on the way.
    pub fn carry(&mut self, scheme: super::advect::Scheme, rates: &Rates) {
        let (wraps, wide) = (self.sides.wraps(), self.wide());
        let world = World { size: self.size, wraps };
        self.traces.follow(Place::Centres.nodes(self.size, wraps), &self.centres, wide);
        let traces = &self.traces;
        let burn = |gas: &mut [Gas], burnt: &mut [f32]| rates.burn_row(gas, burnt);
        self.gas.carry_and(world, Place::Centres, traces, scheme, &mut self.burnt, burn);
        if let Some(dye) = &mut self.dye {
            let rows = &mut vec![(); self.size.1];
            dye.carry_and(world, Place::Centres, traces, scheme, rows, |row, _| rates.thin_row(row));
        }
        let [across, down] = &mut self.carried;
        for (carried, plane, place) in
            [(across, &mut self.flow.u, Place::Across), (down, &mut self.flow.v, Place::Down)]
        {
            carried.now = bytemuck::cast_vec(std::mem::take(plane));
            carried.carry(world, place, traces, scheme);
            *plane = bytemuck::cast_vec(std::mem::take(&mut carried.now));
        }
        self.centred = false;
    }
}

world::widest! {
    fn centre_row(row: &mut [[f32; 2]], u: &[f32], above: &[f32], below: &[f32]) {
        let n = row.len();
        let (left, right, above, below) = (&u[..n], &u[1..n + 1], &above[..n], &below[..n]);
        for x in 0..n {
            row[x] = [0.5 * (left[x] + right[x]), 0.5 * (above[x] + below[x])];
        }
    }
}
