//! The detector of pictures of no known class.

use super::density::{Densities, packed};
use super::scores::energy;
use learn::net::weights::{WeightArray, Weights};
use world::limits;

/// Added to statistics before their logarithm is taken: below it they say little.
const FLOOR: f64 = 0.05;
/// How much the log-density of outliers counts beside that of known pictures.
const EXPOSURE: f64 = 0.5;
/// How much the energy of the logits does.
const ENERGY: f64 = 20.0;

/// What a file's header says of the detector; the arrays are among the weights.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct OpenSetHeader {
    /// Statistics of a picture's layers.
    pub statistics: usize,
    /// Principal components of them that are kept.
    pub components: usize,
    /// Gaussians of known pictures, one a class.
    pub known: usize,
    /// Gaussians of outliers; 0 if none were shown.
    pub outliers: usize,
    /// Score above which a picture is unsure.
    pub threshold: f64,
    /// Confidence below which it is.
    pub least_confidence: f32,
    /// The outliers that were shown, by name.
    pub shown: Vec<String>,
}

impl OpenSetHeader {
    /// Validates the fields; nothing in a header is trusted before this.
    ///
    /// # Errors
    /// The field, what was expected and what was found.
    pub fn check(&self) -> Result<(), String> {
        limits::within("statistics", self.statistics, 1..=1 << 14)?;
        limits::within("components", self.components, 1..=512)?;
        limits::within("known", self.known, 1..=limits::CLASSES)?;
        limits::within("outliers", self.outliers, 0..=64)?;
        limits::within("threshold", self.threshold, -1e9..=1e9)?;
        limits::within("least confidence", self.least_confidence, 0.0..=1.0)?;
        limits::within("names of outliers", self.shown.len(), 0..=64)?;
        Ok(())
    }
}

/// The detector, open for use.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenSet {
    /// Sizes and thresholds.
    pub header: OpenSetHeader,
    /// Mean of the logarithms of the statistics, and their deviation.
    mean: Vec<f32>,
    deviation: Vec<f32>,
    /// Unit rows, `[components][statistics]`.
    basis: Vec<f32>,
    known: Densities,
    outliers: Option<Densities>,
}

/// Logarithm of a statistic; of negative ones that of the opposite, turned round, so that it is continuous.
pub(super) fn logarithm(v: f32) -> f64 {
    let size = libm::log((v.abs() as f64 + FLOOR) / FLOOR);
    if v < 0.0 { -size } else { size }
}

/// The statistic of a logarithm.
#[cfg(feature = "judge")]
pub(super) fn unlogarithm(v: f64) -> f32 {
    let size = (libm::exp(v.abs()) - 1.0) * FLOOR;
    if v < 0.0 { -size as f32 } else { size as f32 }
}

/// Where the arrays stand among a judge's weights.
fn name(part: &str) -> String {
    format!("seen.open_set.{part}")
}

impl OpenSet {
    /// Reads the arrays from a judge's weights.
    ///
    /// # Errors
    /// An array is missing, of another shape, or holds what cannot be used.
    pub fn open(header: &OpenSetHeader, weights: &Weights) -> Result<Self, String> {
        header.check()?;
        let (numbers, n) = (header.statistics, header.components);
        let densities = |part: &str, count: usize| {
            let get = |what: &str, dims: &[usize]| weights.get(&name(&format!("{part}.{what}")), dims);
            let (means, factors) = (get("mean", &[count, n])?, get("factor", &[count, packed(n)])?);
            Densities::new(n, means, factors, get("share", &[count])?)
        };
        let made = Self {
            header: header.clone(),
            mean: weights.get(&name("mean"), &[numbers])?,
            deviation: weights.get(&name("deviation"), &[numbers])?,
            basis: weights.get(&name("basis"), &[n, numbers])?,
            known: densities("known", header.known)?,
            outliers: match header.outliers {
                0 => None,
                count => Some(densities("outliers", count)?),
            },
        };
        limits::finite("open set", made.mean.iter().chain(&made.basis))?;
        match made.deviation.iter().find(|v| !v.is_finite() || **v <= 0.0) {
            Some(v) => Err(format!("open set: expected deviations above 0, found {v}")),
            None => Ok(made),
        }
    }

    /// How unlike all known pictures one with these statistics and logits is: minus the log-density under the nearest
    /// class, plus half of that under the nearest Gaussian of outliers, plus the [`energy`] of the logits.
    pub fn score(&self, statistics: &[f32], logits: &[f32]) -> f64 {
        let point = projected(statistics, &self.mean, &self.deviation, &self.basis);
        let outliers = self.outliers.as_ref().map_or(0.0, |o| o.greatest(&point));
        EXPOSURE * outliers - self.known.greatest(&point) + ENERGY * energy(logits)
    }

    /// Principal components of a picture's statistics.
    #[cfg(feature = "judge")]
    pub(super) fn projected(&self, statistics: &[f32]) -> Vec<f64> {
        projected(statistics, &self.mean, &self.deviation, &self.basis)
    }

    /// The Gaussians of known pictures.
    #[cfg(feature = "judge")]
    pub(super) fn known(&self) -> &Densities {
        &self.known
    }

    /// Mean and deviation of the logarithms, and the basis.
    #[cfg(feature = "judge")]
    pub(super) fn projection(&self) -> (&[f32], &[f32], &[f32]) {
        (&self.mean, &self.deviation, &self.basis)
    }

    /// Puts its Gaussians of known pictures among a judge's weights, and more behind them: means, factors, log mixing
    /// weights.
    #[cfg(feature = "judge")]
    pub(super) fn add_known(&self, more: [Vec<f32>; 3], weights: &mut Weights) {
        let n = self.header.components;
        let [a, b, c] = self.known.arrays();
        let [d, e, f] = more;
        store_densities("known", n, [[a, &d].concat(), [b, &e].concat(), [c, &f].concat()], weights);
    }

    /// Whether a picture with these statistics, logits and confidence is of no known class.
    pub fn is_unsure(&self, statistics: &[f32], logits: &[f32], confidence: f32) -> bool {
        let score = self.score(statistics, logits);
        score.is_nan() || score > self.header.threshold || confidence < self.header.least_confidence
    }
}

/// Principal components of the statistics' standardised logarithms.
pub(super) fn projected(statistics: &[f32], mean: &[f32], deviation: &[f32], basis: &[f32]) -> Vec<f64> {
    let standard: Vec<f64> = statistics
        .iter()
        .zip(mean)
        .zip(deviation)
        .map(|((v, m), d)| (logarithm(*v) - *m as f64) / *d as f64)
        .collect();
    let rows = basis.chunks_exact(standard.len().max(1));
    rows.map(|row| row.iter().zip(&standard).map(|(b, v)| *b as f64 * v).sum()).collect()
}

/// The arrays of a detector, to be kept among a judge's weights.
pub struct OpenSetArrays {
    /// Mean and deviation of the logarithms, and the basis.
    pub projection: [Vec<f32>; 3],
    /// Means, factors and log mixing weights of the Gaussians of known pictures.
    pub known: [Vec<f32>; 3],
    /// The same of outliers; empty if there are none.
    pub outliers: [Vec<f32>; 3],
}

impl OpenSetArrays {
    /// Puts the arrays among a judge's weights.
    pub fn store(self, header: &OpenSetHeader, weights: &mut Weights) {
        let (numbers, n) = (header.statistics, header.components);
        let mut put = |part: &str, dims: &[usize], values: Vec<f32>| {
            weights.insert(name(part), WeightArray { dims: dims.to_vec(), values });
        };
        let [mean, deviation, basis] = self.projection;
        put("mean", &[numbers], mean);
        put("deviation", &[numbers], deviation);
        put("basis", &[n, numbers], basis);
        store_densities("known", n, self.known, weights);
        if header.outliers > 0 {
            store_densities("outliers", n, self.outliers, weights);
        }
    }
}

/// Puts Gaussians of `n` dimensions among a judge's weights.
fn store_densities(part: &str, n: usize, [means, factors, shares]: [Vec<f32>; 3], weights: &mut Weights) {
    let count = shares.len();
    let arrays = [
        ("mean", vec![count, n], means),
        ("factor", vec![count, packed(n)], factors),
        ("share", vec![count], shares),
    ];
    for (what, dims, values) in arrays {
        weights.insert(name(&format!("{part}.{what}")), WeightArray { dims, values });
    }
}
