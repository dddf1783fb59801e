//! Curves of a film, to be drawn: each the mean over clips with its interval.

use rayon::prelude::*;

use crate::metrics::MetricError;
use crate::metrics::interval::Estimate;
use crate::metrics::motion::{
    Observed, autocorrelation, correlation_curves, error_curves, mean_curve_with_interval, observed_spectrum,
    temporal_power,
};
use world::rng::Rng;

/// Curves of the clips of one generator.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilmCurves {
    /// Half the power by wavenumber, in periods a side, in squared standard deviations of the reference.
    pub spectrum: Vec<Estimate>,
    /// Power by frequency: bin `k` is `k` periods in `segment` frames. Empty if there are too few frames.
    pub temporal: Vec<Estimate>,
    /// Frames of a segment.
    pub segment: usize,
    /// Autocorrelation by lag in frames. Empty if there are too few frames.
    pub memory: Vec<Estimate>,
    /// Correlation with the reference's clip of the same place, frame by frame; empty unless that was asked for.
    pub correlation: Vec<Estimate>,
    /// Normalised RMS error against it, in standard deviations of the reference; empty as well.
    pub error: Vec<Estimate>,
}

impl FilmCurves {
    /// Those of some clips.
    ///
    /// # Errors
    /// There are no frames.
    pub fn of(observed: &Observed, seed: u64) -> Result<Self, MetricError> {
        let frames = 0..observed.frames();
        let worlds = 0..observed.worlds();
        let mean = |curves: &[Vec<f64>]| mean_curve_with_interval(curves, Rng::new(seed).named("worlds"));
        let spectra = worlds.clone().into_par_iter().map(|w| observed_spectrum(observed, w, frames.clone()));
        let spectra: Vec<Vec<f64>> = spectra.collect::<Result<_, _>>()?;
        // Both need a few frames; without them there is no curve.
        let temporal = worlds.clone().into_par_iter().map(|w| temporal_power(observed, w, frames.clone()));
        let temporal: Vec<_> = temporal.collect::<Result<_, _>>().unwrap_or_default();
        let memory = worlds.into_par_iter().map(|w| autocorrelation(observed, w, frames.clone()));
        let memory: Vec<Vec<f64>> = memory.collect::<Result<_, _>>().unwrap_or_default();
        let segment = temporal.first().map_or(0, |p| p.segment);
        let power: Vec<Vec<f64>> = temporal.into_iter().map(|p| p.power).collect();
        Ok(Self {
            spectrum: mean(&spectra),
            temporal: mean(&power),
            segment,
            memory: mean(&memory),
            ..Self::default()
        })
    }

    /// The same with what holds them against the reference's clips, one by one.
    pub fn against(self, reference: &Observed, observed: &Observed, seed: u64) -> Self {
        let mean = |curves: &[Vec<f64>]| mean_curve_with_interval(curves, Rng::new(seed).named("worlds"));
        let correlation = mean(&correlation_curves(reference, observed));
        Self { correlation, error: mean(&error_curves(reference, observed)), ..self }
    }
}
