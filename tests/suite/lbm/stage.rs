//! The gas as a performer uses it: inputs, touches, extremes, files, threads.

use std::path::Path;

use untrained::systems::find;
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, Node, Phase, SystemKind, Texts, Touch};
use untrained::world::view::View;

fn kind() -> &'static SystemKind {
    find("lbm").expect("the gas is in the catalogue")
}

fn born(size: (usize, usize), knobs: &[(&str, f64)], texts: &Texts) -> Box<dyn Node> {
    let mut values: Vec<f64> = kind().knobs.iter().map(|k| k.default).collect();
    for (name, value) in knobs {
        values[knob(name)] = *value;
    }
    let birth = InitContext { width: size.0, height: size.1, rng: Rng::new(1), texts };
    (kind().instantiate)(&values, &birth).expect("it is born")
}

fn knob(name: &str) -> usize {
    kind().knobs.iter().position(|k| k.name == name).unwrap_or_else(|| panic!("no knob {name}"))
}

fn readout(node: &dyn Node, name: &str) -> f32 {
    node.read(kind().readouts.iter().position(|r| r.name == name).expect(name))
}

fn show(node: &dyn Node, port: &str) -> Field {
    let index = kind().outputs.iter().position(|p| p.name == port).expect(port);
    let (w, h) = node.size();
    let mut into = Field::new(w, h, 1);
    node.show(index, &View::WHOLE, &mut into);
    into
}

fn tick(node: &mut dyn Node, tick: u64, inputs: &[Option<&Field>; 3], touches: &[Touch]) {
    let rng = Rng::new(1).fork(tick);
    node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs, touches, switches: &[] });
}

fn touch(strength: f32) -> Touch {
    Touch { id: 0, x: 0.5, y: 0.5, dx: 0.01, dy: 0.0, radius: 0.2, strength, phase: Phase::Move }
}

#[test]
fn a_touch_pushes_the_gas_and_drops_dye() {
    let still = [("start", 0.0), ("stripes", 0.0), ("disc", 0.0), ("left", 1.0), ("right", 1.0)];
    let mut node = born((64, 48), &still, &Texts::default());
    tick(&mut *node, 0, &[None; 3], &[touch(1.0)]);
    let (velocity, dye) = (show(&*node, "velocity"), show(&*node, "dye"));
    assert!(velocity.mean(0) > 1e-3 && velocity.mean(1).abs() < 1e-5, "{}", velocity.mean(0));
    let coloured = (0..3).map(|c| dye.plane(c).iter().sum::<f32>()).sum::<f32>();
    assert!(coloured > 1.0);
    for t in 1..20 {
        tick(&mut *node, t, &[None; 3], &[touch(-1.0)]);
    }
    let dye = show(&*node, "dye");
    assert!((0..3).map(|c| dye.plane(c).iter().sum::<f32>()).sum::<f32>() < 0.2 * coloured);
}

#[test]
fn nothing_breaks_it_and_it_reports_when_it_limits() {
    let mut said = 0;
    for (n, &size) in [(1, 1), (1, 9), (9, 1), (2, 2), (63, 13), (65, 40), (130, 31)].iter().enumerate() {
        for trial in 0..12 {
            let rng = Rng::new(99).fork(n as u64).fork(trial);
            let mut node = born(size, &[], &Texts::default());
            for t in 0..12 {
                // Every knob anywhere in its range, drawn again each tick.
                for (k, spec) in kind().knobs.iter().enumerate() {
                    node.set_knob(k, spec.value_at(rng.fork(t).unit64(k as u64)));
                }
                let cell = |x: usize, y: usize| (y * size.0 + x) as u64;
                let obstacle = Field::from_fn(size.0, size.1, |x, y| rng.fork(100 + t).unit(cell(x, y)));
                let mut force = Field::new(size.0, size.1, 2);
                force.data_mut().iter_mut().enumerate().for_each(|(i, v)| {
                    *v = [1e6, -1e6, f32::NAN, f32::INFINITY][rng.fork(200 + t).below(i as u64, 4) as usize];
                });
                let dye = Field::from_fn(size.0, size.1, |_, _| f32::NAN);
                let odd = Touch { dx: f32::NAN, ..touch(1.0) };
                let wild = Touch { x: 1e30, dy: -1e30, radius: 1e30, ..touch(1.0) };
                tick(&mut *node, t, &[Some(&obstacle), Some(&force), Some(&dye)], &[touch(1.0), odd, wild]);
                said += node.message().is_some() as u32;
                for port in kind().outputs {
                    let shown = show(&*node, port.name);
                    assert!(shown.is_sane(), "{size:?} {}", port.name);
                }
                let speed = show(&*node, "speed").extent(0).1;
                assert!(speed <= 0.32, "{speed}");
                for r in 0..kind().readouts.len() {
                    assert!(node.read(r).is_finite());
                }
            }
        }
    }
    assert!(said > 100, "{said}");
}

#[test]
fn thin_fast_gas_stays_alive() {
    let knobs = [("viscosity", 1e-4), ("inflow", 0.25), ("smagorinsky", 0.0), ("steps", 16.0)];
    let mut node = born((200, 100), &knobs, &Texts::default());
    for t in 0..150 {
        tick(&mut *node, t, &[None; 3], &[]);
    }
    let mass = readout(&*node, "mass");
    assert!((0.7..1.3).contains(&mass), "{mass}");
    let speed = readout(&*node, "mean_speed");
    assert!((0.1..0.3).contains(&speed), "{speed}");
    if node.message().is_some() {
        assert_eq!(readout(&*node, "margin"), 0.0);
    }
}

#[test]
fn obstacles_block_the_gas_and_come_and_go() {
    let size = (96, 48);
    let mut node = born(size, &[("disc", 0.0)], &Texts::default());
    let wall = Field::from_fn(size.0, size.1, |x, y| ((40..44).contains(&x) && y > 8) as u8 as f32);
    for t in 0..100 {
        tick(&mut *node, t, &[Some(&wall), None, None], &[]);
    }
    let speed = show(&*node, "speed");
    assert_eq!(speed.at(0, 42, 30), 0.0);
    assert!(speed.at(0, 42, 4) > 2.0 * speed.at(0, 60, 30), "the gap is fast and the lee is calm");
    assert_eq!(show(&*node, "dye").at(0, 42, 30), 0.0);
    let before = show(&*node, "density").extent(0);
    tick(&mut *node, 100, &[None; 3], &[]);
    let (bare, speed) = (show(&*node, "density").at(0, 42, 30), show(&*node, "speed").at(0, 42, 30));
    assert!(
        bare != 1.0 && bare > before.0 && bare < before.1 && speed > 0.0,
        "laid bare, it holds gas: {bare}"
    );
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let mut node = born((150, 120), &[("viscosity", 5e-4), ("steps", 5.0)], &Texts::default());
            let force = Field::from_fn(150, 120, |x, y| ((x * y) % 7) as f32 - 3.0);
            for t in 0..15 {
                let life = Field::from_fn(150, 120, |x, y| {
                    (x / 5 + y / 5 + t as usize).is_multiple_of(11) as u8 as f32
                });
                tick(&mut *node, t, &[Some(&life), Some(&force), Some(&life)], &[touch(0.7)]);
            }
            let fields: Vec<Field> = kind().outputs.iter().map(|p| show(&*node, p.name)).collect();
            let bits: Vec<u32> = fields.iter().flat_map(|f| f.data()).map(|v| v.to_bits()).collect();
            let figures: Vec<u32> = (0..kind().readouts.len()).map(|r| node.read(r).to_bits()).collect();
            (bits, figures)
        })
    };
    let one = run(1);
    assert!([2, 3, 8].iter().all(|&n| run(n) == one));
}

#[test]
fn a_mask_is_read_from_a_picture_and_a_bad_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let mut picture = image::GrayImage::new(40, 20);
    (0..20).for_each(|y| (20..24).for_each(|x| picture.put_pixel(x, y, image::Luma([255]))));
    picture.save(file("good.png")).expect("written");
    let bytes = std::fs::read(file("good.png")).expect("read");
    std::fs::write(file("half.png"), &bytes[..bytes.len() / 2]).expect("written");
    std::fs::write(file("empty.png"), []).expect("written");
    let texts = |name: &str| Texts { folder: folder.path().into(), ..Texts::default() }.with("mask", name);
    let node = born((80, 40), &[("disc", 0.0)], &texts("good.png"));
    let speed = show(&*node, "speed");
    assert!(speed.at(0, 44, 20) == 0.0 && speed.at(0, 20, 20) > 0.0);
    for bad in ["half.png", "empty.png", "missing.png"] {
        let faults = (kind().check)(&texts(bad));
        assert_eq!(faults.len(), 1);
        assert!(faults[0].at == "mask" && faults[0].message.contains(bad), "{}", faults[0]);
        let texts = texts(bad);
        let knobs: Vec<f64> = kind().knobs.iter().map(|k| k.default).collect();
        let birth = InitContext { width: 8, height: 8, rng: Rng::new(1), texts: &texts };
        assert!((kind().instantiate)(&knobs, &birth).is_err());
    }
    assert!((kind().check)(&texts("good.png")).is_empty());
    assert!(kind().instantiate_default(8, 8, 1, Path::new(".")).is_ok());
}
