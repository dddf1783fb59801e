//! The fractal as a node of a world: touched, wired, shown.

use untrained::systems::find;
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, Node, Phase, Touch};
use untrained::world::view::View;

fn node(knobs: &[(&str, f64)]) -> Box<dyn Node> {
    let kind = find("escape").unwrap();
    let mut node = kind.instantiate_default(80, 60, 1, std::path::Path::new(".")).unwrap();
    for (name, value) in knobs {
        node.set_knob(kind.knobs.iter().position(|k| k.name == *name).unwrap(), *value);
    }
    node
}

fn tick(node: &mut dyn Node, inputs: &[Option<&Field>], touches: &[Touch]) {
    node.step(&Env { tick: 0, dt: 1.0 / 60.0, rng: Rng::new(1), inputs, touches, switches: &[] });
}

fn shown(node: &dyn Node, view: &View) -> Field {
    let mut f = Field::new(80, 60, 1);
    node.show(0, view, &mut f);
    f
}

#[test]
fn a_touch_moves_julias_constant_and_it_returns_home() {
    let mut n = node(&[("formula", 1.0), ("centre_x", 0.0), ("memory", 0.1)]);
    tick(&mut *n, &[], &[]);
    let home = shown(&*n, &View::WHOLE);
    let touch =
        Touch { id: 0, x: 0.6, y: 0.4, dx: 0.0, dy: 0.0, radius: 0.1, strength: 1.0, phase: Phase::Down };
    (0..30).for_each(|_| tick(&mut *n, &[], &[touch]));
    assert!(shown(&*n, &View::WHOLE) != home);
    (0..600).for_each(|_| tick(&mut *n, &[], &[]));
    assert!(shown(&*n, &View::WHOLE) == home);
}

#[test]
fn a_uniform_bend_is_a_pan_and_a_uniform_shift_another_constant() {
    let mut wind = Field::new(80, 60, 2);
    wind.plane_mut(0).fill(1.0);
    let mut bent = node(&[("bend_gain", 0.2)]);
    tick(&mut *bent, &[Some(&wind), None], &[]);
    let mut panned = node(&[("centre_x", -0.6 + 0.2 * 2.5)]);
    tick(&mut *panned, &[], &[]);
    let (a, b) = (shown(&*bent, &View::WHOLE), shown(&*panned, &View::WHOLE));
    let off = a.data().iter().zip(b.data()).filter(|(p, q)| (*p - *q).abs() > 1e-3).count();
    assert!(off < 48, "{off} pixels differ");
    let mut shifted = node(&[("formula", 1.0), ("shift", 0.1)]);
    tick(&mut *shifted, &[None, Some(&wind)], &[]);
    let mut other = node(&[("formula", 1.0), ("constant_x", -0.7)]);
    tick(&mut *other, &[], &[]);
    let (a, b) = (shown(&*shifted, &View::WHOLE), shown(&*other, &View::WHOLE));
    let off = a.data().iter().zip(b.data()).filter(|(p, q)| (*p - *q).abs() > 1e-3).count();
    assert!(off < 480, "{off} pixels differ");
}

#[test]
fn cached_pictures_are_never_stale() {
    let mut n = node(&[]);
    tick(&mut *n, &[], &[]);
    let first = shown(&*n, &View::WHOLE);
    let close = View { zoom: 3.0, ..View::WHOLE };
    assert!(shown(&*n, &close) != first && shown(&*n, &View::WHOLE) == first);
    let kind = find("escape").unwrap();
    for (name, value) in [("zoom", 5.0), ("bands", 2.0), ("iterations", 40.0), ("dual", 1.0)] {
        let before = shown(&*n, &View::WHOLE);
        n.set_knob(kind.knobs.iter().position(|k| k.name == name).unwrap(), value);
        tick(&mut *n, &[], &[]);
        assert!(shown(&*n, &View::WHOLE) != before, "{name}");
    }
    let mut fresh = node(&[("zoom", 5.0), ("bands", 2.0), ("iterations", 40.0), ("dual", 1.0)]);
    tick(&mut *fresh, &[], &[]);
    assert!(shown(&*fresh, &View::WHOLE) == shown(&*n, &View::WHOLE));
}

#[test]
fn outputs_can_be_requested_at_once_by_threads_that_share_their_work() {
    use rayon::prelude::*;
    let show = |n: &dyn Node, port: usize| {
        let mut field = Field::new(300, 200, 1);
        n.show(port, &View::WHOLE, &mut field);
        field
    };
    let alone: Vec<Field> = (0..4)
        .map(|port| {
            let mut n = node(&[]);
            tick(&mut *n, &[], &[]);
            show(&*n, port)
        })
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    pool.install(|| {
        for _ in 0..20 {
            let mut n = node(&[]);
            tick(&mut *n, &[], &[]);
            let n = &*n;
            (0..16usize)
                .into_par_iter()
                .for_each(|i| assert!(show(n, i % 4) == alone[i % 4], "output {}", i % 4));
        }
    });
}
