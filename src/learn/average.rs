//! Exponential moving average of a network's weights, which samples better pictures than the network itself.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

use super::LearnError;

/// The averaged weights, in the order that burn visits them.
#[derive(Clone, Debug, PartialEq)]
pub struct Average(Vec<f32>);

impl Average {
    /// Starts at the network's weights.
    pub fn of<M: Module>(module: &M) -> Self {
        let mut now = Gather(Vec::new());
        module.visit(&mut now);
        Self(now.0)
    }

    /// Moves by `1 − decay` towards the network's weights. Early steps count for more, so that the initial weights are
    /// soon forgotten.
    pub fn update<M: Module>(&mut self, module: &M, decay: f64, step: usize) {
        let decay = decay.min((1.0 + step as f64) / (10.0 + step as f64)) as f32;
        let now = Self::of(module).0;
        self.0.iter_mut().zip(now).for_each(|(a, w)| *a += (1.0 - decay) * (w - *a));
    }

    /// The network with the averaged weights.
    pub fn module<M: Module>(&self, like: &M) -> M {
        like.clone().map(&mut Scatter { from: &self.0 })
    }

    /// As bytes.
    pub fn bytes(&self) -> Vec<u8> {
        bytemuck::cast_slice(&self.0).to_vec()
    }

    /// Restores from bytes.
    ///
    /// # Errors
    /// Their number does not match the weights.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), LearnError> {
        if bytes.len() != self.0.len() * 4 {
            let (want, found) = (self.0.len() * 4, bytes.len());
            return Err(LearnError::Failed(format!(
                "cannot resume: expected {want} bytes of averaged weights, found {found}"
            )));
        }
        self.0 = bytemuck::pod_collect_to_vec(bytes);
        Ok(())
    }
}

struct Gather(Vec<f32>);

impl ModuleVisitor for Gather {
    fn visit_float<const D: usize>(&mut self, weight: &Param<Tensor<D>>) {
        self.0.extend(super::glue::numbers(weight.val()));
    }
}

struct Scatter<'a> {
    from: &'a [f32],
}

impl ModuleMapper for Scatter<'_> {
    fn map_float<const D: usize>(&mut self, weight: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let dims = weight.dims();
        let (now, rest) = self.from.split_at(dims.iter().product());
        self.from = rest;
        weight.map(|w| {
            let new = Tensor::from_data(TensorData::new(now.to_vec(), dims), &w.device());
            if w.is_require_grad() { new.require_grad() } else { new }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glue::{Conv, fresh, weights};

    #[test]
    fn it_follows_the_update_rule() {
        let (a, b) = (fresh(1, |d| Conv::new(2, 3, d)), fresh(2, |d| Conv::new(2, 3, d)));
        let mut average = Average::of(&a);
        assert_eq!(weights(&average.module(&b)), weights(&a));
        // Step 0 keeps a tenth; later ones nine tenths.
        average.update(&b, 0.9, 0);
        average.update(&b, 0.9, 1000);
        let (a, b, now) = (weights(&a), weights(&b), weights(&average.module(&a)));
        for ((x, y), z) in a.iter().zip(b.iter()).zip(now.iter()) {
            for i in 0..x.1.values.len() {
                let expected = 0.09 * x.1.values[i] + 0.91 * y.1.values[i];
                assert!((expected - z.1.values[i]).abs() < 1e-6);
            }
        }
        assert!(average.restore(&[0; 3]).is_err());
    }
}
