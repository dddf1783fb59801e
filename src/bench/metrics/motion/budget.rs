//! Budgets over a roll-out: energy, mass, divergence and enstrophy, and whether they stay bounded.

use super::gradient::{for_each_gradient, velocity};
use super::observable::Observed;
use super::rollout::Rollout;
use crate::metrics::MetricError;
use crate::metrics::image::slope;

/// Budget of one frame of a flow, means over its cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlowBudget {
    /// Kinetic energy per unit mass, ½(u² + v²).
    pub energy: f64,
    /// Square of the divergence.
    pub divergence: f64,
    /// Half the square of the vorticity.
    pub enstrophy: f64,
}

impl FlowBudget {
    /// Of frame `t`, with gradients as [`vorticity`](super::vorticity).
    ///
    /// # Errors
    /// The frames hold no velocity.
    pub fn of(rollout: &Rollout, t: usize) -> Result<Self, MetricError> {
        let [u, v] = velocity(rollout.layout())?.map(|plane| rollout.plane(t, plane));
        let energy: f64 =
            u.iter().zip(v).map(|(u, v)| 0.5 * (f64::from(*u).powi(2) + f64::from(*v).powi(2))).sum();
        let (mut divergence, mut enstrophy) = (0.0, 0.0);
        for_each_gradient(rollout, t, |[ux, uy, vx, vy]| {
            divergence += (ux + vy) * (ux + vy);
            enstrophy += 0.5 * (vx - uy) * (vx - uy);
        })?;
        let cells = rollout.layout().cells() as f64;
        Ok(Self { energy: energy / cells, divergence: divergence / cells, enstrophy: enstrophy / cells })
    }
}

/// RMS divergence over RMS vorticity of several frames together: 0 for incompressible flow, 1 for white noise; 0 for
/// frames at rest, infinite for a flow without vorticity.
pub fn divergence_ratio<'a>(frames: impl IntoIterator<Item = &'a FlowBudget>) -> f64 {
    let add = |[d, e]: [f64; 2], f: &FlowBudget| [d + f.divergence, e + 2.0 * f.enstrophy];
    let [divergence, vorticity] = frames.into_iter().fold([0.0; 2], add);
    if divergence > 0.0 { (divergence / vorticity).sqrt() } else { 0.0 }
}

/// Mean density of frame `t`.
///
/// # Errors
/// The frames hold no density.
pub fn mean_density(rollout: &Rollout, t: usize) -> Result<f64, MetricError> {
    let why = "the frames hold no density".to_string();
    let plane = rollout.layout().density.ok_or(MetricError::Unfit { metric: "mass", why })?;
    // Relative to 1, so that a gas near rest loses no digits.
    let off = rollout.plane(t, plane).iter().map(|d| f64::from(*d) - 1.0).sum::<f64>();
    Ok(1.0 + off / rollout.layout().cells() as f64)
}

/// Mean square of an observable in frame `t`, in squared standard deviations of the truth about its mean: the energy of
/// a picture that has no velocity; 1 on average for the truth.
pub fn mean_square(observed: &Observed, world: usize, t: usize) -> f64 {
    let squares = observed.frame(world, t).iter().map(|v| f64::from(*v) * f64::from(*v));
    squares.sum::<f64>() / observed.values() as f64
}

/// A budget over the truth's, frame by frame.
///
/// # Errors
/// Series of different lengths, or a frame in which the truth has nothing.
pub fn ratio_series(truth: &[f64], candidate: &[f64]) -> Result<Vec<f64>, MetricError> {
    let metric = "a budget";
    if truth.len() != candidate.len() {
        let say = |s: &[f64]| format!("{} frames", s.len());
        return Err(MetricError::Unlike { metric, expected: say(truth), found: say(candidate) });
    }
    if let Some(t) = truth.iter().position(|v| *v <= 0.0) {
        let why = format!("the truth has {} in frame {t}; expected more than 0", truth[t]);
        return Err(MetricError::Unfit { metric, why });
    }
    Ok(truth.iter().zip(candidate).map(|(a, b)| b / a).collect())
}

/// Within this factor of the truth, above and below, a budget is bounded.
pub const BOUND: f64 = 2.0;

/// How a ratio to the truth's budget develops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boundedness {
    /// The largest ratio.
    pub most: f64,
    /// The smallest ratio.
    pub least: f64,
    /// Mean over the last tenth of the frames.
    pub last: f64,
    /// Factor by which it changes over the second half of the frames: the slope of its logarithm by least squares.
    pub growth: f64,
    /// Whether the ratio is within a factor of 2 of 1 throughout, and at the end still would be after another such half.
    pub is_bounded: bool,
}

/// Ratios below this count as this, so that they have a logarithm.
const LEAST: f64 = 1e-12;

/// Judges the ratios of a budget, frame by frame.
///
/// # Errors
/// Fewer than 4 frames.
pub fn boundedness(ratios: &[f64]) -> Result<Boundedness, MetricError> {
    let n = ratios.len();
    if n < 4 {
        let (metric, what) = ("a budget", "frames".into());
        return Err(MetricError::TooFew { metric, what, least: 4, found: n });
    }
    let half = &ratios[n / 2..];
    let points: Vec<(f64, f64)> =
        half.iter().enumerate().map(|(t, r)| (t as f64, libm::log(r.max(LEAST)))).collect();
    let growth = libm::exp(slope(&points).unwrap_or(0.0) * (half.len() - 1) as f64);
    let end = &ratios[n - n.div_ceil(10)..];
    let last = end.iter().sum::<f64>() / end.len() as f64;
    let most = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let is_within = |ratio: f64| (1.0 / BOUND..=BOUND).contains(&ratio);
    let is_bounded = [most, least, last * growth].into_iter().all(is_within);
    Ok(Boundedness { most, least, last, growth, is_bounded })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::gas::{Flow, gradients, mass};
    use crate::metrics::motion::observable::{Observable, Scale};
    use crate::metrics::motion::rollout::Layout;
    use crate::metrics::motion::samples::{drawn, eddies, flow, noise, perturbed};
    use std::f64::consts::TAU;

    const SIDE: usize = 32;

    /// A decaying vortex (Taylor and Green 1937) of `k` radians a cell along both axes.
    fn taylor_green(k: f64, viscosity: f64, frames: usize) -> Rollout {
        drawn(&flow(SIDE, SIDE), frames, |x, y, plane, t| {
            let a = 0.5 * (-2.0 * viscosity * k * k * t).exp();
            [a * (k * x).sin() * (k * y).cos(), -a * (k * x).cos() * (k * y).sin(), 1.0][plane]
        })
    }

    #[test]
    fn a_taylor_green_vortex_decays_as_its_viscosity_says_and_has_no_divergence() {
        let (k, viscosity) = (TAU * 2.0 / SIDE as f64, 0.02);
        let r = taylor_green(k, viscosity, 50);
        for t in [0, 10, 49] {
            let b = FlowBudget::of(&r, t).unwrap();
            // A wavenumber of √2 k: energy decays as exp(−2 ν (√2 k)² t).
            let energy = 0.25 * 0.25 * (-4.0 * viscosity * k * k * t as f64).exp();
            assert!((b.energy / energy - 1.0).abs() < 1e-5, "{t}: {b:?}");
            // Central differences see sin k for k: ω = 2 A sin k · sin kx sin ky.
            let enstrophy = 2.0 * energy * k.sin() * k.sin();
            assert!((b.enstrophy / enstrophy - 1.0).abs() < 1e-5, "{t}: {b:?}");
            assert!(divergence_ratio([&b]) < 1e-6);
            assert_eq!(mean_density(&r, t), Ok(1.0));
        }
        let thick = taylor_green(k, 2.0 * viscosity, 50);
        let energy = |r: &Rollout| (0..50).map(|t| FlowBudget::of(r, t).unwrap().energy).collect::<Vec<_>>();
        for (t, ratio) in ratio_series(&energy(&r), &energy(&thick)).unwrap().into_iter().enumerate() {
            assert!((ratio / (-4.0 * viscosity * k * k * t as f64).exp() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn budgets_agree_with_those_of_flows() {
        let r = perturbed(&eddies(20, 3, 0.9, 4), 1, |_| 0.05);
        // Flows leave out the border: here it is what lies across it on the torus.
        let framed = |plane: usize| {
            let at = |i: usize| r.plane(2, plane)[(i / 22 + 19) % 20 * 20 + (i % 22 + 19) % 20];
            (0..22 * 22).map(at).collect::<Vec<f32>>()
        };
        let clip = Flow::new(22, 22, [framed(2), framed(0), framed(1)].concat()).unwrap();
        let (budget, sums) = (FlowBudget::of(&r, 2).unwrap(), gradients(&clip, 0));
        assert!((400.0 * budget.divergence / sums.divergence - 1.0).abs() < 1e-9);
        // On a torus the squares of all gradients add up to those of divergence and vorticity.
        let both = 400.0 * (budget.divergence + 2.0 * budget.enstrophy);
        assert!((both / sums.gradient - 1.0).abs() < 1e-9, "{both}, {sums:?}");
        let whole = Flow::new(20, 20, [r.plane(2, 2), r.plane(2, 0), r.plane(2, 1)].concat()).unwrap();
        assert!((400.0 * mean_density(&r, 2).unwrap() - mass(&whole, 0)).abs() < 1e-9);
    }

    #[test]
    fn white_noise_diverges_as_much_as_it_turns() {
        let white = perturbed(&drawn(&flow(64, 64), 1, |_, _, _, _| 0.0), 2, |_| 1.0);
        let ratio = divergence_ratio([&FlowBudget::of(&white, 0).unwrap()]);
        assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
        let rest = drawn(&flow(4, 4), 1, |_, _, _, _| 0.0);
        assert_eq!(divergence_ratio([&FlowBudget::of(&rest, 0).unwrap()]), 0.0);
        let source = FlowBudget { energy: 1.0, divergence: 1.0, enstrophy: 0.0 };
        assert_eq!(divergence_ratio([&source]), f64::INFINITY);
    }

    #[test]
    fn a_picture_without_velocity_has_its_variance_for_energy() {
        let truth = [noise(12, 4, 1), noise(12, 4, 2)];
        let seen = Observed::of(&truth, &Scale::of(&truth, Observable::State).unwrap()).unwrap();
        let mean = (0..8).map(|i| mean_square(&seen, i / 4, i % 4)).sum::<f64>() / 8.0;
        assert!((mean - 1.0).abs() < 1e-6, "{mean}");
        assert!(FlowBudget::of(&truth[0], 0).is_err() && mean_density(&truth[0], 0).is_err());
        let none = drawn(&Layout { density: None, ..flow(4, 4) }, 1, |_, _, _, _| 1.0);
        assert!(mean_density(&none, 0).unwrap_err().to_string().contains("no density"));
    }

    #[test]
    fn growth_is_told_from_a_bounded_budget() {
        let series =
            |f: fn(f64) -> f64| boundedness(&(0..101).map(|t| f(f64::from(t))).collect::<Vec<_>>()).unwrap();
        let steady = series(|t| 1.2 + 0.3 * (0.7 * t).sin());
        assert!(steady.is_bounded && (steady.most - 1.5).abs() < 0.01 && (steady.growth - 1.0).abs() < 0.1);
        // Over frames 50 to 100 it grows by e^0.5.
        let grows = series(|t| (0.01 * t - 0.5).exp());
        assert!((grows.growth - 0.5f64.exp()).abs() < 1e-9 && grows.most < 2.0 && !grows.is_bounded);
        assert!((grows.last - 0.45f64.exp()).abs() < 0.01, "{grows:?}");
        let fades = series(|t| (-0.012 * t).exp());
        assert!(fades.least < 0.5 && !fades.is_bounded && fades.most == 1.0);
        let dead = series(|t| if t < 60.0 { 1.0 } else { 0.0 });
        assert!(dead.last == 0.0 && !dead.is_bounded && dead.growth.is_finite());
        assert!(!series(|t| if t == 30.0 { 2.5 } else { 1.0 }).is_bounded);
        assert!(boundedness(&[1.0; 3]).is_err() && boundedness(&[1.0; 4]).unwrap().is_bounded);
    }

    #[test]
    fn ratios_need_a_truth_that_is_not_at_rest() {
        assert_eq!(ratio_series(&[1.0, 2.0], &[3.0, 1.0]), Ok(vec![3.0, 0.5]));
        let e = ratio_series(&[1.0, 0.0], &[1.0, 1.0]).unwrap_err().to_string();
        assert!(e.contains("the truth has 0 in frame 1"), "{e}");
        assert!(matches!(ratio_series(&[1.0], &[1.0, 1.0]), Err(MetricError::Unlike { .. })));
    }
}
