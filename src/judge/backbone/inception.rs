//! Inception (Szegedy et al. 2014) with batch normalisation (Ioffe and Szegedy 2015): a convolution, then modules of
//! four branches side by side: 1 × 1, 3 × 3 and 5 × 5 convolutions, the latter two after a reducing 1 × 1, and a 1 × 1
//! projection of the pooled input. Max pooling after the stem, the second and the fourth module.
//!
//! | input | stem | modules 1, 2 | modules 3, 4 | module 5 |
//! | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 24 × 32 × 32 | 80, 96 × 16 × 16 | 128, 160 × 8 × 8 | 256 × 4 × 4 |
//! | 1 × 28 × 28 | 24 × 28 × 28 | 80, 96 × 14 × 14 | 128, 160 × 7 × 7 | 256 × 4 × 4 |

use super::declaration::{Backbone, Layers};
use super::graph::{Builder, Graph, Place, Style, conv};
use crate::architecture::Architecture;
use world::limits;

/// The backbone.
pub const BACKBONE: Backbone = Backbone {
    name: "inception",
    about: "a convolution and five modules of four branches: 1 × 1, 3 × 3, 5 × 5, pooled projection (Szegedy et al. 2014)",
    sides: limits::SEEN,
    layers: Layers::Graph(graph),
};

/// A module: channels of its branches, those of 3 × 3 and 5 × 5 as (reduced, out).
#[derive(Clone, Copy)]
struct Module {
    name: &'static str,
    one: usize,
    three: (usize, usize),
    five: (usize, usize),
    pooled: usize,
    /// Whether the size is halved after it.
    is_halved: bool,
}

const MODULES: [Module; 5] = [
    Module { name: "one", one: 16, three: (16, 32), five: (8, 16), pooled: 16, is_halved: false },
    Module { name: "two", one: 32, three: (16, 32), five: (8, 16), pooled: 16, is_halved: true },
    Module { name: "three", one: 32, three: (32, 64), five: (16, 16), pooled: 16, is_halved: false },
    Module { name: "four", one: 48, three: (48, 80), five: (16, 16), pooled: 16, is_halved: true },
    Module { name: "five", one: 64, three: (64, 128), five: (16, 32), pooled: 32, is_halved: false },
];

fn graph(shape: &Architecture) -> Graph {
    let (mut g, picture) = Builder::new(shape, Style::USUAL);
    let stem = g.convolve("stem", picture, conv(3, 24).strided(shape.side >= 48).halved(true));
    let last = MODULES.iter().fold(stem, |x, module| branches(&mut g, x, module));
    g.finish(&[last])
}

fn branches(g: &mut Builder, x: Place, m: &Module) -> Place {
    let name = |part: &str| format!("{}.{part}", m.name);
    let last = |kernel, to| conv(kernel, to).halved(m.is_halved);
    let one = g.convolve(&name("one"), x, last(1, m.one));
    let reduced = g.convolve(&name("three.reduce"), x, conv(1, m.three.0));
    let three = g.convolve(&name("three"), reduced, last(3, m.three.1));
    let reduced = g.convolve(&name("five.reduce"), x, conv(1, m.five.0));
    let five = g.convolve(&name("five"), reduced, last(5, m.five.1));
    let smooth = g.smooth(x);
    let pooled = g.convolve(&name("pooled"), smooth, last(1, m.pooled));
    g.concatenate(&[one, three, five, pooled])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Row, declared, stated};
    use super::*;

    #[test]
    fn its_layers_are_those_of_the_table() {
        let table = |channels, stem, sides: [usize; 5]| {
            let row = |from, to, kernel, side| Row { from, to, kernel, side };
            let mut all = vec![row(channels, 24, 3, stem)];
            let from = [24, 80, 96, 128, 160];
            let [one, reduce3, three] = [[16, 32, 32, 48, 64], [16, 16, 32, 48, 64], [32, 32, 64, 80, 128]];
            let [reduce5, five, pooled] = [[8, 8, 16, 16, 16], [16, 16, 16, 16, 32], [16, 16, 16, 16, 32]];
            for i in 0..5 {
                let (from, side) = (from[i], sides[i]);
                all.extend([row(from, one[i], 1, side), row(from, reduce3[i], 1, side)]);
                all.extend([row(reduce3[i], three[i], 3, side), row(from, reduce5[i], 1, side)]);
                all.extend([row(reduce5[i], five[i], 5, side), row(from, pooled[i], 1, side)]);
            }
            all
        };
        // Stem 3, pooling 2 · 2, modules 2 · 4 · 4, pooling 2 · 4, modules 2 · 4 · 8, pooling 2 · 8, module 4 · 16.
        assert_eq!(declared(&BACKBONE, (3, 64)), stated(&table(3, 32, [16, 16, 8, 8, 4]), 512, 191));
        assert_eq!(declared(&BACKBONE, (1, 28)), stated(&table(1, 28, [14, 14, 7, 7, 4]), 512, 97));
    }
}
