//! The energy against its formulas, its gradient against differences, sums over cells against sums over all.

use proptest::prelude::{prop_assert, proptest};

use super::descent::Descent;
use super::energy::{Energy, Natural};
use super::*;
use crate::swarm::bins::nearest;
use crate::swarm::particle_life::crowd::Space;
use crate::testing::{all_shown, assert_same_everywhere, shown};
use world::system::{Phase, Texts, Touch};

type Places = Vec<[f64; 2]>;

fn any(n: usize, extent: [f64; 2], seed: u64) -> Places {
    let at = |i: u64, k: u64| Rng::new(seed).fork(i).unit64(k) * extent[k as usize];
    (0..n as u64).map(|i| [at(i, 0), at(i, 1)]).collect()
}

/// (U, R) at a place, in units, from the formulas of the paper, over all but the particle itself in R.
fn fields(places: &Places, i: usize, e: &Energy<f64>, unit: f64, space: &Space<f64>) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for (j, place) in places.iter().enumerate() {
        let d = [0, 1].map(|k| {
            let d = place[k] - places[i][k];
            if space.wraps[k] { nearest(d, space.extent[k]) } else { d }
        });
        let r = (d[0] * d[0] + d[1] * d[1]).sqrt() / unit;
        let ring = (r - e.mu_k) / e.sigma_k;
        sums[0] += e.w_k * libm::exp(-ring * ring);
        sums[1] += if i == j { 0.0 } else { e.c_rep / 2.0 * (1.0 - r).max(0.0) * (1.0 - r).max(0.0) };
    }
    sums
}

fn energy_at(places: &Places, i: usize, e: &Energy<f64>, unit: f64, space: &Space<f64>) -> f64 {
    let [u, r] = fields(places, i, e, unit, space);
    let z = (u - e.mu_g) / e.sigma_g;
    r - libm::exp(-z * z)
}

fn total(places: &Places, e: &Energy<f64>, unit: f64, space: &Space<f64>) -> f64 {
    (0..places.len()).map(|i| energy_at(places, i, e, unit, space)).sum()
}

fn felt(places: &Places, e: &Energy<f64>, unit: f64, descent: Descent, space: &Space<f64>) -> Vec<[f64; 4]> {
    let mut lenia = Lenia::new(places);
    lenia.feel(e, unit, descent, space);
    let mut all = vec![[0.0; 4]; places.len()];
    for (i, name) in lenia.crowd.name.iter().enumerate() {
        all[number_of(*name)] = [lenia.field[i], lenia.repulsion[i], lenia.down[0][i], lenia.down[1][i]];
    }
    all
}

#[test]
fn the_parameters_are_the_papers() {
    let e = Energy::default();
    assert!((e.w_k - 0.022).abs() < 5e-4, "{}", e.w_k);
    // The kernel's integral over the plane is 1.
    for e in [e, Energy::new([1.0, 0.7], [0.5, 0.1], 1.0)] {
        let ring = |r: f64| core::f64::consts::TAU * r * e.kernel(r)[0];
        let integral: f64 = (0..200_000).map(|i| ring((i as f64 + 0.5) * 1e-4) * 1e-4).sum();
        assert!((integral - 1.0).abs() < 1e-6, "{integral}");
        assert!(e.kernel(e.reach())[0] < 1.0001e-6 * e.w_k);
    }
}

#[test]
fn the_fast_exponential_is_one() {
    for i in 0..6000 {
        let z = i as f32 * 0.01;
        let exact = libm::exp(-z as f64);
        assert!((z.falling() as f64 / exact - 1.0).abs() < 2e-7 * (1.0 + z as f64), "{z}");
    }
    assert_eq!(0f32.falling(), 1.0);
}

proptest! {
    /// Up to what is left of the kernel beyond its cut.
    #[test]
    fn sums_over_cells_are_sums_over_all(
        n in 1usize..120, w in 0.2f64..4.0, h in 0.2f64..4.0, unit in 0.01f64..0.3, across: bool, down: bool, seed: u64,
    ) {
        let (space, e) = (Space { extent: [w, h], wraps: [across, down] }, Energy::default());
        let places = any(n, space.extent, seed);
        for (i, [u, r, ..]) in felt(&places, &e, unit, Descent::Own, &space).into_iter().enumerate() {
            let slow = fields(&places, i, &e, unit, &space);
            prop_assert!((u - slow[0]).abs() < 1e-6 && (r - slow[1]).abs() < 1e-9, "{u} {r} {slow:?}");
        }
    }

    /// Of the energy of all by moving each, and of each one's own by moving it while the others stand still.
    #[test]
    fn descent_is_the_slope_of_the_energy(n in 2usize..40, seed: u64, own: bool) {
        let (space, e, unit) = (Space { extent: [1.5, 1.0], wraps: [true; 2] }, Energy::default(), 0.05);
        let places = any(n, space.extent, seed);
        let descent = if own { Descent::Own } else { Descent::Total };
        for (i, [_, _, x, y]) in felt(&places, &e, unit, descent, &space).into_iter().enumerate().take(6) {
            let slope = |k: usize| {
                let step = 1e-6;
                let at = |by: f64| {
                    let mut moved = places.clone();
                    moved[i][k] += by * step * unit;
                    if own { energy_at(&moved, i, &e, unit, &space) } else { total(&moved, &e, unit, &space) }
                };
                (at(1.0) - at(-1.0)) / (2.0 * step)
            };
            // Beyond the cut there is a little slope.
            prop_assert!((x + slope(0)).abs() < 1e-4 && (y + slope(1)).abs() < 1e-4, "{x} {} {y} {}", slope(0), slope(1));
        }
    }

    #[test]
    fn the_energy_of_all_never_rises_in_small_steps(n in 2usize..80, seed: u64) {
        let (space, e, unit) = (Space { extent: [1.5, 1.0], wraps: [true; 2] }, Energy::default(), 0.05);
        let mut lenia = Lenia::new(&any(n, space.extent, seed));
        let mut last = f64::MAX;
        for _ in 0..60 {
            lenia.step(&e, unit, Descent::Total, 0.01, &space);
            lenia.feel(&e, unit, Descent::Total, &space);
            let now = lenia.energy(&e);
            prop_assert!(now <= last + 1e-7, "{last} {now}");
            last = now;
        }
    }
}

/// Which is why it does not come to rest.
#[test]
fn descending_one_s_own_energy_may_raise_that_of_all() {
    let (space, e, unit) = (Space { extent: [1.5, 1.0], wraps: [true; 2] }, Energy::default(), 0.05);
    let rises = |descent: Descent| {
        let mut lenia = Lenia::new(&any(100, [0.6; 2], 1));
        let energies = (0..400).map(|_| {
            lenia.step(&e, unit, descent, 0.1, &space);
            lenia.feel(&e, unit, descent, &space);
            lenia.energy(&e)
        });
        let energies: Vec<f64> = energies.collect();
        energies.windows(2).filter(|pair| pair[1] > pair[0] + 1e-6).count()
    };
    assert!(rises(Descent::Own) > 20 && rises(Descent::Total) == 0);
}

const SIZE: (usize, usize) = (64, 36);

fn few() -> Knobs {
    Knobs { particles: 300, unit: 0.04, ..Knobs::default() }
}

fn born(knobs: &Knobs) -> ParticleLenia {
    let texts = Texts::default();
    ParticleLenia::new(knobs, &InitContext { width: SIZE.0, height: SIZE.1, rng: Rng::new(4), texts: &texts })
        .unwrap()
}

fn run(knobs: &Knobs, ticks: u64, inputs: &[Option<&Field>], touches: &[Touch]) -> ParticleLenia {
    let mut world = born(knobs);
    for tick in 0..ticks {
        world.step(
            knobs,
            &Env { tick, dt: 1.0 / 60.0, rng: Rng::new(2).fork(tick), inputs, touches, switches: &[] },
        );
    }
    world
}

fn touch(strength: f32) -> Touch {
    Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.4, strength, phase: Phase::Move }
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let slope = Field::from_fn(SIZE.0, SIZE.1, |x, y| (x * y % 7) as f32 * 0.1);
    for descent in [Descent::Own, Descent::Total] {
        let knobs = Knobs { descent, pace: 20.0, ..few() };
        assert_same_everywhere(|| {
            all_shown(&run(&knobs, 4, &[None, Some(&slope), Some(&slope)], &[touch(1.0)]), SIZE)
        });
    }
}

/// What is shown of the field is what the particles feel.
#[test]
fn fields_are_shown_as_they_are() {
    let world = run(&few(), 120, &[None; 3], &[]);
    let size = (320, 180);
    let [u, g, e] =
        [Output::Field, Output::Growth, Output::Energy].map(|port| shown(&world, port, &View::WHOLE, size));
    let crowd = &world.lenia.crowd;
    let (mut worst, energy) = (0.0f64, few().energy());
    for i in 0..crowd.len() {
        let at = |field: &Field| field.at_fraction(0, (crowd.x[i] * 9.0 / 16.0) as f64, crowd.y[i] as f64);
        worst = worst.max((at(&u) - world.lenia.field[i] as f64).abs());
        assert!(at(&e) > -at(&g) - 1e-6);
        // The sharpest part of the growth is between cells of the picture.
        let growth = energy.growth(world.lenia.field[i])[0] as f64;
        assert!((at(&g) - growth).abs() < 0.2, "{} {growth}", at(&g));
    }
    assert!(worst < 0.03, "{worst}");
}

#[test]
fn touches_gather_and_scatter_and_inputs_carry() {
    let knobs =
        Knobs { pace: 0.0, push: 1.0, border: crate::swarm::particle_life::knobs::Border::Walls, ..few() };
    let middle = [8.0 / 9.0, 0.5f32];
    let far = |world: &ParticleLenia| {
        let crowd = &world.lenia.crowd;
        let far = |(x, y): (&f32, &f32)| libm::hypotf(x - middle[0], y - middle[1]);
        crowd.x.iter().zip(&crowd.y).map(far).sum::<f32>() / 300.0
    };
    let after = |touches: &[Touch]| far(&run(&knobs, 10, &[None; 3], touches));
    let still = after(&[]);
    let (gathered, scattered) = (after(&[touch(1.0)]), after(&[touch(-1.0)]));
    assert!(gathered < 0.97 * still && scattered > 1.02 * still, "{gathered} {still} {scattered}");
    let hill =
        Field::from_fn(SIZE.0, SIZE.1, |x, y| -8.0 * libm::hypotf(x as f32 - 31.5, y as f32 - 17.5) / 36.0);
    assert!(far(&run(&knobs, 20, &[None, Some(&hill), None], &[])) < 0.95 * still);
    let mut wind = Field::new(SIZE.0, SIZE.1, 2);
    wind.plane_mut(0).fill(1.0);
    let mean = |world: &ParticleLenia| world.lenia.crowd.x.iter().sum::<f32>() / 300.0;
    let (blown, calm) = (run(&knobs, 20, &[Some(&wind), None, None], &[]), run(&knobs, 20, &[None; 3], &[]));
    assert!(mean(&blown) > mean(&calm) + 0.02);
}

/// With all of them within reach a tick goes through samples, of which the field is about that of all.
#[test]
fn a_sample_stands_for_all() {
    let knobs = Knobs { particles: 8000, unit: 0.2, ..Knobs::default() };
    let mut world = born(&knobs);
    let all = |lenia: &Lenia<f32>| lenia.field.iter().map(|u| *u as f64).sum::<f64>() / 8000.0;
    let sampled = all(&world.lenia);
    assert!(world.message().is_some());
    world.lenia.budget = None;
    world.settle();
    assert!(world.message().is_none());
    assert!((sampled / all(&world.lenia) - 1.0).abs() < 0.02, "{sampled} {}", all(&world.lenia));
}

#[test]
fn obstacles_keep_particles_out() {
    let field = Field::from_fn(SIZE.0, SIZE.1, |x, _| (x.abs_diff(32) < 8) as u8 as f32);
    let inside = |world: &ParticleLenia| {
        let crowd = &world.lenia.crowd;
        let within = |(x, y): (&f32, &f32)| field.at_fraction(0, (x * 9.0 / 16.0) as f64, *y as f64) > 0.5;
        crowd.x.iter().zip(&crowd.y).filter(|at| within(*at)).count()
    };
    assert!(inside(&born(&few())) > 20);
    assert_eq!(inside(&run(&few(), 300, &[None, None, Some(&field)], &[])), 0);
}
