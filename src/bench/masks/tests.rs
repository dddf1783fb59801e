//! The figures and the page of an evaluation whose outcome is known.

use super::*;
use data::dataset::LabelledBox;
use data::reduce::SIDE;

fn frame(mask: Vec<u8>, is_composed: bool) -> MaskedFrame {
    let boxes = vec![LabelledBox { class: "discs".into(), edges: [0.0, 0.0, 10.0, 10.0] }];
    let picture = mask.iter().flat_map(|m| [m * 90, 40, 200]).collect();
    MaskedFrame { picture, mask, boxes, seeds: vec![1], is_composed }
}

fn half() -> Vec<u8> {
    (0..SIDE * SIDE).map(|i| (i % SIDE >= SIDE / 2) as u8).collect()
}

#[test]
fn figures_of_masks_are_told_by_sort_and_class() {
    let frames = vec![frame(vec![0; SIDE * SIDE], false), frame(half(), true)];
    // The plain frame is right; of the composed one, all is taken for the first class.
    let masks = vec![vec![0; SIDE * SIDE]; 2];
    let confusions = [0, 1].map(|i| {
        let mut c = PixelConfusion::new(2);
        c.add(&frames[i].mask, &masks[i]);
        c
    });
    let classes: Vec<String> = ["life", "discs"].map(String::from).into();
    let all = Evaluation { classes, frames, made: Made::Masks(masks, confusions) };
    assert_eq!(all.of_class(0), [Some(1.0), Some(0.5)]);
    assert_eq!(all.of_class(1), [None, Some(0.0)]);
    let told = all.sentences();
    assert!(
        told[0].starts_with("1 frames of one world: mean intersection over union 1.000, 100.0 %"),
        "{told:?}"
    );
    assert!(told[1].starts_with("1 composed frames: mean intersection over union 0.250, 50.0 %"), "{told:?}");
    assert_eq!(all.json()["composed"]["confusion"], json!([[2048, 0], [2048, 0]]));
    let page = page::page(&all, "net <1>", "about", "untrained evaluate");
    assert!(
        page.contains("net &lt;1&gt;") && page.contains("What is taken for what") && page.contains("0.500")
    );
    // Frame, truth and prediction, side by side.
    let sheet = pictures::sheet(&all, &[1], 1);
    assert_eq!((sheet.width, sheet.height), (3 * (SIDE + 2) + 2, SIDE + 4));
    let pixel = |x: usize| &sheet.rgb[3 * (2 * sheet.width + x)..][..3];
    let colours = pictures::colours(2);
    assert_eq!(pixel(2), [0, 40, 200]);
    assert_eq!((pixel(2 + SIDE + 2), pixel(2 * SIDE + 3)), (&colours[0][..], &colours[1][..]));
    assert_eq!(pixel(3 * SIDE + 5), &colours[0][..]);
}

#[test]
fn figures_of_boxes_are_told() {
    let frames = vec![frame(vec![0; SIDE * SIDE], false)];
    let found = vec![vec![Detection { class: 0, edges: [0.0, 0.0, 8.0, 10.0], score: 0.9 }]];
    let evaluated =
        [Evaluated { found: found[0].clone(), targets: known(&frames[0].boxes, &["discs".into()]) }];
    let precisions = [average_precision(&evaluated, 1), average_precision(&[], 1)];
    let all = Evaluation { classes: vec!["discs".into()], frames, made: Made::Boxes(found, precisions) };
    let told = all.sentences();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("with 1 bodies: average precision 0.700, 1.000 at an overlap of 0.50"),
        "{told:?}"
    );
    assert_eq!(all.json()["composed"]["average_precision"], Value::Null);
    let sheet = pictures::sheet(&all, &[0], 1);
    // Truth at the left, with its edge at 30 pixels; what was found at the right, with its edge at 24.
    let pixel = |x: usize| &sheet.rgb[3 * (12 * sheet.width + 2 + x)..][..3];
    assert_eq!((pixel(30), pixel(3 * SIDE + 2 + 24)), (&pictures::BOXES[0][..], &pictures::BOXES[1][..]));
    assert!(page::page(&all, "net", "", "").contains("Where bodies are"));
}
