//! Rows of the outputs, in their units.

use super::air::Air;
use super::gas::{FUEL, HEAT, SMOKE};
use super::ports::Output;
use super::solids::Solids;

/// What is shown.
pub struct Shown<'a> {
    /// The gas.
    pub air: &'a Air,
    /// Bodies in it.
    pub solids: &'a Solids,
    /// Heights/s of a cell/step.
    pub unit: f32,
    /// Seconds of a step; 0 before the first.
    pub seconds: f32,
    /// Temperature outside, K.
    pub ambient: f32,
}

impl Shown<'_> {
    /// A row of a plane of any output but `fire`.
    pub fn row(&self, port: Output, plane: usize, y: usize, row: &mut [f32]) {
        let (air, w, unit) = (self.air, self.air.size.0, self.unit);
        let span = y * w..(y + 1) * w;
        let per_second = unit * air.size.1 as f32;
        let rate = if self.seconds > 0.0 { 1.0 / self.seconds } else { 0.0 };
        match port {
            Output::Fire => row.fill(0.0),
            Output::Smoke => self.gas(SMOKE, 0.0, y, row),
            Output::Temperature => self.gas(HEAT, self.ambient, y, row),
            Output::Fuel => self.gas(FUEL, 0.0, y, row),
            Output::Burning => scaled(row, &air.burnt[span], rate),
            Output::Dye => match &air.dye {
                Some(dye) => row.iter_mut().zip(&dye.now[span]).for_each(|(v, dye)| *v = dye[plane]),
                None => row.fill(0.0),
            },
            Output::Velocity => {
                row.iter_mut().zip(&air.centres[span]).for_each(|(v, c)| *v = c[plane] * unit);
            }
            Output::Speed => {
                let speed = |[u, v]: &[f32; 2]| (u * u + v * v).sqrt() * unit;
                row.iter_mut().zip(&air.centres[span]).for_each(|(v, c)| *v = speed(c));
            }
            Output::Vorticity => scaled(row, &air.vorticity[span], per_second),
            Output::Pressure => scaled(row, air.projection.pressure_row(y), unit * unit),
            Output::Divergence => scaled(row, &air.projection.left()[span], per_second),
            Output::Solid => row.fill(0.0),
        }
        if let Some(solid) = self.solids.row(y, w) {
            let inside = match port {
                Output::Solid => 1.0,
                Output::Temperature => self.ambient,
                _ => 0.0,
            };
            row.iter_mut().zip(solid).for_each(|(v, &s)| *v = if s != 0 { inside } else { *v });
        }
    }

    fn gas(&self, channel: usize, plus: f32, y: usize, row: &mut [f32]) {
        let w = self.air.size.0;
        let gas = &self.air.gas.now[y * w..(y + 1) * w];
        row.iter_mut().zip(gas).for_each(|(v, gas)| *v = gas[channel] + plus);
    }
}

fn scaled(row: &mut [f32], from: &[f32], by: f32) {
    row.iter_mut().zip(from).for_each(|(v, f)| *v = f * by);
}
