//! The feature extractor in use, and what others say.

use maud::{Markup, html};

use super::super::eye::check::PairCheck;
use super::super::eye::table::EyeRow;
use super::super::report::Comparison;
use crate::report::chart::key;
use crate::report::shell::number;

impl Comparison {
    pub(super) fn eyes(&self) -> Markup {
        let pairs: Vec<&PairCheck> = self.check.extremes.iter().chain(&self.check.neighbours).collect();
        html! {
            section {
                h2 { "The feature extractor, checked" }
                p { "Every figure on this page compares features from " (self.setup.extractor.name()) ". How well it tells apart what differs: a sample of two sets is right if its nearest other sample is of its own set (Lopez-Paz and Oquab 2017); 50 % is chance, 100 % is always, less than 50 % means that one set holds copies of the other." }
                @for called in &self.check.called { p { "It calls " (called.words()) "." } }
                @if !pairs.is_empty() {
                    div.table tabindex="0" role="region" aria-label="How well the feature extractor tells sets apart" {
                        table {
                            thead { tr {
                                th scope="col" { "sets" }
                                th scope="col" { "nearest neighbour right" }
                                th scope="col" { "intervals of the distance" }
                            } }
                            tbody { @for (i, pair) in pairs.iter().enumerate() { (pair_row(pair, i == 0 && self.check.extremes.is_some())) } }
                        }
                    }
                }
                @if !self.eyes.is_empty() {
                    p { "The Fréchet distance from " (self.reference.name) " by every extractor that is at hand, without intervals and from at most 200 samples. Figures of different extractors have different scales: compare each with its own row's ends." }
                    div.table tabindex="0" role="region" aria-label="Distance by feature extractor" {
                        table {
                            thead { tr {
                                th scope="col" { "extractor" }
                                th scope="col" { "the reference itself" small { "held out" } }
                                @for (colour, p) in self.coloured() { th scope="col" { (key(colour, false)) (p.name) } }
                                th scope="col" { "noise" }
                                th scope="col" { "noise told" small { "nearest neighbour right" } }
                            } }
                            tbody { @for row in &self.eyes { (eye_row(row, row.eye == self.setup.extractor.word())) } }
                        }
                    }
                }
            }
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn pair_row(pair: &PairCheck, is_extremes: bool) -> Markup {
    html! {
        tr {
            td { (pair.sets[0]) " and " (pair.sets[1]) }
            td { (percent(pair.accuracy)) small { "of " (pair.samples) @if pair.is_chance { ", no more than chance" } } }
            td { @if is_extremes { "–" } @else if pair.intervals_overlap { "overlap" } @else { "apart" } }
        }
    }
}

fn eye_row(row: &EyeRow, is_in_use: bool) -> Markup {
    let figure = |v: Option<f64>| v.map_or("–".into(), number);
    html! {
        tr {
            th scope="row" { (row.eye) small { (row.about) @if is_in_use { ", in use" } } }
            @match &row.error {
                Some(e) => td.words colspan=(row.candidates.len() + 3) { small { (e) } },
                None => {
                    td { (figure(row.itself)) }
                    @for v in &row.candidates { td { (figure(*v)) } }
                    td { (figure(row.noise)) }
                    td { (row.noise_told.map_or("–".into(), percent)) }
                }
            }
        }
    }
}
