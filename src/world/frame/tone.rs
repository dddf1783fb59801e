//! Tone, palette and opacity of one layer, baked into tables for the length of a frame.

use super::layer::Layer;
use super::wrap_mode::WrapMode;

/// Table steps from `low` to `high`.
pub const STEPS: usize = 2048;

/// A table of linear RGB and opacity.
pub type ColourTable = Box<[[f32; 4]; STEPS + 1]>;

/// How a value becomes a table index: `(v − low) · scale`, wrapped into 0..1.
#[derive(Clone, Copy)]
pub struct ToneMap {
    low: f32,
    scale: f32,
    beyond: WrapMode,
    /// Indices follow the square root, so that a gamma below 1 keeps fine steps in the dark.
    root: bool,
}

impl ToneMap {
    /// The tone of a layer's knobs.
    pub fn of(layer: &Layer) -> Self {
        let k = &layer.knobs;
        let span = k.high - k.low;
        let span = if span.abs() < 1e-9 { 1e-9 } else { span };
        Self { low: k.low, scale: 1.0 / span, beyond: k.beyond, root: k.gamma < 1.0 }
    }

    /// Table indices of values. Each wrap mode has its own loop, so that each vectorises.
    #[inline(always)]
    pub fn places(&self, values: impl Iterator<Item = f32>, into: &mut [u32]) {
        match (self.beyond, self.root) {
            (WrapMode::Clamp, false) => self.run(values, into, |t| t, |u| u),
            (WrapMode::Clamp, true) => self.run(values, into, |t| t, f32::sqrt),
            (WrapMode::Repeat, false) => self.run(values, into, |t| t - t.floor(), |u| u),
            (WrapMode::Repeat, true) => self.run(values, into, |t| t - t.floor(), f32::sqrt),
            (WrapMode::Mirror, false) => self.run(values, into, mirrored, |u| u),
            (WrapMode::Mirror, true) => self.run(values, into, mirrored, f32::sqrt),
        }
    }

    #[inline(always)]
    fn run(
        &self,
        values: impl Iterator<Item = f32>,
        into: &mut [u32],
        fold: impl Fn(f32) -> f32,
        bend: impl Fn(f32) -> f32,
    ) {
        for (place, value) in into.iter_mut().zip(values) {
            let t = fold((value - self.low) * self.scale);
            let low = if t > 0.0 { t } else { 0.0 };
            let unit = if low < 1.0 { low } else { 1.0 };
            *place = nearest(bend(unit) * STEPS as f32);
        }
    }

    /// Toned value 0..1, gamma included, of each table index.
    fn toned(&self, gamma: f32) -> impl Iterator<Item = f32> + use<> {
        let exponent = gamma as f64 * if self.root { 2.0 } else { 1.0 };
        (0..=STEPS).map(move |i| {
            let t = i as f64 / STEPS as f64;
            (if exponent == 1.0 { t } else { libm::pow(t, exponent) }) as f32
        })
    }

    /// Colours over the tone range: palette, shift, gain, hue, chroma; opacity with fade.
    pub fn colours(&self, layer: &Layer) -> ColourTable {
        let grade = Grade::of(layer);
        table(self.toned(layer.knobs.gamma).map(|t| {
            let [r, g, b, alpha] = layer.palette.at(turned(layer, t));
            let [r, g, b] = grade.apply([r, g, b]);
            [r, g, b, alpha * opacity(layer, t)]
        }))
    }

    /// Brightness over the tone range: a factor on a colour under which its Oklab lightness grows evenly.
    pub fn brightness(&self, layer: &Layer) -> ColourTable {
        table(self.toned(layer.knobs.gamma).map(|t| [t * t * t, t * t * t, t * t * t, opacity(layer, t)]))
    }

    /// Light over the tone range, for fields that are light already.
    pub fn light(&self, layer: &Layer) -> ColourTable {
        table(self.toned(layer.knobs.gamma).map(|t| [t, t, t, opacity(layer, t)]))
    }
}

/// 0..1 as it is, 1..2 backwards, and so on.
#[inline(always)]
fn mirrored(t: f32) -> f32 {
    let half = t * 0.5;
    1.0 - (2.0 * (half - half.floor()) - 1.0).abs()
}

/// The nearest whole number of a small float that is not negative: added to 1.5 · 2²³ it lies in the last bits.
#[inline(always)]
pub fn nearest(v: f32) -> u32 {
    (v + 12_582_912.0).to_bits() & 0xffff
}

/// Colours by direction, one turn: palette, shift, gain, hue, chroma.
pub fn compass(layer: &Layer) -> ColourTable {
    let grade = Grade::of(layer);
    table((0..=STEPS).map(|i| {
        let [r, g, b, alpha] = layer.palette.at(turned(layer, i as f32 / STEPS as f32));
        let [r, g, b] = grade.apply([r, g, b]);
        [r, g, b, alpha]
    }))
}

fn table(entries: impl Iterator<Item = [f32; 4]>) -> ColourTable {
    let mut table = Box::new([[0.0; 4]; STEPS + 1]);
    table.iter_mut().zip(entries).for_each(|(slot, entry)| *slot = entry);
    table
}

fn opacity(layer: &Layer, t: f32) -> f32 {
    layer.knobs.opacity * (1.0 - layer.knobs.fade * (1.0 - t))
}

/// Position in the palette after its shift: wrapped if it is cyclic, else mirrored.
fn turned(layer: &Layer, t: f32) -> f32 {
    match (layer.knobs.shift, layer.palette.is_cyclic()) {
        (0.0, _) => t,
        (shift, true) => (t + shift) - (t + shift).floor(),
        (shift, false) => mirrored(t + 2.0 * shift),
    }
}

/// Gain, hue and chroma as one matrix on linear RGB: chroma is turned and scaled about the grey of equal luminance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grade {
    rows: [[f32; 3]; 3],
}

/// Luminance of linear RGB (Rec. 709).
const LUMA: [f64; 3] = [0.2126, 0.7152, 0.0722];

impl Grade {
    /// The grade of a layer's knobs.
    pub fn of(layer: &Layer) -> Self {
        let k = &layer.knobs;
        let angle = core::f64::consts::TAU * k.hue as f64;
        let (c, s) = (libm::cos(angle) * k.chroma as f64, libm::sin(angle) * k.chroma as f64);
        // Rotation about (1, 1, 1): the part along it is the luminance, the rest turns in the plane across it.
        let side = 1.0 / libm::sqrt(3.0);
        let entry = |i: usize, j: usize| match (j + 3 - i) % 3 {
            0 => c * 2.0 / 3.0,
            1 => -c / 3.0 - s * side,
            _ => -c / 3.0 + s * side,
        };
        // Subtracting each column's luminance puts the result back on its own.
        let luma_of = |j: usize| (0..3).map(|i| LUMA[i] * entry(i, j)).sum::<f64>();
        let gain = k.gain as f64;
        let rows = std::array::from_fn(|i| {
            std::array::from_fn(|j| (gain * (entry(i, j) - luma_of(j) + LUMA[j])) as f32)
        });
        match k.hue == 0.0 && k.chroma == 1.0 {
            true => Self { rows: [[k.gain, 0.0, 0.0], [0.0, k.gain, 0.0], [0.0, 0.0, k.gain]] },
            false => Self { rows },
        }
    }

    /// The graded colour, each channel in 0..1.
    #[inline(always)]
    pub fn apply(&self, light: [f32; 3]) -> [f32; 3] {
        let [red, green, blue] = &self.rows;
        [graded(red, light), graded(green, light), graded(blue, light)]
    }
}

#[inline(always)]
fn graded(m: &[f32; 3], [r, g, b]: [f32; 3]) -> f32 {
    let v = m[0] * r + m[1] * g + m[2] * b;
    let low = if v > 0.0 { v } else { 0.0 };
    if low < 1.0 { low } else { 1.0 }
}
