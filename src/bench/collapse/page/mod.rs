//! Report page of an experiment, from what is in its folder.

mod curves;
mod gaussian;
mod pictures;
mod stills;
mod worlds;

use std::collections::BTreeMap;
use std::path::Path;

use maud::{Markup, html};

use super::Regime;
use super::control::SavedControl;
use super::experiment::{Experiment, Subject, WorldReference};
use super::gaussian::{GaussianGeneration, GaussianSetup};
use super::group::{RunSummary, groups};
use super::measure::GenerationMetrics;
use super::worlds::WorldMetrics;
use crate::report::shell::page;
use stills::{StillsSection, StillsSummary};
use worlds::{WorldsSection, WorldsSummary};

/// Results of an experiment.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CollapseReport {
    /// The commands that produced it.
    pub commands: Vec<String>,
    /// Generations that were asked for.
    pub generations: usize,
    /// What the first generations learned from.
    pub subject: Subject,
    /// Setup of the single Gaussian.
    pub setup: GaussianSetup,
    /// Its curves.
    pub gaussian: BTreeMap<Regime, Vec<GaussianGeneration>>,
    /// Noise floor: other pictures of the origin, measured like a generation.
    pub floor: Option<GenerationMetrics>,
    /// The control: a rule rerun with fresh seeds each generation, which cannot collapse.
    pub control: Option<SavedControl>,
    /// Recursive runs of generators of pictures.
    pub chains: Vec<RunSummary<GenerationMetrics>>,
    /// What they amount to over their seeds.
    summaries: Vec<StillsSummary>,
    /// What learned worlds are held against.
    references: Vec<WorldReference>,
    /// Recursive runs of learned worlds.
    worlds: Vec<RunSummary<WorldMetrics>>,
    /// What they amount to over their seeds.
    world_summaries: Vec<WorldsSummary>,
}

impl CollapseReport {
    /// What is in a folder of experiments now, by whichever process, and the curves of the single Gaussian.
    pub fn of(out: &Path, e: &Experiment, gaussian: BTreeMap<Regime, Vec<GaussianGeneration>>) -> Self {
        let is_of = |method: &str| e.methods.contains_key(method);
        let (mut chains, mut worlds) = (Vec::new(), Vec::new());
        match &e.subject {
            Subject::Nothing => {}
            Subject::Stills(_) => chains = RunSummary::all(out, is_of, e.generations),
            Subject::Worlds(_) => worlds = RunSummary::all(out, is_of, e.generations),
        }
        Self {
            commands: e.commands.iter().cloned().collect(),
            generations: e.generations,
            subject: e.subject.clone(),
            setup: e.gaussian,
            gaussian,
            floor: e.floor.clone(),
            control: SavedControl::read(out),
            summaries: groups(&chains).iter().map(StillsSummary::of).collect(),
            chains,
            references: e.references.clone(),
            world_summaries: groups(&worlds).iter().map(WorldsSummary::of).collect(),
            worlds,
        }
    }

    /// The whole page.
    pub fn html(&self) -> String {
        let (summary, sections) = self.learned();
        let body = html! {
            @if let Some(lines) = &summary { h2 { "Summary" } ul { (lines) } }
            (gaussian::section(&self.setup, &self.gaussian))
            (sections)
            h2 { "Reproduction" }
            pre { @for c in &self.commands { (c) "\n" } }
            p.note { "All randomness derives from the seeds." }
        };
        let about = "Generators trained recursively on generated samples: what remains of the origin, generation by generation.";
        page("Model collapse", about, body)
    }

    /// Summary, and the rest, of what learned; no summary before anything has.
    fn learned(&self) -> (Option<Markup>, Markup) {
        match &self.subject {
            Subject::Stills(s) if !self.chains.is_empty() => {
                let section = StillsSection {
                    stills: s,
                    runs: &self.chains,
                    summaries: &self.summaries,
                    floor: self.floor.as_ref(),
                    control: self.control.as_ref(),
                    generations: self.generations,
                };
                (Some(section.summary()), section.sections())
            }
            Subject::Worlds(worlds) if !self.worlds.is_empty() => {
                let section = WorldsSection {
                    worlds,
                    runs: &self.worlds,
                    summaries: &self.world_summaries,
                    references: &self.references,
                    generations: self.generations,
                };
                (Some(section.summary()), section.sections())
            }
            _ => (None, html! {}),
        }
    }
}
