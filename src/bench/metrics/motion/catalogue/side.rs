//! Roll-outs of several worlds, with what is measured of them; measured once, when a metric first asks.

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::super::autocorrelation::autocorrelation;
use super::super::budget::{FlowBudget, mean_square};
use super::super::distribution::{Quantity, sorted_sample};
use super::super::observable::{Observable, Observed, Scale};
use super::super::rollout::Rollout;
use super::super::spectrum::{kinetic_spectrum, observed_spectrum};
use super::super::temporal::{TemporalPower, temporal_power};
use crate::metrics::{MetricError, SampleMatrix};

const METRIC: &str = "motion";

/// Roll-outs of several worlds.
#[derive(Clone, Copy, Debug)]
pub struct Worlds<'a> {
    /// One a world.
    pub rollouts: &'a [Rollout],
    /// Features of an eye, for the video distance: a matrix a world, a row a frame.
    pub features: Option<&'a [SampleMatrix]>,
}

impl<'a> Worlds<'a> {
    /// Worlds without features.
    pub fn of(rollouts: &'a [Rollout]) -> Self {
        Self { rollouts, features: None }
    }
}

/// How roll-outs are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct MotionSetup {
    /// What is compared of a frame; if none, the vorticity of a flow and all planes of anything else.
    pub observable: Option<Observable>,
    /// Frames whose statistics are compared, late enough that candidate and truth have diverged; if none, the second
    /// half.
    pub late: Option<Range<usize>>,
    /// The largest wavenumber that is compared; if none, half the shorter side.
    pub last_shell: Option<usize>,
    /// Frames of a sample of the video distance, from its first.
    pub offsets: Vec<usize>,
    /// Frames from one such sample to the next.
    pub every: usize,
    /// Seed of the resampling.
    pub seed: u64,
    /// Whether results have intervals.
    pub intervals: bool,
}

impl Default for MotionSetup {
    fn default() -> Self {
        let (observable, late, last_shell) = (None, None, None);
        let (offsets, every, seed, intervals) = (vec![0, 10, 20], 5, 0, true);
        Self { observable, late, last_shell, offsets, every, seed, intervals }
    }
}

/// What is looked at in all worlds alike.
pub(super) struct View {
    observable: Observable,
    scale: Scale,
    late: Range<usize>,
}

impl View {
    /// The view of a setup on the truth.
    ///
    /// # Errors
    /// No worlds, late frames that there are not, or an observable that the frames lack or that is constant.
    pub fn of(truth: &[Rollout], setup: &MotionSetup) -> Result<Self, MetricError> {
        let Some(first) = truth.first() else {
            return Err(MetricError::TooFew { metric: METRIC, what: "the truth".into(), least: 1, found: 0 });
        };
        let frames = first.frames();
        let late = setup.late.clone().unwrap_or(frames / 2..frames);
        if late.is_empty() || late.end > frames {
            let why = format!("late frames {late:?} of {frames}; expected some that there are");
            return Err(MetricError::Unfit { metric: METRIC, why });
        }
        let observable = setup.observable.unwrap_or(Observable::of(first.layout()));
        Ok(Self { observable, scale: Scale::of(truth, observable)?, late })
    }

    /// Observes roll-outs, which must pair with those of the truth.
    ///
    /// # Errors
    /// Features that are not of their frames.
    pub fn side<'a>(&self, worlds: &Worlds<'a>) -> Result<Side<'a>, MetricError> {
        let observed = Observed::of(worlds.rollouts, &self.scale)?;
        if let Some(features) = worlds.features {
            let found: Vec<usize> = features.iter().map(SampleMatrix::rows).collect();
            let expected = vec![observed.frames(); observed.worlds()];
            if found != expected {
                let say = |frames: &[usize]| format!("features of {frames:?} frames");
                let (expected, found) = (say(&expected), say(&found));
                return Err(MetricError::Unlike { metric: METRIC, expected, found });
            }
        }
        let is_flow = self.observable == Observable::Vorticity;
        let (spectra, temporal, memory) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let (budgets, values, increments) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let (worlds, late) = (*worlds, self.late.clone());
        Ok(Side { worlds, observed, late, is_flow, spectra, temporal, memory, budgets, values, increments })
    }
}

/// One measurement a world.
type PerWorld<T> = OnceLock<Result<Vec<T>, MetricError>>;

/// One side of a comparison.
pub(super) struct Side<'a> {
    pub worlds: Worlds<'a>,
    pub observed: Observed,
    pub late: Range<usize>,
    is_flow: bool,
    spectra: PerWorld<Vec<f64>>,
    temporal: PerWorld<TemporalPower>,
    memory: PerWorld<Vec<f64>>,
    budgets: PerWorld<Vec<FlowBudget>>,
    values: PerWorld<Vec<f64>>,
    increments: PerWorld<Vec<f64>>,
}

impl Side<'_> {
    fn per_world<'b, T: Send + Sync>(
        &self,
        cell: &'b PerWorld<T>,
        of: impl Fn(usize) -> Result<T, MetricError> + Sync + Send,
    ) -> Result<&'b [T], MetricError> {
        let all = cell.get_or_init(|| (0..self.observed.worlds()).into_par_iter().map(of).collect());
        all.as_deref().map_err(Clone::clone)
    }

    /// Spectra over the late frames: of kinetic energy if the vorticity is observed, else of what is observed.
    pub fn spectra(&self) -> Result<&[Vec<f64>], MetricError> {
        self.per_world(&self.spectra, |w| match self.is_flow {
            true => kinetic_spectrum(&self.worlds.rollouts[w], self.late.clone()),
            false => observed_spectrum(&self.observed, w, self.late.clone()),
        })
    }

    /// Power in time over the late frames.
    pub fn temporal(&self) -> Result<&[TemporalPower], MetricError> {
        self.per_world(&self.temporal, |w| temporal_power(&self.observed, w, self.late.clone()))
    }

    /// Autocorrelation over the late frames.
    pub fn memory(&self) -> Result<&[Vec<f64>], MetricError> {
        self.per_world(&self.memory, |w| autocorrelation(&self.observed, w, self.late.clone()))
    }

    /// Budgets of all frames.
    pub fn budgets(&self) -> Result<&[Vec<FlowBudget>], MetricError> {
        self.per_world(&self.budgets, |w| {
            let rollout = &self.worlds.rollouts[w];
            (0..rollout.frames()).map(|t| FlowBudget::of(rollout, t)).collect()
        })
    }

    /// Energy of all frames: kinetic if the vorticity is observed, else the mean square of what is observed.
    pub fn energies(&self) -> Result<Vec<Vec<f64>>, MetricError> {
        if self.is_flow {
            let of = |world: &Vec<FlowBudget>| world.iter().map(|b| b.energy).collect();
            return Ok(self.budgets()?.iter().map(of).collect());
        }
        let world =
            |w: usize| (0..self.observed.frames()).map(|t| mean_square(&self.observed, w, t)).collect();
        Ok((0..self.observed.worlds()).into_par_iter().map(world).collect())
    }

    /// Samples of a quantity over the late frames, in ascending order.
    pub fn samples(&self, quantity: Quantity) -> Result<&[Vec<f64>], MetricError> {
        let cell = match quantity {
            Quantity::Values => &self.values,
            Quantity::Increments => &self.increments,
        };
        self.per_world(cell, |w| sorted_sample(quantity, &self.observed, w, self.late.clone()))
    }
}

/// Two sides of the same worlds.
pub(super) struct Comparison<'a> {
    pub truth: &'a Side<'a>,
    pub candidate: &'a Side<'a>,
    pub setup: &'a MotionSetup,
}

impl Comparison<'_> {
    /// Number of worlds.
    pub fn worlds(&self) -> usize {
        self.truth.observed.worlds()
    }

    /// The indices of all worlds.
    pub fn all(&self) -> Vec<usize> {
        (0..self.worlds()).collect()
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.truth.observed.frames()
    }
}
