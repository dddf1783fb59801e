//! Video distance: features of an eye on several frames of a clip, compared as distributions.
//!
//! The usual distance of videos (FVD: Unterthiner et al. 2018) compares Gaussians fitted to features of a video
//! classifier. It hardly notices broken motion (Ge et al. 2024), its features are not Gaussian, and it needs many samples;
//! a kernel distance with a polynomial kernel needs far fewer (Luo et al. 2025). So both stand side by side here, on the
//! features of the eye in use: those of a frame and of later ones, concatenated, so that motion is part of a sample.

use std::ops::Range;

use rayon::prelude::*;

use super::rollout::Rollout;
use crate::metrics::kernel::{Kernel, Sums, sums};
use crate::metrics::{MetricError, SampleMatrix};

const METRIC: &str = "video distance";

/// Features of all frames of each world, a matrix a world and a row a frame. `eye` takes a roll-out and a frame.
///
/// # Errors
/// Those of `eye`; features of different lengths, or that are not finite.
pub fn extract(
    rollouts: &[Rollout],
    eye: impl Fn(&Rollout, usize) -> Result<Vec<f64>, MetricError> + Sync,
) -> Result<Vec<SampleMatrix>, MetricError> {
    let world = |r: &Rollout| {
        let rows: Vec<Vec<f64>> = (0..r.frames()).map(|t| eye(r, t)).collect::<Result<_, _>>()?;
        let columns = rows.first().map_or(0, Vec::len);
        if let Some(other) = rows.iter().find(|row| row.len() != columns) {
            let (expected, found) = (format!("{columns} features"), format!("{} features", other.len()));
            return Err(MetricError::Unlike { metric: METRIC, expected, found });
        }
        SampleMatrix::new(columns, rows.concat())
    };
    rollouts.par_iter().map(world).collect()
}

/// Samples of a video distance: the features of frames t + o for all `offsets` o, one after another, for t in steps of
/// `every`, as long as all lie within `frames`. The worlds take turns: row i is of world i mod the number of worlds.
///
/// # Errors
/// No worlds, worlds of different sizes, no offsets, or too few frames for one sample a world.
pub fn stacked(
    features: &[SampleMatrix],
    offsets: &[usize],
    frames: Range<usize>,
    every: usize,
) -> Result<SampleMatrix, MetricError> {
    let (Some(first), Some(reach)) = (features.first(), offsets.iter().max()) else {
        let why = format!("{} worlds and {} offsets; expected at least one", features.len(), offsets.len());
        return Err(MetricError::Unfit { metric: METRIC, why });
    };
    let size = |m: &SampleMatrix| (m.rows(), m.columns());
    if let Some(other) = features.iter().find(|m| size(m) != size(first)) {
        let say = |m: &SampleMatrix| format!("{} frames of {} features", m.rows(), m.columns());
        return Err(MetricError::Unlike { metric: METRIC, expected: say(first), found: say(other) });
    }
    let end = frames.end.min(first.rows());
    let found = end.saturating_sub(frames.start);
    if found <= *reach {
        let least = reach.saturating_add(1);
        return Err(MetricError::TooFew { metric: METRIC, what: "frames".into(), least, found });
    }
    let starts = (frames.start..end - reach).step_by(every.max(1));
    let samples = starts.flat_map(|t| features.iter().map(move |m| (m, t)));
    let rows = samples.flat_map(|(m, t)| offsets.iter().map(move |o| m.row(t + o)));
    SampleMatrix::new(first.columns() * offsets.len(), rows.flatten().copied().collect())
}

/// Kernel sums of stacked features, with a world a group: [`Sums::of`] gives the kernel distance (unbiased MMD² with the
/// cubic kernel of KID: Gretton et al. 2012, Bińkowski et al. 2018) of some worlds.
///
/// # Errors
/// Fewer than two samples, or features of different lengths.
pub fn kernel_sums(
    truth: &SampleMatrix,
    candidate: &SampleMatrix,
    worlds: usize,
) -> Result<Sums, MetricError> {
    sums(truth, candidate, Kernel::Cubic, worlds)
}

/// The samples of some worlds.
pub fn of_worlds(stacked: &SampleMatrix, worlds: usize, picked: &[usize]) -> SampleMatrix {
    let rows: Vec<usize> =
        (0..stacked.rows()).filter(|row| picked.contains(&(row % worlds.max(1)))).collect();
    stacked.pick(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::frechet::frechet;
    use crate::metrics::interval::shuffled;
    use crate::metrics::kernel::discrepancy;
    use crate::metrics::motion::samples::{ar1, noise};
    use crate::metrics::testing::normal;
    use world::rng::Rng;

    #[test]
    fn samples_are_frames_side_by_side_and_worlds_take_turns() {
        let world = |w: usize| {
            let values = (0..6).flat_map(|t| [0, 1].map(|f| (100 * w + 10 * t + f) as f64)).collect();
            SampleMatrix::new(2, values).unwrap()
        };
        let all = stacked(&[world(1), world(2)], &[0, 3], 1..6, 1).unwrap();
        assert_eq!((all.rows(), all.columns()), (4, 4));
        assert_eq!(all.row(0), [110.0, 111.0, 140.0, 141.0]);
        assert_eq!(all.row(3), [220.0, 221.0, 250.0, 251.0]);
        assert_eq!(of_worlds(&all, 2, &[1]).values(), [all.row(1), all.row(3)].concat());
        assert_eq!(stacked(&[world(1)], &[0, 3], 0..9, 2).unwrap().rows(), 2);
        let e = stacked(&[world(1)], &[0, 6], 0..9, 1).unwrap_err().to_string();
        assert!(e.contains("at least 7 samples of frames, found 6"), "{e}");
        assert_eq!(stacked(&[world(1)], &[0, 1], 2..4, 1).unwrap().values(), [120.0, 121.0, 130.0, 131.0]);
        assert!(stacked(&[], &[0], 0..6, 1).is_err() && stacked(&[world(1)], &[], 0..6, 1).is_err());
        assert!(stacked(&[world(1), normal(6, 3, 1, 0.0)], &[0], 0..6, 1).is_err());
        assert!(stacked(&[world(1)], &[usize::MAX], 0..6, 1).is_err());
        assert!(stacked(&[world(1)], &[0], usize::MAX..usize::MAX, 1).is_err());
    }

    #[test]
    fn shifted_gaussian_clouds_have_the_distance_of_the_cubic_kernel() {
        // Samples of 2 features in 3 frames that do not overlap: d = 6 independent normal values, shifted by s each.
        let worlds = |seed: u64, by: f64| (0..8).map(|w| normal(450, 2, seed + w, by)).collect::<Vec<_>>();
        let clips = |seed: u64, by: f64| stacked(&worlds(seed, by), &[0, 1, 2], 0..450, 3).unwrap();
        let (d, shift) = (6.0, 0.5);
        let m: f64 = d * shift * shift;
        let exact = 3.0 * m / d
            + 3.0 * m * m / (d * d)
            + (m * m * m + 6.0 * m * m + 3.0 * m * d + 6.0 * m) / (d * d * d);
        let truth = clips(100, 0.0);
        assert_eq!((truth.rows(), truth.columns()), (1200, 6));
        let apart = kernel_sums(&truth, &clips(200, shift), 8).unwrap();
        assert!((apart.all().unbiased / exact - 1.0).abs() < 0.2, "{:?}, expected {exact}", apart.all());
        let some = apart.of(&[0, 3], &[0, 3]).unbiased;
        let direct = [&truth, &clips(200, shift)].map(|m| of_worlds(m, 8, &[0, 3]));
        let direct = discrepancy(&direct[0], &direct[1], Kernel::Cubic).unwrap().unbiased;
        assert!((some - direct).abs() < 1e-9 * (1.0 + direct.abs()));
        let same = kernel_sums(&truth, &clips(300, 0.0), 8).unwrap().all().unbiased;
        assert!(same.abs() < 0.05 * exact, "{same}");
        // The squared distance of the means, biased upwards by about d²/2N + 2d/N.
        let far = frechet(&truth, &clips(200, shift)).unwrap();
        assert!((far - m).abs() < 0.2, "{far}");
    }

    #[test]
    fn frames_in_a_random_order_are_noticed_only_in_stacks() {
        let eye = |r: &Rollout, t: usize| Ok(r.frame(t).iter().map(|v| f64::from(*v)).collect::<Vec<f64>>());
        let truth = extract(&[ar1(2, 400, 0.95, 1), ar1(2, 400, 0.95, 2)], eye).unwrap();
        let orders = [3, 4].map(|seed| shuffled(400, Rng::new(seed)));
        let mixed: Vec<SampleMatrix> = truth.iter().zip(&orders).map(|(m, order)| m.pick(order)).collect();
        let distance = |offsets: &[usize]| {
            let of = |m: &[SampleMatrix]| stacked(m, offsets, 0..400, 1).unwrap();
            kernel_sums(&of(&truth), &of(&mixed), 2).unwrap().all().unbiased
        };
        let (single, pair) = (distance(&[0]), distance(&[0, 1]));
        assert!(single.abs() < 0.2 * pair, "{single} single, {pair} in pairs");
        assert!(extract(&[noise(2, 3, 1)], |_, t| Ok(vec![0.0; t])).is_err());
        assert!(extract(&[noise(2, 3, 1)], |_, _| Ok(vec![f64::NAN])).is_err());
    }
}
