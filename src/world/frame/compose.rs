//! Layers onto a backdrop, rows in parallel, a tile of a row at a time so that all of it stays in the L1 cache.

use std::borrow::Cow;

use rayon::prelude::*;

use super::blend::Blend;
use super::srgb::{BAYER, CURVE};
use super::tone::{ColourTable, Grade, STEPS, ToneMap, compass, nearest};
use super::{Frame, Layer};
use crate::field::{Field, rows_per_task};
use crate::widest;

/// Pixels of a tile: indices, colours and light of one fit in the L1 cache.
const TILE: usize = 256;

/// What lies below the lowest layer, and how the finished light becomes bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backdrop {
    /// Linear RGB, 0..1.
    pub colour: [f32; 3],
    /// Whether rounding to bytes uses an 8 × 8 ordered dither, which hides banding in dark gradients on a
    /// projector. Exact levels (black, white, any 8-bit colour) stay as they are.
    pub dither: bool,
}

impl From<[f32; 3]> for Backdrop {
    fn from(colour: [f32; 3]) -> Self {
        Self { colour, dither: true }
    }
}

/// Composes the layers, lowest first, into `out`, whose size is given. A field of another size is resampled.
/// One plane is coloured by the palette; two by a circular palette over direction with brightness from the length,
/// or by any other palette over the length; three are linear RGB.
pub fn compose(layers: &[(&Layer, &Field)], backdrop: impl Into<Backdrop>, out: &mut Frame) {
    let backdrop: Backdrop = backdrop.into();
    let (width, height) = (out.width, out.height);
    out.resize(width, height);
    let shown = layers.iter().filter(|(layer, _)| layer.knobs.opacity > 0.0);
    let plans: Vec<LayerPass> = shown.map(|(layer, field)| LayerPass::new(layer, field, out)).collect();
    let rows = out.rgba.par_chunks_exact_mut(out.width * 4).with_min_len(rows_per_task(out.width));
    rows.enumerate().for_each(|(y, row)| {
        let row = row.as_chunks_mut::<4>().0;
        widest_row(&plans, backdrop, y, row);
    });
}

/// One layer with its look-up tables.
struct LayerPass<'a> {
    field: Cow<'a, Field>,
    blend: Blend,
    tone: ToneMap,
    colours: ColourMap,
}

/// Colour map: how values become light.
enum ColourMap {
    /// One plane, by palette.
    Scalar(ColourTable),
    /// Two planes, their length by palette.
    Length(ColourTable),
    /// Two planes: colour by direction, brightness by length.
    Direction(ColourTable, ColourTable),
    /// Three planes of light.
    Light(ColourTable, Grade),
}

impl<'a> LayerPass<'a> {
    fn new(layer: &Layer, field: &'a Field, out: &Frame) -> Self {
        let field = match field.size() == (out.width, out.height) {
            true => Cow::Borrowed(field),
            false => {
                let mut sized = Field::new(out.width, out.height, field.planes());
                field.resample(&mut sized);
                Cow::Owned(sized)
            }
        };
        let tone = ToneMap::of(layer);
        let colours = match field.planes() {
            1 => ColourMap::Scalar(tone.colours(layer)),
            2 if layer.palette.is_cyclic() => ColourMap::Direction(compass(layer), tone.brightness(layer)),
            2 => ColourMap::Length(tone.colours(layer)),
            _ => ColourMap::Light(tone.light(layer), Grade::of(layer)),
        };
        Self { field, blend: layer.blend, tone, colours }
    }

    /// The light of pixels `x..x + into.len()` of row `y`.
    #[inline(always)]
    fn light(&self, y: usize, x: usize, into: &mut [[f32; 4]]) {
        let n = into.len();
        let values = |plane: usize| &self.field.row(plane, y)[x..x + n];
        let scalars = |plane: usize| values(plane).iter().copied();
        let lengths = || scalars(0).zip(scalars(1)).map(|(x, y)| (x * x + y * y).sqrt());
        let mut places = [[0u32; TILE]; 3];
        match &self.colours {
            ColourMap::Scalar(table) => {
                self.tone.places(scalars(0), &mut places[0]);
                look_up(table, &places[0], into);
            }
            ColourMap::Length(table) => {
                self.tone.places(lengths(), &mut places[0]);
                look_up(table, &places[0], into);
            }
            ColourMap::Direction(colours, brightness) => {
                self.tone.places(lengths(), &mut places[0]);
                directions(values(0), values(1), &mut places[1]);
                for (i, pixel) in into.iter_mut().enumerate() {
                    let (c, b) = (entry(colours, places[1][i]), entry(brightness, places[0][i]));
                    *pixel = [c[0] * b[0], c[1] * b[1], c[2] * b[2], c[3] * b[3]];
                }
            }
            ColourMap::Light(table, grade) => {
                (0..3).for_each(|c| self.tone.places(scalars(c), &mut places[c]));
                for (i, pixel) in into.iter_mut().enumerate() {
                    let (r, g, b) = (places[0][i], places[1][i], places[2][i]);
                    let brightest = r.max(g).max(b);
                    let light = [entry(table, r)[0], entry(table, g)[1], entry(table, b)[2]];
                    let [r, g, b] = grade.apply(light);
                    *pixel = [r, g, b, entry(table, brightest)[3]];
                }
            }
        }
    }
}

#[inline(always)]
fn entry(table: &ColourTable, place: u32) -> [f32; 4] {
    table[(place as usize).min(STEPS)]
}

#[inline(always)]
fn look_up(table: &ColourTable, places: &[u32; TILE], into: &mut [[f32; 4]]) {
    into.iter_mut().zip(places).for_each(|(pixel, &place)| *pixel = entry(table, place));
}

#[inline(always)]
fn directions(x: &[f32], y: &[f32], into: &mut [u32; TILE]) {
    for ((place, &x), &y) in into.iter_mut().zip(x).zip(y) {
        *place = nearest(turn(x, y) * STEPS as f32);
    }
}

/// Direction of (x, y) in turns 0..1, clockwise from the right as y points down. The arc tangent is Abramowitz and
/// Stegun's 4.4.49 (within 1e-5 radians): plain arithmetic, so every machine agrees, and a vector's width at a time.
#[inline(always)]
fn turn(x: f32, y: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let (small, large) = if ax < ay { (ax, ay) } else { (ay, ax) };
    let z = small / if large > 1e-30 { large } else { 1e-30 };
    let q = z * z;
    let arc = z * (0.999_866 + q * (-0.330_299_5 + q * (0.180_141 + q * (-0.085_133 + q * 0.020_835_1))));
    let eighth = arc * (0.5 * core::f32::consts::FRAC_1_PI);
    let quarter = if ax < ay { 0.25 - eighth } else { eighth };
    let half = if x < 0.0 { 0.5 - quarter } else { quarter };
    if y < 0.0 { 1.0 - half } else { half }
}

/// One finished row.
#[inline(always)]
fn row(plans: &[LayerPass], backdrop: Backdrop, y: usize, out: &mut [[u8; 4]]) {
    let [r, g, b] = backdrop.colour.map(|v| v.clamp(0.0, 1.0));
    let (mut light, mut layer) = ([[0f32; 4]; TILE], [[0f32; 4]; TILE]);
    for (i, pixels) in out.chunks_mut(TILE).enumerate() {
        let n = pixels.len();
        light[..n].fill([r, g, b, 1.0]);
        for plan in plans {
            plan.light(y, i * TILE, &mut layer[..n]);
            plan.blend.run(&mut light[..n], &layer[..n]);
        }
        match backdrop.dither {
            true => dithered(&light[..n], &BAYER[y % 8], pixels),
            false => rounded(&light[..n], pixels),
        }
    }
}

#[inline(always)]
fn rounded(light: &[[f32; 4]], out: &mut [[u8; 4]]) {
    let curve = &**CURVE;
    for (pixel, l) in out.iter_mut().zip(light) {
        *pixel = [curve.round(l[0]), curve.round(l[1]), curve.round(l[2]), 255];
    }
}

#[inline(always)]
fn dithered(light: &[[f32; 4]], offsets: &[f32; 8], out: &mut [[u8; 4]]) {
    let curve = &**CURVE;
    for (i, (pixel, l)) in out.iter_mut().zip(light).enumerate() {
        let o = offsets[i % 8];
        *pixel = [curve.dither(l[0], o), curve.dither(l[1], o), curve.dither(l[2], o), 255];
    }
}

widest! {
    fn widest_row(plans: &[LayerPass], backdrop: Backdrop, y: usize, out: &mut [[u8; 4]]) {
        row(plans, backdrop, y, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_the_arc_tangent() {
        for i in 0..10_000 {
            let angle = i as f64 / 10_000.0 * core::f64::consts::TAU;
            for r in [1e-3, 1.0, 1e6] {
                let (x, y) = ((r * libm::cos(angle)) as f32, (r * libm::sin(angle)) as f32);
                let off = (turn(x, y) as f64 - i as f64 / 10_000.0).abs();
                assert!(off.min(1.0 - off) < 3e-6, "{angle} {off}");
            }
        }
        assert_eq!(turn(0.0, 0.0), 0.0);
    }

    #[test]
    fn every_vector_width_gives_the_same_bytes() {
        use crate::rng::Rng;
        let mut field = Field::new(517, 3, 2);
        field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = Rng::new(9).unit(i as u64) - 0.5);
        let mut layer = Layer::new("v", &crate::ports::Port::vector("v", "", 0.5));
        layer.palette = super::super::palette::Palette::parse("tide").unwrap();
        (layer.blend, layer.knobs.gamma, layer.knobs.hue) = (Blend::Overlay, 0.7, 0.1);
        let mut frame = Frame::new(517, 3);
        let backdrop = Backdrop { colour: [0.2, 0.3, 0.4], dither: true };
        compose(&[(&layer, &field)], backdrop, &mut frame);
        let plans = [LayerPass::new(&layer, &field, &frame)];
        for y in 0..3 {
            let mut plain = vec![[0u8; 4]; 517];
            row(&plans, backdrop, y, &mut plain);
            assert_eq!(plain.as_flattened(), &frame.rgba[y * 517 * 4..][..517 * 4]);
        }
    }
}
