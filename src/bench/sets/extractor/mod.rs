//! Feature extractors: what turns pictures into the features that metrics compare.

pub mod random;
pub mod statistics;

use std::path::{Path, PathBuf};

use super::SetError;
use super::image_set::ImageSet;
use crate::metrics::{MetricError, SampleMatrix};
use data::reduce::SIDE;
use data::sample;
use judge::Judge;
use judge::calibration::softmax;
use judge::classifier::Outputs;

/// Feature extractor for pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeatureExtractor {
    /// Every pixel's value, 0..1.
    Pixels,
    /// The embedding of the shipped judge.
    Judge,
    /// Fixed random convolutions ([`random`]).
    Random,
    /// Raw statistics ([`statistics`]).
    Statistics,
    /// The embedding of another judge: a file of weights.
    Weights(PathBuf),
}

/// Features extracted from pictures.
#[derive(Clone, Debug)]
pub struct ExtractedFeatures {
    /// One row of features a picture; empty if there is a flaw.
    pub features: SampleMatrix,
    /// One row of class probabilities a picture, if the extractor classifies.
    pub probabilities: Option<SampleMatrix>,
    /// Why there are no features: weights may give values that are not finite.
    pub flaw: Option<MetricError>,
}

impl ExtractedFeatures {
    /// From rows of features and of probabilities, each with its number of columns.
    fn of(
        path: &Path,
        (columns, features): (usize, Vec<f64>),
        (classes, chances): (usize, Vec<f64>),
    ) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let named = |e: MetricError| {
            let why =
                format!("the weights give features that are not finite for the pictures of `{name}`: {e}");
            MetricError::Unfit { metric: "features", why }
        };
        let tables =
            SampleMatrix::new(columns, features).and_then(|f| Ok((f, SampleMatrix::new(classes, chances)?)));
        match tables {
            Ok((features, chances)) => Self { features, probabilities: Some(chances), flaw: None },
            Err(e) => Self { features: SampleMatrix::none(), probabilities: None, flaw: Some(named(e)) },
        }
    }
}

/// Predicted classes of pictures.
#[derive(Clone, Debug, Default)]
pub struct PredictedClasses {
    /// Names of the classes; empty if the extractor does not classify.
    pub classes: Vec<String>,
    /// Whether each picture is out of distribution.
    pub unsure: Vec<bool>,
}

impl FeatureExtractor {
    /// Those that need no file.
    pub const BUILT_IN: [Self; 4] = [Self::Judge, Self::Random, Self::Statistics, Self::Pixels];

    /// `judge` (the shipped one), `random`, `statistics`, `pixels`, or a file of weights.
    pub fn named(word: &str) -> Self {
        let built_in = Self::BUILT_IN.into_iter().find(|e| e.word() == word);
        built_in.unwrap_or_else(|| Self::Weights(word.into()))
    }

    /// Name on the command line.
    pub fn word(&self) -> String {
        match self {
            Self::Pixels => "pixels".into(),
            Self::Judge => "judge".into(),
            Self::Random => "random".into(),
            Self::Statistics => "statistics".into(),
            Self::Weights(path) => path.display().to_string(),
        }
    }

    /// Name for reports.
    pub fn name(&self) -> String {
        match self {
            Self::Pixels => "raw pixels".into(),
            Self::Judge => "the shipped judge's embedding".into(),
            Self::Random => "random convolutions".into(),
            Self::Statistics => "raw statistics".into(),
            Self::Weights(path) => format!("the embedding of {}", path.display()),
        }
    }

    /// Extracts the features of every picture; errors name `path`.
    ///
    /// # Errors
    /// No pictures, or weights that cannot be used.
    pub fn extract(&self, pictures: &ImageSet, path: &Path) -> Result<ExtractedFeatures, SetError> {
        Ok(self.extract_and_classify(pictures, path)?.0)
    }

    /// Extracts the features and predicts the class of every picture.
    ///
    /// # Errors
    /// As [`Self::extract`].
    pub fn extract_and_classify(
        &self,
        pictures: &ImageSet,
        path: &Path,
    ) -> Result<(ExtractedFeatures, PredictedClasses), SetError> {
        if pictures.pixels.is_empty() {
            return Err(SetError::input(path, "holds no pictures"));
        }
        let plain = match self {
            Self::Pixels => {
                let values = pictures.pixels.iter().flatten().map(|v| f64::from(*v) / 255.0).collect();
                SampleMatrix::new(pictures.side * pictures.side * pictures.channels, values)
            }
            Self::Random => random::features(pictures),
            Self::Statistics => statistics::features(pictures),
            Self::Judge | Self::Weights(_) => return self.judge(pictures, path),
        };
        let features = plain.map_err(|e| SetError::table(path, e))?;
        Ok((ExtractedFeatures { features, probabilities: None, flaw: None }, PredictedClasses::default()))
    }

    fn judge(
        &self,
        pictures: &ImageSet,
        path: &Path,
    ) -> Result<(ExtractedFeatures, PredictedClasses), SetError> {
        let judge = match self {
            Self::Weights(file) => Judge::load(file)?,
            _ => Judge::shipped()?,
        };
        let shape = &judge.header.architecture;
        let fitted = fit(pictures, shape.channels, shape.side).ok_or_else(|| {
            let say = |channels: usize, side: usize| {
                format!("{} pictures of {side}×{side}", if channels == 1 { "grey" } else { "coloured" })
            };
            let (wanted, found) = (say(shape.channels, shape.side), say(pictures.channels, pictures.side));
            SetError::input(path, format!("expected {wanted} for these weights, found {found}"))
        })?;
        let samples = sample::Samples {
            pictures: fitted,
            ..sample::Samples::empty(shape.channels, shape.side, Vec::new())
        };
        let Outputs { logits, embeddings } = judge.classifier().samples(&samples);
        let features = embeddings.iter().flatten().map(|v| *v as f64).collect();
        let chances: Vec<Vec<f32>> = logits.iter().map(|l| softmax(l, judge.header.temperature)).collect();
        let doubt = &judge.header.doubt;
        let surest = |p: &[f32]| p.iter().copied().fold(0.0, f32::max);
        let unsure = embeddings.iter().zip(&chances).map(|(e, p)| doubt.is_unsure(e, surest(p))).collect();
        let classes = judge.header.classes.clone();
        let chances = chances.iter().flatten().map(|v| *v as f64).collect();
        let extracted =
            ExtractedFeatures::of(path, (embeddings[0].len(), features), (classes.len(), chances));
        Ok((extracted, PredictedClasses { classes, unsure }))
    }
}

/// The pictures in the input format of a network; they may be converted to colour at the judge's size, nothing else.
fn fit(pictures: &ImageSet, channels: usize, side: usize) -> Option<Vec<Vec<u8>>> {
    match (channels, side) {
        shape if shape == (pictures.channels, pictures.side) => Some(pictures.pixels.clone()),
        (3, SIDE) => Some(pictures.common().pixels),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_extractor_has_a_name_of_its_own() {
        for extractor in FeatureExtractor::BUILT_IN {
            assert_eq!(FeatureExtractor::named(&extractor.word()), extractor);
        }
        let file = FeatureExtractor::named("mnist.safetensors");
        assert!(
            file == FeatureExtractor::Weights("mnist.safetensors".into()) && file.name().contains("mnist")
        );
    }

    #[test]
    fn features_are_finite_or_a_flaw_names_the_set() {
        let path = Path::new("some/digits");
        let good = ExtractedFeatures::of(path, (2, vec![1.0, 2.0, 3.0, 4.0]), (1, vec![1.0, 1.0]));
        assert_eq!((good.features.rows(), good.flaw), (2, None));
        for bad in [
            ExtractedFeatures::of(path, (2, vec![1.0, f64::NAN]), (1, vec![1.0])),
            ExtractedFeatures::of(path, (2, vec![1.0; 2]), (1, vec![f64::INFINITY])),
        ] {
            assert_eq!((bad.features.rows(), bad.probabilities), (0, None));
            let flaw = bad.flaw.unwrap().to_string();
            assert!(flaw.contains("pictures of `digits`") && flaw.contains("row 1"), "{flaw}");
        }
    }
}
