//! `escape`: sets of points whose orbits never escape under a map (Mandelbrot 1980, Julia 1918), and how fast and
//! how near the others do.
//!
//! The step only settles what is to be seen ([`render::OrbitSpec`]) and takes a census on a small grid for the
//! readouts. Orbits are followed when a picture is asked for, at its own resolution through its own view, and kept
//! until the shot changes: a still fractal costs nothing, a deep zoom is as sharp as the whole.

pub mod formula;
mod habitat;
pub mod interior;
pub mod kernel;
mod motion;
mod orbit;
pub mod plane_view;
pub mod render;
pub mod shade;

use std::sync::{Arc, Mutex, MutexGuard};

use kernel::OrbitOutputs;
use motion::MotionState;
use plane_view::{HEIGHT, PlaneView};
use render::{OrbitImage, OrbitSpec};
use shade::ColourBands;
use world::field::Field;
use world::params;
use world::params::Choice as _;
use world::ports::Readouts as _;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::View;

/// Greatest zoom: pixels are then as wide as f64 can tell apart.
pub const DEEPEST: f64 = 1e13;

world::choices! {
    /// The map.
    pub enum Formula {
        /// z² + c over constants.
        Mandelbrot: "mandelbrot",
        /// z² + c over starts.
        Julia: "julia",
        /// With absolute parts.
        BurningShip: "burning_ship",
        /// Conjugated.
        Tricorn: "tricorn",
        /// To a higher power.
        Multibrot: "multibrot",
    }
}

world::choices! {
    /// What Julia's constant follows.
    pub enum Path {
        /// Nothing.
        Still: "still",
        /// A circle round itself.
        Circle: "circle",
        /// The main cardioid's border.
        Cardioid: "cardioid",
    }
}

world::choices! {
    /// Shape of the orbit trap.
    pub enum Trap {
        /// A point.
        Point: "point",
        /// The two axes through its place.
        Cross: "cross",
        /// A circle of radius ½.
        Circle: "circle",
    }
}

params! {
    /// Which set, where, how it moves and how it is coloured.
    pub struct EscapeKnobs {
        /// The map: z² + c over constants (mandelbrot) or over starts (julia), with absolute parts (burning_ship),
        /// conjugated (tricorn), or to a higher power (multibrot).
        formula: Choice of Formula = "mandelbrot";
        /// Shows the Julia set of the map, for any of the formulas.
        dual: bool = false;
        /// Power of multibrot.
        power: u32 = 3 in 2..=6;
        /// Real part of the centre.
        centre_x: f64 = -0.6 in -4.0..=4.0;
        /// Imaginary part of the centre, downwards.
        centre_y: f64 = 0.0 in -4.0..=4.0;
        /// Magnification; 1 shows a height of 2.5. Below pixels of 7.6e-6 the orbits are followed in f64.
        zoom: f64 = 1.0 in 0.1..=1e13, Log;
        /// Rotation.
        turn: f64 = 0.0 in -1.0..=1.0, unit "turns";
        /// Most iterations.
        iterations: u32 = 256 in 16..=65536, Log;
        /// Real part of Julia's constant.
        constant_x: f64 = -0.8 in -2.0..=2.0;
        /// Imaginary part of Julia's constant.
        constant_y: f64 = 0.156 in -2.0..=2.0;
        /// What Julia's constant follows: nothing, a circle of radius `reach` round itself, or the main cardioid's
        /// border blown up by `reach`.
        path: Choice of Path = "still";
        /// Size of the path.
        reach: f64 = 0.02 in -0.5..=1.0;
        /// How often path and swing are gone through.
        pace: f64 = 0.02 in -1.0..=1.0, unit "1/s";
        /// How many doublings the zoom swings in and out.
        swing: f64 = 0.0 in 0.0..=43.0, unit "octaves";
        /// How far the field wired to `bend` moves the plane, per unit.
        bend_gain: f64 = 0.1 in -2.0..=2.0, unit "height";
        /// How far the field wired to `constant` moves the constant (Julia) or the start (Mandelbrot), per unit.
        shift: f64 = 0.1 in -1.0..=1.0;
        /// How long after a touch the constant stays away from home.
        memory: f64 = 8.0 in 0.1..=600.0, Log, unit "s";
        /// Waves of the tone of `smooth` per doubling of the count; 0 is one rise from far away to the set.
        bands: f64 = 0.5 in 0.0..=8.0;
        /// Shift of the waves.
        phase: f64 = 0.0 in -4.0..=4.0, unit "turns";
        /// Shape of the orbit trap; the circle's radius is ½.
        trap: Choice of Trap = "point";
        /// Real part of the trap's place.
        trap_x: f64 = 0.0 in -2.0..=2.0;
        /// Imaginary part of the trap's place.
        trap_y: f64 = 0.0 in -2.0..=2.0;
    }
}

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
        /// Mean iterations; the inside counts as the most.
        Iterations: "iterations" 0.0..=256.0;
        /// Entropy of the tones over 64 bins, in bits.
        Entropy: "entropy" 0.0..=6.0;
    }
}

impl EscapeKnobs {
    fn is_julia(&self) -> bool {
        self.formula == Formula::Julia || self.dual
    }
    fn map(&self) -> u8 {
        match self.formula {
            Formula::BurningShip => formula::SHIP,
            Formula::Tricorn => formula::TRICORN,
            Formula::Multibrot if self.power > 2 => self.power as u8,
            Formula::Mandelbrot | Formula::Julia | Formula::Multibrot => formula::SQUARE,
        }
    }
    /// Home of the constant: the knobs' in Julia sets; Mandelbrot sets start from 0.
    fn constant(&self) -> [f64; 2] {
        if self.is_julia() { [self.constant_x, self.constant_y] } else { [0.0, 0.0] }
    }
    fn bands(&self) -> ColourBands {
        let iterations = self.iterations as f32;
        ColourBands { per_octave: self.bands as f32, phase: self.phase as f32, iterations }
    }
}

/// The escape-time fractals; see the module.
pub struct Escape {
    size: (usize, usize),
    motion: MotionState,
    shot: OrbitSpec,
    bands: ColourBands,
    cache: Mutex<RenderCache>,
    census: [f32; 3],
}

/// Pictures of the present shot, by view and size.
struct RenderCache {
    kept: Vec<CachedRender>,
    /// The most that was asked for of the present shot, and of the one before.
    asked: OrbitOutputs,
    asked_before: OrbitOutputs,
}

struct CachedRender {
    view: View,
    size: (usize, usize),
    follow: OrbitOutputs,
    picture: Arc<OrbitImage>,
}

/// Pictures kept of one shot.
const MOST_KEPT: usize = 4;
/// Largest grid of the census.
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
            Self { size, motion, shot, bands: params.bands(), cache: Mutex::new(cache), census: [0.0; 3] };
        born.take_census();
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
            // A tick that nobody looked at says nothing of who looks.
            if !cache.kept.is_empty() {
                (cache.asked_before, cache.asked) = (cache.asked, OrbitOutputs::Count);
            }
            cache.kept.clear();
        }
        if !same || bands != self.bands {
            self.bands = bands;
            self.take_census();
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
        self.census[readout.index()]
    }
}

impl Escape {
    /// The picture through a view, followed now or kept from before. Whoever asked for more of the shot before will
    /// soon ask for more of this one, so it is followed once and for all.
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
        // The album is open to others meanwhile: a thread that waits for parts of this picture may take up any work.
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
        // A panic elsewhere cannot leave the album half-written: each change is one push, remove or number.
        self.cache.lock().unwrap_or_else(|p| p.into_inner())
    }

    fn take_census(&mut self) {
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
        self.census = [(inside as f64 / all) as f32, (iterations / all) as f32, entropy as f32];
    }
}

/// What knobs, motion and inputs amount to.
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

/// A vector field times `scale`, no vector counted longer than 1.
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
