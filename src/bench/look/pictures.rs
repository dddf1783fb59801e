//! Maps as pictures.

use judge::sight::map::SaliencyMap;
use learn::sheet::ContactSheet;
use world::frame::colour::srgb_of_linear;
use world::frame::palette::Palette;

/// A picture (bytes, channels last) in grey, `scale` times as large, with a map over it in the colours of fire: dark where
/// nothing is, the picture's own light where much is.
pub fn overlay(
    picture: &[u8],
    (side, channels): (usize, usize),
    map: &SaliencyMap,
    scale: usize,
) -> ContactSheet {
    let width = side * scale;
    let heat = map.resized(width, width);
    let palette = Palette::parse("inferno").ok();
    let mut rgb = Vec::with_capacity(3 * width * width);
    for (i, v) in heat.values.iter().enumerate() {
        let (y, x) = (i / width / scale, i % width / scale);
        let pixel = &picture[(y * side + x) * channels..][..channels];
        let grey = pixel.iter().map(|v| *v as f32).sum::<f32>() / (255.0 * channels as f32);
        let v = v.clamp(0.0, 1.0);
        let [r, g, b, _] = palette.as_ref().map_or([v, v, v, 1.0], |p| p.at(v));
        for c in [r, g, b] {
            let fire = srgb_of_linear(c as f64) as f32;
            rgb.push((255.0 * (0.38 * grey + 0.72 * fire * (0.45 + 0.55 * grey)).min(1.0) + 0.5) as u8);
        }
    }
    ContactSheet { width, height: width, rgb }
}

/// A picture `scale` times as large, its pixels as squares.
pub fn enlarged(picture: &[u8], (side, channels): (usize, usize), scale: usize) -> ContactSheet {
    let width = side * scale;
    let mut rgb = Vec::with_capacity(3 * width * width);
    for i in 0..width * width {
        let (y, x) = (i / width / scale, i % width / scale);
        let pixel = &picture[(y * side + x) * channels..][..channels];
        rgb.extend([0, 1, 2].map(|c| pixel[c % channels]));
    }
    ContactSheet { width, height: width, rgb }
}
