//! Live cells, in runs.

use super::text_position::RuleText;

/// Largest width and height of a pattern, in cells: that of a world.
pub const LARGEST: i64 = 16384;

/// `len` live cells side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Column of the first.
    pub x: usize,
    /// Row.
    pub y: usize,
    /// How many.
    pub len: usize,
}

/// Live cells and the frame they came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// Live cells; may overlap.
    pub runs: Vec<Run>,
    /// Cells across, at least 1.
    pub width: usize,
    /// Cells down, at least 1.
    pub height: usize,
    /// The rule that the text names.
    pub rule: Option<RuleText>,
}

impl Pattern {
    /// From single cells at any coordinates.
    pub(super) fn from_cells(cells: &[(i64, i64)], rule: Option<RuleText>) -> Result<Self, String> {
        let Some(&(x, y)) = cells.first() else {
            return Ok(Self { width: 1, height: 1, rule, ..Self::default() });
        };
        let (mut lo, mut hi) = ((x, y), (x, y));
        for &(x, y) in cells {
            (lo, hi) = ((lo.0.min(x), lo.1.min(y)), (hi.0.max(x), hi.1.max(y)));
        }
        let span = |lo: i64, hi: i64| hi.saturating_sub(lo).saturating_add(1);
        let (width, height) = (span(lo.0, hi.0), span(lo.1, hi.1));
        fits(width, height)?;
        let place = |&(x, y): &(i64, i64)| Run { x: (x - lo.0) as usize, y: (y - lo.1) as usize, len: 1 };
        let runs = cells.iter().map(place).collect();
        Ok(Self { runs, width: width as usize, height: height as usize, rule })
    }
}

/// Whether there are worlds of such a size.
pub(super) fn fits(width: i64, height: i64) -> Result<(), String> {
    match width.max(height) > LARGEST {
        true => Err(format!("is too large: {width} × {height} cells; {LARGEST} each way is the limit")),
        false => Ok(()),
    }
}
