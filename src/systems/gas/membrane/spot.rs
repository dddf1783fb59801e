//! Places on the skin: a few cells with weights.

use super::outline::Outline;

/// Cells and weights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    /// Position in a plane, and weight.
    pub cells: Vec<(u32, f32)>,
}

impl Spot {
    /// The four cells about a point (fractions of the world), weighted as linear interpolation does.
    pub fn point(outline: &Outline, x: f32, y: f32) -> Self {
        let axis = |v: f32, n: usize| {
            let at = (v * n as f32 - 0.5).clamp(0.0, (n - 1) as f32);
            let i = at as usize;
            (i, (i + 1).min(n - 1), at - i as f32)
        };
        let ((i, i1, s), (j, j1, t)) = (axis(x, outline.width), axis(y, outline.height));
        let cell = |x: usize, y: usize, weight: f32| (outline.at(x, y) as u32, weight);
        let (a, b) = ((1.0 - s) * (1.0 - t), s * (1.0 - t));
        Self { cells: vec![cell(i, j, a), cell(i1, j, b), cell(i, j1, (1.0 - s) * t), cell(i1, j1, s * t)] }
    }

    /// A soft disc about a point, its weights summing to 1 where it is all skin.
    pub fn disc(outline: &Outline, x: f32, y: f32, radius: f32) -> Self {
        let size = (outline.width, outline.height);
        let at = [x * size.0 as f32, y * size.1 as f32];
        let brush = world::brush::Brush::disc(at, radius.max(1.5), size, [false; 2]);
        let mut cells = Vec::new();
        brush.for_each(|x, y, weight| cells.push((outline.at(x, y) as u32, weight)));
        let sum: f32 = cells.iter().map(|c| c.1).sum();
        cells.iter_mut().for_each(|c| c.1 /= sum.max(1e-6));
        Self { cells }
    }

    /// Value of a plane here.
    pub fn read(&self, plane: &[f32]) -> f32 {
        self.cells.iter().map(|&(at, weight)| weight * plane[at as usize]).sum()
    }
}
