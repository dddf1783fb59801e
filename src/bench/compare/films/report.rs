//! Results on moving pictures.

use super::curves::FilmCurves;
use crate::metrics::catalogue::MetricResult;
use crate::metrics::motion::catalogue::NamedResult;

/// Whose film it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilmRole {
    /// A candidate's, by its index.
    Candidate(usize),
    /// A trivial opponent's.
    Opponent,
    /// Uniform noise: the ceiling of the statistics.
    Noise,
    /// The reference's from a slightly different start: all that a forecast can reach.
    Perturbed,
    /// The reference's from other starts: the floor of the statistics.
    OtherStart,
    /// The reference's first frames, kept: the ceiling of the forecasts.
    FirstFrame,
}

/// Results on the clips of one generator.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub role: FilmRole,
    /// Whether its clips begin with the reference's own start.
    pub starts_alike: bool,
    /// Its metrics: the statistics, then, if it starts alike, the forecasts.
    pub results: Vec<NamedResult>,
    /// Its curves.
    pub curves: FilmCurves,
}

impl Film {
    /// Its name in tables that list opponents, too, since a candidate may be called like one.
    pub fn full_name(&self) -> String {
        match self.role {
            FilmRole::Candidate(_) => self.name.clone(),
            _ => format!("opponent:{}", self.name),
        }
    }

    /// A metric with what is known of it.
    pub fn named(&self, name: &str) -> Option<&NamedResult> {
        self.results.iter().find(|r| r.name == name)
    }

    /// The result of a metric, if there is one.
    pub fn result(&self, name: &str) -> Option<&MetricResult> {
        self.named(name)?.result.as_ref().ok()
    }
}

/// Moving pictures of a comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Films {
    /// The films of all generators that have clips: the candidates', the opponents', those of the reference itself.
    pub all: Vec<Film>,
    /// The curves of the reference.
    pub reference: FilmCurves,
    /// What is missing and why, and what a reader must know, one sentence each without its full stop.
    pub notes: Vec<String>,
}

impl Films {
    /// The film of a role.
    pub fn of(&self, role: FilmRole) -> Option<&Film> {
        self.all.iter().find(|f| f.role == role)
    }

    /// The film of a generator by its full name.
    pub fn find(&self, full_name: &str) -> Option<&Film> {
        self.all.iter().find(|f| f.full_name() == full_name)
    }

    /// The films of the candidates, each with its index.
    pub fn candidates(&self) -> impl Iterator<Item = (usize, &Film)> {
        let index = |f: &Film| if let FilmRole::Candidate(i) = f.role { Some(i) } else { None };
        self.all.iter().filter_map(move |f| Some((index(f)?, f)))
    }
}
