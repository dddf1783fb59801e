//! Frames beside their true masks and those that a network made, or with boxes drawn over them.

use data::dataset::truth::colour;
use data::reduce::SIDE;
use learn::pixelwise::precision::Detection;
use learn::sheet::ContactSheet;

use super::{Evaluation, Made};

/// Pixels of a picture for one of the frame, where boxes are drawn.
const SCALE: usize = 3;
/// Colours of true boxes, and of those that were found.
pub const BOXES: [[u8; 3]; 2] = [[255, 255, 255], [255, 200, 0]];
/// Least score of a box that is drawn.
const DRAWN: f32 = 0.3;

/// A mask in the colours of its classes.
pub fn coloured(mask: &[u8], colours: &[[u8; 3]]) -> Vec<u8> {
    mask.iter().flat_map(|i| colours.get(*i as usize).copied().unwrap_or_default()).collect()
}

/// Colours of so many classes.
pub fn colours(classes: usize) -> Vec<[u8; 3]> {
    (0..classes).map(colour).collect()
}

/// Some frames as one picture, `columns` of them in a row: the frame, the truth, what was made of it.
pub fn sheet(all: &Evaluation, places: &[usize], columns: usize) -> ContactSheet {
    match &all.made {
        Made::Masks(masks, _) => {
            let colours = colours(all.classes.len());
            let three = |i: &usize| {
                let frame = &all.frames[*i];
                [frame.picture.clone(), coloured(&frame.mask, &colours), coloured(&masks[*i], &colours)]
            };
            let pictures: Vec<Vec<u8>> = places.iter().flat_map(three).collect();
            ContactSheet::of(&pictures, SIDE, 3, 3 * columns)
        }
        Made::Boxes(found, _) => {
            let two = |i: &usize| {
                let frame = &all.frames[*i];
                let truth: Vec<[f32; 4]> = frame.boxes.iter().map(|b| b.edges).collect();
                let sure = |d: &&Detection| d.score >= DRAWN;
                let found: Vec<[f32; 4]> = found[*i].iter().filter(sure).map(|d| d.edges).collect();
                [boxed(&frame.picture, &truth, BOXES[0]), boxed(&frame.picture, &found, BOXES[1])]
            };
            let pictures: Vec<Vec<u8>> = places.iter().flat_map(two).collect();
            ContactSheet::of(&pictures, SIDE * SCALE, 3, 2 * columns)
        }
    }
}

/// A frame, enlarged and dimmed, with the outlines of boxes.
fn boxed(picture: &[u8], boxes: &[[f32; 4]], colour: [u8; 3]) -> Vec<u8> {
    let side = SIDE * SCALE;
    let mut large: Vec<u8> = (0..side * side)
        .flat_map(|i| {
            let at = 3 * (i / side / SCALE * SIDE + i % side / SCALE);
            [picture[at], picture[at + 1], picture[at + 2]].map(|v| (v as u16 * 3 / 4) as u8)
        })
        .collect();
    let mut put = |x: usize, y: usize| large[3 * (y * side + x)..][..3].copy_from_slice(&colour);
    for edges in boxes {
        let [left, top, right, bottom] =
            edges.map(|v| ((v * SCALE as f32).round().max(0.0) as usize).min(side - 1));
        (left..=right).for_each(|x| [top, bottom].into_iter().for_each(|y| put(x, y)));
        (top..=bottom).for_each(|y| [left, right].into_iter().for_each(|x| put(x, y)));
    }
    large
}
