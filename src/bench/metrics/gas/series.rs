//! Per-frame measurements of clips.

use rayon::prelude::*;

use super::{Flow, Gradients, Spectrum, energy_spectrum, gradients, mass_drift};
use crate::metrics::MetricError;

/// Measurements of clips of one size, concatenated.
#[derive(Clone, Debug, PartialEq)]
pub struct ClipSeries {
    /// Cells across and down.
    pub size: (usize, usize),
    /// Gradient sums of each frame.
    pub gradients: Vec<Gradients>,
    /// Energy spectrum of each frame.
    pub spectra: Vec<Spectrum>,
    /// Change of mass from each frame to the next of its clip, or why it is undefined.
    pub drift: Result<Vec<f64>, MetricError>,
}

impl ClipSeries {
    /// Measures these clips.
    ///
    /// # Errors
    /// No clips, or clips of different sizes.
    pub fn of(clips: &[Flow]) -> Result<Self, MetricError> {
        const METRIC: &str = "a flow";
        let Some(first) = clips.first() else {
            return Err(MetricError::TooFew { metric: METRIC, what: "clips".into(), least: 1, found: 0 });
        };
        if let Some(other) = clips.iter().find(|c| c.size() != first.size()) {
            let say = |c: &Flow| format!("{}×{} cells", c.size().0, c.size().1);
            return Err(MetricError::Unlike { metric: METRIC, expected: say(first), found: say(other) });
        }
        let frames: Vec<(&Flow, usize)> =
            clips.iter().flat_map(|c| (0..c.frames()).map(move |f| (c, f))).collect();
        let (gradients, spectra) =
            frames.par_iter().map(|(c, f)| (gradients(c, *f), energy_spectrum(c, *f))).unzip();
        let drift: Result<Vec<Vec<f64>>, _> = clips.iter().map(mass_drift).collect();
        Ok(Self { size: first.size(), gradients, spectra, drift: drift.map(|d| d.concat()) })
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.spectra.len()
    }

    /// Divergence error over these frames, 0 to √2.
    pub fn divergence(&self, indices: &[usize]) -> f64 {
        indices.iter().fold(Gradients::default(), |sum, &i| sum.and(self.gradients[i])).error()
    }

    /// The mean spectrum of these frames.
    pub fn spectrum(&self, indices: &[usize]) -> Spectrum {
        let mut sum = vec![0.0; self.spectra.first().map_or(0, Vec::len)];
        for &i in indices {
            sum.iter_mut().zip(&self.spectra[i]).for_each(|(s, e)| *s += e / indices.len() as f64);
        }
        sum
    }

    /// The shorter side, cells.
    pub fn side(&self) -> usize {
        self.size.0.min(self.size.1)
    }
}
