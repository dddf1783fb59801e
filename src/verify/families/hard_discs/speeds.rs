//! Speeds in equilibrium.

use super::measure::Bath;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Relative, of closed forms.
const EXACT: f64 = 1e-12;
const DISCS: usize = 2000;
const SAMPLES: usize = 58;
/// Velocities that a kurtosis is taken over, in each direction.
const VELOCITIES: usize = 400_000;

/// The figure of speeds in ascending order, and how close a run comes, relative.
type Measured = (fn(&[f64]) -> f64, f64);

/// A figure of Maxwell's distribution for m = kT = 1 in two dimensions.
struct Figure {
    name: &'static str,
    exact: f64,
    /// None if only the closed form is compared.
    measured: Option<Measured>,
}

fn figures() -> Vec<Figure> {
    fn mean(speeds: &[f64], f: impl Fn(f64) -> f64) -> f64 {
        speeds.iter().map(|v| f(*v)).sum::<f64>() / speeds.len() as f64
    }
    let root = |x: f64| x.sqrt();
    let of = |name, exact, measured| Figure { name, exact, measured };
    let half = root(std::f64::consts::FRAC_PI_2);
    vec![
        of("mean_speed", half, Some((|s| mean(s, |v| v), 0.005))),
        // Energy is conserved, so that this is exact in a run, too.
        of("mean_v2", 2.0, Some((|s| mean(s, |v| v * v), 1e-9))),
        of("mean_v4", 8.0, Some((|s| mean(s, |v| v * v * v * v), 0.01))),
        of("mean_v6", 48.0, Some((|s| mean(s, |v| v * v * v * v * v * v), 0.03))),
        of("mean_inverse_speed", half, Some((|s| mean(s, |v| 1.0 / v), 0.02))),
        of("rms", root(2.0), Some((|s| mean(s, |v| v * v).sqrt(), 1e-9))),
        of("median", root(2.0 * std::f64::consts::LN_2), Some((|s| s[s.len() / 2], 0.01))),
        of("mode", 1.0, None),
        // ⟨v⁴⟩ is 8/3 of ⟨vₓ⁴⟩, for any direction is as likely.
        of("component_kurtosis", 3.0, Some((|s| mean(s, |v| v * v * v * v) * 0.375, 0.01))),
    ]
}

/// Figures of Maxwell's distribution: closed forms, and what a run shows.
pub fn maxwell(given: &Field) -> Result<Job, Fault> {
    let mut known = Vec::new();
    for figure in figures() {
        let field = given.get(figure.name);
        if !field.is_absent() {
            known.push((field.number()?, figure));
        }
    }
    let below = given.get("fraction_below");
    let mut shares = Vec::new();
    if !below.is_absent() {
        for (key, share) in below.object()? {
            let speed = key.parse().ok().filter(|v| (0.0..=100.0).contains(v));
            let speed: f64 = speed.ok_or_else(|| share.fault("expected a speed from 0 to 100 as the key"))?;
            shares.push((key.to_string(), speed, share.within(0.0..=1.0)?));
        }
    }
    if known.is_empty() && shares.is_empty() {
        return Err(given.fault("expected figures such as `mean_speed`, found none"));
    }
    Ok(Job::one("speeds in equilibrium", move || {
        let speeds = sampled()?;
        let mut checks = Vec::new();
        for (given, figure) in &known {
            checks.push(Check::relative(figure.name, figure.exact, *given, EXACT));
            if let Some((of, close)) = figure.measured {
                checks.push(Check::relative(format!("{} by a run", figure.name), of(&speeds), *given, close));
            }
        }
        for (key, speed, given) in &shares {
            let exact = -libm::expm1(-0.5 * speed * speed);
            let found = speeds.partition_point(|v| v < speed) as f64 / speeds.len() as f64;
            checks.push(Check::above(format!("fraction_below {key}"), exact, *given, EXACT, 1e-3));
            checks.push(Check::absolute(format!("fraction_below {key} by a run"), found, *given, 0.005));
        }
        Ok(checks)
    }))
}

/// Speeds of a run, in ascending order.
fn sampled() -> Result<Vec<f64>, Fault> {
    let mut bath = Bath::new(DISCS, 0.157)?;
    bath.run(10 * DISCS as u64)?;
    let mut speeds = Vec::with_capacity(SAMPLES * DISCS);
    for _ in 0..SAMPLES {
        bath.run(5 * DISCS as u64)?;
        speeds.extend(bath.velocities().map(|[u, v]| (u * u + v * v).sqrt()));
    }
    speeds.sort_by(f64::total_cmp);
    Ok(speeds)
}

/// Kurtosis of one part of the velocity of so many discs: closed form, and what a run shows.
pub fn kurtosis(discs: u64, given: &Field) -> Result<Job, Fault> {
    if !(4..=10_000).contains(&discs) {
        return Err(given.fault(format!("expected 4 to 10000 discs as the key, found {discs}")));
    }
    let (n, given) = (discs as usize, given.number()?);
    Ok(Job::one(format!("kurtosis of {n} discs"), move || {
        let free = 2.0 * (discs as f64 - 1.0);
        let mut bath = Bath::new(n, 0.2)?;
        bath.run(20 * discs)?;
        let (mut squares, mut fourths) = (0.0, 0.0);
        let samples = VELOCITIES.div_ceil(n);
        for _ in 0..samples {
            bath.run(2 * discs)?;
            for v in bath.velocities().flatten() {
                squares += v * v;
                fourths += v * v * v * v;
            }
        }
        let found = fourths * (2 * n * samples) as f64 / (squares * squares);
        Ok(vec![
            Check::relative("kurtosis", 3.0 * free / (free + 2.0), given, EXACT),
            Check::relative("kurtosis by a run", found, given, 0.02),
        ])
    }))
}
