//! Answers from the pictures themselves.

use rayon::prelude::*;

use super::super::image::{self, Grey, Mask, SsimWindow};
use super::super::interval::of_mean;
use super::super::{MetricError, mean};
use super::tables::rng;
use super::{Album, Answer, Question};

/// A figure of every picture of both sets. Pictures that have none (one of a single colour has no symmetry) are left out.
pub(super) fn per_picture(
    q: &Question,
    f: impl Fn(&Grey) -> Result<f64, MetricError> + Sync,
) -> Result<Answer, MetricError> {
    let [reference, candidate] = albums(q)?;
    let all = |album: &Album| figures(album.pictures.par_iter().map(&f).collect());
    answer(q, all(reference)?, all(candidate)?)
}

fn answer(q: &Question, reference: Vec<f64>, candidate: Vec<f64>) -> Result<Answer, MetricError> {
    let figure = of_mean("pictures", &candidate, rng(q, "bootstrap"))?;
    let samples = [reference.len(), candidate.len()];
    Ok(Answer { figure, samples, floor: None, ceiling: None, of_reference: Some(mean(&reference)) })
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

fn albums<'a>(q: &Question<'a>) -> Result<[&'a Album; 2], MetricError> {
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
const PAIRS: u64 = 400;

/// Structural similarity of random pairs of one class (of any, where there are no classes).
pub(super) fn alike_within(q: &Question) -> Result<Answer, MetricError> {
    let [reference, candidate] = albums(q)?;
    let of = |album: &Album, purpose: &str| {
        let pairs = pairs(album, q, purpose)?;
        let alike = |&(a, b): &(usize, usize)| {
            image::ssim(&album.pictures[a], &album.pictures[b], SsimWindow::Gaussian).map(|s| s.index)
        };
        figures(pairs.par_iter().map(alike).collect())
    };
    answer(q, of(reference, "pairs of the reference")?, of(candidate, "pairs of the candidate")?)
}

fn pairs(album: &Album, q: &Question, purpose: &str) -> Result<Vec<(usize, usize)>, MetricError> {
    let class = |i: usize| album.labels.get(i).copied().unwrap_or(0);
    let most = (0..album.pictures.len()).map(class).max().unwrap_or(0);
    let mut classes = vec![Vec::new(); most + 1];
    (0..album.pictures.len()).for_each(|i| classes[class(i)].push(i));
    classes.retain(|c| c.len() > 1);
    if classes.is_empty() {
        let (metric, what) = ("likeness", "one class".into());
        return Err(MetricError::TooFew { metric, what, least: 2, found: album.pictures.len().min(1) });
    }
    let r = rng(q, purpose);
    let pair = |p: u64| {
        let of = &classes[(p as usize) % classes.len()];
        let (a, b) = (r.below(2 * p, of.len() as u64), r.below(2 * p + 1, of.len() as u64 - 1));
        (of[a as usize], of[(b + (b >= a) as u64) as usize])
    };
    Ok((0..PAIRS).map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::super::super::Table;
    use super::super::{METRICS, Metric, find, take};
    use super::*;
    use crate::world::rng::Rng;

    /// Pictures whose grey is `f(x, y, random number)`.
    fn album(seed: u64, n: usize, f: impl Fn(usize, usize, f32) -> f32) -> Album {
        let one = |i: usize| {
            let r = Rng::new(seed).fork(i as u64);
            let level = |p: usize| (255.0 * f(p % 32, p / 32, r.unit(p as u64))) as u8;
            Grey::from_levels(32, 32, &(0..1024).map(level).collect::<Vec<_>>()).unwrap()
        };
        Album { pictures: (0..n).map(one).collect(), labels: Vec::new() }
    }

    fn ask(metric: &Metric, reference: &Album, candidate: &Album) -> Result<Answer, MetricError> {
        let table = Table::new(1, vec![0.0; 4]).unwrap();
        let pictures = Some([reference, candidate]);
        let (reference, candidate) = (&table, &table);
        let q = Question {
            reference,
            candidate,
            held_out: None,
            probabilities: None,
            pictures,
            k: 1,
            bins: 32,
            projections: None,
            seed: 3,
        };
        take(&q, &[metric], |_| ()).remove(0)
    }

    #[test]
    fn noise_and_bars_differ_as_they_should() {
        let noise = album(1, 12, |_, _, r| r);
        let bars = album(2, 12, |x, _, r| if (x / 4) % 2 == 0 { 0.1 } else { 0.8 + 0.05 * r });
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
        let flat = album(1, 3, |_, _, _| 0.5);
        let mut mixed = album(2, 5, |_, _, r| r);
        mixed.pictures.extend(flat.pictures.clone());
        let symmetry = find("symmetry").unwrap();
        let answer = ask(symmetry, &mixed, &mixed).unwrap();
        assert_eq!(answer.samples, [5, 5]);
        assert!(ask(symmetry, &mixed, &flat).is_err());
    }

    #[test]
    fn pairs_are_of_one_class_and_of_two_pictures() {
        let mut a = album(1, 20, |_, _, r| r);
        a.labels = (0..20).map(|i| i % 3).collect();
        let table = Table::new(1, vec![0.0]).unwrap();
        let (reference, candidate) = (&table, &table);
        let q = Question {
            reference,
            candidate,
            held_out: None,
            probabilities: None,
            pictures: None,
            k: 1,
            bins: 32,
            projections: None,
            seed: 3,
        };
        let pairs = pairs(&a, &q, "p").unwrap();
        assert!(pairs.iter().all(|(i, j)| i != j && i % 3 == j % 3));
        assert!((0..20).all(|i| pairs.iter().any(|p| p.0 == i) && pairs.iter().any(|p| p.1 == i)));
        assert!(METRICS.iter().filter(|m| (m.applies)(&q)).all(|m| m.name != "likeness"));
    }
}
