//! Many pictures of one class and few of another: what becomes of the rare ones, and what repeating them helps.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::{Pictures, Setup};
use super::show::{self, interval};
use crate::collapse::statistics::Band;
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use data::sample::Samples;
use judge::JudgeError;
use judge::training_config::TrainingConfig;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "imbalance",
    reads: Reads::Pictures,
    about: "What becomes of rare classes, and does it help to repeat their pictures? (He and Garcia 2009; Buda, Maki and Mazurowski 2018)",
    run,
};

/// Pictures of the most frequent class for each of the rarest.
const RATIO: f64 = 30.0;

/// Of each class so many, from the first on, that the numbers fall by the same factor from class to class.
fn imbalanced(samples: &Samples, total: usize) -> Samples {
    let classes = samples.classes.len();
    let share = |c: usize| libm::pow(RATIO, -(c as f64) / (classes.max(2) - 1) as f64);
    let all: f64 = (0..classes).map(share).sum();
    let mut wanted: Vec<usize> =
        (0..classes).map(|c| ((total as f64 * share(c) / all).round() as usize).max(2)).collect();
    let places: Vec<usize> = (0..samples.len())
        .filter(|i| {
            let left = &mut wanted[samples.labels[*i]];
            let is_taken = *left > 0;
            *left = left.saturating_sub(1);
            is_taken
        })
        .collect();
    samples.pick(&places)
}

/// With the pictures of each class repeated until there are as many as of the most frequent.
fn repeated(samples: &Samples) -> Samples {
    let of = |c: usize| (0..samples.len()).filter(|i| samples.labels[*i] == c).collect::<Vec<_>>();
    let own: Vec<Vec<usize>> = (0..samples.classes.len()).map(of).collect();
    let most = own.iter().map(Vec::len).max().unwrap_or(0);
    let places: Vec<usize> = own
        .iter()
        .flat_map(|o| o.iter().cycle().take(if o.is_empty() { 0 } else { most }))
        .copied()
        .collect();
    samples.pick(&places)
}

/// Balanced, imbalanced, imbalanced with rare ones repeated; all take about as many steps.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let total = setup.pictures.unwrap_or(400);
    let many = move |seed| setup.exactly(5 * total, 600, seed);
    let with = move |seed: u64, how: fn(&Samples, usize) -> Samples, name: &str| {
        let own = many(seed);
        let train = how(&own.train, total);
        let epochs = (setup.epochs.unwrap_or(25) * total.div_ceil(32)).div_ceil(train.len().div_ceil(32));
        let plan = TrainingConfig { epochs, ..setup.plan(epochs, seed) };
        Pictures { train, ..own }.run(name, plan)
    };
    vec![
        Arm::new("balanced", move |seed| {
            with(seed, |s, n| s.pick(&(0..n.min(s.len())).collect::<Vec<_>>()), "imbalance balanced")
        }),
        Arm::new("imbalanced", move |seed| with(seed, imbalanced, "imbalance plain")),
        Arm::new("imbalanced, rare ones repeated", move |seed| {
            with(seed, |s, n| repeated(&imbalanced(s, n)), "imbalance repeated")
        }),
    ]
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "A network was trained on {} pictures of {}: as many of each class; {RATIO} times as many of the first class as of the last, falling by \
             the same factor from class to class; and the same with the pictures of the rarer classes repeated until all are equally many. The \
             number of steps is about the same. Test pictures are balanced.",
            shown.phases[0].len(),
            setup.named()
        ),
        said: said(&groups),
        sections: show::with_results(
            Section {
                title: "By class".into(),
                text: String::new(),
                body: html! { div.charts { (recalls(&groups)) (show::learning("On test pictures", &groups, "test")) } },
            },
            &groups,
            &shown.phases[0],
        ),
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

/// Recall of a class on test pictures.
fn recall(g: &Group, class: usize, classes: usize) -> Option<Band> {
    g.band(|r| r.recall("test", classes)?[class], [0.0, 1.0])
}

fn classes(groups: &[Group]) -> usize {
    let labels = groups.first().and_then(|g| g.records.first()).map(|r| &r.labels[1]);
    labels.and_then(|l| l.iter().max()).map_or(0, |m| m + 1)
}

fn said(groups: &[Group]) -> Vec<String> {
    let n = classes(groups);
    let ends = |g: &Group| [recall(g, 0, n), recall(g, n.saturating_sub(1), n)];
    let mut said: Vec<String> = groups
        .iter()
        .map(|g| {
            let [first, last] = ends(g);
            format!(
                "{}: {} of all test pictures right; of the most frequent class {}, of the rarest {}.",
                g.name,
                interval(g.accuracy("test")),
                interval(first),
                interval(last)
            )
        })
        .collect();
    if let [_, plain, repeated] = groups {
        let rare = |g: &Group| recall(g, n.saturating_sub(1), n).map_or(f64::NAN, |b| b.mean);
        let gain = 100.0 * (rare(repeated) - rare(plain));
        said.push(match gain {
            g if g > 5.0 => format!("Repeating the rare pictures gave their class {g:.0} points back."),
            g if g < -5.0 => format!("Repeating the rare pictures cost their class {:.0} points.", -g),
            _ => "Repeating the rare pictures changed little for their class: seen more often, they are still the same few pictures.".into(),
        });
    }
    said
}

/// Recall of each class.
fn recalls(groups: &[Group]) -> maud::Markup {
    let n = classes(groups);
    let one = |g: &Group| (g.name.clone(), (0..n).map(|c| ((c + 1) as f64, recall(g, c, n))).collect());
    let all: Vec<(String, Vec<_>)> = groups.iter().map(one).collect();
    show::against(
        "Recall of each class",
        ["class, from the most frequent to the rarest", "recall on test pictures"],
        [false; 2],
        &all,
    )
}
