//! Colour spaces: sRGB as stored, linear light as added, Oklab as seen (Ottosson 2020). All through `libm`, so that
//! every machine agrees.

/// Linear light of an sRGB component, both 0..1 (IEC 61966-2-1).
pub fn linear_of_srgb(s: f64) -> f64 {
    if s <= 0.04045 { s / 12.92 } else { libm::pow((s + 0.055) / 1.055, 2.4) }
}

/// sRGB component of a linear light, both 0..1.
pub fn srgb_of_linear(x: f64) -> f64 {
    if x <= 0.003_130_8 { x * 12.92 } else { 1.055 * libm::pow(x, 1.0 / 2.4) - 0.055 }
}

/// Oklab (lightness 0..1, green–red, blue–yellow) of linear light.
pub fn oklab_of_linear([r, g, b]: [f64; 3]) -> [f64; 3] {
    let l = libm::cbrt(0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b);
    let m = libm::cbrt(0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b);
    let s = libm::cbrt(0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b);
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// Linear light of an Oklab colour; out-of-gamut components stay outside 0..1.
pub fn linear_of_oklab([l, a, b]: [f64; 3]) -> [f64; 3] {
    let cube = |v: f64| v * v * v;
    let x = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let y = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let z = cube(l - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    [
        4.076_741_662_1 * x - 3.307_711_591_3 * y + 0.230_969_929_2 * z,
        -1.268_438_004_6 * x + 2.609_757_401_1 * y - 0.341_319_396_5 * z,
        -0.004_196_086_3 * x - 0.703_418_614_7 * y + 1.707_614_701_0 * z,
    ]
}

/// Linear light of an sRGB triple of bytes.
pub fn linear_of_bytes(bytes: [u8; 3]) -> [f64; 3] {
    bytes.map(|b| linear_of_srgb(b as f64 / 255.0))
}

/// Bytes (red, green, blue, alpha) of `#rgb`, `#rrggbb` or `#rrggbbaa`.
pub fn parse_hex(text: &str) -> Result<[u8; 4], String> {
    let wrong = || format!("`{text}` is not a colour; write `#rgb`, `#rrggbb` or `#rrggbbaa` in hexadecimal");
    let digits: Vec<u8> = text
        .strip_prefix('#')
        .ok_or_else(wrong)?
        .chars()
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()
        .ok_or_else(wrong)?;
    match digits[..] {
        [r, g, b] => Ok([r * 17, g * 17, b * 17, 255]),
        [a, b, c, d, e, f] => Ok([a * 16 + b, c * 16 + d, e * 16 + f, 255]),
        [a, b, c, d, e, f, g, h] => Ok([a * 16 + b, c * 16 + d, e * 16 + f, g * 16 + h]),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_are_inverse_and_white_is_white() {
        for i in 0..=100 {
            let s = i as f64 / 100.0;
            assert!((srgb_of_linear(linear_of_srgb(s)) - s).abs() < 1e-6, "{s}");
        }
        let [l, a, b] = oklab_of_linear([1.0; 3]);
        assert!((l - 1.0).abs() < 1e-6 && a.abs() < 1e-6 && b.abs() < 1e-6);
        // Red, from the table in Ottosson's article: L 0.628, a 0.225, b 0.126.
        let red = oklab_of_linear([1.0, 0.0, 0.0]);
        assert!(red.iter().zip([0.627_96, 0.224_86, 0.125_85]).all(|(v, e)| (v - e).abs() < 1e-4), "{red:?}");
        let back = linear_of_oklab(oklab_of_linear([0.2, 0.7, 0.05]));
        assert!(back.iter().zip([0.2, 0.7, 0.05]).all(|(v, e)| (v - e).abs() < 1e-6), "{back:?}");
    }

    #[test]
    fn hexadecimal_colours() {
        assert_eq!(parse_hex("#f80"), Ok([255, 136, 0, 255]));
        assert_eq!(parse_hex("#0a141e"), Ok([10, 20, 30, 255]));
        assert_eq!(parse_hex("#0A141E80"), Ok([10, 20, 30, 128]));
        for wrong in ["f80", "#", "#12", "#12345", "#gggggg", "#é12", ""] {
            assert!(parse_hex(wrong).is_err_and(|e| e.contains("#rrggbb")), "{wrong}");
        }
    }
}
