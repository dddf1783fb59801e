//! The pointing game (Zhang et al. 2016): on frames composed of several worlds the maker of every pixel is known, so that a
//! map of a class either peaks where that class is, or misses.

use data::masked::MaskedFrame;
use judge::augment::plain;
use judge::sight::Observer;
use rayon::prelude::*;
use world::rng::Rng;

use super::methods::Method;

/// How far beside its part a peak may lie, as a share of the picture's side: fifteen pixels of 224, as in the paper.
const TOLERANCE: f32 = 15.0 / 224.0;
/// A class must own this share of the pixels, at most, for its frame to count: where it is nearly everywhere, nothing can
/// miss.
pub const MOST: f64 = 0.6;

/// How often one method hit.
#[derive(Clone, Debug, PartialEq)]
pub struct PointingResult {
    /// Name of the method.
    pub method: &'static str,
    /// Maps whose peak lies where their class is.
    pub hits: usize,
    /// Maps.
    pub maps: usize,
    /// The share of hits of a method that points anywhere.
    pub chance: f64,
}

/// One map to be made: a frame, a class of the judge, and where a peak is a hit.
struct Question<'a> {
    picture: &'a [u8],
    class: usize,
    hits: Vec<bool>,
}

/// Plays methods on every class of every composed frame that the judge knows. `classes` are those of the masks.
pub fn pointing_game(
    observer: &Observer,
    known: &[String],
    layer: usize,
    (frames, classes): (&[MaskedFrame], &[String]),
    methods: &[Method],
) -> Vec<PointingResult> {
    let side = observer.size().0;
    let asked: Vec<Question> =
        frames.iter().filter(|f| f.is_composed).flat_map(|f| questions(f, known, classes, side)).collect();
    let share = |q: &Question| q.hits.iter().filter(|h| **h).count() as f64 / q.hits.len() as f64;
    let chance = asked.iter().map(share).sum::<f64>() / asked.len().max(1) as f64;
    let played = |(i, q): (usize, &Question)| -> Vec<bool> {
        let (mut observer, picture) = (observer.clone(), plain(q.picture));
        let rng = Rng::new(1).named("pointing").fork(i as u64);
        let hit = |method: &Method| {
            let (y, x) = method.map(&mut observer, &picture, q.class, layer, rng).peak().1;
            q.hits[y * side + x]
        };
        methods.iter().map(hit).collect()
    };
    let all: Vec<Vec<bool>> = asked.par_iter().enumerate().map(played).collect();
    let result = |(m, method): (usize, &Method)| PointingResult {
        method: method.name,
        hits: all.iter().filter(|hits| hits[m]).count(),
        maps: all.len(),
        chance,
    };
    methods.iter().enumerate().map(result).collect()
}

fn questions<'a>(
    frame: &'a MaskedFrame,
    known: &'a [String],
    classes: &'a [String],
    side: usize,
) -> impl Iterator<Item = Question<'a>> {
    let ask = move |(label, name): (usize, &String)| {
        let class = known.iter().position(|k| k == name)?;
        let mine: Vec<bool> = frame.mask.iter().map(|m| *m as usize == label).collect();
        let share = mine.iter().filter(|m| **m).count() as f64 / mine.len() as f64;
        (share > 0.0 && share <= MOST).then(|| Question {
            picture: &frame.picture,
            class,
            hits: widened(&mine, side, (TOLERANCE * side as f32) as usize),
        })
    };
    classes.iter().enumerate().filter_map(ask)
}

/// Whether there is a marked pixel at most so far away.
fn widened(mask: &[bool], side: usize, by: usize) -> Vec<bool> {
    let near = |y: usize, x: usize| {
        let rows = y.saturating_sub(by)..(y + by + 1).min(side);
        let columns = x.saturating_sub(by)..(x + by + 1).min(side);
        rows.flat_map(|v| columns.clone().map(move |u| (v, u))).any(|(v, u)| {
            let (down, along) = (v.abs_diff(y), u.abs_diff(x));
            down * down + along * along <= by * by && mask[v * side + u]
        })
    };
    (0..side * side).map(|i| near(i / side, i % side)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_around_each_marked_pixel_is_a_hit() {
        let mut mask = vec![false; 64];
        mask[3 * 8 + 4] = true;
        let wide = widened(&mask, 8, 2);
        assert_eq!(
            wide.iter().filter(|h| **h).count(),
            13,
            "lattice points of a disc of radius 2 (Gauss's circle problem)"
        );
        assert!(wide[8 + 4] && wide[3 * 8 + 6] && !wide[8 + 5]);
        assert_eq!(widened(&mask, 8, 0), mask);
    }
}
