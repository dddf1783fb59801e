//! A graph as text, one layer a line, for people and for other programs that build the same network.

use std::fmt;

use super::{Graph, Layer, Then};
use learn::net::padded::pool::Reduce;

/// `INDEX WHAT [FROM…] CHANNELS SIDE KERNEL STRIDE THEN`, KERNEL being 0 for what has none, THEN `norm`, `active`,
/// `norm+active` or `-`; the outputs are in the last line.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (i, node) in self.nodes.iter().enumerate() {
            let (what, kernel, stride, then) = match &node.layer {
                Layer::Input => ("input", 0, 1, "-"),
                Layer::Activate => ("activate", 0, 1, "active"),
                Layer::Add { is_active } => ("add", 0, 1, if *is_active { "active" } else { "-" }),
                Layer::Concatenate => ("concatenate", 0, 1, "-"),
                Layer::Pool(p) if p.reduce == Reduce::Max => ("max", p.kernel, p.stride, "-"),
                Layer::Pool(p) => ("mean", p.kernel, p.stride, "-"),
                Layer::Convolve(c) => {
                    let then = match c.then {
                        Then::Nothing => "-",
                        Then::Norm => "norm",
                        Then::NormAndActivation => "norm+active",
                    };
                    (if c.is_depthwise { "depthwise" } else { "convolve" }, c.kernel, c.stride, then)
                }
            };
            let (from, channels, side) = (&node.from, node.channels, node.side);
            writeln!(f, "{i} {what} {from:?} {channels} {side} {kernel} {stride} {then}")?;
        }
        write!(f, "outputs {:?}", self.outputs)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Builder, Style, conv};
    use crate::architecture::Architecture;
    use crate::layer_options::LayerOptions;

    #[test]
    fn every_layer_has_a_line() {
        let layers = LayerOptions::default();
        let shape = Architecture { channels: 1, side: 12, classes: 2, backbone: String::new(), layers };
        let (mut g, x) = Builder::new(&shape, Style::USUAL);
        let a = g.separable("a", x, conv(1, 8).halved(true));
        let b = g.shortcut("b", x, 8, true);
        let sum = g.add(a, b, true);
        let [c, d] = [1, 5].map(|kernel| g.convolve("c", sum, conv(kernel, 16)));
        let both = g.concatenate(&[c, d]);
        let text = g.finish(&[both]).to_string();
        let lines = [
            "0 input [] 1 12 0 1 -",
            "1 depthwise [0] 1 12 3 1 -",
            "2 convolve [1] 8 12 1 1 norm+active",
            "3 max [2] 8 6 3 2 -",
            "4 convolve [0] 8 6 1 2 norm",
            "5 add [3, 4] 8 6 0 1 active",
            "6 convolve [5] 16 6 1 1 norm+active",
            "7 convolve [5] 16 6 5 1 norm+active",
            "8 concatenate [6, 7] 32 6 0 1 -",
            "outputs [8]",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    }
}
