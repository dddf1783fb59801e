//! Which cells are solid: a disc by knob, a mask by file, an input field.

use std::path::Path;

use rayon::prelude::*;

use super::params::GasKnobs;
use data::{DataError, picture};
use world::field::{Field, rows_per_task};
use world::system::Fault;

/// Sources of solid cells.
pub struct Solids {
    mask: Option<Field>,
    cells: Vec<u8>,
    /// Threshold, disc radius and position that `cells` was made with; `None` if an input was involved.
    made_with: Option<[f32; 4]>,
}

impl Solids {
    /// Nothing solid yet; `mask` has the size of the world.
    pub fn new(width: usize, height: usize, mask: Option<Field>) -> Self {
        Self { mask, cells: vec![0; width * height], made_with: None }
    }

    /// The current solid cells (not 0), row after row; `None` if nothing can have changed.
    pub fn update(
        &mut self,
        knobs: &GasKnobs,
        (width, height): (usize, usize),
        input: Option<&Field>,
    ) -> Option<&[u8]> {
        let with = [knobs.threshold, knobs.disc, knobs.disc_x, knobs.disc_y];
        if input.is_none() && self.made_with == Some(with) {
            return None;
        }
        self.made_with = input.is_none().then_some(with);
        let radius = knobs.disc * height as f32;
        let (cx, cy) = (knobs.disc_x * width as f32, knobs.disc_y * height as f32);
        let mask = self.mask.as_ref();
        let rows = self.cells.par_chunks_mut(width).with_min_len(rows_per_task(width)).enumerate();
        rows.for_each(|(y, row)| {
            row.fill(0);
            for field in [input, mask].into_iter().flatten() {
                let values = field.row(0, y);
                row.iter_mut().zip(values).for_each(|(s, &v)| *s |= (v > knobs.threshold) as u8);
            }
            let dy = y as f32 + 0.5 - cy;
            let half = radius * radius - dy * dy;
            if half > 0.0 {
                for (x, s) in row.iter_mut().enumerate() {
                    let dx = x as f32 + 0.5 - cx;
                    *s |= (dx * dx < half) as u8;
                }
            }
        });
        Some(&self.cells)
    }
}

/// Reads a mask: bright and opaque is 1, dark or clear is 0, upright and in the picture's own size.
pub fn read_mask(file: &Path) -> Result<Field, Fault> {
    let fault = |e: DataError| Fault::at("mask", format!("cannot read {}: {}", file.display(), e.reason()));
    let picture = picture::open(file).map_err(fault)?.into_luma_alpha8();
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let raw = picture.as_raw();
    Ok(Field::from_fn(w, h, |x, y| {
        let at = 2 * (y * w + x);
        raw[at] as f32 * raw[at + 1] as f32 / (255.0 * 255.0)
    }))
}
