//! Variations of labelled frames: the symmetries of a square, enlarged parts, other colours, and parts of several composed into one.

use data::compose::{Source, compose, draw};
use data::dataset::LabelledBox;
use data::masked::MaskedFrame;
use data::reduce::SIDE;
use world::rng::Rng;

use super::Settings;
use super::example::Example;
use super::zoom::zoomed;

/// One example of a step: frame `place`, varied, or with probability `compose` two or three frames in one.
pub fn example(frames: &[MaskedFrame], place: usize, settings: &Settings, rng: Rng) -> Example {
    let varied = |place: usize, rng: Rng| {
        let frame = &frames[place];
        let mut example = symmetric(frame, rng.below(0, 8));
        if settings.zoom > 0.0 && rng.unit(2) < 0.5 {
            let side = SIDE as f32 * (1.0 - settings.zoom * rng.unit(3));
            let from = |cell: u64| (SIDE as f32 - side) * rng.unit(cell);
            example = zoomed(&example, [from(4), from(5), side]);
        }
        if rng.unit(1) < settings.recolour {
            recolour(&mut example.picture, rng.named("colours"));
        }
        example
    };
    let first = varied(place, rng.named("first"));
    if rng.unit(0) >= settings.compose || frames.len() < 2 {
        return first;
    }
    let others = 1 + rng.below(1, 2);
    let parts: Vec<Example> = std::iter::once(first)
        .chain((0..others).map(|i| {
            let rng = rng.named("other").fork(i);
            varied(rng.below(9, frames.len() as u64) as usize, rng)
        }))
        .collect();
    let sources: Vec<Source> =
        parts.iter().map(|e| Source { picture: &e.picture, mask: &e.mask, boxes: &e.boxes }).collect();
    let (picture, truth) = compose(&sources, &draw(parts.len(), rng.named("regions")));
    Example { picture, mask: truth.mask, boxes: truth.boxes }
}

/// A frame in one of the eight symmetries of a square: bit 0 mirrors left and right, bit 1 up and down, bit 2 swaps rows
/// and columns, after that.
pub fn symmetric(frame: &MaskedFrame, which: u64) -> Example {
    let [mirror, turn, swap] = [0, 1, 2].map(|bit| which >> bit & 1 == 1);
    let from = |i: usize| {
        let (x, y) = if swap { (i / SIDE, i % SIDE) } else { (i % SIDE, i / SIDE) };
        let (x, y) = (if mirror { SIDE - 1 - x } else { x }, if turn { SIDE - 1 - y } else { y });
        y * SIDE + x
    };
    let places = || (0..SIDE * SIDE).map(from);
    let moved = |b: &LabelledBox| {
        let (side, [mut l, mut t, mut r, mut bottom]) = (SIDE as f32, b.edges);
        if mirror {
            (l, r) = (side - r, side - l);
        }
        if turn {
            (t, bottom) = (side - bottom, side - t);
        }
        let edges = if swap { [t, l, bottom, r] } else { [l, t, r, bottom] };
        LabelledBox { class: b.class.clone(), edges }
    };
    Example {
        picture: places().flat_map(|p| frame.picture[3 * p..3 * p + 3].iter().copied()).collect(),
        mask: places().map(|p| frame.mask[p]).collect(),
        boxes: frame.boxes.iter().map(moved).collect(),
    }
}

/// Channels exchanged, turned to their negative or not, and each with a contrast and brightness of its own.
fn recolour(picture: &mut [u8], rng: Rng) {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let order = ORDERS[rng.below(0, 6) as usize];
    let is_negative = rng.unit(1) < 0.3;
    let gains: [f32; 3] = std::array::from_fn(|c| rng.range(2 + c as u64, 0.6, 1.3));
    let shifts: [f32; 3] = std::array::from_fn(|c| rng.range(5 + c as u64, -25.0, 25.0));
    for pixel in picture.as_chunks_mut::<3>().0 {
        let old = *pixel;
        for c in 0..3 {
            let v = old[order[c]] as f32;
            let v = if is_negative { 255.0 - v } else { v };
            pixel[c] = ((v - 128.0) * gains[c] + 128.0 + shifts[c]) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels, masks and boxes move together, and the eight symmetries are different.
    #[test]
    fn boxes_follow_their_pixels() {
        let (left, top, right, bottom) = (10usize, 20usize, 17usize, 50usize);
        let inside = |i: usize| (left..right).contains(&(i % SIDE)) && (top..bottom).contains(&(i / SIDE));
        let mask: Vec<u8> = (0..SIDE * SIDE).map(|i| inside(i) as u8).collect();
        let edges = [left, top, right, bottom].map(|v| v as f32);
        let frame = MaskedFrame {
            picture: mask.iter().flat_map(|m| [m * 200, m * 100, 9]).collect(),
            mask,
            boxes: vec![LabelledBox { class: "discs".into(), edges }],
            seeds: vec![1],
            is_composed: false,
        };
        let all: Vec<Example> = (0..8).map(|k| symmetric(&frame, k)).collect();
        for example in &all {
            let [l, t, r, b] = example.boxes[0].edges.map(|v| v as usize);
            for (i, m) in example.mask.iter().enumerate() {
                let is = (l..r).contains(&(i % SIDE)) && (t..b).contains(&(i / SIDE));
                assert_eq!(*m == 1, is);
                assert_eq!(example.picture[3 * i], m * 200);
            }
        }
        assert!((0..8).all(|i| (0..i).all(|j| all[i].mask != all[j].mask)));
    }
}
