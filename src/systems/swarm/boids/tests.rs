//! Against brute force, and what is known of flocks.

use super::flock::{Flock, Sight};
use super::sums::Sums;
use super::*;
use crate::swarm::bins::nearest;
use std::path::Path;
use world::system::{Node, SystemKind, Texts};

fn random(n: usize, extent: [f64; 2], rng: Rng) -> Vec<([f64; 2], [f64; 2])> {
    let body = |i: u64| {
        let r = rng.fork(i);
        ([r.unit64(0) * extent[0], r.unit64(1) * extent[1]], [r.unit64(2) - 0.5, r.unit64(3) - 0.5])
    };
    (0..n as u64).map(body).collect()
}

/// All pairs, with nothing clever.
fn slow(
    bodies: &[([f64; 2], [f64; 2])],
    i: usize,
    extent: [f64; 2],
    wraps: [bool; 2],
    sight: Sight<f64>,
) -> Sums<f64> {
    let way = |j: usize| -> [f64; 2] {
        std::array::from_fn(|k| {
            let d = bodies[j].0[k] - bodies[i].0[k];
            if wraps[k] { nearest(d, extent[k]) } else { d }
        })
    };
    let square = |d: [f64; 2]| d[0] * d[0] + d[1] * d[1];
    let mut others: Vec<usize> = (0..bodies.len()).filter(|&j| j != i).collect();
    if sight.nearest > 0 {
        others.sort_by(|&a, &b| square(way(a)).total_cmp(&square(way(b))).then(a.cmp(&b)));
        others.retain(|&j| square(way(j)) < sight.radius * sight.radius);
        others.truncate(sight.nearest);
    }
    let mut sums = Sums::default();
    for j in others {
        let (d, v) = (way(j), bodies[j].1);
        if square(d) < sight.radius * sight.radius {
            sums.count += 1.0;
            sums.velocity = [sums.velocity[0] + v[0], sums.velocity[1] + v[1]];
            sums.offset = [sums.offset[0] + d[0], sums.offset[1] + d[1]];
        }
        if square(d) < sight.separation * sight.separation {
            sums.separation = [sums.separation[0] - d[0] / square(d), sums.separation[1] - d[1] / square(d)];
        }
    }
    sums
}

proptest::proptest! {
    /// Metric and topological, wide worlds and such as are narrower than the sight, with walls and without.
    #[test]
    fn what_is_sensed_is_what_all_pairs_give(
        n in 1usize..90, w in 1.0f64..30.0, h in 1.0f64..30.0, radius in 0.1f64..9.0, share in 0.0f64..1.3,
        nearest in 0usize..9, across: bool, down: bool, seed: u64,
    ) {
        let (extent, wraps) = ([w, h], [across, down]);
        // Closer than all that are in sight, where only the nearest count.
        let separation = radius * if nearest > 0 { share.min(1.0) } else { share };
        let sight = Sight { radius, separation, nearest };
        let bodies = random(n, extent, Rng::new(seed));
        let mut flock = Flock::new(bodies.iter().copied());
        flock.sense(extent, wraps, sight);
        for place in 0..n {
            let i = flock.numbers[place] as usize;
            let (fast, slow) = (&flock.sums[place], slow(&bodies, i, extent, wraps, sight));
            let pairs = [
                (fast.count, slow.count), (fast.velocity[0], slow.velocity[0]), (fast.velocity[1], slow.velocity[1]),
                (fast.offset[0], slow.offset[0]), (fast.offset[1], slow.offset[1]),
                (fast.separation[0], slow.separation[0]), (fast.separation[1], slow.separation[1]),
            ];
            for (k, (a, b)) in pairs.into_iter().enumerate() {
                proptest::prop_assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{i}, sum {k}: {a} and {b}");
            }
        }
    }
}

/// Bodies stored in another order feel the same, to the bit.
#[test]
fn the_order_of_bodies_does_not_matter() {
    for nearest in [0, 7] {
        let sight = Sight { radius: 3.0f32, separation: 1.0, nearest };
        let bodies = random(3000, [60.0, 40.0], Rng::new(8));
        let narrow = |b: &([f64; 2], [f64; 2])| (b.0.map(|v| v as f32), b.1.map(|v| v as f32));
        let mut there = Flock::new(bodies.iter().map(narrow));
        let mut back = Flock::new(bodies.iter().rev().map(narrow));
        back.numbers.reverse();
        for flock in [&mut there, &mut back] {
            flock.sense([60.0, 40.0], [true, false], sight);
        }
        assert_eq!(there.numbers, back.numbers);
        assert_eq!(there.sums, back.sums);
    }
}

/// Whoever is alone goes straight on, for it counts itself; and two that meet leave in the mean direction of both.
#[test]
fn in_vicseks_model_each_counts_itself() {
    let bodies = [([5.0, 1.0], [0.0, 0.1]), ([1.0, 8.0], [0.1, 0.0]), ([1.2, 8.0], [0.0, 0.1])];
    let mut flock = Flock::<f64>::new(bodies);
    vicsek::step(&mut flock, [10.0; 2], 1.0, 0.1, |_| 0.0);
    for (place, number) in flock.numbers.iter().enumerate() {
        let expected = if *number == 0 { [0.0, 0.1] } else { [0.1 / 2f64.sqrt(); 2] };
        let found = [flock.u[place], flock.v[place]];
        assert!((0..2).all(|k| (found[k] - expected[k]).abs() < 1e-12), "{number}: {found:?}");
    }
}

/// Away from predators, over the seam, too, and only as far as they are feared.
#[test]
fn flight_leads_away_from_predators() {
    let predators = [predator::Predator { place: [2.0, 10.0], velocity: [0.0; 2] }];
    let around = Surroundings {
        size: (40, 20),
        torus: true,
        predators: &predators,
        hands: Vec::new(),
        lure: None,
        wind: None,
        solid: None,
    };
    assert_eq!(around.flight([6.0, 10.0], 8.0), [0.25, 0.0]);
    assert_eq!(around.flight([38.0, 10.0], 8.0), [-0.25, 0.0]);
    assert_eq!(around.flight([2.0, 8.0], 8.0), [0.0, -0.5]);
    assert_eq!(around.flight([16.0, 10.0], 8.0), [0.0, 0.0]);
}

/// Vicsek's transition (1995): with little noise all go one way, with much there is no order; in between it falls.
#[test]
fn order_is_lost_as_noise_grows() {
    let order = |eta: f64| {
        // A density of 4, as in the paper.
        let (n, extent) = (400, [10.0; 2]);
        let r = Rng::new(3);
        let heading = |i: usize| r.fork(i as u64).unit64(7) * std::f64::consts::TAU;
        let bodies = random(n, extent, r).into_iter().enumerate();
        let mut flock =
            Flock::new(bodies.map(|(i, (x, _))| (x, [0.03 * heading(i).cos(), 0.03 * heading(i).sin()])));
        let mut sum = 0.0;
        for step in 0..900u64 {
            let noise = |number: u32| eta * (r.named("noise").fork(step).unit64(number as u64) - 0.5);
            vicsek::step(&mut flock, extent, 1.0, 0.03, noise);
            if step >= 600 {
                let (u, v): (f64, f64) = (flock.u.iter().sum(), flock.v.iter().sum());
                sum += (u * u + v * v).sqrt() / (0.03 * n as f64) / 300.0;
            }
        }
        sum
    };
    let orders = [0.5, 2.0, 3.5, 5.0, 6.2].map(order);
    assert!(orders.windows(2).all(|o| o[0] > o[1]), "{orders:?}");
    assert!(orders[0] > 0.95 && orders[2] > 0.3 && orders[3] < 0.5 && orders[4] < 0.15, "{orders:?}");
}

/// Where all are in sight of all, a sample stands for them: sums are as if all had been asked, nearly.
#[test]
fn a_sample_stands_for_a_crowd() {
    let (n, extent) = (60_000, [100.0; 2]);
    let sight = Sight { radius: 30.0, separation: 5.0, nearest: 0 };
    let mut flock = Flock::<f64>::new(random(n, extent, Rng::new(6)));
    flock.sense(extent, [true; 2], sight);
    assert!(flock.sampled);
    let area = std::f64::consts::PI * 900.0 / 1e4;
    let mean = flock.sums.iter().map(|s| s.count).sum::<f64>() / n as f64;
    assert!((mean / (area * n as f64) - 1.0).abs() < 0.02, "{mean}");
    let mut few = Flock::<f64>::new(random(600, extent, Rng::new(6)));
    few.sense(extent, [true; 2], sight);
    assert!(!few.sampled);
}

fn node(size: (usize, usize), knobs: &[(&str, f64)]) -> Box<dyn Node> {
    let kind = SystemKind::of::<Boids>();
    let mut values: Vec<f64> = kind.knobs.iter().map(|k| k.default).collect();
    for (name, value) in knobs {
        values[kind.knobs.iter().position(|k| k.name == *name).unwrap()] = *value;
    }
    let texts = Texts::default();
    (kind.instantiate)(
        &values,
        &InitContext { width: size.0, height: size.1, rng: Rng::new(4), texts: &texts },
    )
    .unwrap()
}

fn steps(node: &mut dyn Node, ticks: u64, inputs: &[Option<&Field>]) {
    for tick in 0..ticks {
        let rng = Rng::new(9).fork(tick);
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs, touches: &[], switches: &[] });
    }
}

fn reading(node: &dyn Node, name: &str) -> f32 {
    node.read(node.kind().readouts.iter().position(|r| r.name == name).unwrap())
}

/// Each urge does what it is for: alignment makes a common direction, cohesion brings others into sight, and in a flock
/// separation keeps them out of the distance.
#[test]
fn each_urge_does_what_it_is_for() {
    let flock = |radius: f64, [separation, alignment, cohesion]: [f64; 3]| {
        let urges = [("separation", separation), ("alignment", alignment), ("cohesion", cohesion)];
        let knobs = [&[("boids", 400.0), ("radius", radius), ("noise", 0.0)], &urges[..]].concat();
        let mut world = node((128, 96), &knobs);
        steps(&mut *world, 240, &[None; 3]);
        (reading(&*world, "order"), reading(&*world, "neighbours"))
    };
    let (none, aligned) = (flock(9.0, [0.0; 3]), flock(9.0, [0.0, 2.0, 0.0]));
    assert!(none.0 < 0.3 && aligned.0 > 0.8, "{none:?} {aligned:?}");
    let together = flock(9.0, [0.0, 0.0, 2.0]);
    assert!(together.1 > 1.2 * none.1, "{together:?} {none:?}");
    let (close, apart) = (flock(3.0, [0.0, 1.0, 1.0]), flock(3.0, [3.0, 1.0, 1.0]));
    assert!(apart.1 < 0.5 * close.1, "{apart:?} {close:?}");
}

/// Nobody is ever in what is solid or beyond a wall, predators make an alarm, and a current carries them.
#[test]
fn surroundings_are_felt() {
    let block = Field::from_fn(128, 96, |x, _| if (60..68).contains(&x) { 1.0 } else { 0.0 });
    let mut world = node((128, 96), &[("boids", 600.0), ("edge", 1.0), ("predators", 3.0)]);
    let mut shown = Field::new(128, 96, 1);
    let inside = |f: &Field| (0..96).map(|y| f.row(0, y)[61..67].iter().sum::<f32>()).sum::<f32>();
    world.show(2, &View::WHOLE, &mut shown);
    let before = inside(&shown);
    for _ in 0..10 {
        steps(&mut *world, 60, &[None, None, Some(&block)]);
        world.show(2, &View::WHOLE, &mut shown);
        assert!(inside(&shown) <= before, "{} after {before}", inside(&shown));
        assert_eq!(shown.sum(0), 600.0, "all are inside");
    }
    assert!(reading(&*world, "alarm") > 0.0);
    let mut calm = node((128, 96), &[("boids", 600.0)]);
    steps(&mut *calm, 60, &[None; 3]);
    assert_eq!(reading(&*calm, "alarm"), 0.0);
    let wind = Field::from_fn(128, 96, |_, _| 1.0);
    let mut gale = Field::new(128, 96, 2);
    gale.plane_mut(0).copy_from_slice(wind.plane(0));
    let drifted = |speed: f64| {
        let mut world = node((128, 96), &[("boids", 1.0), ("noise", 0.0), ("speed", 0.0), ("drift", speed)]);
        let place = |world: &dyn Node, shown: &mut Field| {
            world.show(2, &View::WHOLE, shown);
            (0..96).find_map(|y| shown.row(0, y).iter().position(|v| *v > 0.0)).unwrap() as f64
        };
        let mut shown = Field::new(128, 96, 1);
        let from = place(&*world, &mut shown);
        steps(&mut *world, 60, &[Some(&gale), None, None]);
        (place(&*world, &mut shown) - from).rem_euclid(128.0)
    };
    assert!((drifted(30.0) - 30.0).abs() <= 1.0, "{}", drifted(30.0));
}

/// All that bodies add to the light is there, wherever they are and whatever the size of the world.
#[test]
fn light_is_neither_lost_nor_doubled() {
    for (k, size) in [(96, 64), (7, 50), (50, 7), (33, 1), (1, 1), (64, 16)].into_iter().enumerate() {
        for edge in [0.0, 1.0] {
            let mut world = node(size, &[("boids", 300.0), ("edge", edge), ("fade", 0.02), ("speed", 200.0)]);
            steps(&mut *world, 5 + k as u64, &[None; 3]);
            let mut glow = Field::new(size.0, size.1, 1);
            world.show(1, &View::WHOLE, &mut glow);
            let keep = (-1f64 / 60.0 / 0.02).exp();
            let n = 5.0 + k as f64;
            let all = 300.0 * (1.0 - keep.powf(n)) / (1.0 - keep);
            assert!((glow.sum(0) - all).abs() < 0.01, "{size:?}, {edge}: {} of {all}", glow.sum(0));
        }
    }
}

#[test]
fn a_default_world_flocks() {
    let mut world = SystemKind::of::<Boids>().instantiate_default(240, 135, 1, Path::new(".")).unwrap();
    steps(&mut *world, 10, &[None; 3]);
    let before = reading(&*world, "neighbours");
    steps(&mut *world, 400, &[None; 3]);
    assert!(reading(&*world, "neighbours") > before, "they have come together");
}
