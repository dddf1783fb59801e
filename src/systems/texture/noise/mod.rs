//! `noise`: flow noise, a field that boils and drifts, and a current without sources or sinks to be carried by.
//!
//! Each tick the noise is evaluated on a grid (`detail` of the node's own), at points displaced by the wired field, by
//! touches and by slower noise, and upsampled by cubics. `flow` is the curl of `value` taken as a stream function
//! (Bridson, Houriham and Nordenstam 2007), so what it carries neither accumulates nor thins out.

mod basis;
mod grid;
mod knobs;
mod weave;

use basis::Lattice;
pub use knobs::{NoiseKind, NoiseKnobs};
use world::brush::Brush;
use world::field::Field;
use world::rng::Rng;
use world::stencil::Boundary;
use world::system::{Env, Fault, InitContext, System, Touch};
use world::view::{Affine, Sampling, View};

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Displaces the sampling point; long vectors are limited to length 1.
        Wind: "wind" vector 1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// The noise, 0..1.
        Value: "value" scalar 0.0..=1.0;
        /// A divergence-free current along the noise's contours, of length about 1.
        Flow: "flow" vector 2.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean of value.
        Mean: "mean" 0.0..=1.0;
        /// Standard deviation of value.
        Contrast: "contrast" 0.0..=0.5;
    }
}

/// Flow noise; see the module.
pub struct Noise {
    lattice: Lattice,
    knobs: NoiseKnobs,
    size: (usize, usize),
    /// Boiling time, in features.
    time: f64,
    /// How far the plane has drifted, in world heights.
    drifted: [f64; 2],
    /// Displacement left by touches, in world heights, on the sampling grid.
    stir: Field,
    /// The stirring and the wired field together.
    displace: Field,
    value: Field,
    mean: f32,
    contrast: f32,
}

/// Greatest accumulated displacement by touches, in world heights.
const MOST_STIR: f32 = 1.0;

impl System for Noise {
    const NAME: &'static str = "noise";
    const ABOUT: &'static str = "Flow noise: Perlin, simplex, Worley, fBm or ridged (Perlin 2002, Worley 1996, Musgrave 1994), domain-warped, moving.";
    const FAMILY: &'static str = "texture";
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = NoiseKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        vec![("scale", libm::pow(10.0, 0.2 + 0.7 * rng.unit64(0))), ("detail", 0.5)]
    }

    fn new(params: &NoiseKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let mut noise = Self {
            lattice: Lattice::new(birth.rng.bits(0) as u32),
            knobs: params.clone(),
            size: (birth.width, birth.height),
            time: 16.0 * birth.rng.unit64(1),
            drifted: [0.0; 2],
            stir: Field::new(1, 1, 2),
            displace: Field::new(1, 1, 2),
            value: Field::new(birth.width, birth.height, 1),
            mean: 0.0,
            contrast: 0.0,
        };
        noise.fit_grid();
        noise.displace = noise.stir.clone();
        noise.refresh();
        Ok(noise)
    }

    fn step(&mut self, params: &NoiseKnobs, env: &Env) {
        self.knobs = params.clone();
        let dt = env.dt as f64;
        self.time += params.speed * dt;
        self.drifted[0] -= params.drift_x * dt;
        self.drifted[1] -= params.drift_y * dt;
        self.fit_grid();
        let keep = libm::exp(-dt / params.memory) as f32;
        self.stir.data_mut().iter_mut().for_each(|v| *v *= keep);
        env.touches.iter().for_each(|t| stir(&mut self.stir, t));
        self.displace = self.stir.clone();
        if let Some(input) = env.input(Input::Wind) {
            add_limited(&mut self.displace, input, params.bend as f32);
        }
        self.refresh();
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        if port == Output::Flow {
            view.project(into, self.size, Sampling::SmoothBound, |plane, y, row| {
                self.flow_row(plane, y, row)
            });
            return;
        }
        let shrunk = view.is_whole() && into.width() <= self.size.0 && into.height() <= self.size.1;
        match shrunk {
            true => self.value.resample(into),
            // The plane has no border and no finest cell: any other view evaluates the noise itself.
            false => self.paint(&view.map(into.size()), into),
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        match readout {
            Readout::Mean => self.mean,
            Readout::Contrast => self.contrast,
        }
    }
}

impl Noise {
    /// Size of the sampling grid for a picture.
    fn grid_of(&self, (w, h): (usize, usize)) -> (usize, usize) {
        let along = |n: usize| (libm::ceil(n as f64 * self.knobs.detail) as usize).clamp(1, n);
        (along(w), along(h))
    }

    fn fit_grid(&mut self) {
        let (w, h) = self.grid_of(self.size);
        if self.stir.size() != (w, h) {
            let mut fitted = Field::new(w, h, 2);
            self.stir.resample(&mut fitted);
            self.stir = fitted;
        }
    }

    fn refresh(&mut self) {
        let mut value = std::mem::take(&mut self.value);
        value.reshape(self.size.0, self.size.1, 1);
        self.paint(&View::WHOLE.map(self.size), &mut value);
        let mean = value.mean(0);
        let mut spread = Field::new(self.size.0, self.size.1, 1);
        spread.fill_rows(|_, y, row| {
            row.iter_mut().zip(value.row(0, y)).for_each(|(s, v)| *s = (v - mean as f32) * (v - mean as f32));
        });
        self.mean = mean as f32;
        self.contrast = spread.mean(0).sqrt() as f32;
        self.value = value;
    }

    /// The noise over the part of the plane that `map` shows.
    fn paint(&self, map: &Affine, into: &mut Field) {
        let (w, h) = into.size();
        let (gw, gh) = self.grid_of((w, h));
        let (kx, ky) = (w as f64 / gw as f64, h as f64 / gh as f64);
        let aspect = self.size.0 as f64 / self.size.1 as f64;
        let scale = self.knobs.scale;
        let mut coarse = Field::new(gw, gh, 1);
        coarse.fill_rows(|_, j, row| {
            for (i, out) in row.iter_mut().enumerate() {
                let (u, v) = map.at((i as f64 + 0.5) * kx - 0.5, (j as f64 + 0.5) * ky - 0.5);
                let x = (u - 0.5) * aspect + self.drifted[0] + self.displace.at_fraction(0, u, v);
                let y = (v - 0.5) + self.drifted[1] + self.displace.at_fraction(1, u, v);
                *out = weave::at(&self.lattice, &self.knobs, [x * scale, y * scale, self.time]) as f32;
            }
        });
        let slope = self.knobs.contrast as f32;
        grid::refine(&coarse, into, |v| {
            let s = slope * v;
            0.5 + 0.5 * s / (1.0 + s * s).sqrt()
        });
    }

    /// One row of the curl of `value`, per feature: (∂/∂y, −∂/∂x). The same differences along each axis in every
    /// row and column, one-sided at the border, commute: the divergence they measure is zero to rounding.
    fn flow_row(&self, plane: usize, y: usize, row: &mut [f32]) {
        let (w, h) = self.size;
        let per_feature = (h as f64 / self.knobs.scale) as f32;
        if plane == 0 {
            let (a, b) = (y.saturating_sub(1), (y + 1).min(h - 1));
            let k = per_feature / (b - a).max(1) as f32;
            let (up, down) = (self.value.row(0, a), self.value.row(0, b));
            row.iter_mut().enumerate().for_each(|(x, v)| *v = k * (down[x] - up[x]));
        } else {
            let here = self.value.row(0, y);
            for (x, v) in row.iter_mut().enumerate() {
                let (a, b) = (x.saturating_sub(1), (x + 1).min(w - 1));
                *v = per_feature / (b - a).max(1) as f32 * (here[a] - here[b]);
            }
        }
    }
}

/// A touch drags the plane along and turns it: clockwise where it gives, back where it takes.
fn stir(field: &mut Field, touch: &Touch) {
    let (size, height) = (field.size(), field.height() as f32);
    // The plane has no border: what leaves the picture does not return.
    let brush = Brush::of(touch, size, Boundary::NoFlux);
    let (moved, turn) = (brush.moved(), 0.2 * brush.strength());
    for (plane, moved) in moved.into_iter().enumerate() {
        brush.paint(field.plane_mut(plane), |x, y, v, weight| {
            let [across, down] = brush.offset(x, y);
            // The sampling point moves against the touch, so the picture moves with it.
            let turned = turn * if plane == 0 { down } else { -across };
            let push = (turned - brush.amount() * moved) / height;
            *v = (*v + weight * push).clamp(-MOST_STIR, MOST_STIR);
        });
    }
}

/// Adds `bend` times the vectors of `input`, limited to length 1.
fn add_limited(displace: &mut Field, input: &Field, bend: f32) {
    let mut fitted = Field::new(displace.width(), displace.height(), 2);
    input.resample(&mut fitted);
    displace.fill_rows(|plane, y, row| {
        let (a, b) = (fitted.row(0, y), fitted.row(1, y));
        for (x, v) in row.iter_mut().enumerate() {
            let long = (a[x] * a[x] + b[x] * b[x]).sqrt().max(1.0);
            *v += bend * [a[x], b[x]][plane] / long;
        }
    });
}
