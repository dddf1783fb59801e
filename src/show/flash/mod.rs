//! The flash limiter: nothing that leaves the stage flashes more than three times a second over an area that matters.
//!
//! WCAG 2.x, success criterion 2.3.1: a *general flash* is a pair of opposing changes of relative luminance of 0.1 or
//! more where the darker state is below 0.8; a *red flash* a pair of opposing changes of saturated red (R/(R+G+B) ≥
//! 0.8, change of 320·max(0, R−G−B) above 20). They matter where they cover a quarter or more of any 10° of view, which
//! is a third by a third of the screen.
//!
//! The picture is watched on a grid. Where one more change would be too many over too much of a view, the whole
//! picture is held back towards what was shown last, as much as is needed and no more.

mod cell;
#[cfg(test)]
mod tests;

use crate::world::frame::{Frame, linear_grid, mix};
use cell::Cell;

/// Cells across and down.
pub const GRID: (usize, usize) = (128, 72);
/// Share of a view at which changes begin to matter; the standard says 0.25.
const AREA: f32 = 0.2;
/// Halvings in the search for how much of the new picture may be shown.
const SEARCH: u32 = 8;

/// Watches what is shown, and says how much of the next picture may be.
pub struct FlashLimiter {
    cells: Vec<Cell>,
    shown: Vec<[f32; 3]>,
    next: Vec<[f32; 3]>,
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
            shown: vec![[0.0; 3]; n],
            next: vec![[0.0; 3]; n],
            over: vec![0; (GRID.0 + 1) * (GRID.1 + 1)],
            held: 0,
            acting: false,
            begun: false,
            last: Frame::default(),
        }
    }
}

impl FlashLimiter {
    /// How much of a picture, 0..1, may be mixed (in linear light) over what was shown last, at `now` seconds.
    /// `cells` are mean linear RGB on [`GRID`], top row first. [`Self::showed`] must follow.
    pub fn share(&mut self, cells: &[[f32; 3]], now: f64) -> f32 {
        let n = cells.len().min(self.next.len());
        self.next[..n].copy_from_slice(&cells[..n]);
        if !self.begun {
            self.begun = true;
            self.shown.copy_from_slice(&self.next);
            self.cells.iter_mut().zip(&self.shown).for_each(|(c, v)| c.begin(*v));
        }
        let share = if self.matters(1.0, now) { self.search(now) } else { 1.0 };
        self.acting = share < 1.0;
        self.held += self.acting as u64;
        share
    }

    /// What was shown in the end, rounding included.
    pub fn showed(&mut self, cells: &[[f32; 3]], now: f64) {
        let n = cells.len().min(self.shown.len());
        self.shown[..n].copy_from_slice(&cells[..n]);
        for ((cell, shown), next) in self.cells.iter_mut().zip(&self.shown).zip(&self.next) {
            cell.follow(*shown, *next, now);
        }
    }

    /// Limits a picture in place. What it was mixed with is what was passed last.
    pub fn pass(&mut self, frame: &mut Frame, now: f64) {
        let cells = linear_grid(frame, GRID);
        let share = self.share(&cells, now);
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
        let (w, h) = GRID;
        // A summed-area table of the cells that would change once too often.
        for y in 0..h {
            let mut row = 0;
            for x in 0..w {
                let i = y * w + x;
                let value = between(self.shown[i], self.next[i], share);
                row += self.cells[i].is_too_much(value, self.next[i], now) as u32;
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
