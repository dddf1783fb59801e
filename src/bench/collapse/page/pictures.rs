//! Pictures of generations: of one seed under each regime, small enough for a page.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};
use maud::{Markup, html};

use crate::collapse::group::Group;
use crate::report::picture::image;

/// Generations that are shown.
const SHOWN: [usize; 5] = [1, 2, 5, 10, 20];
/// Bytes of all pictures of a page together; base64 makes them a third larger.
const BYTES: usize = 780_000;
/// Columns of a contact sheet.
const COLUMNS: u32 = 10;

/// What the pictures of generations are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// Contact sheets of ten columns, of which a few are enough.
    Sheets,
    /// Frames, all of which are shown.
    Frames,
}

/// Pictures of the first seed under each regime at some generations.
pub fn pictures<R>(groups: &[Group<R>], kind: PictureKind, width: usize) -> Markup {
    let of = |g: &Group<R>| -> Vec<usize> {
        let there = g.runs.first().map_or(0, |r| r.readings.len());
        SHOWN.into_iter().filter(|n| *n <= there).collect()
    };
    let all: usize = groups.iter().map(|g| of(g).len()).sum();
    let budget = BYTES / all.max(1);
    let drawn = |g: &Group<R>, n: usize| {
        let png = std::fs::read(g.runs.first()?.folder.join(format!("{n:03}.png"))).ok()?;
        let alt = format!("{}, generation {n}", g.name());
        Some(image(&fitted(&png, kind, budget)?, &alt, width))
    };
    html! {
        @for g in groups {
            @if let Some(run) = g.runs.first() {
                h3 { (g.method) ", " (g.regime.about()) ", seed " (run.seed) }
                div.strip {
                    @for n in of(g) {
                        @if let Some(picture) = drawn(g, n) {
                            figure { (picture) figcaption { "generation " (n) } }
                        }
                    }
                }
            }
        }
    }
}

/// A picture in at most so many bytes: as many columns of samples as there is room for, then smaller; `None` if nothing
/// fits, or it is not a picture.
fn fitted(png: &[u8], kind: PictureKind, bytes: usize) -> Option<Vec<u8>> {
    let whole = image::load_from_memory(png).ok()?.into_rgb8();
    let columns: &[u32] = if kind == PictureKind::Sheets { &[5, 3, 2, 1] } else { &[COLUMNS] };
    let cut = |c: &u32| {
        // Two pixels at the left, then cells of equal width.
        let wide =
            if *c == COLUMNS { whole.width() } else { 2 + whole.width().saturating_sub(2) / COLUMNS * c };
        image::imageops::crop_imm(&whole, 0, 0, wide, whole.height()).to_image()
    };
    let small = |i: RgbImage| {
        let (w, h) = ((i.width() / 2).max(1), (i.height() / 2).max(1));
        image::imageops::resize(&i, w, h, image::imageops::FilterType::Triangle)
    };
    let all = columns.iter().map(cut).chain(columns.iter().map(|c| small(cut(c))));
    all.map(encoded).find(|e| e.as_ref().is_some_and(|e| e.len() <= bytes)).flatten()
}

/// As a small PNG, grey if it is.
fn encoded(picture: RgbImage) -> Option<Vec<u8>> {
    let is_grey = picture.pixels().all(|p| p.0[0] == p.0[1] && p.0[1] == p.0[2]);
    let (width, height) = picture.dimensions();
    let mut out = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Best, FilterType::Adaptive);
    let done = match is_grey {
        true => {
            let grey = DynamicImage::ImageRgb8(picture).into_luma8();
            encoder.write_image(grey.as_raw(), width, height, ExtendedColorType::L8)
        }
        false => encoder.write_image(picture.as_raw(), width, height, ExtendedColorType::Rgb8),
    };
    done.ok().map(|()| out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use learn::sheet::ContactSheet;
    use world::rng::Rng;

    fn sheet(path: &Path, samples: usize, side: usize, noise: bool) {
        let value = |i: usize, k: usize| match noise {
            true => Rng::new(i as u64).bits(k as u64) as u8,
            false => (i * 2) as u8,
        };
        let one = |i: usize| (0..side * side * 3).map(|k| value(i, k)).collect();
        let all: Vec<Vec<u8>> = (0..samples).map(one).collect();
        std::fs::write(path, ContactSheet::of(&all, side, 3, COLUMNS as usize).png().unwrap()).unwrap();
    }

    #[test]
    fn pictures_keep_to_their_share_and_grey_ones_stay_grey() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.png");
        sheet(&path, 100, 28, false);
        let png = fitted(&std::fs::read(&path).unwrap(), PictureKind::Sheets, 20_000).unwrap();
        let read = image::load_from_memory(&png).unwrap();
        assert_eq!((read.width(), read.height(), read.color()), (152, 302, image::ColorType::L8));
        // The first row's samples are as they were: 0, 2, 4, 6, 8.
        let grey = read.into_luma8();
        assert!((0..5).all(|i| grey.get_pixel(2 + 30 * i, 2).0[0] == 2 * i as u8));
        // Noise cannot be compressed: fewer columns, at last smaller ones.
        sheet(&path, 100, 28, true);
        let noise = std::fs::read(&path).unwrap();
        let width = |bytes: usize| {
            let png = fitted(&noise, PictureKind::Sheets, bytes)?;
            assert!(png.len() <= bytes);
            image::load_from_memory(&png).ok().map(|i| i.width())
        };
        assert_eq!((width(200_000), width(60_000), width(30_000)), (Some(152), Some(62), Some(32)));
        assert_eq!((width(100), fitted(b"no", PictureKind::Frames, 9000)), (None, None));
        assert!(fitted(&noise, PictureKind::Frames, 2_000_000).is_some());
    }
}
