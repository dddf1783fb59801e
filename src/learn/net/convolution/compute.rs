//! A convolution with an odd kernel and a border of half of it (zeros, or the opposite side), forward and backward, on
//! plain slices.
//!
//! Input and output are planes (batch, channels, rows, columns), as burn stores them. Inside, each picture is padded
//! and stored channels last, where the taps of a kernel row are one contiguous run. Pictures are shared among
//! threads; sums over the batch are taken in fixed groups and a fixed order, so the thread count changes nothing.

use rayon::prelude::*;

use super::tile::{Rows, Run, product, transposed};

/// Sizes of one convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Channels of the input.
    pub from: usize,
    /// Channels of the output.
    pub to: usize,
    /// Rows of the input.
    pub height: usize,
    /// Columns of the input.
    pub width: usize,
    /// Taps a side of the kernel, odd.
    pub kernel: usize,
    /// 1 or 2.
    pub stride: usize,
    /// Whether rows (up and down) and columns (left and right) are periodic: the border then holds the opposite side,
    /// otherwise zeros. With a stride of 2 a periodic side must be even.
    pub periodic: [bool; 2],
}

/// Pictures whose weight gradients are summed by one task.
const GROUP: usize = 8;
/// Output pixels of a single picture that one task computes: whole tiles at every width of vectors.
const BAND: usize = 48;
/// Products of a convolution from which on a single picture is shared among threads.
const SHARED: usize = 1 << 20;

impl ConvShape {
    /// Rows of the output.
    pub fn out_height(&self) -> usize {
        (self.height - 1) / self.stride + 1
    }
    /// Columns of the output.
    pub fn out_width(&self) -> usize {
        (self.width - 1) / self.stride + 1
    }
    /// Values of one input picture.
    pub fn input(&self) -> usize {
        self.from * self.height * self.width
    }
    /// Values of one output picture.
    pub fn output(&self) -> usize {
        self.to * self.out_height() * self.out_width()
    }
    /// Taps of the kernel.
    fn taps(&self) -> usize {
        self.kernel * self.kernel
    }
    /// Rows and columns of the border on each side.
    fn border(&self) -> usize {
        self.kernel / 2
    }
    /// Values of a row of the padded input.
    fn line(&self) -> usize {
        (self.width + 2 * self.border()) * self.from
    }
    /// Where the window of each output pixel begins in the padded input.
    fn windows(&self) -> Vec<usize> {
        let (h, w) = (self.out_height(), self.out_width());
        let at = |p: usize| (p / w * self.line() + p % w * self.from) * self.stride;
        (0..h * w).map(at).collect()
    }
    fn padded(&self, x: &[f32]) -> Vec<f32> {
        pad(x, self.from, (self.height, self.width), self.border(), self.periodic)
    }
}

/// The output pictures. `weights` are `[to][from][kernel][kernel]`.
pub fn forward(s: &ConvShape, x: &[f32], weights: &[f32]) -> Vec<f32> {
    forward_taps(s, x, &taps_first(weights, s.to, s.from))
}

/// The output pictures of weights `[kernel × kernel][from][to]`, as [`taps_first`] makes them. A single picture of many channels
/// is shared among threads.
pub fn forward_taps(s: &ConvShape, x: &[f32], right: &[f32]) -> Vec<f32> {
    let windows = s.windows();
    let places: Vec<usize> = (0..windows.len()).collect();
    let across = s.kernel * s.from;
    let run = |ky| Run { from: ky * s.line(), row: ky * across, len: across };
    let runs: Vec<Run> = (0..s.kernel).map(run).collect();
    let mut y = vec![0f32; x.len() / s.input() * s.output()];
    let is_single = x.len() == s.input();
    each(x.chunks_exact(s.input()), y.chunks_exact_mut(s.output()), |x, y| {
        let padded = s.padded(x);
        let mut pixels = vec![0f32; s.output()];
        let band = |(pixels, bases): (&mut [f32], &[usize])| {
            let rows = Rows { data: &padded, bases, runs: &runs };
            product(rows, right, s.to, &places[..bases.len()], pixels);
        };
        // Several pictures are shared among the threads already.
        match is_single && s.taps() * s.from * s.output() >= SHARED {
            true => pixels.par_chunks_mut(BAND * s.to).zip(windows.par_chunks(BAND)).for_each(band),
            false => band((&mut pixels[..], &windows[..])),
        }
        planes(&pixels, s.to, y);
    });
    y
}

/// Gradient of the input, from the gradient of the output.
pub fn input_gradient(s: &ConvShape, dy: &[f32], weights: &[f32]) -> Vec<f32> {
    let right = channels_out(weights, s.to, s.from);
    let (oh, ow) = (s.out_height(), s.out_width());
    let classes = Parity::all(s);
    let mut dx = vec![0f32; dy.len() / s.output() * s.input()];
    each(dy.chunks_exact(s.output()), dx.chunks_exact_mut(s.input()), |dy, dx| {
        let padded = pad(dy, s.to, (oh, ow), s.border(), s.periodic);
        let mut pixels = vec![0f32; s.input()];
        for class in &classes {
            let rows = Rows { data: &padded, bases: &class.bases, runs: &class.runs };
            product(rows, &right, s.from, &class.places, &mut pixels);
        }
        planes(&pixels, s.from, dx);
    });
    dx
}

/// Gradient of the weights, `[to][from][kernel][kernel]`.
pub fn weight_gradient(s: &ConvShape, x: &[f32], dy: &[f32]) -> Vec<f32> {
    let windows = s.windows();
    let size = s.taps() * s.from * s.to;
    let group = |(x, dy): (&[f32], &[f32])| {
        let mut sum = vec![0f32; size];
        for (x, dy) in x.chunks_exact(s.input()).zip(dy.chunks_exact(s.output())) {
            let padded = s.padded(x);
            let right = pixels(dy, s.to);
            for (ky, into) in sum.chunks_exact_mut(size / s.kernel).enumerate() {
                transposed(&padded[ky * s.line()..], &windows, &right, s.to, s.kernel * s.from, into);
            }
        }
        sum
    };
    let groups = x.par_chunks(GROUP * s.input()).zip(dy.par_chunks(GROUP * s.output()));
    let parts: Vec<Vec<f32>> = groups.map(group).collect();
    let mut total = vec![0f32; size];
    parts.iter().for_each(|p| total.iter_mut().zip(p).for_each(|(t, v)| *t += v));
    taps_last(&total, s.to, s.from)
}

/// The input pixels that the same taps reach: all of them at stride 1, one in four at stride 2.
struct Parity {
    bases: Vec<usize>,
    places: Vec<usize>,
    runs: Vec<Run>,
}

impl Parity {
    fn all(s: &ConvShape) -> Vec<Self> {
        let parities = (0..s.stride).flat_map(|y| (0..s.stride).map(move |x| (y, x)));
        parities.map(|(py, px)| Self::new(s, py, px)).collect()
    }

    /// Input row y is reached through tap ky from output row (y + border − ky) / stride, if that is whole.
    fn new(s: &ConvShape, py: usize, px: usize) -> Self {
        let border = s.border();
        // The gradient has the same border, which keeps what is counted above zero.
        let reached = move |p: usize, k: usize| p + border * (1 + s.stride) - k;
        let taps = |p: usize| (0..s.kernel).filter(move |k| reached(p, *k).is_multiple_of(s.stride));
        let across = s.out_width() + 2 * border;
        let reach = |p: usize, k: usize| reached(p, k) / s.stride;
        let mut runs = Vec::new();
        for ky in taps(py) {
            for kx in taps(px) {
                let from = (reach(py, ky) * across + reach(px, kx)) * s.to;
                runs.push(Run { from, row: (ky * s.kernel + kx) * s.to, len: s.to });
            }
        }
        let (mut bases, mut places) = (Vec::new(), Vec::new());
        for y in (py..s.height).step_by(s.stride) {
            for x in (px..s.width).step_by(s.stride) {
                bases.push((y / s.stride * across + x / s.stride) * s.to);
                places.push(y * s.width + x);
            }
        }
        Self { bases, places, runs }
    }
}

/// One call a picture, shared among threads only if there is more than one picture.
fn each<'a>(
    inputs: std::slice::ChunksExact<'a, f32>,
    outputs: std::slice::ChunksExactMut<'a, f32>,
    f: impl Fn(&[f32], &mut [f32]) + Sync,
) {
    let mut pairs: Vec<(&[f32], &mut [f32])> = inputs.zip(outputs).collect();
    match &mut pairs[..] {
        [(x, y)] => f(x, y),
        all => all.par_iter_mut().for_each(|(x, y)| f(x, y)),
    }
}

/// Channels last, with a border: zeros, or the opposite side where it is periodic.
fn pad(
    x: &[f32],
    channels: usize,
    (height, width): (usize, usize),
    border: usize,
    periodic: [bool; 2],
) -> Vec<f32> {
    let across = width + 2 * border;
    let mut out = vec![0f32; (height + 2 * border) * across * channels];
    for (c, plane) in x.chunks_exact(height * width).enumerate() {
        for (y, row) in plane.chunks_exact(width).enumerate() {
            let into = &mut out[((y + border) * across + border) * channels + c..];
            into.iter_mut().step_by(channels).zip(row).for_each(|(o, v)| *o = *v);
        }
    }
    let (line, edge) = (across * channels, border * channels);
    if periodic[1] {
        for row in out.chunks_exact_mut(line).skip(border).take(height) {
            row.copy_within(width * channels..width * channels + edge, 0);
            row.copy_within(edge..2 * edge, line - edge);
        }
    }
    if periodic[0] {
        out.copy_within(height * line..(height + border) * line, 0);
        out.copy_within(border * line..2 * border * line, (height + border) * line);
    }
    out
}

/// Planes to channels last.
fn pixels(x: &[f32], channels: usize) -> Vec<f32> {
    let mut out = vec![0f32; x.len()];
    for (c, plane) in x.chunks_exact(x.len() / channels).enumerate() {
        out[c..].iter_mut().step_by(channels).zip(plane).for_each(|(o, v)| *o = *v);
    }
    out
}

/// Channels last to planes.
fn planes(pixels: &[f32], channels: usize, out: &mut [f32]) {
    let n = pixels.len() / channels;
    for (c, plane) in out.chunks_exact_mut(n).enumerate() {
        plane.iter_mut().zip(pixels[c..].iter().step_by(channels)).for_each(|(o, v)| *o = *v);
    }
}

/// `[to][from][taps]` as `[taps][from][to]`.
pub fn taps_first(w: &[f32], to: usize, from: usize) -> Vec<f32> {
    let taps = w.len() / to / from;
    let mut out = vec![0f32; w.len()];
    for (i, v) in w.iter().enumerate() {
        let (o, c, tap) = (i / taps / from, i / taps % from, i % taps);
        out[(tap * from + c) * to + o] = *v;
    }
    out
}

/// `[taps][from][to]` as `[to][from][taps]`.
pub fn taps_last(w: &[f32], to: usize, from: usize) -> Vec<f32> {
    let taps = w.len() / to / from;
    let mut out = vec![0f32; w.len()];
    for (i, v) in w.iter().enumerate() {
        let (tap, c, o) = (i / to / from, i / to % from, i % to);
        out[(o * from + c) * taps + tap] = *v;
    }
    out
}

/// `[to][from][taps]` as `[taps][to][from]`.
fn channels_out(w: &[f32], to: usize, from: usize) -> Vec<f32> {
    let taps = w.len() / to / from;
    let mut out = vec![0f32; w.len()];
    for (i, v) in w.iter().enumerate() {
        let (o, c, tap) = (i / taps / from, i / taps % from, i % taps);
        out[(tap * to + o) * from + c] = *v;
    }
    out
}
