//! Clips of each generator: the cost of a frame, and novelty over time.

use std::path::Path;

use rayon::prelude::*;

use super::progress::ProgressObserver;
use super::sampling;
use super::setup::ComparisonSetup;
use crate::generator::{Clip, Generator, SampleSpec};
use crate::memory::peak;
use crate::metrics::interval::quantile;
use crate::metrics::linear::square_distance;
use crate::metrics::motion::student;
use crate::metrics::{SampleMatrix, mean};
use crate::sets::image_set::ImageSet;

/// Measurements of one generator's clips.
#[derive(Clone, Debug, Default)]
pub struct Motion {
    /// Frames of every clip. The first may go on as the film, longer than the others.
    pub clips: Vec<Vec<Vec<u8>>>,
    /// Features of the clips, a matrix a clip and a row a frame, without the rest of the film.
    pub features: Vec<SampleMatrix>,
    /// What the starts of the clips hang on, besides the seeds: [`Generator::start`].
    pub start: Option<u64>,
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
    /// Frames of the film.
    pub fn film(&self) -> &[Vec<u8>] {
        self.clips.first().map_or(&[], Vec::as_slice)
    }

    /// Mean novelty over the last third of the clips.
    pub fn late(&self) -> Option<f64> {
        let from = self.novelty.len() * 2 / 3;
        let late: Vec<f64> = self.novelty[from..].iter().map(|n| n.0).collect();
        (!late.is_empty()).then(|| mean(&late))
    }
}

/// What clips are run of a generator.
#[derive(Clone, Copy)]
pub struct ClipJob<'a> {
    /// The generator.
    pub generator: &'a dyn Generator,
    /// Seed of the first clip; the others count up from it.
    pub seed: u64,
    /// Frames after the first of the first clip, if that are more than those of the others.
    pub film: usize,
}

/// Runs clips of consecutive seeds, each generator on its own thread so that its cost can be measured.
pub fn run(
    jobs: &[ClipJob],
    setup: &ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Vec<Result<Motion, String>> {
    watch.begin("clips", jobs.len() * setup.clips);
    jobs.par_iter().map(|job| one(job, setup, watch)).collect()
}

fn one(job: &ClipJob, setup: &ComparisonSetup, watch: &dyn ProgressObserver) -> Result<Motion, String> {
    let (generator, spec) = (job.generator, &setup.spec);
    if setup.clips == 0 || spec.frames == 0 {
        return Ok(Motion::default());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| e.to_string())?;
    let clip = |seed: u64| {
        if watch.stopped() {
            return Err("interrupted before its clips were done".to_string());
        }
        let film = if seed == job.seed { job.film + 1 } else { 0 };
        let spec = SampleSpec { frames: spec.frames.max(film), ..*spec };
        let clip = pool.install(|| peak(|| sampling::one(generator, seed, &spec)));
        watch.done(1);
        clip.0.map(|c| (c, clip.1)).map_err(|e| e.to_string())
    };
    let seeds = job.seed..job.seed + setup.clips as u64;
    let clips: Vec<(Clip, Option<u64>)> = seeds.map(clip).collect::<Result<_, _>>()?;
    let features: Vec<SampleMatrix> =
        clips.iter().map(|(clip, _)| features(clip, generator, setup)).collect::<Result<_, _>>()?;
    let curves: Vec<Vec<f64>> = features.iter().map(|f| novelty(f, setup.k)).collect();
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
        clips: clips.into_iter().map(|c| c.0.frames).collect(),
        features,
        start: generator.start(spec),
    })
}

/// Features of a clip, without the rest of the film.
fn features(clip: &Clip, generator: &dyn Generator, setup: &ComparisonSetup) -> Result<SampleMatrix, String> {
    let frames = clip.frames.len().min(setup.spec.frames);
    let pictures = ImageSet {
        channels: clip.channels,
        side: clip.side,
        pixels: clip.frames[..frames].to_vec(),
        classes: Vec::new(),
        labels: Vec::new(),
    };
    let extracted =
        setup.extractor.extract(&pictures, Path::new(generator.name())).map_err(|e| e.to_string())?;
    Ok(extracted.features)
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

/// Mean and half-width of its 95 % interval by Student's t; 0 for a single value.
fn spread(values: &[f64]) -> (f64, f64) {
    let (n, centre) = (values.len() as f64, mean(values));
    if values.len() < 2 {
        return (centre, 0.0);
    }
    let variance = values.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (n - 1.0);
    (centre, student(values.len() - 1) * (variance / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 1, 2 and 3 the deviation is 1, and Student's t for two degrees of freedom 4.303.
    #[test]
    fn few_clips_have_a_wide_interval() {
        let (centre, half) = spread(&[1.0, 2.0, 3.0]);
        assert!(centre == 2.0 && (half - 4.303 / 3f64.sqrt()).abs() < 1e-3, "{half}");
        assert_eq!(spread(&[5.0]), (5.0, 0.0));
    }

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
