//! Pictures in a single NumPy array: N×H×W, N×H×W×C or N×C×H×W.

use rayon::prelude::*;

use super::SetError;
use super::image_set::ImageSet;
use super::npy::{ArrayHeader, ArrayPath};
use data::picture::{bicubic, centre, over};
use data::reduce::SIDE;
use world::limits::{PICTURE_SIDE, within};

/// Memory layout of the pictures.
struct Layout {
    pictures: usize,
    height: usize,
    width: usize,
    channels: usize,
    /// Whether channels come before pixels (N×C×H×W).
    planar: bool,
}

impl Layout {
    fn of(head: &ArrayHeader) -> Option<Self> {
        let (pictures, height, width, channels, planar) = match head.axes()[..] {
            [n, h, w] => (n, h, w, 1, false),
            [n, h, w, c @ (3 | 4)] => (n, h, w, c, false),
            [n, c @ (1 | 3 | 4), h, w] => (n, h, w, c, true),
            _ => return None,
        };
        Some(Self { pictures, height, width, channels, planar })
    }

    /// A picture with channels last.
    fn pixels(&self, levels: &[u8]) -> Vec<u8> {
        let plane = self.height * self.width;
        match self.planar {
            false => levels.to_vec(),
            true => {
                (0..levels.len()).map(|i| levels[i % self.channels * plane + i / self.channels]).collect()
            }
        }
    }
}

/// Reads pictures as from files: coloured ones are cropped to the centre square and resized to the judge's size,
/// transparent ones composited over a background; grey ones keep their size, as in IDX files.
///
/// # Errors
/// No pictures, other axes, or values that are not pixel values.
pub fn read(
    place: &ArrayPath,
    head: &ArrayHeader,
    background: [u8; 3],
    notes: &mut Vec<String>,
) -> Result<ImageSet, SetError> {
    let wrong = |m: String| SetError::input(&place.path, m);
    let layout = Layout::of(head).ok_or_else(|| {
        wrong(format!(
            "expected pictures as (samples, height, width[, 3]) or (samples, 3, height, width), found {:?}",
            head.shape
        ))
    })?;
    if layout.pictures == 0 {
        return Err(wrong("holds no pictures".into()));
    }
    for side in [layout.height, layout.width] {
        within("a picture's pixels a side", side, 1..=PICTURE_SIDE as usize).map_err(wrong)?;
    }
    let levels = levels(place, head, notes)?;
    let one = |p: &[u8]| picture(layout.pixels(p), &layout, background);
    let each = layout.height * layout.width * layout.channels;
    let pixels = levels.par_chunks_exact(each).map(one).collect();
    let (channels, side) = match layout.channels {
        1 => (1, layout.height.min(layout.width)),
        _ => (3, SIDE),
    };
    Ok(ImageSet { channels, side, pixels, classes: Vec::new(), labels: Vec::new() })
}

fn picture(pixels: Vec<u8>, layout: &Layout, background: [u8; 3]) -> Vec<u8> {
    let (w, h) = (layout.width as u32, layout.height as u32);
    match layout.channels {
        1 => {
            let side = layout.width.min(layout.height);
            let (left, top) = ((layout.width - side) / 2, (layout.height - side) / 2);
            let rows = pixels.chunks_exact(layout.width).skip(top).take(side);
            rows.flat_map(|r| r[left..left + side].to_vec()).collect()
        }
        4 => {
            let image = image::RgbaImage::from_raw(w, h, pixels).unwrap_or_default();
            bicubic(&centre(&over(image.into(), background)), SIDE)
        }
        _ => bicubic(&centre(&image::RgbImage::from_raw(w, h, pixels).unwrap_or_default()), SIDE),
    }
}

/// Tolerance beyond a range, relative to its width: models and resizing round.
const SLACK: f32 = 1e-3;

/// Values as levels 0..255: bytes as they are, true as 255, others scaled from their range.
fn levels(place: &ArrayPath, head: &ArrayHeader, notes: &mut Vec<String>) -> Result<Vec<u8>, SetError> {
    match head.kind.as_str() {
        "u1" => return Ok(place.load(head, |v| v as u8)?.values),
        "b1" => return Ok(place.load(head, |v| v as u8 * 255)?.values),
        _ => {}
    }
    let values = place.load(head, |v| v as f32)?.values;
    let [lo, hi] = range(&values, head).map_err(|e| SetError::input(&place.path, e))?;
    if ![[0.0, 1.0], [0.0, 255.0]].contains(&[lo, hi]) {
        notes.push(format!("its values were read with black at {lo} and white at {hi}"));
    }
    let scale = 255.0 / (hi - lo);
    // Values beyond the range are clamped by the saturating cast.
    Ok(values.iter().map(|v| ((v - lo) * scale + 0.5) as u8).collect())
}

/// The values of black and white.
fn range(values: &[f32], head: &ArrayHeader) -> Result<[f32; 2], String> {
    let wrong =
        |found: f32| Err(format!("expected pictures of numbers 0..1, -1..1 or 0..255, found {found}"));
    if let Some(odd) = values.iter().find(|v| !v.is_finite()) {
        return wrong(*odd);
    }
    let least = values.iter().copied().fold(0.0, f32::min);
    let most = values.iter().copied().fold(0.0, f32::max);
    let within = |[lo, hi]: [f32; 2]| {
        let slack = SLACK * (hi - lo);
        least >= lo - slack && most <= hi + slack
    };
    let whole = || values.iter().all(|v| *v == v.trunc());
    let found = match head.is_float() {
        true => {
            // Values between 1 and 2 are unclipped values of 0..1, unless all are integers.
            let bytes = |r: &[f32; 2]| r[1] < 255.0 || most > 2.0 || whole();
            [[0.0, 1.0], [-1.0, 1.0], [0.0, 255.0]].into_iter().find(|r| within(*r) && bytes(r))
        }
        false if least < 0.0 => None,
        false => [[0.0, 255.0], [0.0, 65_535.0]]
            .into_iter()
            .find(|r| most <= r[1] && (r[1] == 255.0 || head.kind == "u2")),
    };
    found.map_or_else(|| wrong(if least < 0.0 { least } else { most }), Ok)
}
