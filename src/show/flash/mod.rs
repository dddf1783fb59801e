//! The flash limiter: nothing that leaves the stage flashes more than three times a second over an area that matters.
//!
//! WCAG 2.x, success criterion 2.3.1: a *general flash* is a pair of opposing changes of relative luminance of 0.1 or
//! more where the darker state is below 0.8; a *red flash* a pair of opposing changes of saturated red (R/(R+G+B) ≥
//! 0.8, change of 320·max(0, R−G−B) above 20). They matter where they cover a quarter or more of any 10° of view, which
//! is a third by a third of the screen.
//!
//! The picture is watched on a grid. Where one more change would be too many over too much of a view, the whole
//! picture is held back towards what was let through last, as much as is needed and no more.
//!
//! The master's light comes after the limiter, which therefore never delays it, and is part of what is counted: what
//! the audience has seen is the picture in its light. So a strobe does not begin anew each time the light comes back.

#![cfg_attr(not(test), warn(clippy::disallowed_types, reason = "what it makes is seen"))]

mod cell;
#[cfg(test)]
pub(super) mod tests;

pub use cell::Cell;
use world::frame::{Frame, linear_grid, mix};

/// Cells across and down.
pub const GRID: (usize, usize) = (128, 72);
/// Share of a view at which changes begin to matter; the standard says 0.25.
const AREA: f32 = 0.2;
/// Halvings in the search for how much of the new picture may be shown.
const SEARCH: u32 = 8;

/// Watches what is shown, and says how much of the next picture may be.
pub struct FlashLimiter {
    cells: Vec<Cell>,
    /// What was let through last, without the master's light.
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
    /// How much of a picture, 0..1, may be mixed (in linear light) over what was let through last, if it is then seen in
    /// so much `light` (0..1, a factor in linear light), at `now` seconds. `cells` are mean linear RGB on [`GRID`], top
    /// row first. [`Self::showed`] must follow.
    pub fn share(&mut self, cells: &[[f32; 3]], light: f32, now: f64) -> f32 {
        self.expect(cells, light);
        // Where the light alone makes the change, no holding back of the picture can avoid it. In light that stands, what
        // was let through last has been counted already.
        let too_much = self.matters(1.0, now) && !self.covers(0.0, |c, v, g| c.is_one_more(v, g, now));
        let share = if too_much { self.search(now) } else { 1.0 };
        self.acting = share < 1.0;
        self.held += self.acting as u64;
        share
    }

    /// A picture comes, in so much light, and is not held back. [`Self::showed`] must follow.
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

    /// What was let through in the end, rounding included, without the light.
    pub fn showed(&mut self, cells: &[[f32; 3]], now: f64) {
        let n = cells.len().min(self.passed.len());
        self.passed[..n].copy_from_slice(&cells[..n]);
        self.follow(now);
    }

    /// The same picture once more, in so much `light`.
    pub fn stand(&mut self, light: f32, now: f64) {
        self.next.copy_from_slice(&self.passed);
        (self.light, self.acting) = (light, false);
        if self.begun {
            self.follow(now);
        }
    }

    /// Whatever is asked for: this is what the audience sees from now on.
    fn follow(&mut self, now: f64) {
        let lit = |v: &[f32; 3]| v.map(|v| v * self.light);
        for ((cell, passed), next) in self.cells.iter_mut().zip(&self.passed).zip(&self.next) {
            cell.follow(lit(passed), lit(next), now);
        }
    }

    /// Limits a picture in place. What it was mixed with is what was passed last.
    pub fn pass(&mut self, frame: &mut Frame, now: f64) {
        let cells = linear_grid(frame, GRID);
        let share = self.share(&cells, 1.0, now);
        if share < 1.0 && (self.last.width, self.last.height) == (frame.width, frame.height) {
            mix(&self.last, frame, share);
            self.showed(&linear_grid(frame, GRID), now);
        } else {
            self.showed(&cells, now);
        }
        self.last.copy(frame);
    }

    /// Frames that were held back so far.
    pub fn held(&self) -> u64 {
        self.held
    }

    /// Whether the last frame was held back.
    pub fn is_acting(&self) -> bool {
        self.acting
    }

    /// The largest share that does not matter; 0 (nothing new) never does.
    fn search(&mut self, now: f64) -> f32 {
        let (mut fine, mut wrong) = (0.0, 1.0);
        for _ in 0..SEARCH {
            let middle = (fine + wrong) / 2.0;
            if self.matters(middle, now) { wrong = middle } else { fine = middle }
        }
        fine
    }

    /// Whether, with this share of the new picture, cells that change too often fill too much of some view.
    fn matters(&mut self, share: f32, now: f64) -> bool {
        self.covers(share, |cell, value, goal| cell.is_too_much(value, goal, now))
    }

    /// Whether such cells, with this share of the new picture, fill too much of some view: (cell, value, goal).
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
