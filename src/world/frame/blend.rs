//! Blend modes, as in the W3C's *Compositing and Blending*, on linear light.

/// How a layer is blended with what lies below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blend {
    /// Covers.
    #[default]
    Normal,
    /// Adds light.
    Add,
    /// Filters light, like a coloured glass.
    Multiply,
    /// Adds light without burning out: the complement of multiplying complements.
    Screen,
    /// The distance between the two.
    Difference,
    /// The brighter of the two, channel by channel.
    Lighten,
    /// The darker of the two, channel by channel.
    Darken,
    /// Multiplies where it is dark below and screens where it is bright.
    Overlay,
}

impl Blend {
    /// Every mode, in the order of [`Self::NAMES`].
    pub const ALL: [Self; 8] = [
        Self::Normal,
        Self::Add,
        Self::Multiply,
        Self::Screen,
        Self::Difference,
        Self::Lighten,
        Self::Darken,
        Self::Overlay,
    ];
    /// Names in scene files.
    pub const NAMES: &'static [&'static str] =
        &["normal", "add", "multiply", "screen", "difference", "lighten", "darken", "overlay"];

    /// Name in scene files.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Blends a run of pixels (linear RGB and the layer's opacity, all 0..1) onto what lies below, in place.
    #[inline(always)]
    pub(super) fn run(self, below: &mut [[f32; 4]], layer: &[[f32; 4]]) {
        match self {
            Self::Normal => each(below, layer, |_, s| s),
            Self::Add => each(below, layer, |d, s| d + s),
            Self::Multiply => each(below, layer, |d, s| d * s),
            Self::Screen => each(below, layer, |d, s| d + s - d * s),
            Self::Difference => each(below, layer, |d, s| (d - s).abs()),
            Self::Lighten => each(below, layer, |d, s| if d > s { d } else { s }),
            Self::Darken => each(below, layer, |d, s| if d < s { d } else { s }),
            Self::Overlay => each(below, layer, |d, s| match d <= 0.5 {
                true => 2.0 * d * s,
                false => 1.0 - 2.0 * (1.0 - d) * (1.0 - s),
            }),
        }
    }
}

/// `d + opacity · (f(d, s) − d)`, kept in 0..1. Four lanes a pixel, so that a pixel is one vector.
#[inline(always)]
fn each(below: &mut [[f32; 4]], layer: &[[f32; 4]], f: impl Fn(f32, f32) -> f32) {
    for (d, s) in below.iter_mut().zip(layer) {
        let opacity = s[3];
        for c in 0..4 {
            let mixed = d[c] + opacity * (f(d[c], s[c]) - d[c]);
            let low = if mixed > 0.0 { mixed } else { 0.0 };
            d[c] = if low < 1.0 { low } else { 1.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The formulas of the specification, §10.1, in f64.
    fn plain(mode: &str, d: f64, s: f64, opacity: f64) -> f64 {
        let hard_light = |below: f64, above: f64| match above <= 0.5 {
            true => below * (2.0 * above),
            false => below + (2.0 * above - 1.0) - below * (2.0 * above - 1.0),
        };
        let b = match mode {
            "normal" => s,
            "add" => d + s,
            "multiply" => d * s,
            "screen" => 1.0 - (1.0 - d) * (1.0 - s),
            "difference" => {
                if d > s {
                    d - s
                } else {
                    s - d
                }
            }
            "lighten" => d.max(s),
            "darken" => d.min(s),
            "overlay" => hard_light(s, d),
            other => panic!("{other}"),
        };
        ((1.0 - opacity) * d + opacity * b).clamp(0.0, 1.0)
    }

    proptest! {
        #[test]
        fn modes_agree_with_the_specification(
            d in prop::array::uniform3(0.0f32..=1.0), s in prop::array::uniform3(0.0f32..=1.0), a in 0.0f32..=1.0,
        ) {
            for (mode, name) in Blend::ALL.into_iter().zip(Blend::NAMES) {
                let mut below = [[d[0], d[1], d[2], 1.0]];
                mode.run(&mut below, &[[s[0], s[1], s[2], a]]);
                for c in 0..3 {
                    let expected = plain(name, d[c] as f64, s[c] as f64, a as f64);
                    prop_assert!((below[0][c] as f64 - expected).abs() < 1e-6, "{} {}", name, c);
                }
            }
        }
    }
}
