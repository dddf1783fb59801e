//! `particle_life`: particles of a few kinds that are drawn to each other or shun each other, not always mutually, and so
//! gather in cells, chains and swarms that hunt, split and crawl (Mohr 2022, after Ventrella's *Clusters* 2017).
//!
//! Reading order: [`force`] (the law), [`crowd`] (particles in memory), [`near`] and [`particles`] (sums over neighbours and
//! a step); then [`matrix`] (who likes whom), [`drive`] and [`obstacle`] (inputs and touches), [`figures`], [`picture`] and [`glow`] (what is
//! shown). Lengths are in heights of the world, times in seconds.
//!
//! ```toml
//! [node.life]
//! system = "particle_life"
//! matrix = "0.8 0.4 -0.2; -0.3 0.6 0.5; 0.2 -0.4 0.7"   # row i: how much kind i is drawn to kinds 1, 2, 3
//! [[layer]]
//! show = "life.picture"
//! ```

pub mod crowd;
pub mod drive;
pub mod figures;
pub mod force;
pub mod glow;
pub mod knobs;
pub mod matrix;
pub mod near;
pub mod obstacle;
pub mod particles;
pub mod picture;
#[cfg(test)]
mod tests;

use world::body::Body;
use world::field::Field;
use world::ports::Outputs as _;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System, TextKind, TextSpec, Texts};
use world::view::View;

use crowd::{Space, kind_of};
use drive::Medium;
use figures::Figures;
use force::Law;
use knobs::{Input, Knobs, Output, Readout};
use matrix::Matrix;
use obstacle::Obstacle;
use particles::Particles;
use picture::Scene;

/// Pairs of particles that a tick may go through: a few hundredths of a second.
const BUDGET: usize = 64_000_000;

/// The system: see the module.
pub struct ParticleLife {
    particles: Particles<f32>,
    matrices: [Matrix; 2],
    cells: (usize, usize),
    knobs: Knobs,
    figures: Figures,
    outward: Rng,
}

impl System for ParticleLife {
    const NAME: &'static str = "particle_life";
    const ABOUT: &'static str = "Particle Life: kinds of particles that are drawn to each other or shun each other, one-sidedly \
        (Mohr 2022, after Ventrella's Clusters 2017).";
    const FAMILY: &'static str = "swarm";
    const REDRAWN: bool = true;
    const WARM_UP: u64 = 240;
    const TEXTS: &'static [TextSpec] = &[
        TextSpec {
            name: "matrix",
            about: "how much each kind is drawn to each: rows separated by `;`, numbers by blanks; drawn from the seed if absent",
            kind: TextKind::Word,
        },
        TextSpec {
            name: "matrix_b",
            about: "the matrix at `morph` 1, of as many kinds",
            kind: TextKind::Word,
        },
    ];
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = Knobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        written(texts).err().unwrap_or_default()
    }

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        knobs::habitat(rng)
    }

    fn new(knobs: &Knobs, birth: &InitContext) -> Result<Self, Fault> {
        let [first, second] = written(birth.texts).map_err(|mut faults| faults.remove(0))?;
        let kinds = first.or(second).map_or(knobs.kinds as usize, |matrix| matrix.kinds);
        let drawn = |name: &str| Matrix::drawn(kinds, birth.rng.named(name));
        let matrices =
            [first.unwrap_or_else(|| drawn("matrix")), second.unwrap_or_else(|| drawn("matrix_b"))];
        let cells = (birth.width, birth.height);
        let mut new = Self {
            particles: scattered(knobs, cells, kinds, birth.rng.named("particles")),
            matrices,
            cells,
            knobs: knobs.clone(),
            figures: Figures::default(),
            outward: birth.rng.named("outward"),
        };
        new.particles.crowd.sort(&knobs.space(cells), knobs.r_max);
        new.figures = Figures::of(&new.particles.crowd);
        Ok(new)
    }

    fn step(&mut self, knobs: &Knobs, env: &Env) {
        self.knobs = knobs.clone();
        let (law, space) = (self.law(), knobs.space(self.cells));
        drive::touch(&mut self.particles.crowd, &space, self.cells, env, knobs.push);
        let dt = env.dt.clamp(0.0, 0.1) * knobs.pace / knobs.steps as f32;
        let keeps = libm::exp2f(-dt / knobs.half_life);
        let medium = self.medium(env, space);
        let obstacle = env.input(Input::Obstacle);
        let obstacle = obstacle.map(|field| Obstacle::new(field, space, self.outward, env.tick));
        self.particles.budget = Some(BUDGET / knobs.steps as usize);
        for _ in 0..knobs.steps {
            self.particles.feel(&law, &space);
            let Particles { crowd, pull: [across, down], .. } = &mut self.particles;
            // Friction is relative to the medium.
            let rate = if dt > 0.0 { (1.0 - keeps) / dt } else { 0.0 };
            medium.add([&crowd.x, &crowd.y], rate, [&mut *across, &mut *down]);
            crowd.advance([&*across, &*down], keeps, dt, &space);
            drive::limit(crowd);
            if let Some(obstacle) = &obstacle {
                obstacle.stop(crowd, dt);
            }
        }
        self.figures = Figures::of(&self.particles.crowd);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let scene = self.scene();
        match port {
            Output::Picture => scene.picture(self.knobs.glow, view, into),
            Output::Velocity => scene.velocity(view, into),
            Output::Density => scene.density(None, view, into),
            Output::Kind1 | Output::Kind2 | Output::Kind3 | Output::Kind4 => {
                scene.density(kind_shown(port), view, into)
            }
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        self.figures.read(readout)
    }

    fn message(&self) -> Option<String> {
        let told = "too many within reach: each particle feels a sample of them; fewer particles or a shorter `r_max` are exact";
        self.particles.sampled.then(|| told.into())
    }

    fn bodies(&self, port: Output, into: &mut Vec<Body>) {
        let crowd = &self.particles.crowd;
        let is_shown = |name: u32| match port {
            Output::Picture | Output::Density => true,
            Output::Velocity => false,
            _ => kind_shown(port) == Some(kind_of(name)),
        };
        let (height, wraps) = (self.cells.1 as f32, self.knobs.space(self.cells).wraps);
        for i in (0..crowd.len()).filter(|&i| is_shown(crowd.name[i])) {
            let at = [crowd.x[i] * height, crowd.y[i] * height];
            into.extend(Body::around(at, [self.knobs.radius * height; 2], self.cells).with_copies(wraps));
        }
    }
}

impl ParticleLife {
    /// The particles.
    pub fn particles(&self) -> &Particles<f32> {
        &self.particles
    }

    /// The law that holds now.
    pub fn law(&self) -> Law<f32> {
        let matrix = self.matrices[0].mixed(&self.matrices[1], self.knobs.morph);
        let matrix = matrix.map(|row| row.map(|v| self.knobs.attraction * v));
        Law { r_max: self.knobs.r_max, beta: self.knobs.beta, factor: self.knobs.force, matrix }
    }

    /// What carries them.
    fn medium<'a>(&self, env: &'a Env, space: Space<f32>) -> Medium<'a> {
        Medium {
            wind: env.input(Input::Wind),
            wind_gain: self.knobs.wind_gain,
            attract: env.input(Input::Attract),
            attract_gain: self.knobs.attract_gain,
            space,
        }
    }

    fn scene(&self) -> Scene<'_> {
        let (crowd, space) = (&self.particles.crowd, self.knobs.space(self.cells));
        Scene { crowd, space, cells: self.cells, radius: self.knobs.radius }
    }
}

fn kind_shown(port: Output) -> Option<usize> {
    port.index().checked_sub(Output::Kind1.index())
}

/// The matrices that a scene writes; every fault at once.
fn written(texts: &Texts) -> Result<[Option<Matrix>; 2], Vec<Fault>> {
    let read = |key: &str| texts.word(key).map(|text| Matrix::parse(key, text)).transpose();
    match [read("matrix"), read("matrix_b")] {
        [Ok(Some(a)), Ok(Some(b))] if a.kinds != b.kinds => {
            let message = format!("matrix_b has {} kinds; expected {}, as `matrix` has", b.kinds, a.kinds);
            Err(vec![Fault::at("matrix_b", message)])
        }
        [Ok(a), Ok(b)] => Ok([a, b]),
        faults => Err(faults.into_iter().filter_map(Result::err).collect()),
    }
}

/// Particles at rest anywhere, each of any kind.
fn scattered(knobs: &Knobs, cells: (usize, usize), kinds: usize, rng: Rng) -> Particles<f32> {
    let (numbers, [width, height]) = (0..knobs.particles as u64, knobs.space(cells).extent);
    let places: Vec<[f32; 2]> =
        numbers.clone().map(|i| rng.fork(i)).map(|r| [r.unit(0) * width, r.unit(1) * height]).collect();
    let kinds: Vec<u8> = numbers.map(|i| rng.fork(i).below(2, kinds as u64) as u8).collect();
    Particles::new(&places, &vec![[0.0; 2]; places.len()], &kinds)
}
