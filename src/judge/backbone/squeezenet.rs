//! SqueezeNet (Iandola et al. 2016) with batch normalisation: a convolution, then fire modules, each of which squeezes
//! the channels by a 1 × 1 convolution and expands them by one of 1 × 1 and one of 3 × 3 side by side. Max pooling
//! after the stem, the second and the fourth module.
//!
//! | input | stem | fire 1, 2 | fire 3, 4 | fire 5, 6, 7 |
//! | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 32 × 32 × 32 | 64 × 16 × 16 | 128 × 8 × 8 | 192 × 4 × 4, the last 256 |
//! | 1 × 28 × 28 | 32 × 28 × 28 | 64 × 14 × 14 | 128 × 7 × 7 | 192 × 4 × 4, the last 256 |

use super::declaration::{Backbone, Layers};
use super::graph::{Builder, Graph, Place, Style, conv};
use crate::architecture::Architecture;
use world::limits;

/// The backbone.
pub const BACKBONE: Backbone = Backbone {
    name: "squeezenet",
    about: "a convolution and seven fire modules: squeeze by 1 × 1, expand by 1 × 1 and 3 × 3 (Iandola et al. 2016)",
    sides: limits::SEEN,
    layers: Layers::Graph(graph),
};

/// Name, squeezed channels, expanded channels of each kind, and whether the size is halved after it.
const MODULES: [(&str, usize, usize, bool); 7] = [
    ("one", 16, 32, false),
    ("two", 16, 32, true),
    ("three", 32, 64, false),
    ("four", 32, 64, true),
    ("five", 48, 96, false),
    ("six", 48, 96, false),
    ("seven", 64, 128, false),
];

fn graph(shape: &Architecture) -> Graph {
    let (mut g, picture) = Builder::new(shape, Style::USUAL);
    let stem = g.convolve("stem", picture, conv(3, 32).strided(shape.side >= 48).halved(true));
    let last = MODULES.into_iter().fold(stem, |x, module| fire(&mut g, x, module));
    g.finish(&[last])
}

fn fire(g: &mut Builder, x: Place, (name, squeezed, to, is_halved): (&str, usize, usize, bool)) -> Place {
    let x = g.convolve(&format!("{name}.squeeze"), x, conv(1, squeezed));
    let one = g.convolve(&format!("{name}.one"), x, conv(1, to).halved(is_halved));
    let three = g.convolve(&format!("{name}.three"), x, conv(3, to).halved(is_halved));
    g.concatenate(&[one, three])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Row, declared, stated};
    use super::*;

    #[test]
    fn its_layers_are_those_of_the_table() {
        let table = |channels, stem, sides: [usize; 3]| {
            let row = |from, to, kernel, side| Row { from, to, kernel, side };
            let mut all = vec![row(channels, 32, 3, stem)];
            let modules =
                [(32, 16, 32), (64, 16, 32), (64, 32, 64), (128, 32, 64), (128, 48, 96), (192, 48, 96)];
            for (i, (from, squeezed, to)) in modules.into_iter().chain([(192, 64, 128)]).enumerate() {
                let side = sides[(i / 2).min(2)];
                all.extend([
                    row(from, squeezed, 1, side),
                    row(squeezed, to, 1, side),
                    row(squeezed, to, 3, side),
                ]);
            }
            all
        };
        // Stem 3, pooling 2 · 2, modules 2 · 8, pooling 8, modules 2 · 16, pooling 16, modules 3 · 32; half of that where small.
        assert_eq!(declared(&BACKBONE, (3, 64)), stated(&table(3, 32, [16, 8, 4]), 512, 175));
        assert_eq!(declared(&BACKBONE, (1, 28)), stated(&table(1, 28, [14, 7, 4]), 512, 89));
    }
}
