//! The promises of the design, over the whole catalogue and every shipped scene.

use std::path::Path;

use proptest::prelude::*;
use untrained::cli::load::{SHIPPED, SceneSource};
use untrained::systems::CATALOGUE;
use untrained::world::engine::Engine;
use untrained::world::field::Field;
use untrained::world::frame::Frame;
use untrained::world::params::ParamSpec;
use untrained::world::rng::Rng;
use untrained::world::scene::{Address, Directory, Scene};
use untrained::world::system::{Env, InitContext, Node, Phase, SystemKind, Texts, Touch};
use untrained::world::tape::Event;
use untrained::world::view::View;

fn threads<T: Send>(n: usize, f: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(f)
}

fn touch(x: f32, y: f32, strength: f32, phase: Phase) -> Touch {
    Touch { id: 0, x, y, dx: 0.01, dy: -0.02, radius: 0.1, strength, phase }
}

/// Events for every scene under test: touches, a verdict, a knob move and a new seed.
fn events(tick: u64, knob: &Address) -> Vec<Event> {
    match tick {
        2 => vec![Event::Touch(touch(0.3, 0.4, 1.0, Phase::Down))],
        3..=6 => vec![Event::Touch(touch(0.3 + tick as f32 * 0.05, 0.4, 1.0, Phase::Move))],
        7 => vec![Event::Touch(touch(0.6, 0.4, 1.0, Phase::Up)), Event::Signal("judge.novelty".into(), 0.1)],
        9 => vec![Event::Set(knob.clone(), 0.2), Event::Signal("judge.life".into(), 0.9)],
        12 => vec![Event::Reseed(77)],
        _ => Vec::new(),
    }
}

/// Hash of every fourth picture and of the last.
fn run(scene: Scene, ticks: u64) -> Vec<u64> {
    run_with(scene, ticks, |_| true)
}

/// The same with some of the events only.
fn run_with(scene: Scene, ticks: u64, happens: impl Fn(&Event) -> bool) -> Vec<u64> {
    let knob = Directory::of(&scene).iter().map(|p| p.address.clone()).min().unwrap();
    let mut engine = Engine::new(scene, Some(5)).unwrap();
    let mut frame = Frame::default();
    let mut hashes = Vec::new();
    for tick in 0..ticks {
        let events: Vec<Event> = events(tick, &knob).into_iter().filter(&happens).collect();
        engine.step(&events);
        if tick % 4 == 3 || tick + 1 == ticks {
            engine.compose(&mut frame);
            hashes.push(frame.hash());
        }
    }
    hashes
}

fn small(scene: Scene) -> Scene {
    let (w, h) = scene.size;
    scene.with_size((w / 3, h / 3))
}

/// The same scene with its nodes declared in reverse order.
fn reversed(mut scene: Scene) -> Scene {
    let last = scene.nodes.len() - 1;
    scene.nodes.reverse();
    scene.nodes.iter_mut().flat_map(|n| n.wires.iter_mut().flatten()).for_each(|w| w.node = last - w.node);
    scene.layers.iter_mut().for_each(|l| l.node = last - l.node);
    scene
}

#[test]
fn same_in_same_out_at_any_thread_count_and_node_order() {
    for source in SceneSource::all() {
        let load = || small(source.load(untrained::CATALOGUE).unwrap());
        let first = threads(1, || run(load(), 16));
        // Two and three threads are for the golden frames.
        let otherwise = threads(8, || run(reversed(load()), 16));
        assert_eq!(otherwise, first, "{} at 8 threads with reversed nodes", source.name());
    }
    let nodes = |s: &SceneSource| s.load(untrained::CATALOGUE).unwrap().nodes.len();
    assert!(SceneSource::all().iter().filter(|s| nodes(s) > 1).count() > 5, "most have nodes to reverse");
}

/// The results compared above are not trivial: pictures move, and touches and seeds change them.
#[test]
fn what_happens_to_a_scene_changes_its_picture() {
    for source in SceneSource::all() {
        let with = |happens: fn(&Event) -> bool| {
            run_with(small(source.load(untrained::CATALOGUE).unwrap()), 16, happens)
        };
        let alone = with(|_| false);
        let name = source.name();
        assert!(alone.windows(2).any(|w| w[0] != w[1]), "{name} stands still");
        assert_ne!(with(|e| matches!(e, Event::Touch(_))), alone, "{name} feels no touch");
        let reseeded = with(|e| matches!(e, Event::Reseed(_)));
        assert_eq!(reseeded[..3], alone[..3], "{name} before the new seed");
        assert_ne!(reseeded[3], alone[3], "{name} takes no other seed");
    }
}

#[test]
fn another_seed_gives_another_picture() {
    for source in SceneSource::all() {
        let hash = |seed| {
            let mut engine =
                Engine::new(small(source.load(untrained::CATALOGUE).unwrap()), Some(seed)).unwrap();
            (0..8).for_each(|_| engine.step(&[]));
            let mut frame = Frame::default();
            engine.compose(&mut frame);
            frame.hash()
        };
        assert_ne!(hash(1), hash(2), "{}", source.name());
    }
}

#[test]
fn every_scene_file_is_shipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes");
    let files = std::fs::read_dir(folder).unwrap().filter_map(|e| {
        let path = e.unwrap().path();
        (path.extension()? == "toml").then(|| path.file_stem().unwrap().to_string_lossy().into_owned())
    });
    let mut files: Vec<String> = files.collect();
    let mut shipped: Vec<String> = SHIPPED.iter().map(|s| s.0.to_string()).collect();
    files.sort();
    shipped.sort();
    assert_eq!(files, shipped, "scenes/ and the list of shipped scenes differ");
}

/// After a second and a half it shows a picture.
pub fn assert_shows(scene: Scene, name: &str) {
    let mut engine = Engine::new(scene, None).unwrap();
    let mut frame = Frame::default();
    (0..90).for_each(|_| engine.step(&[]));
    engine.compose(&mut frame);
    assert!(is_picture(&frame), "{name} is nearly one colour");
}

/// Whether at most nine tenths of a frame are of its first pixel's colour.
pub fn is_picture(frame: &Frame) -> bool {
    let first = &frame.rgba[..4];
    let same = frame.rgba.chunks(4).filter(|p| *p == first).count();
    same * 10 < 9 * frame.rgba.len() / 4
}

#[test]
fn one_key_of_a_node_means_one_thing() {
    for kind in CATALOGUE {
        let mut keys = vec!["system", "size", "off"];
        keys.extend(kind.knobs.iter().map(|k| k.name));
        keys.extend(kind.inputs.iter().map(|p| p.name));
        keys.extend(kind.texts.iter().map(|t| t.name));
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count, "{} uses a name for two things", kind.name);
    }
}

/// A knob value at an end of its range, its default, or anywhere between.
fn any_knob(spec: &ParamSpec, r: Rng) -> f64 {
    match r.below(0, 4) {
        0 => spec.lo,
        1 => spec.hi,
        2 => spec.default,
        _ => spec.value_at(r.unit64(1)),
    }
}

/// Hostile values: NaN, infinities and extremes.
fn hostile(w: usize, h: usize, planes: usize, r: Rng) -> Field {
    let mut field = Field::new(w, h, planes);
    field.data_mut().iter_mut().enumerate().for_each(|(i, v)| {
        *v = match r.below(i as u64, 9) {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => f32::NEG_INFINITY,
            3 => f32::MAX,
            4 => f32::MIN_POSITIVE / 8.0,
            5 => 0.0,
            6 => 1.0,
            _ => r.fork(1).range(i as u64, -3.0, 3.0),
        }
    });
    field
}

fn birth(kind: &SystemKind, size: (usize, usize), knobs: &[f64], rng: Rng) -> Box<dyn Node> {
    let birth = InitContext { width: size.0, height: size.1, rng, texts: &Texts::default() };
    (kind.instantiate)(knobs, &birth).unwrap_or_else(|f| panic!("{} at {size:?}: {f}", kind.name))
}

/// Some ticks of hostile inputs, touches and knobs: nothing panics, and all outputs are finite. Returns how many were
/// looked at.
pub fn torture(kind: &'static SystemKind, size: (usize, usize), seed: u64, ticks: u64) -> usize {
    let r = Rng::new(seed).named(kind.name);
    let knobs = |r: Rng| -> Vec<f64> {
        kind.knobs.iter().enumerate().map(|(i, s)| any_knob(s, r.fork(i as u64))).collect()
    };
    let mut node = birth(kind, size, &knobs(r), r);
    let switches = (kind.switches)(&Texts::default());
    let (mut shown, mut looked) = (Field::new(size.0, size.1, 1), 0);
    for tick in 0..ticks {
        let rt = r.fork(tick);
        let inputs: Vec<Option<Field>> = kind
            .inputs
            .iter()
            .enumerate()
            .map(|(i, port)| {
                (rt.below(i as u64, 3) > 0).then(|| hostile(size.0, size.1, port.planes, rt.fork(i as u64)))
            })
            .collect();
        let inputs: Vec<Option<&Field>> = inputs.iter().map(Option::as_ref).collect();
        let touches: Vec<Touch> = (0..rt.below(50, 3))
            .map(|i| {
                touch(
                    rt.range(60 + i, -0.2, 1.2),
                    rt.range(70 + i, -0.2, 1.2),
                    rt.range(80 + i, -1.0, 1.0),
                    Phase::Move,
                )
            })
            .collect();
        let switches: Vec<bool> = (0..switches.len()).map(|i| rt.below(90 + i as u64, 4) > 0).collect();
        if tick % 3 == 1 {
            knobs(rt).iter().enumerate().for_each(|(i, &v)| node.set_knob(i, v));
        }
        node.step(&Env {
            tick,
            dt: 1.0 / 60.0,
            rng: rt,
            inputs: &inputs,
            touches: &touches,
            switches: &switches,
        });
        for port in 0..kind.outputs.len() {
            let view = match rt.below(100 + port as u64, 3) {
                0 => View::WHOLE,
                1 => View { zoom: 3.7, angle: 0.1, x: 0.9, y: -0.4 },
                _ => View { zoom: 0.3, ..View::WHOLE },
            };
            node.show(port, &view, &mut shown);
            looked += 1;
            assert!(
                shown.is_sane(),
                "{}.{} at {size:?}, seed {seed}, tick {tick}",
                kind.name,
                kind.outputs[port].name
            );
        }
        for readout in 0..kind.readouts.len() {
            assert!(node.read(readout).is_finite(), "{}.{}", kind.name, kind.readouts[readout].name);
        }
    }
    looked
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn no_value_breaks_a_system(which in 0..CATALOGUE.len(), w in 1usize..90, h in 1usize..60, seed: u64) {
        let kind = &CATALOGUE[which];
        prop_assert_eq!(torture(kind, (w, h), seed, 6), 6 * kind.outputs.len());
    }
}

#[test]
fn no_size_breaks_a_system() {
    for kind in CATALOGUE {
        let (sizes, seeds): (&[_], _) = match kind.name {
            // Walls of up to 128 pictures, which a network paints at one size of its own.
            "latent" => (&[(1, 1), (63, 5), (300, 1)], 1),
            _ => (&[(1, 1), (1, 9), (9, 1), (2, 2), (63, 5), (64, 5), (65, 5), (1, 300), (300, 1)], 3),
        };
        let worlds = sizes.iter().flat_map(|size| (0..seeds).map(move |seed| (*size, seed)));
        let looked: usize = worlds.map(|(size, seed)| torture(kind, size, seed, 4)).sum();
        assert_eq!(looked, 4 * sizes.len() * seeds as usize * kind.outputs.len(), "{}", kind.name);
    }
}

#[test]
fn the_largest_promised_size_is_created_steps_and_shows() {
    for kind in CATALOGUE {
        let knobs: Vec<f64> = kind.knobs.iter().map(|k| k.default).collect();
        let mut node = birth(kind, (4096, 4096), &knobs, Rng::new(3));
        let switches = vec![true; (kind.switches)(&Texts::default()).len()];
        let inputs = vec![None; kind.inputs.len()];
        node.step(&Env {
            tick: 0,
            dt: 1.0 / 60.0,
            rng: Rng::new(4),
            inputs: &inputs,
            touches: &[],
            switches: &switches,
        });
        let mut shown = Field::new(320, 180, 1);
        for port in 0..kind.outputs.len() {
            node.show(port, &View::WHOLE, &mut shown);
            assert!(shown.is_sane(), "{}.{}", kind.name, kind.outputs[port].name);
        }
    }
}

#[test]
fn every_system_answers_touch() {
    for kind in CATALOGUE {
        let run = |touches: &[Touch]| {
            let node = &mut *kind.instantiate_default(96, 64, 11, Path::new(".")).unwrap();
            let switches = vec![true; (kind.switches)(&Texts::default()).len()];
            let inputs = vec![None; kind.inputs.len()];
            for tick in 0..12 {
                let rng = Rng::new(1).fork(tick);
                node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches, switches: &switches });
            }
            let mut hash = Vec::new();
            for port in 0..kind.outputs.len() {
                let mut shown = Field::new(96, 64, 1);
                node.show(port, &View::WHOLE, &mut shown);
                hash.extend(shown.data().iter().map(|v| v.to_bits()));
            }
            hash
        };
        assert_ne!(run(&[]), run(&[touch(0.4, 0.6, 1.0, Phase::Move)]), "{} feels nothing", kind.name);
    }
}
