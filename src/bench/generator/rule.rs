//! Rule: a scene left to run, with a sampling prior over its knobs.

use super::prior::ParameterPrior;
use super::{Clip, Cost, FlowSource, Generator, GeneratorError, SampleSpec, Stopwatch, fitted, hash_of};
use crate::metrics::gas::Flow;
use crate::price::{Latency, Profile, Steering};
use world::engine::Engine;
use world::frame::Frame;
use world::rng::Rng;
use world::scene::Scene;
use world::system::{Phase, Touch};
use world::tape::Event;

/// Cells a side that a coarser world keeps.
const COARSEST: usize = 8;
/// Length of the stroke that perturbs a start, as a share of the world's width and of its height.
const STROKE: f32 = 0.03;

/// A scene whose worlds are instantiated from the sample's seed. No judge runs: its signals are 0.
#[derive(Clone)]
pub struct SceneGenerator {
    name: String,
    settings: String,
    scene: Scene,
    priors: Vec<ParameterPrior>,
    /// Range of ticks before the first frame, instead of the specification's.
    warm_up: Option<(u64, u64)>,
    /// How it differs from the scene with its settings; empty if it does not.
    variant: String,
    is_perturbed: bool,
    is_coarse: bool,
}

impl SceneGenerator {
    /// A scene with comma-separated settings: `node.knob=LO..HI` (uniform over the normalised value, drawn from the
    /// seed), `node.knob=A|B|C`, `node.knob=VALUE`; `canvas=WxH` renders smaller, `cells=WxH` limits the cells of each
    /// world, `warm-up=LO..HI` draws the ticks before the first frame. Without a range only the seed varies.
    ///
    /// # Errors
    /// An unknown knob, a value out of its range, or an invalid setting.
    pub fn new(name: &str, scene: Scene, settings: &str) -> Result<Self, GeneratorError> {
        let wrong = |message: String| GeneratorError::input(name, message);
        let (mut scene, mut priors, mut warm_up) = (scene, Vec::new(), None);
        for setting in settings.split(',').filter(|s| !s.is_empty()) {
            match setting.split_once('=') {
                Some(("canvas", size)) => scene = scene.with_size(parse_size(size).map_err(wrong)?),
                Some(("cells", size)) => {
                    let most = parse_size(size).map_err(wrong)?;
                    let large = |n: &usize| scene.nodes[*n].size.0 * scene.nodes[*n].size.1 > most.0 * most.1;
                    let places: Vec<usize> = (0..scene.nodes.len()).filter(large).collect();
                    places.into_iter().for_each(|n| scene.nodes[n].size = most);
                }
                Some(("warm-up", ticks)) => warm_up = Some(parse_ticks(ticks).map_err(wrong)?),
                _ => priors.push(ParameterPrior::parse(setting, &scene).map_err(wrong)?),
            }
        }
        let (name, settings, variant) = (name.into(), settings.into(), String::new());
        Ok(Self { name, settings, scene, priors, warm_up, variant, is_perturbed: false, is_coarse: false })
    }

    /// The scene, with sizes from the settings and knobs as written.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// With so many ticks before the first frame, for every seed.
    pub fn with_warm_up(self, ticks: u64) -> Self {
        Self { warm_up: Some((ticks, ticks)), ..self }
    }

    /// Ticks before the first frame of a seed.
    pub fn warm_up(&self, seed: u64, spec: &SampleSpec) -> u64 {
        let draw = |(lo, hi): (u64, u64)| lo + Rng::new(seed).named("warm-up").below(0, hi - lo + 1);
        self.warm_up.map_or(spec.warm_up, draw)
    }

    /// The knobs that each seed draws from a range: address, least and greatest value.
    pub fn varied(&self) -> Vec<(&str, [f64; 2])> {
        self.priors.iter().filter_map(ParameterPrior::range).collect()
    }

    pub(crate) fn instantiate(&self, seed: u64) -> Result<Engine, GeneratorError> {
        let mut scene = self.scene.clone();
        let rng = Rng::new(seed).named("knobs");
        self.priors.iter().for_each(|s| s.set(&mut scene, rng));
        Engine::new(scene, Some(seed)).map_err(|problems| {
            let all: Vec<String> = problems.into_iter().map(|p| p.message).collect();
            GeneratorError::sample(&self.name, seed, all.join("; "))
        })
    }

    /// The same scene on cells `factor` times as wide, with knobs that are counted in cells or steps converted; `None` if
    /// its worlds are already as coarse as they get.
    pub fn coarsened(&self, factor: usize) -> Option<Self> {
        let mut coarse = self.clone();
        let divided =
            |v: usize| if v / factor.max(1) < COARSEST { v.min(COARSEST) } else { v / factor.max(1) };
        for node in &mut coarse.scene.nodes {
            node.size = (divided(node.size.0), divided(node.size.1));
            node.knobs = (node.kind.coarsened)(&node.knobs, factor);
        }
        let changed = coarse.scene.nodes.iter().zip(&self.scene.nodes).any(|(a, b)| a.size != b.size);
        coarse.variant = format!("its worlds at 1/{factor} of their cells a side");
        coarse.name = format!("{} at 1/{factor}", self.name);
        coarse.is_coarse = true;
        changed.then_some(coarse)
    }

    /// Runs a seed's world, and looks at it at each frame.
    ///
    /// # Errors
    /// The world cannot be created.
    pub fn run(
        &self,
        seed: u64,
        spec: &SampleSpec,
        mut look: impl FnMut(&mut Engine),
    ) -> Result<(), GeneratorError> {
        let mut engine = self.instantiate(seed)?;
        let mut events = self.events(seed).into_iter();
        for i in 0..spec.frames {
            match i {
                0 => (0..self.warm_up(seed, spec)).for_each(|_| engine.step(&[])),
                _ => (0..spec.every).for_each(|_| engine.step(&events.next().unwrap_or_default())),
            }
            look(&mut engine);
        }
        Ok(())
    }

    /// What happens in the two ticks after the first frame: if the start is perturbed, a short stroke, one cell wide.
    fn events(&self, seed: u64) -> [Vec<Event>; 2] {
        if !self.is_perturbed {
            return [Vec::new(), Vec::new()];
        }
        let rng = Rng::new(seed).named("perturbation");
        let touch = |length, phase| {
            let (x, y) = (rng.unit(0), rng.unit(1));
            let touch = Touch { id: 0, x, y, dx: length, dy: length, radius: 0.0, strength: 1.0, phase };
            vec![Event::Touch(touch)]
        };
        [touch(STROKE, Phase::Move), touch(0.0, Phase::Up)]
    }
}

fn parse_ticks(text: &str) -> Result<(u64, u64), String> {
    let ends = text.split_once("..").unwrap_or((text, text));
    let ends = ends.0.parse().ok().zip(ends.1.parse().ok());
    ends.filter(|(lo, hi)| lo <= hi && *hi <= 1_000_000)
        .ok_or_else(|| format!("warm-up: expected ticks as LO..HI, the lower first, found `{text}`"))
}

fn parse_size(text: &str) -> Result<(usize, usize), String> {
    let size = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let fits = |v: usize| (1..=4096).contains(&v);
    size.filter(|s| fits(s.0) && fits(s.1))
        .ok_or_else(|| format!("expected WIDTHxHEIGHT of 1 to 4096, found `{text}`"))
}

impl Generator for SceneGenerator {
    fn name(&self) -> &str {
        &self.name
    }
    fn about(&self) -> String {
        let seed_only = self.priors.is_empty() && self.warm_up.is_none();
        let varies = match (seed_only, self.settings.is_empty()) {
            (true, true) => "only the seed varies".into(),
            (true, false) => format!("with {}; only the seed varies", self.settings),
            (false, _) => format!("with {}, drawn from the seed", self.settings),
        };
        let about = self.scene.about.trim_end_matches('.');
        let scene = &self.scene;
        let variant = if self.variant.is_empty() { String::new() } else { format!(", {}", self.variant) };
        format!("Rule: the scene {} (hash {:016x}), {varies}{variant}. {about}.", scene.name, scene.hash)
    }
    fn cost(&self) -> Cost {
        let bytes = (self.scene.source.len() + self.settings.len()) as u64;
        Cost { description_bytes: bytes, ..Cost::default() }
    }
    fn hash(&self) -> u64 {
        hash_of([self.scene.source.as_bytes(), self.settings.as_bytes(), self.variant.as_bytes()])
    }
    fn profile(&self) -> Profile {
        let knobs = self.scene.nodes.iter().map(|n| n.kind.knobs.len()).sum();
        Profile { steering: Steering { knobs, latency: Latency::Ticks(1) }, ..Profile::default() }
    }
    fn native_size(&self) -> Option<(usize, usize)> {
        Some(self.scene.size)
    }
    fn coarser(&self, factor: usize) -> Option<Box<dyn Generator>> {
        self.coarsened(factor).map(|coarse| Box::new(coarse) as Box<dyn Generator>)
    }
    fn perturbed(&self) -> Option<Box<dyn Generator>> {
        let variant = "perturbed by a short stroke of one cell's width after its first frame".into();
        let name = format!("{}, perturbed", self.name);
        Some(Box::new(Self { name, variant, is_perturbed: true, ..self.clone() }))
    }
    fn start(&self, spec: &SampleSpec) -> Option<u64> {
        // A world on wider cells is the same only before anything has happened.
        let last = self.warm_up.map_or(spec.warm_up, |ticks| ticks.1);
        (!self.is_coarse || last == 0)
            .then(|| hash_of([self.scene.source.as_bytes(), self.settings.as_bytes()]))
    }
    fn flow_source(&self) -> Option<FlowSource> {
        FlowSource::of(&self.scene)
    }
    fn flow(&self, seed: u64, spec: &SampleSpec, size: (usize, usize)) -> Result<Flow, GeneratorError> {
        let wrong = |message: String| GeneratorError::sample(&self.name, seed, message);
        let source = self.flow_source().ok_or_else(|| wrong("nothing flows in it".into()))?;
        let mut values = Vec::new();
        self.run(seed, spec, |engine| values.extend(source.planes(engine, size)))?;
        Flow::new(size.0, size.1, values).map_err(|e| wrong(e.to_string()))
    }
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        let mut clock = Stopwatch::start();
        let mut clip = Clip {
            frames: Vec::new(),
            side: spec.side,
            channels: spec.channels,
            label: None,
            milliseconds: Vec::new(),
        };
        let mut frame = Frame::default();
        self.run(seed, spec, |engine| {
            engine.compose(&mut frame);
            clip.frames.push(fitted(&frame.rgba, (frame.width, frame.height), 4, spec));
            clip.milliseconds.push(clock.lap());
        })?;
        Ok(clip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use systems::CATALOGUE;

    const SCENE: &str = "size = [96, 54]\n[node.cells]\nsystem = \"life\"\nsize = [96, 54]\n[[layer]]\nshow = \"cells.alive\"\npalette = \"#000 #fff\"\nhigh = 1\n";
    const SPEC: SampleSpec = SampleSpec { side: 32, channels: 1, frames: 3, every: 2, warm_up: 0 };

    fn rule(settings: &str) -> Result<SceneGenerator, String> {
        let scene = Scene::parse(SCENE, "soup", std::path::Path::new("."), CATALOGUE).unwrap();
        SceneGenerator::new("soup", scene, settings).map_err(|e| e.to_string())
    }

    fn light(frame: &[u8]) -> f64 {
        frame.iter().map(|v| *v as f64 / 255.0).sum::<f64>() / frame.len() as f64
    }

    #[test]
    fn a_seed_gives_the_same_clip_at_any_thread_count() {
        let rule = rule("cells.density=0.1..0.6").unwrap();
        let clips = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (0..4).map(|s| rule.sample(s, &SPEC).unwrap().frames).collect::<Vec<_>>())
        };
        let one = clips(1);
        assert_eq!(one, clips(3));
        assert!(
            one[0] != one[1] && one[0].len() == 3 && one[0][0] != one[0][1] && one[0][0].len() == 32 * 32
        );
    }

    /// A soup's initial share of live cells is its density, so the brightness of the picture shows the value drawn.
    #[test]
    fn knobs_are_drawn_from_their_prior() {
        let drawn = |settings: &str| {
            let rule = rule(settings).unwrap();
            let spec = SampleSpec { frames: 1, ..SPEC };
            let mut all: Vec<f64> =
                (0..60).map(|s| light(&rule.sample(s, &spec).unwrap().frames[0])).collect();
            all.sort_by(f64::total_cmp);
            all
        };
        let wide = drawn("cells.density=0.1..0.6");
        assert!(wide[0] > 0.07 && wide[0] < 0.2 && wide[59] > 0.5 && wide[59] < 0.66, "{wide:?}");
        let fixed = drawn("cells.density=0.3");
        assert!(fixed[0] > 0.26 && fixed[59] < 0.34, "{fixed:?}");
        let two = drawn("cells.density=0.1|0.6");
        let low = two.iter().filter(|v| **v < 0.2).count();
        assert!((15..=45).contains(&low) && two.iter().all(|v| *v < 0.16 || *v > 0.5), "{two:?}");
    }

    #[test]
    fn the_warm_up_is_drawn_from_its_range() {
        let rule = rule("warm-up=2..5").unwrap();
        let ticks: Vec<u64> = (0..64).map(|s| rule.warm_up(s, &SPEC)).collect();
        assert!((2..=5).all(|t| ticks.contains(&t)) && ticks.iter().all(|t| (2..=5).contains(t)));
        let same = SampleSpec { warm_up: ticks[0], frames: 1, ..SPEC };
        let plain = self::rule("").unwrap().sample(0, &same).unwrap();
        assert_eq!(rule.sample(0, &same).unwrap().frames, plain.frames);
    }

    #[test]
    fn coarser_rules_have_fewer_cells_and_perturbed_ones_drift_apart() {
        let rule = rule("").unwrap();
        let spec = SampleSpec { frames: 12, ..SPEC };
        let half = rule.coarser(2).unwrap();
        assert_eq!((half.native_size(), rule.native_size()), (Some((96, 54)), Some((96, 54))));
        let half_frames = half.sample(3, &spec).unwrap().frames;
        assert!(half_frames != rule.sample(3, &spec).unwrap().frames && half.hash() != rule.hash());
        assert_eq!(half_frames, self::rule("cells=48x27").unwrap().sample(3, &spec).unwrap().frames);
        // Eight cells a side are never halved.
        assert!(self::rule("cells=8x8").unwrap().coarser(4).is_none());
        let touched = rule.perturbed().unwrap();
        assert_ne!(touched.hash(), rule.hash());
        let mut apart = 0;
        for seed in 0..6 {
            let (a, b) = (rule.sample(seed, &spec).unwrap(), touched.sample(seed, &spec).unwrap());
            assert_eq!(a.frames[0], b.frames[0], "the same start");
            let differ = |i: usize| a.frames[i].iter().zip(&b.frames[i]).filter(|(a, b)| a != b).count();
            assert!(differ(1) < spec.side * spec.side / 4, "a small difference: {}", differ(1));
            apart += usize::from(differ(1) > 0);
        }
        // Only a stroke over cells that are all alive changes nothing.
        assert!(apart >= 4, "{apart} of 6");
        // After a warm-up the perturbed world still begins with the same frame, the coarser one no longer.
        let later = SampleSpec { warm_up: 5, ..spec };
        let first = |g: &dyn Generator| g.sample(2, &later).unwrap().frames.remove(0);
        assert!(first(&rule) == first(&*touched) && first(&rule) != first(&*half));
        assert!(rule.start(&later).is_some() && rule.start(&later) == touched.start(&later));
        assert!(half.start(&later).is_none() && half.start(&spec) == rule.start(&spec));
        assert_ne!(self::rule("cells.density=0.4").unwrap().start(&spec), rule.start(&spec));
    }

    #[test]
    fn sizes_are_limited_and_invalid_settings_reported() {
        let small = rule("cells=48x27,canvas=64x36").unwrap();
        assert_eq!((small.scene.nodes[0].size, small.scene.size), ((48, 27), (64, 36)));
        for (settings, words) in [
            ("cells.densty=1", "did you mean `cells.density`"),
            ("sells.density=1", "did you mean `cells`"),
            ("cells.density=7", "found `7`"),
            ("cells.density=0.6..0.1", "the lower first"),
            ("canvas=big", "WIDTHxHEIGHT"),
            ("warm-up=9..3", "the lower first"),
            ("fast", "found `fast`"),
        ] {
            let e = rule(settings).err().unwrap();
            assert!(e.contains(words) && e.starts_with("soup: "), "{settings}: {e}");
        }
    }
}
