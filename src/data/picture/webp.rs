//! WebP files whose coded data were not completely written: decoders silently read the zeros as pixels.

/// More zeros at the end of coded data than any encoder writes.
const BLANK: usize = 64;

/// # Errors
/// A message: the coded data of a picture end in zeros.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let data = &bytes[at + 8..bytes.len().min((at + 8).saturating_add(length))];
        let written = data.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
        if [b"VP8 ", b"VP8L", b"ALPH", b"ANMF"].contains(&head[..4].first_chunk().unwrap_or(b"    "))
            && data.len() - written >= BLANK
        {
            let share = 100 * (at + 8 + written) / bytes.len();
            return Err(format!("the copy is incomplete: there are only zeros after {share} %"));
        }
        at = (at + 8).saturating_add(length).saturating_add(length % 2);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use image::codecs::webp::WebPEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    use super::super::decode;

    #[test]
    fn an_unfinished_copy_is_rejected() {
        let noise: Vec<u8> =
            (0..64 * 64 * 3u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let file = |pixels: &[u8]| {
            let mut bytes = Vec::new();
            let mut encoder = WebPEncoder::new_lossless(&mut bytes);
            encoder.set_exif_metadata(vec![0; 500]).unwrap();
            encoder.write_image(pixels, 64, 64, ExtendedColorType::Rgb8).unwrap();
            bytes
        };
        let whole = file(&noise);
        assert!(decode(&whole).is_ok(), "metadata may be all zeros");
        assert!(decode(&file(&[0; 64 * 64 * 3])).is_ok(), "black pixels do not encode as zeros");
        let mut half = whole.clone();
        half[whole.len() / 2..].fill(0);
        let told = decode(&half).unwrap_err();
        assert!(told.contains("zeros after 50 %") || told.contains("zeros after 49 %"), "{told}");
    }
}
