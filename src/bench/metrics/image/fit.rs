//! Least-squares line.

/// Slope of the least-squares line through (x, y).
///
/// `None` if all x are equal.
pub(in crate::metrics) fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / n, y + p.1 / n));
    let xx: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let xy: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let differ = points.windows(2).any(|pair| pair[0].0 != pair[1].0);
    (differ && xx > 0.0).then(|| xy / xx)
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn a_line_has_its_slope() {
        let line: Vec<_> = (0..7).map(|i| (f64::from(i), 3.0 - 2.0 * f64::from(i))).collect();
        assert!((slope(&line).unwrap() + 2.0).abs() < 1e-14);
        assert_eq!(slope(&[(0.1, 1.0), (0.1, 2.0), (0.1, 5.0)]), None);
        assert_eq!(slope(&[]), None);
    }
}
