//! Real noise as the ceiling of metrics: frames of uniform noise through the same extractor, not a made-up vector.

use std::path::Path;

use super::extractor::FeatureExtractor;
use super::image_set::ImageSet;
use crate::metrics::MetricError;
use crate::metrics::catalogue::{Baseline, Metric, MetricInputs, MetricResult, evaluate};
use world::rng::Rng;

/// As many pictures of uniform noise, of the same size and channels.
pub fn noise_like(pictures: &ImageSet, seed: u64) -> ImageSet {
    let values = (pictures.side * pictures.side * pictures.channels) as u64;
    let picture = |i: usize| {
        let rng = Rng::new(seed).named("noise").fork(i as u64);
        (0..values).map(|k| (rng.bits(k) >> 56) as u8).collect()
    };
    let pixels = (0..pictures.pixels.len()).map(picture).collect();
    ImageSet { pixels, classes: Vec::new(), labels: Vec::new(), ..*pictures }
}

/// Replaces the ceilings of `results` by the values of real noise against the reference, whose `pictures` say how many
/// frames of which size. Without features of noise (by weights that give none) the ceilings stay.
pub fn raise_ceilings(
    inputs: &MetricInputs,
    metrics: &[&Metric],
    results: &mut [Result<MetricResult, MetricError>],
    pictures: &ImageSet,
    extractor: &FeatureExtractor,
) {
    let noise = noise_like(pictures, inputs.seed);
    let Ok(found) = extractor.extract(&noise, Path::new("noise")) else { return };
    if found.flaw.is_some() || found.features.columns() != inputs.reference.columns() {
        return;
    }
    let of_noise = MetricInputs {
        k: inputs.k,
        bins: inputs.bins,
        projections: inputs.projections,
        seed: inputs.seed,
        intervals: false,
        ..MetricInputs::of(inputs.reference, &found.features)
    };
    // Memorisation's ceiling is a copy of the training set, not noise.
    let has = |r: &Result<MetricResult, MetricError>| r.as_ref().is_ok_and(|r| r.ceiling.is_some());
    let places: Vec<usize> = (0..metrics.len().min(results.len()))
        .filter(|&i| has(&results[i]) && (metrics[i].applies)(&of_noise))
        .collect();
    let wanted: Vec<&Metric> = places.iter().map(|&i| metrics[i]).collect();
    for (i, noise) in places.into_iter().zip(evaluate(&of_noise, &wanted, |_| ())) {
        if let (Ok(result), Ok(noise)) = (&mut results[i], noise) {
            result.ceiling = Some(Baseline { value: noise.figure.value, samples: noise.samples });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::catalogue::{GreyImages, find};
    use crate::metrics::frechet::frechet;

    #[test]
    fn ceilings_are_those_of_noise_frames() {
        let grey = |seed: u64| {
            let picture = |i: u64| (0..32 * 32).map(|k| (k / 8 + (seed + i) * 3 + k % 5) as u8).collect();
            let pixels = (0..16).map(picture).collect();
            ImageSet { channels: 1, side: 32, pixels, classes: Vec::new(), labels: Vec::new() }
        };
        let (a, b, eye) = (grey(0), grey(4), FeatureExtractor::Statistics);
        let features = |p: &ImageSet| eye.extract(p, Path::new("a")).unwrap().features;
        let (fa, fb) = (features(&a), features(&b));
        let images: [GreyImages; 2] = [a.grey_images(), b.grey_images()];
        let pictures = Some([&images[0], &images[1]]);
        let inputs = MetricInputs { seed: 9, pictures, ..MetricInputs::of(&fa, &fb) };
        let metrics = ["frechet", "vendi", "precision", "entropy"].map(|n| find(n).unwrap());
        let before = evaluate(&inputs, &metrics, |_| ());
        let mut after = before.clone();
        raise_ceilings(&inputs, &metrics, &mut after, &a, &eye);
        let ceiling = |r: &Result<MetricResult, MetricError>| r.as_ref().unwrap().ceiling.map(|b| b.value);
        let noise = features(&noise_like(&a, 9));
        let expected = frechet(&fa, &noise).unwrap();
        let found = ceiling(&after[0]).unwrap();
        assert!((found - expected).abs() <= 1e-9 * expected.abs() && Some(found) != ceiling(&before[0]));
        assert_eq!((ceiling(&after[1]), ceiling(&after[3])), (None, None));
        // Nothing else changes.
        let bare =
            |r: &Result<MetricResult, MetricError>| MetricResult { ceiling: None, ..r.clone().unwrap() };
        assert!(before.iter().zip(&after).all(|(a, b)| bare(a) == bare(b)));
        assert_eq!(noise_like(&a, 9).pixels.len(), 16);
        assert_ne!(noise_like(&a, 9), noise_like(&a, 8));
    }
}
