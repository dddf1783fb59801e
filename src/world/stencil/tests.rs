use proptest::prelude::*;

use super::*;
use crate::rng::Rng;
use crate::vectors::Vectors;

struct Mix(f32);

crate::stencil! {
    /// Every neighbour has its own weight, so that none can stand for another.
    fn mix(by: &Mix, [a, b]: [Neighbourhood; 2], [c]: [f32; 1]) -> [f32; 3] {
        let sum = |o: Neighbourhood| {
            o.nw + 2.0 * o.n + 3.0 * o.ne + 5.0 * o.w + 7.0 * o.centre + 11.0 * o.e + 13.0 * o.sw + 17.0 * o.s + 19.0 * o.se
        };
        [sum(a) * by.0 + c, sum(b) - c, sum(a) * b.centre]
    }
}

fn soup(w: usize, h: usize, planes: usize, seed: u64) -> Field {
    let mut field = Field::new(w, h, planes);
    field.fill_rows(|p, y, row| {
        let at = |x: usize| Rng::new(seed).fork(p as u64).unit((y * w + x) as u64) - 0.3;
        row.iter_mut().enumerate().for_each(|(x, v)| *v = at(x));
    });
    field
}

/// The value at a position that may lie beyond the border.
fn looked_up(f: &Field, p: usize, x: isize, y: isize, edge: Boundary) -> f32 {
    let (w, h) = (f.width() as isize, f.height() as isize);
    let inside = (0..w).contains(&x) && (0..h).contains(&y);
    let (x, y) = match edge {
        Boundary::Periodic => (x.rem_euclid(w), y.rem_euclid(h)),
        Boundary::Fixed(value) if !inside => return value,
        _ => (x.clamp(0, w - 1), y.clamp(0, h - 1)),
    };
    f.at(p, x as usize, y as usize)
}

proptest! {
    #[test]
    fn a_sweep_equals_looking_up_each_neighbour(
        w in prop_oneof![1usize..40, 120usize..300], h in 1usize..9, kind in 0usize..3, plane: bool, seed: u64,
    ) {
        let edge = [Boundary::Periodic, Boundary::NoFlux, Boundary::Fixed(0.75)][kind];
        let (from, other) = (soup(w, h, 2, seed), soup(w, h, 1, seed ^ 1));
        let also = if plane { Pointwise::Plane(other.plane(0)) } else { Pointwise::Uniform(0.5) };
        let mut into = Field::default();
        mix(&Mix(0.25), &from, [also], edge, &mut into);
        let weights = [1.0f32, 2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0, 19.0];
        for y in 0..h {
            for x in 0..w {
                let sum = |p: usize| {
                    let at = |k: usize| {
                        let (dx, dy) = (k as isize % 3 - 1, k as isize / 3 - 1);
                        looked_up(&from, p, x as isize + dx, y as isize + dy, edge)
                    };
                    (1..9).fold(at(0), |sum, k| sum + weights[k] * at(k))
                };
                let c = if plane { other.at(0, x, y) } else { 0.5 };
                let wanted = [sum(0) * 0.25 + c, sum(1) - c, sum(0) * from.at(1, x, y)];
                let found = [0, 1, 2].map(|q| into.at(q, x, y));
                prop_assert_eq!(found, wanted, "at {} {}", x, y);
            }
        }
    }
}

#[test]
fn neither_threads_nor_vectors_change_a_bit() {
    let from = soup(301, 77, 2, 4);
    let swept = |threads: usize, vectors: Option<Vectors>| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut into = Field::default();
        let mut run = || {
            pool.install(|| mix(&Mix(0.3), &from, [Pointwise::Uniform(0.1)], Boundary::Periodic, &mut into))
        };
        match vectors {
            Some(vectors) => vectors.run(run).unwrap(),
            None => run(),
        }
        into
    };
    let usual = swept(1, None);
    assert!([2, 3, 8].into_iter().all(|threads| swept(threads, None) == usual));
    assert!(Vectors::available().all(|vectors| swept(2, Some(vectors)) == usual));
}

struct Fade(f32);

crate::stencil! {
    /// Everything grows less.
    fn fade(by: &Fade, [a]: [Neighbourhood; 1], []: [f32; 0]) -> [f32; 1] {
        [a.centre * by.0]
    }
}

#[test]
fn subnormals_become_zero_and_all_else_stays() {
    let tiny = f32::MIN_POSITIVE;
    let values = [tiny, -tiny, tiny / 2.0, -tiny / 2.0, f32::from_bits(1), 1.0, f32::NAN, f32::INFINITY];
    for w in [8, 40, 300] {
        let from = Field::from_fn(w, 1, |x, _| values[x % 8]);
        let mut into = Field::default();
        fade(&Fade(1.0), &from, [], Boundary::NoFlux, &mut into);
        let wanted = [tiny, -tiny, 0.0, 0.0, 0.0, 1.0, f32::NAN, f32::INFINITY];
        assert!((0..w).all(|x| into.at(0, x, 0).to_bits() == wanted[x % 8].to_bits()), "{:?}", into.data());
    }
    // A world that fades comes to rest, instead of staying subnormal.
    let (mut now, mut next) = (Field::from_fn(50, 4, |_, _| 1.0), Field::default());
    for _ in 0..1000 {
        fade(&Fade(0.9), &now, [], Boundary::Periodic, &mut next);
        std::mem::swap(&mut now, &mut next);
        assert!(now.data().iter().all(|v| !v.is_subnormal()));
    }
    assert!(now.data().iter().all(|v| *v == 0.0));
}

#[test]
fn laplacians_and_the_gradient_are_exact_on_quadratics() {
    // x², y² and xy by their known derivatives: 2, 2, 0, and the gradient (2x, 0), (0, 2y), (y, x).
    let around = |f: fn(f32, f32) -> f32, x: f32, y: f32| Neighbourhood {
        nw: f(x - 1.0, y - 1.0),
        n: f(x, y - 1.0),
        ne: f(x + 1.0, y - 1.0),
        w: f(x - 1.0, y),
        centre: f(x, y),
        e: f(x + 1.0, y),
        sw: f(x - 1.0, y + 1.0),
        s: f(x, y + 1.0),
        se: f(x + 1.0, y + 1.0),
    };
    type Known = (fn(f32, f32) -> f32, f32, (f32, f32));
    let known: [Known; 3] =
        [(|x, _| x * x, 2.0, (6.0, 0.0)), (|_, y| y * y, 2.0, (0.0, 10.0)), (|x, y| x * y, 0.0, (5.0, 3.0))];
    for (f, laplacian, gradient) in known {
        let a = around(f, 3.0, 5.0);
        assert_eq!((a.laplacian(), a.gradient()), (laplacian, gradient));
        assert!((a.isotropic_laplacian() - laplacian).abs() < 1e-4);
    }
}

#[test]
#[should_panic(expected = "the rule reads 2 planes")]
fn missing_planes_are_reported() {
    mix(
        &Mix(1.0),
        &Field::new(4, 4, 1),
        [Pointwise::Uniform(0.0)],
        Boundary::Periodic,
        &mut Field::default(),
    );
}
