//! `escape`: sets of points whose orbits never escape under a map (Mandelbrot 1980, Julia 1918), and how fast and how
//! close to them the others escape.
//!
//! The step only determines what is shown ([`render::OrbitSpec`]) and samples a small grid for the readouts. Orbits are
//! iterated when a picture is requested, at its own resolution through its own view, and cached until the specification
//! changes: a still fractal costs nothing, a deep zoom is as sharp as the whole.

pub mod formula;
mod habitat;
pub mod interior;
pub mod kernel;
mod knobs;
pub mod lanes;
mod motion;
mod orbit;
pub mod plane_view;
pub mod render;
pub mod shade;

use std::sync::{Arc, Mutex, MutexGuard};

use kernel::OrbitOutputs;
pub use knobs::{DEEPEST, EscapeKnobs, Formula, Path, Trap};
use motion::MotionState;
use plane_view::{HEIGHT, PlaneView};
use render::{OrbitImage, OrbitSpec};
use shade::ColourBands;
use world::field::Field;
use world::params::Choice as _;
use world::ports::Readouts as _;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::View;

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Moves the plane; long vectors are limited to length 1.
        Bend: "bend" vector 1.0;
        /// Moves Julia's constant or Mandelbrot's start; limited to length 1.
        Constant: "constant" vector 1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Tone of the smooth iteration count, in waves; 0 inside.
        Smooth: "smooth" scalar 0.0..=1.0;
        /// Least distance of the orbit to the trap, in plane units.
        Trap: "trap" scalar 0.0..=1.0;
        /// Distance to the set in heights of the node; 0 inside.
        Distance: "distance" scalar 0.0..=0.05;
        /// 1 where the orbit never escaped, else 0.
        Interior: "interior" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Share of the plane that is inside.
        Interior: "interior" 0.0..=1.0;
        /// Mean iterations; the inside counts as the maximum.
        Iterations: "iterations" 0.0..=256.0;
        /// Entropy of the tones over 64 bins, in bits.
        Entropy: "entropy" 0.0..=6.0;
    }
}

/// The escape-time fractals; see the module.
pub struct Escape {
    size: (usize, usize),
    motion: MotionState,
    shot: OrbitSpec,
    bands: ColourBands,
    cache: Mutex<RenderCache>,
    readouts: [f32; 3],
}

/// Cached pictures of the current specification, by view and size.
struct RenderCache {
    kept: Vec<CachedRender>,
    /// The most outputs requested for the current specification, and for the one before.
    asked: OrbitOutputs,
    asked_before: OrbitOutputs,
}

struct CachedRender {
    view: View,
    size: (usize, usize),
    follow: OrbitOutputs,
    picture: Arc<OrbitImage>,
}

/// Most cached pictures of one specification.
const MOST_KEPT: usize = 4;
/// Largest sampling grid for the readouts.
const CENSUS: (usize, usize) = (128, 72);

impl System for Escape {
    const NAME: &'static str = "escape";
    const ABOUT: &'static str = "Escape-time fractals: Mandelbrot, Julia, burning ship, tricorn, multibrot (Mandelbrot 1980), to the limit of f64.";
    const FAMILY: &'static str = "fractal";
    const REDRAWN: bool = true;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = EscapeKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        habitat::habitat(rng)
    }

    fn new(params: &EscapeKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (size, motion) = ((birth.width, birth.height), MotionState::default());
        let shot = settle(params, &motion, size, [None, None]);
        let cache =
            RenderCache { kept: Vec::new(), asked: OrbitOutputs::Count, asked_before: OrbitOutputs::Count };
        let mut born =
            Self { size, motion, shot, bands: params.bands(), cache: Mutex::new(cache), readouts: [0.0; 3] };
        born.take_readouts();
        Ok(born)
    }

    fn step(&mut self, params: &EscapeKnobs, env: &Env) {
        self.motion.step(params, env, self.size.0 as f64 / self.size.1 as f64);
        let shot =
            settle(params, &self.motion, self.size, [env.input(Input::Bend), env.input(Input::Constant)]);
        let (same, bands) = (shot == self.shot, params.bands());
        if !same {
            self.shot = shot;
            let cache = self.cache.get_mut().unwrap_or_else(|p| p.into_inner());
            // A tick without requests says nothing about what will be requested.
            if !cache.kept.is_empty() {
                (cache.asked_before, cache.asked) = (cache.asked, OrbitOutputs::Count);
            }
            cache.kept.clear();
        }
        if !same || bands != self.bands {
            self.bands = bands;
            self.take_readouts();
        }
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let follow = match port {
            Output::Smooth | Output::Interior => OrbitOutputs::Count,
            Output::Trap => OrbitOutputs::Trap,
            Output::Distance => OrbitOutputs::Slope,
        };
        let picture = self.picture(view, into.size(), follow);
        let source = match port {
            Output::Trap => picture.trap.as_ref(),
            Output::Distance => picture.distance.as_ref(),
            Output::Smooth | Output::Interior => None,
        };
        let source = source.unwrap_or(&picture.count);
        let bands = self.bands;
        into.fill_rows(|_, y, row| {
            let from = source.row(0, y);
            match port {
                Output::Smooth => row.iter_mut().zip(from).for_each(|(v, &n)| *v = bands.tone(n)),
                Output::Interior => {
                    row.iter_mut().zip(from).for_each(|(v, &n)| *v = if n < 0.0 { 1.0 } else { 0.0 })
                }
                Output::Trap | Output::Distance => row.copy_from_slice(from),
            }
        });
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readouts[readout.index()]
    }
}

impl Escape {
    /// The picture through a view, computed now or cached. Outputs that were requested of the previous specification
    /// will soon be requested of this one, so all are computed at once.
    fn picture(&self, view: &View, size: (usize, usize), follow: OrbitOutputs) -> Arc<OrbitImage> {
        let serves = |k: &CachedRender| k.view == *view && k.size == size && k.follow >= follow;
        let before = {
            let mut cache = self.cache();
            cache.asked = cache.asked.max(follow);
            if let Some(k) = cache.kept.iter().find(|k| serves(k)) {
                return k.picture.clone();
            }
            cache.asked_before
        };
        // The cache is unlocked meanwhile: a thread that waits for parts of this picture may take up any work.
        let follow = follow.max(before);
        let picture = Arc::new(self.shot.render(view, size, follow));
        let mut cache = self.cache();
        if cache.kept.len() == MOST_KEPT {
            cache.kept.remove(0);
        }
        cache.kept.push(CachedRender { view: *view, size, follow, picture: picture.clone() });
        picture
    }

    fn cache(&self) -> MutexGuard<'_, RenderCache> {
        // A panic elsewhere cannot leave the cache half-written: each change is one push, remove or number.
        self.cache.lock().unwrap_or_else(|p| p.into_inner())
    }

    fn take_readouts(&mut self) {
        let size = (self.size.0.min(CENSUS.0), self.size.1.min(CENSUS.1));
        let count = self.shot.render(&View::WHOLE, size, OrbitOutputs::Count).count;
        let (mut inside, mut iterations, mut bins) = (0u32, 0f64, [0u32; 64]);
        for &n in count.data() {
            inside += (n < 0.0) as u32;
            iterations += if n < 0.0 { self.shot.iterations as f64 } else { n as f64 };
            bins[((self.bands.tone(n) * 64.0) as usize).min(63)] += 1;
        }
        let all = (size.0 * size.1) as f64;
        let share = bins.iter().filter(|&&b| b > 0).map(|&b| b as f64 / all);
        let entropy: f64 = share.map(|p| -p * libm::log2(p)).sum();
        self.readouts = [(inside as f64 / all) as f32, (iterations / all) as f32, entropy as f32];
    }
}

/// The specification that results from knobs, motion and inputs.
fn settle(
    knobs: &EscapeKnobs,
    motion: &MotionState,
    size: (usize, usize),
    inputs: [Option<&Field>; 2],
) -> OrbitSpec {
    let bend = inputs[0].filter(|_| knobs.bend_gain != 0.0).map(|f| limited(f, knobs.bend_gain as f32));
    let shift = inputs[1].filter(|_| knobs.shift != 0.0).map(|f| limited(f, knobs.shift as f32));
    OrbitSpec {
        plane_view: PlaneView {
            centre: [knobs.centre_x, knobs.centre_y],
            span: HEIGHT / motion.zoom(knobs),
            turn: knobs.turn,
            aspect: size.0 as f64 / size.1 as f64,
            bend,
        },
        formula: knobs.map(),
        julia: knobs.is_julia(),
        constant: motion.constant(knobs),
        shift,
        iterations: knobs.iterations,
        trap: knobs.trap.index(),
        trap_at: [knobs.trap_x, knobs.trap_y],
        shortcuts: true,
    }
}

/// A vector field times `scale`, with vectors limited to length 1.
fn limited(f: &Field, scale: f32) -> Field {
    let mut out = Field::new(f.width(), f.height(), 2);
    out.fill_rows(|plane, y, row| {
        let (a, b) = (f.row(0, y), f.row(1, y));
        let here = [a, b][plane];
        for (x, v) in row.iter_mut().enumerate() {
            *v = scale * here[x] / (a[x] * a[x] + b[x] * b[x]).sqrt().max(1.0);
        }
    });
    out
}
