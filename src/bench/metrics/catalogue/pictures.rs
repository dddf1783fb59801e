//! Answers from the pictures themselves.

use rand::seq::IndexedRandom;
use rayon::prelude::*;

use super::super::image::{self, Grey, Mask, SsimWindow};
use super::super::interval::of_mean;
use super::super::{MetricError, mean};
use super::tables::rng;
use super::{GreyImages, MetricInputs, MetricResult};
use world::rng::Rng;

/// A figure of every picture of both sets. Pictures that have none (one of a single colour has no symmetry) are left out.
pub(super) fn per_picture(
    q: &MetricInputs,
    f: impl Fn(&Grey) -> Result<f64, MetricError> + Sync,
) -> Result<MetricResult, MetricError> {
    let [reference, candidate] = albums(q)?;
    let all = |grey_images: &GreyImages| figures(grey_images.pictures.par_iter().map(&f).collect());
    answer(q, all(reference)?, all(candidate)?)
}

fn answer(q: &MetricInputs, reference: Vec<f64>, candidate: Vec<f64>) -> Result<MetricResult, MetricError> {
    let figure = of_mean("pictures", &candidate, rng(q, "bootstrap"))?;
    let samples = [reference.len(), candidate.len()];
    Ok(MetricResult { figure, samples, floor: None, ceiling: None, of_reference: Some(mean(&reference)) })
}

/// The figures there are; the first reason if there is none at all.
fn figures(all: Vec<Result<f64, MetricError>>) -> Result<Vec<f64>, MetricError> {
    let first = all.iter().find_map(|r| r.as_ref().err().cloned());
    let good: Vec<f64> = all.into_iter().flatten().collect();
    match (good.is_empty(), first) {
        (true, Some(reason)) => Err(reason),
        _ => Ok(good),
    }
}

fn albums<'a>(q: &MetricInputs<'a>) -> Result<[&'a GreyImages; 2], MetricError> {
    q.pictures.ok_or(MetricError::Unfit { metric: "this metric", why: "needs pictures, not features".into() })
}

pub(super) fn compressed(picture: &Grey) -> Result<f64, MetricError> {
    Ok(image::compressed_size(picture)? as f64 / (picture.width() * picture.height()) as f64)
}

/// From the second ring to nine tenths of the way to the border, where rings are whole.
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

/// Pairs that are compared.
const PAIRS: usize = 400;

/// Structural similarity of random pairs of one class (of any, unless both sets have classes).
pub(super) fn alike_within(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    of_pairs(q, "likeness", |a, b| image::ssim(a, b, SsimWindow::Gaussian).map(|s| s.index))
}

/// The same over as many scales as the smallest picture of both sets has.
pub(super) fn alike_at_scales(q: &MetricInputs) -> Result<MetricResult, MetricError> {
    let pictures = albums(q)?.into_iter().flat_map(|a| &a.pictures);
    let scales = pictures.map(|p| image::scales(p.width(), p.height())).min().unwrap_or(0).max(1);
    of_pairs(q, "ms-likeness", |a, b| image::ms_ssim_of(a, b, scales))
}

fn of_pairs(
    q: &MetricInputs,
    metric: &'static str,
    alike: impl Fn(&Grey, &Grey) -> Result<f64, MetricError> + Sync,
) -> Result<MetricResult, MetricError> {
    let [reference, candidate] = albums(q)?;
    let labelled = [reference, candidate].iter().all(|a| !a.labels.is_empty());
    let of = |grey_images: &GreyImages, set: &'static str| {
        let pairs = pairs(grey_images, labelled, metric, set, rng(q, "pairs").named(set))?;
        let one = |&(a, b): &(usize, usize)| alike(&grey_images.pictures[a], &grey_images.pictures[b]);
        pairs.par_iter().map(one).collect::<Result<Vec<f64>, MetricError>>()
    };
    answer(q, of(reference, "the reference")?, of(candidate, "the candidate")?)
}

/// Pairs of different pictures of one class, the classes in turn.
fn pairs(
    grey_images: &GreyImages,
    labelled: bool,
    metric: &'static str,
    set: &'static str,
    r: Rng,
) -> Result<Vec<(usize, usize)>, MetricError> {
    let class = |i: usize| if labelled { grey_images.labels[i] } else { 0 };
    let most = (0..grey_images.pictures.len()).map(class).max().unwrap_or(0);
    let named = if labelled { grey_images.classes.len() } else { 0 };
    let mut classes = vec![Vec::new(); named.max(most + 1)];
    (0..grey_images.pictures.len()).for_each(|i| classes[class(i)].push(i));
    // A class that lost its pictures is the very thing to be told, not to be passed over.
    if let Some(c) = classes.iter().position(|c| c.len() < 2) {
        let what = match (labelled, grey_images.classes.get(c)) {
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
    use super::super::{METRICS, Metric, find, take};
    use super::*;

    /// Pictures whose grey is `f(x, y, random number)`.
    fn grey_images(seed: u64, n: usize, f: impl Fn(usize, usize, f32) -> f32) -> GreyImages {
        let one = |i: usize| {
            let r = Rng::new(seed).fork(i as u64);
            let level = |p: usize| (255.0 * f(p % 32, p / 32, r.unit(p as u64))) as u8;
            Grey::from_levels(32, 32, &(0..1024).map(level).collect::<Vec<_>>()).unwrap()
        };
        GreyImages { pictures: (0..n).map(one).collect(), ..GreyImages::default() }
    }

    fn ask(
        metric: &Metric,
        reference: &GreyImages,
        candidate: &GreyImages,
    ) -> Result<MetricResult, MetricError> {
        let table = SampleMatrix::new(1, vec![0.0; 4]).unwrap();
        let pictures = Some([reference, candidate]);
        let q = MetricInputs { pictures, seed: 3, ..MetricInputs::of(&table, &table) };
        take(&q, &[metric], |_| ()).remove(0)
    }

    #[test]
    fn noise_and_bars_differ_as_they_should() {
        let noise = grey_images(1, 12, |_, _, r| r);
        let bars = grey_images(2, 12, |x, _, r| if (x / 4) % 2 == 0 { 0.1 } else { 0.8 + 0.05 * r });
        let of = |name: &str| {
            let a = ask(find(name).unwrap(), &noise, &bars).unwrap();
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
    fn pictures_without_a_figure_are_left_out_and_a_set_of_them_is_an_error() {
        let flat = grey_images(1, 3, |_, _, _| 0.5);
        let mut mixed = grey_images(2, 5, |_, _, r| r);
        mixed.pictures.extend(flat.pictures.clone());
        let symmetry = find("symmetry").unwrap();
        let answer = ask(symmetry, &mixed, &mixed).unwrap();
        assert_eq!(answer.samples, [5, 5]);
        assert!(ask(symmetry, &mixed, &flat).is_err());
    }

    #[test]
    fn pairs_are_of_one_class_and_of_two_pictures() {
        let mut a = grey_images(1, 20, |_, _, r| r);
        a.labels = (0..20).map(|i| i % 3).collect();
        let drawn = |labelled| pairs(&a, labelled, "likeness", "the set", Rng::new(3)).unwrap();
        assert!(drawn(true).iter().all(|(i, j)| i != j && i % 3 == j % 3));
        assert!(drawn(false).iter().any(|(i, j)| i % 3 != j % 3));
        assert!(
            (0..20).all(|i| drawn(true).iter().any(|p| p.0 == i) && drawn(true).iter().any(|p| p.1 == i))
        );
        let table = SampleMatrix::new(1, vec![0.0]).unwrap();
        let q = MetricInputs::of(&table, &table);
        assert!(METRICS.iter().filter(|m| (m.applies)(&q)).all(|m| !m.name.contains("likeness")));
    }

    #[test]
    fn likeness_is_the_mean_over_all_pairs() {
        // Few pictures, so that every pair of a class can be taken, by the functions of single pairs.
        let pattern = |seed: u64| {
            let mut a =
                grey_images(seed, 6, |x, y, r| 0.5 + 0.3 * ((x * y) as f32 * 0.05).sin() + 0.2 * (r - 0.5));
            a.labels = vec![0, 0, 0, 1, 1, 1];
            a
        };
        let (a, b) = (pattern(1), pattern(2));
        let all = |f: &dyn Fn(&Grey, &Grey) -> f64| {
            let pairs = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)];
            mean(&pairs.map(|(i, j)| f(&b.pictures[i], &b.pictures[j])))
        };
        let of = |name: &str| ask(find(name).unwrap(), &a, &b).unwrap();
        let (plain, scaled) = (of("likeness"), of("ms-likeness"));
        let near = |found: &MetricResult, expected: f64| {
            let [lo, hi] = found.figure.interval;
            assert!(lo <= expected && expected <= hi && hi - lo < 0.1, "{found:?} for {expected}");
        };
        near(&plain, all(&|x, y| image::ssim(x, y, SsimWindow::Gaussian).unwrap().index));
        // 32×32 pixels have two scales.
        near(&scaled, all(&|x, y| image::ms_ssim_of(x, y, 2).unwrap()));
        assert_eq!((plain.samples, scaled.samples), ([400; 2], [400; 2]));
        assert!(scaled.figure.value > plain.figure.value, "noise is averaged away between scales");
    }

    #[test]
    fn a_class_without_pairs_is_named() {
        let mut a = grey_images(1, 4, |_, _, r| r);
        a.labels = vec![0, 0, 1, 1];
        a.classes = ["cat", "dog"].map(String::from).to_vec();
        let mut b = a.clone();
        b.labels = vec![0, 0, 0, 1];
        for name in ["likeness", "ms-likeness"] {
            let told =
                |x: &GreyImages, y: &GreyImages| ask(find(name).unwrap(), x, y).unwrap_err().to_string();
            let words =
                format!("{name} needs at least 2 samples of the class `dog` of the candidate, found 1");
            assert_eq!(told(&a, &b), words);
            b.labels = vec![0; 4];
            assert!(told(&b, &a).contains("the class `dog` of the reference, found 0"));
            b.labels = vec![0, 0, 0, 1];
            // Without classes on one side pairs are of any two pictures on both.
            let bare = GreyImages { labels: Vec::new(), ..a.clone() };
            assert!(ask(find(name).unwrap(), &bare, &b).is_ok());
            let lone = GreyImages { pictures: a.pictures[..1].to_vec(), ..GreyImages::default() };
            assert!(told(&a, &lone).contains("of the candidate, found 1"));
        }
    }
}
