//! Motion that is seen in two frames of a mask.

use super::super::motion::Motion;

fn frame(shape: &dyn Fn(f32, f32) -> bool, [x, y]: [f32; 2]) -> Vec<u8> {
    (0..96 * 80).map(|i| shape((i % 96) as f32 - 48.0 - x, (i / 96) as f32 - 40.0 - y) as u8).collect()
}

/// The mean velocity that is found on a shape which moves that far in a tick.
fn seen(shape: &dyn Fn(f32, f32) -> bool, by: [f32; 2]) -> [f32; 2] {
    let mut motion = Motion::default();
    let mut found = vec![[0.0; 2]; 96 * 80];
    motion.follow(&frame(shape, [0.0; 2]), (96, 80), &mut found);
    assert!(found.iter().all(|v| *v == [0.0; 2]), "nothing moves in the first frame");
    let next = frame(shape, by);
    motion.follow(&next, (96, 80), &mut found);
    let inside: Vec<[f32; 2]> = next.iter().zip(&found).filter(|(s, _)| **s != 0).map(|(_, v)| *v).collect();
    [0, 1].map(|c| inside.iter().map(|v| v[c]).sum::<f32>() / inside.len() as f32)
}

#[test]
fn small_bodies_are_followed_and_edges_are_seen_across() {
    let disc = |x: f32, y: f32| x * x + y * y < 64.0;
    let thin = |x: f32, y: f32| x.abs() < 2.0 && y.abs() < 12.0;
    for by in [[1.0, 0.0], [0.0, -2.0], [2.0, 1.0], [3.0, -3.0]] {
        let found = seen(&disc, by);
        let apart = libm::hypotf(found[0] - by[0], found[1] - by[1]);
        assert!(apart < 0.35 * libm::hypotf(by[0], by[1]), "a disc by {by:?}: {found:?}");
    }
    let found = seen(&thin, [2.0, 0.0]);
    assert!((found[0] - 2.0).abs() < 0.7 && found[1].abs() < 0.1, "a thin body: {found:?}");
    // Of a half plane that slides along its edge as it advances only the advance can be seen.
    let mut motion = Motion::default();
    let mut found = vec![[0.0; 2]; 96 * 80];
    let half = |at: usize| -> Vec<u8> { (0..96 * 80).map(|i| (i % 96 < at) as u8).collect() };
    motion.follow(&half(40), (96, 80), &mut found);
    motion.follow(&half(42), (96, 80), &mut found);
    let edge = found[40 * 96 + 40];
    assert!((edge[0] - 2.0).abs() < 0.2 && edge[1] == 0.0, "{edge:?}");
}

/// Cells that come and go at random have no motion, and what is taken for one stays small enough for a solver.
#[test]
fn what_blinks_is_no_faster_than_what_can_be_followed() {
    let mut motion = Motion::default();
    let mut found = vec![[0.0; 2]; 96 * 80];
    let rng = world::rng::Rng::new(3);
    for tick in 0..20 {
        let mask: Vec<u8> = (0..96 * 80).map(|i| (rng.fork(tick).unit(i) < 0.3) as u8).collect();
        motion.follow(&mask, (96, 80), &mut found);
        assert!(found.iter().flatten().all(|v| v.abs() <= 4.0), "tick {tick}");
    }
}
