//! Pictures of the Netpbm formats P4 (bits) and P5 (bytes).

/// Width, height and levels of a P5 picture of 256 levels.
///
/// # Errors
/// It is none, it is too large, or pixels are missing.
pub fn grey(bytes: &[u8], most: usize) -> Result<(usize, usize, &[u8]), String> {
    let mut head = Head { bytes, at: 0 };
    head.magic(b"P5")?;
    let (width, height) = (head.number("a width", most)?, head.number("a height", most)?);
    let levels = head.number("a number of levels", 255)?;
    if levels != 255 {
        return Err(format!("expected 255 levels, found {levels}"));
    }
    Ok((width, height, head.pixels(width * height)?))
}

/// Width, height and lit pixels of a P4 bitmap, whose rows are filled up to whole bytes.
///
/// # Errors
/// It is none, it is too large, or pixels are missing.
pub fn bitmap(bytes: &[u8], most: usize) -> Result<(usize, usize, Vec<bool>), String> {
    let mut head = Head { bytes, at: 0 };
    head.magic(b"P4")?;
    let (width, height) = (head.number("a width", most)?, head.number("a height", most)?);
    let rows = head.pixels(width.div_ceil(8) * height)?.chunks_exact(width.div_ceil(8));
    let lit = rows.flat_map(|row| (0..width).map(|x| row[x / 8] >> (7 - x % 8) & 1 == 1)).collect();
    Ok((width, height, lit))
}

/// The head of a file: words between white space, with comments from `#` to the end of a line.
struct Head<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Head<'a> {
    fn magic(&mut self, word: &[u8]) -> Result<(), String> {
        let known = self.bytes.starts_with(word);
        self.at = word.len();
        known
            .then_some(())
            .ok_or_else(|| format!("expected a file that begins with {}", String::from_utf8_lossy(word)))
    }

    fn number(&mut self, what: &str, most: usize) -> Result<usize, String> {
        loop {
            match self.bytes.get(self.at) {
                Some(b'#') => {
                    let rest = &self.bytes[self.at..];
                    self.at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
                }
                Some(b) if b.is_ascii_whitespace() => self.at += 1,
                _ => break,
            }
        }
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += digits;
        let number = std::str::from_utf8(&rest[..digits]).ok().and_then(|text| text.parse().ok());
        number
            .filter(|n| (1..=most).contains(n))
            .ok_or_else(|| format!("expected {what} from 1 to {most} in its head"))
    }

    /// What follows the one white space after the head.
    fn pixels(&self, count: usize) -> Result<&'a [u8], String> {
        let rest = self.bytes.get(self.at + 1..).unwrap_or(&[]);
        rest.get(..count).ok_or_else(|| format!("expected {count} bytes of pixels, found {}", rest.len()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pictures_are_read_and_damage_is_told() {
        assert_eq!(grey(b"P5\n# a comment\n2 1\n255\n\x07\xff", 9), Ok((2, 1, &[7, 255][..])));
        assert_eq!(
            bitmap(b"P4 10 1\n\x80\x40", 99).unwrap().2,
            [true, false, false, false, false, false, false, false, false, true]
        );
        for (bytes, what) in [
            (&b""[..], "begins with P5"),
            (b"P4\n2 1\n\x07", "begins with P5"),
            (b"P5", "expected a width"),
            (b"P5 2", "expected a height from 1 to 9"),
            (b"P5 2 99999999999999999999", "expected a height"),
            (b"P5 10 1 255 ", "expected a width from 1 to 9"),
            (b"P5 2 2 15 ....", "expected 255 levels, found 15"),
            (b"P5 2 2 255\n...", "expected 4 bytes of pixels, found 3"),
            (b"P5 2 2 255", "expected 4 bytes of pixels, found 0"),
        ] {
            let e = grey(bytes, 9).unwrap_err();
            assert!(e.contains(what), "{e}");
        }
    }

    proptest! {
        #[test]
        fn a_picture_is_read_if_its_pixels_are_there(w in 1usize..9, h in 1usize..9, tail in proptest::collection::vec(any::<u8>(), 0..80)) {
            let bytes = [format!("P5 {w} {h} 255\n").as_bytes(), &tail].concat();
            match grey(&bytes, 9) {
                Ok((width, height, pixels)) => prop_assert!((width, height) == (w, h) && pixels.len() == w * h),
                Err(e) => prop_assert!(tail.len() != w * h, "{e}"),
            }
        }

        #[test]
        fn no_bytes_break_it(head in "P[45][ 0-9#\n]{0,12}", tail in proptest::collection::vec(any::<u8>(), 0..40)) {
            let bytes = [head.as_bytes(), &tail].concat();
            if let Ok((width, height, pixels)) = grey(&bytes, 64) {
                prop_assert!(width <= 64 && height <= 64 && pixels.len() == width * height);
            }
            if let Ok((width, height, lit)) = bitmap(&bytes, 64) {
                prop_assert!(width <= 64 && height <= 64 && lit.len() == width * height);
            }
        }
    }
}
