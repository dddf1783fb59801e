//! The picture: layers of fields, coloured by palettes, blended in linear light into RGBA8 with its provenance.
//!
//! A value becomes a colour in three steps: *tone* (`low..high` → 0..1, then gamma), *palette* (0..1 → linear
//! light), *blend* (onto the layers below). The first two are baked into one table a layer and frame, so a pixel
//! costs one look-up and one blend; the finished row is rounded to sRGB.

pub mod blend;
mod builtin_palettes;
pub mod colour;
mod compose;
mod fit;
mod layer;
mod mix;
pub mod palette;
mod picture_error;
mod png_file;
mod provenance;
mod srgb;
mod tone;
mod whole;
mod wrap_mode;

pub use compose::{Backdrop, compose};
pub use fit::fit;
pub use layer::{Layer, LayerKnobs};
pub use mix::{Mean, dim, linear_grid, luminance, mix};
pub use picture_error::PictureError;
pub use png_file::{encode_png, read_provenance, write_png};
pub use provenance::Provenance;
pub use whole::{write_atomic, write_durable};
pub use wrap_mode::WrapMode;

/// A finished picture: RGBA, 8 bits a channel, sRGB, opaque, top row first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// `width · height · 4` bytes.
    pub rgba: Vec<u8>,
    /// Its provenance.
    pub provenance: Provenance,
}

impl Frame {
    /// A black frame. Sizes of zero are raised to one.
    pub fn new(width: usize, height: usize) -> Self {
        let mut frame = Self::default();
        frame.resize(width, height);
        frame.rgba.chunks_exact_mut(4).for_each(|p| p.copy_from_slice(&[0, 0, 0, 255]));
        frame
    }

    /// Makes it the given size, keeping the memory; the pixels are then unspecified.
    pub fn resize(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width.max(1), height.max(1));
        self.rgba.resize(self.width * self.height * 4, 255);
    }

    /// Makes it the same as another, keeping the memory.
    pub fn copy(&mut self, other: &Self) {
        let Self { width, height, rgba, provenance } = other;
        (self.width, self.height) = (*width, *height);
        self.rgba.clone_from(rgba);
        self.provenance.clone_from(provenance);
    }

    /// The pixel at (x, y): red, green, blue.
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let i = (y * self.width + x) * 4;
        [self.rgba[i], self.rgba[i + 1], self.rgba[i + 2]]
    }

    /// The bytes without alpha, as PNG and JPEG want them.
    pub fn rgb(&self) -> Vec<u8> {
        self.rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect()
    }

    /// Hash of the pixels and the size: equal frames have equal hashes, on every machine and for ever.
    pub fn hash(&self) -> u64 {
        digest((self.width as u64) << 32 ^ self.height as u64, &self.rgba)
    }
}

/// Hash of bytes, chained to the hash `after`: the same on every machine and for ever.
pub fn digest(after: u64, bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x9e37_79b1_85eb_ca87;
    let mut lanes = [1u64, 2, 3, 4].map(|i| i.wrapping_mul(PRIME) ^ after);
    let mut absorb = |chunk: &[u8; 32]| {
        for (lane, word) in lanes.iter_mut().zip(chunk.chunks_exact(8)) {
            let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
            let product = (*lane ^ word).wrapping_mul(PRIME);
            *lane = product ^ product >> 32;
        }
    };
    let (chunks, rest) = bytes.as_chunks::<32>();
    chunks.iter().for_each(&mut absorb);
    let mut last = [0u8; 32];
    last[..rest.len()].copy_from_slice(rest);
    absorb(&last);
    lanes.iter().fold(0, |h: u64, &lane| {
        let product = (h.rotate_left(7) ^ lane).wrapping_mul(PRIME);
        product ^ product >> 32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_the_size_reach_the_hash() {
        let frame = Frame::new(5, 3);
        assert_eq!(frame.hash(), frame.clone().hash());
        let mut seen = std::collections::BTreeSet::from([frame.hash()]);
        for i in 0..frame.rgba.len() {
            for bit in 0..8 {
                let mut other = frame.clone();
                other.rgba[i] ^= 1 << bit;
                assert!(seen.insert(other.hash()), "byte {i} bit {bit}");
            }
        }
        assert!(seen.insert(Frame::new(3, 5).hash()));
        assert!(seen.insert(Frame::new(15, 1).hash()));
    }

    #[test]
    fn the_hash_is_pinned() {
        assert_eq!(Frame::new(7, 2).hash(), 445_422_857_829_328_419, "stored hashes would no longer match");
    }
}
