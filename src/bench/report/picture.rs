//! Pictures embedded in a page.

use std::fmt::Write;

use maud::{Markup, html};

use learn::sheet::ContactSheet;

/// Bytes as base64 (RFC 4648).
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let n = three.iter().fold(0u32, |n, b| n << 8 | *b as u32) << (8 * (3 - three.len()));
        let letter = |i: usize| LETTERS[(n >> (18 - 6 * i) & 63) as usize] as char;
        (0..4).for_each(|i| out.push(if i <= three.len() { letter(i) } else { '=' }));
    }
    out
}

/// A PNG as an HTML image, `width` pixels wide.
pub fn image(png: &[u8], alt: &str, width: usize) -> Markup {
    let mut source = String::from("data:image/png;base64,");
    let _ = write!(source, "{}", base64(png));
    html! { img src=(source) alt=(alt) width=(width); }
}

/// Pictures of one size (bytes, channels last) in rows of `columns`, as one image.
pub fn grid(pictures: &[Vec<u8>], side: usize, channels: usize, columns: usize, alt: &str) -> Markup {
    let sheet = ContactSheet::of(pictures, side, channels, columns);
    let png = sheet.png().unwrap_or_default();
    image(&png, alt, sheet.width * if side < 48 { 2 } else { 1 })
}

/// Frames of a looping film at most: more of them are more page than motion.
pub const LOOP: usize = 32;
/// Frames a second of a looping film.
const RATE: f64 = 10.0;

/// The frames of a film below one another: a strip as wide as a frame.
pub fn strip(frames: &[Vec<u8>], side: usize, channels: usize) -> ContactSheet {
    let rgb = frames.iter().flat_map(|f| ContactSheet::picture(f, side, channels).rgb).collect();
    ContactSheet { width: side, height: side * frames.len(), rgb }
}

/// A film of the first frames that loops, without a script: its strip moves behind a window of one frame. It stands still
/// where the reader prefers that, while it is pointed at or has the focus, and in print.
pub fn film(frames: &[Vec<u8>], side: usize, channels: usize, alt: &str, width: usize) -> Markup {
    let frames = &frames[..frames.len().min(LOOP)];
    let png = strip(frames, side, channels).png().unwrap_or_default();
    let steps = format!("--w:{width}px;--n:{};--t:{:.1}s", frames.len(), frames.len() as f64 / RATE);
    html! { span.film style=(steps) tabindex="0" role="img" aria-label=(alt) { (image(&png, "", width)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_has_the_frames_below_one_another() {
        let frames: Vec<Vec<u8>> = (0..5u8).map(|t| vec![10 * t; 4 * 4]).collect();
        let sheet = strip(&frames, 4, 1);
        assert_eq!((sheet.width, sheet.height, sheet.rgb.len()), (4, 20, 4 * 20 * 3));
        // Frame 3 begins after three frames of four rows.
        assert_eq!(sheet.rgb[3 * 4 * 4 * 3..][..6], [30; 6]);
        let coloured = strip(&[[1, 2, 3].repeat(16), [4, 5, 6].repeat(16)], 4, 3);
        assert_eq!((coloured.height, &coloured.rgb[48..54]), (8, &[4, 5, 6, 4, 5, 6][..]));
    }

    #[test]
    fn a_film_steps_once_through_as_many_frames_as_it_shows() {
        let frames = vec![vec![7u8; 16]; 50];
        let text = film(&frames, 4, 1, "seven", 96).into_string();
        assert!(
            text.contains("--w:96px;--n:32;--t:3.2s") && text.contains(r#"aria-label="seven""#),
            "{text}"
        );
        let short = film(&frames[..3], 4, 1, "three", 96).into_string();
        assert!(short.contains("--n:3;--t:0.3s"), "{short}");
    }

    /// The examples of RFC 4648, section 10.
    #[test]
    fn base64_agrees_with_the_rfc() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        cases.iter().for_each(|(plain, coded)| assert_eq!(base64(plain.as_bytes()), *coded));
    }
}
