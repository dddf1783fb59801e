//! The network of a cell: a 3 × 3 window to hidden units, hidden units to the change of its state.

use super::halo::HaloGrid;
use super::products::{matrix, windows};
use crate::net::convolution::compute::{taps_first, taps_last};
use crate::net::convolution::tile::Run;
use crate::net::weights::{WeightArray, Weights};
use world::rng::Rng;

/// Cells of a neighbourhood.
const TAPS: usize = 9;

/// Sizes of a cell's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellShape {
    /// Values of a cell's state.
    pub channels: usize,
    /// Values that a cell is given besides (a velocity).
    pub given: usize,
    /// Hidden units.
    pub hidden: usize,
    /// Distance of the neighbours that a cell sees besides the nearest, in cells; 0 for the nearest only.
    pub far: usize,
}

impl CellShape {
    /// Values of a cell that its neighbours see.
    pub fn inputs(self) -> usize {
        self.channels + self.given
    }

    /// Cells that a cell sees: its 3 × 3 neighbourhood, and another whose cells lie [`Self::far`] apart (a dilated
    /// convolution, Yu and Koltun 2016), by which structures wider than a neighbourhood form in few steps; coarser scales
    /// serve for that in DyNCA (Pajouheshgar et al. 2023).
    pub fn taps(self) -> usize {
        if self.far > 0 { 2 * TAPS } else { TAPS }
    }

    /// Cells from a cell to the farthest that it sees, along an axis.
    pub fn reach(self) -> usize {
        self.far.max(1)
    }

    /// What a window of a grid of that reach reads, from its corner on: the nearest cells, then the far ones.
    pub fn runs(self, grid: &HaloGrid) -> Vec<Run> {
        let (line, inputs, reach) = (grid.line(), grid.channels, grid.reach);
        let corner = (reach - 1) * (line + inputs);
        let near = (0..3).map(|k| Run { from: corner + k * line, row: 3 * k * inputs, len: 3 * inputs });
        let far = (TAPS..self.taps()).map(|tap| {
            let (y, x) = ((tap - TAPS) / 3, (tap - TAPS) % 3);
            Run { from: self.far * (y * line + x * inputs), row: tap * inputs, len: inputs }
        });
        near.chain(far).collect()
    }

    /// Multiply-adds of the update of one cell.
    pub fn products(self) -> usize {
        self.hidden * (self.taps() * self.inputs() + self.channels)
    }
}

/// The network of every cell; also the shape of its gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct CellRule {
    /// Sizes.
    pub shape: CellShape,
    /// `[3 × 3][inputs][hidden]`, and once more for the far neighbours if there are any: what a cell sees.
    pub perceive: Vec<f32>,
    /// `[hidden]`.
    pub bias: Vec<f32>,
    /// `[hidden][channels]`: the change of its state.
    pub update: Vec<f32>,
}

/// What a fresh rule sees its neighbourhood through, each of unit length: the cell itself, its two gradients (Sobel)
/// and its curvature (Niklasson et al. 2021).
const SEEN: [[f32; 9]; 4] = [
    [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0],
    [-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0],
    [1.0, 2.0, 1.0, 2.0, -12.0, 2.0, 1.0, 2.0, 1.0],
];

/// Deviation of the last layer at first: an untrained world hardly changes.
const FAINT: f32 = 1e-3;

impl CellRule {
    /// Reads `perceive.weight`, `far.weight` for the far neighbours, `perceive.bias` if there is one, and `update`.
    ///
    /// # Errors
    /// A weight is missing or of another shape.
    pub fn of(w: &Weights, shape: CellShape) -> Result<Self, String> {
        let (CellShape { channels, hidden, .. }, inputs) = (shape, shape.inputs());
        let window =
            |name| Ok::<_, String>(taps_first(&w.get(name, &[hidden, inputs, 3, 3])?, hidden, inputs));
        let mut perceive = window("perceive.weight")?;
        if shape.far > 0 {
            perceive.extend(window("far.weight")?);
        }
        let bias = w.get("perceive.bias", &[hidden]).unwrap_or_else(|_| vec![0.0; hidden]);
        let update = w.get("update", &[hidden, channels])?;
        Ok(Self { shape, perceive, bias, update })
    }

    /// The inverse of [`Self::of`].
    pub fn weights(&self) -> Weights {
        let CellShape { channels, hidden, .. } = self.shape;
        let inputs = self.shape.inputs();
        let mut all = Weights::default();
        let mut add = |name: &str, dims: Vec<usize>, values| all.insert(name, WeightArray { dims, values });
        let windows = self.perceive.chunks_exact(TAPS * inputs * hidden);
        for (name, window) in ["perceive.weight", "far.weight"].into_iter().zip(windows) {
            add(name, vec![hidden, inputs, 3, 3], taps_last(window, hidden, inputs));
        }
        add("perceive.bias", vec![hidden], self.bias.clone());
        add("update", vec![hidden, channels], self.update.clone());
        all
    }

    /// All zeros.
    pub fn zeros(shape: CellShape) -> Self {
        let CellShape { channels, hidden, .. } = shape;
        let [perceive, bias, update] =
            [shape.taps() * shape.inputs() * hidden, hidden, hidden * channels].map(|n| vec![0.0; n]);
        Self { shape, perceive, bias, update }
    }

    /// Fresh weights: each hidden unit sees a random mixture of all inputs' values, gradients and curvatures, those of
    /// the far neighbourhood too.
    pub fn fresh(shape: CellShape, rng: Rng) -> Self {
        let mut rule = Self::zeros(shape);
        let units = shape.inputs() * shape.hidden;
        // The far neighbourhood has the same cell in its middle, which counts once.
        let far = if shape.far > 0 { &SEEN[1..] } else { &[] };
        let kernels = || SEEN.iter().map(|k| (0, k)).chain(far.iter().map(|k| (TAPS, k)));
        let deviation = libm::sqrtf(2.0 / (kernels().count() * shape.inputs()) as f32);
        for (k, (first, kernel)) in kernels().enumerate() {
            let length = libm::sqrtf(kernel.iter().map(|v| v * v).sum());
            for i in 0..units {
                let weight = deviation / length * rng.named("perceive").fork(k as u64).normal(i as u64);
                for (tap, v) in kernel.iter().enumerate() {
                    rule.perceive[(first + tap) * units + i] += weight * v;
                }
            }
        }
        let update = rule.update.iter_mut().enumerate();
        update.for_each(|(i, v)| *v = FAINT * rng.named("update").normal(i as u64));
        rule
    }

    /// Its arrays, always in the same order.
    pub fn parts(&self) -> [&[f32]; 3] {
        [&self.perceive, &self.bias, &self.update]
    }

    /// Its arrays, always in the same order.
    pub fn parts_mut(&mut self) -> [&mut [f32]; 3] {
        [&mut self.perceive, &mut self.bias, &mut self.update]
    }

    /// Hidden units of the cells whose windows begin at `bases`, `[bases][hidden]`; `shift` is added to them before
    /// the ReLU.
    pub fn hidden(&self, grid: &HaloGrid, bases: &[usize], shift: Option<&[f32]>) -> Vec<f32> {
        let hidden = self.shape.hidden;
        let mut seen = windows(&grid.data, bases, &self.shape.runs(grid), &self.perceive, hidden);
        for row in seen.chunks_exact_mut(hidden) {
            row.iter_mut().zip(&self.bias).for_each(|(v, b)| *v += b);
            if let Some(shift) = shift {
                row.iter_mut().zip(shift).for_each(|(v, s)| *v += s);
            }
            row.iter_mut().for_each(|v| *v = v.max(0.0));
        }
        seen
    }

    /// Changes of state, `[cells][channels]`, from hidden units.
    pub fn change(&self, hidden: &[f32]) -> Vec<f32> {
        matrix(hidden, self.shape.hidden, &self.update, self.shape.channels)
    }
}

/// Which of these cells fire at an address.
pub fn firing(cells: std::ops::Range<usize>, fire: f32, rng: Rng) -> Vec<usize> {
    cells.filter(|&i| rng.unit(i as u64) < fire).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_survive_a_file_and_fresh_ones_have_the_variance_of_he() {
        for far in [0, 3] {
            let shape = CellShape { channels: 5, given: 2, hidden: 64, far };
            let rule = CellRule::fresh(shape, Rng::new(3));
            assert_eq!(CellRule::of(&rule.weights(), shape).unwrap(), rule);
            assert!(CellRule::of(&rule.weights(), CellShape { channels: 6, ..shape }).is_err());
            // 2 over the number of inputs a unit: the kernels have unit length.
            let squares: f64 = rule.perceive.iter().map(|v| f64::from(v * v)).sum::<f64>() / 64.0;
            assert!((squares - 2.0).abs() < 0.25, "{squares}");
            assert_eq!(shape.products(), rule.perceive.len() + rule.update.len());
        }
        let shape = CellShape { channels: 5, given: 2, hidden: 64, far: 0 };
        let near = CellRule::fresh(shape, Rng::new(3)).weights();
        let lacks = CellRule::of(&near, CellShape { far: 3, ..shape }).unwrap_err();
        assert!(lacks.contains("far.weight"), "{lacks}");
    }

    /// By the definition, on a torus: taps of the far window lie `far` cells apart.
    #[test]
    fn a_cell_sees_its_neighbours_near_and_far() {
        let (h, w, far) = (9, 8, 3);
        let shape = CellShape { channels: 2, given: 1, hidden: 4, far };
        let rule = CellRule::fresh(shape, Rng::new(7));
        let planes: Vec<f32> = (0..3 * h * w).map(|i| Rng::new(8).normal(i as u64)).collect();
        let grid = HaloGrid::torus(&planes, (h, w), shape.reach());
        for cell in 0..h * w {
            let units = rule.hidden(&grid, &[grid.window(cell)], None);
            for (unit, found) in units.iter().enumerate() {
                let seen = |tap: usize, input: usize| {
                    let (step, at) = if tap < 9 { (1, tap) } else { (far, tap - 9) };
                    let y = (cell / w + h * step + at / 3 * step - step) % h;
                    let x = (cell % w + w * step + at % 3 * step - step) % w;
                    f64::from(planes[(input * h + y) * w + x])
                };
                let weight = |tap, input| f64::from(rule.perceive[(tap * 3 + input) * 4 + unit]);
                let each = (0..18).flat_map(|tap| (0..3).map(move |input| (tap, input)));
                let sum: f64 = each.map(|(tap, input)| weight(tap, input) * seen(tap, input)).sum();
                assert!((f64::from(*found) - sum.max(0.0)).abs() < 1e-4, "{cell} {unit}: {found}, {sum}");
            }
        }
    }

    #[test]
    fn a_share_of_the_cells_fires() {
        let n = firing(0..100_000, 0.3, Rng::new(5)).len();
        assert!((29_000..31_000).contains(&n), "{n}");
        assert_eq!(firing(10..20, 1.0, Rng::new(5)), (10..20).collect::<Vec<_>>());
    }
}
