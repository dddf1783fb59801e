//! Counting drops, and what happens to them.

use super::super::census::{Census, Event};
use super::{Lattice, disc, filled};
use proptest::prelude::*;
use world::rng::Rng;

/// Connected liquid by filling it from each cell in turn: cells and sums of rows.
fn flood(wet: &[bool], w: usize, h: usize, periodic: bool) -> Vec<(usize, usize)> {
    let (mut left, mut found) = (wet.to_vec(), Vec::new());
    for first in 0..w * h {
        let mut todo = vec![first];
        let (mut cells, mut rows) = (0, 0);
        while let Some(c) = todo.pop() {
            if !std::mem::take(&mut left[c]) {
                continue;
            }
            let (x, y) = (c % w, c / w);
            (cells, rows) = (cells + 1, rows + y);
            if y > 0 {
                todo.push(c - w);
            }
            if y + 1 < h {
                todo.push(c + w);
            }
            if x > 0 || periodic {
                todo.push(y * w + (x + w - 1) % w);
            }
            if x + 1 < w || periodic {
                todo.push(y * w + (x + 1) % w);
            }
        }
        if cells >= 5 {
            found.push((cells, rows));
        }
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn pieces_are_those_that_filling_finds(w in 1usize..40, h in 1usize..30, seed: u64, periodic: bool, share in 0.3f32..0.7) {
        let wet: Vec<bool> = (0..w * h).map(|c| Rng::new(seed).unit(c as u64) < share).collect();
        let mut fluid = Lattice::new(w, h, periodic);
        fluid.fill(|x, y| (wet[y * w + x] as u8 as f32, [0.0; 2]));
        let mut census = Census::default();
        census.take(&fluid, 0.5);
        let mut found: Vec<(usize, usize)> = census
            .drops()
            .map(|d| (d.area as usize, ((d.centre(w)[1] - 0.5) * d.area).round() as usize))
            .collect();
        found.sort();
        prop_assert_eq!(found, flood(&wet, w, h, periodic));
    }
}

/// Events of going from one picture to the next.
fn between(
    a: impl Fn(f32, f32) -> f32 + Sync,
    b: impl Fn(f32, f32) -> f32 + Sync,
) -> Vec<(u8, [f32; 2], f32, f32)> {
    let mut census = Census::default();
    census.take(&filled((60, 40), true, a), 0.55);
    assert!(census.events().is_empty(), "nothing has happened yet");
    census.take(&filled((60, 40), true, b), 0.55);
    census.events().iter().map(|e| (e.kind, [e.x * 60.0, e.y * 40.0], e.size, e.strength)).collect()
}

#[test]
fn drops_that_merge_part_and_land_are_heard() {
    // One of them lies across the sides.
    let apart =
        |x: f32, y: f32| disc(x, y, [30.0, 20.0], 8.0).max(disc((x + 10.0) % 60.0, y, [20.0, 20.0], 5.0));
    let joined = |x: f32, y: f32| apart(x, y).max(1.5 - (y - 20.0).abs() - 0.01 * (x - 20.0).abs());
    let events = between(apart, joined);
    assert_eq!(events.len(), 1, "{events:?}");
    let (kind, [x, y], size, _) = events[0];
    assert!(kind == Event::Merge as u8 && (size - 5.0).abs() < 0.5, "{events:?}");
    assert!((x - 10.0).abs() < 0.5 && (y - 20.0).abs() < 0.5, "the smaller one's place: {x}, {y}");
    let events = between(joined, apart);
    assert!(events.len() == 1 && events[0].0 == Event::Detach as u8, "{events:?}");
    let high = |x: f32, y: f32| disc(x, y, [0.0, 32.0], 7.0).max(disc(x, y, [60.0, 32.0], 7.0));
    let low = |x: f32, y: f32| high(x, y - 1.5);
    let events = between(high, low);
    assert!(events.len() == 1 && events[0].0 == Event::Hit as u8, "{events:?}");
    let x = events[0].1[0];
    assert!(!(1.0..=59.0).contains(&x), "across the sides: {x}");
    assert!(between(low, low).is_empty());
}

#[test]
fn an_event_is_as_strong_as_it_was_fast() {
    let frame = |at: f32, speed: f32| {
        let mut fluid = Lattice::new(60, 40, true);
        let inside = move |x: usize, y: usize| disc(x as f32, y as f32, [30.0, at], 6.0);
        fluid.fill(|x, y| (if inside(x, y) > 0.0 { 1.0 } else { 0.1 }, [0.0, speed]));
        fluid
    };
    let strength = |speed: f32| {
        let mut census = Census::default();
        census.take(&frame(32.0, speed), 0.55);
        census.take(&frame(34.0, speed), 0.55);
        census.events()[0].strength
    };
    assert!((strength(0.04) - 0.5).abs() < 1e-3 && strength(0.5) == 1.0);
}
