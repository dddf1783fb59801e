//! The whole system: hostile knobs and inputs, equal bits, a life of its own.

use super::super::knobs::MembraneKnobs;
use super::super::{Membrane, Readout};
use std::path::Path;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, System, SystemKind, Texts, Touch};
use world::vectors::Vectors;
use world::view::View;

static MEMBRANE: SystemKind = SystemKind::of::<Membrane>();

pub fn born(knobs: &MembraneKnobs, (width, height): (usize, usize)) -> Membrane {
    let texts = Texts::default();
    Membrane::new(knobs, &InitContext { width, height, rng: Rng::new(5), texts: &texts }).unwrap()
}

pub fn env<'a>(tick: u64, inputs: &'a [Option<&'a Field>], touches: &'a [Touch]) -> Env<'a> {
    Env { tick, dt: 1.0 / 60.0, rng: Rng::new(5).fork(tick), inputs, touches, switches: &[] }
}

#[test]
fn nothing_breaks_it() {
    let texts = Texts::default();
    for (k, size) in [(1, 1), (1, 9), (11, 1), (2, 2), (27, 18), (70, 30)].into_iter().enumerate() {
        for seed in 0..8u64 {
            let r = Rng::new(seed).fork(k as u64);
            let any = |r: Rng| -> Vec<f64> {
                let value = |(i, s): (usize, &world::params::ParamSpec)| match r.below(i as u64, 4) {
                    0 => s.lo,
                    1 => s.hi,
                    _ => s.value_at(r.fork(9).unit64(i as u64)),
                };
                MEMBRANE.knobs.iter().enumerate().map(value).collect()
            };
            let context = InitContext { width: size.0, height: size.1, rng: r, texts: &texts };
            let mut node = (MEMBRANE.instantiate)(&any(r), &context).unwrap();
            for tick in 0..6 {
                let rt = r.fork(100 + tick);
                let value = |i: usize, r: Rng| match r.below(i as u64, 7) {
                    0 => f32::NAN,
                    1 => f32::INFINITY,
                    2 => -1e6,
                    3 => 1e6,
                    _ => r.fork(1).range(i as u64, -2.0, 2.0),
                };
                let field = |r: Rng| {
                    let mut f = Field::new(size.0, size.1, 1);
                    f.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = value(i, r));
                    f
                };
                let fields = [field(rt.fork(1)), field(rt.fork(2)), field(rt.fork(3))];
                let inputs: Vec<Option<&Field>> = fields
                    .iter()
                    .enumerate()
                    .map(|(i, f)| (rt.below(i as u64, 3) > 0).then_some(f))
                    .collect();
                let touch = Touch {
                    id: 0,
                    x: rt.range(5, -0.2, 1.2),
                    y: rt.unit(6),
                    dx: 0.3,
                    dy: -0.1,
                    radius: rt.unit(7),
                    strength: rt.range(8, -1.0, 1.0),
                    phase: if tick % 2 == 0 { Phase::Down } else { Phase::Move },
                };
                if tick % 2 == 1 {
                    any(rt).iter().enumerate().for_each(|(i, v)| node.set_knob(i, *v));
                }
                let room: Vec<f32> =
                    (0..[0, 1, 800, 1777][rt.below(40, 4) as usize]).map(|i| value(i, rt)).collect();
                node.hear(&room);
                node.step(&Env {
                    tick,
                    dt: 1.0 / 60.0,
                    rng: rt,
                    inputs: &inputs,
                    touches: &[touch],
                    switches: &[],
                });
                let mut shown = Field::new(size.0, size.1, 1);
                for port in 0..MEMBRANE.outputs.len() {
                    node.show(port, &View::WHOLE, &mut shown);
                    assert!(shown.is_sane(), "{} of {size:?}, seed {seed}", MEMBRANE.outputs[port].name);
                }
                assert!((0..MEMBRANE.readouts.len()).all(|i| node.read(i).is_finite()));
                let mut heard = Vec::new();
                node.audio(&mut heard);
                assert!(heard.len() == 800 && heard.iter().flatten().all(|v| v.abs() <= 1.0));
            }
        }
    }
    let large = MEMBRANE.instantiate_default(5000, 5000, 1, Path::new(".")).err().unwrap();
    assert!(large.message.contains("16777216"));
}

#[test]
fn what_is_limited_is_said() {
    let high = MembraneKnobs { pitch: 2000.0, ..MembraneKnobs::default() };
    let mut drum = born(&high, (48, 48));
    drum.step(&high, &env(0, &[None; 3], &[]));
    assert!(drum.message().unwrap().contains("% of their pitch"));
    let calm = MembraneKnobs::default();
    let mut drum = born(&calm, (400, 300));
    drum.step(&calm, &env(0, &[None; 3], &[]));
    assert!(drum.message().unwrap().contains("every 3 samples"), "{:?}", drum.message());
    let mut drum = born(&calm, (48, 48));
    drum.step(&calm, &env(0, &[None; 3], &[]));
    assert_eq!(drum.message(), None);
}

fn bits(size: (usize, usize), threads: usize, vectors: Vectors, knobs: &MembraneKnobs) -> Vec<u32> {
    let work = || {
        let mut drum = born(knobs, size);
        let field = Field::from_fn(size.0, size.1, |x, y| ((x * 7 + y * 3) % 11) as f32 * 0.1);
        let touch = Touch {
            id: 0,
            x: 0.4,
            y: 0.5,
            dx: 0.02,
            dy: 0.01,
            radius: 0.1,
            strength: 1.0,
            phase: Phase::Down,
        };
        let mut all = Vec::new();
        let mut heard = Vec::new();
        for tick in 0..3 {
            drum.hear(knobs, &vec![0.1; 800]);
            drum.step(knobs, &env(tick, &[None, Some(&field), Some(&field)], &[touch]));
            drum.audio(&mut heard);
        }
        all.extend(heard.iter().flatten().map(|v| v.to_bits()));
        for (i, port) in MEMBRANE.outputs.iter().enumerate() {
            let mut shown = Field::new(size.0, size.1, port.planes);
            drum.show(world::ports::Outputs::at(i).unwrap(), &View::WHOLE, &mut shown);
            all.extend(shown.data().iter().map(|v| v.to_bits()));
        }
        all.push(drum.read(Readout::Energy).to_bits());
        all
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    vectors.run(|| pool.install(work)).unwrap()
}

#[test]
fn threads_and_vectors_change_nothing() {
    use super::super::outline::Rim;
    let drum = MembraneKnobs::default();
    let plate = MembraneKnobs { rim: Rim::Free, stiffness: 1.0, tension: 0.1, pitch: 6.0, ..drum.clone() };
    // The last is large enough for several threads to step.
    for (size, knobs) in
        [((50, 37), &drum), ((41, 33), &plate), ((280, 150), &MembraneKnobs { divide: 8, ..drum.clone() })]
    {
        let first = bits(size, 1, Vectors::Plain, knobs);
        for vectors in Vectors::available() {
            for threads in [1, 2, 5] {
                assert!(
                    bits(size, threads, vectors, knobs) == first,
                    "{size:?}, {threads} threads, {vectors}"
                );
            }
        }
    }
}

/// By itself it sounds, moves and stays within bounds.
#[test]
fn it_lives_on() {
    let knobs = MembraneKnobs::default();
    let mut drum = born(&knobs, (32, 32));
    let mut tones = Vec::new();
    for tick in 0..7200 {
        drum.step(&knobs, &env(tick, &[None; 3], &[]));
        if tick % 60 == 59 {
            let (peak, loud) = (drum.read(Readout::Peak), drum.read(Readout::Loudness));
            assert!((1e-4..3.0).contains(&peak) && (1e-3..0.8).contains(&loud), "{tick}: {peak} {loud}");
            tones.push(drum.read(Readout::Tone));
        }
    }
    let (low, high) = tones.iter().fold((f32::INFINITY, 0f32), |(a, b), &t| (a.min(t), b.max(t)));
    assert!(high > 1.5 * low, "{low} to {high} Hz");
}
