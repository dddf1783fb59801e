//! Every optimiser by name, each at a learning rate at which it is known to work.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::Setup;
use super::show::{self, interval};
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use judge::JudgeError;
use judge::training_config::TrainingConfig;
use learn::optimiser::Optimiser;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "optimisers",
    reads: Reads::Pictures,
    about: "Which optimiser learns fastest, and does it learn best? (Wilson et al. 2017; Schmidt, Schneider and Hennig 2021)",
    run,
};

/// One for each optimiser.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let one = |name: &'static str| {
        Arm::new(name, move |seed| {
            let rate = TrainingConfig::own_rate(name);
            let plan = TrainingConfig { optimiser: name.into(), rate, ..setup.plan(10, seed) };
            setup.pictures(400, 400, seed).run(&format!("optimisers {name}"), plan)
        })
    };
    Optimiser::NAMES.into_iter().map(one).collect()
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "The same network was trained by every optimiser that `train --optimiser` knows, on {} pictures of {} for {} epochs, each at its own \
             learning rate of `train` with one and the same schedule. Rates were not searched for: an optimiser that does badly here may do well \
             at another rate.",
            shown.phases[0].len(),
            setup.named(),
            shown.plan.epochs
        ),
        said: said(&groups),
        sections: show::with_results(
            Section {
                title: "Learning".into(),
                text: "After each epoch: means over the seeds, with their bands.".into(),
                body: html! { div.charts { (losses(&groups)) (show::learning("On test pictures", &groups, "test")) } },
            },
            &groups,
            &shown.phases[0],
        ),
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

fn said(groups: &[Group]) -> Vec<String> {
    let mut by_test: Vec<&Group> = groups.iter().collect();
    by_test.sort_by(|a, b| b.mean("test").total_cmp(&a.mean("test")));
    let (Some(best), Some(last)) = (by_test.first(), by_test.last()) else { return Vec::new() };
    let low = best.accuracy("test").map_or(0.0, |b| b.low);
    let reach = |g: &&&Group| g.accuracy("test").is_some_and(|b| b.high >= low);
    let near: Vec<&str> = by_test.iter().skip(1).filter(reach).map(|g| g.name.as_str()).collect();
    let half = |g: &Group| {
        let first = g.records.iter().filter_map(|r| r.epochs.iter().position(|e| e.accuracy[0] > 0.5));
        let all: Vec<f64> = first.map(|e| e as f64 + 1.0).collect();
        if all.len() == g.records.len() { crate::metrics::mean(&all) } else { f64::INFINITY }
    };
    let fastest = groups.iter().min_by(|a, b| half(a).total_cmp(&half(b)));
    let mut said = vec![
        format!(
            "After the last epoch {} is right most often on test pictures: {}.",
            best.name,
            interval(best.accuracy("test"))
        ),
        format!("{} is right least often: {}.", last.name, interval(last.accuracy("test"))),
    ];
    said.push(match near[..] {
        [] => "No other interval reaches the best.".into(),
        _ => format!(
            "The intervals of {} reach that of {}, so that these cannot be told apart here.",
            near.join(", "),
            best.name
        ),
    });
    said.extend(fastest.filter(|g| half(g).is_finite()).map(|g| {
        format!(
            "{} is the first to be right on half of its training pictures, after {:.1} epochs.",
            g.name,
            half(g)
        )
    }));
    said
}

/// Training loss by epoch.
fn losses(groups: &[Group]) -> maud::Markup {
    let one = |(i, g): (usize, &Group)| (g.name.clone(), i, g.curve(|e| Some(e.loss), [0.0, f64::INFINITY]));
    let all: Vec<_> = groups.iter().enumerate().map(one).collect();
    show::curves("Training loss", ["epoch", "loss, nats"], [false, true], &all)
}
