//! `painter`: a network paints what it is wired to in the style that it learned (`untrained style train`), in a single pass.
//!
//! What was painted may be shown to it again (`again`), and fades into what it paints next (`ease`). A touch wipes the
//! paint away, and it flows back.

use std::path::Path;

use super::observing::{self, Light};
use judge::style::painter::CELL;
use judge::style::painter::network::Painter;
use learn::File;
use world::brush::Brush;
use world::field::Field;
use world::params;
use world::stencil::Boundary;
use world::system::{Env, Fault, InitContext, System, TextKind, TextSpec, Texts};
use world::view::{Sampling, View};

#[cfg(test)]
mod tests;

/// The shipped network: it paints in the style of the scene `mandarin`.
pub const SHIPPED: &[u8] = include_bytes!("../../../../assets/painter.safetensors");

params! {
    /// How much is painted, and how often.
    pub struct PainterKnobs {
        /// How much of the paint covers what is wired.
        cover: f32 = 1.0 in 0.0..=1.0;
        /// How much of what was painted last is painted again, instead of what is wired.
        again: f32 = 0.0 in 0.0..=0.95;
        /// How much of the way to what it paints the picture moves each time: less flickers less.
        ease: f32 = 0.5 in 0.02..=1.0;
        /// How much of the paint that was wiped away comes back in a tick.
        heal: f32 = 0.02 in 0.0..=1.0;
        /// Ticks between two paintings.
        every: u32 = 2 in 1..=60, unit "ticks";
        /// Rows of the picture that is painted, in steps of four; the cost grows with their square.
        rows: u32 = 180 in 32..=360, rebirth;
    }
}

world::inputs! {
    /// What it paints.
    pub enum Input {
        /// The picture, in linear light; a scalar is seen as grey. Without it, soft noise.
        Picture: "picture" colour;
        /// Where it paints: 0 nowhere, 1 fully. Without it, everywhere.
        Where: "where" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// What it painted, in linear light.
        Picture: "picture" colour;
        /// How much it differs from what is wired.
        Change: "change" scalar 0.0..=0.5;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean of how much it differs from what is wired.
        Change: "change" 0.0..=0.5;
    }
}

/// Channels of its pictures.
const CHANNELS: usize = 3;
/// Widest picture, in rows.
const WIDEST: f64 = 2.5;

/// The painter; see the module.
pub struct PainterSystem {
    painter: Painter,
    size: (usize, usize),
    /// sRGB in 0..1, channels last: what is wired, and what was painted.
    source: Vec<f32>,
    painted: Vec<f32>,
    /// Whether anything was painted yet.
    is_begun: bool,
    /// How much of the paint is there, 0..1.
    paint: Vec<f32>,
    /// How much of it is seen.
    cover: f32,
    light: Light,
}

fn open(texts: &Texts, size: (usize, usize)) -> Result<Painter, Fault> {
    let fault = |e: String| Fault::at("file", e);
    let shipped = Path::new("the shipped painter");
    let path = texts.file("file");
    let file = match &path {
        Some(path) => File::load(path),
        None => File::from_bytes(SHIPPED, shipped),
    };
    let file = file.map_err(|e| fault(e.to_string()))?;
    Painter::open(&file, path.as_deref().unwrap_or(shipped), size).map_err(|e| fault(e.to_string()))
}

impl System for PainterSystem {
    const NAME: &'static str = "painter";
    const ABOUT: &'static str = "A network paints what it is wired to in a style that it learned, in a single pass (Johnson et al. 2016).";
    const FAMILY: &'static str = "learned";
    const JUDGED: bool = false;
    const TEXTS: &'static [TextSpec] = &[TextSpec {
        name: "file",
        about: "A network that paints (`untrained style train`), relative to the scene file; without it, the shipped one.",
        kind: TextKind::File,
    }];
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = PainterKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        open(texts, (CELL, CELL)).err().into_iter().collect()
    }

    fn new(params: &PainterKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let aspect = (birth.width as f64 / birth.height as f64).clamp(1.0 / WIDEST, WIDEST);
        let cells = |n: f64| ((n / CELL as f64 + 0.5) as usize).max(1) * CELL;
        let rows = cells(params.rows as f64);
        let size = (rows, cells(rows as f64 * aspect));
        let painter = open(birth.texts, size)?;
        let source = observing::soft_noise(size, CHANNELS, birth.rng);
        let paint = vec![1.0; size.0 * size.1];
        let painted = source.clone();
        let light = Light::new();
        Ok(Self { painter, size, painted, source, is_begun: false, paint, cover: params.cover, light })
    }

    fn step(&mut self, params: &PainterKnobs, env: &Env) {
        self.cover = params.cover;
        let goal = env.input(Input::Where).map(|field| observing::seen_plain(field, self.size));
        for (i, paint) in self.paint.iter_mut().enumerate() {
            let goal = goal.as_ref().map_or(1.0, |g| g[i]);
            *paint += params.heal * (goal - *paint);
        }
        let (height, width) = self.size;
        for touch in env.touches {
            let brush = Brush::of(touch, (width, height), Boundary::NoFlux);
            let goal = if brush.gives() { 0.0 } else { 1.0 };
            brush.paint(&mut self.paint, |_, _, v, weight| *v += weight * brush.amount() * (goal - *v));
        }
        if !env.tick.is_multiple_of(params.every as u64) {
            return;
        }
        if let Some(field) = env.input(Input::Picture) {
            self.source = observing::seen(field, self.size, CHANNELS);
        }
        if !std::mem::replace(&mut self.is_begun, true) {
            // It fades in.
            self.painted.clone_from(&self.source);
        }
        let shown = self.source.iter().zip(&self.painted).map(|(s, p)| s + params.again * (p - s));
        let new = self.painter.paint(&shown.collect::<Vec<f32>>());
        self.painted.iter_mut().zip(&new).for_each(|(v, n)| *v += params.ease * (n - *v));
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let (height, width) = self.size;
        view.project(into, (width, height), Sampling::SmoothBound, |plane, y, row| {
            for (x, v) in row.iter_mut().enumerate() {
                let i = y * width + x;
                *v = match port {
                    Output::Picture => self.light.of(self.seen(i * CHANNELS + plane)),
                    Output::Change => self.change(i),
                };
            }
        });
    }

    fn read(&self, _: Readout) -> f32 {
        let pixels = self.source.chunks_exact(CHANNELS).zip(self.painted.chunks_exact(CHANNELS));
        let mut sum = 0f64;
        for ((source, painted), paint) in pixels.zip(&self.paint) {
            let off: f32 = source.iter().zip(painted).map(|(s, p)| (p - s).abs()).sum();
            sum += (self.cover * paint * off) as f64;
        }
        (sum / self.source.len() as f64) as f32
    }
}

impl PainterSystem {
    /// A value of what is seen: paint over what is wired, sRGB.
    fn seen(&self, at: usize) -> f32 {
        let share = self.cover * self.paint[at / CHANNELS];
        self.source[at] + share * (self.painted[at] - self.source[at])
    }

    /// How much a pixel differs from what is wired.
    fn change(&self, pixel: usize) -> f32 {
        let values = pixel * CHANNELS..(pixel + 1) * CHANNELS;
        values.map(|at| (self.seen(at) - self.source[at]).abs()).sum::<f32>() / CHANNELS as f32
    }
}
