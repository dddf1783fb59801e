//! VGG (Simonyan and Zisserman 2014), configuration A with batch normalisation, a sixteenth to an eighth as wide: five
//! stages of one, one, two, two and two 3 × 3 convolutions, max pooling between them. The fully connected layers are
//! replaced by global pooling, as the judge's embedding follows.
//!
//! | input | stage 1 | stage 2 | stage 3 | stage 4 | stage 5 |
//! | --- | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 16 × 64 × 64 | 24 × 32 × 32 | 48 × 16 × 16, twice | 64 × 8 × 8, twice | 96 × 4 × 4, twice |
//! | 1 × 28 × 28 | 16 × 28 × 28 | 24 × 28 × 28 | 48 × 14 × 14, twice | 64 × 7 × 7, twice | 96 × 3 × 3, twice |

use super::declaration::{Backbone, Layers};
use super::graph::{Builder, Graph, Style, conv};
use crate::architecture::Architecture;
use world::limits;

/// The backbone.
pub const BACKBONE: Backbone = Backbone {
    name: "vgg",
    about: "eight 3 × 3 convolutions in five stages with max pooling between them, configuration A (Simonyan and Zisserman 2014)",
    // Below eight pixels a side the last stage would be empty.
    sides: limits::SEEN,
    layers: Layers::Graph(graph),
};

/// Name, channels, and whether the stage ends here.
const LAYERS: [(&str, usize, bool); 8] = [
    ("one", 16, true),
    ("two", 24, true),
    ("three.first", 48, false),
    ("three.second", 48, true),
    ("four.first", 64, false),
    ("four.second", 64, true),
    ("five.first", 96, false),
    ("five.second", 96, false),
];

fn graph(shape: &Architecture) -> Graph {
    let (mut g, mut x) = Builder::new(shape, Style { window: 2, ..Style::USUAL });
    for (i, (name, to, is_last)) in LAYERS.into_iter().enumerate() {
        // Small pictures are not pooled after the first stage.
        let is_halved = is_last && (i > 0 || shape.side >= 48);
        x = g.convolve(name, x, conv(3, to).halved(is_halved));
    }
    g.finish(&[x])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Row, declared, stated};
    use super::*;

    #[test]
    fn its_layers_are_those_of_the_table() {
        let table = |channels, sides: [usize; 5]| {
            let [a, b, c, d, e] = sides;
            let sizes = [(channels, 16, a), (16, 24, b), (24, 48, c), (48, 48, c)];
            let more = [(48, 64, d), (64, 64, d), (64, 96, e), (96, 96, e)];
            let all = sizes.into_iter().chain(more);
            all.map(|(from, to, side)| Row { from, to, kernel: 3, side }).collect::<Vec<Row>>()
        };
        // Each convolution adds 2 steps, each pooling 1: 1 + 2 + 1, + 4 + 2, + 8 + 8 + 4, + 16 + 16 + 8, + 32 + 32.
        assert_eq!(declared(&BACKBONE, (3, 64)), stated(&table(3, [64, 32, 16, 8, 4]), 192, 134));
        assert_eq!(declared(&BACKBONE, (1, 28)), stated(&table(1, [28, 28, 14, 7, 3]), 192, 68));
    }
}
