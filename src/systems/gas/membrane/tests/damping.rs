//! Energy: kept where nothing damps, and lost as the damping says.

use super::super::knobs::MembraneKnobs;
use super::super::outline::Rim;
use super::super::skin::{Physics, Skin};
use super::{displaced, full};
use world::rng::Rng;

const PI: f64 = core::f64::consts::PI;

fn noise(skin: &mut Skin, seed: u64) {
    let (w, rng) = (skin.outline().width, Rng::new(seed));
    skin.fill(|x, y| {
        let v = rng.unit((y * w + x) as u64) - 0.5;
        [v, v]
    });
}

#[test]
fn energy_is_kept() {
    let ragged = super::super::outline::Outline::new((40, 30), Rim::Held, |x, y| {
        let (dx, dy) = (x as f32 - 19.3, y as f32 - 14.1);
        12.0 - (dx * dx + dy * dy).sqrt() + 2.0 * libm::sinf(3.0 * dx) + libm::sinf(0.9 * dy)
    });
    for (outline, rim) in
        [(ragged, Rim::Held), (full(40, 30, Rim::Held), Rim::Held), (full(40, 30, Rim::Free), Rim::Free)]
    {
        let mut skin = Skin::new(outline, rim);
        noise(&mut skin, 2);
        let physics = Physics { speed: 30_000.0, rate: 48_000.0, ..Physics::default() };
        skin.step(physics.factors(), None);
        let before = skin.energy(&physics);
        (0..20_000).for_each(|_| skin.step(physics.factors(), None));
        let after = skin.energy(&physics);
        assert!((after / before - 1.0).abs() < 2e-3 && before > 0.0, "{before} {after}");
    }
}

/// A mode with wave number k loses 2(σ₀ + σ₁k²) of its energy a second.
#[test]
fn energy_decays_as_the_damping_says() {
    let n = 48.0;
    for (damping, smoothing) in [(2.0, 0.0), (20.0, 0.0), (0.0, 900.0), (5.0, 400.0)] {
        for (a, b) in [(1.0, 1.0), (3.0, 2.0), (5.0, 5.0)] {
            let physics =
                Physics { speed: 15_000.0, damping, smoothing, rate: 48_000.0, ..Physics::default() };
            let (mut skin, _) = displaced(full(48, 48, Rim::Held), Rim::Held, |x, y| {
                libm::sin(a * PI * x / n) * libm::sin(b * PI * y / n)
            });
            let square = 4.0
                * (libm::sin(a * PI / n / 2.0) * libm::sin(a * PI / n / 2.0)
                    + libm::sin(b * PI / n / 2.0) * libm::sin(b * PI / n / 2.0));
            let wanted = damping + smoothing * square;
            let steps = (2.0 * physics.rate / wanted) as usize;
            skin.step(physics.factors(), None);
            let before = skin.energy(&physics);
            (0..steps).for_each(|_| skin.step(physics.factors(), None));
            let found = 0.5 * libm::log(before / skin.energy(&physics)) / (steps as f64 / physics.rate);
            // Energy also beats with the motion, by twice the damping over the frequency.
            assert!(
                (found / wanted - 1.0).abs() < 0.02,
                "{damping} {smoothing} ({a}, {b}): {found}, not {wanted}"
            );
        }
    }
}

#[test]
fn the_knobs_give_the_times_that_they_name() {
    let knobs = MembraneKnobs { t60: 1.5, t60_high: 0.2, pitch: 100.0, ..MembraneKnobs::default() };
    let physics = knobs.physics((64, 64), 48_000.0);
    let lowest = PI * 2f64.sqrt() / 64.0;
    assert!((physics.speed * lowest / (2.0 * PI) - 100.0).abs() < 1e-4, "pitch");
    let t60 = |sigma: f64| libm::log(1000.0) / sigma;
    assert!((t60(physics.damping) - 1.5).abs() < 1e-5);
    let wave = 2.0 * PI * 2000.0 / physics.speed;
    assert!((t60(physics.damping + physics.smoothing * wave * wave) - 0.2).abs() < 1e-5);
}

/// Whatever the knobs ask for, what is made of it is stable: noise dies away.
#[test]
fn limited_physics_is_stable() {
    let rng = Rng::new(12);
    for k in 0..60u64 {
        let r = rng.fork(k);
        let rim = if k % 2 == 0 { Rim::Held } else { Rim::Free };
        let any = |i: u64, most: f64| libm::exp(libm::log(most) * r.unit64(i));
        let asked = Physics {
            speed: any(0, 1e6) * (k % 3).min(1) as f64,
            stiffness: any(1, 1e6) * (k % 5).min(1) as f64,
            damping: any(2, 1e3),
            smoothing: any(3, 1e6) * (k % 7).min(1) as f64,
            bedding: if rim == Rim::Free { any(4, 1e5) } else { 0.0 },
            rate: 48_000.0 / (1 + k % 5) as f64,
        };
        let (physics, slower) = asked.stable();
        assert!(physics.load() <= 1.0 + 1e-9 && slower <= 1.0 && slower > 0.0);
        let mut skin = Skin::new(full(13, 9, rim), rim);
        noise(&mut skin, k);
        (0..30).for_each(|_| skin.step(physics.factors(), None));
        let before = skin.most();
        (0..3000).for_each(|_| skin.step(physics.factors(), None));
        assert!(skin.most() <= 2.5 * before + 0.6, "{k}: {before} to {} with {physics:?}", skin.most());
    }
}
