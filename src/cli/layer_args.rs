//! Options that choose layers of a backbone.

use clap::builder::{PossibleValuesParser, TypedValueParser};

#[cfg(feature = "judge")]
use crate::judge::layer_options::LayerOptions;
use crate::judge::layer_options::{Activation, Global, Norm, Pooling};

/// A parser of the names of all values.
fn among<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let names = PossibleValuesParser::new(all.iter().map(|v| name(*v)));
    names.try_map(move |word| all.iter().copied().find(|v| name(*v) == word).ok_or("no such layer"))
}

/// Layers instead of the backbone's own.
#[derive(clap::Args)]
pub struct LayerArgs {
    /// How the backbone halves the size between layers: by the maxima or means of windows, by strides, or not at all.
    /// Without it, in the backbone's own way; the same holds of the next three.
    #[arg(long, value_name = "HOW", value_parser = among(Pooling::ALL, Pooling::name))]
    pooling: Option<Pooling>,
    /// Normalisation after each convolution.
    #[arg(long, value_name = "HOW", value_parser = among(Norm::ALL, Norm::name))]
    norm: Option<Norm>,
    /// Activation function of the backbone.
    #[arg(long, value_name = "NAME", value_parser = among(&Activation::ALL, Activation::name))]
    activation: Option<Activation>,
    /// What becomes of each channel of the last layer: its mean, its maximum, or both.
    #[arg(long, value_name = "HOW", value_parser = among(Global::ALL, Global::name))]
    global: Option<Global>,
}

impl LayerArgs {
    /// The layers chosen; where none is, as in `kept`.
    #[cfg(feature = "judge")]
    pub fn options(&self, kept: LayerOptions) -> LayerOptions {
        LayerOptions {
            pooling: self.pooling.or(kept.pooling),
            norm: self.norm.or(kept.norm),
            activation: self.activation.or(kept.activation),
            global: self.global.or(kept.global),
        }
    }
}
