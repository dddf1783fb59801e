//! The output fields.

use rayon::prelude::*;

use super::crowd::Crowd;
use super::halo;
use super::knobs::{Look, Motion, Output, SynchronyKnobs};
use super::lamps::Lamps;
use super::mesh::Mesh;
use super::paint::{Lens, Light, points};
use world::body::Body;
use world::field::Field;
use world::rng::Rng;
use world::view::View;

/// Glow from which a light is a body that is seen.
const VISIBLE: f32 = 0.2;
/// How much brighter a light is at its centre than white: so it is tinted at its rim.
const EXPOSURE: f32 = 2.6;
/// Most lights that are drawn.
const DRAWN: usize = 60_000;
/// How bright a halo is for `haze` 1.
const HAZE: f32 = 0.9;

/// What is shown of a crowd.
pub struct Scene<'a> {
    /// The oscillators.
    pub crowd: &'a Crowd,
    /// How they shine.
    pub knobs: &'a SynchronyKnobs,
    /// Cells of the world.
    pub size: (usize, usize),
    /// Randomness of what each looks like.
    pub rng: Rng,
}

impl Scene<'_> {
    /// Shows an output.
    pub fn show(&self, port: Output, view: &View, into: &mut Field) {
        match port {
            Output::Picture => self.picture(view, into),
            Output::Flash => self.flash(view, into),
            Output::Phase | Output::Density | Output::Order => {
                let place = |i: usize| self.crowd.place(i);
                Mesh::new(&self.crowd.state.theta, place, self.size).show(port, view, into);
            }
        }
    }

    /// What the picture's colours mean.
    fn look(&self) -> Look {
        match (self.knobs.look, self.crowd.motion) {
            (Look::Auto, Motion::Still) => Look::Warm,
            (Look::Auto, Motion::Swarmalators) => Look::Hue,
            (look, _) => look,
        }
    }

    /// Some are nearer than others: 0..1, few are near.
    fn nearness(&self, who: usize) -> f32 {
        let unit = self.rng.unit(who as u64);
        if self.look() == Look::Warm { unit * unit } else { 0.35 }
    }

    /// Radius of a light, heights.
    pub fn radius(&self, who: usize) -> f32 {
        self.knobs.radius * (0.6 + 0.9 * self.nearness(who))
    }

    /// How bright one is, 0..1.
    pub fn brightness(&self, who: usize) -> f32 {
        let dim = if self.look() == Look::Warm { 0.4 } else { 0.8 };
        dim + (1.0 - dim) * self.nearness(who)
    }

    fn aspect(&self) -> f64 {
        self.size.0 as f64 / self.size.1 as f64
    }

    /// The lights, of a great crowd an even choice.
    fn lights(&self, colour: impl Fn([f32; 4]) -> [f32; 3] + Sync) -> Vec<Light> {
        let lamps = Lamps::new(self.knobs.pulse, self.look());
        let theta = &self.crowd.state.theta;
        let light = |i: usize| {
            let bright = self.brightness(i);
            Light {
                place: self.crowd.place(i),
                radius: self.radius(i),
                light: colour(lamps.of(theta[i])).map(|v| bright * v),
            }
        };
        let each = theta.len().div_ceil(DRAWN);
        (0..theta.len().div_ceil(each)).into_par_iter().with_min_len(1024).map(|k| light(k * each)).collect()
    }

    fn picture(&self, view: &View, into: &mut Field) {
        into.data_mut().fill(0.0);
        let Some(lens) = Lens::new(view, into.size(), self.aspect()) else { return };
        let spots = lens.spots(&self.lights(|[r, g, b, _]| [r, g, b].map(|v| EXPOSURE * v)));
        points(&spots, into);
        let radius = (self.knobs.halo * lens.pixels_per_height).min(1e3);
        halo::add(&spots, radius, HAZE * self.knobs.haze, into);
        // Where much comes together it nears white.
        into.data_mut().par_chunks_mut(1 << 14).for_each(|part| part.iter_mut().for_each(|v| *v /= 1.0 + *v));
    }

    fn flash(&self, view: &View, into: &mut Field) {
        into.data_mut().fill(0.0);
        let Some(lens) = Lens::new(view, into.size(), self.aspect()) else { return };
        points(&lens.spots(&self.lights(|[_, _, _, glow]| [glow, 0.0, 0.0])), into);
        into.data_mut().iter_mut().for_each(|v| *v = v.min(1.0));
    }

    /// The bodies that an output shows.
    pub fn bodies(&self, port: Output, into: &mut Vec<Body>) {
        if !matches!(port, Output::Picture | Output::Flash) {
            return;
        }
        let lamps = Lamps::new(self.knobs.pulse, self.look());
        let (w, h) = (self.size.0 as f32, self.size.1 as f32);
        for (i, theta) in self.crowd.state.theta.iter().enumerate() {
            let ([u, v], radius) = (self.crowd.place(i), self.radius(i) * h);
            let is_within = (0.0..=1.0).contains(&u) && (0.0..=1.0).contains(&v);
            if is_within && lamps.of(*theta)[3] > VISIBLE && into.len() < Body::MOST {
                into.push(Body::around([u * w, v * h], [radius; 2], self.size));
            }
        }
    }
}
