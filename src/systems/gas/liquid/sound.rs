//! What of the liquid can be heard: bubbles and drips.
//!
//! A **bubble** rings when air is cut off from the open: a pocket with liquid all round, most of which was open air a
//! tick before. Its radius is that of a disc of the same area; Minnaert's pitch follows from it (van den Doel 2005). Air
//! itself is not simulated, so pockets close up; what opens within the liquid and closes again is no bubble. A **drip**
//! is a drop that flew and fell back.

use super::cells::SURFACE;
use super::gather::Landing;
use super::grid::{Edge, Grid};
use super::regions::Regions;
use world::system::Sounding;

/// What is heard, by kind.
pub const SORTS: &[&str] = &["bubble", "drip"];
/// Kind of a bubble.
pub const BUBBLE: u8 = 0;
/// Kind of a drip.
pub const DRIP: u8 = 1;
/// Largest pocket of air, as a fraction of the world: beyond it, it is open.
const LARGEST: f32 = 0.02;
/// Smallest pocket, cells.
const SMALLEST: f32 = 2.0;
/// Radius of the loudest bubble, as a fraction of the height.
const LOUDEST: f32 = 0.05;
/// Radius of a particle's drop, cells: four fill a cell.
const DROP: f32 = 0.282;
/// Seconds over which bubbles are counted.
const WINDOW: f32 = 1.0;

/// A pocket of air.
#[derive(Clone, Copy, Default)]
struct Pocket {
    cells: u32,
    /// Cells that were open air a tick before.
    was_open: u32,
    /// Whether it reaches a side that is open.
    outside: bool,
    x: f32,
    y: f32,
}

/// Listens to the liquid.
pub struct Ear {
    regions: Regions,
    /// 1 where there was open air after the last tick, padded; empty before the first.
    open: Vec<u8>,
    pockets: Vec<Pocket>,
    /// What was heard in the last tick.
    pub heard: Vec<Sounding>,
    /// Bubbles a second.
    pub rate: f32,
}

impl Ear {
    /// Nothing heard yet.
    pub fn new() -> Self {
        Self {
            regions: Regions::default(),
            open: Vec::new(),
            pockets: Vec::new(),
            heard: Vec::new(),
            rate: 0.0,
        }
    }

    /// Listens after a tick of `dt` seconds; `scale` is the speed of the loudest drip, cells/s.
    pub fn listen(&mut self, grid: &Grid, fill: &[f32], landings: &[(f32, Landing)], scale: f32, dt: f32) {
        self.heard.clear();
        self.find_pockets(grid, fill);
        let bubbles = self.bubbles(grid);
        let keep = libm::expf(-dt / WINDOW);
        self.rate = self.rate * keep + (1.0 - keep) * bubbles as f32 / dt.max(1e-4);
        for (at, landing) in landings {
            let part = landing.speed / scale.max(1e-3);
            self.heard.push(Sounding {
                at: *at,
                x: landing.at[0] / grid.w as f32,
                y: landing.at[1] / grid.h as f32,
                strength: (part * part).min(1.0),
                size: DROP,
                kind: DRIP,
            });
        }
        Sounding::keep_strongest(&mut self.heard);
    }

    fn find_pockets(&mut self, grid: &Grid, fill: &[f32]) {
        self.regions.find(grid, |i| fill[i] <= SURFACE, |_, _| true);
        self.pockets.clear();
        self.pockets.resize(self.regions.count(), Pocket::default());
        let [left, right, top, bottom] = grid.edges().map(|e| e == Edge::Open);
        for run in self.regions.runs() {
            let pocket = &mut self.pockets[run.region];
            let length = (run.to - run.from) as u32;
            pocket.cells += length;
            let first = grid.at(run.from, run.y);
            if !self.open.is_empty() {
                let was = &self.open[first..first + length as usize];
                pocket.was_open += was.iter().map(|v| *v as u32).sum::<u32>();
            }
            pocket.outside |= left && run.from == 0 || right && run.to == grid.w;
            pocket.outside |= top && run.y == 0 || bottom && run.y + 1 == grid.h;
            let middle = 0.5 * (run.from + run.to) as f32;
            pocket.x += middle * length as f32;
            pocket.y += (run.y as f32 + 0.5) * length as f32;
        }
        // Without an open side, the largest is the air above.
        let largest = self.pockets.iter().map(|p| p.cells).max().unwrap_or(0);
        let limit = (LARGEST * (grid.w * grid.h) as f32).max(SMALLEST);
        for pocket in &mut self.pockets {
            pocket.outside |= pocket.cells as f32 > limit || pocket.cells == largest;
        }
    }

    /// Hears the pockets that were cut off, and remembers what is open now.
    fn bubbles(&mut self, grid: &Grid) -> usize {
        let before = self.heard.len();
        for pocket in self.pockets.iter().filter(|p| !p.outside && p.cells as f32 >= SMALLEST) {
            let cells = pocket.cells as f32;
            if 2 * pocket.was_open < pocket.cells {
                continue;
            }
            let radius = (cells / core::f32::consts::PI).sqrt();
            self.heard.push(Sounding {
                at: 0.5,
                x: pocket.x / (cells * grid.w as f32),
                y: pocket.y / (cells * grid.h as f32),
                strength: (radius / (LOUDEST * grid.h as f32).max(1.0)).sqrt().min(1.0),
                size: radius,
                kind: BUBBLE,
            });
        }
        self.open.clear();
        self.open.resize(grid.len(), 0);
        for run in self.regions.runs().iter().filter(|r| self.pockets[r.region].outside) {
            let first = grid.at(run.from, run.y);
            self.open[first..first + run.to - run.from].fill(1);
        }
        self.heard.len() - before
    }
}

impl Default for Ear {
    fn default() -> Self {
        Self::new()
    }
}
