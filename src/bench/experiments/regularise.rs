//! Ways to keep a network from learning its few pictures by heart.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::{Pictures, Setup};
use super::show::{self, interval};
use crate::runs::RunRecord;
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use judge::JudgeError;
use judge::training_config::TrainingConfig;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "regularise",
    reads: Reads::Pictures,
    about: "What helps a network that has too few pictures: penalties, dropout, smoothing, stopping in time? (Tibshirani 1996; Srivastava et al. 2014; Prechelt 1998)",
    run,
};

/// Without anything, and with one thing each.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let plan = move |seed| setup.plan(40, seed);
    let one = |name: &'static str, change: fn(TrainingConfig) -> TrainingConfig| {
        Arm::new(name, move |seed| {
            let own = setup.pictures(150, 600, seed).fixed();
            // Four of eleven, so that no class is left out.
            let (held, test): (Vec<usize>, Vec<usize>) = (0..own.test.len()).partition(|i| i % 11 < 4);
            let held = own.test.pick(&held);
            let own = Pictures { test: own.test.pick(&test), ..own };
            let mut run = own.run(&format!("regularise {name}"), change(plan(seed)));
            run.watched.push(("validation".into(), held));
            run
        })
    };
    vec![
        one("nothing", |p| p),
        one("L1 of 0.0003", |p| TrainingConfig { l1: 3e-4, ..p }),
        one("L2 of 0.01", |p| TrainingConfig { l2: 1e-2, ..p }),
        one("dropout of a half", |p| TrainingConfig { dropout: 0.5, ..p }),
        one("label smoothing of 0.1", |p| TrainingConfig { smoothing: 0.1, ..p }),
    ]
}

/// The arm without anything, ended for each seed at the epoch of its lowest loss on validation pictures.
fn stopped(plain: &Group) -> Group {
    let cut = |r: &RunRecord| {
        let at = r.set("validation").unwrap_or(0);
        let loss = |e: &usize| r.epochs[*e].losses[at];
        let best = (0..r.epochs.len()).min_by(|a, b| loss(a).total_cmp(&loss(b))).unwrap_or(0);
        RunRecord { epochs: r.epochs[..=best].to_vec(), ..r.clone() }
    };
    Group { name: "stopping in time".into(), records: plain.records.iter().map(cut).collect() }
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    let mut groups = groups;
    groups.push(stopped(&groups[0]));
    Ok(Some(Findings {
        done: format!(
            "A network was trained on only {} pictures of {} for {} epochs, without variations: with nothing that holds it back, with an L1 or an \
             L2 penalty, with dropout before the head, with smoothed labels. `stopping in time` is the first of these, ended for each seed where its \
             loss on separate validation pictures was lowest.",
            shown.phases[0].len(),
            setup.named(),
            shown.plan.epochs
        ),
        said: said(&groups),
        sections: show::with_results(
            Section {
                title: "Learning".into(),
                text: "After each epoch: means over the seeds, with their bands.".into(),
                body: html! { div.charts { (losses(&groups)) (show::learning("On test pictures", &groups, "test")) (show::learning("On training pictures", &groups, "training")) } },
            },
            &groups,
            &shown.phases[0],
        ),
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

fn said(groups: &[Group]) -> Vec<String> {
    let Some((plain, others)) = groups.split_first() else { return Vec::new() };
    let mut said = vec![format!(
        "Without anything the network is right on {} of its training pictures and {} of others.",
        interval(plain.accuracy("training")),
        interval(plain.accuracy("test"))
    )];
    let base = plain.accuracy("test");
    for g in others {
        let own = g.accuracy("test");
        let gain = 100.0 * (g.mean("test") - plain.mean("test"));
        let word = match own.zip(base) {
            Some((own, base)) if own.low > base.high => "that helps",
            Some((own, base)) if own.high < base.low => "that hurts",
            _ => "the intervals overlap",
        };
        said.push(format!("With {}: {} on test pictures, {gain:+.1} points; {word}.", g.name, interval(own)));
    }
    let at = |g: &Group, of: fn(&RunRecord) -> f64| {
        g.band(|r| Some(of(r)), [0.0, f64::INFINITY]).map_or(f64::NAN, |b| b.mean)
    };
    let least = at(plain, |r| r.epochs.iter().map(|e| e.losses[1]).fold(f64::INFINITY, f64::min));
    let last = at(plain, |r| r.epochs.last().map_or(f64::NAN, |e| e.losses[1]));
    said.push(format!(
        "Without anything, the loss on test pictures is {least:.3} nats at its lowest and {last:.3} at the end{}",
        if last > 1.1 * least { ": it grows surer of its mistakes while its training pictures are long learned." } else { "." }
    ));
    said
}

/// Loss on test pictures by epoch.
fn losses(groups: &[Group]) -> maud::Markup {
    let of = |g: &Group| g.curve(|e| e.losses.get(1).copied(), [0.0, f64::INFINITY]);
    let all: Vec<_> = groups.iter().enumerate().map(|(i, g)| (g.name.clone(), i, of(g))).collect();
    show::curves("Loss on test pictures", ["epoch", "loss, nats"], [false; 2], &all)
}
