use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn at(x: f32, y: f32, radius: f32) -> Touch {
    Touch { id: 0, x, y, dx: 0.0, dy: 0.0, radius, strength: 1.0, phase: Phase::Move }
}

/// The weight of every covered cell; none is visited twice, by whichever method.
fn painted(brush: &Brush, (w, h): (usize, usize)) -> BTreeMap<(usize, usize), f32> {
    let mut cells = BTreeMap::new();
    brush.for_each(|x, y, weight| {
        assert!(x < w && y < h, "({x}, {y}) lies outside");
        assert!(cells.insert((x, y), weight).is_none(), "({x}, {y}) twice");
    });
    let mut plane = vec![0.0; w * h];
    brush.paint(&mut plane, |x, y, cell, weight| {
        *cell += weight;
        assert_eq!(cells.get(&(x, y)), Some(&weight));
    });
    assert_eq!(plane.iter().filter(|v| **v > 0.0).count(), cells.len());
    let rows: Vec<usize> = brush.rows().collect();
    assert!(rows.is_sorted_by(|a, b| a < b) && cells.keys().all(|(_, y)| rows.contains(y)));
    assert!((0..h + 3).all(|y| rows.contains(&y) || brush.spans(y).next().is_none()));
    cells
}

/// Reference implementation of the weight: the least distance from a cell's images to the path, in f64.
fn reference_weight(touch: &Touch, (w, h): (usize, usize), wraps: [bool; 2], (x, y): (usize, usize)) -> f64 {
    let short = |d: f32, n: usize, wraps: bool| {
        let ways = (-3..=3).map(|k| d as f64 + k as f64).min_by(|a, b| a.abs().total_cmp(&b.abs()));
        n as f64 * if wraps { ways.unwrap() } else { (d as f64).clamp(-1.0, 1.0) }
    };
    let (ax, ay) = match touch.phase {
        Phase::Down => (0.0, 0.0),
        _ => (short(touch.dx, w, wraps[0]), short(touch.dy, h, wraps[1])),
    };
    let to = (touch.x as f64 * w as f64, touch.y as f64 * h as f64);
    let distance = |px: f64, py: f64| {
        let (qx, qy) = (px - to.0, py - to.1);
        let length = ax.hypot(ay);
        let behind = if length > 0.0 { -(qx * ax + qy * ay) / length } else { 0.0 };
        match behind {
            b if b <= 0.0 => qx.hypot(qy),
            b if b >= length => (qx + ax).hypot(qy + ay),
            _ => (qx * ay - qy * ax).abs() / length,
        }
    };
    let images = |n: usize, wraps: bool| {
        let reach = if wraps { 4 } else { 0 };
        (-reach..=reach).map(move |k| k as f64 * n as f64 + 0.5)
    };
    let nearest = images(w, wraps[0])
        .flat_map(|i| images(h, wraps[1]).map(move |j| (i, j)))
        .map(|(i, j)| distance(x as f64 + i, y as f64 + j))
        .fold(f64::INFINITY, f64::min);
    let radius = (touch.radius as f64 * h as f64).max(1.0);
    (1.0 - (nearest / radius).powi(2)).max(0.0).powi(2)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]
    #[test]
    fn every_cell_has_the_weight_of_its_nearest_image(
        (w, h) in (1usize..40, 1usize..40),
        wraps: [bool; 2],
        (x, y) in (-0.9f32..1.9, -0.9f32..1.9),
        (dx, dy) in (-1.4f32..1.4, -1.4f32..1.4),
        (still, upright) in (0u8..4, 0u8..4),
        radius in prop_oneof![0.0f32..0.3, 0.0f32..4.0],
        down: bool,
    ) {
        // Vertical, horizontal and resting touches are frequent. A path of about half a torus has two short ways round.
        let (dx, dy) = (if still == 0 { 0.0 } else { dx }, if upright == 0 { 0.0 } else { dy });
        prop_assume!(![dx, dy].iter().any(|d: &f32| (d.abs() % 1.0 - 0.5).abs() < 1e-3));
        let phase = if down { Phase::Down } else { Phase::Move };
        let touch = Touch { dx, dy, phase, ..at(x, y, radius) };
        let brush = Brush::wrapping(&touch, (w, h), wraps);
        let cells = painted(&brush, (w, h));
        for place in (0..w).flat_map(|x| (0..h).map(move |y| (x, y))) {
            let expected = reference_weight(&touch, (w, h), wraps, place);
            let found = *cells.get(&place).unwrap_or(&0.0);
            prop_assert!((found as f64 - expected).abs() < 1e-4, "{place:?}: {found} for {expected}");
            prop_assert!((0.0..=1.0).contains(&found));
            if found > 0.0 {
                // The farther from the path, the smaller.
                let [x, y] = brush.offset(place.0, place.1);
                let part = 1.0 - (x * x + y * y) / (brush.radius() * brush.radius());
                prop_assert!((part * part - found).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn a_shifted_touch_paints_the_shifted_cells_to_the_bit(
        (x, y) in (0u32..1024, 0u32..512),
        (dx, dy) in (-512i32..=512, -256i32..=256),
        (across, down) in (0u32..64, 0u32..32),
        radius in prop_oneof![0.0f32..0.3, 0.0f32..4.0],
    ) {
        // Sixteenths of cells, so that the positions themselves are exact.
        let (w, h) = (64usize, 32usize);
        let place = |i: u32, shift: u32, n: usize| ((i + 16 * shift) % (16 * n as u32)) as f32 / (16 * n) as f32;
        let touch = |across: u32, down: u32| {
            let (dx, dy) = (dx as f32 / 1024.0, dy as f32 / 512.0);
            Touch { dx, dy, ..at(place(x, across, w), place(y, down, h), radius) }
        };
        let here = painted(&Brush::of(&touch(0, 0), (w, h), Boundary::Periodic), (w, h));
        let there = painted(&Brush::of(&touch(across, down), (w, h), Boundary::Periodic), (w, h));
        let moved = here.iter().map(|((x, y), weight)| {
            (((x + across as usize) % w, (y + down as usize) % h), *weight)
        });
        prop_assert_eq!(moved.collect::<BTreeMap<_, _>>(), there);
    }

    #[test]
    fn the_cell_under_a_finger_is_hit(
        (w, h) in (1usize..3000, 1usize..3000), (x, y) in (0.0f32..0.9999, 0.0f32..0.9999), torus: bool,
    ) {
        let boundary = if torus { Boundary::Periodic } else { Boundary::NoFlux };
        let brush = Brush::of(&at(x, y, 0.0), (w, h), boundary);
        let under = ((x * w as f32) as usize, (y * h as f32) as usize);
        let mut weight = 0.0;
        brush.for_each(|x, y, v| if (x, y) == under { weight = v });
        prop_assert!(weight > 0.249, "{weight} at {under:?}");
    }
}

#[test]
fn a_brush_larger_than_the_world_covers_each_cell_once() {
    for size in [(1, 1), (1, 7), (5, 1), (5, 7), (16, 9)] {
        for boundary in [Boundary::Periodic, Boundary::NoFlux, Boundary::Fixed(0.0)] {
            let touch = Touch { dx: 0.4, dy: -0.3, ..at(0.9, 0.1, f32::MAX) };
            let brush = Brush::of(&touch, size, boundary);
            let cells = painted(&brush, size);
            assert_eq!((brush.radius(), cells.len()), (LARGEST * size.1 as f32, size.0 * size.1));
            assert!(
                boundary != Boundary::Periodic || cells.values().all(|v| *v > 0.7),
                "{size:?}: {cells:?}"
            );
        }
    }
}

#[test]
fn a_path_round_a_torus_is_the_short_one_and_a_wall_cuts_it_off() {
    let (size, round) = ((100, 50), Touch { dx: -0.9, ..at(0.05, 0.5, 0.04) });
    let torus = Brush::of(&round, size, Boundary::Periodic);
    assert!((torus.moved()[0] - 10.0).abs() < 1e-4 && torus.moved()[1] == 0.0);
    let cells = painted(&torus, size);
    assert!(cells.contains_key(&(97, 25)) && cells.contains_key(&(2, 25)) && !cells.contains_key(&(50, 25)));
    let cells = painted(&Brush::of(&round, size, Boundary::NoFlux), size);
    assert!([94, 50, 4].iter().all(|x| cells.contains_key(&(*x, 25))) && !cells.contains_key(&(98, 25)));
    let channel = painted(&Brush::wrapping(&at(0.01, 0.01, 0.1), size, [true, false]), size);
    assert!(channel.contains_key(&(99, 0)) && !channel.contains_key(&(0, 49)));
}

#[test]
fn invalid_touches_cover_nothing_and_others_are_clamped() {
    let good = Touch { dx: 0.1, dy: 0.1, strength: -7.0, ..at(0.5, 0.5, -3.0) };
    let brush = Brush::of(&good, (20, 10), Boundary::NoFlux);
    assert_eq!((brush.strength(), brush.amount(), brush.radius()), (-1.0, 1.0, LEAST));
    assert!(brush.takes() && !brush.gives() && strength(&good) == -1.0);
    let mut bad = vec![
        Touch { phase: Phase::Up, ..good },
        Touch { strength: 0.0, ..good },
        Touch { x: 1e30, ..good },
        Touch { y: -1.1, ..good },
    ];
    for v in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        bad.extend([Touch { x: v, ..good }, Touch { y: v, ..good }, Touch { dx: v, ..good }]);
        bad.extend([Touch { dy: v, ..good }, Touch { radius: v, ..good }, Touch { strength: v, ..good }]);
    }
    for touch in bad {
        for boundary in [Boundary::Periodic, Boundary::NoFlux] {
            let brush = Brush::of(&touch, (20, 10), boundary);
            assert!(painted(&brush, (20, 10)).is_empty(), "{touch:?}");
            assert!(!brush.gives() && !brush.takes() && brush.moved() == [0.0; 2]);
        }
    }
    let wild = Touch { dx: 1e30, dy: -1e30, radius: 1e30, ..good };
    assert_eq!(painted(&Brush::of(&wild, (20, 10), Boundary::NoFlux), (20, 10)).len(), 200);
    assert_eq!(painted(&Brush::of(&wild, (1, 1), Boundary::Periodic), (1, 1)).len(), 1);
    // A touch that has just begun has no movement.
    let down = Brush::of(&Touch { dx: 0.4, phase: Phase::Down, ..good }, (20, 10), Boundary::Periodic);
    assert_eq!((down.moved(), painted(&down, (20, 10)).len()), ([0.0; 2], 4));
}

#[test]
fn a_disc_equals_a_resting_touch() {
    let touch = at(0.25, 0.75, 0.3);
    let (of, disc) = (
        Brush::of(&touch, (64, 32), Boundary::Periodic),
        Brush::disc([16.0, 24.0], 9.6, (64, 32), [true; 2]),
    );
    let (of, disc) = (painted(&of, (64, 32)), painted(&disc, (64, 32)));
    assert!(of.len() == disc.len() && of.iter().all(|(k, v)| (v - disc[k]).abs() < 1e-5));
    for odd in [[f32::NAN, 1.0], [1.0, f32::INFINITY], [1e9, 1.0]] {
        assert!(painted(&Brush::disc(odd, 3.0, (64, 32), [true; 2]), (64, 32)).is_empty());
    }
    assert!(painted(&Brush::disc([1.0; 2], f32::NAN, (64, 32), [false; 2]), (64, 32)).is_empty());
}

/// Cost depends on the cells covered, not on the world or on the bounding box of a long path.
#[test]
fn a_small_brush_is_small_work() {
    let visited = |brush: &Brush| -> (usize, usize) {
        let spans = brush.rows().flat_map(|y| brush.spans(y)).map(|s| s.weights().len());
        (brush.rows().count(), spans.sum())
    };
    let size = (16384, 16384);
    for wraps in [[true; 2], [false; 2]] {
        let (rows, cells) = visited(&Brush::disc([3.0, 16383.0], 3.0, size, wraps));
        assert!(rows <= 8 && cells <= 60, "{rows}, {cells}");
        let slant = Touch { dx: 0.45, dy: 0.45, ..at(0.5, 0.5, 10.0 / 16384.0) };
        let (_, cells) = visited(&Brush::wrapping(&slant, size, wraps));
        let covered = 20.0 * 0.45 * 16384.0 * 2f64.sqrt();
        assert!((cells as f64) < 2.5 * covered, "{cells} for {covered}");
    }
    // No part of it is on the heap.
    fn flat<T: Copy>(_: T) -> usize {
        size_of::<T>()
    }
    assert!(flat(Brush::nothing()) <= 128);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let touch = Touch { dx: 0.3, dy: 0.2, ..at(0.1, 0.9, 0.2) };
    let paint = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut plane = vec![0f32; 300 * 200];
        let brush = Brush::of(&touch, (300, 200), Boundary::Periodic);
        pool.install(|| brush.paint(&mut plane, |x, y, cell, weight| *cell = weight + (x * y) as f32));
        plane
    };
    let one = paint(1);
    assert!(one.iter().any(|v| *v > 0.0) && [2, 3, 8].iter().all(|&n| paint(n) == one));
}
