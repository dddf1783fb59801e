//! The size of a canvas or a world, in cells.

use super::LARGEST;
use super::problem::{Problems, Section};

/// `size = [width, height]`.
pub(super) fn size(s: &mut Section, p: &mut Problems) -> Option<(usize, usize)> {
    let span = s.span_of("size");
    let [w, h] = s.pair("size", p)?;
    let fits = |v: f64| v.fract() == 0.0 && (1.0..=LARGEST as f64).contains(&v);
    if !fits(w) || !fits(h) {
        p.add(
            span,
            format!("`size` of {} must be two whole numbers in 1..={LARGEST}, found [{w}, {h}]", s.what()),
        );
        return None;
    }
    Some((w as usize, h as usize))
}
