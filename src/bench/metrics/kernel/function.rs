//! Kernels: the similarity of two samples, directly or from their product.

use world::widest;

use crate::metrics::linear::{dot, square_distance};

/// A kernel: the similarity of two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel {
    /// (x·y/d + 1)³, with d the number of columns.
    Cubic,
    /// exp(−γ|x − y|²).
    Gaussian {
        /// 1 / 2σ².
        gamma: f64,
    },
}

widest! {
    /// (p/d + 1)³ of each product.
    fn cubes(products: &[f64], depth: f64, to: &mut [f64]) {
        for (to, product) in to.iter_mut().zip(products) {
            let k = product / depth + 1.0;
            *to = k * k * k;
        }
    }
}

impl Kernel {
    /// The similarity of two samples.
    pub(super) fn of(self, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Self::Cubic => {
                let k = dot(a, b) / a.len() as f64 + 1.0;
                k * k * k
            }
            Self::Gaussian { gamma } => (-gamma * square_distance(a, b)).exp(),
        }
    }

    /// Whether it only knows how samples differ, so that they may be shifted to make products small.
    pub(super) fn is_of_differences(self) -> bool {
        matches!(self, Self::Gaussian { .. })
    }

    /// The similarities of one sample with many, from their products, their number of columns, and their squared norms
    /// where it is [of differences](Self::is_of_differences).
    pub(super) fn of_products(self, products: &[f64], depth: usize, own: f64, norms: &[f64], to: &mut [f64]) {
        match self {
            Self::Cubic => cubes(products, depth as f64, to),
            Self::Gaussian { gamma } => {
                for (to, (product, norm)) in to.iter_mut().zip(products.iter().zip(norms)) {
                    *to = (-gamma * (own + norm - 2.0 * product).max(0.0)).exp();
                }
            }
        }
    }
}
