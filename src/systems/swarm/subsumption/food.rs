//! Food: its field, consumption, regrowth, and the diffusion of its smell.

use rayon::prelude::*;

use super::agents::{AgentBlock, BITES, DROPS};
use super::grid::{BLOCK, Grid};
use super::steer::Vec2;
use world::brush::Brush;
use world::field::{Field, rows_per_task};
use world::rng::Rng;
use world::stencil::Boundary;
use world::widest;

/// The food field: `source − eaten`, never below zero; dropped food is a negative `eaten`.
#[derive(Debug)]
pub struct FoodField {
    grid: Grid,
    patches: Vec<f32>,
    eaten: Vec<f32>,
    /// Food that can be picked up, per cell.
    pub food: Vec<f32>,
    /// Its smell, per block.
    pub odour: Field,
    spare: Field,
}

/// Most dropped food in a cell.
const HEAP: f32 = 16.0;

impl FoodField {
    /// Scattered patches: round, at random places outside `home` (place and radius).
    pub fn new(grid: Grid, patches: u32, radius: f32, home: (Vec2, f32), rng: Rng) -> Self {
        let mut pheromones = vec![0.0; grid.cells()];
        for patch in 0..patches as u64 {
            let r = rng.fork(patch);
            // Of eight tries the first that is clear of home; the last, if none is.
            let place = |t: u64| {
                Vec2::new(r.range(2 * t, 0.0, grid.w as f32), r.range(2 * t + 1, 0.0, grid.h as f32))
            };
            let clear = |p: &Vec2| {
                let way = grid.way(*p, home.0);
                way.dot(way).sqrt() > 2.0 * (radius + home.1)
            };
            // The first of eight places that is clear of home, or else the last.
            let at = (0..8).map(place).find(clear).unwrap_or(place(7));
            let patch =
                Brush::disc([at.x, at.y], radius * r.range(99, 0.6, 1.2), (grid.w, grid.h), [grid.torus; 2]);
            patch.for_each(|x, y, _| pheromones[y * grid.w + x] = 1.0);
        }
        let coarse = grid.coarse();
        Self {
            grid,
            food: pheromones.clone(),
            patches: pheromones,
            eaten: vec![0.0; grid.cells()],
            odour: Field::new(coarse.w, coarse.h, 1),
            spare: Field::new(coarse.w, coarse.h, 1),
        }
    }

    /// Drops food under a touch that gives.
    pub fn touch(&mut self, brush: &Brush) {
        let most = 0.1 * brush.amount();
        brush.paint(&mut self.eaten, |_, _, eaten, weight| *eaten = (*eaten - most * weight).max(-HEAP));
    }

    /// Updates food and smell: `keep` of the old smell stays, diffused over the neighbours. Returns the mean food per
    /// cell.
    pub fn update(&mut self, grid: Grid, wired: Option<&Field>, regrow: f32, keep: f32) -> f32 {
        self.grid = grid;
        let coarse = grid.coarse();
        let source = wired.map_or(&self.patches[..], |f| f.plane(0));
        let rows = self.food.par_chunks_mut(grid.w * BLOCK).zip(self.eaten.par_chunks_mut(grid.w * BLOCK));
        let rows =
            rows.zip(source.par_chunks(grid.w * BLOCK)).zip(self.spare.data_mut().par_chunks_mut(coarse.w));
        rows.with_min_len(rows_per_task(grid.w * BLOCK)).for_each(|(((food, eaten), source), sums)| {
            sums.fill(0.0);
            let lines = food.chunks_mut(grid.w).zip(eaten.chunks_mut(grid.w)).zip(source.chunks(grid.w));
            for ((food, eaten), source) in lines {
                grow(food, eaten, source, regrow, sums);
            }
        });
        let left = self.spare.mean(0) * coarse.cells() as f64 / grid.cells() as f64;
        let share = 1.0 / (BLOCK * BLOCK) as f32;
        self.spare.data_mut().iter_mut().zip(self.odour.data()).for_each(|(s, o)| {
            *s = (o * keep + s.min(1e4) * share * (1.0 - keep)).min(1e4);
        });
        blur(&self.spare, grid.torus, &mut self.odour);
        left as f32
    }

    /// Picks up and drops food, agent by agent, so that no portion is taken twice.
    pub fn serve(&mut self, blocks: &mut [AgentBlock], portion: f32, appetite: f32) {
        for block in blocks.iter_mut().filter(|b| b.tally.wishes > 0) {
            for i in 0..block.len {
                let cell = self.grid.inside(block.at(i));
                match block.wish[i] {
                    BITES if self.food[cell] >= appetite => {
                        let bite = portion.min(self.food[cell]);
                        self.eaten[cell] += bite;
                        self.food[cell] -= bite;
                        block.load[i] = 1;
                    }
                    DROPS => self.eaten[cell] = (self.eaten[cell] - portion).max(-HEAP),
                    _ => {}
                }
            }
        }
    }
}

widest! {
    /// Regrows the food of one row, and adds it to the sums of its blocks.
    fn grow(food: &mut [f32], eaten: &mut [f32], source: &[f32], regrow: f32, sums: &mut [f32]) {
        for ((f, e), &s) in food.iter_mut().zip(eaten.iter_mut()).zip(source) {
            let grown = if *e > 0.0 { (*e - regrow).max(0.0) } else { *e };
            *e = grown;
            *f = (s.max(0.0) - grown).max(0.0);
        }
        let (blocks, rest) = food.as_chunks::<BLOCK>();
        for (sum, [a, b, c, d]) in sums.iter_mut().zip(blocks) {
            *sum += a + b + c + d;
        }
        if let (Some(sum), false) = (sums.last_mut(), rest.is_empty()) {
            *sum += rest.iter().sum::<f32>();
        }
    }
}

/// No knobs.
struct Binomial;

world::stencil! {
    /// The 3×3 binomial mean of a plane.
    fn binomial(_knobs: &Binomial, [a]: [Neighbourhood; 1], []: [f32; 0]) -> [f32; 1] {
        let mean = |a: f32, b: f32, c: f32| 0.25 * a + 0.5 * b + 0.25 * c;
        [mean(mean(a.nw, a.w, a.sw), mean(a.n, a.centre, a.s), mean(a.ne, a.e, a.se))]
    }
}

fn blur(from: &Field, wrap: bool, into: &mut Field) {
    binomial(&Binomial, from, [], if wrap { Boundary::Periodic } else { Boundary::NoFlux }, into);
}
