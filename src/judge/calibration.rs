//! Calibration: a temperature on the logits (Guo et al. 2017), the expected calibration error, and
//! out-of-distribution detection (*unsure*).

use super::verdict::EMBEDDING;
use world::limits;

/// Probabilities of logits at a temperature.
pub fn softmax(logits: &[f32], temperature: f64) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max) as f64;
    let powers: Vec<f64> = logits.iter().map(|l| libm::exp((*l as f64 - top) / temperature)).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|p| (p / sum) as f32).collect()
}

/// Mean negative log-likelihood of labels.
pub fn loss(logits: &[Vec<f32>], labels: &[usize], temperature: f64) -> f64 {
    let all = logits.iter().zip(labels);
    let sum: f64 = all.map(|(l, &y)| -libm::log((softmax(l, temperature)[y] as f64).max(1e-12))).sum();
    sum / labels.len().max(1) as f64
}

/// Index of the greatest value.
pub fn best(values: &[f32]) -> usize {
    (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0)
}

/// Fraction of pictures whose most likely class is the true one.
pub fn accuracy(logits: &[Vec<f32>], labels: &[usize]) -> f64 {
    let right = logits.iter().zip(labels).filter(|(l, y)| best(l) == **y).count();
    right as f64 / labels.len().max(1) as f64
}

/// Counts, `[true class][predicted class]`.
pub fn confusion(logits: &[Vec<f32>], labels: &[usize], classes: usize) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; classes]; classes];
    logits.iter().zip(labels).for_each(|(l, &y)| table[y][best(l)] += 1);
    table
}

/// The temperature of lowest loss, by golden-section search on its logarithm.
pub fn temperature(logits: &[Vec<f32>], labels: &[usize]) -> f64 {
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let (mut lo, mut hi) = (libm::log(0.05), libm::log(20.0));
    for _ in 0..60 {
        let (a, b) = (hi - golden * (hi - lo), lo + golden * (hi - lo));
        match loss(logits, labels, libm::exp(a)) < loss(logits, labels, libm::exp(b)) {
            true => hi = b,
            false => lo = a,
        }
    }
    libm::exp((lo + hi) / 2.0)
}

/// Expected calibration error over 15 equal bins of confidence (Naeini et al. 2015): the mean distance between
/// confidence and accuracy, weighted by the pictures in each bin.
pub fn calibration_error(logits: &[Vec<f32>], labels: &[usize], temperature: f64) -> f64 {
    const BINS: usize = 15;
    let mut bins = [(0usize, 0.0f64, 0usize); BINS];
    for (l, &y) in logits.iter().zip(labels) {
        let p = softmax(l, temperature);
        let k = best(&p);
        let bin = &mut bins[((p[k] * BINS as f32) as usize).min(BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + p[k] as f64, bin.2 + (k == y) as usize);
    }
    bins.iter().map(|(_, conf, right)| (conf - *right as f64).abs()).sum::<f64>() / labels.len().max(1) as f64
}

/// Out-of-distribution detector: thresholds on the confidence and on the Mahalanobis distance to the nearest class
/// mean, with one diagonal covariance for all classes.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct OodDetector {
    /// Mean embedding of each class.
    pub means: Vec<Vec<f32>>,
    /// Within-class variance of each coordinate.
    pub variance: Vec<f32>,
    /// Below this confidence a picture is unsure.
    pub least_confidence: f32,
    /// Above this distance from every class a picture is unsure.
    pub greatest_distance: f32,
    /// Mean distance between class means: the scale of novelty.
    pub scale: f32,
}

/// False-positive rate of each of the two thresholds on validation pictures.
const FALSE_POSITIVES: f64 = 0.025;

impl OodDetector {
    /// From embeddings of training pictures; thresholds from validation pictures.
    pub fn fit(
        train: (&[[f32; EMBEDDING]], &[usize]),
        validation: (&[[f32; EMBEDDING]], &[f32]),
        classes: usize,
    ) -> Self {
        let mut means = vec![vec![0f32; EMBEDDING]; classes];
        let mut counts = vec![0f32; classes];
        for (e, &y) in train.0.iter().zip(train.1) {
            counts[y] += 1.0;
            means[y].iter_mut().zip(e).for_each(|(m, v)| *m += v);
        }
        means.iter_mut().zip(&counts).for_each(|(m, n)| m.iter_mut().for_each(|v| *v /= n.max(1.0)));
        let mut variance = vec![0f32; EMBEDDING];
        for (e, &y) in train.0.iter().zip(train.1) {
            (0..EMBEDDING).for_each(|i| variance[i] += square(e[i] - means[y][i]));
        }
        variance.iter_mut().for_each(|v| *v = (*v / train.1.len().max(1) as f32).max(1e-6));
        let mut detector =
            Self { scale: spread(&means), means, variance, least_confidence: 0.0, greatest_distance: 0.0 };
        let distances: Vec<f32> = validation.0.iter().map(|e| detector.distance(e)).collect();
        detector.greatest_distance = quantile(distances, 1.0 - FALSE_POSITIVES);
        detector.least_confidence = quantile(validation.1.to_vec(), FALSE_POSITIVES);
        detector
    }

    /// Checks that it fits this number of classes, with finite values and positive variances.
    ///
    /// # Errors
    /// What was expected, and what was found.
    pub fn check(&self, classes: usize) -> Result<(), String> {
        limits::within("means of classes", self.means.len(), classes..=classes)?;
        for row in self.means.iter().chain([&self.variance]) {
            limits::within("numbers of an embedding", row.len(), EMBEDDING..=EMBEDDING)?;
            limits::finite("an embedding", row)?;
        }
        limits::finite("doubt", [&self.least_confidence, &self.greatest_distance, &self.scale])?;
        match self.variance.iter().find(|v| **v <= 0.0) {
            Some(v) => Err(format!("variance: expected numbers above 0, found {v}")),
            None => Ok(()),
        }
    }

    /// Distance to the nearest class, in standard deviations (root mean square over coordinates).
    pub fn distance(&self, e: &[f32; EMBEDDING]) -> f32 {
        let to = |m: &Vec<f32>| (0..EMBEDDING).map(|i| square(e[i] - m[i]) / self.variance[i]).sum::<f32>();
        let nearest = self.means.iter().map(to).fold(f32::INFINITY, f32::min);
        (nearest / EMBEDDING as f32).sqrt()
    }

    /// Whether a picture is out of distribution: of low confidence, or far from every class.
    pub fn is_unsure(&self, e: &[f32; EMBEDDING], confidence: f32) -> bool {
        confidence < self.least_confidence || self.distance(e) > self.greatest_distance
    }
}

fn square(v: f32) -> f32 {
    v * v
}

/// Mean distance between class means.
pub(crate) fn spread(means: &[Vec<f32>]) -> f32 {
    let pairs = (0..means.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    let between = |(a, b): (usize, usize)| {
        means[a].iter().zip(&means[b]).map(|(x, y)| square(x - y)).sum::<f32>().sqrt()
    };
    let all: Vec<f32> = pairs.map(between).collect();
    if all.is_empty() { 1.0 } else { all.iter().sum::<f32>() / all.len() as f32 }
}

fn quantile(mut values: Vec<f32>, q: f64) -> f32 {
    values.sort_by(f32::total_cmp);
    let place = (q * values.len().saturating_sub(1) as f64).round() as usize;
    values.get(place).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// Labels drawn from the model's own probabilities are perfectly calibrated at temperature 1; multiplying the
    /// logits by 3 must be undone by a temperature of 3.
    fn drawn(n: u64) -> (Vec<Vec<f32>>, Vec<usize>) {
        let r = Rng::new(4);
        let logits: Vec<Vec<f32>> =
            (0..n).map(|i| (0..4).map(|k| 1.5 * r.fork(k).normal(i)).collect()).collect();
        let label = |(i, l): (usize, &Vec<f32>)| {
            let mut u = r.named("u").unit(i as u64);
            softmax(l, 1.0)
                .iter()
                .position(|p| {
                    u -= p;
                    u < 0.0
                })
                .unwrap_or(3)
        };
        let labels = logits.iter().enumerate().map(label).collect();
        (logits.iter().map(|l| l.iter().map(|v| v * 3.0).collect()).collect(), labels)
    }

    #[test]
    fn temperature_undoes_overconfidence() {
        let (logits, labels) = drawn(20_000);
        let t = temperature(&logits, &labels);
        assert!((t - 3.0).abs() < 0.1, "{t}");
        let (before, after) =
            (calibration_error(&logits, &labels, 1.0), calibration_error(&logits, &labels, t));
        assert!(before > 0.15 && after < 0.015, "{before} {after}");
    }

    #[test]
    fn the_error_of_a_known_case() {
        // Ten pictures classified with confidence 0.8, six of them correctly: the error is 0.2.
        let l = vec![vec![(0.8f32 / 0.2).ln(), 0.0]; 10];
        let labels: Vec<usize> = (0..10).map(|i| (i >= 6) as usize).collect();
        assert!((calibration_error(&l, &labels, 1.0) - 0.2).abs() < 1e-6);
        assert_eq!(accuracy(&l, &labels), 0.6);
        assert_eq!(confusion(&l, &labels, 2), [[6, 0], [4, 0]]);
    }

    #[test]
    fn embeddings_far_from_all_classes_are_unsure() {
        let r = Rng::new(8);
        let place = |i: u64, y: usize| -> [f32; EMBEDDING] {
            std::array::from_fn(|k| r.fork(k as u64).normal(i) + if k == y { 30.0 } else { 0.0 })
        };
        let labels: Vec<usize> = (0..400).map(|i| i % 2).collect();
        let points: Vec<_> = labels.iter().enumerate().map(|(i, &y)| place(i as u64, y)).collect();
        let detector = OodDetector::fit((&points, &labels), (&points, &[0.9; 400]), 2);
        let called = points.iter().filter(|p| detector.is_unsure(p, 0.9)).count();
        assert!(called <= 20, "{called} of 400");
        assert!(detector.is_unsure(&[10.0; EMBEDDING], 0.95));
        assert!(detector.is_unsure(&points[0], 0.1));
    }
}
