//! Layers, losses and optimisers of neural networks, held against PyTorch's.
//!
//! `nn_reference.json` has an entry for each array (`shape`; `sum` and `first4` are compared, too), whose values are in
//! `NAME.f32le.bin`: little-endian f32, row-major. The name of a case says what it is of; parts of it may stand in any order.
//! Input is `CASE.x`, or `x`, which all cases share; `w` and `b` are weight and bias, `y` the output, `gy` the gradient from
//! above, `gx`, `gw` and `gb` the gradients.
//!
//! | case | what |
//! | --- | --- |
//! | `conv_k3_s1_p1` | convolution; also `_d2` (dilation), `_g3` or `_depthwise` (groups), `_circular`, `_reflect`, `_replicate`, `_same`, and sides that differ (`_k3x5`); without groups those of the weight |
//! | `convT_k4_s2_p1_op1` | transposed (`conv_transpose_…`, too); weight `[from][to / groups][rows][columns]` |
//! | `maxpool2`, `avgpool3_s2_p1` | pooling; also `_d2` (maximum), `_ceil`, `_nopad` (zeros of the border do not count) |
//! | `gap`, `adaptive_avgpool1`, `gmp`, `adaptive_maxpool3` | adaptive pooling |
//! | `relu`, `leaky0.2`, `elu1.5`, `gelu_tanh`, … | activations: every name is in `names::KINDS` |
//! | `up_nearest2`, `up_bilinear2`, `up_bicubic2` | enlargement; `_align` puts the outermost cells on one another |
//! | `bn`, `ln`, `gn3`, `in` | normalisation; `_eps1e-3`, of `bn` `_m0.3`. `bn` has `y_train`, `running_mean`, `running_var` after that batch, `y_eval` |
//! | `linear` | linear map of the last dimension, or of all values |
//! | `ce`, `mse`, `l1`, `huber`, `bce_logits` | losses of `logits`: an entry with `labels` and `loss_mean`, `loss_sum`, `loss_label_smoothing_0.1`; arrays `target`, `grad` |
//! | `cnn.init.…`, `cnn.after100.adamw_lr0.003_wd0.01.…` | weights before and after so many steps; `cnn_arch` has the layers, the data set with what it is divided by, and the size of a batch, `cnn_training` the losses |
//!
//! Optimisers are `sgd`, `momentum`, `nesterov`, `rmsprop`, `adam`, `adamw`, `adamax`, `nadam`, `radam`, `adagrad`,
//! `adadelta`, with the defaults of PyTorch and, behind the name, `_lr0.1`, `_wd0.01`, `_m0.9`, `_nesterov`, `_dampening0.1`,
//! `_b1_0.9_b2_0.99`, `_eps1e-8`, `_amsgrad`, `_alpha0.9`, `_centered`, `_lr_decay0.1`, `_rho0.9`.
//!
//! What is compared is what training computes and, where [`learn::net`] has the layer, what inference does, too: deviations
//! are relative to the largest value of an array.

#[cfg(feature = "judge")]
mod architecture;
#[cfg(feature = "judge")]
mod array;
#[cfg(feature = "judge")]
mod cases;
#[cfg(feature = "judge")]
mod layers;
#[cfg(feature = "judge")]
mod losses;
#[cfg(feature = "judge")]
mod names;
#[cfg(feature = "judge")]
mod optimisers;
#[cfg(feature = "judge")]
mod reference;
#[cfg(feature = "judge")]
mod training;
#[cfg(feature = "judge")]
mod words;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::folder::Folder;

/// Cases of neural networks.
pub struct NeuralNetworks;

/// The file of sizes, losses and labels.
const FILE: &str = "nn_reference.json";

impl Family for NeuralNetworks {
    fn name(&self) -> &'static str {
        "nn"
    }
    fn about(&self) -> &'static str {
        "layers, losses and optimisers of neural networks: values and gradients of PyTorch"
    }
    fn files(&self) -> &'static [&'static str] {
        &[FILE]
    }
    #[cfg(feature = "judge")]
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        match folder.has(FILE) {
            true => cases::jobs(folder, FILE),
            false => folder.absent(self.files()),
        }
    }
    #[cfg(not(feature = "judge"))]
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        let why = "this program was built without the `judge` feature, and cannot train; build it with its default features";
        match folder.has(FILE) {
            true => vec![Job::answered(FILE, Err(crate::fault::Fault::NotCovered(why.into())))],
            false => folder.absent(self.files()),
        }
    }
}
