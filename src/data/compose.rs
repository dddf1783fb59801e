//! Frames composed of parts of several, after the "Frankenstein" faces of Hu et al. (2016): each shows in a region of its own,
//! over those before it. What is true of the parts is true of the whole, to the pixel.

use super::dataset::{LabelledBox, Truth};
use super::reduce::SIDE;
use super::region::Region;
use world::rng::Rng;

/// Least share of the pixels that each part has.
const LEAST: f64 = 0.08;
/// Least share of a body that has to be seen.
const SEEN: f64 = 0.5;
/// Least width and height of a body, pixels.
pub const SMALLEST: f32 = 2.0;

/// A frame to take a part of: picture, mask and boxes.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// RGB, row after row.
    pub picture: &'a [u8],
    /// The process of each pixel.
    pub mask: &'a [u8],
    /// The boxes of its bodies.
    pub boxes: &'a [LabelledBox],
}

/// Regions of so many parts, the first of which has no region: every part has some pixels, the first the most.
pub fn draw(parts: usize, rng: Rng) -> Vec<Region> {
    const TRIES: u64 = 1000;
    let drawn = |i: u64| -> Vec<Region> {
        (1..parts as u64).map(|part| Region::draw(rng.fork(i).fork(part))).collect()
    };
    let is_right = |regions: &Vec<Region>| {
        let owners = owners(regions);
        let share =
            |part: usize| owners.iter().filter(|o| **o as usize == part).count() as f64 / owners.len() as f64;
        let first = share(0);
        (1..parts).all(|part| (LEAST..=first).contains(&share(part)))
    };
    let half = |i: usize| Region::HalfPlane { angle: 0.0, offset: 0.5 - 0.5 / (i + 2) as f64 };
    (0..TRIES).map(drawn).find(is_right).unwrap_or_else(|| (1..parts).map(half).collect())
}

/// Which part owns each pixel: the last whose region holds its centre, or the first.
pub fn owners(regions: &[Region]) -> Vec<u8> {
    let mut owners = vec![0; SIDE * SIDE];
    for (i, region) in regions.iter().enumerate() {
        let pixels = region.pixels(SIDE);
        owners.iter_mut().zip(pixels).filter(|(_, is)| *is).for_each(|(owner, _)| *owner = (i + 1) as u8);
    }
    owners
}

/// The picture and what is true of it, but for the parts' origins. There is one source more than regions.
///
/// ```
/// use data::compose::{Source, compose};
/// use data::reduce::SIDE;
///
/// let (dark, bright) = (vec![10; SIDE * SIDE * 3], vec![200; SIDE * SIDE * 3]);
/// let [first, second] = [vec![0; SIDE * SIDE], vec![1; SIDE * SIDE]];
/// let sources = [(&dark, &first), (&bright, &second)].map(|(picture, mask)| Source { picture, mask, boxes: &[] });
/// // The second shows to the right of the middle.
/// let (picture, truth) = compose(&sources, &["half-plane 0 0".parse()?]);
/// assert_eq!((picture[0], truth.mask[0]), (10, 0));
/// assert_eq!((picture[3 * SIDE - 1], truth.mask[SIDE - 1]), (200, 1));
/// # Ok::<(), String>(())
/// ```
pub fn compose(sources: &[Source], regions: &[Region]) -> (Vec<u8>, Truth) {
    let owners = owners(regions);
    let (mut picture, mut mask) = (Vec::with_capacity(owners.len() * 3), Vec::with_capacity(owners.len()));
    for (i, owner) in owners.iter().enumerate() {
        let source = &sources[*owner as usize];
        picture.extend_from_slice(&source.picture[3 * i..3 * i + 3]);
        mask.push(source.mask[i]);
    }
    let whole = sources.iter().enumerate().flat_map(|(part, s)| s.boxes.iter().map(move |b| (part, b)));
    let boxes = whole.filter_map(|(part, body)| visible(body, part, &owners)).collect();
    (picture, Truth { mask, boxes, parts: Vec::new() })
}

/// The box around what is seen of a body in the pixels of its part; none if most of it is hidden.
fn visible(body: &LabelledBox, part: usize, owners: &[u8]) -> Option<LabelledBox> {
    let [left, top, right, bottom] = body.edges;
    // A pixel that the box covers in part counts: what is seen whole keeps its box.
    let pixels = |low: f32, high: f32| low.floor().max(0.0) as usize..high.ceil().max(0.0) as usize;
    let (mut all, mut seen) = (0usize, 0usize);
    let mut around = [f32::INFINITY, f32::INFINITY, 0.0, 0.0];
    for (y, x) in pixels(top, bottom).flat_map(|y| pixels(left, right).map(move |x| (y, x))) {
        all += 1;
        if owners.get(y * SIDE + x) == Some(&(part as u8)) {
            seen += 1;
            let (x, y) = (x as f32, y as f32);
            around = [around[0].min(x), around[1].min(y), around[2].max(x + 1.0), around[3].max(y + 1.0)];
        }
    }
    let edges = [left.max(around[0]), top.max(around[1]), right.min(around[2]), bottom.min(around[3])];
    let kept = LabelledBox { class: body.class.clone(), edges };
    let is_seen = seen > 0 && seen as f64 >= SEEN * all as f64;
    (is_seen && kept.size().iter().all(|s| *s >= SMALLEST)).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(edges: [f32; 4]) -> LabelledBox {
        LabelledBox { class: "discs".into(), edges }
    }

    /// Every pixel of every part is that of its source; parts follow the regions' own words.
    #[test]
    fn every_pixel_is_that_of_its_part() {
        for i in 0..40 {
            let rng = Rng::new(7).fork(i);
            let parts = 2 + (i % 3) as usize;
            let regions = draw(parts, rng);
            let pictures: Vec<Vec<u8>> =
                (0..parts).map(|p| (0..SIDE * SIDE * 3).map(|k| (k * 7 + p * 50) as u8).collect()).collect();
            let masks: Vec<Vec<u8>> = (0..parts).map(|p| vec![p as u8 * 3; SIDE * SIDE]).collect();
            let sources: Vec<Source> =
                (0..parts).map(|p| Source { picture: &pictures[p], mask: &masks[p], boxes: &[] }).collect();
            let (picture, truth) = compose(&sources, &regions);
            let mut counts = vec![0usize; parts];
            for k in 0..SIDE * SIDE {
                let (x, y) = ((k % SIDE) as f64 + 0.5, (k / SIDE) as f64 + 0.5);
                let covers = |r: &Region| r.contains(x / SIDE as f64, y / SIDE as f64);
                let owner = (1..parts).rev().find(|p| covers(&regions[p - 1])).unwrap_or(0);
                assert_eq!(truth.mask[k] as usize, owner * 3);
                assert_eq!(picture[3 * k..3 * k + 3], pictures[owner][3 * k..3 * k + 3]);
                counts[owner] += 1;
            }
            let least = (LEAST * (SIDE * SIDE) as f64) as usize;
            assert!(counts.iter().all(|n| *n >= least && *n <= counts[0]), "{counts:?}");
        }
    }

    #[test]
    fn bodies_are_kept_where_most_of_them_is_seen() {
        let (picture, mask) = (vec![0; SIDE * SIDE * 3], vec![0; SIDE * SIDE]);
        let [under, over] = [
            [body([4.0, 4.25, 12.7, 12.0]), body([24.0, 8.0, 34.0, 16.0]), body([30.0, 30.0, 36.0, 40.0])],
            [body([40.0, 4.0, 50.0, 14.0]), body([31.0, 20.0, 34.0, 23.0]), body([2.0, 2.0, 9.0, 9.0])],
        ];
        let source = |boxes| Source { picture: &picture, mask: &mask, boxes };
        // The second lies to the right of x = 32.
        let (_, truth) = compose(&[source(&under), source(&over)], &["half-plane 0 0".parse().unwrap()]);
        let found: Vec<[f32; 4]> = truth.boxes.iter().map(|b| b.edges).collect();
        // Whole, cut at 32, hidden (two of six columns left); whole, cut at 32, hidden.
        let expected = [
            [4.0, 4.25, 12.7, 12.0],
            [24.0, 8.0, 32.0, 16.0],
            [40.0, 4.0, 50.0, 14.0],
            [32.0, 20.0, 34.0, 23.0],
        ];
        assert_eq!(found, expected);
    }
}
