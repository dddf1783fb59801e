//! Memorising: a network that is right on all it was trained on, and knows nothing. With random labels (Zhang et al. 2016)
//! there is nothing to know; with a pixel that gives the label away there is something easier to know.

use maud::html;

use super::colour::{grey, of_class};
use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::{Pictures, Setup};
use super::show::{self, interval, percent};
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use data::sample::Samples;
use judge::JudgeError;
use world::rng::Rng;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "overfit",
    reads: Reads::Pictures,
    about: "Can a network learn labels that mean nothing, and does it look at the picture if one pixel tells the label? (Zhang et al. 2016)",
    run,
};

/// With labels drawn at random, as many of each class as by chance.
fn relabelled(samples: &Samples, rng: Rng) -> Samples {
    let mut all = samples.clone();
    let classes = all.classes.len() as u64;
    all.labels.iter_mut().enumerate().for_each(|(i, l)| *l = rng.below(i as u64, classes) as usize);
    all
}

/// With the upper left pixel in the colour of a class.
fn marked(samples: &Samples, class: impl Fn(usize) -> usize) -> Samples {
    let mut all = samples.clone();
    let classes = all.classes.len();
    for (i, picture) in all.pictures.iter_mut().enumerate() {
        let ink = of_class(class(i), classes).map(|v| (255.0 * v) as u8);
        picture[..3].copy_from_slice(&ink);
    }
    all
}

/// A class of each picture that is not its own.
fn another(samples: &Samples, rng: Rng) -> impl Fn(usize) -> usize {
    let (labels, classes) = (samples.labels.clone(), samples.classes.len());
    move |i| (labels[i] + 1 + rng.below(i as u64, classes as u64 - 1) as usize) % classes
}

/// The three trainings.
pub fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let (pictures, epochs) = (600, 30);
    let of = move |seed| {
        let own = setup.pictures(pictures, 400, seed).fixed();
        Pictures { train: grey(&own.train), test: grey(&own.test), ..own }
    };
    let random = move |seed: u64| {
        let (own, rng) = (of(seed), Rng::new(seed).named("random labels"));
        let (train, test) = (relabelled(&own.train, rng), relabelled(&own.test, rng.named("test")));
        Pictures { train, test, ..own }
    };
    let plan = move |seed| setup.plan(epochs, seed);
    vec![
        Arm::new("true labels", move |seed| of(seed).run("overfit true", plan(seed))),
        Arm::new("random labels", move |seed| random(seed).run("overfit random", plan(seed))),
        Arm::new("random labels, told by a pixel", move |seed| {
            let Pictures { train, test, kind } = random(seed);
            let scrambled = marked(&test, another(&test, Rng::new(seed).named("scrambled")));
            let told = |s: &Samples| marked(s, |i| s.labels[i]);
            let mut run =
                Pictures { train: told(&train), test: scrambled, kind }.run("overfit pixel", plan(seed));
            run.watched.push(("test, pixel kept".into(), told(&test)));
            run
        }),
    ]
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[2].run)(setup.seed);
    let classes = shown.architecture.classes;
    let all: Vec<_> = ["training", "test"]
        .iter()
        .flat_map(|set| groups.iter().map(move |g| (format!("{}, {set}", g.name), g.accuracies(set))))
        .enumerate()
        .map(|(i, (name, points))| (name, i, points))
        .collect();
    Ok(Some(Findings {
        done: format!(
            "A network was trained on {} pictures of {} for {} epochs, without variations or penalties: with their own labels; with labels \
             drawn at random; and with the same random labels, where the upper left pixel has a colour that stands for the label. Test pictures of the \
             last two have random labels as well; in `test` their pixel names a wrong class, in `test, pixel kept` the right one.",
            shown.phases[0].len(),
            setup.named(),
            shown.plan.epochs
        ),
        said: said(&groups, classes),
        sections: vec![
            Section {
                title: "Learning".into(),
                text: "Accuracy after each epoch on the pictures that were trained on, and on others.".into(),
                body: html! { div.charts { (show::curves("Accuracy", ["epoch", "accuracy"], [false; 2], &all)) } },
            },
            Section {
                title: "After the last epoch".into(),
                text: String::new(),
                body: show::table(&groups, &["training", "test", "test, pixel kept"]),
            },
            Section {
                title: "What it was shown".into(),
                text: "Training pictures with the pixel, by their random labels: look at the upper left corners.".into(),
                body: show::pictures(&shown.phases[0], 4, "training pictures with a pixel that tells the label"),
            },
        ],
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

fn said(groups: &[Group], classes: usize) -> Vec<String> {
    let [own, random, pixel] = groups else { return Vec::new() };
    let chance = percent(1.0 / classes as f64);
    let memorised = match random.mean("training") {
        a if a > 0.95 => "The network memorised labels that mean nothing",
        a if a > 0.5 => "The network memorised most of the labels that mean nothing",
        _ => "The network did not memorise labels that mean nothing in this time",
    };
    let relied = match (pixel.mean("test, pixel kept"), pixel.mean("test")) {
        (kept, scrambled) if kept > 0.8 && scrambled < 2.0 / classes as f64 => {
            "It learned to read the pixel and nothing else: what looks like knowledge is a leak of the label."
        }
        (kept, _) if kept > 2.0 / classes as f64 => {
            "It learned to read the pixel in part, and memorised the rest."
        }
        _ if pixel.mean("training") > 0.9 => "It memorised the pictures without reading the pixel.",
        _ => "In this time it did neither: it has not learned its training pictures.",
    };
    vec![
        format!(
            "{memorised}: it is right on {} of its training pictures, and on {} of others, where chance is {chance}.",
            interval(random.accuracy("training")),
            interval(random.accuracy("test"))
        ),
        format!(
            "With true labels the same network on the same pictures comes to {} in training and {} on others. Training accuracy alone does \
             not tell the two apart.",
            interval(own.accuracy("training")),
            interval(own.accuracy("test"))
        ),
        format!(
            "With the pixel it is right on {} of its training pictures; on other pictures on {} while the pixel tells the label, and on {} once \
             the pixel is scrambled. {relied}",
            interval(pixel.accuracy("training")),
            interval(pixel.accuracy("test, pixel kept")),
            interval(pixel.accuracy("test"))
        ),
    ]
}
