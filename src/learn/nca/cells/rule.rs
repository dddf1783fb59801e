//! The network of a cell: a 3 × 3 window to hidden units, hidden units to the change of its state.

use super::halo::HaloGrid;
use super::products::{matrix, windows};
use crate::net::convolution::compute::{taps_first, taps_last};
use crate::net::weights::{WeightArray, Weights};
use world::rng::Rng;

/// Sizes of a cell's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellShape {
    /// Values of a cell's state.
    pub channels: usize,
    /// Values that a cell is given besides (a velocity).
    pub given: usize,
    /// Hidden units.
    pub hidden: usize,
}

impl CellShape {
    /// Values of a cell that its neighbours see.
    pub fn inputs(self) -> usize {
        self.channels + self.given
    }

    /// Multiply-adds of the update of one cell.
    pub fn products(self) -> usize {
        self.hidden * (9 * self.inputs() + self.channels)
    }
}

/// The network of every cell; also the shape of its gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct CellRule {
    /// Sizes.
    pub shape: CellShape,
    /// `[3 × 3][inputs][hidden]`: what a cell sees of its neighbourhood.
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
    /// Reads `perceive.weight`, `perceive.bias` if there is one, and `update`.
    ///
    /// # Errors
    /// A weight is missing or of another shape.
    pub fn of(w: &Weights, shape: CellShape) -> Result<Self, String> {
        let CellShape { channels, hidden, .. } = shape;
        let weight = w.get("perceive.weight", &[hidden, shape.inputs(), 3, 3])?;
        let bias = w.get("perceive.bias", &[hidden]).unwrap_or_else(|_| vec![0.0; hidden]);
        let update = w.get("update", &[hidden, channels])?;
        Ok(Self { shape, perceive: taps_first(&weight, hidden, shape.inputs()), bias, update })
    }

    /// The inverse of [`Self::of`].
    pub fn weights(&self) -> Weights {
        let CellShape { channels, hidden, .. } = self.shape;
        let inputs = self.shape.inputs();
        let mut all = Weights::default();
        let mut add = |name: &str, dims: Vec<usize>, values| all.insert(name, WeightArray { dims, values });
        add("perceive.weight", vec![hidden, inputs, 3, 3], taps_last(&self.perceive, hidden, inputs));
        add("perceive.bias", vec![hidden], self.bias.clone());
        add("update", vec![hidden, channels], self.update.clone());
        all
    }

    /// All zeros.
    pub fn zeros(shape: CellShape) -> Self {
        let CellShape { channels, hidden, .. } = shape;
        let [perceive, bias, update] =
            [9 * shape.inputs() * hidden, hidden, hidden * channels].map(|n| vec![0.0; n]);
        Self { shape, perceive, bias, update }
    }

    /// Fresh weights: each hidden unit sees a random mixture of all inputs' values, gradients and curvatures.
    pub fn fresh(shape: CellShape, rng: Rng) -> Self {
        let mut rule = Self::zeros(shape);
        let (inputs, hidden) = (shape.inputs(), shape.hidden);
        let deviation = libm::sqrtf(2.0 / (SEEN.len() * inputs) as f32);
        for (k, kernel) in SEEN.iter().enumerate() {
            let length = libm::sqrtf(kernel.iter().map(|v| v * v).sum());
            for i in 0..inputs * hidden {
                let weight = deviation / length * rng.named("perceive").fork(k as u64).normal(i as u64);
                for (tap, v) in kernel.iter().enumerate() {
                    rule.perceive[tap * inputs * hidden + i] += weight * v;
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
        let mut seen = windows(&grid.data, bases, &grid.runs(), &self.perceive, hidden);
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
        let shape = CellShape { channels: 5, given: 2, hidden: 64 };
        let rule = CellRule::fresh(shape, Rng::new(3));
        assert_eq!(CellRule::of(&rule.weights(), shape).unwrap(), rule);
        assert!(CellRule::of(&rule.weights(), CellShape { channels: 6, ..shape }).is_err());
        // 2 over the number of inputs a unit: the kernels have unit length.
        let squares: f64 = rule.perceive.iter().map(|v| f64::from(v * v)).sum::<f64>() / 64.0;
        assert!((squares - 2.0).abs() < 0.25, "{squares}");
        assert_eq!(shape.products(), rule.perceive.len() + rule.update.len());
    }

    #[test]
    fn a_share_of_the_cells_fires() {
        let n = firing(0..100_000, 0.3, Rng::new(5)).len();
        assert!((29_000..31_000).contains(&n), "{n}");
        assert_eq!(firing(10..20, 1.0, Rng::new(5)), (10..20).collect::<Vec<_>>());
    }
}
