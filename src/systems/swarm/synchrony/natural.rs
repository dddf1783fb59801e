//! Natural frequencies: the quantiles of a distribution, dealt out in random order. So a few hundred oscillators are spread
//! as evenly as theory's infinitely many.

use rayon::prelude::*;

use world::rng::Rng;

world::choices! {
    /// How natural frequencies are distributed.
    pub enum Distribution {
        /// Normal; the spread is its standard deviation.
        Gaussian: "gaussian",
        /// Cauchy and Lorentz; the spread is its half width at half height. Cut off at a hundred spreads.
        Lorentz: "lorentz",
        /// All equally often; the spread is its half width.
        Uniform: "uniform",
    }
}

/// Largest deviation, spreads.
const MOST: f64 = 100.0;

/// The value below which a share `p` of 0..1 lies, in spreads.
pub fn quantile(distribution: Distribution, p: f64) -> f64 {
    match distribution {
        Distribution::Gaussian => normal(p),
        Distribution::Lorentz => libm::tan(core::f64::consts::PI * (p - 0.5)),
        Distribution::Uniform => 2.0 * p - 1.0,
    }
}

/// Shares (k + ½)/n, each once, in random order.
pub fn shares(n: usize, rng: Rng) -> Vec<f32> {
    let mut order: Vec<(u64, u32)> = (0..n as u32).map(|i| (rng.bits(i as u64), i)).collect();
    order.par_sort_unstable();
    let mut shares = vec![0.0; n];
    for (k, (_, i)) in order.into_iter().enumerate() {
        shares[i as usize] = ((k as f64 + 0.5) / n as f64) as f32;
    }
    shares
}

/// Deviations from the mean frequency at these shares, spreads.
pub fn deviations(distribution: Distribution, shares: &[f32]) -> Vec<f32> {
    let of = |&p: &f32| quantile(distribution, (p as f64).clamp(1e-9, 1.0 - 1e-9)).clamp(-MOST, MOST) as f32;
    shares.par_iter().with_min_len(1024).map(of).collect()
}

/// Quantile of the normal distribution, to 1e-7 (Wichura 1988, PPND7).
fn normal(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        let above = ((59.109_374_72 * r + 159.291_132_02) * r + 50.434_271_938) * r + 3.387_132_717_9;
        return q * above / (((67.187_563_6 * r + 78.757_757_664) * r + 17.895_169_469) * r + 1.0);
    }
    let r = (-libm::log(p.min(1.0 - p))).sqrt();
    let tail = if r <= 5.0 {
        let r = r - 1.6;
        let above = ((0.170_238_211_03 * r + 1.306_728_481_6) * r + 2.756_815_39) * r + 1.423_437_277_7;
        above / ((0.120_211_329_75 * r + 0.737_001_642_5) * r + 1.0)
    } else {
        let r = r - 5.0;
        let above = ((0.017_337_203_997 * r + 0.428_682_943_37) * r + 3.081_226_386) * r + 6.657_905_115;
        above / ((0.012_258_202_635 * r + 0.241_978_942_25) * r + 1.0)
    };
    if q < 0.0 { -tail } else { tail }
}
