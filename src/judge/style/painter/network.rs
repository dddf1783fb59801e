//! The network at inference, on plain slices.

use std::path::Path;
use std::sync::Arc;

use super::{CELL, MARGIN, METHOD, PATCH, Settings, grain};
use crate::JudgeError;
use learn::File;
use learn::method::settings;
use learn::net::activation::Activation;
use learn::net::padded::PaddedImages;
use learn::net::padded::convolution::{Convolution, Filters};
use learn::net::padded::norm::GroupNorm;
use learn::net::weights::Weights;
use world::limits;
use world::rng::Rng;

/// Values of a pixel.
const COLOURS: usize = 3;
/// Values of a patch.
const PATCHED: usize = COLOURS * PATCH * PATCH;

/// A network that paints pictures of one size, with scratch memory: one for each thread.
#[derive(Clone)]
pub struct Painter {
    layers: Arc<Layers>,
    size: (usize, usize),
    /// Mirrored pixels round the picture.
    margin: usize,
    /// Grain of the pixels, those of the margin among them.
    grain: Arc<Vec<f32>>,
    scratch: Scratch,
}

struct Layers {
    begin: Convolution,
    blocks: Vec<Block>,
    norm: GroupNorm,
    grow: Convolution,
    fine: GroupNorm,
    end: Convolution,
}

struct Block {
    before: GroupNorm,
    first: Convolution,
    between: GroupNorm,
    second: Convolution,
}

#[derive(Clone)]
struct Scratch {
    patches: PaddedImages,
    cells: PaddedImages,
    hidden: PaddedImages,
    inner: PaddedImages,
    change: PaddedImages,
    grown: PaddedImages,
    fine: PaddedImages,
    end: PaddedImages,
}

impl Painter {
    /// Of a file of `untrained style train`, for pictures of this height and width, which are multiples of [`CELL`]; errors
    /// name `path`.
    ///
    /// # Errors
    /// It holds something else, or weights of another architecture; the size is out of range.
    pub fn open(file: &File, path: &Path, size: (usize, usize)) -> Result<Self, JudgeError> {
        let wrong = |message: String| JudgeError::input(path, message);
        if file.header.method != METHOD || file.header.world.is_some() {
            let found = &file.header.method;
            return Err(wrong(format!("expected a network of `untrained style train`, found `{found}`")));
        }
        Self::of(&file.weights, &settings(&file.header.settings), size, MARGIN).map_err(wrong)
    }

    /// Of these weights; pictures are mirrored for `margin` pixels at their edges, a multiple of [`CELL`].
    ///
    /// # Errors
    /// They are of another architecture, or the size is out of range.
    pub fn of(
        weights: &Weights,
        settings: &Settings,
        size: (usize, usize),
        margin: usize,
    ) -> Result<Self, String> {
        for (what, n) in [("height", size.0), ("width", size.1)] {
            limits::within(what, n, CELL..=4096)?;
            if !n.is_multiple_of(CELL) {
                return Err(format!("{what}: expected a multiple of {CELL}, found {n}"));
            }
        }
        let (c, f) = (settings.channels as usize, settings.fine as usize);
        let (height, width) = (size.0 + 2 * margin, size.1 + 2 * margin);
        let scratch = Scratch::of(c, f, (height, width));
        let s = &scratch;
        let norm = |name: &str, n: usize| GroupNorm::of(weights, name, n, n, Some(Activation::Silu));
        let conv = |name: &str, stride: usize, x: &PaddedImages, y: &PaddedImages| {
            let filters = Filters::of(weights, name, (x.channels, y.channels), 3, stride)?;
            Convolution::new(filters, None, x, y, 0)
        };
        let block = |i: u32| -> Result<Block, String> {
            Ok(Block {
                before: norm(&format!("blocks.{i}.before"), c)?,
                first: conv(&format!("blocks.{i}.first"), 1, &s.hidden, &s.inner)?,
                between: norm(&format!("blocks.{i}.between"), c)?,
                second: conv(&format!("blocks.{i}.second"), 1, &s.inner, &s.change)?,
            })
        };
        let layers = Layers {
            begin: conv("begin", 2, &s.patches, &s.cells)?,
            blocks: (0..settings.blocks).map(block).collect::<Result<_, _>>()?,
            norm: norm("norm", c)?,
            grow: conv("grow", 1, &s.hidden, &s.grown)?,
            fine: norm("fine", f)?,
            end: conv("end", 1, &s.fine, &s.end)?,
        };
        let rng = Rng::new(0).named("grain");
        let grain = Arc::new((0..(height * width) as u64).map(|i| grain(i, rng)).collect());
        Ok(Self { layers: Arc::new(layers), size, margin, grain, scratch })
    }

    /// Height and width of the pictures.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }

    /// A picture in 0..1, channels last, as it paints it.
    pub fn paint(&mut self, picture: &[f32]) -> Vec<f32> {
        let (Layers { begin, blocks, norm, grow, fine, end }, s) = (&*self.layers, &mut self.scratch);
        let ((height, width), margin, grain) = (self.size, self.margin, &self.grain);
        each_pixel(&mut s.patches, |plane, y, x, v| {
            let pixel = mirrored(y, margin, height) * width + mirrored(x, margin, width);
            *v = picture[pixel * COLOURS + plane] - 0.5 + grain[y * (width + 2 * margin) + x];
        });
        begin.apply(&s.patches, &mut s.cells);
        for block in blocks {
            copied(&s.cells, &mut s.hidden);
            block.before.apply(&mut s.hidden, 0);
            block.first.apply(&s.hidden, &mut s.inner);
            block.between.apply(&mut s.inner, 0);
            block.second.apply(&s.inner, &mut s.change);
            for (p, y) in s.change.rows() {
                let sums = s.cells.row_mut(p, y).iter_mut().zip(s.change.row(p, y));
                sums.for_each(|(sum, v)| *sum += v);
            }
        }
        copied(&s.cells, &mut s.hidden);
        norm.apply(&mut s.hidden, 0);
        grow.apply(&s.hidden, &mut s.grown);
        unpacked(&s.grown, &mut s.fine);
        fine.apply(&mut s.fine, 0);
        end.apply(&s.fine, &mut s.end);
        let mut painted = picture.to_vec();
        each_pixel(&mut s.end, |plane, y, x, v| {
            let (y, x) = (y.wrapping_sub(margin), x.wrapping_sub(margin));
            if y < height && x < width {
                let at = (y * width + x) * COLOURS + plane;
                painted[at] = (painted[at] + *v).clamp(0.0, 1.0);
            }
        });
        painted
    }
}

impl Scratch {
    fn of(c: usize, f: usize, (height, width): (usize, usize)) -> Self {
        let at = |channels: usize, cell: usize, border: usize| {
            PaddedImages::bordered(channels, height / cell, width / cell, 1, border)
        };
        Self {
            patches: at(PATCHED, PATCH, 1),
            cells: at(c, CELL, 0),
            hidden: at(c, CELL, 1),
            inner: at(c, CELL, 1),
            change: at(c, CELL, 0),
            grown: at(f * PATCH * PATCH, CELL, 0),
            fine: at(f, PATCH, 1),
            end: at(PATCHED, PATCH, 0),
        }
    }
}

fn copied(from: &PaddedImages, to: &mut PaddedImages) {
    from.rows().for_each(|(p, y)| to.row_mut(p, y).copy_from_slice(from.row(p, y)));
}

/// Each value of patches, with its colour, row and column in the picture.
fn each_pixel(patches: &mut PaddedImages, mut f: impl FnMut(usize, usize, usize, &mut f32)) {
    for (p, y) in patches.rows() {
        for (x, cell) in patches.row_mut(p, y).chunks_exact_mut(PATCHED).enumerate() {
            for (i, v) in cell.iter_mut().enumerate() {
                let (plane, down, along) = (i / (PATCH * PATCH), i / PATCH % PATCH, i % PATCH);
                f(plane, y * PATCH + down, x * PATCH + along, v);
            }
        }
    }
}

/// Which of `n` pixels is seen at a place that counts from `margin` pixels before them.
pub(super) fn mirrored(i: usize, margin: usize, n: usize) -> usize {
    match i.checked_sub(margin) {
        None => (margin - 1 - i).min(n - 1),
        Some(i) if i < n => i,
        Some(i) => (2 * n - 1).saturating_sub(i),
    }
}

/// Channels of cells as the pixels of patches.
fn unpacked(cells: &PaddedImages, fine: &mut PaddedImages) {
    let channels = fine.channels;
    for (p, y) in fine.rows() {
        let row = cells.row(p, y / PATCH);
        for (x, pixel) in fine.row_mut(p, y).chunks_exact_mut(channels).enumerate() {
            let cell = &row[x / PATCH * cells.channels..][..cells.channels];
            let within = y % PATCH * PATCH + x % PATCH;
            pixel.iter_mut().enumerate().for_each(|(c, v)| *v = cell[c * PATCH * PATCH + within]);
        }
    }
}

#[cfg(test)]
mod unit {
    #[test]
    fn margins_are_mirrored_and_never_leave_the_picture() {
        let seen: Vec<usize> = (0..11).map(|i| super::mirrored(i, 3, 5)).collect();
        assert_eq!(seen, [2, 1, 0, 0, 1, 2, 3, 4, 4, 3, 2]);
        assert!((0..40).all(|i| super::mirrored(i, 16, 8) < 8), "a margin wider than the picture");
    }
}
