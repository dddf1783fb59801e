//! Frames of a scene as planes of numbers, for learned worlds: the picture, or fields of its nodes.

use rayon::prelude::*;

use super::generator::{GeneratorError, SampleSpec, SceneGenerator, fitted};
use learn::dynamics::trajectories::{KnobRange, Moment};
use learn::dynamics::{Trajectories, Trajectory, WorldSpec};
use world::engine::Engine;
use world::field::Field;
use world::frame::Frame;
use world::limits;
use world::rng::Rng;
use world::scene::Scene;
use world::scene::problem::suggest;
use world::system::{Phase, Touch};
use world::tape::Event;

/// Length of the stroke that perturbs a start, as a share of the world's width and of its height.
const STROKE: f32 = 0.03;

/// The picture, as a source of planes.
pub const PICTURE: &str = "picture";

/// What is recorded of a scene.
#[derive(Clone, Debug, PartialEq)]
pub struct RolloutSpec {
    /// Columns and rows of a plane.
    pub size: (usize, usize),
    /// Whether rows (up and down) and columns (left and right) are periodic.
    pub periodic: [bool; 2],
    /// Sources of the state: `picture`, or `node.output`.
    pub state: Vec<String>,
    /// Sources that drive the world from outside.
    pub given: Vec<String>,
    /// Ticks between frames.
    pub every: u64,
    /// Ticks before the first frame.
    pub warm_up: u64,
    /// Frames of a world.
    pub frames: usize,
}

/// Where planes come from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    Picture,
    Output { node: usize, port: usize },
}

/// A scene to be recorded.
pub struct SceneRollout {
    scene: SceneGenerator,
    record: RolloutSpec,
    state: Vec<Source>,
    given: Vec<Source>,
    spec: WorldSpec,
}

impl SceneRollout {
    /// Finds the sources.
    ///
    /// # Errors
    /// A source that the scene does not have, or a size out of its range.
    pub fn new(word: &str, scene: SceneGenerator, record: RolloutSpec) -> Result<Self, GeneratorError> {
        let wrong = |message: String| GeneratorError::input(word, message);
        let found = |words: &[String]| -> Result<Vec<(Source, Vec<String>)>, GeneratorError> {
            words.iter().map(|w| source(w, scene.scene())).collect::<Result<_, _>>().map_err(wrong)
        };
        let (state, given) = (found(&record.state)?, found(&record.given)?);
        let (width, height) = record.size;
        if state.iter().chain(&given).any(|s| s.0 == Source::Picture) && width != height {
            return Err(wrong(format!("a picture: expected a square size, found {width}x{height}")));
        }
        let names = |all: &[(Source, Vec<String>)]| all.iter().flat_map(|s| s.1.clone()).collect();
        let knob = |(name, ends): (&str, [f64; 2])| KnobRange {
            name: name.into(),
            low: ends[0] as f32,
            high: ends[1] as f32,
        };
        let spec = WorldSpec {
            scene: word.into(),
            width,
            height,
            periodic: record.periodic,
            every: record.every,
            state: names(&state),
            given: names(&given),
            knobs: scene.varied().into_iter().map(knob).collect(),
        };
        spec.check().map_err(wrong)?;
        let bytes = (record.frames as u64)
            .saturating_mul(((spec.state.len() + spec.given.len()) * spec.plane() * 4) as u64);
        limits::within("bytes of a world's frames", bytes, 0..=limits::ARRAY).map_err(wrong)?;
        let only = |all: Vec<(Source, Vec<String>)>| all.into_iter().map(|s| s.0).collect();
        Ok(Self { scene, record, state: only(state), given: only(given), spec })
    }

    /// What a frame holds.
    pub fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    /// The same recording of the scene on cells `factor` times as wide; `None` if it is already as coarse as it gets.
    pub fn coarsened(&self, factor: usize) -> Option<Self> {
        let scene = self.scene.coarsened(factor)?;
        let Self { record, state, given, spec, .. } = self;
        Some(Self {
            scene,
            record: record.clone(),
            state: state.clone(),
            given: given.clone(),
            spec: spec.clone(),
        })
    }

    /// The frames of one seed.
    ///
    /// # Errors
    /// The scene cannot be instantiated with this seed.
    pub fn world(&self, seed: u64) -> Result<Trajectory, GeneratorError> {
        self.touched(seed, &[])
    }

    /// The frames of one seed, with a touch in the first tick after the first frame: a start that is slightly different.
    ///
    /// # Errors
    /// The scene cannot be instantiated with this seed.
    pub fn perturbed(&self, seed: u64) -> Result<Trajectory, GeneratorError> {
        let rng = Rng::new(seed).named("perturbation");
        let touch = |length, phase| {
            let (x, y) = (rng.unit(0), rng.unit(1));
            Event::Touch(Touch { id: 0, x, y, dx: length, dy: length, radius: 0.0, strength: 1.0, phase })
        };
        self.touched(seed, &[touch(STROKE, Phase::Move), touch(0.0, Phase::Up)])
    }

    /// The scene.
    pub fn scene(&self) -> &SceneGenerator {
        &self.scene
    }

    /// So many frames of one seed, the first after so many ticks unless the scene draws its own.
    ///
    /// # Errors
    /// The scene cannot be instantiated with this seed.
    pub fn begun(&self, seed: u64, warm_up: u64, frames: usize) -> Result<Trajectory, GeneratorError> {
        self.run(seed, warm_up, frames, &[])
    }

    /// The frames of one seed; one event at each tick after the first frame, as long as there are some.
    fn touched(&self, seed: u64, events: &[Event]) -> Result<Trajectory, GeneratorError> {
        self.run(seed, self.record.warm_up, self.record.frames, events)
    }

    fn run(
        &self,
        seed: u64,
        warm_up: u64,
        count: usize,
        events: &[Event],
    ) -> Result<Trajectory, GeneratorError> {
        let mut events = events.iter();
        let mut engine = self.scene.instantiate(seed)?;
        let spec = SampleSpec { side: 1, channels: 1, frames: 1, every: 1, warm_up };
        (0..self.scene.warm_up(seed, &spec)).for_each(|_| engine.step(&[]));
        let mut frame = Frame::default();
        let mut frames = Vec::with_capacity(count);
        for i in 0..count {
            if i > 0 {
                (0..self.record.every)
                    .for_each(|_| engine.step(events.next().map_or(&[], std::slice::from_ref)));
            }
            frames.push(self.moment(&mut engine, &mut frame));
        }
        Ok(Trajectory { seed, frames })
    }

    /// The frames of several seeds, shared among threads; `done` is called after each.
    ///
    /// # Errors
    /// The scene cannot be instantiated with a seed.
    pub fn worlds(
        &self,
        seeds: std::ops::Range<u64>,
        done: &(dyn Fn() + Sync),
    ) -> Result<Trajectories, GeneratorError> {
        let one = |seed: u64| {
            let world = self.world(seed);
            done();
            world
        };
        let worlds = seeds.into_par_iter().map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(Trajectories { spec: self.spec.clone(), worlds })
    }

    fn moment(&self, engine: &mut Engine, frame: &mut Frame) -> Moment {
        if self.state.iter().chain(&self.given).any(|s| *s == Source::Picture) {
            engine.compose(frame);
        }
        let planes =
            |sources: &[Source]| sources.iter().flat_map(|s| self.planes(*s, engine, frame)).collect();
        Moment {
            state: planes(&self.state),
            given: planes(&self.given),
            knobs: self
                .spec
                .knobs
                .iter()
                .map(|k| engine.get(k.name.as_str()).unwrap_or(0.0) as f32)
                .collect(),
        }
    }

    fn planes(&self, source: Source, engine: &Engine, frame: &Frame) -> Vec<f32> {
        let (width, height) = self.record.size;
        match source {
            Source::Picture => {
                let spec = SampleSpec { side: width, channels: 3, frames: 1, every: 1, warm_up: 0 };
                let pixels = fitted(&frame.rgba, (frame.width, frame.height), 4, &spec);
                learn::data::planar(&pixels, 3)
            }
            Source::Output { node, port } => {
                let whole = engine.field(node, port);
                let mut field = Field::new(width, height, whole.planes());
                whole.resample(&mut field);
                field.data().to_vec()
            }
        }
    }
}

/// The sources of planes by the names that [`WorldSpec`] gives them.
pub fn sources(planes: &[String]) -> Vec<String> {
    let whole = |name: &String| match name.rsplit_once('.') {
        Some((source, "x" | "y" | "red" | "green" | "blue")) => source.to_string(),
        _ => name.clone(),
    };
    let mut all: Vec<String> = planes.iter().map(whole).collect();
    all.dedup();
    all
}

/// A source and the names of its planes.
fn source(word: &str, scene: &Scene) -> Result<(Source, Vec<String>), String> {
    let named = |ends: &[&str]| ends.iter().map(|e| format!("{word}.{e}")).collect();
    let colours = ["red", "green", "blue"];
    if word == PICTURE {
        return Ok((Source::Picture, named(&colours)));
    }
    let (name, output) =
        word.split_once('.').ok_or_else(|| format!("expected `picture` or node.output, found `{word}`"))?;
    let nodes: Vec<&str> = scene.nodes.iter().map(|n| n.name.as_str()).collect();
    let node = nodes.iter().position(|n| *n == name);
    let node = node.ok_or_else(|| format!("there is no node `{name}`; {}", suggest(name, &nodes)))?;
    let outputs = scene.nodes[node].kind.outputs;
    let names: Vec<&str> = outputs.iter().map(|o| o.name).collect();
    let port = names.iter().position(|n| *n == output);
    let port =
        port.ok_or_else(|| format!("`{name}` has no output `{output}`; {}", suggest(output, &names)))?;
    let planes = match outputs[port].planes {
        1 => vec![word.to_string()],
        2 => named(&["x", "y"]),
        _ => named(&colours),
    };
    Ok((Source::Output { node, port }, planes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use systems::CATALOGUE;

    const GAS: &str = "size = [64, 64]\n[node.air]\nsystem = \"lbm\"\nsize = [64, 64]\nstart = \"swirls\"\n\
        viscosity = 0.02\nsteps = 8\ndisc = 0\nstripes = 0\nleft = \"periodic\"\nright = \"periodic\"\n\
        top = \"periodic\"\nbottom = \"periodic\"\n[[layer]]\nshow = \"air.vorticity\"\n";

    fn rollout(settings: &str, state: &[&str]) -> Result<SceneRollout, String> {
        let scene = Scene::parse(GAS, "gas", Path::new("."), CATALOGUE).unwrap();
        let scene = SceneGenerator::new("gas", scene, settings).map_err(|e| e.to_string())?;
        let record = RolloutSpec {
            size: (64, 64),
            periodic: [true; 2],
            state: state.iter().map(|s| s.to_string()).collect(),
            given: Vec::new(),
            every: 10,
            warm_up: 0,
            frames: 5,
        };
        SceneRollout::new("gas", scene, record).map_err(|e| e.to_string())
    }

    fn energies(world: &Trajectory) -> Vec<f64> {
        let of = |m: &Moment| m.state.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>();
        let first = of(&world.frames[0]);
        world.frames.iter().map(|m| of(m) / first).collect()
    }

    /// On cells twice as wide a gas decays as fast: its viscosity and steps are converted. Without that, as many steps
    /// of as much viscosity act four times as long on wavelengths of half as many cells: e^−4x in place of e^−x.
    #[test]
    fn a_coarser_gas_decays_as_the_gas_does() {
        let fine = rollout("", &["air.velocity"]).unwrap();
        let coarse = fine.coarsened(2).unwrap();
        let plain = rollout("cells=32x32", &["air.velocity"]).unwrap();
        let [fine, coarse, plain] = [&fine, &coarse, &plain].map(|r| energies(&r.world(3).unwrap()));
        let decay = |e: &[f64]| -e[4].ln();
        assert!(decay(&fine) > 0.2, "{fine:?}");
        assert!((decay(&coarse) / decay(&fine) - 1.0).abs() < 0.25, "{fine:?} {coarse:?}");
        assert!(decay(&plain) > 2.0 * decay(&fine), "{fine:?} {plain:?}");
    }

    #[test]
    fn a_range_is_a_knob_and_planes_have_names() {
        let r = rollout("air.viscosity=0.01..0.03", &["air.velocity", "air.density", "picture"]).unwrap();
        let names: Vec<&str> = r.spec().state.iter().map(String::as_str).collect();
        assert_eq!(names[..3], ["air.velocity.x", "air.velocity.y", "air.density"]);
        assert_eq!(names[3..], ["picture.red", "picture.green", "picture.blue"]);
        assert_eq!(sources(&r.spec().state), ["air.velocity", "air.density", "picture"]);
        let knob = &r.spec().knobs[0];
        assert_eq!((knob.name.as_str(), knob.low, knob.high), ("air.viscosity", 0.01, 0.03));
        let all = r.worlds(0..6, &|| ()).unwrap();
        all.check().unwrap();
        let values: Vec<f32> = all.worlds.iter().map(|w| w.frames[2].knobs[0]).collect();
        assert!(values.iter().all(|v| (0.01..=0.03).contains(v)) && values.windows(2).all(|v| v[0] != v[1]));
        assert!(rollout("", &["air.velocty"]).err().unwrap().contains("did you mean `velocity`"));
    }
}
