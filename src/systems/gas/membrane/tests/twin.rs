//! A step, cell by cell in f64, from the formulas.

use super::super::outline::{Outline, Rim};
use super::super::skin::{Physics, Push, Skin};
use world::rng::Rng;

#[test]
fn steps_are_those_of_a_plain_version() {
    for (seed, (w, h), rim, stiff) in [
        (1, (19, 13), Rim::Held, false),
        (2, (300, 120), Rim::Held, false),
        (3, (24, 31), Rim::Held, true),
        (4, (22, 9), Rim::Free, false),
    ] {
        let r = Rng::new(seed);
        let outline = Outline::new((w, h), rim, |x, y| {
            let (dx, dy) = ((x as f32 + 0.5) / w as f32 - 0.5, (y as f32 + 0.5) / h as f32 - 0.5);
            0.2 - dx * dx - dy * dy + 0.04 * libm::sinf(20.0 * dx)
        });
        let physics = Physics {
            speed: 20_000.0,
            stiffness: if stiff { 5000.0 } else { 0.0 },
            damping: 30.0,
            smoothing: 500.0,
            bedding: 40.0,
            rate: 48_000.0,
        };
        assert!(physics.load() < 1.0);
        let mut skin = Skin::new(outline.clone(), rim);
        let number = |k: u64, x: usize, y: usize| r.fork(k).unit((y * w + x) as u64) - 0.5;
        skin.fill(|x, y| [number(0, x, y), number(1, x, y)]);
        let cell = |u: &[f64], x: usize, y: usize| u[outline.at(x, y)];
        let each = |f: &dyn Fn(usize, usize) -> f64| {
            let mut plane = vec![0.0; outline.floats()];
            (0..w * h).for_each(|i| plane[outline.at(i % w, i / w)] = f(i % w, i / w));
            plane
        };
        let skins = each(&|x, y| outline.skin[outline.at(x, y)] as f64);
        let mut now = each(&|x, y| number(0, x, y) as f64 * cell(&skins, x, y));
        let mut old = each(&|x, y| number(1, x, y) as f64 * cell(&skins, x, y));
        let curve = |u: &[f64]| {
            each(&|x, y| {
                let (at, s) = (outline.at(x, y), outline.stride());
                if skins[at] == 0.0 {
                    return 0.0;
                }
                [at - 1, at + 1, at - s, at + s].iter().map(|&n| u[n]).sum::<f64>()
                    - outline.diagonal[at] as f64 * u[at]
            })
        };
        let push = [vec![0.3f32; outline.floats()], vec![-0.2f32; outline.floats()]];
        let k = 1.0 / physics.rate;
        for step in 0..25 {
            let part = step as f32 / 25.0;
            skin.step(physics.factors(), Some(Push { fields: [&push[0], &push[1]], part, scale: 1e-3 }));
            let (l, last) = (curve(&now), curve(&old));
            let bent = curve(&l);
            let next: Vec<f64> = (0..now.len())
                .map(|i| {
                    let force = physics.speed * physics.speed * l[i]
                        + 2.0 * physics.smoothing * (l[i] - last[i]) / k
                        - physics.stiffness * physics.stiffness * bent[i]
                        - physics.bedding * physics.bedding * now[i];
                    let free = 2.0 * now[i] - (1.0 - physics.damping * k) * old[i] + k * k * force;
                    free / (1.0 + physics.damping * k) + skins[i] * 1e-3 * (0.3 - 0.2 * part as f64)
                })
                .collect();
            (old, now) = (now, next);
        }
        let far =
            skin.displacement().iter().zip(&now).map(|(a, b)| (*a as f64 - b).abs()).fold(0.0, f64::max);
        assert!(far < 2e-5, "{w}×{h}: {far}");
        assert!(outline.cells > w * h / 4 && outline.cells < w * h);
    }
}
