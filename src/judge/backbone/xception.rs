//! Xception (Chollet 2016): depthwise separable convolutions in residual blocks. Blocks of the entry flow have two,
//! then max pooling, beside a strided 1 × 1 shortcut; that of the middle flow has three and keeps the size; the exit
//! flow is one separable convolution. Activations precede the convolutions of a block, and there is none between its
//! depthwise and its pointwise part.
//!
//! | input | stem | entry 1 | entry 2 | entry 3 | middle | exit |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 32 × 32 × 32 | 48 × 16 × 16 | 96 × 8 × 8 | 128 × 4 × 4 | 128 × 4 × 4 | 192 × 4 × 4 |
//! | 1 × 28 × 28 | 32 × 28 × 28 | 48 × 14 × 14 | 96 × 7 × 7 | 128 × 4 × 4 | 128 × 4 × 4 | 192 × 4 × 4 |

use super::declaration::{Backbone, Layers};
use super::graph::{Builder, Graph, Place, Style, conv};
use crate::architecture::Architecture;
use world::limits;

/// The backbone.
pub const BACKBONE: Backbone = Backbone {
    name: "xception",
    about: "depthwise separable convolutions in four residual blocks (Chollet 2016)",
    sides: limits::SEEN,
    layers: Layers::Graph(graph),
};

fn graph(shape: &Architecture) -> Graph {
    let (mut g, picture) = Builder::new(shape, Style::USUAL);
    let mut x = g.convolve("stem", picture, conv(3, 32).strided(shape.side >= 48));
    for (i, to) in [48, 96, 128].into_iter().enumerate() {
        let name = format!("entry.{i}");
        // The stem is activated already.
        let inner = if i == 0 { x } else { g.activate(x) };
        let inner = g.separable(&format!("{name}.first"), inner, conv(1, to));
        let inner = g.separable(&format!("{name}.second"), inner, conv(1, to).linear().halved(true));
        let shortcut = g.shortcut(&format!("{name}.shortcut"), x, to, true);
        x = g.add(inner, shortcut, false);
    }
    x = middle(&mut g, x);
    let inner = g.activate(x);
    let last = g.separable("exit", inner, conv(1, 192));
    g.finish(&[last])
}

fn middle(g: &mut Builder, x: Place) -> Place {
    let to = g.channels(x);
    let inner = g.activate(x);
    let inner = g.separable("middle.first", inner, conv(1, to));
    let inner = g.separable("middle.second", inner, conv(1, to));
    let inner = g.separable("middle.third", inner, conv(1, to).linear());
    g.add(inner, x, false)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Row, declared, stated};
    use super::*;

    #[test]
    fn its_layers_are_those_of_the_table() {
        let table = |channels, sides: [usize; 4]| {
            let row = |from, to, kernel, side| Row { from, to, kernel, side };
            // A depthwise filter reads one channel.
            let separable = |from, to, side| [row(1, from, 3, side), row(from, to, 1, side)];
            let mut all = vec![row(channels, 32, 3, sides[0])];
            for (i, (from, to)) in [(32, 48), (48, 96), (96, 128)].into_iter().enumerate() {
                all.extend(separable(from, to, sides[i]));
                all.extend(separable(to, to, sides[i]));
                all.push(row(from, to, 1, sides[i + 1]));
            }
            (0..3).for_each(|_| all.extend(separable(128, 128, sides[3])));
            all.extend(separable(128, 192, sides[3]));
            all
        };
        // Stem 3, then 3 · 2 windows a block of steps 2, 4 and 8, and 4 · 2 of steps 16.
        assert_eq!(declared(&BACKBONE, (3, 64)), stated(&table(3, [32, 16, 8, 4]), 384, 215));
        assert_eq!(declared(&BACKBONE, (1, 28)), stated(&table(1, [28, 14, 7, 4]), 384, 109));
    }
}
