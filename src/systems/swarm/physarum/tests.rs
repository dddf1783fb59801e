//! Against the rule as it is written, with angles, and laws of the trail.

use super::law::Law;
use super::textbook::Colony;
use super::*;
use world::system::SystemKind;

const SIZE: (usize, usize) = (23, 17);

/// The rule with angles in degrees and a plain 3×3 sum.
fn slow(
    (trail, bodies): (&mut Vec<f64>, &mut [([f64; 2], f64)]),
    law: &Law<f64>,
    (deposit, decay): (f64, f64),
    clockwise: &[bool],
) {
    let (w, h) = SIZE;
    let old = trail.clone();
    let cell = |x: f64, y: f64| {
        y.floor().rem_euclid(h as f64) as usize * w + x.floor().rem_euclid(w as f64) as usize
    };
    for (i, ([x, y], heading)) in bodies.iter_mut().enumerate() {
        let along = |by: f64| {
            let (sin, cos) = (*heading + by).to_radians().sin_cos();
            (cos, sin)
        };
        let sense = |by: f64| {
            let (dx, dy) = along(by);
            old[cell(*x + law.reach * dx, *y + law.reach * dy)]
        };
        let (f, l, r) = (sense(0.0), sense(law.sensor_angle), sense(-law.sensor_angle));
        let turn = if f > l && f > r {
            0.0
        } else if f < l && f < r {
            if clockwise[i] { 1.0 } else { -1.0 }
        } else if l > r {
            1.0
        } else if r > l {
            -1.0
        } else {
            0.0
        };
        *heading += turn * law.turn_angle;
        let (sin, cos) = heading.to_radians().sin_cos();
        (*x, *y) = ((*x + law.step * cos).rem_euclid(w as f64), (*y + law.step * sin).rem_euclid(h as f64));
        trail[cell(*x, *y)] += deposit;
    }
    let full = trail.clone();
    for (i, value) in trail.iter_mut().enumerate() {
        let (x, y) = (i % w, i / w);
        let around = (0..9).map(|k| full[(y + k / 3 + h - 1) % h * w + (x + k % 3 + w - 1) % w]);
        *value = around.sum::<f64>() / 9.0 * (1.0 - decay);
    }
}

#[test]
fn agents_do_what_the_rule_says() {
    for k in 0..40 {
        let r = Rng::new(k);
        let among = |cell: u64, low: f64, high: f64| low + (high - low) * r.named("law").unit64(cell);
        let law = Law {
            reach: among(0, 0.0, 40.0),
            sensor_angle: among(1, 0.0, 120.0),
            turn_angle: among(2, 0.0, 120.0),
            step: among(3, 0.1, 3.0),
        };
        let (deposit, decay) = (among(4, 0.5, 9.0), among(5, 0.01, 0.9));
        let mut trail: Vec<f64> = (0..SIZE.0 * SIZE.1).map(|i| 9.0 * r.unit64(i as u64)).collect();
        let body = |i: u64| {
            let r = r.named("bodies").fork(i);
            ([r.unit64(0) * SIZE.0 as f64, r.unit64(1) * SIZE.1 as f64], 720.0 * r.unit64(2) - 360.0)
        };
        let mut bodies: Vec<([f64; 2], f64)> = (0..30).map(body).collect();
        let mut colony = Colony::new(SIZE, trail.clone(), &bodies);
        for step in 0..12 {
            let coins: Vec<bool> = (0..30).map(|i| r.named("coins").fork(step).unit(i) < 0.5).collect();
            slow((&mut trail, &mut bodies), &law, (deposit, decay), &coins);
            colony.step(&law, deposit, decay, &coins);
        }
        for (i, (place, degrees)) in bodies.iter().enumerate() {
            let (x, y) = (colony.agents.x[i], colony.agents.y[i]);
            assert!((x - place[0]).abs() < 1e-9 && (y - place[1]).abs() < 1e-9, "world {k}, agent {i}");
            let off = (colony.agents.degrees(i) - degrees).rem_euclid(360.0);
            assert!(off.min(360.0 - off) < 1e-9, "world {k}, agent {i}: heading {off}");
        }
        assert!(colony.trail.now.iter().zip(&trail).all(|(a, b)| (a - b).abs() < 1e-9), "world {k}");
    }
}

fn node(knobs: &[(&str, f64)]) -> Box<dyn world::system::Node> {
    let kind = SystemKind::of::<Physarum>();
    let mut values: Vec<f64> = kind.knobs.iter().map(|k| k.default).collect();
    for (name, value) in knobs {
        values[kind.knobs.iter().position(|k| k.name == *name).unwrap()] = *value;
    }
    let texts = world::system::Texts::default();
    let context = InitContext { width: 96, height: 64, rng: Rng::new(4), texts: &texts };
    (kind.instantiate)(&values, &context).unwrap()
}

fn steps(node: &mut dyn world::system::Node, ticks: u64, inputs: &[Option<&Field>]) {
    for tick in 0..ticks {
        let rng = Rng::new(9).fork(tick);
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs, touches: &[], switches: &[] });
    }
}

fn shown(node: &dyn world::system::Node, port: usize) -> Field {
    let mut field = Field::new(96, 64, 1);
    node.show(port, &View::WHOLE, &mut field);
    field
}

/// On a torus the mean neither makes nor loses trail, so what is there after a step is known to rounding.
#[test]
fn the_trail_is_what_was_left_of_it() {
    let r = Rng::new(2);
    let law = Law { reach: 5.0, sensor_angle: 40.0, turn_angle: 30.0, step: 1.3 };
    let bodies: Vec<([f64; 2], f64)> = (0..50)
        .map(|i| ([r.fork(i).unit64(0) * 23.0, r.fork(i).unit64(1) * 17.0], 360.0 * r.fork(i).unit64(2)))
        .collect();
    let mut colony = Colony::new(SIZE, vec![0.5; SIZE.0 * SIZE.1], &bodies);
    let mut total = 0.5 * (SIZE.0 * SIZE.1) as f64;
    for _ in 0..200 {
        colony.step(&law, 3.0, 0.07, &[true; 50]);
        total = (total + 50.0 * 3.0) * 0.93;
        assert!((colony.trail.now.iter().sum::<f64>() - total).abs() < 1e-8 * total);
    }
}

/// Agents in another order leave the same trail, to the bit.
#[test]
fn the_order_of_agents_does_not_matter() {
    let r = Rng::new(3);
    let law = Law { reach: 7.0f32, sensor_angle: 25.0, turn_angle: 45.0, step: 1.0 };
    let mut bodies: Vec<([f32; 2], f32)> = (0..9000)
        .map(|i| ([r.fork(i).unit(0) * 23.0, r.fork(i).unit(1) * 17.0], 360.0 * r.fork(i).unit(2)))
        .collect();
    let mut coins: Vec<bool> = (0..9000).map(|i| r.fork(i).unit(3) < 0.5).collect();
    let mut there = Colony::new(SIZE, vec![0.0; SIZE.0 * SIZE.1], &bodies);
    bodies.reverse();
    let mut back = Colony::new(SIZE, vec![0.0; SIZE.0 * SIZE.1], &bodies);
    for _ in 0..30 {
        there.step(&law, 1.0, 0.1, &coins);
        coins.reverse();
        back.step(&law, 1.0, 0.1, &coins);
        coins.reverse();
        assert!(there.trail.now.iter().zip(&back.trail.now).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
    assert!(there.agents.x.iter().eq(back.agents.x.iter().rev()));
}

fn reading(node: &dyn world::system::Node, name: &str) -> f32 {
    node.read(node.kind().readouts.iter().position(|r| r.name == name).unwrap())
}

/// What the method is known for: from agents anywhere a network of veins forms. Without a trail to follow there is none.
#[test]
fn veins_form_where_agents_follow_trails_only() {
    let contrast = |deposit: f64, distance: f64| {
        let mut world = node(&[("agents", 3000.0), ("deposit", deposit), ("sensor_distance", distance)]);
        steps(&mut *world, 250, &[None; 5]);
        reading(&*world, "contrast")
    };
    let (veins, blind) = (contrast(5.0, 9.0), contrast(5.0, 0.0));
    assert!(veins > 1.2 && blind < 0.6 && veins > 3.0 * blind, "{veins} and {blind}");
}

#[test]
fn species_shun_each_other_where_they_are_told_to() {
    let contested = |others: f64| {
        let mut world = node(&[("agents", 4000.0), ("species", 2.0), ("others", others)]);
        steps(&mut *world, 300, &[None; 5]);
        reading(&*world, "contested")
    };
    let (apart, together) = (contested(-1.0), contested(1.0));
    assert!(apart < 0.5 * together, "{apart} and {together}");
}

/// Food draws them, light drives them away, and no trail begins in an obstacle.
#[test]
fn they_seek_food_shun_light_and_go_round_obstacles() {
    let ramp = Field::from_fn(96, 64, |x, _| 1.0 - (x as f32 - 48.0).abs() / 48.0);
    let share = |inputs: [Option<&Field>; 5], inside: &dyn Fn(usize) -> bool| {
        let mut world = node(&[("agents", 3000.0), ("edge", 1.0)]);
        steps(&mut *world, 300, &inputs);
        let trail = shown(&*world, 4);
        let sum = |all: bool| {
            let of_row = |y| (0..96).filter(|&x| all || inside(x)).map(|x| trail.row(0, y)[x]).sum::<f32>();
            (0..64).map(of_row).sum::<f32>()
        };
        sum(false) / sum(true)
    };
    let middle = |x: usize| (32..64).contains(&x);
    let [fed, lit, plain] = [[Some(&ramp), None], [None, Some(&ramp)], [None, None]]
        .map(|[food, light]| share([food, light, None, None, None], &middle));
    assert!(fed > 0.6 && lit < 0.2 && (0.2..0.5).contains(&plain), "{fed}, {lit}, {plain}");
    // They begin in the middle; the trail that diffuses over the edge of a wall does not come far.
    let wall = Field::from_fn(96, 64, |x, _| if x < 14 { 1.0 } else { 0.0 });
    let deep = |wall: Option<&Field>| {
        let mut world = node(&[("agents", 3000.0), ("start", 1.0), ("edge", 1.0)]);
        steps(&mut *world, 300, &[None, None, wall, None, None]);
        let trail = shown(&*world, 4);
        (0..64).map(|y| trail.row(0, y)[..6].iter().sum::<f32>()).sum::<f32>()
    };
    let (barred, open) = (deep(Some(&wall)), deep(None));
    assert!(barred < 0.01 * open && open > 20.0, "{barred} and {open}");
}

/// A field that scales sight and angles: at 1 nothing changes, elsewhere the veins do.
#[test]
fn fields_vary_the_parameters_over_the_plane() {
    let all = |value: f32| Field::from_fn(96, 64, move |_, _| value);
    let veins = |inputs: [Option<&Field>; 5]| {
        let mut world = node(&[("agents", 3000.0)]);
        steps(&mut *world, 60, &inputs);
        shown(&*world, 1)
    };
    let (one, half) = (all(1.0), all(0.5));
    let plain = veins([None; 5]);
    assert_eq!(veins([None, None, None, Some(&one), None]).data(), plain.data());
    assert_ne!(veins([None, None, None, Some(&half), None]).data(), plain.data());
    assert_ne!(veins([None, None, None, None, Some(&half)]).data(), plain.data());
}
