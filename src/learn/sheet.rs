//! Contact sheets of samples: one row per class, the same seed down each column.

use super::model::{ImageShape, Model, bytes};
use world::rng::Rng;

/// A contact sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactSheet {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// RGB, row by row.
    pub rgb: Vec<u8>,
}

impl ContactSheet {
    /// Pictures (bytes, channels last, `side` pixels) in rows of `columns`, two dark pixels between them.
    pub fn of(pictures: &[Vec<u8>], side: usize, channels: usize, columns: usize) -> Self {
        const GAP: usize = 2;
        let (columns, cell) = (columns.max(1), side + GAP);
        let (width, height) = (columns * cell + GAP, pictures.len().div_ceil(columns) * cell + GAP);
        let mut rgb = vec![24u8; width * height * 3];
        for (i, picture) in pictures.iter().enumerate() {
            let (left, top) = (i % columns * cell + GAP, i / columns * cell + GAP);
            for (p, pixel) in picture.chunks_exact(channels).enumerate() {
                let at = ((top + p / side) * width + left + p % side) * 3;
                (0..3).for_each(|c| rgb[at + c] = pixel[c % channels]);
            }
        }
        Self { width, height, rgb }
    }

    /// A single picture.
    pub fn picture(picture: &[u8], side: usize, channels: usize) -> Self {
        let rgb =
            picture.chunks_exact(channels).flat_map(|p| [p[0], p[1 % channels], p[2 % channels]]).collect();
        Self { width: side, height: side, rgb }
    }

    /// Ten samples of each class, or a hundred of an unconditional generator; of one that makes pictures of any size two
    /// of twice the side.
    pub fn samples(model: &dyn Model, classes: usize, seed: u64) -> Self {
        let large = 2 * model.shape().side;
        let address = |i: usize| Rng::new(seed).named("sheet").fork(i as u64);
        if let [Some(a), Some(b)] = [0, 1].map(|i| model.sized(large, address(i))) {
            let shape = ImageShape { side: large, ..model.shape() };
            return Self::of(&[bytes(&a, shape), bytes(&b, shape)], large, shape.channels, 2);
        }
        let rows = if model.is_conditional() { classes } else { 10 };
        let label = |row| model.is_conditional().then_some(row);
        let wanted: Vec<_> = match model.is_conditional() {
            true => (0..rows * 10).map(|i| (label(i / 10), address(i % 10))).collect(),
            false => (0..100).map(|i| (None, address(i))).collect(),
        };
        let shape = model.shape();
        let pictures: Vec<Vec<u8>> = model.samples(&wanted).iter().map(|p| bytes(p, shape)).collect();
        Self::of(&pictures, shape.side, shape.channels, 10)
    }

    /// As PNG.
    ///
    /// # Errors
    /// An empty sheet.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.rgb)?;
        writer.finish()?;
        Ok(out)
    }
}
