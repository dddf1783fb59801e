//! The same distance by every feature extractor that is at hand.

use std::path::Path;

use super::two_sample::accuracy;
use crate::metrics::SampleMatrix;
use crate::metrics::frechet::frechet;
use crate::sets::FeatureExtractor;
use crate::sets::image_set::ImageSet;

/// Samples of each set at most: the distances are to be held against one another, not cited.
const MOST: usize = 200;

/// A set of pictures, and its features by the extractor in use if they are known.
#[derive(Clone, Copy)]
pub struct Looked<'a> {
    /// The pictures.
    pub pictures: &'a ImageSet,
    /// Their features.
    pub features: Option<&'a SampleMatrix>,
}

/// Sets of pictures.
pub struct Sets<'a> {
    /// The reference.
    pub reference: Looked<'a>,
    /// Held-out pictures of the reference.
    pub held_out: Option<Looked<'a>>,
    /// Uniform noise.
    pub noise: Looked<'a>,
    /// Each candidate's pictures.
    pub candidates: Vec<Looked<'a>>,
}

/// Distances by one extractor.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct EyeRow {
    /// Name of the extractor on the command line.
    pub eye: String,
    /// What it is.
    pub about: String,
    /// Fréchet distance of held-out pictures of the reference.
    pub itself: Option<f64>,
    /// Of each candidate.
    pub candidates: Vec<Option<f64>>,
    /// Of noise.
    pub noise: Option<f64>,
    /// Accuracy of a nearest neighbour in telling noise from the reference.
    pub noise_told: Option<f64>,
    /// Why there are no figures.
    pub error: Option<String>,
}

/// Fréchet distances from the reference by one extractor, without intervals; features that are known are those of the
/// extractor in use.
fn row(extractor: &FeatureExtractor, is_in_use: bool, sets: &Sets) -> EyeRow {
    let blank = EyeRow {
        eye: extractor.word(),
        about: extractor.name(),
        itself: None,
        candidates: vec![None; sets.candidates.len()],
        noise: None,
        noise_told: None,
        error: None,
    };
    match figures(extractor, is_in_use, sets, &blank) {
        Ok(row) => row,
        Err(error) => EyeRow { error: Some(error), ..blank },
    }
}

fn figures(
    extractor: &FeatureExtractor,
    is_in_use: bool,
    sets: &Sets,
    blank: &EyeRow,
) -> Result<EyeRow, String> {
    let look = |set: Looked| -> Result<SampleMatrix, String> {
        let places: Vec<usize> = (0..set.pictures.pixels.len().min(MOST)).collect();
        if let Some(known) = set.features.filter(|f| is_in_use && f.rows() >= places.len()) {
            return Ok(known.pick(&places));
        }
        let few = set.pictures.pick(&places);
        let found = extractor.extract(&few, Path::new("the samples")).map_err(|e| e.to_string())?;
        found.flaw.map_or(Ok(found.features), |e| Err(e.to_string()))
    };
    let reference = look(sets.reference)?;
    let distance = |set: Looked| look(set).ok().and_then(|f| frechet(&reference, &f).ok());
    let noise = look(sets.noise)?;
    Ok(EyeRow {
        itself: sets.held_out.and_then(distance),
        candidates: sets.candidates.iter().map(|set| distance(*set)).collect(),
        noise: frechet(&reference, &noise).ok(),
        noise_told: accuracy(&reference, &noise).map(|a| a.0),
        ..blank.clone()
    })
}

/// A row for every extractor that needs no file, and for the one in use.
pub fn table(in_use: &FeatureExtractor, sets: &Sets) -> Vec<EyeRow> {
    let others = FeatureExtractor::BUILT_IN.into_iter().filter(|e| e != in_use);
    std::iter::once(row(in_use, true, sets)).chain(others.map(|e| row(&e, false, sets))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// Grey pictures whose neighbouring pixels differ by at most `rough`.
    fn walks(n: usize, seed: u64, rough: f32) -> ImageSet {
        let picture = |i: usize| {
            let rng = Rng::new(seed).fork(i as u64);
            let mut level = 128.0;
            (0..32 * 32)
                .map(|k| {
                    level = (level + rng.range(k, -rough, rough)).clamp(0.0, 255.0);
                    level as u8
                })
                .collect()
        };
        let pixels = (0..n).map(picture).collect();
        ImageSet { channels: 1, side: 32, pixels, classes: Vec::new(), labels: Vec::new() }
    }

    #[test]
    fn every_plain_eye_puts_noise_beyond_what_resembles_the_reference() {
        let (reference, held, rough, noise) =
            (walks(40, 1, 6.0), walks(40, 2, 6.0), walks(40, 3, 40.0), walks(40, 4, 1e4));
        let look = |pictures| Looked { pictures, features: None };
        let sets = Sets {
            reference: look(&reference),
            held_out: Some(look(&held)),
            noise: look(&noise),
            candidates: vec![look(&rough), look(&reference)],
        };
        for extractor in [FeatureExtractor::Random, FeatureExtractor::Statistics, FeatureExtractor::Pixels] {
            let found = row(&extractor, false, &sets);
            let (itself, noise) = (found.itself.unwrap(), found.noise.unwrap());
            assert!(itself < noise && found.candidates[1].unwrap().abs() < 1e-4, "{found:?}");
            assert_eq!(found.eye, extractor.word());
        }
        let random = row(&FeatureExtractor::Random, false, &sets);
        assert!(random.candidates[0] < random.noise && random.itself < random.candidates[0], "{random:?}");
        assert_eq!(random.noise_told, Some(1.0));
    }

    #[test]
    fn an_eye_that_cannot_see_the_pictures_says_why() {
        let small =
            ImageSet { channels: 1, side: 8, pixels: vec![vec![3; 64]; 4], classes: vec![], labels: vec![] };
        let look = Looked { pictures: &small, features: None };
        let sets = Sets { reference: look, held_out: None, noise: look, candidates: vec![look] };
        let found = row(&FeatureExtractor::Random, false, &sets);
        assert!(found.error.is_some_and(|e| e.contains("at least 20 pixels")) && found.candidates == [None]);
    }
    #[test]
    fn known_features_are_used_by_the_eye_in_use_only() {
        let (reference, other) = (walks(10, 1, 6.0), walks(10, 2, 6.0));
        let made_up = SampleMatrix::new(1, (0..10).map(f64::from).collect()).unwrap();
        let look = |pictures| Looked { pictures, features: Some(&made_up) };
        let sets =
            Sets { reference: look(&reference), held_out: None, noise: look(&other), candidates: vec![] };
        let rows = table(&FeatureExtractor::Pixels, &sets);
        let words: Vec<&str> = rows.iter().map(|r| r.eye.as_str()).collect();
        assert_eq!(words, ["pixels", "judge", "random", "statistics"]);
        // By the made-up numbers all sets are the same.
        assert!(rows[0].noise.unwrap().abs() < 1e-6 && rows[2].noise.unwrap() > 1e-4, "{rows:?}");
    }
}
