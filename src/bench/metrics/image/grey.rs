//! Single-channel pictures.

use crate::metrics::MetricError;

/// A grey picture, row-major, top row first; values as in the file (0..255 for 8 bits).
#[derive(Clone, Debug, PartialEq)]
pub struct Grey {
    width: usize,
    height: usize,
    values: Vec<f64>,
}

impl Grey {
    /// A picture from its row-major values.
    ///
    /// # Errors
    /// No pixels, a number of values other than `width · height`, or a value that is not finite.
    pub fn new(width: usize, height: usize, values: Vec<f64>) -> Result<Self, MetricError> {
        fills("a picture", width, height, 1, values.len())?;
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            let why =
                format!("{} at column {}, row {}; expected finite numbers", values[i], i % width, i / width);
            return Err(MetricError::Unfit { metric: "a picture", why });
        }
        Ok(Self { width, height, values })
    }

    /// A picture from 8-bit grey levels.
    ///
    /// # Errors
    /// No pixels, or a number of bytes other than `width · height`.
    pub fn from_levels(width: usize, height: usize, levels: &[u8]) -> Result<Self, MetricError> {
        Self::new(width, height, levels.iter().map(|&v| f64::from(v)).collect())
    }

    /// A picture from 8-bit RGB: the luma 0.2126 R + 0.7152 G + 0.0722 B of the gamma-encoded values, unrounded;
    /// 0..255. ITU-R BT.709 (2015).
    ///
    /// # Errors
    /// No pixels, or a number of bytes other than `3 · width · height`.
    pub fn from_rgb(width: usize, height: usize, bytes: &[u8]) -> Result<Self, MetricError> {
        fills("an RGB picture", width, height, 3, bytes.len())?;
        let luma =
            |p: &[u8]| (2126.0 * f64::from(p[0]) + 7152.0 * f64::from(p[1]) + 722.0 * f64::from(p[2])) / 1e4;
        Self::new(width, height, bytes.chunks_exact(3).map(luma).collect())
    }

    /// A picture from values that are known to fill it; unchecked.
    pub(super) fn filled(width: usize, height: usize, values: Vec<f64>) -> Self {
        debug_assert_eq!(values.len(), width * height);
        Self { width, height, values }
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }
    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }
    /// The `width · height` values, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
    /// The values rounded to 8-bit levels, clamped to 0..255.
    pub fn levels(&self) -> Vec<u8> {
        self.values.iter().map(|v| v.round().clamp(0.0, 255.0) as u8).collect()
    }

    /// The value at a position; outside, that of the nearest pixel (clamped borders).
    pub(super) fn near(&self, x: isize, y: isize) -> f64 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.values[y * self.width + x]
    }
    /// The pixels of even columns and rows.
    pub(super) fn decimated(&self) -> Self {
        let rows = self.values.chunks_exact(self.width).step_by(2);
        let values = rows.flat_map(|row| row.iter().step_by(2)).copied().collect();
        Self::filled(self.width.div_ceil(2), self.height.div_ceil(2), values)
    }
    /// Mean of all values.
    pub(super) fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }
    /// Deviations from the mean.
    ///
    /// # Errors
    /// A constant picture, reported for `metric`.
    pub(super) fn deviations(&self, metric: &'static str) -> Result<Vec<f64>, MetricError> {
        if self.is_constant() {
            return Err(MetricError::Unfit { metric, why: "the picture is of one value throughout".into() });
        }
        let mean = self.mean();
        Ok(self.values.iter().map(|v| v - mean).collect())
    }
    /// Whether all values are the same.
    pub(super) fn is_constant(&self) -> bool {
        self.values.iter().all(|v| *v == self.values[0])
    }

    /// Checks that another picture has the same size.
    pub(super) fn like(&self, other: &Self, metric: &'static str) -> Result<(), MetricError> {
        if (self.width, self.height) == (other.width, other.height) {
            return Ok(());
        }
        let size = |p: &Self| format!("{}×{} pixels", p.width, p.height);
        Err(MetricError::Unlike { metric, expected: size(self), found: size(other) })
    }
    /// Checks that both sides have at least this many pixels.
    pub(super) fn at_least(&self, side: usize, metric: &'static str) -> Result<(), MetricError> {
        if self.width.min(self.height) >= side {
            return Ok(());
        }
        let why = format!("{}×{} pixels; both sides need {side} or more", self.width, self.height);
        Err(MetricError::Unfit { metric, why })
    }
}

/// Checks that `found` values fill a picture of this size with `each` values a pixel.
pub(super) fn fills(
    metric: &'static str,
    width: usize,
    height: usize,
    each: usize,
    found: usize,
) -> Result<(), MetricError> {
    if width == 0 || height == 0 {
        return Err(MetricError::Unfit { metric, why: format!("{width}×{height}: no pixels") });
    }
    if width.checked_mul(height).and_then(|n| n.checked_mul(each)) == Some(found) {
        return Ok(());
    }
    let expected = format!("{width}×{height}×{each} values");
    Err(MetricError::Unlike { metric, expected, found: format!("{found} values") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_values_are_checked() {
        assert!(matches!(Grey::new(0, 3, vec![]), Err(MetricError::Unfit { .. })));
        assert!(matches!(Grey::new(2, 2, vec![0.0; 3]), Err(MetricError::Unlike { .. })));
        assert!(matches!(Grey::new(usize::MAX, 2, vec![]), Err(MetricError::Unlike { .. })));
        assert!(matches!(Grey::new(1, 2, vec![0.0, f64::NAN]), Err(MetricError::Unfit { .. })));
        assert!(matches!(Grey::from_rgb(2, 1, &[0; 4]), Err(MetricError::Unlike { .. })));
        assert!(Grey::from_levels(2, 1, &[0, 255]).is_ok());
    }

    #[test]
    fn greys_of_rgb_keep_their_level() {
        for v in 0..=255u8 {
            let grey = Grey::from_rgb(1, 1, &[v; 3]).unwrap();
            assert_eq!(grey.values(), [f64::from(v)]);
        }
        assert_eq!(Grey::from_rgb(1, 1, &[255, 0, 0]).unwrap().levels(), [54]);
    }

    #[test]
    fn levels_end_at_black_and_white() {
        let grey = Grey::new(2, 2, vec![-3.0, 0.5, 254.4, 1e9]).unwrap();
        assert_eq!(grey.levels(), [0, 1, 254, 255]);
    }
}
