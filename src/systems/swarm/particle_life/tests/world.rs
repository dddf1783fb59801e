//! The world: what is written, wired in, touched and shown.

use ::world::system::{Phase, Touch};

use super::super::*;
use crate::testing::{all_shown, assert_same_everywhere, shown};

fn life(texts: &Texts, knobs: &Knobs) -> Result<ParticleLife, Fault> {
    ParticleLife::new(knobs, &InitContext { width: 64, height: 36, rng: Rng::new(4), texts })
}

fn few() -> Knobs {
    Knobs { particles: 400, ..Knobs::default() }
}

fn env<'a>(inputs: &'a [Option<&'a Field>], touches: &'a [Touch]) -> Env<'a> {
    Env { tick: 0, dt: 1.0 / 60.0, rng: Rng::new(2), inputs, touches, switches: &[] }
}

fn touch(strength: f32) -> Touch {
    Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.4, strength, phase: Phase::Move }
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    assert_same_everywhere(|| {
        let (knobs, slope) = (few(), Field::from_fn(64, 36, |x, y| (x * y % 7) as f32 * 0.1));
        let mut world = life(&Texts::default(), &knobs).unwrap();
        for _ in 0..6 {
            world.step(&knobs, &env(&[None, Some(&slope), Some(&slope)], &[touch(1.0)]));
        }
        all_shown(&world, (64, 36))
    });
}

#[test]
fn matrices_are_read_and_faults_are_told() {
    let read = |text: &str| Matrix::parse("matrix", text);
    let one = read("1 -2.5; 0.5,\t1e-1\n").unwrap();
    assert_eq!(
        (one.kinds, one.rows[0][..2].to_vec(), one.rows[1][..2].to_vec()),
        (2, vec![1.0, -2.5], vec![0.5, 0.1])
    );
    assert_eq!((one.rows[0][2], one.rows[2][0]), (0.0, 0.0));
    for (text, expected) in [
        ("", "matrix has 0 rows; expected 1 to 16, as many as kinds"),
        ("1 2; 3", "row 2 of matrix has 1 numbers; expected 2, as many as rows"),
        ("1 2\n3 x", "row 2 of matrix: `x` is no number"),
        ("1 11; 0 0", "row 1 of matrix: 11 is beyond ±10"),
        ("1 NaN; 0 0", "row 1 of matrix: NaN is beyond ±10"),
    ] {
        let fault = read(text).unwrap_err();
        assert_eq!((fault.at.as_str(), fault.message.as_str()), ("matrix", expected));
    }
    assert!(read(&"0;".repeat(17)).unwrap_err().message.contains("17 rows"));
    let texts = Texts::default().with("matrix", "1 0; 0 1").with("matrix_b", "1");
    let faults = ParticleLife::check(&texts);
    assert_eq!((faults.len(), faults[0].at.as_str()), (1, "matrix_b"));
    assert!(life(&texts, &few()).is_err());
    assert_eq!(ParticleLife::check(&Texts::default().with("matrix", "x").with("matrix_b", "y")).len(), 2);
}

#[test]
fn morph_goes_from_one_matrix_to_the_other() {
    let texts = Texts::default().with("matrix", "1 0; 0 1").with("matrix_b", "0 -1; 1 0");
    let law = |morph: f32| life(&texts, &Knobs { morph, attraction: 2.0, ..few() }).unwrap().law().matrix;
    assert_eq!([law(0.0)[0][0], law(0.0)[0][1], law(1.0)[0][1], law(1.0)[1][0]], [2.0, 0.0, -2.0, 2.0]);
    assert_eq!([law(0.25)[0][0], law(0.25)[0][1]], [1.5, -0.5]);
    // Written matrices say how many kinds there are; drawn ones differ from each other.
    let kinds =
        |world: &ParticleLife| world.particles().crowd.name.iter().map(|n| kind_of(*n)).max().unwrap() + 1;
    assert_eq!(
        (kinds(&life(&texts, &few()).unwrap()), kinds(&life(&Texts::default(), &few()).unwrap())),
        (2, 6)
    );
    let drawn = life(&Texts::default(), &few()).unwrap();
    assert_ne!(drawn.matrices[0], drawn.matrices[1]);
}

/// Mean distance to the middle of the world, and mean velocity, after some ticks.
fn after(inputs: &[Option<&Field>], touches: &[Touch]) -> (f32, [f32; 2]) {
    let knobs = Knobs { force: 0.0, border: knobs::Border::Walls, ..few() };
    let mut world = life(&Texts::default(), &knobs).unwrap();
    (0..20).for_each(|_| world.step(&knobs, &env(inputs, touches)));
    let crowd = &world.particles.crowd;
    let far = |(x, y): (&f32, &f32)| libm::hypotf(x - 8.0 / 9.0, y - 0.5);
    let far = crowd.x.iter().zip(&crowd.y).map(far).sum::<f32>() / 400.0;
    (far, [world.read(Readout::MomentumX), world.read(Readout::MomentumY)])
}

#[test]
fn touches_gather_and_scatter() {
    let still = after(&[None; 3], &[]);
    assert_eq!(still.1, [0.0; 2]);
    let (gathered, scattered) = (after(&[None; 3], &[touch(1.0)]).0, after(&[None; 3], &[touch(-1.0)]).0);
    assert!(gathered < 0.95 * still.0 && scattered > 1.05 * still.0, "{gathered} {} {scattered}", still.0);
}

#[test]
fn inputs_carry_and_attract() {
    let mut wind = Field::new(64, 36, 2);
    wind.plane_mut(0).fill(0.5);
    wind.plane_mut(1).fill(-1.0);
    let (_, [u, v]) = after(&[Some(&wind), None, None], &[]);
    // Between walls some have turned back.
    assert!(u > 0.05 && v < -0.1, "{u} {v}");
    let hill =
        Field::from_fn(64, 36, |x, y| 4.0 - 4.0 * libm::hypotf(x as f32 - 31.5, y as f32 - 17.5) / 36.0);
    assert!(after(&[None, Some(&hill), None], &[]).0 < 0.95 * after(&[None; 3], &[]).0);
}

/// Whoever is inside a solid at the start is soon out of it, and no wind blows anyone in.
#[test]
fn obstacles_keep_particles_out() {
    let solid = |x: usize, y: usize| x.abs_diff(32) < 8 && y.abs_diff(18) < 8;
    let field = Field::from_fn(64, 36, |x, y| solid(x, y) as u8 as f32);
    let mut wind = Field::new(64, 36, 2);
    wind.plane_mut(0).fill(3.0);
    let knobs = Knobs { wind_gain: 1.0, ..few() };
    let mut world = life(&Texts::default(), &knobs).unwrap();
    let inside = |world: &ParticleLife| {
        let crowd = &world.particles.crowd;
        let within = |(x, y): (&f32, &f32)| field.at_fraction(0, (x * 9.0 / 16.0) as f64, *y as f64) > 0.5;
        crowd.x.iter().zip(&crowd.y).filter(|at| within(*at)).count()
    };
    assert!(inside(&world) > 20);
    for _ in 0..200 {
        world.step(&knobs, &env(&[Some(&wind), None, Some(&field)], &[]));
    }
    for _ in 0..50 {
        world.step(&knobs, &env(&[Some(&wind), None, Some(&field)], &[]));
        assert_eq!(inside(&world), 0);
    }
}

#[test]
fn scattered_particles_are_not_clustered_and_a_heap_is() {
    let knobs = Knobs { particles: 20_000, r_max: 0.05, ..Knobs::default() };
    let mut world = life(&Texts::default(), &knobs).unwrap();
    assert!((world.read(Readout::Clustering) - 1.0).abs() < 0.05);
    world.particles.crowd.x.fill(0.3);
    world.particles.crowd.y.fill(0.3);
    world.step(&knobs, &env(&[None; 3], &[]));
    assert!(world.read(Readout::Clustering) > 100.0);
}

#[test]
fn particles_are_bodies_of_what_shows_them() {
    let world = life(&Texts::default(), &few()).unwrap();
    let count = |port: Output| {
        let mut all = Vec::new();
        world.bodies(port, &mut all);
        assert!(all.iter().all(Body::is_sane));
        all.len()
    };
    assert!(count(Output::Picture) >= 400 && count(Output::Velocity) == 0);
    let ones = world.particles.crowd.name.iter().filter(|name| kind_of(**name) == 1).count();
    assert!(count(Output::Kind2) >= ones && count(Output::Kind2) < ones + 20);
}

/// What is shown of a density at any size is the same amount of light.
#[test]
fn a_dot_is_as_bright_at_any_size() {
    let knobs = Knobs { particles: 200, radius: 0.008, ..Knobs::default() };
    let world = life(&Texts::default(), &knobs).unwrap();
    let mean = |size: (usize, usize)| shown(&world, Output::Density, &View::WHOLE, size).mean(0);
    let (large, small) = (mean((640, 360)), mean((64, 36)));
    assert!((large / small - 1.0).abs() < 0.1, "{large} {small}");
    // The profile's integral is (0.85 / 7 + 0.15 / 3) of the disc to the rim.
    let expected = 200.0 * core::f64::consts::PI * 0.024 * 0.024 * (0.85 / 7.0 + 0.15 / 3.0) / (16.0 / 9.0);
    assert!((large / expected - 1.0).abs() < 0.01, "{large} {expected}");
}
