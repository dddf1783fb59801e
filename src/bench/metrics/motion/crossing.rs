//! When a curve first crosses a threshold.

/// The time of a first crossing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// In frames; the end of the curve if it never crosses.
    pub time: f64,
    /// Whether it never crosses: the true time is `time` or later (right-censored).
    pub censored: bool,
}

/// The first frame whose value is below the threshold; the number of frames if there is none.
pub fn first_below(curve: &[f64], threshold: f64) -> Crossing {
    first(curve, |value| value < threshold)
}

/// The first frame whose value is above the threshold; the number of frames if there is none.
pub fn first_above(curve: &[f64], threshold: f64) -> Crossing {
    first(curve, |value| value > threshold)
}

fn first(curve: &[f64], is_beyond: impl Fn(f64) -> bool) -> Crossing {
    let found = curve.iter().position(|value| is_beyond(*value));
    Crossing { time: found.unwrap_or(curve.len()) as f64, censored: found.is_none() }
}

/// When the line between the points of a curve first falls to the threshold; the last frame if it never does.
pub fn interpolated_below(curve: &[f64], threshold: f64) -> Crossing {
    let censored = Crossing { time: curve.len().saturating_sub(1) as f64, censored: true };
    match curve.iter().position(|value| *value < threshold) {
        None => censored,
        Some(0) => Crossing { time: 0.0, censored: false },
        Some(i) => {
            let (above, below) = (curve[i - 1], curve[i]);
            Crossing { time: (i - 1) as f64 + (above - threshold) / (above - below), censored: false }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_found_or_censored() {
        let curve = [1.0, 0.9, 0.8, 0.6, 0.9, 0.1];
        assert_eq!(first_below(&curve, 0.8), Crossing { time: 3.0, censored: false });
        assert_eq!(first_below(&curve, 0.1), Crossing { time: 6.0, censored: true });
        assert_eq!(first_above(&curve, 0.95), Crossing { time: 0.0, censored: false });
        assert_eq!(first_above(&curve, 1.0), Crossing { time: 6.0, censored: true });
        assert_eq!(interpolated_below(&curve, 2.0), Crossing { time: 0.0, censored: false });
        assert_eq!(interpolated_below(&curve, 0.0), Crossing { time: 5.0, censored: true });
        let between = interpolated_below(&curve, 0.65);
        assert!((between.time - 2.75).abs() < 1e-12 && !between.censored, "{between:?}");
        assert_eq!(interpolated_below(&[], 0.5), Crossing { time: 0.0, censored: true });
    }
}
