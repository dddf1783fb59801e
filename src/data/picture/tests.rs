use super::*;
use jpeg_encoder::{ColorType as Ink, Encoder, SamplingFactor as Sampling};
use proptest::prelude::*;

use crate::reduce::SIDE;
use world::rng::Rng;

/// A picture with smooth and busy parts.
fn scene(width: u16, height: u16, channels: usize, seed: u64) -> Vec<u8> {
    let r = Rng::new(seed);
    let value = |i: usize| {
        let (x, y, c) = (i / channels % width as usize, i / channels / width as usize, i % channels);
        let noise = if x > width as usize / 2 { r.below(i as u64, 90) as usize } else { 0 };
        (x * 5 + y * 3 + c * 60 + noise) as u8
    };
    (0..width as usize * height as usize * channels).map(value).collect()
}

#[derive(Clone, Debug)]
struct Made {
    size: (u16, u16),
    ink: Ink,
    sampling: Sampling,
    progressive: bool,
    optimised: bool,
    restart: u16,
    quality: u8,
    seed: u64,
}

fn jpeg(m: &Made) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, m.quality);
    encoder.set_sampling_factor(m.sampling);
    encoder.set_progressive(m.progressive);
    // With restarts it writes codes that it has not counted, which makes an invalid JPEG.
    encoder.set_optimized_huffman_tables(m.optimised && m.restart == 0);
    encoder.set_restart_interval(m.restart);
    let channels = match m.ink {
        Ink::Luma => 1,
        Ink::Rgb => 3,
        _ => 4,
    };
    let (w, h) = m.size;
    encoder.encode(&scene(w, h, channels, m.seed), w, h, m.ink).unwrap();
    bytes
}

fn made() -> impl Strategy<Value = Made> {
    let inks = prop::sample::select(vec![Ink::Luma, Ink::Rgb, Ink::Cmyk, Ink::CmykAsYcck]);
    let samplings = prop::sample::select(vec![
        Sampling::F_1_1,
        Sampling::F_2_1,
        Sampling::F_1_2,
        Sampling::F_2_2,
        Sampling::F_4_1,
    ]);
    let size = (1u16..50, 1u16..50);
    (size, inks, samplings, any::<[bool; 2]>(), 0u16..5, 5u8..100, any::<u64>()).prop_map(
        |(size, ink, sampling, [progressive, optimised], restart, quality, seed)| Made {
            size,
            ink,
            sampling,
            progressive,
            optimised,
            restart,
            quality,
            seed,
        },
    )
}

/// The decoder's own result for a file; `None` if it panics, as on some CMYK files.
fn raw(bytes: &[u8]) -> Option<Vec<u8>> {
    std::panic::catch_unwind(|| image::load_from_memory(bytes)).ok()?.ok().map(|i| i.into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Wherever a file is truncated, either it is detected or no pixel is lost.
    #[test]
    fn a_jpeg_is_complete_or_its_truncation_is_detected(m in made()) {
        let whole = jpeg(&m);
        prop_assert_eq!(jpeg::check(&whole), Ok(jpeg::FileEnd::Marked));
        let Some(pixels) = raw(&whole) else {
            prop_assert!(m.ink != Ink::Luma && m.ink != Ink::Rgb, "every decoder reads these");
            prop_assert!(decode(&whole).is_err());
            return Ok(());
        };
        let tailed = [&whole[..], b"\0\0tail\xff\xd8\xff"].concat();
        prop_assert_eq!(decode(&tailed).unwrap().into_bytes(), pixels.clone());
        let unended = &whole[..whole.len() - 2];
        prop_assert_eq!(jpeg::check(unended), Ok(jpeg::FileEnd::Unmarked));
        prop_assert_eq!(decode(unended).unwrap().into_bytes(), pixels.clone());
        let mut detected = 0;
        for end in 2..whole.len() - 2 {
            let cut = &whole[..end];
            let found = decode(cut);
            match &found {
                Ok(image) => prop_assert!(image.as_bytes() == pixels, "cut at {} of {}", end, whole.len()),
                Err(_) => detected += 1,
            }
            // Between its scans a progressive file may end on purpose, with an end marker.
            let between = found.is_err_and(|e| e.contains("parts of the picture"));
            if let Ok(image) = decode(&[cut, b"\xff\xd9"].concat()) && !(m.progressive && between) {
                prop_assert!(image.as_bytes() == pixels, "cut at {} of {}, and ended", end, whole.len());
            }
        }
        prop_assert!(detected > whole.len() / 2);
    }

    /// An unfinished copy has zeros at its end.
    #[test]
    fn zeros_in_place_of_data_are_detected(m in made(), at in 0.3f64..0.8) {
        let mut bytes = jpeg(&m);
        let from = (bytes.len() as f64 * at) as usize;
        bytes[from..].fill(0);
        bytes.extend([0; 100]);
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn damaged_jpegs_give_a_picture_or_an_error(m in made(), places in prop::collection::vec((any::<u16>(), any::<u8>()), 1..6)) {
        let mut bytes = jpeg(&m);
        for (place, value) in places {
            let n = bytes.len();
            bytes[place as usize % n] = value;
        }
        match decode(&bytes) {
            Ok(image) => prop_assert!(image.width() > 0 && image.height() > 0 && jpeg::check(&bytes).is_ok()),
            Err(e) => prop_assert!(!e.is_empty() && !e.contains('\n'), "{e:?}"),
        }
    }
}

#[test]
fn the_share_that_was_present_is_reported() {
    let whole = jpeg(&Made {
        size: (64, 64),
        ink: Ink::Rgb,
        sampling: Sampling::F_2_2,
        progressive: false,
        optimised: false,
        restart: 0,
        quality: 80,
        seed: 3,
    });
    let told = decode(&whole[..whole.len() * 7 / 10]).unwrap_err();
    assert!(told.contains("no readable image: it is cut off: its data ends after "), "{told}");
}

pub(super) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn every_format_is_detected_by_content_and_complete_or_rejected() {
    let rgb = RgbImage::from_raw(23, 17, scene(23, 17, 3, 1)).unwrap();
    let image = DynamicImage::from(rgb.clone());
    let dir = tempfile::tempdir().unwrap();
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::Gif]
    {
        let bytes = encoded(&image, format);
        let path = dir.path().join("x.jpg");
        std::fs::write(&path, &bytes).unwrap();
        let read = super::rgb(&path, WHITE).unwrap();
        assert!(read.dimensions() == (23, 17) && (format == ImageFormat::Gif || read == rgb), "{format:?}");
        let whole = decode(&bytes).unwrap();
        for end in 0..bytes.len() {
            if let Ok(cut) = decode(&bytes[..end]) {
                assert_eq!(cut, whole, "{format:?} cut at {end} of {}", bytes.len());
            }
        }
    }
    assert!(decode(b"").unwrap_err().contains("0 bytes"));
    assert!(decode(b"hello, this is text").unwrap_err().contains("no readable image"));
}

#[test]
fn files_are_pictures_by_extension_or_by_content() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let png = encoded(&DynamicImage::new_rgb8(2, 2), ImageFormat::Png);
    assert!(
        is_picture(&put("a.JPG", b"")) && is_picture(&put("b.webp", b"x")) && is_picture(&put("c", &png))
    );
    assert!(is_picture(&put("d.jpg_large", &png)) && !is_picture(&put("e.txt", b"BM notes")));
    assert!(!is_picture(&put("f.heic", b"\0\0\0\x18ftypheic")) && !is_picture(&dir.path().join("nowhere")));
}

/// EXIF with nothing but an orientation.
pub(super) fn exif(orientation: u16) -> Vec<u8> {
    let mut out = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    out.extend(orientation.to_be_bytes());
    out.extend([0; 6]);
    out
}

fn with_exif(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let body = [b"Exif\0\0", &exif(orientation)[..]].concat();
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &body, &jpeg[2..]].concat()
}

/// A TIFF of 8-bit RGB, uncompressed, with an orientation.
fn tiff(rgb: &RgbImage, orientation: u16) -> Vec<u8> {
    let (w, h) = rgb.dimensions();
    let pixels = rgb.as_raw();
    let entries: [(u16, u16, u32, u32); 9] = [
        (256, 4, 1, w),
        (257, 4, 1, h),
        (258, 3, 3, 8 + pixels.len() as u32),
        (259, 3, 1, 1 << 16),
        (262, 3, 1, 2 << 16),
        (273, 4, 1, 8),
        (274, 3, 1, u32::from(orientation) << 16),
        (277, 3, 1, 3 << 16),
        (279, 4, 1, pixels.len() as u32),
    ];
    let mut out = b"MM\0*".to_vec();
    out.extend((8 + pixels.len() as u32 + 6).to_be_bytes());
    out.extend(pixels);
    (0..3).for_each(|_| out.extend(8u16.to_be_bytes()));
    out.extend((entries.len() as u16).to_be_bytes());
    for (tag, kind, count, value) in entries {
        out.extend(tag.to_be_bytes());
        out.extend(kind.to_be_bytes());
        out.extend(count.to_be_bytes());
        out.extend(value.to_be_bytes());
    }
    out.extend([0; 4]);
    out
}

/// Where the stored pixel (x, y) belongs, by EXIF 2.3's definition of each orientation: where row 0 and column 0 are
/// seen.
fn upright(orientation: u16, (x, y): (u32, u32), (w, h): (u32, u32)) -> (u32, u32) {
    match orientation {
        1 => (x, y),
        2 => (w - 1 - x, y),
        3 => (w - 1 - x, h - 1 - y),
        4 => (x, h - 1 - y),
        5 => (y, x),
        6 => (h - 1 - y, x),
        7 => (h - 1 - y, w - 1 - x),
        8 => (y, w - 1 - x),
        _ => unreachable!(),
    }
}

#[test]
fn pictures_are_upright_in_every_orientation_and_format() {
    use image::ImageEncoder;
    let (w, h) = (24, 16);
    let stored = RgbImage::from_fn(w, h, |x, y| image::Rgb([(x / 8 * 80) as u8, (y / 8 * 120) as u8, 200]));
    for o in 1..=8 {
        let mut png = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut png);
        encoder.set_exif_metadata(exif(o)).unwrap();
        encoder.write_image(&stored, w, h, image::ExtendedColorType::Rgb8).unwrap();
        let mut webp = Vec::new();
        let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
        encoder.set_exif_metadata(exif(o)).unwrap();
        encoder.write_image(&stored, w, h, image::ExtendedColorType::Rgb8).unwrap();
        let mut flat = Vec::new();
        let mut encoder = Encoder::new(&mut flat, 100);
        encoder.set_sampling_factor(Sampling::F_1_1);
        encoder.encode(&stored, w as u16, h as u16, Ink::Rgb).unwrap();
        for (kind, bytes) in
            [("jpeg", with_exif(&flat, o)), ("png", png), ("webp", webp), ("tiff", tiff(&stored, o))]
        {
            let read = over(decode(&bytes).unwrap(), WHITE);
            let wanted = if o < 5 { (w, h) } else { (h, w) };
            assert_eq!(read.dimensions(), wanted, "{kind} {o}");
            for (x, y, pixel) in stored.enumerate_pixels() {
                let (a, b) = upright(o, (x, y), (w, h));
                let near = read.get_pixel(a, b).0.iter().zip(pixel.0).all(|(a, b)| a.abs_diff(b) < 4);
                assert!(near, "{kind} {o} at {x}, {y}");
            }
        }
    }
    let odd = with_exif(&jpeg(&Made { size: (9, 5), ..plain() }), 77);
    assert_eq!(decode(&odd).unwrap().width(), 9, "an invalid orientation is ignored");
}

fn plain() -> Made {
    Made {
        size: (16, 16),
        ink: Ink::Rgb,
        sampling: Sampling::F_1_1,
        progressive: false,
        optimised: false,
        restart: 0,
        quality: 90,
        seed: 1,
    }
}

#[test]
fn transparent_pixels_show_the_background_and_hide_their_colour() {
    let pixel = |x: u32, _| image::Rgba([200, 100, 0, [0, 128, 255][x as usize]]);
    let image = DynamicImage::from(image::RgbaImage::from_fn(3, 1, pixel));
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff] {
        let read = |ground| over(decode(&encoded(&image, format)).unwrap(), ground).into_raw();
        // 200 · 128/255 + 255 · 127/255 = 227.4 and so on.
        assert_eq!(read(WHITE), [255, 255, 255, 227, 177, 127, 200, 100, 0], "{format:?}");
        assert_eq!(read([0; 3]), [0, 0, 0, 100, 50, 0, 200, 100, 0], "{format:?}");
    }
    let grey =
        DynamicImage::from(image::GrayAlphaImage::from_fn(2, 1, |x, _| image::LumaA([7, (x * 255) as u8])));
    assert_eq!(over(grey, WHITE).into_raw(), [255, 255, 255, 7, 7, 7]);
    assert_eq!(colour("#0a0B0c"), Ok([10, 11, 12]));
    assert!(colour("#0a0b0").is_err() && colour("pink").unwrap_err().contains("pink"));
}

#[test]
fn depths_palettes_and_colour_spaces_become_8_bit_rgb() {
    let deep = image::ImageBuffer::<image::Luma<u16>, _>::from_raw(2, 1, vec![0u16, 0x8080]).unwrap();
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        let read = over(decode(&encoded(&DynamicImage::from(deep.clone()), format)).unwrap(), WHITE);
        assert_eq!(read.into_raw(), [0, 0, 0, 128, 128, 128]);
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_palette(vec![9, 8, 7, 1, 2, 3]);
    encoder.set_trns(vec![255, 0]);
    encoder.write_header().unwrap().write_image_data(&[0b0100_0000]).unwrap();
    assert_eq!(over(decode(&bytes).unwrap(), WHITE).into_raw(), [9, 8, 7, 255, 255, 255]);
    // Half cyan, a quarter black: red is 255 · ½ · ¾.
    for ink in [Ink::Cmyk, Ink::CmykAsYcck] {
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes, 100).encode(&[128, 0, 0, 64].repeat(64), 8, 8, ink).unwrap();
        let read = over(decode(&bytes).unwrap(), WHITE);
        let wanted = [95u8, 191, 191];
        assert!(
            read.get_pixel(4, 4).0.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 4),
            "{:?}",
            read.get_pixel(4, 4)
        );
    }
}

#[test]
fn frames_are_squashed_and_other_pictures_centre_cropped() {
    use world::frame::{Frame, write_png};
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    // Dark, bright in the middle, dark.
    let bright = |i: usize| i % 96 / 32 == 1;
    let mut frame = Frame::new(96, 32);
    let pixels = frame.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate();
    pixels.for_each(|(i, p)| *p = if bright(i) { [240, 240, 240, 255] } else { [10, 10, 10, 255] });
    write_png(&at("frame.png"), &frame).unwrap();
    over(open(&at("frame.png")).unwrap(), WHITE).save(at("other.png")).unwrap();
    for side in [SIDE, 28] {
        let seen = |name: &str| super::seen(&at(name), side, WHITE).unwrap();
        assert!(seen("other.png").iter().all(|v| *v == 240), "the centre square");
        let mean = seen("frame.png").iter().map(|v| *v as f64).sum::<f64>() / (side * side * 3) as f64;
        assert!((mean - (240.0 + 10.0 + 10.0) / 3.0).abs() < 1.0, "all of it: {mean}");
    }
}

#[test]
fn a_picture_larger_than_memory_is_rejected_by_its_header() {
    let mut png = Vec::new();
    png::Encoder::new(&mut png, 2, 2).write_header().unwrap();
    png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    let crc = flate2::Crc::new();
    let mut crc = { crc };
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    assert!(decode(&png).unwrap_err().contains("no readable image"), "{:?}", decode(&png).err());
    let mut jpeg = jpeg(&plain());
    let at = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[at + 5..at + 9].fill(0xff);
    assert!(decode(&jpeg).unwrap_err().contains("32768 pixels a side, found 65535×65535"));
}
