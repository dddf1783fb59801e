//! Features and predicted classes of samples.

use std::path::Path;

use super::progress::ProgressObserver;
use super::sampling::DrawnSamples;
use crate::metrics::SampleMatrix;
use crate::sets::FeatureExtractor;
use crate::sets::pictures::{ExtractedFeatures, PredictedClasses};

/// The judge's prediction for a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The most probable class, as an index into [`SampleFeatures::classes`].
    pub class: usize,
    /// Its probability.
    pub confidence: f64,
    /// Whether the sample is out of distribution.
    pub unsure: bool,
}

/// Features and predictions of samples.
pub struct SampleFeatures {
    /// Features, and class probabilities if the extractor classifies.
    pub extracted: ExtractedFeatures,
    /// Names of the classes that predictions index.
    pub classes: Vec<String>,
    /// Prediction for each sample; empty without a judge.
    pub predictions: Vec<Prediction>,
}

/// Extracts the features of all samples. Raw pixels do not classify: the shipped judge then does, if it is built in.
///
/// # Errors
/// There are no samples, or the extractor does not accept them.
pub fn extract(
    drawn: &DrawnSamples,
    extractor: &FeatureExtractor,
    name: &str,
    watch: &dyn ProgressObserver,
) -> Result<SampleFeatures, String> {
    if drawn.seeds.is_empty() {
        return Err(drawn.failure.clone().unwrap_or("it has no samples".into()));
    }
    watch.begin(&format!("{name}: features"), 1);
    let path = Path::new(name);
    let extract =
        |e: &FeatureExtractor| e.extract_and_classify(&drawn.pictures, path).map_err(|e| e.to_string());
    let (extracted, names) = extract(extractor)?;
    let seen = match &extracted.probabilities {
        Some(p) => SampleFeatures { predictions: predictions(p, &names), classes: names.classes, extracted },
        None => match extract(&FeatureExtractor::Judge) {
            Ok((ExtractedFeatures { probabilities: Some(p), .. }, names)) => {
                SampleFeatures { predictions: predictions(&p, &names), classes: names.classes, extracted }
            }
            _ => SampleFeatures { predictions: Vec::new(), classes: Vec::new(), extracted },
        },
    };
    watch.done(1);
    Ok(seen)
}

fn predictions(probabilities: &SampleMatrix, names: &PredictedClasses) -> Vec<Prediction> {
    let one = |i: usize| {
        let row = probabilities.row(i);
        let (class, confidence) =
            row.iter().enumerate().fold((0, 0.0), |best, (c, p)| if *p > best.1 { (c, *p) } else { best });
        Prediction { class, confidence, unsure: names.unsure[i] }
    };
    (0..probabilities.rows()).map(one).collect()
}

impl SampleFeatures {
    /// Share of samples predicted as each class, and last, of those out of distribution.
    pub fn histogram(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.classes.len() + 1];
        for call in &self.predictions {
            let place = if call.unsure { self.classes.len() } else { call.class };
            shares[place] += 1.0 / self.predictions.len() as f64;
        }
        shares
    }

    /// Caption for a sample's prediction.
    pub fn caption(&self, sample: usize) -> Option<String> {
        let call = self.predictions.get(sample)?;
        let name = self.classes.get(call.class)?;
        let percent = 100.0 * call.confidence;
        Some(match call.unsure {
            true => format!("unsure ({name}?)"),
            false => format!("{name} {percent:.0} %"),
        })
    }
}
