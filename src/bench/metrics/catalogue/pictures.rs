//! Metrics of the pictures themselves.

use rand::seq::IndexedRandom;
use rayon::prelude::*;

use super::super::image::{self, Grey, Mask, SsimWindow};
use super::super::{MetricError, mean};
use super::inputs::{GreyImages, MetricInputs};
use super::result::MetricResult;
use super::tables::{of_values, rng};
use world::rng::Rng;

/// Mean of a per-picture metric over both sets. Pictures for which it is undefined (a flat one has no symmetry) are
/// skipped.
pub(super) fn per_picture(
    q: &MetricInputs,
    f: impl Fn(&Grey) -> Result<f64, MetricError> + Sync,
) -> Result<MetricResult, MetricError> {
    let [reference, candidate] = grey_images(q)?;
    let all = |set: &GreyImages| defined(set.pictures.par_iter().map(&f).collect());
    result(q, all(reference)?, all(candidate)?)
}

fn result(q: &MetricInputs, reference: Vec<f64>, candidate: Vec<f64>) -> Result<MetricResult, MetricError> {
    let figure = of_values(q, "pictures", &candidate, "bootstrap")?;
    let samples = [reference.len(), candidate.len()];
    Ok(MetricResult { figure, samples, floor: None, ceiling: None, of_reference: Some(mean(&reference)) })
}

/// The values that are defined; the first error if none is.
fn defined(all: Vec<Result<f64, MetricError>>) -> Result<Vec<f64>, MetricError> {
    let first = all.iter().find_map(|r| r.as_ref().err().cloned());
    let good: Vec<f64> = all.into_iter().flatten().collect();
    match (good.is_empty(), first) {
        (true, Some(reason)) => Err(reason),
        _ => Ok(good),
    }
}

fn grey_images<'a>(q: &MetricInputs<'a>) -> Result<[&'a GreyImages; 2], MetricError> {
    q.pictures.ok_or(MetricError::Unfit { metric: "this metric", why: "needs pictures, not features".into() })
}

pub(super) fn compressed(picture: &Grey) -> Result<f64, MetricError> {
    Ok(image::compressed_size(picture)? as f64 / (picture.width() * picture.height()) as f64)
}

/// From the second ring to nine tenths of the Nyquist frequency, where rings are complete.
pub(super) fn slope(picture: &Grey) -> Result<f64, MetricError> {
    let rings = picture.width().min(picture.height()) / 2;
    image::power_slope(picture, 2..=rings * 9 / 10)
}

/// Boxes of 1, 2, 4, … pixels, up to a quarter of the picture.
pub(super) fn dimension(picture: &Grey) -> Result<f64, MetricError> {
    let most = picture.width().min(picture.height()) / 4;
    let sides: Vec<usize> =
        std::iter::successors(Some(1), |s| Some(s * 2)).take_while(|s| *s <= most).collect();
    image::box_dimension(&Mask::above(picture, image::otsu(picture)?), &sides)
}

/// Number of pairs compared.
const PAIRS: usize = 400;

/// SSIM of random pairs within a class (of any pairs, unless both sets have classes).
pub(super) fn ssim_within(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    of_pairs(q, "likeness", |a, b| image::ssim(a, b, SsimWindow::Gaussian).map(|s| s.index))
}

/// MS-SSIM over as many scales as the smallest picture of both sets allows.
pub(super) fn ms_ssim_within(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let pictures = grey_images(q)?.into_iter().flat_map(|a| &a.pictures);
    let scales = pictures.map(|p| image::scales(p.width(), p.height())).min().unwrap_or(0).max(1);
    of_pairs(q, "ms-likeness", |a, b| image::ms_ssim_of(a, b, scales))
}

fn of_pairs(
    q: &MetricInputs,
    metric: &'static str,
    similarity: impl Fn(&Grey, &Grey) -> Result<f64, MetricError> + Sync,
) -> Result<MetricResult, MetricError> {
    let [reference, candidate] = grey_images(q)?;
    let labelled = [reference, candidate].iter().all(|a| !a.labels.is_empty());
    let of = |images: &GreyImages, set: &'static str| {
        let pairs = pairs(images, labelled, metric, set, rng(q, "pairs").named(set))?;
        let one = |&(a, b): &(usize, usize)| similarity(&images.pictures[a], &images.pictures[b]);
        pairs.par_iter().map(one).collect::<Result<Vec<f64>, MetricError>>()
    };
    result(q, of(reference, "the reference")?, of(candidate, "the candidate")?)
}

/// Pairs of distinct pictures of one class, cycling through the classes.
fn pairs(
    images: &GreyImages,
    labelled: bool,
    metric: &'static str,
    set: &'static str,
    r: Rng,
) -> Result<Vec<(usize, usize)>, MetricError> {
    let class = |i: usize| if labelled { images.labels[i] } else { 0 };
    let most = (0..images.pictures.len()).map(class).max().unwrap_or(0);
    let named = if labelled { images.classes.len() } else { 0 };
    let mut classes = vec![Vec::new(); named.max(most + 1)];
    (0..images.pictures.len()).for_each(|i| classes[class(i)].push(i));
    // A missing class is exactly what must be reported, not skipped.
    if let Some(c) = classes.iter().position(|c| c.len() < 2) {
        let what = match (labelled, images.classes.get(c)) {
            (true, Some(name)) => format!("the class `{name}` of {set}"),
            (true, None) => format!("class {c} of {set}"),
            _ => set.into(),
        };
        return Err(MetricError::TooFew { metric, what, least: 2, found: classes[c].len() });
    }
    let mut s = r.sequence();
    let pair = |of: &Vec<usize>| of.sample_array(&mut s).map(|[a, b]| (a, b));
    Ok(classes.iter().cycle().take(PAIRS).filter_map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::super::super::SampleMatrix;
    use super::super::{METRICS, Metric, evaluate, find};
    use super::*;

    /// Pictures whose grey is `f(x, y, random number)`.
    fn drawn(seed: u64, n: usize, f: impl Fn(usize, usize, f32) -> f32) -> GreyImages {
        let one = |i: usize| {
            let r = Rng::new(seed).fork(i as u64);
            let level = |p: usize| (255.0 * f(p % 32, p / 32, r.unit(p as u64))) as u8;
            Grey::from_levels(32, 32, &(0..1024).map(level).collect::<Vec<_>>()).unwrap()
        };
        GreyImages { pictures: (0..n).map(one).collect(), ..GreyImages::default() }
    }

    fn one(
        metric: &Metric,
        reference: &GreyImages,
        candidate: &GreyImages,
    ) -> Result<MetricResult, MetricError> {
        let table = SampleMatrix::new(1, vec![0.0; 4]).unwrap();
        let pictures = Some([reference, candidate]);
        let q = MetricInputs { pictures, seed: 3, ..MetricInputs::of(&table, &table) };
        evaluate(&q, &[metric], |_| ()).remove(0)
    }

    #[test]
    fn noise_and_bars_differ_as_they_should() {
        let noise = drawn(1, 12, |_, _, r| r);
        let bars = drawn(2, 12, |x, _, r| if (x / 4) % 2 == 0 { 0.1 } else { 0.8 + 0.05 * r });
        let of = |name: &str| {
            let a = one(find(name).unwrap(), &noise, &bars).unwrap();
            (a.of_reference.unwrap(), a.figure.value)
        };
        let (noisy, barred) = of("entropy");
        assert!(noisy > 7.0 && barred < 5.0);
        let (noisy, barred) = of("compressed");
        assert!(noisy > 0.9 && barred < 0.6, "{noisy} {barred}");
        let (noisy, barred) = of("spectrum");
        assert!(noisy.abs() < 0.4 && barred < noisy, "{noisy} {barred}");
        let (noisy, barred) = of("likeness");
        assert!(noisy < 0.1 && barred > 0.9, "{noisy} {barred}");
        let (noisy, barred) = of("symmetry");
        assert!(noisy.abs() < 0.1 && barred < -0.9, "bars of eight to 32 mirror dark on bright: {barred}");
    }

    #[test]
    fn pictures_without_a_value_are_skipped_and_a_set_of_them_is_an_error() {
        let flat = drawn(1, 3, |_, _, _| 0.5);
        let mut mixed = drawn(2, 5, |_, _, r| r);
        mixed.pictures.extend(flat.pictures.clone());
        let symmetry = find("symmetry").unwrap();
        let answer = one(symmetry, &mixed, &mixed).unwrap();
        assert_eq!(answer.samples, [5, 5]);
        assert!(one(symmetry, &mixed, &flat).is_err());
    }

    #[test]
    fn pairs_are_distinct_pictures_of_one_class() {
        let mut a = drawn(1, 20, |_, _, r| r);
        a.labels = (0..20).map(|i| i % 3).collect();
        let chosen = |labelled| pairs(&a, labelled, "likeness", "the set", Rng::new(3)).unwrap();
        assert!(chosen(true).iter().all(|(i, j)| i != j && i % 3 == j % 3));
        assert!(chosen(false).iter().any(|(i, j)| i % 3 != j % 3));
        assert!(
            (0..20).all(|i| chosen(true).iter().any(|p| p.0 == i) && chosen(true).iter().any(|p| p.1 == i))
        );
        let table = SampleMatrix::new(1, vec![0.0]).unwrap();
        let q = MetricInputs::of(&table, &table);
        assert!(METRICS.iter().filter(|m| (m.applies)(&q)).all(|m| !m.name.contains("likeness")));
    }

    #[test]
    fn likeness_is_the_mean_over_all_pairs() {
        // Few pictures, so that every pair of a class can be computed by the pairwise functions.
        let pattern = |seed: u64| {
            let mut a = drawn(seed, 6, |x, y, r| 0.5 + 0.3 * ((x * y) as f32 * 0.05).sin() + 0.2 * (r - 0.5));
            a.labels = vec![0, 0, 0, 1, 1, 1];
            a
        };
        let (a, b) = (pattern(1), pattern(2));
        let all = |f: &dyn Fn(&Grey, &Grey) -> f64| {
            let pairs = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)];
            mean(&pairs.map(|(i, j)| f(&b.pictures[i], &b.pictures[j])))
        };
        let of = |name: &str| one(find(name).unwrap(), &a, &b).unwrap();
        let (plain, scaled) = (of("likeness"), of("ms-likeness"));
        let near = |found: &MetricResult, expected: f64| {
            let [lo, hi] = found.figure.interval;
            assert!(lo <= expected && expected <= hi && hi - lo < 0.1, "{found:?} for {expected}");
        };
        near(&plain, all(&|x, y| image::ssim(x, y, SsimWindow::Gaussian).unwrap().index));
        // 32×32 pixels have two scales.
        near(&scaled, all(&|x, y| image::ms_ssim_of(x, y, 2).unwrap()));
        assert_eq!((plain.samples, scaled.samples), ([400; 2], [400; 2]));
        assert!(scaled.figure.value > plain.figure.value, "noise is averaged out between scales");
    }

    #[test]
    fn a_class_without_pairs_is_reported() {
        let mut a = drawn(1, 4, |_, _, r| r);
        a.labels = vec![0, 0, 1, 1];
        a.classes = ["cat", "dog"].map(String::from).to_vec();
        let mut b = a.clone();
        b.labels = vec![0, 0, 0, 1];
        for name in ["likeness", "ms-likeness"] {
            let message =
                |x: &GreyImages, y: &GreyImages| one(find(name).unwrap(), x, y).unwrap_err().to_string();
            let expected =
                format!("{name} needs at least 2 samples of the class `dog` of the candidate, found 1");
            assert_eq!(message(&a, &b), expected);
            b.labels = vec![0; 4];
            assert!(message(&b, &a).contains("the class `dog` of the reference, found 0"));
            b.labels = vec![0, 0, 0, 1];
            // If one side has no classes, both use pairs of any two pictures.
            let bare = GreyImages { labels: Vec::new(), ..a.clone() };
            assert!(one(find(name).unwrap(), &bare, &b).is_ok());
            let lone = GreyImages { pictures: a.pictures[..1].to_vec(), ..GreyImages::default() };
            assert!(message(&a, &lone).contains("of the candidate, found 1"));
        }
    }
}
