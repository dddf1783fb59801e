//! The scale of anchors of a comparison, and which opponents its candidates beat.

use super::beating::{Bout, Outcome};
use super::report::{GeneratorReport, Role};
use super::scale::{Anchor, ITSELF, Scale};
use crate::metrics::catalogue::{Direction, Metric};
use crate::metrics::interval::Estimate;

/// The leading metric: the Fréchet distance, or else the first distance that a candidate has.
pub fn lead(candidates: &[GeneratorReport]) -> Option<&'static Metric> {
    let all = || candidates.iter().flat_map(|p| &p.found);
    let distances = || all().filter(|f| f.metric.better == Direction::Less && f.answer.is_ok());
    distances().find(|f| f.metric.name == "frechet").or_else(|| distances().next()).map(|f| f.metric)
}

/// The opponents by the leading metric. Without held-out samples the reference against itself is its floor, half
/// against half.
pub fn scale(
    metric: &'static Metric,
    candidates: &[GeneratorReport],
    opponents: &[GeneratorReport],
) -> Option<Scale> {
    let one = |p: &GeneratorReport| {
        let figure = p.answer(metric.name)?.figure;
        let name = if p.role == Role::Itself { ITSELF.into() } else { p.name.clone() };
        Some(Anchor { name, words: p.words.clone(), figure })
    };
    let mut anchors: Vec<Anchor> = opponents.iter().filter_map(one).collect();
    if !anchors.iter().any(|a| a.name == ITSELF) {
        let floor = candidates.iter().find_map(|p| p.answer(metric.name)?.floor);
        let figure = floor.map(|f| Estimate { value: f.value, interval: [f.value; 2] });
        let words = || "the reference against itself, half against half".into();
        anchors.extend(figure.map(|figure| Anchor { name: ITSELF.into(), words: words(), figure }));
    }
    Scale::new(metric.name, anchors)
}

/// A candidate held against every opponent.
pub fn bouts(candidate: &GeneratorReport, opponents: &[GeneratorReport], metric: &Metric) -> Vec<Bout> {
    let own = (candidate.answer(metric.name).map(|a| &a.figure), candidate.is_copier());
    let one = |p: &GeneratorReport| {
        let Role::Opponent { must_beat } = p.role else { return None };
        let outcome = Outcome::of(own, (p.answer(metric.name).map(|a| &a.figure), p.is_copier()));
        Some(Bout { opponent: p.name.clone(), must_beat, outcome })
    };
    opponents.iter().filter_map(one).collect()
}
