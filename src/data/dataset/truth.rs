//! What is true of a frame beyond its label: the process of every pixel, the boxes of bodies, the worlds it is composed of.

use std::io::Cursor;

use super::origin::{Origin, Split};
use crate::reduce::SIDE;
use crate::region::Region;

/// Most processes: a pixel's is one byte.
pub const MOST: usize = 256;
/// Most bytes of a mask's file.
pub const MASK_BYTES: u64 = 1 << 20;
/// Pixels of a mask.
const PIXELS: usize = SIDE * SIDE;
/// Columns of a manifest with masks, after those of every manifest.
pub const COLUMNS: &str = ",mask,boxes,parts";

/// A body's box in a frame, pixels from the upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledBox {
    /// The process that the body belongs to.
    pub class: String,
    /// Left, upper, right and lower edge.
    pub edges: [f32; 4],
}

/// A world that a composed frame shows in a region, over the worlds before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Where it is shown.
    pub region: Region,
    /// The frame that it is taken from.
    pub origin: Origin,
}

/// What is true of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// The process of each pixel, row after row, as an index into the set's classes.
    pub mask: Vec<u8>,
    /// The boxes of all bodies.
    pub boxes: Vec<LabelledBox>,
    /// The second world of a composed frame, and all that follow; the first is the frame's own origin.
    pub parts: Vec<Part>,
}

impl LabelledBox {
    /// Width and height, pixels.
    pub fn size(&self) -> [f32; 2] {
        let [left, top, right, bottom] = self.edges;
        [right - left, bottom - top]
    }
}

/// Boxes as a cell of a table: class and edges, separated by semicolons.
pub fn boxes_text(boxes: &[LabelledBox]) -> String {
    let one = |b: &LabelledBox| {
        let [left, top, right, bottom] = b.edges;
        format!("{} {left:.2} {top:.2} {right:.2} {bottom:.2}", b.class)
    };
    boxes.iter().map(one).collect::<Vec<_>>().join(";")
}

/// The boxes of a cell; none if it is malformed.
pub fn boxes_of(text: &str) -> Option<Vec<LabelledBox>> {
    let one = |text: &str| {
        let mut words = text.split(' ');
        let class = words.next()?.to_string();
        let edges: Vec<f32> = words.map(|w| w.parse().ok()).collect::<Option<_>>()?;
        let edges: [f32; 4] = edges.try_into().ok()?;
        let [left, top, right, bottom] = edges;
        let inside = edges.iter().all(|v| (0.0..=SIDE as f32).contains(v));
        (inside && left < right && top < bottom && !class.is_empty()).then_some(LabelledBox { class, edges })
    };
    text.split(';').filter(|t| !t.is_empty()).map(one).collect()
}

/// A part as it is written.
#[derive(serde::Serialize, serde::Deserialize)]
struct Record {
    region: String,
    label: String,
    scene_hash: String,
    seed: u64,
    tick: u64,
    scene: String,
}

/// Parts as a cell of a table: JSON, or nothing.
///
/// # Errors
/// They cannot be written as JSON.
pub fn parts_text(parts: &[Part]) -> serde_json::Result<String> {
    if parts.is_empty() {
        return Ok(String::new());
    }
    let record = |p: &Part| Record {
        region: p.region.to_string(),
        label: p.origin.label.clone(),
        scene_hash: format!("{:016x}", p.origin.scene_hash),
        seed: p.origin.seed,
        tick: p.origin.tick,
        scene: p.origin.scene.clone(),
    };
    serde_json::to_string(&parts.iter().map(record).collect::<Vec<_>>())
}

/// The parts of a cell; none if it is malformed. All parts of a frame are of its split.
pub fn parts_of(text: &str, split: Split) -> Option<Vec<Part>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let records: Vec<Record> = serde_json::from_str(text).ok()?;
    let part = |r: Record| {
        let scene_hash = u64::from_str_radix(&r.scene_hash, 16).ok()?;
        let origin = Origin { label: r.label, split, scene_hash, seed: r.seed, tick: r.tick, scene: r.scene };
        Some(Part { region: r.region.parse().ok()?, origin })
    };
    records.into_iter().map(part).collect()
}

/// Colours of processes, red, green and blue: eight that the colour-blind can tell apart (Okabe and Ito 2008), then the same
/// in pale and in dark.
pub fn colour(class: usize) -> [u8; 3] {
    const COLOURS: [[u8; 3]; 8] = [
        [230, 159, 0],
        [86, 180, 233],
        [0, 158, 115],
        [240, 228, 66],
        [0, 114, 178],
        [213, 94, 0],
        [204, 121, 167],
        [153, 153, 153],
    ];
    COLOURS[class % COLOURS.len()].map(|v| match class / COLOURS.len() {
        0 => v,
        1 => (v as u16 / 2 + 120) as u8,
        _ => v / 2,
    })
}

/// A mask as an indexed PNG, whose colours are those of [`colour`].
///
/// # Errors
/// A mask of another size.
pub fn encode_mask(mask: &[u8], classes: usize) -> Result<Vec<u8>, String> {
    if mask.len() != PIXELS {
        return Err(format!("expected {PIXELS} pixels, found {}", mask.len()));
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE as u32, SIDE as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette((0..classes.clamp(1, MOST)).flat_map(colour).collect::<Vec<u8>>());
    let mut writer = encoder.write_header().map_err(|e| e.to_string())?;
    writer.write_image_data(mask).map_err(|e| e.to_string())?;
    writer.finish().map_err(|e| e.to_string())?;
    Ok(bytes)
}

/// The indices of a mask's pixels, each below `classes`.
///
/// # Errors
/// Not an indexed PNG of a mask's size, or an index that is no class.
pub fn decode_mask(bytes: &[u8], classes: usize) -> Result<Vec<u8>, String> {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().map_err(|e| e.to_string())?;
    let info = reader.info();
    let found = (info.width as usize, info.height as usize, info.color_type, info.bit_depth);
    if found != (SIDE, SIDE, png::ColorType::Indexed, png::BitDepth::Eight) {
        let (w, h, colour, depth) = found;
        return Err(format!(
            "expected an indexed PNG of {SIDE} × {SIDE} pixels of 8 bits, found {w} × {h}, {colour:?}, {depth:?}"
        ));
    }
    let mut mask = vec![0; PIXELS];
    reader.next_frame(&mut mask).map_err(|e| e.to_string())?;
    match mask.iter().find(|i| **i as usize >= classes) {
        Some(i) => Err(format!("expected indices below {classes}, the number of classes, found {i}")),
        None => Ok(mask),
    }
}
