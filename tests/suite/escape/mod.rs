//! Escape-time fractals against plain loops, exact geometry and published constants.

mod stage;

use proptest::prelude::*;
use untrained::systems::fractal::escape::formula::{Real, degree, escape_square, step};
use untrained::systems::fractal::escape::interior::certain;
use untrained::systems::fractal::escape::kernel::{Job, OrbitOutputs, Tile};
use untrained::systems::fractal::escape::lanes::LANES;
use untrained::systems::fractal::escape::plane_view::PlaneView;
use untrained::systems::fractal::escape::render::OrbitSpec;
use untrained::systems::fractal::escape::shade::smooth_count;
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::vectors::Vectors;
use untrained::world::view::View;

fn shot(formula: u8, centre: [f64; 2], span: f64, aspect: f64, iterations: u32) -> OrbitSpec {
    let plane_view = PlaneView { centre, span, turn: 0.0, aspect, bend: None };
    let (constant, trap_at) = ([0.0; 2], [0.0; 2]);
    OrbitSpec {
        plane_view,
        formula,
        julia: false,
        constant,
        shift: None,
        iterations,
        trap: 0,
        trap_at,
        shortcuts: true,
    }
}

fn julia(c: [f64; 2], span: f64, iterations: u32) -> OrbitSpec {
    OrbitSpec { julia: true, constant: c, ..shot(0, [0.0; 2], span, 1.0, iterations) }
}

fn one_step<T: Real>(f: u8, x: T, y: T, cx: T, cy: T) -> (T, T) {
    match f {
        0 => step::<T, 0>(x, y, cx, cy),
        1 => step::<T, 1>(x, y, cx, cy),
        2 => step::<T, 2>(x, y, cx, cy),
        3 => step::<T, 3>(x, y, cx, cy),
        4 => step::<T, 4>(x, y, cx, cy),
        5 => step::<T, 5>(x, y, cx, cy),
        _ => step::<T, 6>(x, y, cx, cy),
    }
}

/// One orbit, one iteration at a time, tested after each: its count (0 if it never escapes) and first point outside.
fn plain<T: Real>(f: u8, z: (f64, f64), c: (f64, f64), most: u32) -> (u32, T, T) {
    let (mut x, mut y, cx, cy) = (T::of(z.0), T::of(z.1), T::of(c.0), T::of(c.1));
    for n in 1..=most {
        (x, y) = one_step(f, x, y, cx, cy);
        let r2 = x.fma(x, y * y);
        let inside = r2 <= T::of(escape_square(f));
        if !inside {
            return (n, x, y);
        }
    }
    (0, T::ZERO, T::ZERO)
}

fn smooth<T: Real>(f: u8, (n, x, y): (u32, T, T)) -> f32 {
    if n == 0 {
        return -1.0;
    }
    let (x, y) = (x.wide() as f32, y.wide() as f32);
    let per_log2_degree = (1.0 / libm::log2(degree(f) as f64)) as f32;
    smooth_count(n as f32, x * x + y * y, libm::log2(escape_square(f)) as f32, per_log2_degree)
}

fn agrees_with_plain<T: Real>(s: &OrbitSpec, size: (usize, usize)) {
    let sight = s.plane_view.sight(&View::WHOLE, size);
    let picture = s.render_as::<T>(&sight, size, OrbitOutputs::Count).count;
    let more = [OrbitOutputs::Trap, OrbitOutputs::Slope].map(|f| s.render_as::<T>(&sight, size, f).count);
    for y in 0..size.1 {
        for x in 0..size.0 {
            let p = sight.plane(x, y);
            let c = (s.constant[0], s.constant[1]);
            let (z, c) = if s.julia { (p, c) } else { (c, p) };
            let expected = smooth(s.formula, plain::<T>(s.formula, z, c, s.iterations));
            assert_eq!(picture.at(0, x, y).to_bits(), expected.to_bits(), "{s:?} at {p:?}");
            for more in &more {
                assert_eq!(
                    more.at(0, x, y).to_bits(),
                    expected.to_bits(),
                    "with more followed, {s:?} at {p:?}"
                );
            }
        }
    }
}

#[test]
fn the_area_of_the_mandelbrot_set() {
    // Munafo, Förstemann: 1.5065918849; the bias of counting is from the iteration cap, upwards.
    let s = shot(0, [-0.75, 0.0], 2.5, 1.0, 10_000);
    let h = 2.5 / 1024.0;
    let area = |count: &Field| count.data().iter().filter(|&&n| n < 0.0).count() as f64 * h * h;
    let sight = s.plane_view.sight(&View::WHOLE, (1024, 1024));
    let (a, b) = (
        area(&s.render_as::<f32>(&sight, (1024, 1024), OrbitOutputs::Count).count),
        area(&s.render_as::<f64>(&sight, (1024, 1024), OrbitOutputs::Count).count),
    );
    assert!((a - 1.50659).abs() < 5e-4 && (b - 1.50659).abs() < 5e-4, "f32 {a}, f64 {b}");
    let few = area(
        &OrbitSpec { iterations: 1000, ..s }.render(&View::WHOLE, (1024, 1024), OrbitOutputs::Count).count,
    );
    assert!((few - 1.51024).abs() < 1e-4, "at 1,000 iterations {few}");
}

#[test]
fn boundary_cases_equal_plain_iteration() {
    // Cusp, period-2 root, tip, Misiurewicz point i, seahorses, the elephants; caps off the block size.
    for (centre, span) in [
        ([0.25, 0.0], 1e-2),
        ([-0.75, 0.0], 1e-2),
        ([-2.0, 0.0], 1e-3),
        ([0.0, 1.0], 1e-2),
        ([-0.7453, 0.1127], 6e-3),
        ([0.2925755, 0.0149977], 1e-9),
    ] {
        for most in [16, 17, 333, 1000] {
            agrees_with_plain::<f32>(&shot(0, centre, span, 1.5, most), (30, 20));
            agrees_with_plain::<f64>(&shot(0, centre, span, 1.5, most), (30, 20));
        }
    }
    agrees_with_plain::<f32>(&julia([-0.75, 0.0], 3.0, 500), (33, 33));
    agrees_with_plain::<f64>(&julia([0.25, 0.0], 3.0, 500), (33, 33));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_picture_equals_plain_iteration(
        f in 0u8..7, x in -2.0f64..1.0, y in -1.5f64..1.5, zoom in 0.0f64..30.0, most in 16u32..400,
        w in 1usize..20, h in 1usize..20, is_julia: bool, a in -1.0f64..1.0, b in -1.0f64..1.0,
    ) {
        let constant = if is_julia { [a, b] } else { [0.0; 2] };
        let s = shot(f, [x, y], 3.0 / zoom.exp2(), 1.2, most);
        let s = OrbitSpec { julia: is_julia, constant, ..s };
        agrees_with_plain::<f32>(&s, (w, h));
        agrees_with_plain::<f64>(&s, (w, h));
    }

    #[test]
    fn every_formula_escapes_like_textbook_complex_numbers(
        f in 0u8..7, x in -1.6f64..1.6, y in -1.6f64..1.6, a in -1.0f64..1.0, b in -1.0f64..1.0, is_julia: bool,
    ) {
        let (z, c) = if is_julia { ((x, y), (a, b)) } else { ((0.0, 0.0), (x, y)) };
        let (mut p, mut q, d) = (z.0, z.1, degree(f) as f64);
        let mut expected = None;
        for n in 1..=14u32 {
            (p, q) = match f { 1 => (p.abs(), q.abs()), 2 => (p, -q), _ => (p, q) };
            let (r, angle) = (p.hypot(q), q.atan2(p));
            (p, q) = (r.powf(d) * (d * angle).cos() + c.0, r.powf(d) * (d * angle).sin() + c.1);
            let r2 = p * p + q * q;
            if r2 > escape_square(f) {
                expected = Some(n as f64 - ((r2.ln() / escape_square(f).ln()).ln() / d.ln()));
                break;
            }
        }
        if let Some(expected) = expected {
            let ours = smooth(f, plain::<f64>(f, z, c, 30)) as f64;
            prop_assert!((ours - expected.max(0.0)).abs() < 1e-4, "{ours} {expected}");
        }
    }

    #[test]
    fn all_vector_widths_give_the_same_bits(f in 0u8..7, seed: u64, follow in 0usize..3, trap in 0usize..3, most in 9u32..300) {
        let rng = Rng::new(seed);
        let mut start = Tile::<f32>::new();
        for i in 0..LANES {
            let at = |k: u64| 3.0 * rng.fork(k).unit(i as u64) - 1.8;
            (start.cx[i], start.cy[i], start.live[i]) = (at(0), at(1), 1.0);
        }
        let job = Job {
            formula: f, iterations: most, limit: escape_square(f), plane_is_constant: true,
            cycles: true, follow: [OrbitOutputs::Count, OrbitOutputs::Trap, OrbitOutputs::Slope][follow], trap, trap_at: [0.1, 0.2],
        };
        let all: Vec<Vec<u32>> = Vectors::available()
            .map(|v| {
                let mut t = start.clone();
                v.run(|| t.run(&job)).unwrap();
                [t.x, t.y, t.count, t.trap, t.ux, t.uy, t.vx, t.vy].iter().flatten().map(|v| v.to_bits()).collect()
            })
            .collect();
        prop_assert!(all.iter().all(|bits| *bits == all[0]));
    }

    #[test]
    fn julia_sets_have_point_symmetry(a in -1.5f64..1.5, b in -1.5f64..1.5, seed: u64) {
        let rng = Rng::new(seed);
        let (mut here, mut there) = (Tile::<f32>::new(), Tile::<f32>::new());
        for i in 0..LANES {
            let (x, y) = (3.0 * rng.unit(i as u64) - 1.5, 3.0 * rng.fork(1).unit(i as u64) - 1.5);
            (here.x[i], here.y[i], there.x[i], there.y[i]) = (x, y, -x, -y);
            for t in [&mut here, &mut there] {
                (t.cx[i], t.cy[i], t.live[i]) = (a as f32, b as f32, 1.0);
            }
        }
        let job = Job {
            formula: 0, iterations: 300, limit: 65536.0, plane_is_constant: false,
            cycles: true, follow: OrbitOutputs::Count, trap: 0, trap_at: [0.0; 2],
        };
        here.run(&job);
        there.run(&job);
        prop_assert_eq!(here.count, there.count);
    }

    #[test]
    fn the_tricorn_has_three_arms(r in 0.3f64..2.0, turn in 0.0f64..1.0) {
        let at = |k: f64| {
            let angle = (turn + k / 3.0) * std::f64::consts::TAU;
            smooth(2, plain::<f64>(2, (0.0, 0.0), (r * angle.cos(), r * angle.sin()), 20))
        };
        prop_assert!((at(0.0) - at(1.0)).abs() < 1e-3 && (at(0.0) - at(2.0)).abs() < 1e-3);
    }

    #[test]
    fn points_certain_to_stay_bounded_do(turn in 0.0f64..1.0, near in 1.0f64..9.0, disc: bool, out: bool) {
        // A multiplier near 1: just inside or outside the border of the cardioid or the disc.
        let (r, angle) = (1.0 + if out { 1.0 } else { -1.0 } * 10f64.powf(-near), turn * std::f64::consts::TAU);
        let (l, m) = (r * angle.cos(), r * angle.sin());
        let c = match disc {
            true => (l / 4.0 - 1.0, m / 4.0),
            false => (l / 2.0 - (l * l - m * m) / 4.0, m / 2.0 - l * m / 2.0),
        };
        let narrow = (c.0 as f32 as f64, c.1 as f32 as f64);
        if certain(narrow.0, narrow.1) {
            prop_assert_eq!(plain::<f32>(0, (0.0, 0.0), narrow, 20_000).0, 0);
        }
        if certain(c.0, c.1) {
            prop_assert_eq!(plain::<f64>(0, (0.0, 0.0), c, 20_000).0, 0);
        }
    }
}

#[test]
fn periods_double_where_they_should() {
    // Real axis: 1 → 2 at −3/4, 2 → 4 at −5/4, 4 → 8 at −1.3680989.
    let period = |c: f64| {
        let z = (0..400_000).fold((0.0, 0.0), |(x, y), _| one_step(0, x, y, c, 0.0));
        let mut at = z;
        (1..=64).find(|_| {
            at = one_step(0, at.0, at.1, c, 0.0);
            (at.0 - z.0).abs() < 1e-9
        })
    };
    for (c, before, after) in [(-0.75, 1, 2), (-1.25, 2, 4), (-1.368_098_9, 4, 8)] {
        assert_eq!((period(c + 5e-5), period(c - 5e-5)), (Some(before), Some(after)), "{c}");
    }
}

#[test]
fn the_cusp_lets_orbits_through_in_pi_over_the_root_of_the_gap() {
    // Boll 1991: at ¼ + ε the count times √ε tends to π.
    for gap in [1e-4f64, 1e-6, 1e-8] {
        let s = shot(0, [0.25 + gap, 0.0], 1e-12, 1.0, 65_536);
        let n = s.render(&View::WHOLE, (1, 1), OrbitOutputs::Count).count.at(0, 0, 0) as f64;
        assert!((n * gap.sqrt() - std::f64::consts::PI).abs() < 12.0 * gap.sqrt(), "{gap}: {n}");
    }
    let real = |c: f64| {
        shot(0, [c, 0.0], 1e-12, 1.0, 4096)
            .render(&View::WHOLE, (1, 1), OrbitOutputs::Count)
            .count
            .at(0, 0, 0)
    };
    assert!([-2.0, -1.9, -1.401155, -1.0, 0.0, 0.2499].iter().all(|&c| real(c) < 0.0));
    assert!(real(-2.000001) > 0.0);
}

#[test]
fn distance_to_the_circle_is_its_potential_over_its_slope() {
    // z² has the unit circle as its Julia set; potential ln|z|, slope 1/|z|.
    let size = (96, 96);
    let s = julia([0.0; 2], 4.0, 256);
    let sight = s.plane_view.sight(&View::WHOLE, size);
    let p = s.render(&View::WHOLE, size, OrbitOutputs::Slope);
    let distance = p.distance.unwrap();
    for y in 0..size.1 {
        for x in 0..size.0 {
            let (a, b) = sight.plane(x, y);
            let r = a.hypot(b);
            let expected = if r > 1.0 { r * r.ln() / 4.0 } else { 0.0 };
            assert!((distance.at(0, x, y) as f64 - expected).abs() < 1e-4 * (1.0 + expected), "|z| = {r}");
        }
    }
}

#[test]
fn distance_to_the_needle_is_within_the_koebe_bounds() {
    // Left of −2 the nearest point of the Mandelbrot set is its tip.
    for gap in [1e-1, 1e-2, 1e-4, 1e-6] {
        let s = shot(0, [-2.0 - gap, 0.0], gap, 1.0, 1000);
        let heights = s.render(&View::WHOLE, (1, 1), OrbitOutputs::Slope).distance.unwrap().at(0, 0, 0);
        assert!(heights > 0.5 && heights < 2.1, "{gap}: {heights}");
    }
}

#[test]
fn the_trap_is_the_nearest_pass() {
    for trap in 0..3 {
        let s = OrbitSpec { trap, trap_at: [0.2, -0.3], ..shot(0, [-0.5, 0.0], 3.0, 1.0, 100) };
        let sight = s.plane_view.sight(&View::WHOLE, (40, 40));
        let got = s.render_as::<f64>(&sight, (40, 40), OrbitOutputs::Slope).trap.unwrap();
        for i in 0..1600 {
            let (cx, cy) = sight.plane(i % 40, i / 40);
            let (mut x, mut y, mut least) = (0.0, 0.0, f64::INFINITY);
            for _ in 0..100 {
                (x, y) = one_step(0, x, y, cx, cy);
                let (a, b): (f64, f64) = (x - 0.2, y + 0.3);
                least = least.min([a.hypot(b), a.abs().min(b.abs()), (a * a + b * b - 0.25).abs()][trap]);
                if x * x + y * y > 65536.0 {
                    break;
                }
            }
            assert!(
                (got.at(0, i % 40, i / 40) as f64 - least).abs() < 1e-5 * (1.0 + least),
                "trap {trap} at {i}"
            );
        }
    }
}

#[test]
fn the_smooth_count_has_no_steps() {
    // A line of points from far away to near the set, 2e-4 apart; the count itself jumps by 1 along it.
    for f in 0..7 {
        let values: Vec<f32> = (0..10_000)
            .map(|i| smooth(f, plain::<f64>(f, (0.0, 0.0), (3.0 - 2e-4 * i as f64, 0.9), 200)))
            .collect();
        let far = values.windows(2).take_while(|p| p[1] > 0.0 && p[1] < 8.0);
        let (steps, worst) = far.fold((0, 0f32), |(n, w), p| (n + 1, w.max((p[1] - p[0]).abs())));
        assert!(steps > 500 && worst < 0.02, "formula {f}: {worst} over {steps}");
    }
}

#[test]
fn threads_do_not_matter() {
    let s = shot(0, [-0.7453, 0.1127], 0.04, 1.5, 300);
    let with = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| s.render(&View::WHOLE, (150, 101), OrbitOutputs::Slope))
    };
    assert!([2, 3, 8].iter().all(|&n| with(n) == with(1)));
}
