//! Penalties of large weights, which are added to the loss in training: L1 (Tibshirani 1996) makes many of them zero, L2
//! (Hoerl and Kennard 1970) keeps all of them small.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

/// What the weights are called, which alone are penalised: no biases, normalisations or places of tokens.
const NAME: &str = "weight";

struct Penalty {
    l1: f64,
    l2: f64,
    path: Vec<String>,
    sum: Option<Tensor<1>>,
}

impl Penalty {
    fn add(&mut self, term: Tensor<1>) {
        self.sum = Some(match self.sum.take() {
            Some(sum) => sum + term,
            None => term,
        });
    }
}

impl ModuleVisitor for Penalty {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.into());
    }
    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, weight: &Param<Tensor<D>>) {
        if self.path.last().is_none_or(|name| name != NAME) {
            return;
        }
        if self.l1 > 0.0 {
            self.add(weight.val().abs().sum().mul_scalar(self.l1));
        }
        if self.l2 > 0.0 {
            self.add(weight.val().powi_scalar(2).sum().mul_scalar(0.5 * self.l2));
        }
    }
}

/// `l1` times the sum of the absolute weights of convolutions and linear maps, and half `l2` times that of their squares;
/// none without either.
pub fn penalty<M: Module>(network: &M, l1: f64, l2: f64) -> Option<Tensor<1>> {
    let mut all = Penalty { l1, l2, path: Vec::new(), sum: None };
    if l1 > 0.0 || l2 > 0.0 {
        network.visit(&mut all);
    }
    all.sum
}
