//! Activation functions.

/// A function of each number, or of the numbers of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// Between 0 and 6.
    Relu6,
    /// x, times a slope below 0 (Maas et al. 2013).
    Leaky(f64),
    /// x, below 0 α (eˣ − 1) (Clevert et al. 2016).
    Elu(f64),
    /// x, below 0 α (e^(x/α) − 1) (Barron 2017).
    Celu(f64),
    /// A scaled exponential (Klambauer et al. 2017).
    Selu,
    /// x Φ(x), Φ by the error function (Hendrycks and Gimpel 2016).
    Gelu,
    /// The same by a hyperbolic tangent.
    GeluTanh,
    /// x σ(x) (Ramachandran et al. 2017).
    Silu,
    /// σ(x) = 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// ln σ(x).
    LogSigmoid,
    /// x/6 + 1/2 between 0 and 1.
    HardSigmoid,
    /// tanh x.
    Tanh,
    /// Between −1 and 1.
    HardTanh,
    /// ln(1 + e^(βx)) / β.
    Softplus(f64),
    /// x / (1 + |x|).
    Softsign,
    /// x (x/6 + 1/2, between 0 and 1) (Howard et al. 2019).
    HardSwish,
    /// x tanh(ln(1 + eˣ)) (Misra 2019).
    Mish,
    /// Probabilities over the channels of a cell.
    Softmax,
    /// Their logarithms.
    LogSoftmax,
}

#[cfg(feature = "judge")]
pub use in_training::activated;

#[cfg(feature = "judge")]
mod in_training {
    #![expect(clippy::disallowed_types, reason = "training runs on burn")]

    use burn::tensor::Tensor;
    use burn::tensor::activation as of;

    use super::Activation;

    /// The function of `[n, channels, height, width]`.
    pub fn activated(x: Tensor<4>, function: Activation) -> Tensor<4> {
        match function {
            Activation::Relu => of::relu(x),
            Activation::Relu6 => of::relu6(x),
            Activation::Leaky(slope) => of::leaky_relu(x, slope),
            Activation::Elu(alpha) => of::elu(x, alpha),
            Activation::Celu(alpha) => of::celu(x, alpha),
            Activation::Selu => of::selu(x),
            Activation::Gelu => of::gelu(x),
            Activation::GeluTanh => of::gelu_approximate(x),
            Activation::Silu => of::silu(x),
            Activation::Sigmoid => of::sigmoid(x),
            Activation::LogSigmoid => of::log_sigmoid(x),
            Activation::HardSigmoid => of::hard_sigmoid(x, 1.0 / 6.0, 0.5),
            Activation::Tanh => of::tanh(x),
            Activation::HardTanh => of::hardtanh(x, -1.0, 1.0),
            Activation::Softplus(beta) => of::softplus(x, beta),
            Activation::Softsign => of::softsign(x),
            Activation::HardSwish => of::hard_swish(x),
            Activation::Mish => of::mish(x),
            Activation::Softmax => of::softmax(x, 1),
            Activation::LogSoftmax => of::log_softmax(x, 1),
        }
    }
}
