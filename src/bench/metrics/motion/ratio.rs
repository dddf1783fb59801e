//! How far a spectrum is from another.

use crate::metrics::MetricError;

const METRIC: &str = "a spectral ratio";
/// Energies below this share of the reference's total are rounding.
const LEAST_SHARE: f64 = 1e-12;

/// Ratios of a candidate's spectrum to a reference's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpectralRatio {
    /// Mean of |log₁₀(candidate / reference)| over the bins; 0 for equal spectra, 1 for energies off by a factor of ten.
    pub mean_decades: f64,
    /// The largest factor, above or below, between the energies of an octave; 1 for equal spectra.
    pub worst_factor: f64,
    /// First and last bin of that octave.
    pub worst_octave: [usize; 2],
}

/// Compares bins 1 to `last`, the frequency of a bin being in proportion to its index (bin 0, the mean, is left out).
/// Energies are clamped to at least 10⁻¹² of the reference's total.
///
/// # Errors
/// Spectra of different lengths, no such bins, or a reference without energy.
pub fn spectral_ratio(
    reference: &[f64],
    candidate: &[f64],
    last: usize,
) -> Result<SpectralRatio, MetricError> {
    if reference.len() != candidate.len() {
        let say = |s: &[f64]| format!("{} bins", s.len());
        return Err(MetricError::Unlike { metric: METRIC, expected: say(reference), found: say(candidate) });
    }
    let unfit = |why: String| MetricError::Unfit { metric: METRIC, why };
    if last == 0 || last >= reference.len() {
        return Err(unfit(format!("bins 1 to {last} of {}", reference.len())));
    }
    let least = LEAST_SHARE * reference.iter().sum::<f64>();
    if least <= 0.0 {
        return Err(unfit("the reference has no energy".into()));
    }
    let decades = |from: usize, to: usize| {
        let energy = |s: &[f64]| s[from..=to].iter().sum::<f64>().max(least);
        libm::log10(energy(candidate) / energy(reference)).abs()
    };
    let mean_decades = (1..=last).map(|k| decades(k, k)).sum::<f64>() / last as f64;
    let (mut worst, mut worst_octave) = (0.0, [1, 1]);
    for [from, to] in octaves(last) {
        let off = decades(from, to);
        if off > worst {
            (worst, worst_octave) = (off, [from, to]);
        }
    }
    Ok(SpectralRatio { mean_decades, worst_factor: libm::pow(10.0, worst), worst_octave })
}

/// Octaves of bins 1 to `last`: 1, 2 to 3, 4 to 7 and so on. What is less than half an octave at the end belongs to the
/// one before.
fn octaves(last: usize) -> Vec<[usize; 2]> {
    let mut all = Vec::new();
    let mut from = 1;
    while from <= last {
        let end = 2 * from - 1;
        let to = if last.saturating_sub(end) < from { last } else { end };
        all.push([from, to]);
        from = to + 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn octaves_cover_all_bins_once() {
        assert_eq!(octaves(32), [[1, 1], [2, 3], [4, 7], [8, 15], [16, 32]]);
        assert_eq!(octaves(5), [[1, 1], [2, 3], [4, 5]]);
        assert_eq!(octaves(4), [[1, 1], [2, 4]]);
        assert_eq!(
            (octaves(1), octaves(2), octaves(3)),
            (vec![[1, 1]], vec![[1, 1], [2, 2]], vec![[1, 1], [2, 3]])
        );
        for last in 1..200 {
            let all: Vec<usize> = octaves(last).iter().flat_map(|[from, to]| *from..=*to).collect();
            assert_eq!(all, (1..=last).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_louder_bin_counts_its_factor() {
        let reference: Vec<f64> = (0..17).map(|k| 1.0 / (1.0 + k as f64)).collect();
        let mut candidate = reference.clone();
        candidate[0] = 99.0;
        let same = spectral_ratio(&reference, &candidate, 16).unwrap();
        assert_eq!((same.mean_decades, same.worst_factor, same.worst_octave), (0.0, 1.0, [1, 1]));
        candidate[1] /= 4.0;
        let low = spectral_ratio(&reference, &candidate, 16).unwrap();
        assert!((low.mean_decades - 4f64.log10() / 16.0).abs() < 1e-12);
        assert!((low.worst_factor - 4.0).abs() < 1e-12 && low.worst_octave == [1, 1]);
        // Ten times the energy of bins 2 and 3, of 1/3 and 1/4.
        candidate[2] *= 10.0;
        candidate[3] *= 10.0;
        let high = spectral_ratio(&reference, &candidate, 16).unwrap();
        assert!((high.worst_factor - 10.0).abs() < 1e-9 && high.worst_octave == [2, 3], "{high:?}");
        // A part of an octave is averaged with the rest.
        candidate[2] = reference[2];
        let part = spectral_ratio(&reference, &candidate, 16).unwrap();
        let expected = (1.0 / 3.0 + 10.0 / 4.0) / (1.0 / 3.0 + 1.0 / 4.0);
        assert!((part.worst_factor - expected).abs() < 1e-9, "{part:?}");
    }

    #[test]
    fn rounding_is_no_energy() {
        let (reference, candidate) = ([0.0, 1.0, 1e-20, 0.0], [0.0, 1.0, 1e-15, 1e-2]);
        let found = spectral_ratio(&reference, &candidate, 2).unwrap();
        assert_eq!((found.mean_decades, found.worst_factor), (0.0, 1.0));
        let all = spectral_ratio(&reference, &candidate, 3).unwrap();
        assert!((all.mean_decades - 10.0 / 3.0).abs() < 1e-9, "{all:?}");
    }

    #[test]
    fn spectra_that_cannot_be_compared_are_rejected() {
        assert!(matches!(spectral_ratio(&[1.0; 3], &[1.0; 4], 2), Err(MetricError::Unlike { .. })));
        for last in [0, 3] {
            assert!(matches!(spectral_ratio(&[1.0; 3], &[1.0; 3], last), Err(MetricError::Unfit { .. })));
        }
        let e = spectral_ratio(&[0.0; 3], &[1.0; 3], 2).unwrap_err().to_string();
        assert!(e.contains("no energy"), "{e}");
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_finite(a in prop::collection::vec(0.01f64..9.0, 2..40), seed in 0.1f64..10.0) {
            let b: Vec<f64> = a.iter().enumerate().map(|(i, v)| v * (1.0 + seed * (i % 3) as f64)).collect();
            let (there, back) = (
                spectral_ratio(&a, &b, a.len() - 1).unwrap(),
                spectral_ratio(&b, &a, a.len() - 1).unwrap(),
            );
            prop_assert!((there.mean_decades - back.mean_decades).abs() < 1e-12);
            prop_assert!((there.worst_factor / back.worst_factor - 1.0).abs() < 1e-9);
            prop_assert!(there.worst_factor.is_finite() && there.worst_factor >= 1.0);
        }
    }
}
