//! Ways to make a picture smaller between layers, and to make features of the last one.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::Setup;
use super::show::{self, interval};
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use judge::JudgeError;
use judge::layer_options::{Global, LayerOptions, Pooling};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "pooling",
    reads: Reads::Pictures,
    about: "Does it matter how a network makes its picture smaller? (Springenberg et al. 2014; Scherer, Müller and Behnke 2010)",
    run,
};

/// Ways to halve the size, and ways to make features of the last layer.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let own = LayerOptions::default();
    let halving = Pooling::ALL
        .iter()
        .map(|p| (format!("halved: {}", p.name()), LayerOptions { pooling: Some(*p), ..own }));
    let last = [Global::Mean, Global::Max];
    let last =
        last.iter().map(|g| (format!("features: {}", g.name()), LayerOptions { global: Some(*g), ..own }));
    let one = |(name, layers): (String, LayerOptions)| {
        Arm::new(name.clone(), move |seed| {
            let mut run =
                setup.pictures(200, 400, seed).run(&format!("pooling {name}"), setup.plan(15, seed));
            run.architecture.layers = layers;
            run
        })
    };
    halving.chain(last).map(one).collect()
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "The same network was trained on {} pictures of {} for {} epochs with each way to halve the size between layers that `train --pooling` \
             knows (`none` keeps every layer as large as the picture), and, with maxima between the layers, with the mean or the maximum of each \
             channel of the last layer as features instead of both.",
            shown.phases[0].len(),
            setup.named(),
            shown.plan.epochs
        ),
        said: said(&groups),
        sections: show::with_results(
            Section {
                title: "Learning".into(),
                text: "Accuracy after each epoch: means over the seeds, with their bands.".into(),
                body: html! { div.charts { (show::learning("On training pictures", &groups, "training")) (show::learning("On test pictures", &groups, "test")) } },
            },
            &groups,
            &shown.phases[0],
        ),
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

fn said(groups: &[Group]) -> Vec<String> {
    let each = |g: &Group| g.seconds() / g.records.len().max(1) as f64;
    let mut said: Vec<String> = Vec::new();
    for kind in ["halved", "features"] {
        let own: Vec<&Group> = groups.iter().filter(|g| g.name.starts_with(kind)).collect();
        let best = own.iter().max_by(|a, b| a.mean("test").total_cmp(&b.mean("test")));
        let last = own.iter().min_by(|a, b| a.mean("test").total_cmp(&b.mean("test")));
        let (Some(best), Some(last)) = (best, last) else { continue };
        let apart = best.accuracy("test").zip(last.accuracy("test")).is_some_and(|(b, l)| b.low > l.high);
        said.push(format!(
            "Of the ways named `{kind}`, {} is right most often on test pictures, {}; {} least, {}. {}",
            best.name.split(": ").nth(1).unwrap_or(""),
            interval(best.accuracy("test")),
            last.name.split(": ").nth(1).unwrap_or(""),
            interval(last.accuracy("test")),
            if apart {
                "The intervals are apart."
            } else {
                "The intervals overlap: on these pictures the choice hardly matters."
            }
        ));
    }
    if let (Some(slow), Some(fast)) = (
        groups.iter().max_by(|a, b| each(a).total_cmp(&each(b))),
        groups.iter().min_by(|a, b| each(a).total_cmp(&each(b))),
    ) {
        said.push(format!(
            "{} takes {:.1} times the CPU time of {}.",
            slow.name,
            each(slow) / each(fast),
            fast.name
        ));
    }
    said
}
