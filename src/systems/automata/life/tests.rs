use std::path::Path;

use super::*;
use world::ports::Readouts as _;
use world::rng::Rng;
use world::system::{Phase, SystemKind, Touch};

fn env<'a>(tick: u64, inputs: &'a [Option<&'a Field>], touches: &'a [Touch]) -> Env<'a> {
    Env { tick, dt: 1.0 / 60.0, rng: Rng::new(7).fork(tick), inputs, touches, switches: &[] }
}

fn born(texts: &Texts, params: &LifeParams, width: usize, height: usize) -> Result<Life, Fault> {
    Life::new(params, &InitContext { width, height, rng: Rng::new(1), texts })
}

fn show(life: &Life, port: Output, view: View, size: (usize, usize)) -> Field {
    let mut into = Field::new(size.0, size.1, 1);
    life.show(port, &view, &mut into);
    into
}

#[test]
fn faults_are_reported_at_their_keys() {
    let fault = |texts: Texts| Life::check(&texts).into_iter().map(|f| f.at).collect::<Vec<_>>();
    assert_eq!(fault(Texts::default()), [""; 0]);
    assert_eq!(fault(Texts::default().with("rule", "B3/S2x")), ["rule"]);
    assert_eq!(fault(Texts::default().with("pattern", "bq!")), ["pattern"]);
    assert_eq!(fault(Texts::default().with("file", "none.rle")), ["file"]);
    assert_eq!(fault(Texts::default().with("rule", "B9").with("pattern", "bq!")), ["rule", "pattern"]);
    assert_eq!(fault(Texts::default().with("pattern", "o!").with("file", "a.rle")), ["file"]);
    let foreign = "x = 1, y = 1, rule = WireWorld\no!";
    assert_eq!(fault(Texts::default().with("pattern", foreign)), ["pattern"]);
    assert_eq!(fault(Texts::default().with("pattern", foreign).with("rule", "B2/S")), [""; 0]);
    let wide = Texts::default().with("pattern", "5o!");
    assert_eq!(born(&wide, &LifeParams::default(), 4, 4).err().unwrap().at, "pattern");
}

#[test]
fn a_blinker_has_ages_births_and_readouts() {
    let texts = Texts::default().with("pattern", "OOO");
    let mut life = born(&texts, &LifeParams::default(), 5, 5).unwrap();
    for t in 0..3 {
        life.step(&LifeParams::default(), &env(t, &[None, None], &[]));
    }
    let column =
        |port| (0..5).map(|y| show(&life, port, View::WHOLE, (5, 5)).at(0, 2, y)).collect::<Vec<_>>();
    assert_eq!(column(Output::Alive), [0.0, 1.0, 1.0, 1.0, 0.0]);
    assert_eq!(column(Output::Age), [0.0, 1.0, 4.0, 1.0, 0.0]);
    assert_eq!(column(Output::Births), [0.0, 1.0, 1.0 - 3.0 / 8.0, 1.0, 0.0]);
    let read: Vec<f32> = (0..5).map(|i| life.read(Readout::at(i).unwrap())).collect();
    assert_eq!(read, [3.0, 2.0, 2.0, 4.0 / 25.0, 3.0 / 25.0]);
}

#[test]
fn fractions_of_generations_accumulate() {
    let texts = Texts::default().with("pattern", "OOO");
    let params = LifeParams { speed: 0.25, ..LifeParams::default() };
    let mut life = born(&texts, &params, 5, 5).unwrap();
    let upright: Vec<bool> = (0..8)
        .map(|t| {
            life.step(&params, &env(t, &[], &[]));
            life.buffer.now().get(2, 1)
        })
        .collect();
    assert_eq!(upright, [false, false, false, true, true, true, true, false]);
}

#[test]
fn the_edge_can_be_changed_while_it_lives() {
    let texts = Texts::default().with("pattern", "bo$2bo$3o!");
    let torus = LifeParams { speed: 64.0, ..LifeParams::default() };
    let mut life = born(&texts, &torus, 16, 16).unwrap();
    life.step(&torus, &env(0, &[], &[]));
    let moved = show(&life, Output::Alive, View::WHOLE, (16, 16));
    let start = show(&born(&texts, &torus, 16, 16).unwrap(), Output::Alive, View::WHOLE, (16, 16));
    assert_eq!(moved, start, "a glider returns on a torus of 16 after 64 generations");
    life.step(&LifeParams { edge: Border::Bounded, ..torus }, &env(1, &[], &[]));
    assert_eq!(life.read(Readout::Population), 4.0, "and becomes a block in the corner of a bounded plane");
}

#[test]
fn inputs_and_touch_reach_the_cells() {
    let params = LifeParams { density: 0.0, speed: 0.0, fertile: 1.0, harm: 1.0, ..LifeParams::default() };
    let mut life = born(&Texts::default(), &params, 80, 60).unwrap();
    let left = Field::from_fn(80, 60, |x, _| (x < 40) as u32 as f32);
    let top = Field::from_fn(80, 60, |_, y| (y < 30) as u32 as f32);
    life.step(&params, &env(0, &[Some(&left), Some(&top)], &[]));
    assert_eq!(life.read(Readout::Population), 40.0 * 30.0);
    let wipe =
        Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 2.0, strength: -1.0, phase: Phase::Down };
    life.step(&params, &env(1, &[None, None], &[wipe]));
    assert_eq!((life.read(Readout::Population), life.read(Readout::Deaths)), (0.0, 1200.0));
    life.step(&LifeParams { spark: 3.0, ..params }, &env(2, &[None, None], &[]));
    assert!((100.0..400.0).contains(&life.read(Readout::Population)));
}

/// The means over a large world, against expanding every cell.
#[test]
fn a_large_world_is_shown_as_its_means() {
    let params = LifeParams { speed: 3.0, ..LifeParams::default() };
    let (w, h) = (2600, 2000);
    let mut life = born(&Texts::default(), &params, w, h).unwrap();
    (0..12).for_each(|t| life.step(&params, &env(t, &[], &[])));
    for port in [Output::Alive, Output::Age, Output::Births] {
        let whole = show(&life, port, View::WHOLE, (w, h));
        for size in [(260, 200), (130, 1000), (2600, 500), (1, 1), (52, 25)] {
            let mut expected = Field::new(size.0, size.1, 1);
            whole.resample(&mut expected);
            let found = show(&life, port, View::WHOLE, size);
            let off = |(a, b): (&f32, &f32)| (a - b).abs() / (1.0 + b.abs());
            let worst = found.data().iter().zip(expected.data()).map(off).fold(0.0, f32::max);
            assert!(worst < 2e-4, "{port:?} at {size:?}: off by {worst}");
        }
        // Magnified: cells, straight from the bits.
        let view = View { x: 0.25, y: 0.75, zoom: 20.0, angle: 0.0 };
        let close = show(&life, port, view, (260, 200));
        let cell = |x: usize, y: usize| {
            let (u, v) = view.map((260, 200)).at(x as f64, y as f64);
            whole.at(0, (u * w as f64) as usize, (v * h as f64) as usize)
        };
        assert!((0..52_000).all(|i| close.at(0, i % 260, i / 260) == cell(i % 260, i / 260)));
        // Turned and shrunk: the mean of the whole is kept.
        let turned = show(&life, port, View { angle: 0.5, ..View::WHOLE }, (260, 200));
        let scale = whole.mean(0).max(1e-9);
        assert!((turned.mean(0) - whole.mean(0)).abs() / scale < 1e-3);
    }
}

#[test]
fn any_size_any_view_any_knob() {
    let kind = SystemKind::of::<Life>();
    for (w, h) in [(1, 1), (1, 70), (63, 1), (64, 3), (65, 2), (513, 5)] {
        let mut node = kind.instantiate_default(w, h, 3, Path::new(".")).unwrap();
        for (tick, extreme) in [f64::NEG_INFINITY, f64::INFINITY, f64::NAN].into_iter().enumerate() {
            (0..kind.knobs.len()).for_each(|k| node.set_knob(k, extreme));
            let wild = Field::from_fn(w, h, |x, _| [f32::NAN, f32::INFINITY, -3.0, 9.0][x % 4]);
            let touch = |radius, phase| Touch {
                id: 1,
                x: f32::NAN.max(0.3),
                y: 1.5,
                dx: 0.2,
                dy: -0.1,
                radius,
                strength: 1.0,
                phase,
            };
            let touches = [touch(0.0, Phase::Down), touch(9.0, Phase::Move), touch(f32::NAN, Phase::Up)];
            node.step(&env(tick as u64, &[Some(&wild), Some(&wild)], &touches));
            for port in 0..3 {
                for view in [View::WHOLE, View { x: -0.3, y: 1.7, zoom: 0.01, angle: 0.1 }] {
                    let mut into = Field::new(33, 17, 1);
                    node.show(port, &view, &mut into);
                    assert!(into.is_sane());
                }
            }
        }
    }
}
