//! Clips of each generator: the cost of a frame, and novelty over time.

use std::path::Path;

use rayon::prelude::*;

use super::progress::ProgressObserver;
use super::sampling;
use super::setup::ComparisonSetup;
use crate::generator::{Clip, Generator};
use crate::memory::peak;
use crate::metrics::interval::quantile;
use crate::metrics::linear::square_distance;
use crate::metrics::{SampleMatrix, mean};
use crate::sets::image_set::ImageSet;

/// Measurements of one generator's clips.
#[derive(Clone, Debug, Default)]
pub struct Motion {
    /// Frames of the first clip.
    pub frames: Vec<Vec<u8>>,
    /// For each frame after the first, over all clips: mean novelty and half-width of its 95 % interval.
    pub novelty: Vec<(f64, f64)>,
    /// CPU time of the first frame with instantiation and warm-up, milliseconds: the median over clips.
    pub first_ms: f64,
    /// CPU time of a subsequent frame, milliseconds: the median.
    pub next_ms: f64,
    /// Peak memory over clips, bytes; none if the program's allocator does not count it.
    pub peak_bytes: Option<u64>,
}

impl Motion {
    /// Mean novelty over the last third of the clips.
    pub fn late(&self) -> Option<f64> {
        let from = self.novelty.len() * 2 / 3;
        let late: Vec<f64> = self.novelty[from..].iter().map(|n| n.0).collect();
        (!late.is_empty()).then(|| mean(&late))
    }
}

/// Runs clips of the first seeds, each generator on its own thread so that its cost can be measured.
pub fn run(
    generators: &[&dyn Generator],
    setup: &ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Vec<Result<Motion, String>> {
    watch.begin("clips", generators.len() * setup.clips);
    generators.par_iter().map(|g| one(*g, setup, watch)).collect()
}

fn one(
    generator: &dyn Generator,
    setup: &ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Result<Motion, String> {
    if setup.clips == 0 || setup.spec.frames == 0 {
        return Ok(Motion::default());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| e.to_string())?;
    let clip = |seed: u64| {
        if watch.stopped() {
            return Err("interrupted before its clips were done".to_string());
        }
        let clip = pool.install(|| peak(|| sampling::one(generator, seed, &setup.spec)));
        watch.done(1);
        clip.0.map(|c| (c, clip.1)).map_err(|e| e.to_string())
    };
    let seeds = setup.seed..setup.seed + setup.clips as u64;
    let clips: Vec<(Clip, Option<u64>)> = seeds.map(clip).collect::<Result<_, _>>()?;
    let curves: Vec<Vec<f64>> =
        clips.iter().map(|(clip, _)| curve(clip, generator, setup)).collect::<Result<_, _>>()?;
    let median = |mut v: Vec<f64>| {
        v.sort_by(f64::total_cmp);
        if v.is_empty() { 0.0 } else { quantile(&v, 0.5) }
    };
    Ok(Motion {
        novelty: (0..curves[0].len())
            .map(|t| spread(&curves.iter().map(|c| c[t]).collect::<Vec<_>>()))
            .collect(),
        first_ms: median(clips.iter().map(|c| c.0.milliseconds[0]).collect()),
        next_ms: median(clips.iter().flat_map(|c| c.0.milliseconds[1..].to_vec()).collect()),
        peak_bytes: clips.iter().filter_map(|c| c.1).max(),
        frames: clips.into_iter().next().map(|c| c.0.frames).unwrap_or_default(),
    })
}

fn curve(clip: &Clip, generator: &dyn Generator, setup: &ComparisonSetup) -> Result<Vec<f64>, String> {
    let pictures = ImageSet {
        channels: clip.channels,
        side: clip.side,
        pixels: clip.frames.clone(),
        classes: Vec::new(),
        labels: Vec::new(),
    };
    let extracted =
        setup.extractor.extract(&pictures, Path::new(generator.name())).map_err(|e| e.to_string())?;
    Ok(novelty(&extracted.features, setup.k))
}

/// Novelty of each frame but the first: its mean distance to the k nearest earlier frames (Lehman and Stanley 2011,
/// with the frames so far as archive), or to all of them if there are fewer.
pub fn novelty(frames: &SampleMatrix, k: usize) -> Vec<f64> {
    let one = |t: usize| {
        let mut before: Vec<f64> =
            (0..t).map(|s| square_distance(frames.row(t), frames.row(s)).sqrt()).collect();
        before.sort_by(f64::total_cmp);
        before.truncate(k.max(1));
        mean(&before)
    };
    (1..frames.rows()).map(one).collect()
}

/// Mean and half-width of its 95 % interval, by the normal approximation; 0 for a single value.
fn spread(values: &[f64]) -> (f64, f64) {
    let (n, centre) = (values.len() as f64, mean(values));
    if values.len() < 2 {
        return (centre, 0.0);
    }
    let variance = values.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (n - 1.0);
    (centre, 1.96 * (variance / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_novel_and_a_cycle_is_not() {
        let along = SampleMatrix::new(1, (0..10).map(f64::from).collect()).unwrap();
        assert_eq!(novelty(&along, 1), [1.0; 9]);
        // The two nearest earlier frames of t ≥ 2 are 1 and 2 away.
        assert_eq!(novelty(&along, 2)[1..], [1.5; 8]);
        let round = SampleMatrix::new(1, (0..12).map(|i| (i % 3) as f64).collect()).unwrap();
        assert_eq!(novelty(&round, 1)[2..], [0.0; 9]);
        assert_eq!(novelty(&SampleMatrix::new(1, vec![4.0]).unwrap(), 3), Vec::<f64>::new());
    }
}
