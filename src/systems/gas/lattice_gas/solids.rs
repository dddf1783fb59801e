//! Which cells are solid: the border, a disc by knob, an input field.

use super::knobs::{Border, LatticeGasKnobs};
use crate::automata::life::grid::{Grid, Layout};
use world::field::Field;

/// Sources of solid cells.
pub struct Solids {
    cells: Grid,
    /// Border and disc that `cells` was made with; `None` if an input was involved.
    made_with: Option<(Border, [f32; 3])>,
}

impl Solids {
    /// Nothing solid yet.
    pub fn new(layout: Layout) -> Self {
        Self { cells: Grid::new(layout), made_with: None }
    }

    /// The current solid cells; `None` if nothing can have changed.
    pub fn update(&mut self, knobs: &LatticeGasKnobs, input: Option<&Field>) -> Option<&Grid> {
        let with = (knobs.border, [knobs.disc, knobs.disc_x, knobs.disc_y]);
        if input.is_none() && self.made_with == Some(with) {
            return None;
        }
        self.made_with = input.is_none().then_some(with);
        let layout = self.cells.layout();
        let (w, h) = (layout.width, layout.height);
        let row_height = knobs.model.row_height();
        let radius = knobs.disc * h as f32 * row_height;
        let (cx, cy) = (knobs.disc_x * w as f32, knobs.disc_y * h as f32);
        let threshold = knobs.threshold;
        self.cells.each_row(|y, row| {
            row.fill(0);
            let dy = (y as f32 + 0.5 - cy) * row_height;
            let half = radius * radius - dy * dy;
            let level = knobs.border != Border::Torus && (y == 0 || y + 1 == h);
            let values = input.map(|field| field.row(0, y));
            layout.each_column(|x, i, bit| {
                let dx = x as f32 + 0.5 - cx;
                let upright = knobs.border == Border::Walls && (x == 0 || x + 1 == w);
                let solid = level || upright || dx * dx < half || values.is_some_and(|v| v[x] > threshold);
                row[i] |= (solid as u64) << bit;
            });
        });
        Some(&self.cells)
    }
}
