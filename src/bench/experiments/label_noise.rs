//! Wrong labels: a network first learns what is common to the pictures and then, one by one, the mistakes.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::{Pictures, Setup};
use super::show::{self, interval};
use crate::collapse::statistics::Band;
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use data::sample::Samples;
use judge::JudgeError;
use world::rng::Rng;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "label-noise",
    reads: Reads::Pictures,
    about: "How many wrong labels does learning bear, and when does it learn the mistakes? (Arpit et al. 2017; Rolnick et al. 2017)",
    run,
};

/// Shares of labels that are drawn anew from the other classes.
const SHARES: [f64; 4] = [0.0, 0.2, 0.4, 0.6];

/// With a share of the labels wrong.
fn noisy(samples: &Samples, share: f64, rng: Rng) -> Samples {
    let mut all = samples.clone();
    let classes = all.classes.len() as u64;
    for (i, label) in all.labels.iter_mut().enumerate() {
        if rng.unit64(i as u64) < share {
            *label =
                (*label + 1 + rng.named("class").below(i as u64, classes - 1) as usize) % classes as usize;
        }
    }
    all
}

/// One for each share.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let one = |share: f64| {
        let name = format!("{:.0} % wrong", 100.0 * share);
        Arm::new(name.clone(), move |seed| {
            let own = setup.pictures(400, 400, seed).fixed();
            let train = noisy(&own.train, share, Rng::new(seed).named("wrong labels"));
            let clean = own.train.clone();
            let mut run = Pictures { train, ..own }.run(&format!("noise {name}"), setup.plan(30, seed));
            run.watched.push(("true labels of training".into(), clean));
            run
        })
    };
    SHARES.into_iter().map(one).collect()
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "A network was trained on {} pictures of {} for {} epochs, without variations, with a share of the labels replaced by those of \
             other classes. Test labels are true. `true labels of training` asks whether it tells the training pictures their true labels in \
             spite of those that it was given.",
            shown.phases[0].len(),
            setup.named(),
            shown.plan.epochs
        ),
        said: said(&groups),
        sections: vec![
            Section {
                title: "Learning".into(),
                text: "Accuracy after each epoch: means over the seeds, with their bands.".into(),
                body: html! { div.charts { (show::learning("On the labels that were given", &groups, "training")) (show::learning("On test pictures", &groups, "test")) (show::learning("On the true labels of training pictures", &groups, "true labels of training")) } },
            },
            Section {
                title: "After the last epoch".into(),
                text: String::new(),
                body: show::table(&groups, &["training", "true labels of training", "test"]),
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

/// The best accuracy on test pictures of any epoch, over the seeds.
fn best(g: &Group) -> Option<Band> {
    g.band(|r| r.epochs.iter().map(|e| e.accuracy[1]).max_by(f64::total_cmp), [0.0, 1.0])
}

fn said(groups: &[Group]) -> Vec<String> {
    let mut said: Vec<String> = groups
        .iter()
        .map(|g| {
            format!(
                "{}: {} of the given labels learned, {} of test pictures right at the end, {} at the best epoch.",
                g.name,
                interval(g.accuracy("training")),
                interval(g.accuracy("test")),
                interval(best(g))
            )
        })
        .collect();
    if let (Some(clean), Some(worst)) = (groups.first(), groups.last()) {
        let lost = best(worst).zip(worst.accuracy("test")).map_or(0.0, |(b, l)| 100.0 * (b.mean - l.mean));
        said.push(format!(
            "With the most wrong labels the network ends {lost:.1} points below its own best epoch, and {:.1} below the one with true labels: \
             {}",
            100.0 * (clean.mean("test") - worst.mean("test")),
            match lost {
                l if l > 3.0 => "it knew better before it learned the mistakes by heart, and stopping in time would have helped.",
                _ => "it did not get worse by training on.",
            }
        ));
    }
    said
}
