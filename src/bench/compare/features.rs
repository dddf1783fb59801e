//! What the eye sees in samples, and what the judge calls them.

use std::path::Path;

use super::ProgressObserver;
use super::sampling::DrawnSamples;
use crate::metrics::SampleMatrix;
use crate::sets::FeatureExtractor;
use crate::sets::pictures::{ExtractedFeatures, PredictedClasses};

/// What the judge calls a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The likeliest class, by place in [`SampleFeatures::classes`].
    pub class: usize,
    /// Its probability.
    pub confidence: f64,
    /// Whether the sample is like none of the classes.
    pub unsure: bool,
}

/// What was seen in samples.
pub struct SampleFeatures {
    /// Features, and class probabilities if the eye names classes.
    pub extracted: ExtractedFeatures,
    /// Names of the classes that calls index.
    pub classes: Vec<String>,
    /// What each sample is called; empty where there is no judge.
    pub calls: Vec<Prediction>,
}

/// Looks at all samples. Pixels name nothing: then the shipped judge does, where there is one.
///
/// # Errors
/// There are no samples, or they cannot be seen by this eye.
pub fn see(
    drawn: &DrawnSamples,
    eye: &FeatureExtractor,
    name: &str,
    watch: &dyn ProgressObserver,
) -> Result<SampleFeatures, String> {
    if drawn.seeds.is_empty() {
        return Err(drawn.failure.clone().unwrap_or("it has no samples".into()));
    }
    watch.begin(&format!("{name}: looking"), 1);
    let path = Path::new(name);
    let look = |eye: &FeatureExtractor| eye.name_and_look(&drawn.pictures, path).map_err(|e| e.to_string());
    let (extracted, names) = look(eye)?;
    let seen = match &extracted.probabilities {
        Some(p) => SampleFeatures { calls: calls(p, &names), classes: names.classes, extracted },
        None => match look(&FeatureExtractor::Judge) {
            Ok((ExtractedFeatures { probabilities: Some(p), .. }, names)) => {
                SampleFeatures { calls: calls(&p, &names), classes: names.classes, extracted }
            }
            _ => SampleFeatures { calls: Vec::new(), classes: Vec::new(), extracted },
        },
    };
    watch.done(1);
    Ok(seen)
}

fn calls(probabilities: &SampleMatrix, names: &PredictedClasses) -> Vec<Prediction> {
    let one = |i: usize| {
        let row = probabilities.row(i);
        let (class, confidence) =
            row.iter().enumerate().fold((0, 0.0), |best, (c, p)| if *p > best.1 { (c, *p) } else { best });
        Prediction { class, confidence, unsure: names.unsure[i] }
    };
    (0..probabilities.rows()).map(one).collect()
}

impl SampleFeatures {
    /// Share of the samples that are called each class, and, last, of those that are called none.
    pub fn histogram(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.classes.len() + 1];
        for call in &self.calls {
            let place = if call.unsure { self.classes.len() } else { call.class };
            shares[place] += 1.0 / self.calls.len() as f64;
        }
        shares
    }

    /// The word on a sample.
    pub fn word(&self, sample: usize) -> Option<String> {
        let call = self.calls.get(sample)?;
        let name = self.classes.get(call.class)?;
        let percent = 100.0 * call.confidence;
        Some(match call.unsure {
            true => format!("unsure ({name}?)"),
            false => format!("{name} {percent:.0} %"),
        })
    }
}
