//! Light that falls into the liquid from above: bent where it enters, so that waves gather it (caustics), and absorbed on
//! its way.

use super::cells::SURFACE;
use super::grid::Grid;

/// How much a slope of the surface bends light: that of water is a quarter, more is seen better.
const BEND: f32 = 0.45;
/// Steepest way across, cells a row.
const STEEPEST: f32 = 0.8;
/// Part of its bend that light loses each row.
const STRAIGHTEN: f32 = 0.015;
/// Part of the light that strays to either side each row.
const STRAY: f32 = 0.12;

/// Part of the sky's light that comes in each row of air.
const SKY: f32 = 0.06;

/// Brightness and depth of the liquid, by cell.
pub struct Light {
    /// Brightness without absorption, 1 where the surface is even; padded.
    pub brightness: Vec<f32>,
    /// Liquid that the light has passed, cells; padded.
    pub depth: Vec<f32>,
}

/// A row of beams.
#[derive(Clone)]
struct Beams {
    amount: Vec<f32>,
    /// Amount times columns a row.
    bend: Vec<f32>,
    /// Amount times depth.
    depth: Vec<f32>,
}

impl Beams {
    fn new(n: usize) -> Self {
        Self { amount: vec![0.0; n], bend: vec![0.0; n], depth: vec![0.0; n] }
    }
    fn clear(&mut self) {
        [&mut self.amount, &mut self.bend, &mut self.depth].into_iter().for_each(|v| v.fill(0.0));
    }
    /// Writes the same beams with what strays.
    fn scatter(&self, into: &mut Self) {
        let n = self.amount.len();
        let pairs =
            [(&self.amount, &mut into.amount), (&self.bend, &mut into.bend), (&self.depth, &mut into.depth)];
        for (from, into) in pairs {
            for x in 0..n {
                let (a, b) = (from[x.saturating_sub(1)], from[(x + 1).min(n - 1)]);
                into[x] = (1.0 - 2.0 * STRAY) * from[x] + STRAY * (a + b);
            }
        }
    }
    fn add(&mut self, x: usize, amount: f32, bend: f32, depth: f32) {
        self.amount[x] += amount;
        self.bend[x] += amount * bend;
        self.depth[x] += amount * depth;
    }
}

impl Light {
    /// Light through a world with this density of cells.
    pub fn through(grid: &Grid, fill: &[f32]) -> Self {
        let (s, w) = (grid.stride(), grid.w);
        let mut new = Self { brightness: vec![1.0; grid.len()], depth: vec![0.0; grid.len()] };
        let mut now = Beams::new(w);
        now.amount.fill(1.0);
        let mut next = Beams::new(w);
        for y in 0..grid.h {
            let row = (y + 1) * s + 1;
            next.clear();
            for x in 0..w {
                let i = row + x;
                let before = now.amount[x];
                let per = if before > 1e-4 { 1.0 / before } else { 0.0 };
                let (mut bend, mut depth) = (now.bend[x] * per, now.depth[x] * per);
                let full = fill[i].min(1.0);
                // In the air, light comes from all of the sky.
                let air = fill[i] <= SURFACE;
                let amount = if air { before + SKY * (1.0 - before) } else { before };
                bend = if air { 0.0 } else { bend };
                if fill[i - s] <= SURFACE && fill[i] > SURFACE {
                    bend += BEND * slope(fill, i, s);
                }
                depth += if full > 0.2 { full } else { 0.0 };
                bend = (bend * (1.0 - STRAIGHTEN)).clamp(-STEEPEST, STEEPEST);
                new.depth[i] = depth;
                let (to, part) = (x as f32 + bend, bend - libm::floorf(bend));
                let left = libm::floorf(to) as i32;
                let inside = |x: i32| x.clamp(0, w as i32 - 1) as usize;
                next.add(inside(left), amount * (1.0 - part), bend, depth);
                next.add(inside(left + 1), amount * part, bend, depth);
            }
            next.scatter(&mut now);
            new.brightness[row..row + w].copy_from_slice(&now.amount);
        }
        new
    }
}

/// How the surface leans at a cell below air: cells down a column to the left, limited.
fn slope(fill: &[f32], i: usize, s: usize) -> f32 {
    let across = 0.25 * (fill[i + 1] + fill[i - s + 1] - fill[i - 1] - fill[i - s - 1]);
    let down = fill[i] - fill[i - s];
    (across / down.max(0.15)).clamp(-1.5, 1.5)
}
