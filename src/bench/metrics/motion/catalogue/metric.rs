//! A metric of moving pictures: its name, its statistic, its result.

use super::super::crossing::Crossing;
use super::side::{Comparison, Worlds};
use crate::metrics::MetricError;
use crate::metrics::catalogue::{Direction, MetricResult};

/// One metric of moving pictures.
pub struct MotionMetric {
    /// Its name on the command line.
    pub name: &'static str,
    /// One sentence, with the source.
    pub about: &'static str,
    /// Unit of its values; empty for a ratio or a share.
    pub unit: &'static str,
    /// Optimisation direction.
    pub better: Direction,
    /// Whether the truth has what it needs.
    pub applies: fn(&Worlds) -> bool,
    pub(super) compute: for<'a> fn(&'a Comparison<'a>) -> Outcome<'a>,
}

/// Which of a result's values are cut off by the end of the roll-outs: the true value is the given one or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Censored {
    /// The candidate's.
    pub figure: bool,
    /// The floor.
    pub floor: bool,
    /// The ceiling.
    pub ceiling: bool,
}

/// The result of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedResult {
    /// Name of the metric.
    pub name: &'static str,
    /// One sentence on it, with the source.
    pub about: &'static str,
    /// Unit of its values; empty for a ratio or a share.
    pub unit: &'static str,
    /// Optimisation direction.
    pub better: Direction,
    /// What the end of the roll-outs cuts off.
    pub censored: Censored,
    /// The value with its 95 % interval over worlds, floor and ceiling, or why there is none. Numbers of samples are
    /// numbers of worlds.
    pub result: Result<MetricResult, MetricError>,
}

/// A statistic, or why there is none.
pub(super) type Outcome<'a> = Result<Statistic<'a>, MetricError>;

/// A function of some worlds, by index.
type Figure<'a> = Box<dyn Fn(&[usize]) -> Result<f64, MetricError> + Sync + 'a>;

/// How the interval is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Resampling {
    /// Worlds with replacement.
    Bootstrap,
    /// So many halves of the worlds.
    Halves(usize),
    /// This interval.
    Known([f64; 2]),
}

/// A statistic of paired worlds.
pub(super) struct Statistic<'a> {
    pub figure: Figure<'a>,
    pub resampling: Resampling,
    /// The values that it can have.
    pub range: [f64; 2],
    pub is_censored: bool,
    /// The truth's own value, for statistics of one side.
    pub of_reference: Option<f64>,
}

impl<'a> Statistic<'a> {
    /// At least 0, by bootstrap.
    pub fn of(figure: impl Fn(&[usize]) -> Result<f64, MetricError> + Sync + 'a) -> Self {
        let (resampling, range) = (Resampling::Bootstrap, [0.0, f64::INFINITY]);
        Self { figure: Box::new(figure), resampling, range, is_censored: false, of_reference: None }
    }

    /// A time, at most `end`.
    pub fn crossing(
        end: f64,
        all: &[usize],
        figure: impl Fn(&[usize]) -> Result<Crossing, MetricError> + Sync + 'a,
    ) -> Outcome<'a> {
        let is_censored = figure(all)?.censored;
        let statistic = Self::of(move |worlds| figure(worlds).map(|crossing| crossing.time));
        Ok(Self { is_censored, range: [0.0, end], ..statistic })
    }

    /// Of the candidate alone: `figure` takes a side and worlds.
    pub fn one_sided<S: ?Sized + Sync>(
        [truth, candidate]: [&'a S; 2],
        all: &[usize],
        figure: impl Fn(&S, &[usize]) -> Result<f64, MetricError> + Sync + 'a,
    ) -> Outcome<'a> {
        let of_reference = Some(figure(truth, all)?);
        Ok(Self { of_reference, ..Self::of(move |worlds| figure(candidate, worlds)) })
    }

    /// The same with a reference value.
    pub fn about(self, reference: f64) -> Self {
        Self { of_reference: Some(reference), ..self }
    }

    /// The same with a range.
    pub fn within(self, range: [f64; 2]) -> Self {
        Self { range, ..self }
    }

    /// The same with another interval.
    pub fn by(self, resampling: Resampling) -> Self {
        Self { resampling, ..self }
    }
}
