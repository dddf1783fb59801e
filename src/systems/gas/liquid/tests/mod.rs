//! The liquid against physics, and against plain versions of its parts.

mod edges;
mod hostile;
mod laws;
mod look;
mod parts;
mod same;
mod theory;

use super::faces::Acceleration;
use super::grid::{Edge, Grid};
use super::particle::Particle;
use super::tank::{Rules, Tank};

/// Clear water.
pub const WATER: Rules =
    Rules { viscosity: 0.0, tension: 0.0, affinity: 1.0, foaming: [1e9, 2e9], foam: 1.0 };

/// A tank between walls, with particles in the cells where `inside` holds, four a cell and nearly even.
pub fn tank((w, h): (usize, usize), edges: [Edge; 4], inside: impl Fn(f32, f32) -> bool) -> Tank {
    let mut tank = Tank::new(Grid::new((w, h), edges));
    let r = world::rng::Rng::new(3);
    for y in 0..h {
        for x in 0..w {
            for k in 0..4 {
                let cell = ((y * w + x) * 4 + k) as u64;
                let part = |axis: u64| 0.1 * (r.fork(axis).unit(cell) - 0.5);
                let at = [
                    x as f32 + 0.25 + 0.5 * (k % 2) as f32 + part(0),
                    y as f32 + 0.25 + 0.5 * (k / 2) as f32 + part(1),
                ];
                if inside(at[0], at[1]) {
                    tank.sorted.all_mut().push(Particle::new(at, [0.1, 0.4, 0.9]));
                }
            }
        }
    }
    tank.settle();
    tank
}

/// Gravity downwards, cells/s².
pub fn down(gravity: f32) -> Acceleration {
    Acceleration { gravity: [0.0, gravity], field: Vec::new() }
}

/// One tick of 1/60 s in as many steps as it takes, up to `most`.
pub fn tick(tank: &mut Tank, rules: &Rules, forces: &Acceleration, most: usize) {
    let dt = 1.0 / 60.0;
    let steps = tank.steps(dt, most);
    for _ in 0..steps {
        tank.step(rules, forces, dt / steps as f32);
    }
}

/// Cells that are liquid.
pub fn volume(tank: &Tank) -> f64 {
    super::observe::volume(tank) as f64 * (tank.grid.w * tank.grid.h) as f64
}

/// Height of the surface over the bottom in a column, by the sum of its density; cells.
pub fn column(tank: &Tank, x: usize) -> f64 {
    (0..tank.grid.h).map(|y| tank.cells.fill[tank.grid.at(x, y)] as f64).sum()
}
