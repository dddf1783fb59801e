//! The flash limiter: nothing on the output flashes more than three times a second over a significant area.
//!
//! WCAG 2.x, success criterion 2.3.1: a *general flash* is a pair of opposing changes of relative luminance of 0.1 or
//! more where the darker state is below 0.8; a *red flash* a pair of opposing changes of saturated red (R/(R+G+B) ≥
//! 0.8, change of 320·max(0, R−G−B) above 20). They count where they cover a quarter or more of any 10° visual field,
//! which is a third by a third of the screen.
//!
//! The picture is analysed on a grid. Where one more change would be too many over too much of a visual field, the
//! whole picture is mixed towards the last output, no more than necessary.
//!
//! Master brightness comes after the limiter, which therefore never delays it, and is included in the count: the
//! audience sees the dimmed picture. So the count of a strobe does not start over each time the brightness returns.

#![cfg_attr(not(test), warn(clippy::disallowed_types, reason = "its output must be reproducible"))]

mod cell;
#[cfg(test)]
pub(super) mod tests;

pub use cell::Cell;
use world::frame::{Frame, linear_grid, mix};

/// Cells across and down.
pub const GRID: (usize, usize) = (128, 72);
/// Fraction of a visual field from which changes count; the standard says 0.25.
const AREA: f32 = 0.2;
/// Bisection steps in the search for how much of the new picture may be shown.
const SEARCH: u32 = 8;

/// Tracks the output, and limits how much of the next picture is shown.
pub struct FlashLimiter {
    cells: Vec<Cell>,
    /// The last output, before master brightness.
    passed: Vec<[f32; 3]>,
    next: Vec<[f32; 3]>,
    light: f32,
    over: Vec<u32>,
    held: u64,
    acting: bool,
    begun: bool,
    last: Frame,
}

impl Default for FlashLimiter {
    fn default() -> Self {
        let n = GRID.0 * GRID.1;
        Self {
            cells: vec![Cell::default(); n],
            passed: vec![[0.0; 3]; n],
            next: vec![[0.0; 3]; n],
            light: 1.0,
            over: vec![0; (GRID.0 + 1) * (GRID.1 + 1)],
            held: 0,
            acting: false,
            begun: false,
            last: Frame::default(),
        }
    }
}

impl FlashLimiter {
    /// How much of a picture, 0..1, may be mixed (in linear light) over the last output, at master brightness `light`
    /// (0..1, a factor in linear light) and `now` seconds. `cells` are mean linear RGB on [`GRID`], top row first.
    /// [`Self::commit`] must follow.
    pub fn share(&mut self, cells: &[[f32; 3]], light: f32, now: f64) -> f32 {
        self.expect(cells, light);
        // A change made by brightness alone cannot be avoided by limiting the picture. At constant brightness, the last
        // output has been counted already.
        let too_much = self.matters(1.0, now) && !self.covers(0.0, |c, v, g| c.is_one_more(v, g, now));
        let share = if too_much { self.search(now) } else { 1.0 };
        self.acting = share < 1.0;
        self.held += self.acting as u64;
        share
    }

    /// Takes a picture at brightness `light` without limiting it. [`Self::commit`] must follow.
    pub fn expect(&mut self, cells: &[[f32; 3]], light: f32) {
        let n = cells.len().min(self.next.len());
        self.next[..n].copy_from_slice(&cells[..n]);
        (self.light, self.acting) = (light, false);
        if !self.begun {
            self.begun = true;
            self.passed.copy_from_slice(&self.next);
            self.cells.iter_mut().zip(&self.passed).for_each(|(c, v)| c.begin(v.map(|v| v * light)));
        }
    }

    /// Commits the actual output, rounding included, before brightness.
    pub fn commit(&mut self, cells: &[[f32; 3]], now: f64) {
        let n = cells.len().min(self.passed.len());
        self.passed[..n].copy_from_slice(&cells[..n]);
        self.follow(now);
    }

    /// Repeats the last picture at brightness `light`.
    pub fn repeat(&mut self, light: f32, now: f64) {
        self.next.copy_from_slice(&self.passed);
        (self.light, self.acting) = (light, false);
        if self.begun {
            self.follow(now);
        }
    }

    /// Counts what the audience sees from now on, whatever was requested.
    fn follow(&mut self, now: f64) {
        let lit = |v: &[f32; 3]| v.map(|v| v * self.light);
        for ((cell, passed), next) in self.cells.iter_mut().zip(&self.passed).zip(&self.next) {
            cell.follow(lit(passed), lit(next), now);
        }
    }

    /// Limits a picture in place by mixing it with the last output.
    pub fn pass(&mut self, frame: &mut Frame, now: f64) {
        let cells = linear_grid(frame, GRID);
        let share = self.share(&cells, 1.0, now);
        if share < 1.0 && (self.last.width, self.last.height) == (frame.width, frame.height) {
            mix(&self.last, frame, share);
            self.commit(&linear_grid(frame, GRID), now);
        } else {
            self.commit(&cells, now);
        }
        self.last.copy(frame);
    }

    /// Frames attenuated so far.
    pub fn held(&self) -> u64 {
        self.held
    }

    /// Whether the last frame was attenuated.
    pub fn is_acting(&self) -> bool {
        self.acting
    }

    /// The largest share within the limit; 0 (nothing new) always is.
    fn search(&mut self, now: f64) -> f32 {
        let (mut fine, mut wrong) = (0.0, 1.0);
        for _ in 0..SEARCH {
            let middle = (fine + wrong) / 2.0;
            if self.matters(middle, now) { wrong = middle } else { fine = middle }
        }
        fine
    }

    /// Whether, with this share of the new picture, cells that change too often fill too much of some visual field.
    fn matters(&mut self, share: f32, now: f64) -> bool {
        self.covers(share, |cell, value, goal| cell.is_too_much(value, goal, now))
    }

    /// Whether cells for which `is_such` (cell, value, goal) holds fill too much of some visual field, with this share
    /// of the new picture.
    fn covers(&mut self, share: f32, is_such: impl Fn(&Cell, [f32; 3], [f32; 3]) -> bool) -> bool {
        let (w, h) = GRID;
        let light = self.light;
        // A summed-area table of them.
        for y in 0..h {
            let mut row = 0;
            for x in 0..w {
                let i = y * w + x;
                let value = between(self.passed[i], self.next[i], share).map(|v| v * light);
                row += is_such(&self.cells[i], value, self.next[i].map(|v| v * light)) as u32;
                self.over[(y + 1) * (w + 1) + x + 1] = self.over[y * (w + 1) + x + 1] + row;
            }
        }
        let (vw, vh) = (w.div_ceil(3), h.div_ceil(3));
        let at = |x: usize, y: usize| self.over[y * (w + 1) + x];
        let limit = (AREA * (vw * vh) as f32) as u32;
        (0..=h - vh).any(|y| {
            (0..=w - vw).any(|x| at(x + vw, y + vh) + at(x, y) - at(x, y + vh) - at(x + vw, y) >= limit)
        })
    }
}

fn between(a: [f32; 3], b: [f32; 3], share: f32) -> [f32; 3] {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * share)
}
