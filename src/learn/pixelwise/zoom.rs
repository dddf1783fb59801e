//! A square part of a labelled frame, enlarged to a whole one.

use data::compose::SMALLEST;
use data::dataset::LabelledBox;
use data::reduce::SIDE;

use super::example::Example;

/// Least share of a body that has to be in the part.
const SEEN: f32 = 0.5;

/// The part of `side` × `side` pixels that begins at `left` and `top`, enlarged: colours between those of pixels, the mask
/// by the nearest pixel, and the boxes of which at least half is in it.
pub fn zoomed(example: &Example, [left, top, side]: [f32; 3]) -> Example {
    let scale = side / SIDE as f32;
    let at = |i: usize, from: f32| from + (i as f32 + 0.5) * scale;
    let pixel = |x: usize, y: usize, c: usize| example.picture[3 * (y * SIDE + x) + c] as f32;
    let (mut picture, mut mask) = (Vec::with_capacity(3 * SIDE * SIDE), Vec::with_capacity(SIDE * SIDE));
    for y in 0..SIDE {
        let (row, below, v) = between(at(y, top));
        for x in 0..SIDE {
            let (column, right, u) = between(at(x, left));
            for c in 0..3 {
                let mix = |y: usize| pixel(column, y, c) * (1.0 - u) + pixel(right, y, c) * u;
                picture.push((mix(row) * (1.0 - v) + mix(below) * v + 0.5) as u8);
            }
            let nearest = |v: f32| (v as usize).min(SIDE - 1);
            mask.push(example.mask[nearest(at(y, top)) * SIDE + nearest(at(x, left))]);
        }
    }
    let boxes = example.boxes.iter().filter_map(|b| inside(b, [left, top], scale)).collect();
    Example { picture, mask, boxes }
}

/// The pixels whose centres are on either side of a place, and how far it is from the first.
fn between(place: f32) -> (usize, usize, f32) {
    let p = (place - 0.5).clamp(0.0, (SIDE - 1) as f32);
    let first = p as usize;
    (first, (first + 1).min(SIDE - 1), p - first as f32)
}

fn inside(body: &LabelledBox, [left, top]: [f32; 2], scale: f32) -> Option<LabelledBox> {
    let whole = SIDE as f32;
    let moved = [0, 1, 2, 3].map(|i| (body.edges[i] - if i % 2 == 0 { left } else { top }) / scale);
    let edges = moved.map(|v| v.clamp(0.0, whole));
    let size = |e: &[f32; 4]| [e[2] - e[0], e[3] - e[1]];
    let area = |e: &[f32; 4]| size(e)[0] * size(e)[1];
    let is_seen = area(&edges) >= SEEN * area(&moved) && size(&edges).iter().all(|s| *s >= SMALLEST);
    is_seen.then(|| LabelledBox { class: body.class.clone(), edges })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(edges: [usize; 4]) -> Example {
        let [left, top, right, bottom] = edges;
        let inside = |i: usize| (left..right).contains(&(i % SIDE)) && (top..bottom).contains(&(i / SIDE));
        let mask: Vec<u8> = (0..SIDE * SIDE).map(|i| inside(i) as u8).collect();
        let edges = edges.map(|v| v as f32);
        let boxes = vec![LabelledBox { class: "discs".into(), edges }];
        Example { picture: mask.iter().flat_map(|m| [m * 200, 3, m * 100]).collect(), mask, boxes }
    }

    /// Picture, mask and boxes stay on one another, and the whole is itself.
    #[test]
    fn what_is_enlarged_keeps_its_place() {
        let example = square([20, 24, 30, 44]);
        assert_eq!(zoomed(&example, [0.0, 0.0, SIDE as f32]), example);
        let twice = zoomed(&example, [8.0, 16.0, 32.0]);
        assert_eq!(twice.boxes[0].edges, [24.0, 16.0, 44.0, 56.0]);
        for (i, m) in twice.mask.iter().enumerate() {
            let is = (24..44).contains(&(i % SIDE)) && (16..56).contains(&(i / SIDE));
            assert_eq!(*m == 1, is, "{i}");
            assert_eq!(twice.picture[3 * i] >= 100, is, "{i}");
        }
        assert!(zoomed(&example, [25.5, 0.0, 32.0]).boxes.is_empty(), "less than half is seen");
        assert_eq!(zoomed(&example, [25.0, 20.0, 32.0]).boxes[0].edges, [0.0, 8.0, 10.0, 48.0]);
    }
}
