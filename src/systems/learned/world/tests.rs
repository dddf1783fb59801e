//! The system on tiny networks with random weights, and on the shipped one.

use std::path::{Path, PathBuf};

use super::LearnedWorld;
use crate::learned::imitators;
use learn::File;
use learn::dynamics::WorldSpec;
use learn::dynamics::step::STEP;
use learn::dynamics::trajectories::{KnobRange, Moment};
use learn::header::{ModelCard, ModelHeader};
use learn::net::weights::{WeightArray, Weights};
use world::field::Field;
use world::frame::colour::linear_of_srgb;
use world::node::{Node, SystemKind};
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, Phase, Texts, Touch};
use world::view::View;

const KIND: &SystemKind = &SystemKind::of::<LearnedWorld>();
const SIDE: usize = 16;
const FLOW: [&str; 2] = ["air.velocity.x", "air.velocity.y"];
const PICTURE: [&str; 3] = ["picture.red", "picture.green", "picture.blue"];

fn spec(state: &[&str], periodic: bool) -> WorldSpec {
    WorldSpec {
        scene: "made".into(),
        width: SIDE,
        height: SIDE,
        periodic: [periodic; 2],
        every: 1,
        state: state.iter().map(|s| s.to_string()).collect(),
        given: ["wind.flow.x", "wind.flow.y"].map(String::from).to_vec(),
        knobs: vec![KnobRange { name: "air.viscosity".into(), low: 0.01, high: 0.03 }],
    }
}

fn pairs(n: usize, mean: f32, deviation: f32) -> WeightArray {
    WeightArray { dims: vec![n, 2], values: [mean, deviation].repeat(n) }
}

/// Normal weights that keep the size of activations, norms that do nothing.
fn array(name: &str, dims: &[usize]) -> WeightArray {
    let inputs: usize = if dims.len() == 2 { dims[0] } else { dims[1..].iter().product() };
    let rng = Rng::new(3).named(name);
    let value = |i: usize| match name.rsplit('.').next() {
        Some("gamma") => 1.0,
        _ => rng.normal(i as u64) / (inputs as f32).sqrt(),
    };
    WeightArray { dims: dims.into(), values: (0..dims.iter().product()).map(value).collect() }
}

/// A small learned step with random weights.
fn tiny(spec: WorldSpec) -> File {
    let (state, given) = (spec.state.len(), spec.given.len());
    let header = ModelHeader {
        method: STEP.name.into(),
        channels: state,
        side: SIDE,
        classes: Vec::new(),
        settings: STEP.values(&[("width", 8.0), ("first", 0.0), ("levels", 2.0)]),
        card: ModelCard::default(),
        world: Some(spec),
    };
    let mut weights = Weights::default();
    weights.insert("scale.state", pairs(state, 0.4, 0.2));
    weights.insert("scale.change", pairs(state, 0.0, 0.004));
    weights.insert("scale.given", pairs(given, 0.0, 1.0));
    let mut file = File { header, weights };
    // The reader says what is missing.
    for _ in 0..200 {
        let Err(lacks) = file.open_world(Path::new("x")) else { return file };
        let lacks = lacks.to_string();
        let name = lacks.split('`').nth(1).unwrap_or_else(|| panic!("{lacks}"));
        let dims = lacks.split_once("of [").unwrap().1.split(']').next().unwrap();
        let dims: Vec<usize> = dims.split(", ").map(|n| n.parse().unwrap()).collect();
        file.weights.insert(name.to_string(), array(name, &dims));
    }
    panic!("it lacks weights without end");
}

/// A file on disk, gone with its folder.
struct Saved(tempfile::TempDir);

impl Saved {
    fn new(bytes: &[u8]) -> Self {
        let saved = Self(tempfile::tempdir().unwrap());
        std::fs::write(saved.path(), bytes).unwrap();
        saved
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("made.safetensors")
    }
}

fn texts(path: &Path) -> Texts {
    Texts::default().with("file", path.to_str().unwrap())
}

fn created(path: &Path, seed: u64, knobs: &[(&str, f64)]) -> Result<Box<dyn Node>, Fault> {
    let mut values: Vec<f64> = KIND.knobs.iter().map(|k| k.default).collect();
    knobs.iter().for_each(|(name, v)| values[knob(name)] = *v);
    let texts = texts(path);
    (KIND.instantiate)(
        &values,
        &InitContext { width: SIDE, height: SIDE, rng: Rng::new(seed), texts: &texts },
    )
}

/// A node of a file.
fn node(file: &File, knobs: &[(&str, f64)]) -> Box<dyn Node> {
    created(&Saved::new(&file.to_bytes().unwrap()).path(), 11, knobs).unwrap()
}

fn knob(name: &str) -> usize {
    KIND.knobs.iter().position(|k| k.name == name).unwrap()
}

fn tick(node: &mut dyn Node, tick: u64, force: Option<&Field>, touches: &[Touch]) {
    let inputs: Vec<Option<&Field>> =
        KIND.inputs.iter().map(|i| force.filter(|_| i.name == "force")).collect();
    let rng = Rng::new(1).fork(tick);
    node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches, switches: &[] });
}

fn ticks(node: &mut dyn Node, n: u64) {
    (0..n).for_each(|t| tick(node, t, None, &[]));
}

fn shown(node: &dyn Node, name: &str) -> Vec<f32> {
    let mut field = Field::new(SIDE, SIDE, 1);
    node.show(KIND.outputs.iter().position(|o| o.name == name).unwrap(), &View::WHOLE, &mut field);
    field.data().to_vec()
}

fn read(node: &dyn Node, name: &str) -> f32 {
    node.read(KIND.readouts.iter().position(|r| r.name == name).unwrap())
}

fn touch(phase: Phase) -> Touch {
    Touch { id: 0, x: 0.3, y: 0.3, dx: 0.05, dy: 0.0, radius: 0.15, strength: 1.0, phase }
}

fn wind() -> Field {
    let mut field = Field::new(SIDE, SIDE, 2);
    field.fill_rows(|plane, y, row| {
        row.iter_mut().enumerate().for_each(|(x, v)| *v = ((x + 3 * y) % 7) as f32 * 0.3 - plane as f32)
    });
    field
}

#[test]
fn the_same_bytes_at_any_thread_count() {
    let file = tiny(spec(&FLOW, true));
    let run = || {
        let mut node = node(&file, &[("rate", 1.0)]);
        let wind = wind();
        for t in 0..8 {
            let touches = [touch(if t == 2 { Phase::Down } else { Phase::Move })];
            tick(&mut *node, t, Some(&wind), if t < 2 { &[] } else { &touches });
        }
        let fields = KIND.outputs.iter().flat_map(|o| shown(&*node, o.name));
        let readouts = KIND.readouts.iter().map(|r| read(&*node, r.name));
        fields.chain(readouts).map(f32::to_bits).collect::<Vec<_>>()
    };
    let at = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(run);
    let one = at(1);
    assert!([2, 3, 8].into_iter().all(|n| at(n) == one));
}

/// A stored start and no drive: the frames of the model itself, at any number of frames a tick.
#[test]
fn its_frames_are_those_of_the_model() {
    let mut file = tiny(spec(&FLOW, false));
    let start: Vec<f32> = (0..2 * SIDE * SIDE).map(|i| 0.4 + 0.2 * Rng::new(5).normal(i as u64)).collect();
    file.weights.insert("start.0", WeightArray { dims: vec![1, 2, SIDE, SIDE], values: start.clone() });
    let model = file.open_world(Path::new("x")).unwrap();
    let driven = Moment { state: Vec::new(), given: vec![0.0; 2 * SIDE * SIDE], knobs: vec![0.015] };
    let begin = Moment { state: start.clone(), ..Moment::default() };
    let frames = model.rollout(&[begin], &vec![driven; 5], Rng::new(1));
    for (rate, n) in [(1.0, 5), (0.5, 10), (2.5, 2)] {
        let mut node = node(&file, &[("rate", rate), ("knob_1", 0.25)]);
        assert_eq!(shown(&*node, "velocity"), start);
        ticks(&mut *node, n);
        let close = shown(&*node, "velocity").iter().zip(&frames[4]).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(close, "at {rate} frames a tick");
        let square = |i: usize| f64::from((frames[4][i] - frames[3][i]) / 0.2).powi(2);
        let change = ((0..start.len()).map(square).sum::<f64>() / start.len() as f64).sqrt();
        assert!(change > 1e-4 && (f64::from(read(&*node, "change")) - change).abs() < 1e-4 * change.max(1.0));
    }
}

#[test]
fn at_rate_zero_the_picture_stands_still_and_touches_show() {
    for state in [&FLOW[..], &PICTURE, &["heat"]] {
        let file = tiny(spec(state, false));
        let mut node = node(&file, &[("rate", 0.0)]);
        let before = shown(&*node, "state");
        ticks(&mut *node, 5);
        assert_eq!((shown(&*node, "state"), read(&*node, "change")), (before.clone(), 0.0));
        tick(&mut *node, 5, None, &[touch(Phase::Move)]);
        let after = shown(&*node, "state");
        // The stroke ends at 0.3 of the world, is 0.05 long and reaches 0.15.
        let near =
            |i: usize| [i % SIDE, i / SIDE].iter().all(|k| (0.05..0.5).contains(&((*k as f32 + 0.5) / 16.0)));
        let moved = |i: &usize| before[*i] != after[*i];
        let count = (0..before.len()).filter(moved).count();
        assert!(count > 5 && (0..before.len()).filter(moved).all(near), "{state:?}: {count} cells");
        // The network carries it further.
        let mut untouched = self::node(&file, &[("rate", 1.0)]);
        node.set_knob(knob("rate"), 1.0);
        tick(&mut *node, 6, None, &[]);
        tick(&mut *untouched, 6, None, &[]);
        let far =
            shown(&*node, "state").iter().zip(shown(&*untouched, "state")).filter(|(a, b)| **a != *b).count();
        assert!(far > 2 * count, "{state:?}: {far} cells after a frame");
    }
}

#[test]
fn what_is_wired_drives_the_network_and_what_is_not_is_said() {
    let file = tiny(spec(&FLOW, true));
    let [mut wired, mut free] = [(); 2].map(|()| node(&file, &[("rate", 1.0)]));
    let wind = wind();
    for t in 0..3 {
        tick(&mut *wired, t, Some(&wind), &[]);
        tick(&mut *free, t, None, &[]);
    }
    assert_ne!(shown(&*wired, "velocity"), shown(&*free, "velocity"));
    let [of_wired, of_free] = [&wired, &free].map(|n| n.message().unwrap());
    assert!(of_free.contains("`wind.flow` is 0: wire a field to `force`"), "{of_free}");
    assert!(!of_wired.contains("wind") && of_wired.contains("`knob_1` is `air.viscosity`"), "{of_wired}");
}

#[test]
fn a_knob_of_the_learned_scene_changes_its_frames() {
    let file = tiny(spec(&FLOW, true));
    let [low, high] = [0.0, 1.0].map(|v| {
        let mut node = node(&file, &[("rate", 1.0), ("knob_1", v)]);
        ticks(&mut *node, 2);
        shown(&*node, "velocity")
    });
    assert_ne!(low, high);
}

#[test]
fn seeds_and_restarts_begin_elsewhere() {
    let file = Saved::new(&tiny(spec(&FLOW, true)).to_bytes().unwrap());
    let still = |seed| created(&file.path(), seed, &[("rate", 0.0)]).unwrap();
    let [mut node, other] = [1, 2].map(still);
    let mut seen = vec![shown(&*other, "velocity"), shown(&*node, "velocity")];
    for on in [1.0, 1.0, 0.0, 1.0] {
        node.set_knob(knob("restart"), on);
        tick(&mut *node, 0, None, &[]);
        seen.push(shown(&*node, "velocity"));
    }
    assert!(seen[0] != seen[1] && seen[1] != seen[2], "another seed, and the first restart");
    assert!(seen[2] == seen[3] && seen[3] == seen[4] && seen[4] != seen[5], "only when it is switched on");
}

#[test]
fn outputs_show_what_the_state_has() {
    let file = tiny(spec(&PICTURE, false));
    let (mut paint, mut gas) = (node(&file, &[]), node(&tiny(spec(&["gas.heat", "gas.density"], true)), &[]));
    ticks(&mut *paint, 4);
    ticks(&mut *gas, 4);
    // The first plane in deviations: 0.4 ± 0.2.
    let red = shown(&*paint, "state").iter().map(|v| 0.2 * v + 0.4).collect::<Vec<f32>>();
    let light = shown(&*paint, "picture");
    let expected = red.iter().map(|v| linear_of_srgb(f64::from(v.clamp(0.0, 1.0))) as f32);
    assert!(light.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.003));
    for (node, name) in [(&paint, "velocity"), (&paint, "vorticity"), (&paint, "density"), (&gas, "velocity")]
    {
        assert!(shown(&**node, name).iter().all(|v| *v == 0.0), "{name}");
    }
    let density = shown(&*gas, "density");
    let mean = density.iter().sum::<f32>() / density.len() as f32;
    assert!((mean - 0.4).abs() < 0.1 && density.iter().any(|v| (v - mean).abs() > 0.1));
    let light = shown(&*gas, "picture");
    assert!(light.iter().all(|v| (0.0..=1.0).contains(v)));
    // Amber above the mean, blue below it.
    let (red, blue) = (&light[..SIDE * SIDE], &light[2 * SIDE * SIDE..]);
    for (i, state) in shown(&*gas, "state").iter().enumerate().filter(|(_, state)| state.abs() > 0.5) {
        assert_eq!(*state > 0.0, red[i] > blue[i], "{state}: {} {}", red[i], blue[i]);
    }
}

#[test]
fn a_file_that_is_wrong_is_reported_by_name() {
    let good = tiny(spec(&FLOW, true));
    let with = |name: &str, dims: Vec<usize>, values: Vec<f32>| {
        let mut file = good.clone();
        file.weights.insert(name, WeightArray { dims, values });
        file.to_bytes().unwrap()
    };
    let whole = good.to_bytes().unwrap();
    let cases: [(&str, Vec<u8>); 6] = [
        ("expected the weights", whole[..whole.len() / 2].to_vec()),
        ("finite", with("unet.end.bias", vec![8], vec![f32::NAN; 8])),
        ("unet.end.weight", with("unet.end.weight", vec![8, 8, 3], vec![0.0; 192])),
        ("start.0", with("start.0", vec![1, 3, SIDE, SIDE], vec![0.0; 3 * SIDE * SIDE])),
        ("deviations above zero", with("scale.state", vec![2, 2], vec![0.0; 4])),
        ("the system `latent` plays it", imitators::STREET.to_vec()),
    ];
    for (expected, bytes) in cases {
        let file = Saved::new(&bytes);
        let faults = (KIND.check)(&texts(&file.path()));
        let born = created(&file.path(), 1, &[]).err();
        assert_eq!(faults.first(), born.as_ref(), "{expected}");
        let fault = born.unwrap();
        assert!(fault.at == "file" && fault.message.contains("made.safetensors"), "{fault}");
        assert!(fault.message.contains(expected), "expected {expected}, found {fault}");
    }
    let missing = created(Path::new("nowhere/lost.safetensors"), 1, &[]).err().unwrap();
    assert!(missing.message.contains("lost.safetensors"), "{missing}");
}

/// Ten seconds of the shipped world, driven by what it learned from.
#[test]
fn the_shipped_world_stays_alive() {
    use world::engine::Engine;
    use world::scene::Scene;
    let text = "size = [64, 64]\n\
        [node.weather]\nsystem = \"noise\"\nsize = [64, 64]\nscale = 6\nspeed = 0.3\nwarp = 0\n\
        [node.it]\nsystem = \"learned_world\"\nsize = [64, 64]\nforce = \"weather.flow\"\n\
        [[layer]]\nshow = \"it.picture\"\n";
    let scene = Scene::parse(text, "a", Path::new("."), crate::CATALOGUE).unwrap_or_else(|p| panic!("{p:?}"));
    let mut engine = Engine::new(scene, Some(5)).unwrap();
    let first = engine.field(1, 0);
    for second in 0..10 {
        (0..60).for_each(|_| engine.step(&[]));
        let energy = read(engine.node(1), "energy");
        assert!((0.1..6.0).contains(&energy), "after {second} seconds: {energy}");
        assert!(engine.messages().is_empty(), "{:?}", engine.messages());
    }
    assert_ne!(engine.field(1, 0), first);
}
