//! Five convolutions, each of which keeps or halves the size; global mean and maximum pooling of the last two, which
//! respond to texture and form.
//!
//! | input | after 1 | after 2 | after 3 | after 4 | after 5 |
//! | --- | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 24 × 32 × 32 | 48 × 16 × 16 | 64 × 16 × 16 → 8 × 8 | 96 × 8 × 8 → 4 × 4 | 128 × 4 × 4 |
//! | 1 × 28 × 28 | 32 × 28 × 28 → 14 × 14 | 48 × 14 × 14 | 64 × 14 × 14 → 7 × 7 | 96 × 7 × 7 → 3 × 3 | 128 × 3 × 3 |

use super::declaration::{Backbone, Layers};
use super::graph::{Builder, Graph, Style, conv};
use crate::architecture::Architecture;
use world::limits;

/// The backbone.
pub const BACKBONE: Backbone = Backbone {
    name: "compact",
    about: "five 3 × 3 convolutions with batch normalisation (Ioffe and Szegedy 2015), mean and maximum of the last two",
    // Below eight pixels a side the last layer would be empty.
    sides: limits::SEEN,
    layers: Layers::Graph(graph),
};

fn graph(shape: &Architecture) -> Graph {
    let (mut g, picture) = Builder::new(shape, Style { window: 2, is_rounded: true, ..Style::USUAL });
    // Small pictures keep their size in the first layers, and are pooled.
    let small = shape.side < 48;
    let first = g.convolve("first", picture, conv(3, if small { 32 } else { 24 }).strided(!small));
    let first = if small { g.halve(first) } else { first };
    let second = g.convolve("second", first, conv(3, 48).strided(!small));
    let third = g.convolve("third", second, conv(3, 64));
    let third = g.halve(third);
    let texture = g.convolve("fourth", third, conv(3, 96));
    let halved = g.halve(texture);
    let form = g.convolve("fifth", halved, conv(3, 128));
    g.finish(&[texture, form])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Row, declared, stated};
    use super::*;

    #[test]
    fn its_layers_are_those_of_the_table() {
        let conv = |from, to, side| Row { from, to, kernel: 3, side };
        let large = [conv(3, 24, 32), conv(24, 48, 16), conv(48, 64, 16), conv(64, 96, 8), conv(96, 128, 4)];
        let small = [conv(1, 32, 28), conv(32, 48, 14), conv(48, 64, 14), conv(64, 96, 7), conv(96, 128, 3)];
        assert_eq!(declared(&BACKBONE, (3, 64)), stated(&large, 448, 75));
        assert_eq!(declared(&BACKBONE, (1, 28)), stated(&small, 448, 42));
    }
}
