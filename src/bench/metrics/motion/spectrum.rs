//! Energy spectra in space.

use std::ops::Range;

use super::gradient::velocity;
use super::observable::Observed;
use super::rollout::Rollout;
use crate::metrics::MetricError;
use crate::metrics::gas::{Spectrum, spectrum_of};

/// Kinetic energy per unit mass by wavenumber, mean over `frames`; the bins are those of [`Spectrum`], and sum to the
/// mean of ½(u² + v²). No window is applied.
///
/// # Errors
/// The frames hold no velocity, or there are none of them.
pub fn kinetic_spectrum(rollout: &Rollout, frames: Range<usize>) -> Result<Spectrum, MetricError> {
    let (layout, planes) = (rollout.layout(), velocity(rollout.layout())?);
    mean_of(frames, |t| {
        let [u, v] = planes.map(|plane| rollout.plane(t, plane));
        spectrum_of((layout.width, layout.height), u, v)
    })
}

/// Half the power of an observable by wavenumber, summed over its planes and mean over `frames`, in squared standard
/// deviations of the truth; binned as [`kinetic_spectrum`].
///
/// # Errors
/// There are no frames.
pub fn observed_spectrum(
    observed: &Observed,
    world: usize,
    frames: Range<usize>,
) -> Result<Spectrum, MetricError> {
    let (size, cells) = (observed.size(), observed.size().0 * observed.size().1);
    let nothing = vec![0.0; cells];
    mean_of(observed.within(frames), |t| {
        let planes: Vec<&[f32]> = observed.frame(world, t).chunks(cells).collect();
        let spectra =
            planes.chunks(2).map(|pair| spectrum_of(size, pair[0], pair.get(1).unwrap_or(&&nothing[..])));
        spectra.reduce(added).unwrap_or_default()
    })
}

fn mean_of(frames: Range<usize>, at: impl Fn(usize) -> Spectrum) -> Result<Spectrum, MetricError> {
    let count = frames.len() as f64;
    let Some(sum) = frames.map(at).reduce(added) else {
        let (metric, what) = ("energy spectrum", "frames".into());
        return Err(MetricError::TooFew { metric, what, least: 1, found: 0 });
    };
    Ok(sum.into_iter().map(|energy| energy / count).collect())
}

fn added(mut sum: Spectrum, more: Spectrum) -> Spectrum {
    sum.iter_mut().zip(more).for_each(|(s, e)| *s += e);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::observable::{Observable, Scale};
    use crate::metrics::motion::rollout::Layout;
    use crate::metrics::motion::samples::{drawn, eddies, flow, noise};
    use std::f64::consts::TAU;

    #[test]
    fn waves_have_their_energy_at_their_wavenumbers() {
        let k = |n: f64| TAU * n / 32.0;
        let amplitudes = [(1.0, 0.5), (4.0, 0.2), (9.0, 0.1)];
        // Amplitudes grow with the frames: their squares have a mean of 14/3 over frames 1 to 3.
        let r = drawn(&flow(32, 32), 4, |x, y, plane, t| {
            let along = if plane == 0 { y } else { x };
            let wave = |(n, a): &(f64, f64)| t * a * (k(*n) * along).sin();
            if plane < 2 { amplitudes.iter().map(wave).sum() } else { 1.0 }
        });
        let spectrum = kinetic_spectrum(&r, 1..4).unwrap();
        for (shell, found) in spectrum.iter().enumerate() {
            // ½(u² + v²) of two waves of amplitude a is a²/2.
            let a = amplitudes.iter().find(|(n, _)| *n == shell as f64).map_or(0.0, |(_, a)| *a);
            let expected = 14.0 / 3.0 * a * a / 2.0;
            assert!((found - expected).abs() < 1e-7, "{shell}: {found}, expected {expected}");
        }
        assert!(kinetic_spectrum(&r, 2..2).unwrap_err().to_string().contains("at least 1 samples of frames"));
    }

    #[test]
    fn the_energy_of_an_observable_is_half_its_variance_over_all_planes() {
        let truth = [eddies(16, 6, 0.8, 1)];
        for (observable, planes) in [(Observable::State, 2.0), (Observable::Vorticity, 1.0)] {
            let seen = Observed::of(&truth, &Scale::of(&truth, observable).unwrap()).unwrap();
            let total: f64 = observed_spectrum(&seen, 0, 0..6).unwrap().iter().sum();
            // Two of the three planes vary.
            assert!((total - 0.5 * planes).abs() < 1e-5, "{observable:?}: {total}");
        }
    }

    #[test]
    fn white_noise_has_energy_in_proportion_to_the_modes_of_a_shell() {
        let truth = [noise(48, 20, 3)];
        let seen = Observed::of(&truth, &Scale::of(&truth, Observable::State).unwrap()).unwrap();
        let spectrum = observed_spectrum(&seen, 0, 0..20).unwrap();
        let radius = |i: i32, j: i32| f64::from(i * i + j * j).sqrt().round() as usize;
        for (shell, found) in spectrum.iter().enumerate().take(24).skip(5) {
            let modes = (-24..24).flat_map(|i| (-24..24).map(move |j| (i, j)));
            let expected = 0.5 * modes.filter(|(i, j)| radius(*i, *j) == shell).count() as f64 / 2304.0;
            assert!((found / expected - 1.0).abs() < 0.2, "{shell}: {found}, expected {expected}");
        }
        let none = drawn(&Layout::torus(4, 4, 1), 1, |x, _, _, _| x);
        assert!(kinetic_spectrum(&none, 0..1).unwrap_err().to_string().contains("no velocity"));
    }
}
