//! No size, knob or input breaks it.

use super::super::LatticeGas;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, SystemKind, Texts, Touch};
use world::view::View;

const KIND: SystemKind = SystemKind::of::<LatticeGas>();

fn field((w, h): (usize, usize), planes: usize, rng: Rng) -> Field {
    let mut field = Field::new(w, h, planes);
    field.data_mut().iter_mut().enumerate().for_each(|(i, v)| {
        let all = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 1e-40, 0.0, 1.0, -1.0];
        *v = all
            .get(rng.below(i as u64, 10) as usize)
            .copied()
            .unwrap_or(rng.fork(1).range(i as u64, -3.0, 3.0));
    });
    field
}

fn torture(size: (usize, usize), rng: Rng) {
    let knobs = |rng: Rng| -> Vec<f64> {
        let ends = |r: Rng, k: &world::params::ParamSpec| match r.below(0, 4) {
            0 => k.lo,
            1 => k.hi,
            2 => k.default,
            _ => k.value_at(r.unit64(1)),
        };
        KIND.knobs.iter().enumerate().map(|(i, k)| ends(rng.fork(i as u64), k)).collect()
    };
    let texts = Texts::default();
    let context = InitContext { width: size.0, height: size.1, rng, texts: &texts };
    let mut node = (KIND.instantiate)(&knobs(rng), &context).unwrap();
    let mut shown = Field::new(size.0, size.1, 1);
    for tick in 0..6 {
        let rng = rng.fork(tick);
        let wired = |i: usize| rng.below(i as u64, 3) > 0;
        let inputs: Vec<Option<Field>> = (0..KIND.inputs.len())
            .map(|i| wired(i).then(|| field(size, KIND.inputs[i].planes, rng.fork(i as u64))))
            .collect();
        let inputs: Vec<Option<&Field>> = inputs.iter().map(Option::as_ref).collect();
        let at = |k: u64| rng.range(k, -0.2, 1.2);
        let (id, radius) = (0, at(13));
        let touch = Touch {
            id,
            x: at(10),
            y: at(11),
            dx: at(12),
            dy: 0.1,
            radius,
            strength: at(14),
            phase: Phase::Move,
        };
        knobs(rng).iter().enumerate().for_each(|(i, v)| node.set_knob(i, *v));
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches: &[touch], switches: &[] });
        for port in 0..KIND.outputs.len() {
            let views = [
                View::WHOLE,
                View { zoom: 3.7, angle: 0.1, x: 0.9, y: -0.4 },
                View { zoom: 0.3, ..View::WHOLE },
            ];
            node.show(port, &views[rng.below(port as u64, 3) as usize], &mut shown);
            assert!(
                shown.is_sane() && !shown.data().iter().any(|v| v.is_subnormal()),
                "{}",
                KIND.outputs[port].name
            );
        }
        assert!((0..KIND.readouts.len()).all(|r| node.read(r).is_finite()));
    }
}

#[test]
fn no_size_knob_or_input_breaks_it() {
    let sizes =
        [(1, 1), (1, 9), (9, 1), (2, 2), (63, 5), (64, 5), (65, 5), (1, 300), (300, 1), (513, 7), (96, 64)];
    for (i, size) in sizes.into_iter().enumerate() {
        (0..6).for_each(|seed| torture(size, Rng::new(seed).fork(i as u64)));
    }
}

#[test]
fn a_world_too_large_is_refused_before_it_is_made() {
    let fault = KIND.instantiate_default(1 << 15, 1 << 14, 1, std::path::Path::new(".")).err().unwrap();
    assert!(fault.at == "size" && fault.message.contains("268435456"), "{fault}");
}

/// Means over squares of the cells equal the cells, at any size of the picture.
#[test]
fn a_large_world_is_shown_as_the_means_of_its_cells() {
    let node = KIND.instantiate_default(2560, 1700, 1, std::path::Path::new(".")).unwrap();
    let port = KIND.outputs.iter().position(|o| o.name == "particles").unwrap();
    let mut small = Field::new(320, 170, 1);
    node.show(port, &View::WHOLE, &mut small);
    let mut whole = Field::new(2560, 1700, 1);
    node.show(port, &View::WHOLE, &mut whole);
    let mut expected = Field::new(320, 170, 1);
    whole.resample(&mut expected);
    let worst = small.data().iter().zip(expected.data()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-5, "{worst}");
}
