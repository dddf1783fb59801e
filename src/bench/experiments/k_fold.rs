//! Cross-validation: each part of the pictures is held out once, and what one part says alone.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::{Pictures, Setup};
use super::show::{self, interval, percent};
use crate::collapse::statistics::Band;
use crate::metrics::mean;
use crate::report::chart::{Chart, LineStyle, Series};
use crate::report::shell::number;
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use data::sample::shuffled;
use judge::JudgeError;
use world::rng::Rng;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "k-fold",
    reads: Reads::Pictures,
    about: "How far can a single split be off, and what do k folds say instead? (Stone 1974; Kohavi 1995)",
    run,
};

/// Folds.
const FOLDS: usize = 5;

/// One for each fold.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let one = |fold: usize| {
        Arm::new(format!("fold {}", fold + 1), move |seed| {
            let own = setup.pictures(200, 1000, seed);
            let order = shuffled(own.train.len(), Rng::new(seed).named("folds"));
            let part = |is_held: bool| -> Vec<usize> {
                let places = order.iter().enumerate().filter(|(i, _)| (i % FOLDS == fold) == is_held);
                places.map(|(_, p)| *p).collect()
            };
            let held = own.train.pick(&part(true));
            let own = Pictures { train: own.train.pick(&part(false)), ..own };
            let mut run = own.run(&format!("k-fold {}", fold + 1), setup.plan(20, seed));
            run.watched.push(("held out".into(), held));
            run
        })
    };
    (0..FOLDS).map(one).collect()
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "{} pictures of {} were divided into {FOLDS} folds at random; for each, a network was trained on the others for {} epochs and measured on \
             the fold, and on 1,000 test pictures (fewer if there are not so many) that stand for the truth. Every seed is other pictures.",
            shown.phases[0].len() * FOLDS / (FOLDS - 1),
            setup.named(),
            shown.plan.epochs
        ),
        said: said(&groups),
        sections: vec![
            Section {
                title: "What the folds say".into(),
                text: String::new(),
                body: html! { div.charts { (chart(&groups)) (show::learning("On the fold that is held out", &groups, "held out")) } },
            },
            Section {
                title: "After the last epoch".into(),
                text: String::new(),
                body: show::table(&groups, &["training", "held out", "test"]),
            },
            Section {
                title: "What it was shown".into(),
                text: "Training pictures, those of a class in a column.".into(),
                body: show::pictures(&shown.phases[0], 3, "training pictures"),
            },
        ],
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

/// For each seed the accuracies of all folds on a set.
fn by_seed(groups: &[Group], set: &str) -> Vec<Vec<f64>> {
    let seeds = groups.iter().map(|g| g.records.len()).min().unwrap_or(0);
    (0..seeds).map(|s| groups.iter().filter_map(|g| g.records[s].accuracy(set)).collect()).collect()
}

fn said(groups: &[Group]) -> Vec<String> {
    let (held, truth) = (by_seed(groups, "held out"), by_seed(groups, "test"));
    let gaps: Vec<f64> = held.iter().zip(&truth).map(|(h, t)| mean(h) - mean(t)).collect();
    let single: Vec<f64> =
        held.iter().zip(&truth).flat_map(|(h, t)| h.iter().map(move |h| (h - mean(t)).abs())).collect();
    let ends = |v: &[f64]| v.iter().fold((f64::INFINITY, 0f64), |(l, h), x| (l.min(*x), h.max(*x)));
    let (low, high) = ends(held.first().map_or(&[], Vec::as_slice));
    let means: Vec<f64> = held.iter().map(|h| mean(h)).collect();
    let truths: Vec<f64> = truth.iter().map(|t| mean(t)).collect();
    let all = [0.0, 1.0];
    vec![
        format!("With the first seed, the folds say anything from {} to {}: a single split is luck.", percent(low), percent(high)),
        format!(
            "The mean over all folds says {}, the test pictures {}.",
            interval(Band::of(&means, all)),
            interval(Band::of(&truths, all))
        ),
        format!(
            "A single fold is off by {} points on average, the mean of the folds by {}.",
            number(100.0 * mean(&single)),
            number(100.0 * mean(&gaps.iter().map(|g| g.abs()).collect::<Vec<_>>()))
        ),
        "The folds share most of their training pictures, so their spread is no interval of the mean: no estimate of it without bias exists \
         (Bengio and Grandvalet 2004). The intervals here are over seeds, each with its own pictures."
            .into(),
    ]
}

/// Each fold of each seed: what it says, and the truth.
fn chart(groups: &[Group]) -> maud::Markup {
    let (held, truth) = (by_seed(groups, "held out"), by_seed(groups, "test"));
    let seeds = || held.iter().enumerate().map(|(s, h)| ((s + 1) as f64, h));
    let dots = |h: &(f64, &Vec<f64>)| {
        h.1.iter().enumerate().map(|(f, v)| (h.0 + 0.06 * (f as f64 - 2.0), *v)).collect::<Vec<_>>()
    };
    let series = vec![
        Series::plain("each fold", 0, LineStyle::Points, &seeds().flat_map(|h| dots(&h)).collect::<Vec<_>>()),
        Series::plain(
            "mean of the folds",
            1,
            LineStyle::Points,
            &seeds().map(|(x, h)| (x, mean(h))).collect::<Vec<_>>(),
        ),
        Series::plain(
            "test pictures",
            2,
            LineStyle::Points,
            &truth.iter().enumerate().map(|(s, t)| ((s + 1) as f64, mean(t))).collect::<Vec<_>>(),
        ),
    ];
    let axes = ["seed".into(), "accuracy".into()];
    let within = [Some((0.6, held.len() as f64 + 0.4)), None];
    Chart { title: "What the folds say".into(), axes, log: [false; 2], series }.figure_within(within)
}
