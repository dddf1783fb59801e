//! The metrics of motion that make sense for pictures, and their bounds.

use crate::metrics::MetricError;
use crate::metrics::catalogue::Baseline;
use crate::metrics::motion::catalogue::{MotionMetric, MotionSetup, NamedResult, Worlds, evaluate, find};

use crate::generator::SampleSpec;

/// Metrics of clips that begin anywhere.
pub const STATISTICS: [&str; 16] = [
    "video-kernel",
    "video-frechet",
    "spectrum-in-space",
    "worst-octave-in-space",
    "spectrum-in-time",
    "worst-octave-in-time",
    "values-wasserstein",
    "values-ks",
    "increments-wasserstein",
    "increments-ks",
    "increments-kurtosis",
    "autocorrelation-time",
    "integrated-autocorrelation-time",
    "flicker",
    "fast-power",
    "energy-at-the-end",
];

/// Metrics of clips that begin with the reference's own start.
pub const FORECASTS: [&str; 4] =
    ["correlation-time-80", "correlation-time-50", "valid-prediction-time", "error"];

/// Parts of a clip from one of the stacked frames of the video distance to the next.
const PARTS: usize = 8;

/// How clips are compared: all of their frames, since most have nothing in common with the reference's to be lost; three
/// frames make a sample of the video distance, a quarter of a clip from the first to the last.
pub fn motion_setup(spec: &SampleSpec, seed: u64) -> MotionSetup {
    let apart = (spec.frames / PARTS).max(1);
    let offsets = vec![0, apart, 2 * apart];
    MotionSetup { late: Some(0..spec.frames), offsets, every: apart, seed, ..MotionSetup::default() }
}

/// Metrics by name, without bounds.
///
/// # Errors
/// Those of [`evaluate`].
pub fn figures(
    reference: &Worlds,
    clips: &Worlds,
    names: &[&str],
    setup: &MotionSetup,
) -> Result<Vec<NamedResult>, MetricError> {
    let metrics: Vec<&MotionMetric> = names.iter().filter_map(|n| find(n)).collect();
    evaluate(reference, clips, None, None, setup, &metrics)
}

/// Whether a metric holds clips against the reference's frame by frame.
pub fn is_forecast(name: &str) -> bool {
    FORECASTS.contains(&name)
}

/// Gives a result the values that others have reached as floor and ceiling.
pub fn bounded(own: &mut NamedResult, [floor, ceiling]: [Option<&[NamedResult]>; 2]) {
    let name = own.name;
    let of = |side: Option<&[NamedResult]>| {
        let found = side?.iter().find(|r| r.name == name)?;
        let result = found.result.as_ref().ok()?;
        let value = Baseline { value: result.figure.value, samples: result.samples };
        Some((value, found.censored.figure))
    };
    let (floor, ceiling) = (of(floor), of(ceiling));
    if let Ok(result) = &mut own.result {
        (result.floor, result.ceiling) = (floor.map(|b| b.0), ceiling.map(|b| b.0));
        (own.censored.floor, own.censored.ceiling) =
            (floor.is_some_and(|b| b.1), ceiling.is_some_and(|b| b.1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_that_of_a_metric() {
        for name in STATISTICS.iter().chain(&FORECASTS) {
            assert!(find(name).is_some(), "{name}");
        }
        assert!(is_forecast("error") && !is_forecast("flicker"));
    }

    #[test]
    fn the_stacked_frames_lie_within_a_clip() {
        for frames in [2, 3, 8, 24, 1000] {
            let spec = SampleSpec { side: 8, channels: 1, frames, every: 1, warm_up: 0 };
            let setup = motion_setup(&spec, 3);
            let reach = setup.offsets[2];
            assert!(frames < 3 || reach < frames, "{frames}: {:?}", setup.offsets);
            assert!(frames < 8 || 4 * reach <= frames + 2 && 4 * reach + 16 > frames, "{frames}: {reach}");
        }
    }
}
