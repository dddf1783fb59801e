//! The system: knobs, inputs, touches, readouts.

use std::path::Path;

use super::super::{Input, LatticeGas, Output, Readout};
use world::field::Field;
use world::ports::{Inputs as _, Outputs as _, Readouts as _};
use world::rng::Rng;
use world::system::{Env, Node, Phase, SystemKind, Touch};
use world::view::View;

const KIND: SystemKind = SystemKind::of::<LatticeGas>();
const SIZE: (usize, usize) = (96, 64);

struct World {
    node: Box<dyn Node>,
    tick: u64,
}

impl World {
    fn new(knobs: &[(&str, f64)]) -> Self {
        let place = |name: &str| KIND.knobs.iter().position(|k| k.name == name).unwrap();
        let mut values: Vec<f64> = KIND.knobs.iter().map(|k| k.default).collect();
        knobs.iter().for_each(|(name, value)| values[place(name)] = *value);
        let texts = world::system::Texts { folder: Path::new(".").into(), ..Default::default() };
        let context =
            world::system::InitContext { width: SIZE.0, height: SIZE.1, rng: Rng::new(5), texts: &texts };
        Self { node: (KIND.instantiate)(&values, &context).unwrap(), tick: 0 }
    }

    fn set(&mut self, knob: &str, value: f64) {
        self.node.set_knob(KIND.knobs.iter().position(|k| k.name == knob).unwrap(), value);
    }

    fn step(&mut self, wires: &[(Input, &Field)], touches: &[Touch]) {
        let mut inputs = vec![None; KIND.inputs.len()];
        wires.iter().for_each(|(port, field)| inputs[port.index()] = Some(*field));
        let rng = Rng::new(6).fork(self.tick);
        self.node.step(&Env {
            tick: self.tick,
            dt: 1.0 / 60.0,
            rng,
            inputs: &inputs,
            touches,
            switches: &[],
        });
        self.tick += 1;
    }

    fn run(&mut self, ticks: usize) {
        (0..ticks).for_each(|_| self.step(&[], &[]));
    }

    fn read(&self, readout: Readout) -> f64 {
        self.node.read(readout.index()) as f64
    }

    fn shown(&self, port: Output) -> Field {
        let mut into = Field::new(SIZE.0, SIZE.1, 1);
        self.node.show(port.index(), &View::WHOLE, &mut into);
        into
    }
}

/// Indices of the choices.
const HPP: f64 = 0.0;
const GAS: f64 = 0.0;
const EMPTY: f64 = 6.0;

#[test]
fn left_alone_it_keeps_particles_and_momentum_and_time_can_be_turned_round() {
    for model in 0..4 {
        let mut world = World::new(&[("model", model as f64)]);
        let (start, particles) = (world.shown(Output::Particles), world.read(Readout::Particles));
        let momentum = [world.read(Readout::MomentumX), world.read(Readout::MomentumY)];
        world.run(25);
        assert_ne!(world.shown(Output::Particles), start);
        assert_eq!(world.read(Readout::Particles), particles);
        assert_eq!([world.read(Readout::MomentumX), world.read(Readout::MomentumY)], momentum);
        world.set("backwards", 1.0);
        world.run(25);
        assert_eq!(world.read(Readout::MomentumX), -momentum[0]);
        world.set("backwards", 0.0);
        world.set("steps", 0.0);
        world.run(1);
        assert_eq!(world.shown(Output::Particles), start, "model {model}");
    }
}

#[test]
fn wind_pushes_without_making_gas() {
    for model in [HPP, 1.0, 2.0, 3.0] {
        for (knob, along, aside) in [
            ("wind_x", Readout::MomentumX, Readout::MomentumY),
            ("wind_y", Readout::MomentumY, Readout::MomentumX),
        ] {
            let mut world = World::new(&[("model", model), ("start", GAS), (knob, 0.2)]);
            let (particles, before) = (world.read(Readout::Particles), world.read(along));
            world.run(4);
            assert_eq!(world.read(Readout::Particles), particles);
            assert!(world.read(along) > before + 0.05 * particles, "{model} {knob}");
            assert!(world.read(aside).abs() < 0.05 * particles);
            world.set(knob, -0.4);
            world.run(8);
            assert!(world.read(along) < -0.05 * particles, "{model} {knob}");
        }
    }
    let mut by_field = World::new(&[("start", GAS), ("wind_gain", 0.5)]);
    let mut field = Field::new(SIZE.0, SIZE.1, 2);
    field.plane_mut(0).fill(-1.0);
    (0..4).for_each(|_| by_field.step(&[(Input::Wind, &field)], &[]));
    assert!(by_field.read(Readout::MomentumX) < -0.1 * by_field.read(Readout::Particles));
}

#[test]
fn sources_fill_and_drain() {
    let mut world = World::new(&[("start", EMPTY), ("steps", 0.0), ("source_gain", 1.0)]);
    assert_eq!(world.read(Readout::Particles), 0.0);
    let half = Field::from_fn(SIZE.0, SIZE.1, |x, _| (x < 48) as u8 as f32);
    world.step(&[(Input::Source, &half)], &[]);
    assert_eq!(world.read(Readout::Particles), 48.0 * 64.0 * 7.0);
    assert_eq!(world.read(Readout::Density), 0.5);
    let drain = Field::from_fn(SIZE.0, SIZE.1, |_, _| -1.0);
    world.step(&[(Input::Source, &drain)], &[]);
    assert_eq!(world.read(Readout::Particles), 0.0);
}

#[test]
fn obstacles_keep_gas_out_whatever_they_are() {
    let nan = Field::from_fn(SIZE.0, SIZE.1, |_, _| f32::NAN);
    let full = Field::from_fn(SIZE.0, SIZE.1, |_, _| 1.0);
    for model in 0..4 {
        for border in 0..4 {
            for reflection in [0.0, 1.0] {
                let knobs = [("model", model as f64), ("border", border as f64), ("reflection", reflection)];
                let mut world = World::new(&knobs);
                let particles = world.read(Readout::Particles);
                for field in [&nan, &full, &nan] {
                    (0..4).for_each(|_| world.step(&[(Input::Obstacle, field)], &[]));
                    assert!(world.shown(Output::Density).is_sane());
                }
                // A tunnel lets gas in and out.
                assert!(border == 3 || world.read(Readout::Particles) == particles);
            }
        }
    }
}

/// Gas in a box never leaves it, whatever the walls.
#[test]
fn walls_are_tight() {
    for (model, reflection) in (0..4).flat_map(|m| [(m, 0.0), (m, 1.0)]) {
        let ring = Field::from_fn(SIZE.0, SIZE.1, |x, y| {
            let (dx, dy) = (x as f32 - 47.5, y as f32 - 31.5);
            ((dx * dx + dy * dy).sqrt() - 24.0).abs().lt(&1.6) as u8 as f32
        });
        let mut world = World::new(&[
            ("model", model as f64),
            ("start", EMPTY),
            ("reflection", reflection),
            ("source_gain", 1.0),
        ]);
        let seed = Field::from_fn(SIZE.0, SIZE.1, |x, y| {
            ((40..56).contains(&x) && (24..40).contains(&y)) as u8 as f32
        });
        world.step(&[(Input::Obstacle, &ring), (Input::Source, &seed)], &[]);
        let particles = world.read(Readout::Particles);
        assert!(particles > 1000.0);
        (0..200).for_each(|_| world.step(&[(Input::Obstacle, &ring)], &[]));
        let shown = world.shown(Output::Particles);
        let outside = |x: usize, y: usize| {
            let (dx, dy) = (x as f32 - 47.5, y as f32 - 31.5);
            (dx * dx + dy * dy).sqrt() > 26.0
        };
        let escaped: f32 = (0..SIZE.0 * SIZE.1)
            .map(|c| (c % SIZE.0, c / SIZE.0))
            .filter(|c| outside(c.0, c.1))
            .map(|c| shown.at(0, c.0, c.1))
            .sum();
        assert_eq!(escaped, 0.0, "model {model}, reflection {reflection}");
        assert_eq!(world.read(Readout::Particles), particles);
    }
}

/// In a tunnel the gas streams at about the speed of its ends, and a mirror slows it less than a wall that it sticks to.
#[test]
fn a_tunnel_streams() {
    let flow = |reflection: f64| {
        let knobs =
            [("border", 3.0), ("start", 4.0), ("stream", 0.2), ("reflection", reflection), ("density", 0.3)];
        let mut world = World::new(&knobs);
        world.run(100);
        assert!((world.read(Readout::Density) - 0.3).abs() < 0.05);
        world.read(Readout::MomentumX) / world.read(Readout::Particles)
    };
    let (sticking, sliding) = (flow(0.0), flow(1.0));
    assert!((0.1..0.25).contains(&sliding) && sticking < sliding, "{sticking} {sliding}");
}

#[test]
fn rain_keeps_the_density() {
    let mut world = World::new(&[("start", EMPTY), ("rain", 2.0), ("density", 0.25), ("drop_radius", 0.06)]);
    world.run(150);
    assert!((world.read(Readout::Density) - 0.25).abs() < 0.04, "{}", world.read(Readout::Density));
}

#[test]
fn touches_pour_remove_and_push() {
    let touch = |strength: f32, dx: f32| Touch {
        id: 0,
        x: 0.5,
        y: 0.5,
        dx,
        dy: 0.0,
        radius: 0.2,
        strength,
        phase: if dx == 0.0 { Phase::Down } else { Phase::Move },
    };
    let mut world = World::new(&[("start", GAS)]);
    let before = world.read(Readout::Particles);
    world.step(&[], &[touch(1.0, 0.0)]);
    let poured = world.read(Readout::Particles);
    assert!(poured > before + 100.0);
    (0..4).for_each(|_| world.step(&[], &[touch(-1.0, 0.0)]));
    assert!(world.read(Readout::Particles) < before);
    let mut pushed = World::new(&[("start", GAS), ("pour", 0.0)]);
    let momentum = pushed.read(Readout::MomentumX);
    pushed.step(&[], &[touch(1.0, -0.1)]);
    assert!(pushed.read(Readout::MomentumX) < momentum - 100.0);
    assert_eq!(pushed.read(Readout::Particles), before);
}

/// Outputs agree with one another and with the readouts.
#[test]
fn outputs_and_readouts_agree() {
    for model in 0..4 {
        let mut world =
            World::new(&[("model", model as f64), ("grain", 4.0), ("wind_x", 0.1), ("wind_y", 0.05)]);
        world.run(6);
        let mean = |port: Output, plane: usize| world.shown(port).mean(plane);
        let cells = (SIZE.0 * SIZE.1) as f64;
        let near = |a: f64, b: f64| (a - b).abs() < 1e-4 * (1.0 + b.abs());
        assert!(near(mean(Output::Density, 0), world.read(Readout::Density)));
        assert!(near(mean(Output::Particles, 0), world.read(Readout::Density)));
        assert!(near(mean(Output::Momentum, 0) * cells, world.read(Readout::MomentumX)));
        assert!(near(mean(Output::Momentum, 1) * cells, world.read(Readout::MomentumY)));
        let singles = Output::East.index()..=Output::Rest.index();
        let counted: f64 = singles.map(|i| mean(Output::at(i).unwrap(), 0)).sum();
        assert!(near(counted * cells, world.read(Readout::Particles)), "model {model}");
        let rest = mean(Output::Rest, 0) * cells / world.read(Readout::Particles);
        assert!(near(world.read(Readout::Energy), 0.5 * (1.0 - rest)));
        assert!(world.read(Readout::Speed) > 0.01 && world.read(Readout::Contrast) > 0.0);
    }
}
