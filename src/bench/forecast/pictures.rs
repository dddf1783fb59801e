//! A learned world as a generator of pictures, if it learned what is shown of its scene.

use std::collections::VecDeque;
use std::path::Path;

use crate::generator::{Clip, Cost, Generator, GeneratorError, SampleSpec, SceneGenerator, Stopwatch};
use crate::generator::{fitted, hash_of};
use crate::price::{Latency, Profile, Steering};
use crate::rollout::{PICTURE, RolloutSpec, SceneRollout, sources};
use learn::dynamics::trajectories::Moment;
use learn::dynamics::{WorldModel, WorldSpec};
use learn::model::bytes;
use learn::{File, ImageShape};
use world::rng::Rng;

/// Steps of the network from the start of a roll-out to its still.
const STILL: usize = 100;

/// A learned world whose clips begin with frames of a rule, as many as the network sees, and go on by the network. The
/// first frame of a clip is therefore the rule's; a still is the frame 100 steps later. A world with a value that is not
/// finite is lost, and stays at the state before (as in [`Rollout::of_imitator`](crate::metrics::motion::Rollout)).
pub struct PictureWorld {
    name: String,
    about: String,
    cost: Cost,
    hash: u64,
    model: Box<dyn WorldModel>,
    starts: SceneRollout,
    /// The planes of red, green and blue in its state.
    planes: [usize; 3],
}

impl PictureWorld {
    /// A world from its file, whose bytes are `data`, with starts from the scene that `word` names.
    ///
    /// # Errors
    /// The file holds no learned world or one of fields, which `forecast` judges; the scene lacks what drives it.
    pub fn new(
        name: &str,
        (file, path, data): (&File, &Path, &[u8]),
        (scene, word): (SceneGenerator, &str),
    ) -> Result<Self, GeneratorError> {
        let at = path.display().to_string();
        let model = file
            .open_world(path)
            .map_err(|e| GeneratorError::input(&at, e.to_string().trim_start_matches(&format!("{at}: "))))?;
        let card = &file.header.card;
        let about = format!(
            "Learned: a {} that saw {} frames of {} (hash {}), by version {}; {at}. Its clips begin with frames of {word}.",
            file.header.method, card.pictures[0], card.data, card.data_hash, card.version
        );
        let cost = Cost {
            description_bytes: data.len() as u64,
            training_seconds: card.seconds[1],
            training_images: card.pictures[0] as u64,
        };
        Self::of((name, &at, about), cost, hash_of([data, word.as_bytes()]), model, (scene, word))
    }

    /// The planes of red, green and blue in a world's state; `at` names its file.
    ///
    /// # Errors
    /// It learned fields.
    pub fn planes(spec: &WorldSpec, at: &str) -> Result<[usize; 3], GeneratorError> {
        picture_planes(spec).ok_or_else(|| {
            let fields = spec.state.join(", ");
            GeneratorError::input(at, format!(
                "it learned fields of {} ({fields}) and not its picture, so it cannot be compared with pictures; \
                 `untrained forecast {at}` holds it against the rule, and `untrained learn step … --state picture` learns pictures",
                spec.scene
            ))
        })
    }

    fn of(
        (name, at, about): (&str, &str, String),
        cost: Cost,
        hash: u64,
        model: Box<dyn WorldModel>,
        (scene, word): (SceneGenerator, &str),
    ) -> Result<Self, GeneratorError> {
        let spec = model.spec();
        let planes = Self::planes(spec, at)?;
        let record = RolloutSpec {
            size: (spec.width, spec.height),
            periodic: spec.periodic,
            state: sources(&spec.state),
            given: sources(&spec.given),
            every: spec.every,
            warm_up: 0,
            frames: model.history().max(1),
        };
        let starts = SceneRollout::new(word, scene, record)?;
        let knobs = |s: &WorldSpec| s.knobs.iter().map(|k| k.name.clone()).collect::<Vec<_>>().join(", ");
        let (wanted, found) = (knobs(spec), knobs(starts.spec()));
        if wanted != found {
            let say = |names: String| if names.is_empty() { "none".into() } else { names };
            return Err(GeneratorError::input(
                at,
                format!(
                    "expected a scene that draws the knobs that the network is given ({}) from ranges, found {} in {word}",
                    say(wanted),
                    say(found)
                ),
            ));
        }
        Ok(Self { name: name.into(), about, cost, hash, model, starts, planes })
    }

    /// Steps of the network from a frame of a clip to the next.
    ///
    /// # Errors
    /// The ticks between frames are no multiple of its own.
    pub fn stride(&self, every: u64) -> Result<usize, String> {
        let own = self.model.spec().every;
        match usize::try_from(every / own) {
            Ok(steps) if steps > 0 && every.is_multiple_of(own) => Ok(steps),
            _ => Err(format!(
                "a step of it is {own} ticks; expected --every to be a multiple of that, found {every}"
            )),
        }
    }

    /// Frames at these steps, in ascending order; step 0 is the rule's first.
    fn frames(&self, seed: u64, spec: &SampleSpec, steps: &[usize]) -> Result<Clip, GeneratorError> {
        let mut clock = Stopwatch::start();
        let history = self.model.history().max(1);
        let count = steps.last().map_or(0, |last| last + 1);
        let own = self.model.spec();
        // Without anything that drives it, the rule is needed for the start only.
        let is_driven = !own.given.is_empty() || !own.knobs.is_empty();
        let recorded = if is_driven { history.max(count) } else { history };
        let rule = self.starts.begun(seed, spec.warm_up, recorded)?.frames;
        let rng = Rng::new(seed).named("world");
        let mut past: VecDeque<Vec<f32>> = rule[..history].iter().map(|m| m.state.clone()).collect();
        let mut hidden = self.model.begin(&past.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let mut clip = Clip {
            frames: Vec::new(),
            side: spec.side,
            channels: spec.channels,
            label: None,
            milliseconds: Vec::new(),
        };
        let (nothing, mut is_lost) = (Moment::default(), false);
        for step in 0..count {
            if step >= history && !is_lost {
                let driven = rule.get(step).unwrap_or(&nothing);
                let seen: Vec<&[f32]> = past.iter().map(Vec::as_slice).collect();
                let address = rng.fork((step - history) as u64);
                let next = self.model.advance(&mut hidden, &seen, &driven.given, &driven.knobs, address);
                is_lost = next.iter().any(|v| !v.is_finite());
                if !is_lost {
                    past.pop_front();
                    past.push_back(next);
                }
            }
            if steps.binary_search(&step).is_ok() {
                let state = if step < history { &rule[step].state } else { &past[history - 1] };
                clip.frames.push(self.shown(state, spec));
                clip.milliseconds.push(clock.lap());
            }
        }
        Ok(clip)
    }

    /// What is shown of a state.
    fn shown(&self, state: &[f32], spec: &SampleSpec) -> Vec<u8> {
        let (plane, side) = (self.model.spec().plane(), self.model.spec().width);
        let picture: Vec<f32> =
            self.planes.iter().flat_map(|p| &state[p * plane..(p + 1) * plane]).copied().collect();
        fitted(&bytes(&picture, ImageShape { channels: 3, side }), (side, side), 3, spec)
    }
}

/// The planes of red, green and blue.
fn picture_planes(spec: &WorldSpec) -> Option<[usize; 3]> {
    let plane = |colour: &str| spec.state.iter().position(|n| *n == format!("{PICTURE}.{colour}"));
    Some([plane("red")?, plane("green")?, plane("blue")?])
}

impl Generator for PictureWorld {
    fn name(&self) -> &str {
        &self.name
    }
    fn about(&self) -> String {
        self.about.clone()
    }
    fn cost(&self) -> Cost {
        self.cost
    }
    fn hash(&self) -> u64 {
        self.hash
    }
    fn profile(&self) -> Profile {
        let knobs = self.model.spec().knobs.len();
        Profile { steering: Steering { knobs, latency: Latency::Frame }, ..Profile::default() }
    }
    fn native_size(&self) -> Option<(usize, usize)> {
        Some((self.model.spec().width, self.model.spec().height))
    }
    fn start(&self, spec: &SampleSpec) -> Option<u64> {
        self.starts.scene().start(spec)
    }
    fn still(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        self.frames(seed, spec, &[self.model.history().max(1) - 1 + STILL])
    }
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        let stride = self.stride(spec.every).map_err(|e| GeneratorError::sample(&self.name, seed, e))?;
        let steps: Vec<usize> = (0..spec.frames).map(|i| i * stride).collect();
        self.frames(seed, spec, &steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use systems::CATALOGUE;
    use world::scene::Scene;

    const SOUP: &str = "size = [32, 32]\n[node.cells]\nsystem = \"life\"\nsize = [32, 32]\n[[layer]]\nshow = \"cells.alive\"\npalette = \"#000 #fff\"\nhigh = 1\n";
    const SPEC: SampleSpec = SampleSpec { side: 32, channels: 3, frames: 4, every: 6, warm_up: 3 };

    /// Fades by a tenth a step until all is darker than this, and then blows up; sees two frames.
    struct Fading(WorldSpec, f32);

    impl WorldModel for Fading {
        fn spec(&self) -> &WorldSpec {
            &self.0
        }
        fn history(&self) -> usize {
            2
        }
        fn next(&self, past: &[&[f32]], _: &[f32], _: &[f32], _: Rng) -> Vec<f32> {
            assert_eq!(past.len(), 2);
            let most = past[1].iter().copied().fold(0.0, f32::max);
            past[1].iter().map(|v| if most < self.1 { f32::NAN } else { 0.9 * v }).collect()
        }
    }

    fn rule() -> SceneGenerator {
        let scene = Scene::parse(SOUP, "soup", Path::new("."), CATALOGUE).unwrap();
        SceneGenerator::new("soup", scene, "").unwrap()
    }

    fn world(state: &[&str], knobs: &[&str], darkest: f32) -> Result<PictureWorld, String> {
        let spec = WorldSpec {
            scene: "soup".into(),
            width: 32,
            height: 32,
            periodic: [true; 2],
            every: 2,
            state: state.iter().map(|s| s.to_string()).collect(),
            given: Vec::new(),
            knobs: knobs
                .iter()
                .map(|k| learn::dynamics::trajectories::KnobRange {
                    name: k.to_string(),
                    low: 0.0,
                    high: 1.0,
                })
                .collect(),
        };
        let names = ("fading", "fading.safetensors", "It fades.".to_string());
        let made =
            PictureWorld::of(names, Cost::default(), 5, Box::new(Fading(spec, darkest)), (rule(), "soup"));
        made.map_err(|e| e.to_string())
    }

    const COLOURS: [&str; 3] = ["picture.red", "picture.green", "picture.blue"];

    #[test]
    fn a_clip_begins_with_the_rules_frame_and_goes_on_by_the_network() {
        let (world, rule) = (world(&COLOURS, &[], 0.0).unwrap(), rule());
        let clip = world.sample(7, &SPEC).unwrap();
        let truth = rule.sample(7, &SampleSpec { every: 2, ..SPEC }).unwrap();
        assert_eq!((clip.frames.len(), clip.milliseconds.len()), (4, 4));
        assert!(clip.frames[0] == truth.frames[0] && world.start(&SPEC) == rule.start(&SPEC));
        // It saw the frames after 0 and 2 ticks; the one after 6 is two steps on from the latter.
        let faded = |steps: usize| -> Vec<u8> {
            let factor = (0..steps).fold(1.0f32, |f, _| f * 0.9);
            truth.frames[1].iter().map(|v| (f32::from(*v) * factor + 0.5) as u8).collect()
        };
        for (i, steps) in [(1, 2), (2, 5), (3, 8)] {
            let off = clip.frames[i].iter().zip(faded(steps)).map(|(a, b)| a.abs_diff(b)).max();
            assert!(off <= Some(1), "frame {i}: {off:?}");
        }
        // A still is a frame of a roll-out, not the rule's.
        let still = world.still(7, &SPEC).unwrap();
        assert_eq!((still.frames.len(), still.frames[0].iter().max()), (1, Some(&0)));
    }

    #[test]
    fn a_world_that_is_lost_stays_as_it_was() {
        // White is 0.9⁵ = 0.59 after five steps of the network, the sixth is the last that sees more than 0.55.
        let world = world(&COLOURS, &[], 0.55).unwrap();
        let clip = world.sample(7, &SampleSpec { every: 2, frames: 20, ..SPEC }).unwrap();
        let brightest: Vec<u8> = clip.frames.iter().map(|f| f.iter().copied().max().unwrap()).collect();
        assert!(brightest[1] == 255 && brightest[6].abs_diff(151) <= 1, "{brightest:?}");
        assert!(brightest[7].abs_diff(136) <= 1 && clip.frames[7..].iter().all(|f| *f == clip.frames[7]));
        assert_eq!(world.still(7, &SPEC).unwrap().frames[0], clip.frames[7]);
    }

    #[test]
    fn what_is_no_picture_or_does_not_fit_is_named() {
        let fields = world(&["cells.alive"], &[], 0.0).err().unwrap();
        assert!(fields.contains("it learned fields of soup (cells.alive)"), "{fields}");
        assert!(fields.contains("`untrained forecast fading.safetensors`"), "{fields}");
        let knobs = world(&COLOURS, &["cells.density"], 0.0).err().unwrap();
        assert!(knobs.contains("(cells.density) from ranges, found none in soup"), "{knobs}");
        let odd = world(&COLOURS, &[], 0.0).unwrap().sample(1, &SampleSpec { every: 5, ..SPEC }).unwrap_err();
        assert!(odd.to_string().contains("a step of it is 2 ticks"), "{odd}");
    }
}
