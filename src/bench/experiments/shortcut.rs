//! A palette that gives the class away: the network takes what is easiest to see (Geirhos et al. 2020).

use maud::html;

use super::colour::painted;
use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::{Pictures, Setup};
use super::show::{self, interval};
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use data::sample::Samples;
use judge::JudgeError;
use world::rng::Rng;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "shortcut",
    reads: Reads::Pictures,
    about: "If the palette gives the class away, does a network still look at the shape? (Geirhos et al. 2020)",
    run,
};

/// Palettes at random, of the class, and of the class for nine of ten.
pub fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let with = move |seed: u64, told: f64, name: &str| {
        let own = setup.pictures(400, 400, seed).fixed();
        let classes = own.train.classes.len();
        let palette = move |samples: &Samples, told: f64, rng: Rng| {
            let labels = samples.labels.clone();
            move |i: usize| match rng.unit64(i as u64) < told {
                true => labels[i],
                false => rng.named("other").below(i as u64, classes as u64) as usize,
            }
        };
        let rng = Rng::new(seed).named("palettes");
        let test = rng.named("test");
        let labels = own.test.labels.clone();
        let wrong =
            move |i: usize| (labels[i] + 1 + test.below(i as u64, classes as u64 - 1) as usize) % classes;
        let train = painted(&own.train, palette(&own.train, told, rng));
        let random = painted(&own.test, palette(&own.test, 0.0, test));
        let mut run = Pictures { train, test: random, kind: own.kind }.run(name, setup.plan(20, seed));
        run.watched
            .push(("test, palette of its class".into(), painted(&own.test, palette(&own.test, 1.0, test))));
        run.watched.push(("test, palette of another class".into(), painted(&own.test, wrong)));
        run
    };
    vec![
        Arm::new("the palette of the class", move |seed| with(seed, 1.0, "shortcut told")),
        Arm::new("nine of ten", move |seed| with(seed, 0.9, "shortcut mostly")),
        Arm::new("palettes at random", move |seed| with(seed, 0.0, "shortcut random")),
    ]
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "Pictures of {} were painted, each class in a colour of its own. A network was trained on {} of them for {} epochs; another on \
             pictures of which a tenth had a random colour; a third on pictures all of which had. All are measured on test pictures with random \
             palettes (`test`), with those of their classes, and with those of other classes.",
            setup.named(),
            shown.phases[0].len(),
            shown.plan.epochs
        ),
        said: said(&groups),
        sections: vec![
            Section {
                title: "Learning".into(),
                text: "Accuracy after each epoch: means over the seeds, with their bands.".into(),
                body: html! { div.charts { (show::learning("In the palette of their class", &groups, "test, palette of its class")) (show::learning("In a random palette", &groups, "test")) (show::learning("In the palette of another class", &groups, "test, palette of another class")) } },
            },
            Section {
                title: "After the last epoch".into(),
                text: String::new(),
                body: show::table(
                    &groups,
                    &["training", "test, palette of its class", "test", "test, palette of another class"],
                ),
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

fn said(groups: &[Group]) -> Vec<String> {
    let [told, mostly, random] = groups else { return Vec::new() };
    let (own, wrong) = ("test, palette of its class", "test, palette of another class");
    let fallen = told.mean(own) - told.mean(wrong);
    vec![
        format!(
            "Where the palette always told the class, {} of test pictures in the palette of their class are right, {} in a random one, {} in that of \
             another class. {}",
            interval(told.accuracy(own)),
            interval(told.accuracy("test")),
            interval(told.accuracy(wrong)),
            match fallen {
                _ if told.mean(own) < 0.5 => "It learned too little to say what it looks at.",
                f if f > 0.5 => "The network looks at the colour, and the shape hardly counts.",
                f if f > 0.15 => "The colour outweighs the shape.",
                _ => "The network looks at the shape in spite of the colour.",
            }
        ),
        format!(
            "Nothing of this shows in training, where it is right on {}, nor on test pictures made in the same way.",
            interval(told.accuracy("training"))
        ),
        format!(
            "One random palette in ten pictures takes the network from {} to {} in random palettes, and from {} to {} in wrong ones.",
            interval(told.accuracy("test")),
            interval(mostly.accuracy("test")),
            interval(told.accuracy(wrong)),
            interval(mostly.accuracy(wrong))
        ),
        format!(
            "Trained on random palettes only, {} in random and {} in wrong palettes are right{}",
            interval(random.accuracy("test")),
            interval(random.accuracy(wrong)),
            if random.mean("test") > 0.5 { ": the shape alone can be learned." } else { "." }
        ),
    ]
}
