//! Sanity check of a feature extractor: how well it tells the anchors apart, and what it calls them.

use super::two_sample::{accuracy, chance};
use crate::compare::features::SampleFeatures;
use crate::metrics::SampleMatrix;
use crate::metrics::interval::Estimate;

/// Accuracy below which noise is not told from the reference.
const BLIND: f64 = 0.9;
/// The judge's class that noise may be called.
const NOISE: &str = "noise";

/// A set with its distance from the reference.
pub struct Group<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its features.
    pub features: &'a SampleMatrix,
    /// Its distance.
    pub figure: Option<Estimate>,
}

/// Two sets, held against each other.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PairCheck {
    /// Their names.
    pub sets: [String; 2],
    /// Leave-one-out accuracy of the nearest neighbour: ½ if they cannot be told apart, 1 if always.
    pub accuracy: f64,
    /// Samples of both.
    pub samples: usize,
    /// Whether that is no more than chance.
    pub is_chance: bool,
    /// Whether the intervals of their distances from the reference overlap.
    pub intervals_overlap: bool,
}

impl PairCheck {
    /// `None` if one of them has too few samples.
    fn of(a: &Group, b: &Group) -> Option<Self> {
        let (accuracy, samples) = accuracy(a.features, b.features)?;
        let overlaps =
            |a: Estimate, b: Estimate| a.interval[0] <= b.interval[1] && b.interval[0] <= a.interval[1];
        Some(Self {
            sets: [a.name.into(), b.name.into()],
            accuracy,
            samples,
            is_chance: accuracy <= chance(samples),
            intervals_overlap: a.figure.zip(b.figure).is_some_and(|(a, b)| overlaps(a, b)),
        })
    }
}

/// What a set is called by a judge.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Called {
    /// The set.
    pub set: String,
    /// The most frequent class.
    pub class: String,
    /// Share of the samples called so.
    pub share: f64,
    /// Mean confidence in these.
    pub confidence: f64,
    /// Share of all samples that the judge is unsure of.
    pub unsure: f64,
}

impl Called {
    /// `None` if nothing is classified.
    pub fn of(set: &str, seen: &SampleFeatures) -> Option<Self> {
        let mut counts = vec![0usize; seen.classes.len()];
        for p in seen.predictions.iter().filter(|p| p.class < seen.classes.len()) {
            counts[p.class] += 1;
        }
        let class = (0..counts.len()).rev().max_by_key(|c| counts[*c]).filter(|c| counts[*c] > 0)?;
        let all = seen.predictions.len() as f64;
        let own = seen.predictions.iter().filter(|p| p.class == class);
        Some(Self {
            set: set.into(),
            class: seen.classes[class].clone(),
            share: counts[class] as f64 / all,
            confidence: own.map(|p| p.confidence).sum::<f64>() / counts[class] as f64,
            unsure: seen.predictions.iter().filter(|p| p.unsure).count() as f64 / all,
        })
    }

    /// In words.
    pub fn words(&self) -> String {
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        format!(
            "{}: `{}` in {} of the samples, with a confidence of {}; unsure of {}",
            self.set,
            self.class,
            percent(self.share),
            percent(self.confidence),
            percent(self.unsure)
        )
    }
}

/// Result of the check.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct EyeCheck {
    /// The reference against noise.
    pub extremes: Option<PairCheck>,
    /// Neighbouring anchors, from the nearest to the farthest.
    pub neighbours: Vec<PairCheck>,
    /// What reference and noise are called.
    pub called: Vec<Called>,
    /// What a reader must know before believing a figure.
    pub warnings: Vec<String>,
}

/// Checks an extractor: `extremes` are the reference and noise, `anchors` in the order of their distance, `called` what
/// reference and noise are called if the extractor itself classifies.
pub fn check(extremes: [&Group; 2], anchors: &[Group], called: [Option<Called>; 2], eye: &str) -> EyeCheck {
    let extremes = PairCheck::of(extremes[0], extremes[1]);
    let neighbours = anchors.windows(2).filter_map(|pair| PairCheck::of(&pair[0], &pair[1])).collect();
    let mut warnings = Vec::new();
    if let Some(pair) = extremes.as_ref().filter(|p| p.accuracy < BLIND) {
        warnings.push(format!(
            "{eye} hardly tell {} from {}: a nearest neighbour is right in {:.0} % of {} cases, 50 % being chance; no \
             distance below means much",
            pair.sets[1],
            pair.sets[0],
            100.0 * pair.accuracy,
            pair.samples
        ));
    }
    let [reference, noise] = &called;
    if let Some(n) = noise.as_ref().filter(|n| n.class != NOISE && n.unsure < 0.5 && n.confidence > 0.5) {
        warnings.push(format!(
            "{eye} take {} for a class that they know: `{}` in {:.0} % of the samples, with a confidence of {:.0} %",
            n.set,
            n.class,
            100.0 * n.share,
            100.0 * n.confidence
        ));
    }
    if let Some((r, n)) = reference.as_ref().zip(noise.as_ref()).filter(|(r, n)| r.class == n.class) {
        warnings.push(format!("{eye} call {} and {} alike: `{}`", r.set, n.set, r.class));
    } else if let Some(r) = reference.as_ref().filter(|r| r.class == NOISE && r.share > 0.5) {
        let percent = 100.0 * r.share;
        warnings.push(format!("{eye} call {percent:.0} % of the samples of {} `{NOISE}`", r.set));
    }
    EyeCheck { extremes, neighbours, called: called.into_iter().flatten().collect(), warnings }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::features::Prediction;
    use crate::metrics::testing::normal;
    use crate::sets::extractor::ExtractedFeatures;

    fn seen(calls: &[(usize, f64, bool)]) -> SampleFeatures {
        let of = |(class, confidence, unsure): &(usize, f64, bool)| Prediction {
            class: *class,
            confidence: *confidence,
            unsure: *unsure,
        };
        SampleFeatures {
            extracted: ExtractedFeatures { features: SampleMatrix::none(), probabilities: None, flaw: None },
            classes: ["life", "gas", "noise"].map(String::from).to_vec(),
            predictions: calls.iter().map(of).collect(),
        }
    }

    fn group<'a>(name: &'a str, features: &'a SampleMatrix, value: f64) -> Group<'a> {
        Group { name, features, figure: Some(Estimate { value, interval: [value - 1.0, value + 1.0] }) }
    }

    #[test]
    fn sets_are_called_by_their_commonest_class() {
        let called =
            Called::of("gas", &seen(&[(1, 0.9, false), (0, 0.4, true), (1, 0.7, true), (2, 0.5, false)]));
        let called = called.unwrap();
        assert_eq!((called.class.as_str(), called.share, called.unsure), ("gas", 0.5, 0.5));
        assert!((called.confidence - 0.8).abs() < 1e-12);
        assert!(called.words().starts_with("gas: `gas` in 50 % of the samples, with a confidence of 80 %"));
        assert!(Called::of("gas", &seen(&[])).is_none());
    }

    #[test]
    fn a_good_eye_gets_no_warning_and_a_bad_one_does() {
        let (a, c) = (normal(60, 3, 1, 0.0), normal(60, 3, 3, 9.0));
        let (reference, near, noise) =
            (group("ink", &a, 0.0), group("itself", &a, 1.0), group("noise", &c, 40.0));
        let good = check(
            [&reference, &noise],
            &[group("itself", &a, 1.0), group("noise", &c, 40.0)],
            [None, None],
            "eyes",
        );
        assert!(good.warnings.is_empty() && good.extremes.is_some_and(|p| p.accuracy == 1.0));
        assert!(
            good.neighbours.len() == 1
                && !good.neighbours[0].is_chance
                && !good.neighbours[0].intervals_overlap
        );
        let blind = check(
            [&reference, &near],
            &[group("ink", &a, 0.0), group("itself", &a, 1.0)],
            [None, None],
            "eyes",
        );
        assert!(blind.warnings[0].starts_with("eyes hardly tell itself from ink"), "{:?}", blind.warnings);
        assert!(blind.neighbours[0].is_chance && blind.neighbours[0].intervals_overlap);
    }

    #[test]
    fn what_calls_noise_a_known_class_is_named() {
        let (a, c) = (normal(60, 3, 1, 0.0), normal(60, 3, 3, 9.0));
        let warned = |reference: usize, noise: (usize, f64, bool)| {
            let called =
                [Called::of("ink", &seen(&[(reference, 0.9, false)])), Called::of("noise", &seen(&[noise]))];
            check([&group("ink", &a, 0.0), &group("noise", &c, 9.0)], &[], called, "eyes").warnings
        };
        let known = warned(1, (0, 1.0, false));
        assert_eq!(
            known,
            [
                "eyes take noise for a class that they know: `life` in 100 % of the samples, with a confidence of 100 %"
            ]
        );
        assert!(warned(1, (0, 0.4, true)).is_empty() && warned(1, (2, 1.0, false)).is_empty());
        assert_eq!(warned(1, (1, 0.4, true)), ["eyes call ink and noise alike: `gas`"]);
        assert_eq!(warned(2, (0, 0.4, true)), ["eyes call 100 % of the samples of ink `noise`"]);
    }
}
