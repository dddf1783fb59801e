//! `water`: shallow water on a ground given by any field, which finds its way downhill as rivers, fills lakes, breaks,
//! and dries out.
//!
//! Reading order: [`reconstruct`] and [`flux`] (one line of cells), [`plane`] and [`sweep`] (the whole world),
//! [`pointwise`], [`shallow`] (the solver alone); [`landscape`], [`weather`], [`breeze`], [`touch`] (what acts on it); [`foam`],
//! [`sound`], [`stats`]; [`optics`], [`ground`], [`picture`] (what is seen); then this file, which holds the system.

use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, Sounding, System};
use world::view::{Sampling, View};

mod breeze;
pub mod flux;
pub mod foam;
mod ground;
pub mod knobs;
mod landscape;
pub mod optics;
pub mod picture;
pub mod plane;
pub mod pointwise;
pub mod reconstruct;
pub mod shallow;
pub mod sound;
mod stats;
pub mod sweep;
#[cfg(test)]
mod tests;
mod touch;
mod weather;

use breeze::Breeze;
use foam::{Foam, WET};
use ground::Texture;
pub use knobs::WaterKnobs;
use landscape::Landscape;
use optics::Sun;
use picture::Look;
use shallow::{Advance, Physics, Shallow};
use sound::Events;
use stats::Stats;

/// Most cells; each takes about 60 bytes.
const MOST_CELLS: usize = 1 << 24;
/// Depth below which water hardly moves, cells.
const DRY: f32 = 1e-3;
/// Greatest acceleration by wind, cells/s².
const WIND_LIMIT: f32 = 5000.0;
/// Longest tick, s.
const LONGEST_TICK: f32 = 0.1;

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Height of the ground, times the knob `relief`
        Ground: "ground" scalar 0.0..=1.0;
        /// Adds water where above 0, takes it where below, times the knob `source_gain`
        Source: "source" scalar -1.0..=1.0;
        /// Accelerates the water, times the knob `wind_gain`
        Wind: "wind" vector 1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Shaded picture: ground through moving water, caustics, sky, glints, foam
        Picture: "picture" colour;
        /// Depth of the water, cells
        Depth: "depth" scalar 0.0..=13.0;
        /// Height of the surface, of the ground where it is dry, cells
        Surface: "surface" scalar 0.0..=25.0;
        /// Velocity, cells/s
        Velocity: "velocity" vector 45.0;
        /// Speed, cells/s
        Speed: "speed" scalar 0.0..=45.0;
        /// Height of the ground, cells
        Ground: "ground" scalar 0.0..=25.0;
        /// Horizontal part of the surface's unit normal: points downhill
        Normals: "normals" vector 0.4;
        /// Light on the ground: 1 under a level surface, more where waves focus it
        Caustics: "caustics" scalar 0.0..=3.0;
        /// Foam, 0 to 1
        Foam: "foam" scalar 0.0..=0.5;
        /// How strongly water breaks, 0 to 1
        Breaking: "breaking" scalar 0.0..=0.2;
        /// How damp the ground is: 1 under water, less while it dries
        Wet: "wet" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Volume of the water, cells³
        Volume: "volume" 0.0..=1_000_000.0;
        /// Depth if it were spread over the whole world, cells
        MeanDepth: "mean_depth" 0.0..=6.0;
        /// Kinetic energy over mass, cells²/s²
        Energy: "energy" 0.0..=12.0;
        /// Share of the ground that is under water
        WetShare: "wet_share" 0.0..=1.0;
        /// Greatest speed, cells/s
        MaxSpeed: "max_speed" 0.0..=80.0;
        /// Mean foam
        Foam: "foam" 0.0..=0.05;
        /// Bubbles, drops and stones that could be heard in the tick
        Bubbles: "bubbles" 0.0..=100.0;
        /// Steps of the solver in the tick
        Steps: "steps" 0.0..=8.0;
    }
}

/// Shallow water.
pub struct Water {
    water: Shallow,
    landscape: Landscape,
    foam: Foam,
    breeze: Breeze,
    events: Events,
    force: Vec<f32>,
    stats: Stats,
    done: Advance,
    /// Seconds that the last tick should have taken.
    due: f32,
    look: Look,
    texture: Texture,
    springs: Rng,
    /// Whether it has made a step.
    begun: bool,
}

impl System for Water {
    const NAME: &'static str = "water";
    const ABOUT: &'static str = "Shallow water on any ground: rivers, lakes, rain, breaking waves, caustics (finite volumes with HLLC, \
        second order, at rest over any ground: Audusse et al. 2004).";
    const FAMILY: &'static str = "gas";
    const WARM_UP: u64 = 60;
    const SOUNDINGS: &'static [&'static str] = &["front", "drop", "stone"];
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = WaterKnobs;

    fn coarsened(knobs: WaterKnobs, factor: usize) -> WaterKnobs {
        knobs.coarsened(factor)
    }

    fn new(knobs: &WaterKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (w, h) = (birth.width, birth.height);
        if w * h > MOST_CELLS {
            let most = format!("{w}×{h} cells are too many for water; it takes up to {MOST_CELLS}");
            return Err(Fault::at("size", most));
        }
        let landscape = Landscape::new(birth.rng.named("landscape"), knobs, (w, h));
        let water = Shallow::new(w, h, knobs.sides(), physics(knobs));
        let mut born = Self {
            water,
            landscape,
            foam: Foam::new(w * h),
            breeze: Breeze::new(birth.rng.named("breeze")),
            events: Events::default(),
            force: Vec::new(),
            stats: Stats::default(),
            done: Advance::default(),
            due: 0.0,
            look: look(knobs, [0.0, 1.0]),
            texture: Texture::new(birth.rng.named("texture")),
            springs: birth.rng.named("springs"),
            begun: false,
        };
        born.flood(knobs);
        Ok(born)
    }

    fn step(&mut self, knobs: &WaterKnobs, env: &Env) {
        let seconds = if env.dt.is_finite() { env.dt.clamp(0.0, LONGEST_TICK) } else { 0.0 };
        self.water.set_sides(knobs.sides());
        self.water.physics = physics(knobs);
        self.landscape.aim(knobs, env.input(Input::Ground), self.water.size());
        if !self.begun && env.input(Input::Ground).is_some() {
            self.flood(knobs);
        }
        self.begun = true;
        self.landscape.settle(&mut self.water, seconds, knobs.settle);
        self.events.begin();
        self.feed(knobs, env, seconds);
        self.blow(knobs, env.input(Input::Wind), seconds);
        let plane = self.water.size().0 * self.water.size().1;
        let force = (!self.force.is_empty()).then(|| [&self.force[..plane], &self.force[plane..]]);
        self.done = self.water.advance(seconds, knobs.most_steps, force);
        self.due = seconds;
        self.foam.step(&self.water, seconds);
        self.events.finish(&self.foam, self.water.size(), knobs.bubble, seconds, env.rng.named("bubbles"));
        self.observe(knobs);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let wraps = self.water.sides().wraps() == [true; 2];
        let sampling = if wraps { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        let (w, h) = self.water.size();
        match port {
            Output::Picture => {
                let mut picture = Field::new(w, h, 3);
                picture::draw(&self.water, &self.foam, &self.texture, &self.look, &mut picture);
                view.project(into, (w, h), sampling, |plane, y, row| {
                    row.copy_from_slice(picture.row(plane, y))
                });
            }
            Output::Caustics => {
                let light = optics::caustics(&self.water, self.look.sun);
                let lit = |y: usize, row: &mut [f32]| row.copy_from_slice(&light[y * w..(y + 1) * w]);
                view.project(into, (w, h), sampling, |_, y, row| lit(y, row));
            }
            _ => view.project(into, (w, h), sampling, |plane, y, row| self.show_row(port, plane, y, row)),
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        let s = &self.stats;
        let cells = (self.water.size().0 * self.water.size().1) as f64;
        let value = match readout {
            Readout::Volume => s.volume,
            Readout::MeanDepth => s.volume / cells,
            Readout::Energy => s.energy / s.volume.max(1e-9),
            Readout::WetShare => s.wet / cells,
            Readout::MaxSpeed => s.speed as f64,
            Readout::Foam => s.foam / cells,
            Readout::Bubbles => self.events.all().len() as f64,
            Readout::Steps => self.done.steps as f64,
        };
        value as f32
    }

    fn message(&self) -> Option<String> {
        (self.done.seconds < 0.999 * self.due).then(|| {
            format!(
                "waves are too fast for {} steps a tick: the water runs at {:.0} % of its speed; raise `most_steps`, or \
                 lower `gravity` or the depth",
                self.done.steps,
                100.0 * self.done.seconds / self.due
            )
        })
    }

    fn soundings(&self, into: &mut Vec<Sounding>) {
        into.extend_from_slice(self.events.all());
    }
}

impl Water {
    /// The solver.
    pub fn shallow(&self) -> &Shallow {
        &self.water
    }

    /// Sets the ground to its goal, and water on it up to the knob `level`.
    fn flood(&mut self, knobs: &WaterKnobs) {
        let w = self.water.size().0;
        let goal = self.landscape.goal();
        self.water.set_ground(|y, row| row.copy_from_slice(&goal[y * w..(y + 1) * w]));
        self.water.fill(|x, y| [(knobs.level - goal[y * w + x]).max(0.0), 0.0, 0.0]);
        self.foam.step(&self.water, 0.0);
        self.observe(knobs);
    }

    /// What comes and goes before the waves run.
    fn feed(&mut self, knobs: &WaterKnobs, env: &Env, seconds: f32) {
        let water = &mut self.water;
        weather::exchange(water, knobs, seconds, env.input(Input::Source));
        weather::springs(water, knobs, seconds, self.springs);
        weather::rain(water, knobs, seconds, env.rng.named("rain"), &mut self.events);
        weather::stones(water, knobs, seconds, env.rng.named("stones"), &mut self.events);
        for touch in env.touches {
            touch::touch(water, knobs, touch, seconds, &mut self.events);
        }
    }

    /// Accelerations by wind and breeze; none if neither blows.
    fn blow(&mut self, knobs: &WaterKnobs, wind: Option<&Field>, seconds: f32) {
        let (w, h) = self.water.size();
        let wind = wind.filter(|_| knobs.wind_gain > 0.0);
        if wind.is_none() && knobs.breeze == 0.0 {
            return self.force.clear();
        }
        self.force.resize(2 * w * h, 0.0);
        match wind {
            None => self.force.fill(0.0),
            Some(wind) => self.force.iter_mut().zip(wind.data()).for_each(|(f, v)| {
                *f = (knobs.wind_gain * v).clamp(-WIND_LIMIT, WIND_LIMIT);
            }),
        }
        if knobs.breeze > 0.0 {
            let depth = self.stats.volume / self.stats.wet.max(1.0);
            self.breeze.blow(knobs, (w, h), depth as f32, seconds, &mut self.force);
        }
    }

    fn observe(&mut self, knobs: &WaterKnobs) {
        self.stats = stats::measure(&self.water, &self.foam);
        self.look = look(knobs, self.stats.ground);
    }

    fn show_row(&self, port: Output, plane: usize, y: usize, row: &mut [f32]) {
        let (water, w) = (&self.water, self.water.size().0);
        let of = |field: &[f32], row: &mut [f32]| row.copy_from_slice(&field[y * w..(y + 1) * w]);
        let (depth, ground) = (water.depth(y), water.ground(y));
        let wet = |(v, h): (&f32, &f32)| if *h > WET { *v } else { 0.0 };
        match port {
            Output::Depth => row.copy_from_slice(depth),
            Output::Ground => row.copy_from_slice(ground),
            Output::Surface => {
                row.iter_mut().zip(depth.iter().zip(ground)).for_each(|(s, (h, z))| *s = h + z)
            }
            Output::Velocity => {
                let velocity = water.velocity(plane, y);
                row.iter_mut().zip(velocity.iter().zip(depth)).for_each(|(out, pair)| *out = wet(pair));
            }
            Output::Speed => {
                for (x, out) in row.iter_mut().enumerate() {
                    let (u, v) = (water.velocity(0, y)[x], water.velocity(1, y)[x]);
                    *out = wet((&(u * u + v * v).sqrt(), &depth[x]));
                }
            }
            Output::Normals => {
                let mut other = vec![0.0; w];
                match plane {
                    0 => optics::slopes(water, y, row, &mut other),
                    _ => optics::slopes(water, y, &mut other, row),
                }
                let unit = |(s, o): (&mut f32, &f32)| *s = -*s / (1.0 + *s * *s + o * o).sqrt();
                row.iter_mut().zip(&other).for_each(unit);
            }
            Output::Foam => of(self.foam.foam(), row),
            Output::Breaking => of(self.foam.breaking(), row),
            Output::Wet => of(self.foam.damp(), row),
            Output::Picture | Output::Caustics => row.fill(0.0),
        }
    }
}

fn physics(knobs: &WaterKnobs) -> Physics {
    Physics { gravity: knobs.gravity, cell: 1.0, dry: DRY, manning: knobs.manning }
}

/// How it looks, with these knobs and this range of heights.
fn look(knobs: &WaterKnobs, ground: [f32; 2]) -> Look {
    let turn = |t: f32| t * core::f32::consts::TAU;
    let (azimuth, height) = (turn(knobs.sun), turn(knobs.sun_height));
    let flat = libm::cosf(height);
    let at = [flat * libm::cosf(azimuth), flat * libm::sinf(azimuth), libm::sinf(height)];
    let channel = |third: f32| {
        let c = 0.5 + 0.5 * libm::cosf(turn(knobs.hue - third / 3.0));
        0.004 + 0.15 * c * c * c
    };
    Look {
        sun: Sun { at, lens: knobs.lens },
        ripples: knobs.ripples,
        clarity: knobs.clarity,
        deep: [channel(0.0), channel(1.0), channel(2.0)],
        glitter: knobs.glitter,
        ground,
    }
}
