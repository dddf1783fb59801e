//! Flow noise: the flow is divergence-free, views show the same plane, stirring fades.

use noise::{NoiseFn, Perlin};
use untrained::systems::find;
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, Node, Phase, Touch};
use untrained::world::view::View;

fn born(size: (usize, usize), knobs: &[(&str, f64)]) -> Box<dyn Node> {
    let kind = find("noise").unwrap();
    let mut node = kind.instantiate_default(size.0, size.1, 5, std::path::Path::new(".")).unwrap();
    for (name, value) in knobs {
        let index = kind.knobs.iter().position(|k| k.name == *name).unwrap();
        node.set_knob(index, *value);
    }
    node
}

fn step(node: &mut dyn Node, inputs: &[Option<&Field>], touches: &[Touch]) {
    node.step(&Env { tick: 0, dt: 1.0 / 60.0, rng: Rng::new(1), inputs, touches, switches: &[] });
}

fn shown(node: &dyn Node, port: usize, view: &View, size: (usize, usize)) -> Field {
    let mut f = Field::new(size.0, size.1, 1);
    node.show(port, view, &mut f);
    f
}

#[test]
fn the_flow_has_no_divergence() {
    let (w, h) = (96, 64);
    for kind in 0..5 {
        let mut node = born((w, h), &[("kind", kind as f64)]);
        step(&mut *node, &[], &[]);
        let f = shown(&*node, 1, &View::WHOLE, (w, h));
        let (mut worst, mut strongest) = (0f32, 0f32);
        for y in 1..h - 1 {
            for x in 1..w - 1 {
                let along = f.at(0, x + 1, y) - f.at(0, x - 1, y);
                let down = f.at(1, x, y + 1) - f.at(1, x, y - 1);
                worst = worst.max((along + down).abs());
                strongest = strongest.max(along.abs()).max(down.abs());
            }
        }
        assert!(strongest > 0.05 && worst < 1e-4 * strongest, "kind {kind}: {worst} of {strongest}");
    }
}

#[test]
fn at_full_detail_every_cell_is_the_crates_noise() {
    let (w, h) = (40, 30);
    let still =
        [("kind", 0.0), ("warp", 0.0), ("detail", 1.0), ("speed", 0.0), ("drift_x", 0.0), ("scale", 6.0)];
    let mut node = born((w, h), &still);
    step(&mut *node, &[], &[]);
    let f = shown(&*node, 0, &View::WHOLE, (w, h));
    let rng = Rng::new(5);
    let perlin = Perlin::new(rng.bits(0) as u32);
    for y in 0..h {
        for x in 0..w {
            let at = |i: usize, n: usize| ((i as f64 + 0.5) / n as f64 - 0.5) * 6.0;
            let s = 2.0 * perlin.get([at(x, w) * w as f64 / h as f64, at(y, h), 16.0 * rng.unit64(1)]);
            let expected = 0.5 + 0.5 * s / (1.0 + s * s).sqrt();
            assert!((f.at(0, x, y) as f64 - expected).abs() < 1e-5, "({x}, {y})");
        }
    }
}

#[test]
fn a_panned_view_shows_the_same_plane_and_continues_beyond_the_border() {
    let (w, h) = (64, 48);
    let mut node = born((w, h), &[("detail", 1.0)]);
    step(&mut *node, &[], &[]);
    let whole = shown(&*node, 0, &View::WHOLE, (w, h));
    let panned = shown(&*node, 0, &View { x: 0.5 + 20.0 / w as f64, ..View::WHOLE }, (w, h));
    for y in 0..h {
        for x in 0..w - 20 {
            assert!((panned.at(0, x, y) - whole.at(0, x + 20, y)).abs() < 1e-5);
        }
        let beyond = &panned.row(0, y)[w - 20..];
        assert!(beyond.windows(2).any(|p| p[0] != p[1]), "the border is smeared");
    }
}

#[test]
fn a_stirring_is_visible_and_fades() {
    let size = (80, 60);
    let knobs = [("speed", 0.0), ("drift_x", 0.0), ("memory", 0.2)];
    let (mut calm, mut stirred) = (born(size, &knobs), born(size, &knobs));
    let touch =
        Touch { id: 0, x: 0.5, y: 0.5, dx: 0.1, dy: 0.0, radius: 0.3, strength: 1.0, phase: Phase::Move };
    step(&mut *calm, &[], &[]);
    step(&mut *stirred, &[], &[touch]);
    let apart = |a: &dyn Node, b: &dyn Node| {
        let (a, b) = (shown(a, 0, &View::WHOLE, size), shown(b, 0, &View::WHOLE, size));
        a.data().iter().zip(b.data()).map(|(p, q)| (p - q).abs()).fold(0.0, f32::max)
    };
    assert!(apart(&*calm, &*stirred) > 0.05);
    (0..240).for_each(|_| step(&mut *stirred, &[], &[]));
    assert!(apart(&*calm, &*stirred) < 1e-4);
}

#[test]
fn a_wired_field_moves_the_plane_by_bend() {
    let size = (60, 60);
    let knobs = [("speed", 0.0), ("drift_x", 0.0), ("detail", 1.0), ("bend", 0.1)];
    let (mut calm, mut bent) = (born(size, &knobs), born(size, &knobs));
    let mut wind = Field::new(size.0, size.1, 2);
    wind.plane_mut(0).fill(1.0);
    step(&mut *calm, &[], &[]);
    step(&mut *bent, &[Some(&wind)], &[]);
    let (a, b) = (shown(&*calm, 0, &View::WHOLE, size), shown(&*bent, 0, &View::WHOLE, size));
    (0..54).for_each(|x| assert!((a.at(0, x + 6, 30) - b.at(0, x, 30)).abs() < 1e-5));
}
