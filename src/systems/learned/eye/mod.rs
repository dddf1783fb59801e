//! `eye`: where a judge looks. What it is wired to is shown to the judge, and the map of what its verdict rests on becomes
//! a field, so that worlds can follow its gaze.
//!
//! The map is computed inside the step, every few ticks, by the judge's own network and its gradient, which are
//! bit-identical everywhere; between two maps the gaze moves smoothly.

use super::observing::{self, Light};
use judge::calibration::{best, softmax};
use judge::sight::class_map::Weighting;
use judge::sight::saliency::SmoothGrad;
use judge::sight::{Objective, Observer};
use world::brush::Brush;
use world::field::Field;
use world::params;
use world::ports::Readouts as _;
use world::stencil::Boundary;
use world::system::{Env, Fault, InitContext, System, TextSpec, Texts};
use world::view::{Sampling, View};

#[cfg(test)]
mod tests;

world::choices! {
    /// How the gaze is found.
    pub enum Method {
        /// Channels of a layer, weighted by the gradient of the class (Grad-CAM, Selvaraju et al. 2016).
        GradCam: "grad-cam",
        /// Channels of a layer, weighted by the gradient at each place (HiResCAM, Draelos and Carin 2020).
        HiresCam: "hires-cam",
        /// How probable the class is in windows of half a side, each seen alone (Sermanet et al. 2014).
        Windows: "windows",
        /// The gradient of each pixel (Simonyan et al. 2013).
        Gradient: "gradient",
        /// The mean gradient of eight noisy copies (SmoothGrad, Smilkov et al. 2017); costs eight times as much.
        SmoothGrad: "smooth-grad",
    }
}

params! {
    /// What is looked for, and how often.
    pub struct EyeKnobs {
        /// Class that is looked for: 0 for the one that the verdict names, else the nth of the judge's; wraps round.
        class: u32 = 0 in 0..=255;
        /// How the gaze is found.
        method: Choice of Method = "grad-cam";
        /// Layer for the class activation maps: 0 for the deepest that still tells places, else the nth; those beyond are the last.
        layer: u32 = 0 in 0..=64;
        /// Ticks between maps.
        every: u32 = 6 in 1..=60, unit "ticks";
        /// How much of the way to the newest map the gaze moves in a tick.
        ease: f32 = 0.15 in 0.01..=1.0;
        /// How sharply the gaze falls off from its peak: an exponent.
        focus: f32 = 1.0 in 0.25..=8.0, Log;
    }
}

world::inputs! {
    /// What it looks at.
    pub enum Input {
        /// The picture, in linear light; a scalar is seen as grey. It is squashed to the judge's own size.
        Picture: "picture" colour;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Where the judge looks: 1 at the peak.
        Gaze: "gaze" scalar 0.0..=1.0;
        /// Towards the gaze: its slope, times an eighth of the picture's width.
        Pull: "pull" vector 1.0;
        /// What it sees, lit where it looks.
        Seen: "seen" colour;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Probability of the class that is looked for.
        Certainty: "certainty" 0.0..=1.0;
        /// The class that is looked for, counted from 1.
        Class: "class" 0.0..=16.0;
        /// Centre of the gaze, across.
        X: "x" 0.0..=1.0;
        /// Centre of the gaze, down.
        Y: "y" 0.0..=1.0;
        /// Share of the picture that the gaze covers: the mean of its map.
        Spread: "spread" 0.0..=1.0;
    }
}

/// The eye; see the module.
pub struct Eye {
    observer: Observer,
    temperature: f64,
    /// What was seen last, channels last.
    picture: Vec<f32>,
    /// Light and shadow that touches hold before the eye.
    spots: Vec<f32>,
    /// The newest map, and the gaze that follows it.
    newest: Vec<f32>,
    gaze: Vec<f32>,
    /// Two planes.
    pull: Vec<f32>,
    light: Light,
    readouts: [f32; 5],
}

/// What is left of a touch's light after a tick.
const FADE: f32 = 0.9;
/// Light where nothing is looked at.
const DARK: f32 = 0.12;

impl System for Eye {
    const NAME: &'static str = "eye";
    const ABOUT: &'static str =
        "Where a judge looks: the parts of a picture that its verdict rests on (Selvaraju et al. 2016).";
    const FAMILY: &'static str = "learned";
    const JUDGED: bool = false;
    const TEXTS: &'static [TextSpec] = observing::TEXTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = EyeKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        Self::open(texts).err().into_iter().collect()
    }

    fn new(params: &EyeKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (observer, temperature) = Self::open(birth.texts)?;
        let (height, width) = observer.size();
        let n = height * width;
        let mut eye = Self {
            picture: vec![0.5; n * observer.channels()],
            observer,
            temperature,
            spots: vec![0.0; n],
            newest: vec![0.0; n],
            gaze: vec![0.0; n],
            pull: vec![0.0; 2 * n],
            light: Light::new(),
            readouts: [0.0; 5],
        };
        eye.look(params, birth.rng);
        eye.settle(1.0);
        Ok(eye)
    }

    fn step(&mut self, params: &EyeKnobs, env: &Env) {
        let (height, width) = self.observer.size();
        self.spots.iter_mut().for_each(|s| *s *= FADE);
        let mut is_touched = false;
        for touch in env.touches {
            let brush = Brush::of(touch, (width, height), Boundary::NoFlux);
            is_touched |= brush.strength() != 0.0;
            let goal = brush.strength();
            brush.paint(&mut self.spots, |_, _, spot, weight| *spot += weight * (goal - *spot));
        }
        if is_touched || env.tick.is_multiple_of(params.every as u64) {
            self.picture = match env.input(Input::Picture) {
                Some(field) => observing::seen(field, (height, width), self.observer.channels()),
                None => vec![0.5; self.picture.len()],
            };
            let channels = self.observer.channels();
            for (pixel, spot) in self.picture.chunks_exact_mut(channels).zip(&self.spots) {
                pixel.iter_mut().for_each(|v| *v = (*v + 0.5 * spot).clamp(0.0, 1.0));
            }
            self.look(params, env.rng);
        }
        self.settle(params.ease);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let (height, width) = self.observer.size();
        let n = height * width;
        let channels = self.observer.channels();
        view.project(into, (width, height), Sampling::SmoothBound, |plane, y, row| {
            let line = y * width..(y + 1) * width;
            match port {
                Output::Gaze => row.copy_from_slice(&self.gaze[line]),
                Output::Pull => row.copy_from_slice(&self.pull[plane * n..][line]),
                Output::Seen => {
                    for (x, v) in row.iter_mut().enumerate() {
                        let at = y * width + x;
                        let value = self.picture[at * channels + plane.min(channels - 1)];
                        *v = self.light.of(value) * (DARK + (1.0 - DARK) * self.gaze[at]);
                    }
                }
            }
        });
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readouts[readout.index()]
    }
}

impl Eye {
    fn open(texts: &Texts) -> Result<(Observer, f64), Fault> {
        let judge = observing::judge(texts)?;
        let observer = Observer::new(&judge).map_err(observing::fault)?;
        Ok((observer, judge.header.temperature))
    }

    /// A new map of what is seen.
    fn look(&mut self, params: &EyeKnobs, rng: world::rng::Rng) {
        let (height, width) = self.observer.size();
        let logits = self.observer.look(&self.picture).logits;
        let class = match params.class as usize {
            0 => best(&logits),
            n => (n - 1) % logits.len(),
        };
        let objective = Objective::Class(class);
        let map = match params.method {
            Method::GradCam | Method::HiresCam => {
                let layer = match params.layer as usize {
                    0 => self.observer.usual_layer(),
                    n => n.min(self.observer.layers().len() - 1),
                };
                let by = if params.method == Method::GradCam { Weighting::Mean } else { Weighting::Placed };
                self.observer.class_map(&self.picture, class, layer, by).resized(height, width)
            }
            Method::Windows => match self.observer.windows(&self.picture, class) {
                Some(map) => map,
                None => self.observer.saliency(&self.picture, objective),
            },
            Method::Gradient => self.observer.saliency(&self.picture, objective),
            Method::SmoothGrad => {
                let how = SmoothGrad { copies: 8, ..SmoothGrad::USUAL };
                self.observer.smooth_grad(&self.picture, objective, how, rng)
            }
        };
        self.newest = map.normalised().values;
        if params.focus != 1.0 {
            self.newest.iter_mut().for_each(|v| *v = libm::powf(*v, params.focus));
        }
        self.readouts[Readout::Certainty.index()] = softmax(&logits, self.temperature)[class];
        self.readouts[Readout::Class.index()] = class as f32 + 1.0;
    }

    /// Moves the gaze to the newest map by a share of the way, and its slope and readouts with it.
    fn settle(&mut self, share: f32) {
        let (height, width) = self.observer.size();
        self.gaze.iter_mut().zip(&self.newest).for_each(|(g, n)| *g += share * (n - *g));
        let at = |y: usize, x: usize| self.gaze[y * width + x];
        let scale = 0.5 * width as f32 / 8.0;
        let (across, down) = self.pull.split_at_mut(height * width);
        let mut sums = [0f64; 3];
        for i in 0..height * width {
            let (y, x) = (i / width, i % width);
            across[i] = scale * (at(y, (x + 1).min(width - 1)) - at(y, x.saturating_sub(1)));
            down[i] = scale * (at((y + 1).min(height - 1), x) - at(y.saturating_sub(1), x));
            let v = self.gaze[i] as f64;
            let places = [1.0, (x as f64 + 0.5) / width as f64, (y as f64 + 0.5) / height as f64];
            sums.iter_mut().zip(places).for_each(|(s, p)| *s += v * p);
        }
        let centre = |s: f64| if sums[0] > 0.0 { (s / sums[0]) as f32 } else { 0.5 };
        self.readouts[Readout::X.index()] = centre(sums[1]);
        self.readouts[Readout::Y.index()] = centre(sums[2]);
        self.readouts[Readout::Spread.index()] = (sums[0] / (height * width) as f64) as f32;
    }
}
