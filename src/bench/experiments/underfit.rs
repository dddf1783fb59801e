//! Too little: a network that has not even learned what it was trained on, because it had too little time, too small steps, or was held
//! back too hard.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::Setup;
use super::show::{self, interval};
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use judge::JudgeError;
use judge::training_config::TrainingConfig;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "underfit",
    reads: Reads::Pictures,
    about: "What does it look like when a network learns too little, and how is that told from overfitting? (Goodfellow, Bengio and Courville 2016, chapter 5)",
    run,
};

/// The trainings: one that is fair, and three that are not.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let of = move |seed| setup.pictures(400, 400, seed);
    let plan = move |seed| setup.plan(25, seed);
    let shorter = move |seed| TrainingConfig { epochs: 1, ..plan(seed) };
    let slower = move |seed| TrainingConfig { rate: plan(seed).rate / 1000.0, ..plan(seed) };
    let held = move |seed| TrainingConfig { l2: 3.0, ..plan(seed) };
    vec![
        Arm::new("as it should be", move |seed| of(seed).run("underfit fair", plan(seed))),
        Arm::new("one epoch", move |seed| of(seed).run("underfit short", shorter(seed))),
        Arm::new("steps a thousandth as large", move |seed| of(seed).run("underfit slow", slower(seed))),
        Arm::new("an L2 penalty of 3", move |seed| of(seed).run("underfit held", held(seed))),
    ]
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "A network was trained on {} pictures of {}: for {} epochs; for one; with steps a thousandth as large; and with an L2 penalty so \
             large that it outweighs the pictures.",
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
    let Some((fair, others)) = groups.split_first() else { return Vec::new() };
    let mut said = vec![format!(
        "Trained as it should be, the network is right on {} of its training pictures and {} of others.",
        interval(fair.accuracy("training")),
        interval(fair.accuracy("test"))
    )];
    for g in others {
        let (training, test) = (g.mean("training"), g.mean("test"));
        let is_under = training < 0.8 * fair.mean("training");
        said.push(format!(
            "With {}: {} in training, {} on others. {}",
            g.name,
            interval(g.accuracy("training")),
            interval(g.accuracy("test")),
            match (is_under, (training - test).abs() < 0.1) {
                (true, true) => "Both are low and near each other: that is underfitting, and more pictures would not help.",
                (true, false) => "It has not even learned its training pictures.",
                (false, _) => "On these pictures that was enough to learn from.",
            }
        ));
    }
    said
}
