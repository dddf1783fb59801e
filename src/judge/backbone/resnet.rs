//! ResNet (He et al. 2015) of ten layers: a convolution, then four residual blocks of two 3 × 3 convolutions. Where a
//! block changes the size, its first convolution has a stride of 2, and a 1 × 1 convolution projects the shortcut.
//!
//! | input | stem | block 1 | block 2 | block 3 | block 4 |
//! | --- | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 16 × 32 × 32 | 16 × 32 × 32 | 32 × 16 × 16 | 64 × 8 × 8 | 128 × 4 × 4 |
//! | 1 × 28 × 28 | 16 × 28 × 28 | 16 × 28 × 28 | 32 × 14 × 14 | 64 × 7 × 7 | 128 × 4 × 4 |

use super::declaration::{Backbone, Layers};
use super::graph::{Builder, Graph, Place, Style, conv};
use crate::architecture::Architecture;
use crate::layer_options::Pooling;
use world::limits;

/// The backbone.
pub const BACKBONE: Backbone = Backbone {
    name: "resnet",
    about: "ten layers in four residual blocks, the shortcut projected where the size changes (He et al. 2015)",
    sides: limits::SEEN,
    layers: Layers::Graph(graph),
};

fn graph(shape: &Architecture) -> Graph {
    let (mut g, picture) = Builder::new(shape, Style { pooling: Pooling::Strided, ..Style::USUAL });
    let stem = g.convolve("stem", picture, conv(3, 16).strided(shape.side >= 48));
    let blocks = [("one", 16), ("two", 32), ("three", 64), ("four", 128)];
    let last = blocks.into_iter().fold(stem, |x, (name, to)| block(&mut g, name, x, to));
    g.finish(&[last])
}

/// A residual block, which halves the size where it changes the number of channels.
fn block(g: &mut Builder, name: &str, x: Place, to: usize) -> Place {
    let changes = g.channels(x) != to;
    let inner = g.convolve(&format!("{name}.first"), x, conv(3, to).halved(changes));
    let inner = g.convolve(&format!("{name}.second"), inner, conv(3, to).linear());
    let shortcut = if changes { g.shortcut(&format!("{name}.shortcut"), x, to, true) } else { x };
    g.add(inner, shortcut, true)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Row, declared, stated};
    use super::*;

    #[test]
    fn its_layers_are_those_of_the_table() {
        let table = |channels, sides: [usize; 4]| {
            let row = |from, to, kernel, side| Row { from, to, kernel, side };
            let mut all =
                vec![row(channels, 16, 3, sides[0]), row(16, 16, 3, sides[0]), row(16, 16, 3, sides[0])];
            for (side, from) in sides[1..].iter().zip([16, 32, 64]) {
                let to = 2 * from;
                all.extend([row(from, to, 3, *side), row(to, to, 3, *side), row(from, to, 1, *side)]);
            }
            all
        };
        // 1 + 2 (stem), then with steps of 2: 2 · 4, 4 + 8, 8 + 16, 16 + 32.
        assert_eq!(declared(&BACKBONE, (3, 64)), stated(&table(3, [32, 16, 8, 4]), 256, 95));
        assert_eq!(declared(&BACKBONE, (1, 28)), stated(&table(1, [28, 14, 7, 4]), 256, 49));
    }
}
