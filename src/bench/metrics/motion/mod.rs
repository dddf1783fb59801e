//! Metrics of moving pictures: an imitator's roll-out against the rule's, from the same start.
//!
//! A [`Rollout`] is the frames of one world; a comparison takes those of several worlds, in pairs of truth and
//! candidate. As long as both are alike, [`correlation_curves`] and [`error_curves`] tell how far. Once they have
//! diverged, as chaotic worlds must, what counts is whether the candidate is still a world of that kind: its spectra,
//! budgets, distributions, memory and flicker. [`catalogue`] has all metrics by name, with interval over worlds, floor and
//! ceiling.

mod autocorrelation;
mod budget;
pub mod catalogue;
mod correlation;
mod crossing;
mod distribution;
mod error;
mod exactness;
mod flicker;
mod gradient;
mod observable;
mod ratio;
mod resample;
mod rollout;
#[cfg(test)]
mod samples;
mod spectrum;
mod temporal;
mod video;

pub use autocorrelation::{autocorrelation, decorrelation_time, integrated_time};
pub use budget::{
    BOUND, Boundedness, FlowBudget, boundedness, divergence_ratio, mean_density, mean_square, ratio_series,
};
pub use correlation::{correlation_curves, correlation_time, pearson};
pub use crossing::{Crossing, first_above, first_below, interpolated_below};
pub use distribution::{DistributionDistance, Powers, Quantity, distribution_distance, sorted_sample};
pub use error::{VALID, error_curves, valid_times};
pub use exactness::{equal_shares, first_difference};
pub use flicker::Flicker;
pub use gradient::{divergence, vorticity};
pub use observable::{Observable, Observed, Scale};
pub use ratio::{SpectralRatio, spectral_ratio};
pub use resample::{
    mean_curve, mean_curve_with_interval, over_halves, over_worlds, quantile_bands, student, wilson,
};
pub use rollout::{Layout, Rollout, check_pairs};
pub use spectrum::{kinetic_spectrum, observed_spectrum};
pub use temporal::{TemporalPower, fast_share, temporal_power};
pub use video::{extract, kernel_sums, of_worlds, stacked};
