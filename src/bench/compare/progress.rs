//! Progress of a comparison.

/// Observes progress, and can interrupt.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
///
/// use bench::compare::ProgressObserver;
/// use bench::compare::sampling::draw_samples;
/// use bench::generator::{Noise, SampleSpec};
///
/// /// Stops after twenty steps.
/// #[derive(Default)]
/// struct Impatient(AtomicUsize);
///
/// impl ProgressObserver for Impatient {
///     fn done(&self, steps: usize) {
///         self.0.fetch_add(steps, Relaxed);
///     }
///     fn stopped(&self) -> bool {
///         self.0.load(Relaxed) >= 20
///     }
/// }
///
/// let spec = SampleSpec { side: 8, channels: 1, frames: 1, every: 1, warm_up: 0 };
/// let drawn = draw_samples(&Noise, 0..100, &spec, &Impatient::default());
/// assert!((20..100).contains(&drawn.seeds.len()) && drawn.failure.unwrap().starts_with("interrupted"));
/// ```
pub trait ProgressObserver: Sync {
    /// A task of `_steps` steps begins.
    fn begin(&self, _what: &str, _steps: usize) {}
    /// This many steps were completed.
    fn done(&self, _steps: usize) {}
    /// Whether to stop; the results are then marked as partial.
    fn stopped(&self) -> bool {
        false
    }
}
