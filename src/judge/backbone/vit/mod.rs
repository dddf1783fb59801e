//! The vision transformer (Dosovitskiy et al. 2020): patches of the picture are mapped to tokens, each gets a learned
//! position, and four pre-norm blocks of attention (4 heads) and a hidden layer of four times the width (GELU) encode
//! them. The features are taken over all tokens, their mean unless chosen otherwise, not from a class token, which Beyer
//! et al. (2022) found to be no better.
//!
//! | input | patch | tokens | width |
//! | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 8 × 8 | 8 × 8 | 64 |
//! | 1 × 28 × 28 | 4 × 4 | 7 × 7 | 64 |
//!
//! A side that is no multiple of the patch is padded with zeros at its right and lower end.

mod inference;
mod sizes;
#[cfg(feature = "judge")]
mod training;

use super::declaration::{Backbone, Layers, OwnLayers};
use super::network::WeightSpec;
use crate::architecture::Architecture;
use crate::layer_options::{Global, LayerOptions};
#[cfg(feature = "judge")]
use crate::model::whole;
use learn::net::encoder::Encoder;
use sizes::{WIDTH, across, encoder, global, inputs};

/// The backbone.
pub const BACKBONE: Backbone = Backbone {
    name: "vit",
    about: "patches as tokens through four blocks of attention, pre-norm, mean of the tokens (Dosovitskiy et al. 2020)",
    // Attention to all tokens from all: the cost grows with the fourth power of the side.
    sides: 8..=128,
    layers: Layers::Own(OwnLayers {
        check,
        features: |shape| WIDTH * if global(shape) == Global::Both { 2 } else { 1 },
        // Every token attends to all.
        field: |shape| shape.side,
        multiply_adds,
        weights,
        open: inference::open,
        #[cfg(feature = "judge")]
        fresh: |shape, device| {
            whole(training::TrainedVit::new(shape, device), BACKBONE.features(shape), shape, device)
        },
    }),
};

fn check(shape: &Architecture) -> Result<(), String> {
    match shape.layers {
        LayerOptions { pooling: None, norm: None, .. } => Ok(()),
        _ => Err("vit has no pooling and no normalisation to choose: leave out --pooling and --norm".into()),
    }
}

fn multiply_adds(shape: &Architecture) -> u64 {
    let tokens = across(shape) * across(shape);
    (tokens * inputs(shape) * WIDTH) as u64 + Encoder::multiply_adds(&encoder(shape), tokens)
}

fn weights(shape: &Architecture) -> Vec<WeightSpec> {
    let tokens = across(shape) * across(shape);
    let first = [
        ("patch.weight".into(), vec![inputs(shape), WIDTH]),
        ("patch.bias".into(), vec![WIDTH]),
        ("place".into(), vec![tokens, WIDTH]),
    ];
    first.into_iter().chain(Encoder::weights(&encoder(shape))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::shapes;
    use super::*;

    #[test]
    fn its_sizes_are_those_of_the_table() {
        for (channels, side, patch, tokens) in [(3, 64, 8, 64), (1, 28, 4, 49), (1, 9, 4, 9), (3, 51, 8, 49)]
        {
            let mut shape = Architecture { channels, side, backbone: "vit".into(), ..shapes()[0].clone() };
            let values = patch * patch * channels;
            // A block: two norms, queries, keys, values and the projection of 64 each, a hidden layer of 256.
            let block = 4 * 64 + (64 + 1) * 4 * 64 + (64 + 1) * 256 + (256 + 1) * 64;
            let count: usize =
                BACKBONE.weights(&shape).iter().map(|(_, d)| d.iter().product::<usize>()).sum();
            assert_eq!(count, (values + 1) * 64 + tokens * 64 + 4 * block + 2 * 64, "{side}");
            // Of every token: its patch; in every block, four maps of 64 × 64, two of 64 × 256, and with every token a
            // score and a sum, each of 64.
            let each = values * 64 + 4 * (4 * 64 * 64 + 2 * 64 * 256 + tokens * 2 * 64);
            assert_eq!(BACKBONE.multiply_adds(&shape), (tokens * each) as u64, "{side}");
            assert_eq!((BACKBONE.features(&shape), BACKBONE.field(&shape)), (64, side));
            shape.layers.global = Some(Global::Both);
            assert_eq!(BACKBONE.features(&shape), 128);
            assert!(shape.check().is_ok());
            shape.layers.norm = Some(crate::layer_options::Norm::Batch);
            assert!(shape.check().unwrap_err().contains("vit has no pooling"));
        }
    }
}
