//! `latent`: a trained generator on a random walk through its latent space.

use rayon::prelude::*;

use super::imitators::STREET;
use super::walk::{Walk, WalkSettings};
use super::wall::ImageWall;
use learn::Model;
use world::brush;
use world::field::Field;
use world::params;
use world::ports::Readouts as _;
use world::system::{Env, Fault, InitContext, Phase, System, TextSpec, Texts};
use world::view::View;

params! {
    /// The walk, and the rate of pictures.
    pub struct LatentKnobs {
        /// Points per second.
        pace: f64 = 0.35 in 0.0..=8.0, unit "1/s";
        /// Distance of the points from the mean; 1 is as in training.
        spread: f64 = 1.0 in 0.0..=2.5;
        /// Class to generate, of those of the generator; wraps round after the last.
        class: u32 = 0 in 0..=255;
        /// Each point is of the class after that of the one before.
        cycle: bool = false;
        /// Ticks between pictures, or between the steps of a method that needs several (diffusion).
        every: u32 = 2 in 1..=60, unit "ticks";
        /// A picture that takes several steps is cross-faded to while the next is in the making; otherwise it is held.
        dissolve: bool = true;
        /// Rows of pictures, each on its own walk.
        rows: u32 = 1 in 1..=8, rebirth;
        /// Columns of pictures; 0 for as many as keep them square.
        columns: u32 = 0 in 0..=16, rebirth;
        /// How much faster the walk is when the mean of the field wired to `drive` is 1.
        urge: f64 = 2.0 in 0.0..=16.0;
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Speeds up the walk: its mean, times the knob `urge`, is added to 1.
        Drive: "drive" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// The generated pictures, in linear light.
        Picture: "picture" colour;
        /// Its luminance.
        Light: "light" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean luminance.
        Light: "light" 0.0..=1.0;
        /// Change of the mean luminance with the last picture.
        Change: "change" 0.0..=0.1;
    }
}

/// A generator and its walks; see the module.
pub struct Latent {
    model: Box<dyn Model>,
    classes: usize,
    walks: Vec<Walk>,
    wall: ImageWall,
    /// Mean light, and its change with the last picture.
    readouts: [f32; 2],
}

impl System for Latent {
    const NAME: &'static str = "latent";
    const ABOUT: &'static str =
        "A learned generator, by any method of `untrained learn`, walking its latent space.";
    const FAMILY: &'static str = "learned";
    const JUDGED: bool = false;
    const TEXTS: &'static [TextSpec] = super::file::TEXTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = LatentKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        open(texts).err().into_iter().collect()
    }

    fn new(params: &LatentKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (model, classes) = open(birth.texts)?;
        let wall = ImageWall::new(
            (birth.width, birth.height),
            (params.columns as usize, params.rows as usize),
            model.shape(),
        );
        let walks = (0..wall.count()).map(|i| Walk::new(birth.rng.named("walk").fork(i as u64))).collect();
        let mut latent = Self { model, classes, walks, wall, readouts: [0.0; 2] };
        latent.paint(params);
        latent.readouts[1] = 0.0;
        Ok(latent)
    }

    fn step(&mut self, params: &LatentKnobs, env: &Env) {
        let drive = env.input(Input::Drive).map_or(0.0, |f| f.mean(0).clamp(0.0, 1.0));
        let pace = params.pace * (1.0 + params.urge * drive) * env.dt as f64;
        self.walks.iter_mut().for_each(|w| w.way += pace);
        for touch in env.touches.iter().filter(|t| brush::strength(t) != 0.0) {
            // A touch pushes the walk under it.
            let (place, ..) = self.wall.under(touch.x, touch.y);
            let push = if touch.phase == Phase::Down { 0.5 } else { 0.02 };
            let walk = &mut self.walks[place];
            walk.way = (walk.way + push * brush::strength(touch) as f64).max(0.0);
        }
        if env.tick.is_multiple_of(params.every as u64) {
            self.paint(params);
        }
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        self.wall.show(view, into, port == Output::Picture);
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readouts[readout.index()]
    }
}

fn open(texts: &Texts) -> Result<(Box<dyn Model>, usize), Fault> {
    let file = super::file::file(texts, STREET)?;
    let path = texts.file("file").unwrap_or_default();
    let model = file.open(&path).map_err(|e| Fault::at("file", e.to_string()))?;
    Ok((model, file.header.classes.len().max(1)))
}

impl Latent {
    fn paint(&mut self, params: &LatentKnobs) {
        let settings = WalkSettings {
            classes: self.classes,
            class: params.class as usize,
            cycle: params.cycle,
            spread: params.spread as f32,
            dissolve: params.dissolve,
        };
        let model = &*self.model;
        let pictures: Vec<Vec<f32>> =
            self.walks.par_iter_mut().map(|walk| walk.next(model, &settings)).collect();
        let before = self.readouts[0];
        pictures.iter().enumerate().for_each(|(i, p)| self.wall.put(i, p));
        let light = self.wall.mean();
        self.readouts = [light, (light - before).abs()];
    }
}
