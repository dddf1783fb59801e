//! The system as scenes use it.

use ::world::field::Field;
use ::world::params::Params as _;
use ::world::ports::{Outputs as _, Readouts as _};
use ::world::system::{Env, InitContext, Phase, System, Texts, Touch};
use ::world::view::View;

use super::super::Discs;
use super::super::params::*;
use super::*;

fn born(knobs: &DiscKnobs, width: usize, height: usize) -> Discs {
    let texts = Texts::default();
    Discs::new(knobs, &InitContext { width, height, rng: Rng::new(7), texts: &texts }).unwrap()
}

fn run(gas: &mut Discs, knobs: &DiscKnobs, ticks: u64, inputs: [Option<&Field>; 4], touches: &[Touch]) {
    for tick in 0..ticks {
        let rng = Rng::new(5).fork(tick);
        gas.step(knobs, &Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches, switches: &[] });
    }
}

fn shown(gas: &Discs, port: Output, view: &View, size: (usize, usize)) -> Field {
    let planes = Output::PORTS[port as usize].planes;
    let mut field = Field::new(size.0, size.1, planes);
    gas.show(port, view, &mut field);
    field
}

const FEW: DiscKnobs = DiscKnobs {
    count: 150,
    radius: 2.0,
    share: 0.3,
    radius_ratio: 1.5,
    mass_ratio: 2.0,
    temperature: 1.0,
    start: Start::Everywhere,
    speeds: Speeds::Maxwell,
    sides: Sides::Walls,
    gravity_x: 0.0,
    gravity_y: 0.0,
    restitution: 1.0,
    piston: Piston::Left,
    amplitude: 0.0,
    period: 600.0,
    pace: 1.0,
    most: 8000,
    threshold: 0.5,
    force_gain: 0.05,
    wind_gain: 4.0,
    drag: 0.05,
    heating: 0.05,
    thermostat: 0.0,
    push: 1.0,
    fade: 6.0,
    grain: 8,
};

/// A picture's sum is the area of the discs, at any size of the picture, and images of a torus are whole.
#[test]
fn pictures_cover_what_discs_cover() {
    for sides in [Sides::Walls, Sides::Torus] {
        let knobs = DiscKnobs { sides, ..FEW };
        let mut gas = born(&knobs, 120, 80);
        run(&mut gas, &knobs, 20, [None; 4], &[]);
        let area: f64 = gas.discs().iter().map(|d| std::f64::consts::PI * d.radius * d.radius).sum();
        for (w, h) in [(120, 80), (360, 240), (60, 40), (240, 80)] {
            let covered = shown(&gas, Output::Discs, &View::WHOLE, (w, h)).sum(0) * 9600.0 / (w * h) as f64;
            assert!((covered / area - 1.0).abs() < 0.01, "{w} × {h}: {covered} {area}");
        }
        let parts = shown(&gas, Output::First, &View::WHOLE, (240, 160)).sum(0)
            + shown(&gas, Output::Second, &View::WHOLE, (240, 160)).sum(0);
        assert!((parts / 4.0 / area - 1.0).abs() < 0.01, "{parts} {area}");
        // Half a world to the right, where it repeats.
        if sides == Sides::Torus {
            let whole = shown(&gas, Output::Balls, &View::WHOLE, (120, 80));
            let moved = shown(&gas, Output::Balls, &View { x: 1.0, ..View::WHOLE }, (120, 80));
            let off = (0..9600)
                .map(|i| (whole.at(0, (i % 120 + 60) % 120, i / 120) - moved.at(0, i % 120, i / 120)).abs());
            assert!(off.fold(0.0, f32::max) < 1e-3);
        }
        let far = shown(&gas, Output::Discs, &View { zoom: 0.05, ..View::WHOLE }, (120, 80));
        assert!(far.is_sane());
    }
}

#[test]
fn coarse_fields_hold_the_mass_and_momentum_of_the_gas() {
    for (sides, grain) in [(Sides::Walls, 8), (Sides::Torus, 5), (Sides::Channel, 3), (Sides::Torus, 64)] {
        let knobs = DiscKnobs { sides, grain, ..FEW };
        let mut gas = born(&knobs, 120, 80);
        run(&mut gas, &knobs, 10, [None; 4], &[]);
        let (w, h) = ((120.0 / grain as f64 + 0.5) as usize, (80.0 / grain as f64 + 0.5) as usize);
        let block = 9600.0 / (w * h) as f64;
        let momentum = shown(&gas, Output::Momentum, &View::WHOLE, (w, h));
        for k in 0..2 {
            let exact = gas.dynamics().momentum()[k];
            assert!((momentum.sum(k) * block - exact).abs() < 1e-2, "{} {exact}", momentum.sum(k) * block);
        }
        let density = shown(&gas, Output::Density, &View::WHOLE, (w, h)).sum(0) * block;
        let area: f64 = gas.discs().iter().map(|d| std::f64::consts::PI * d.radius * d.radius).sum();
        assert!((density / area - 1.0).abs() < 0.02, "{density} {area}");
    }
}

/// H falls from the start to equilibrium, and temperature stays.
#[test]
fn h_falls_to_its_least_value() {
    let knobs = DiscKnobs { speeds: Speeds::Equal, count: 600, share: 0.0, ..FEW };
    let mut gas = born(&knobs, 240, 160);
    let first = gas.read(Readout::H);
    run(&mut gas, &knobs, 60, [None; 4], &[]);
    let last = gas.read(Readout::H);
    assert!(first > 0.3 && last < 0.06, "{first} {last}");
    assert!((gas.read(Readout::Temperature) - 1.0).abs() < 1e-5);
    let exact = gas.read(Readout::Compressibility);
    assert!((1.0..3.0).contains(&exact), "{exact}");
    assert!(gas.read(Readout::FreePath) > 0.5 && gas.read(Readout::Progress) == 1.0);
}

#[test]
fn wind_force_heat_and_bath_do_what_they_say() {
    let world = |plane: usize, value: f32| {
        let mut field = Field::new(120, 80, 2);
        field.plane_mut(plane).fill(value);
        field
    };
    let mean = |gas: &Discs, k: usize| {
        gas.discs().iter().map(|d| d.velocity[k]).sum::<f64>() / gas.discs().len() as f64
    };
    let torus = DiscKnobs { sides: Sides::Torus, ..FEW };
    let (mut gas, force) = (born(&torus, 120, 80), world(0, 1.0));
    let first = gas.dynamics().momentum()[0];
    let mass: f64 = gas.dynamics().masses().iter().sum();
    run(&mut gas, &torus, 20, [None, Some(&force), None, None], &[]);
    let gained = (gas.dynamics().momentum()[0] - first) / mass;
    assert!((gained - 20.0 * 0.05).abs() < 1e-6, "{gained}");
    let (mut gas, wind) = (born(&torus, 120, 80), world(1, 0.5));
    run(&mut gas, &torus, 300, [None, None, Some(&wind), None], &[]);
    assert!((mean(&gas, 1) - 2.0).abs() < 1e-2, "{}", mean(&gas, 1));
    let mut hot = Field::new(120, 80, 1);
    for (value, factor) in [(1.0, 0.5f32.exp()), (-1.0, (-0.5f32).exp())] {
        hot.data_mut().fill(value);
        let mut gas = born(&torus, 120, 80);
        run(&mut gas, &torus, 10, [None, None, None, Some(&hot)], &[]);
        assert!((gas.read(Readout::Temperature) / factor - 1.0).abs() < 1e-3);
    }
    let bath = DiscKnobs { thermostat: 0.1, temperature: 3.0, ..FEW };
    let mut gas = born(&FEW, 120, 80);
    let mut warm = 0.0;
    (0..200).for_each(|tick| {
        let rng = Rng::new(77).fork(tick);
        gas.step(&bath, &Env { tick, dt: 0.02, rng, inputs: &[None; 4], touches: &[], switches: &[] });
        warm += if tick >= 100 { gas.read(Readout::Temperature) / 100.0 } else { 0.0 };
    });
    assert!((warm - 3.0).abs() < 0.4, "{warm}");
}

#[test]
fn a_touch_carries_discs_along_and_its_opposite_calms_them() {
    let touch = |strength| Touch {
        id: 0,
        x: 0.5,
        y: 0.5,
        dx: 0.03,
        dy: 0.0,
        radius: 0.3,
        strength,
        phase: Phase::Move,
    };
    let mut gas = born(&FEW, 120, 80);
    run(&mut gas, &FEW, 3, [None; 4], &[touch(1.0)]);
    let momentum = gas.dynamics().momentum()[0];
    assert!(momentum > 50.0, "{momentum}");
    let before = gas.dynamics().energy();
    run(&mut gas, &FEW, 30, [None; 4], &[touch(-1.0)]);
    assert!(gas.dynamics().energy() < 0.7 * before);
}

/// A piston that presses discs together as far as it may, over a field that jumps about, and every cap at its least.
#[test]
fn no_tick_takes_longer_than_allowed() {
    let knobs = DiscKnobs {
        amplitude: 0.8,
        period: 60.0,
        most: 500,
        pace: 4.0,
        restitution: 0.5,
        gravity_y: 0.1,
        piston: Piston::Top,
        ..FEW
    };
    let mut gas = born(&knobs, 120, 80);
    for tick in 0..300u64 {
        let field = Field::from_fn(120, 80, |x, y| Rng::new(tick / 20).unit(((y / 9) * 20 + x / 9) as u64));
        let inputs = [Some(&field), None, None, None];
        let rng = Rng::new(5).fork(tick);
        gas.step(&knobs, &Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches: &[], switches: &[] });
        assert!(gas.read(Readout::Collisions) + gas.read(Readout::Bounces) <= 501.0);
        assert!(gas.discs().iter().all(|d| d.place.iter().chain(&d.velocity).all(|v| v.is_finite())));
    }
    assert!(gas.message().is_some());
}

#[test]
fn the_list_of_collisions_is_that_of_the_last_tick() {
    let mut gas = born(&FEW, 120, 80);
    run(&mut gas, &FEW, 5, [None; 4], &[]);
    let hits = gas.collisions();
    assert_eq!(hits.len() as f32, gas.read(Readout::Collisions) + gas.read(Readout::Bounces));
    assert!(hits.windows(2).all(|w| w[0].time <= w[1].time) && !hits.is_empty());
    for hit in hits {
        assert!((0.0..=1.0).contains(&hit.time) && hit.impulse >= 0.0);
        assert!((-0.1..=120.1).contains(&hit.place[0]) && (-0.1..=80.1).contains(&hit.place[1]));
    }
    assert!(shown(&gas, Output::Impacts, &View::WHOLE, (120, 80)).sum(0) > 0.0);
    assert!(shown(&gas, Output::Glow, &View::WHOLE, (120, 80)).sum(0) > 0.0);
}

/// Knobs anywhere in their ranges, of few discs.
fn any_knobs(r: Rng) -> DiscKnobs {
    let mut knobs = DiscKnobs::default();
    for (i, spec) in DiscKnobs::SPECS.iter().enumerate() {
        let at = [0.0, 1.0, r.unit64(i as u64)][r.fork(1).below(i as u64, 3) as usize];
        knobs.set(i, spec.value_at(at));
    }
    DiscKnobs { count: knobs.count.min(400), most: knobs.most.min(1000), ..knobs }
}

/// A field of any values, extreme ones too.
fn any_field(w: usize, h: usize, planes: usize, r: Rng) -> Field {
    let mut field = Field::new(w, h, planes);
    let value = |i: u64| [0.0, 1.0, -1e6, 1e6, r.unit(i)][r.fork(1).below(i, 5) as usize];
    field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = value(i as u64));
    field
}

/// Every knob anywhere, changed as it runs, with inputs of any value.
#[test]
fn no_knob_and_no_input_breaks_it() {
    let views =
        [View::WHOLE, View { zoom: 3.7, angle: 0.1, x: 0.9, y: -0.4 }, View { zoom: 0.3, ..View::WHOLE }];
    for seed in 0..60u64 {
        let r = Rng::new(seed).named("knobs");
        let (w, h) = (1 + r.below(100, 60) as usize, 1 + r.below(101, 40) as usize);
        let mut gas = born(&any_knobs(r), w, h);
        for tick in 0..6u64 {
            let rt = r.fork(tick);
            let fields = [1, 2, 2, 1].map(|planes| any_field(w, h, planes, rt.fork(10 + planes as u64)));
            let wired = |(i, f)| (rt.below(i as u64, 3) > 0).then_some(f);
            let inputs: Vec<Option<&Field>> = fields.iter().enumerate().map(wired).collect();
            let (x, y, strength) = (rt.unit(5), rt.unit(6), rt.range(7, -1.0, 1.0));
            let touch = Touch { id: 0, x, y, dx: 0.1, dy: -0.1, radius: 0.3, strength, phase: Phase::Move };
            let env = Env { tick, dt: 0.02, rng: rt, inputs: &inputs, touches: &[touch], switches: &[] };
            gas.step(&any_knobs(rt), &env);
            for port in (0..Output::PORTS.len()).filter_map(Output::at) {
                let field = shown(&gas, port, &views[rt.below(9, 3) as usize], (w, h));
                assert!(field.is_sane(), "seed {seed}, tick {tick}, {port:?}");
            }
            for readout in (0..Readout::COUNT).filter_map(Readout::at) {
                assert!(gas.read(readout).is_finite(), "seed {seed}, {readout:?}");
            }
        }
    }
}
