//! What is shown and measured of the liquid.

use rayon::prelude::*;
use world::field::rows_per_task;

use super::cells::SURFACE;
use super::colours::Colours;
use super::gather::Report;
use super::grid::PER_CELL;
use super::ports::Output;
use super::tank::Tank;

/// Fastest that is shown, cells/tick: next to solids that close in, faces may be faster than any particle.
const FASTEST: f32 = 50.0;
/// Highest pressure that is shown, heights²/s².
const HIGHEST: f32 = 1e3;

/// Figures of a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Share of the world that is liquid.
    pub volume: f32,
    /// Mean kinetic energy, heights²/s².
    pub kinetic: f32,
    /// Mean speed of the surface, heights/s.
    pub splash: f32,
    /// Change of volume that the worst step leaves in the worst cell.
    pub residual: f32,
}

impl Figures {
    /// Takes the report of a step.
    pub fn take(&mut self, report: &Report, tank: &Tank, height: f32) {
        let count = tank.sorted.all().len().max(1) as f64;
        self.kinetic = (report.kinetic / (count * (height * height) as f64)) as f32;
        self.splash = (report.splash / (report.surface.max(1) as f64 * height as f64)) as f32;
        self.residual = self.residual.max(tank.solver.residual * tank.dt);
    }
}

/// Share of a cell that is liquid, by its density: the surface is where it is half.
#[inline(always)]
fn cover(fill: f32) -> f32 {
    ((fill - SURFACE) * 1.5 + 0.5).clamp(0.0, 1.0)
}

/// Share of the world that is liquid: within the surface, and in drops that fly.
pub fn volume(tank: &Tank) -> f32 {
    let (grid, fill) = (&tank.grid, &tank.cells.fill);
    let flying = tank.sorted.all().iter().filter(|p| p.flight > 0.0).count();
    let row = |y: usize| fill[grid.row(y)].iter().map(|f| cover(*f) as f64).sum::<f64>();
    let rows: Vec<f64> = (0..grid.h).into_par_iter().with_min_len(rows_per_task(grid.w)).map(row).collect();
    let drops = flying as f64 / PER_CELL as f64;
    ((rows.iter().sum::<f64>() + drops) / (grid.w * grid.h) as f64) as f32
}

/// Everything that outputs are made of.
pub struct Source<'a> {
    /// The liquid.
    pub tank: &'a Tank,
    /// Its colours.
    pub colours: &'a Colours,
    /// Length of a tick, s.
    pub tick: f32,
}

impl Source<'_> {
    /// One row of an output.
    pub fn show(&self, port: Output, plane: usize, y: usize, row: &mut [f32]) {
        let grid = &self.tank.grid;
        let first = grid.at(0, y);
        let s = grid.stride();
        let (u, v) = (&self.tank.faces.u, &self.tank.faces.v);
        let fill = &self.tank.cells.fill;
        let height = grid.h as f32;
        let pressure = 1.0 / (self.tank.dt.max(1e-4) * height * height);
        let paint = &self.colours.cells;
        let shown = |v: f32| v.clamp(-FASTEST, FASTEST);
        let across = |i: usize| shown(0.5 * (u[i] + u[i + 1]) * self.tick);
        let down = |i: usize| shown(0.5 * (v[i] + v[i + s]) * self.tick);
        let mut write = |value: &dyn Fn(usize) -> f32| {
            row.iter_mut().enumerate().for_each(|(x, out)| *out = value(first + x));
        };
        match port {
            Output::Liquid => write(&|i| cover(fill[i])),
            Output::Velocity if plane == 0 => write(&|i| cover(fill[i]) * across(i)),
            Output::Velocity => write(&|i| cover(fill[i]) * down(i)),
            Output::Speed => write(&|i| {
                let (u, v) = (across(i), down(i));
                cover(fill[i]) * (u * u + v * v).sqrt()
            }),
            Output::Vorticity => write(&|i| {
                let inside = [i - 1, i + 1, i - s, i + s].iter().map(|&n| cover(fill[n])).fold(1.0, f32::min);
                inside
                    * 0.5
                    * (down(i + 1) - down(i - 1) - across((i + s).min(u.len() - s - 1)) + across(i - s))
            }),
            Output::Pressure => write(&|i| (self.tank.pressure[i] * pressure).clamp(-HIGHEST, HIGHEST)),
            Output::Foam => write(&|i| (fill[i] * 2.0).min(1.0) * paint[i][3].clamp(0.0, 1.0)),
            Output::Colour | Output::Picture => write(&|i| cover(fill[i]) * paint[i][plane.min(2)]),
        }
    }
}
