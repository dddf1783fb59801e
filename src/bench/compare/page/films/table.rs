//! Table of the metrics of motion, a row each.

use maud::{Markup, html};

use super::super::super::films::{FORECASTS, Film, FilmRole, STATISTICS};
use super::super::super::report::Comparison;
use crate::metrics::motion::catalogue::{NamedResult, find};
use crate::report::chart::key;
use crate::report::shell::{candidate_colour, number};

impl Comparison {
    /// Films in the order of the table: candidates, the reference itself, opponents, noise.
    fn listed(&self) -> Vec<&Film> {
        let rank = |f: &&Film| match f.role {
            FilmRole::Candidate(i) => (0, i),
            FilmRole::OtherStart => (1, 0),
            FilmRole::Perturbed => (2, 0),
            FilmRole::Opponent => (3, 0),
            FilmRole::FirstFrame => (4, 0),
            FilmRole::Noise => (5, 0),
        };
        let mut all: Vec<&Film> = self.films.all.iter().collect();
        all.sort_by_key(rank);
        all
    }

    pub(super) fn film_table(&self) -> Markup {
        let films = self.listed();
        if films.is_empty() {
            return html! {};
        }
        let rows = |names: &'static [&'static str]| {
            names.iter().filter(|n| films.iter().any(|f| f.named(n).is_some()))
        };
        html! {
            h3 { "Metrics of motion" }
            p { "Of the luma of the clips, in standard deviations of the reference, with 95 % intervals over clips. " em { "other starts" } " is the reference on other seeds: the floor of all that is not a forecast, of which noise is the ceiling. Forecasts are of those that begin with the reference's own start: as far as " em { "perturbed" } " chaos lets anyone follow, " em { "first frame kept" } " takes no model." }
            div.table tabindex="0" role="region" aria-label="Metrics of motion of each generator" {
                table {
                    thead { tr {
                        th scope="col" { "metric" }
                        th scope="col" { "reference" small { "its own value" } }
                        @for f in &films { th scope="col" { @if let FilmRole::Candidate(i) = f.role { (key(candidate_colour(i), false)) } (f.name) } }
                    } }
                    tbody {
                        @for name in rows(&FORECASTS).chain(rows(&STATISTICS)) { (row(name, &films)) }
                    }
                }
            }
        }
    }
}

fn row(name: &str, films: &[&Film]) -> Markup {
    let Some(metric) = find(name) else { return html! {} };
    let own = films.iter().find_map(|f| f.result(name)?.of_reference);
    html! {
        tr {
            th scope="row" title=(metric.about) { (metric.name) small { (metric.unit) } small { (metric.better.words()) } }
            td { (own.map_or("–".into(), number)) }
            @for f in films { (cell(f.named(name), matches!(f.role, FilmRole::Candidate(_)))) }
        }
    }
}

/// A figure with its interval, or why there is none.
fn cell(named: Option<&NamedResult>, is_candidate: bool) -> Markup {
    let Some(named) = named else { return html! { td { "–" } } };
    match &named.result {
        Err(e) if is_candidate => html! { td.words { small { (e) } } },
        Err(_) => html! { td { "–" } },
        Ok(result) => {
            let [low, high] = result.figure.interval;
            html! {
                td.best[is_candidate] {
                    @if named.censored.figure { "≥ " }
                    (number(result.figure.value))
                    @if result.figure.has_interval() { small { (number(low)) " … " (number(high)) } }
                }
            }
        }
    }
}
