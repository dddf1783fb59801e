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

#[cfg(test)]
mod tests {
    use super::base64;

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
