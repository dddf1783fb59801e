//! `deepdream`: a picture that a judge dreams on: what its layers respond to is amplified, tick by tick and at several
//! sizes, while the picture drifts towards the viewer and follows what it is wired to.

use super::observing::{self, Light};
use judge::sight::dream::{jitter, octave_size, resized};
use judge::sight::{Objective, Observer};
use world::brush::Brush;
use world::field::Field;
use world::params;
use world::stencil::Boundary;
use world::system::{Env, Fault, InitContext, System, TextSpec, Texts};
use world::view::{Sampling, View};

#[cfg(test)]
mod tests;

params! {
    /// What is amplified, how strongly, and how the picture moves.
    pub struct DreamKnobs {
        /// The layer whose response is amplified, counted from 1; those beyond are the last.
        layer: u32 = 4 in 1..=64;
        /// The channel of it: 0 for all of them together, else the nth; wraps round.
        unit: u32 = 0 in 0..=1024;
        /// Mean change of the picture in a step.
        strength: f32 = 0.012 in 0.0..=0.1;
        /// How much of what is wired comes through in a step.
        follow: f32 = 0.05 in 0.0..=1.0;
        /// Growth of the picture in a step, towards the viewer.
        zoom: f32 = 1.006 in 1.0..=1.1;
        /// Turn of the picture in a step.
        turn: f32 = 0.0 in -0.05..=0.05, unit "rad";
        /// Ticks between steps.
        every: u32 = 2 in 1..=60, unit "ticks";
        /// Sizes at which it dreams, one after another.
        octaves: u32 = 3 in 1..=5, rebirth;
        /// Rows of the picture that is dreamt; the cost of a step grows with their square.
        rows: u32 = 96 in 32..=200, rebirth;
    }
}

world::inputs! {
    /// What it dreams of.
    pub enum Input {
        /// The picture, in linear light; a scalar is seen as grey. Without it, soft noise.
        Picture: "picture" colour;
        /// Where it dreams: 0 nowhere, 1 fully. Without it, everywhere.
        Where: "where" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// The dream, in linear light.
        Picture: "picture" colour;
        /// How much it differs from what is wired.
        Change: "change" scalar 0.0..=0.5;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// The response of what is amplified, before the last step.
        Response: "response" 0.0..=2.0;
    }
}

/// The dream; see the module.
pub struct DeepDream {
    /// One a size, the largest first.
    observers: Vec<Observer>,
    size: (usize, usize),
    channels: usize,
    /// sRGB in 0..1, channels last, and what is wired.
    dream: Vec<f32>,
    source: Vec<f32>,
    steps: u64,
    response: f32,
    light: Light,
}

/// Ratio of one size to the next.
const RATIO: f32 = 1.5;
/// Widest picture, in rows.
const WIDEST: f64 = 2.5;
/// Least side of a picture.
const LEAST: usize = 32;

impl System for DeepDream {
    const NAME: &'static str = "deepdream";
    const ABOUT: &'static str = "A picture on which a judge dreams: what its layers respond to is amplified (Mordvintsev et al. 2015).";
    const FAMILY: &'static str = "learned";
    const JUDGED: bool = false;
    const TEXTS: &'static [TextSpec] = observing::TEXTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = DreamKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        let open = observing::judge(texts).and_then(|j| Observer::new(&j).map_err(observing::fault));
        open.err().into_iter().collect()
    }

    fn new(params: &DreamKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let judge = observing::judge(birth.texts)?;
        let rows = (params.rows as usize).max(LEAST);
        let aspect = (birth.width as f64 / birth.height as f64).clamp(1.0 / WIDEST, WIDEST);
        let size = (rows, ((rows as f64 * aspect + 0.5) as usize).max(LEAST));
        let sizes = (0..params.octaves as usize).map(|octave| octave_size(size, RATIO, octave));
        let sizes = sizes.filter(|s| s.0.min(s.1) >= LEAST || *s == size);
        let observers: Result<Vec<Observer>, String> = sizes.map(|s| Observer::sized(&judge, s)).collect();
        let observers = observers.map_err(observing::fault)?;
        let channels = observers[0].channels();
        let source = observing::soft_noise(size, channels, birth.rng);
        Ok(Self {
            observers,
            size,
            channels,
            dream: source.clone(),
            source,
            steps: 0,
            response: 0.0,
            light: Light::new(),
        })
    }

    fn step(&mut self, params: &DreamKnobs, env: &Env) {
        let (height, width) = self.size;
        for touch in env.touches {
            let brush = Brush::of(touch, (width, height), Boundary::NoFlux);
            let mut weights = vec![0f32; height * width];
            brush.paint(&mut weights, |_, _, v, weight| *v = weight * brush.amount());
            let seeds = env.rng.named("touch");
            for (i, weight) in weights.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                for c in 0..self.channels {
                    let at = i * self.channels + c;
                    // It plants noise, from which dreams grow, or wipes them away.
                    let goal = if brush.gives() { seeds.unit(at as u64) } else { self.source[at] };
                    self.dream[at] += weight * (goal - self.dream[at]);
                }
            }
        }
        if !env.tick.is_multiple_of(params.every as u64) {
            return;
        }
        if let Some(field) = env.input(Input::Picture) {
            self.source = observing::seen(field, self.size, self.channels);
        }
        self.drift(params);
        self.amplify(params, env);
        self.steps += 1;
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let (height, width) = self.size;
        let channels = self.channels;
        view.project(into, (width, height), Sampling::SmoothBound, |plane, y, row| {
            let line = y * width * channels..(y + 1) * width * channels;
            let (dream, source) = (&self.dream[line.clone()], &self.source[line]);
            for (x, v) in row.iter_mut().enumerate() {
                let pixel = x * channels..(x + 1) * channels;
                *v = match port {
                    Output::Picture => self.light.of(dream[pixel.start + plane.min(channels - 1)]),
                    Output::Change => {
                        let pairs = dream[pixel.clone()].iter().zip(&source[pixel]);
                        pairs.map(|(d, s)| (d - s).abs()).sum::<f32>() / channels as f32
                    }
                };
            }
        });
    }

    fn read(&self, _: Readout) -> f32 {
        self.response
    }
}

impl DeepDream {
    /// The picture grows and turns about its middle, and what is wired comes through.
    fn drift(&mut self, params: &DreamKnobs) {
        let (height, width) = self.size;
        let (sin, cos) = (libm::sinf(params.turn) / params.zoom, libm::cosf(params.turn) / params.zoom);
        let middle = [(height as f32 - 1.0) / 2.0, (width as f32 - 1.0) / 2.0];
        let is_still = params.zoom == 1.0 && params.turn == 0.0;
        let before = self.dream.clone();
        for (i, pixel) in self.dream.chunks_exact_mut(self.channels).enumerate() {
            let source = &self.source[i * self.channels..];
            let (v, u) = ((i / width) as f32 - middle[0], (i % width) as f32 - middle[1]);
            let y = (cos * v + sin * u + middle[0]).clamp(0.0, height as f32 - 1.0);
            let x = (cos * u - sin * v + middle[1]).clamp(0.0, width as f32 - 1.0);
            let (y0, x0) = (y as usize, x as usize);
            let (y1, x1) = ((y0 + 1).min(height - 1), (x0 + 1).min(width - 1));
            let (dy, dx) = (y - y0 as f32, x - x0 as f32);
            for c in 0..pixel.len() {
                let at = |y: usize, x: usize| before[(y * width + x) * self.channels + c];
                if !is_still {
                    let upper = at(y0, x0) + (at(y0, x1) - at(y0, x0)) * dx;
                    let lower = at(y1, x0) + (at(y1, x1) - at(y1, x0)) * dx;
                    pixel[c] = upper + (lower - upper) * dy;
                }
                pixel[c] += params.follow * (source[c] - pixel[c]);
            }
        }
    }

    /// One step of gradient ascent at one of the sizes, in turn.
    fn amplify(&mut self, params: &DreamKnobs, env: &Env) {
        let octave = (self.steps % self.observers.len() as u64) as usize;
        let observer = &mut self.observers[octave];
        let layer = (params.layer as usize).min(observer.layers().len() - 1);
        let channels = observer.layers()[layer].channels;
        let objective = match params.unit as usize {
            0 => Objective::Layer(layer),
            n => Objective::Unit { layer, channel: (n - 1) % channels },
        };
        let size = observer.size();
        let base = resized(&self.dream, self.size, size, self.channels);
        let mut there = base.clone();
        self.response = observer.excite(&mut there, objective, params.strength, jitter(16, env.rng));
        let change: Vec<f32> = there.iter().zip(&base).map(|(a, b)| a - b).collect();
        let change = resized(&change, size, self.size, self.channels);
        let places = env.input(Input::Where).map(|field| observing::seen_plain(field, self.size));
        for (i, (v, d)) in self.dream.iter_mut().zip(&change).enumerate() {
            let share = places.as_ref().map_or(1.0, |p| p[i / self.channels]);
            *v = (*v + share * d).clamp(0.0, 1.0);
        }
    }
}
